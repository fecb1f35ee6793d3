# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What every model must have: words, rights, and a company rule."""

import ast

import pytest
from house import MODULES, argument, has_argument


def test_docstrings(module):
    silent = [each.where for each in module.models if not ast.get_docstring(each.node)]
    assert not silent, f"models that do not say what a record means: {silent}"


def test_descriptions(module):
    silent = [
        each.where
        for each in module.models
        if not any(
            isinstance(statement, ast.Assign) and statement.targets[0].id == "_description"
            for statement in each.node.body
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
        )
    ]
    assert not silent, f"no _description: {silent}"


def test_one_model_a_file(module):
    files = [each.path for each in module.models]
    double = sorted({str(path.relative_to(module.path)) for path in files if files.count(path) > 1})
    assert not double, f"more than one new model in: {double}"


def test_file_is_named_after_the_model(module):
    wrong = [
        each.where
        for each in module.models
        if not each.name.startswith("report.")  # Odoo prescribes that name, for the template
        and not each.path.stem.startswith(each.name.replace(".", "_"))
    ]
    assert not wrong, wrong


def test_access_lines(module):
    bare = [
        each.name for each in module.models if each.is_table and not module.access_of(each.name)
    ]
    assert not bare, f"no line in ir.model.access.csv: {bare}"


def test_access_lines_name_a_group(module):
    open_to_all = [line["id"] for line in module.access if not line["group_id:id"]]
    assert not open_to_all, f"open to everybody, the public too: {open_to_all}"


def test_auditor_reads_and_changes_nothing(module):
    group = "audit_chain.group_audit_chain_auditor"
    for each in module.models:
        if each.kind != "Model":
            continue
        lines = [line for line in module.access_of(each.name) if line["group_id:id"] == group]
        assert lines, f"the auditor cannot read {each.name}"
        for line in lines:
            assert line["perm_read"] == "1", line["id"]
            rights = (line["perm_write"], line["perm_create"], line["perm_unlink"])
            assert rights == ("0", "0", "0"), line["id"]


def test_company_rules(module):
    for each in module.models:
        has_company = "company_id" in module.fields_of(each.name) or module.is_chained(each.name)
        if each.kind != "Model" or not has_company:
            continue
        wanted = f"{each.name.replace('.', '_')}_rule_company"
        rule = next((rule for rule in module.rules if rule.get("id") == wanted), None)
        assert rule is not None, f"{each.name} has a company and no rule {wanted}"
        values = {field.get("name"): field for field in rule.iter("field")}
        assert "company_ids" in (values["domain_force"].text or ""), wanted
        assert "groups" not in values, f"{wanted} must bind everybody"


def test_append_only_models_are_not_writable(module):
    for each in module.models:
        if not module.is_chained(each.name) or not each.is_table:
            continue
        for line in module.access_of(each.name):
            assert line["perm_write"] == "0", f"{line['id']}: write on an append-only model"
            assert line["perm_unlink"] == "0", f"{line['id']}: unlink on an append-only model"


def test_append_only_models_do_not_lose_their_links(module):
    """A deleted record would have to empty the column, which the trigger refuses late."""
    for each in module.models:
        if not module.is_chained(each.name) or not each.is_table:
            continue
        for name, call in module.fields_of(each.name).items():
            if ast.unparse(call.func) == "fields.Many2one":
                computed = has_argument(call, "compute") or has_argument(call, "related")
                stored = not computed or argument(call, "store")
                assert not stored or argument(call, "ondelete") == "restrict", f"{each.name}.{name}"


def test_append_only_models_store_nothing_computed(module):
    for each in module.models:
        if not module.is_chained(each.name) or not each.is_table:
            continue
        for name, call in module.fields_of(each.name).items():
            computed = has_argument(call, "compute") or has_argument(call, "related")
            assert not (computed and argument(call, "store")), f"{each.name}.{name}"


def test_signable_models_say_what_is_signed(module):
    needed = {"_get_signature_content", "_get_signature_meanings", "_check_may_sign"}
    for each in module.classes:
        if "audit.signable.mixin" not in each.inherit:
            continue
        methods = {
            node.name
            for other in MODULES
            for part in other.classes
            if part.model == each.model
            for node in part.node.body
            if isinstance(node, ast.FunctionDef)
        }
        assert needed <= methods, f"{each.where}: {sorted(needed - methods)}"


def test_milliseconds_are_big(module):
    """A moment in milliseconds does not fit int4; a setting such as a time-out does."""
    for each in module.classes:
        for name, call in each.fields.items():
            if name.endswith("_ms") and not name.endswith(("linger_ms", "timeout_ms")):
                assert ast.unparse(call.func) != "fields.Integer", f"{each.where}: {name}"


@pytest.mark.skipif(not MODULES, reason="no module yet")
def test_no_two_modules_make_one_model():
    names = [each.name for module in MODULES for each in module.models]
    assert not {name for name in names if names.count(name) > 1}
