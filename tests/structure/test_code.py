# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How the code is written: pure tools, guards without context, state machines, sizes."""

import ast
import re
import subprocess

import pytest
from house import ROOT, literal, parse

FILE_LIMIT, TEST_FILE_LIMIT, METHOD_LIMIT = 300, 400, 45
IMPURE = {"logging", "os", "time", "random", "requests", "psycopg2", "subprocess", "socket"}
CLOCKS = {"now", "utcnow", "today", "time_ns"}
# Reads of the context that decide nothing about what is allowed: (file, function): why
CONTEXT_READS = {
    ("audit_chain/wizard/audit_signature_wizard.py", "_check_credentials"): (
        "the password and the one-time code come with the button: data, checked, never stored"
    ),
    ("audit_chain/wizard/audit_signature_passkey.py", "_get_passkey_answer"): (
        "the answer of the passkey comes with the button: data, checked, never stored"
    ),
    ("audit_chain/models/audit_signable_mixin.py", "action_open_signature"): (
        "hands the button's default meaning on to the wizard, which checks it"
    ),
    ("process_control/models/mrp_production.py", "action_process_ask_reason"): (
        "hands the button's command on to the wizard, which checks it"
    ),
    ("report_weasyprint/models/ir_actions_report.py", "_prepare_weasyprint_stream"): (
        "Odoo's own key: print again without storing a copy; it opens nothing"
    ),
}
# written apart, or this file would find itself
FORBIDDEN = ("/wor" + "k/", "/var/tm" + "p/dev", "CONTRACT" + ".md")


def _functions(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _places(module):
    return [path for path in module.sources if "tools" not in path.parts]


def _tools(module):
    folder = module.path / "tools"
    return sorted(path for path in folder.rglob("*.py") if path.name != "__init__.py")


def test_tools_are_pure(module):
    for path in _tools(module):
        for node in ast.walk(parse(path)):
            where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            for name in _imported(node):
                root = name.split(".")[0]
                assert root not in IMPURE, f"{where}: imports {name}"
                if root == "odoo":
                    assert re.match(r"odoo\.addons\.\w+\.tools\b", name), f"{where}: imports {name}"
            if isinstance(node, ast.ImportFrom):
                assert node.level <= 1, f"{where}: reaches out of tools/"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in CLOCKS, f"{where}: reads a clock"


def _imported(node):
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [f"{node.module}.{each.name}" for each in node.names]
    return []


def test_tools_are_explained(module):
    for path in _tools(module):
        assert ast.get_docstring(parse(path)), f"{path.relative_to(ROOT)} has no docstring"


def test_tools_have_unit_tests(module):
    texts = [
        path.read_text(encoding="utf-8")
        for path in (ROOT / "tests/unit").glob(f"test_{module.name}_*.py")
    ]
    for path in _tools(module):
        used = any(re.search(rf"[\"'/]{path.stem}[\"'.]", text) for text in texts)
        assert used, f"no tests/unit/test_{module.name}_*.py loads {path.relative_to(ROOT)}"


def test_guards_do_not_read_the_context(module):
    found = [
        (str(path.relative_to(module.path.parent)), function)
        for path in _places(module)
        for function in _context_reads(parse(path))
    ]
    unknown = sorted(set(found) - set(CONTEXT_READS))
    assert not unknown, f"not on the allow-list: {unknown}"


def _context_reads(tree):
    for function in _functions(tree):
        for node in ast.walk(function):
            is_read = isinstance(node, ast.Attribute) and (
                node.attr == "_context"
                or (node.attr == "context" and ast.unparse(node.value).endswith("env"))
            )
            if is_read:
                yield function.name


def test_allow_list_is_not_stale():
    for name, function in CONTEXT_READS:
        path = ROOT / "addons" / name
        reads = set(_context_reads(parse(path))) if path.is_file() else set()
        assert function in reads, f"{name}: {function} reads no context any more"


def test_states_are_in_their_transition_table(module):
    for path in module.sources:
        tree = parse(path)
        for scope in [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]:
            table = _get_assigned(scope, "TRANSITIONS")
            states = _get_states(tree, scope)
            if table is None or not states:
                continue
            named = {
                node.value
                for node in ast.walk(table)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
            missing = set(states) - named
            assert not missing, f"{path.relative_to(ROOT)}: {missing} in no transition"


def _get_assigned(scope, name):
    for node in scope.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id == name:
                return node.value
    return None


def _get_states(tree, scope):
    classes = [scope] if isinstance(scope, ast.ClassDef) else tree.body
    for node in classes:
        call = isinstance(node, ast.ClassDef) and _get_assigned(node, "state")
        if isinstance(call, ast.Call) and call.args:
            first = call.args[0]
            if isinstance(first, ast.Name):
                first = _get_assigned(tree, first.id)
            return [pair[0] for pair in literal(first, [])] if first is not None else []
    return []


def test_sizes(module):
    for path in module.files("*.py"):
        where = path.relative_to(ROOT)
        is_test = "tests" in path.relative_to(module.path).parts
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= (TEST_FILE_LIMIT if is_test else FILE_LIMIT), f"{where}: {lines} lines"
        for node in [] if is_test else _functions(parse(path)):
            size = node.end_lineno - node.lineno + 1
            assert size <= METHOD_LIMIT, f"{where}:{node.lineno} {node.name}: {size} lines"


def test_nothing_is_left_to_do(module):
    for path in _places(module):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert not re.search(r"#.*\b(TODO|FIXME|XXX)\b", line), (
                f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
            )
            assert not re.match(r"\s*print\(", line), f"{path.relative_to(ROOT)}:{number}: print"


def test_no_error_is_swallowed(module):
    for path in module.sources:
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ExceptHandler):
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                assert node.type is not None, f"{where}: bare except"
                silent = all(isinstance(each, ast.Pass) for each in node.body)
                assert not silent, f"{where}: an error is swallowed"


def _tracked():
    """Files of the checkout, tracked or about to be."""
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_file_is_large():
    large = [str(path.relative_to(ROOT)) for path in _tracked() if path.stat().st_size > 1_000_000]
    assert not large, large


def test_no_local_path_is_mentioned():
    found = []
    for path in _tracked():
        content = path.read_bytes()
        if b"\0" in content[:4096]:
            continue
        found += [
            f"{path.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word.encode() in content
        ]
    assert not found, found
