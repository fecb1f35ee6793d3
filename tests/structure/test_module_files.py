# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What every module brings along: papers, icon, translations, tests, and a true manifest."""

import ast
import re
import struct

from house import ROOT, parse

KEYS = {"name", "summary", "version", "license", "author", "website", "category", "depends"}
OPTIONAL = {
    "data",
    "assets",
    "external_dependencies",
    "application",
    "post_init_hook",
    "pre_init_hook",
    "uninstall_hook",
}
HEADER = (
    "# Copyright 2026 Batchproof contributors",
    "# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).",
)


def test_manifest_keys(module):
    keys = set(module.manifest)
    assert keys >= KEYS, f"missing: {KEYS - keys}"
    assert keys <= KEYS | OPTIONAL, f"superfluous: {keys - KEYS - OPTIONAL}"


def test_manifest_values(module):
    manifest = module.manifest
    assert manifest["license"] == "LGPL-3"
    assert manifest["author"] == "Batchproof"
    assert manifest["website"] == "https://github.com/batchproof/batchproof"
    assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", manifest["version"])
    assert manifest["summary"].strip() and "\n" not in manifest["summary"]


def test_readme(module):
    for name in ("README.rst", "readme/DESCRIPTION.md", "readme/USAGE.md"):
        path = module.path / name
        assert path.is_file(), f"{name} is missing"
        assert len(path.read_text(encoding="utf-8").split()) >= 15, f"{name} says nothing"


def test_icon(module):
    path = module.path / "static/description/icon.png"
    assert path.is_file(), "the icon is missing"
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (128, 128)
    assert len(content) < 50_000


def test_translations_template(module):
    path = module.path / f"i18n/{module.name}.pot"
    assert path.is_file(), "the translations template is missing"
    text = path.read_text(encoding="utf-8")
    assert f"#. module: {module.name}" in text
    assert "msgid" in text


def test_translations_template_knows_the_messages(module):
    """Every literal given to `env._` is in the template; a stale one fails here."""
    path = module.path / f"i18n/{module.name}.pot"
    assert path.is_file(), "the translations template is missing"
    known = _read_msgids(path.read_text(encoding="utf-8"))
    missing = [
        text
        for source in module.sources
        for text in _get_messages(parse(source))
        if text not in known
    ]
    assert not missing, f"export the template again, it lacks: {missing[:5]}"


def _read_msgids(text):
    found, current = set(), None
    for line in text.splitlines():
        if line.startswith("msgid "):
            current = ast.literal_eval(line[6:])
        elif line.startswith('"') and current is not None:
            current += ast.literal_eval(line)
        elif current is not None:
            found.add(current)
            current = None
    return found


def _get_messages(tree):
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "_"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.args[0].value


def test_tests(module):
    folder = module.path / "tests"
    files = sorted(folder.glob("test_*.py"))
    assert files, "the module has no tests"
    imported = (folder / "__init__.py").read_text(encoding="utf-8")
    for path in files:
        assert re.search(rf"\b{path.stem}\b", imported), f"{path.name} is not run"
        assert "def test_" in path.read_text(encoding="utf-8"), f"{path.name} tests nothing"


def test_sources_parse(module):
    for path in module.files("*.py"):
        assert ast.parse(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))


def test_header(module):
    for path in module.files("*.py"):
        text = path.read_text(encoding="utf-8")
        if not text.strip() or path.name == "__manifest__.py":
            continue
        lines = text.splitlines()
        begin = 1 if lines[0].startswith("#!") else 0
        where = path.relative_to(ROOT)
        assert tuple(lines[begin : begin + 2]) == HEADER, f"{where}: header"


def test_data_files_are_in_the_manifest(module):
    named = {name for key in ("data",) for name in module.manifest.get(key, [])}
    present = {
        str(path.relative_to(module.path))
        for pattern in ("*.xml", "*.csv")
        for path in module.files(pattern)
        if not {"static", "tests"} & set(path.relative_to(module.path).parts)
        and not _is_named_in_code(module, path)
    }
    assert not named - present, f"in the manifest, not on disk: {sorted(named - present)}"
    assert not present - named, f"on disk, not in the manifest: {sorted(present - named)}"


def _is_named_in_code(module, path):
    """A file that the module opens itself: a table of factors, the style of a printed page."""
    return any(
        path.name in source.read_text(encoding="utf-8")
        for source in [*module.sources, *module.files("*.xml")]
    )


def test_assets_are_in_the_manifest(module):
    patterns = [
        entry if isinstance(entry, str) else entry[-1]
        for bundle in module.manifest.get("assets", {}).values()
        for entry in bundle
    ]
    named = {path for pattern in patterns for path in module.path.parent.glob(pattern)}
    for pattern in patterns:
        if pattern.startswith(f"{module.name}/"):
            assert any(module.path.parent.glob(pattern)), f"no file for {pattern}"
    present = {path for path in (module.path / "static/src").rglob("*") if path.is_file()}
    lost = sorted(
        str(path.relative_to(module.path))
        for path in present - named
        if not _is_named_in_code(module, path)
    )
    assert not lost, f"on disk, in no bundle: {lost}"


def test_python_files_are_imported(module):
    """A model that its package does not import is not there, and nothing says so."""
    for path in module.sources:
        package = path.parent / "__init__.py"
        if path.parent.name not in ("models", "wizard", "controllers", "report"):
            continue
        if path.stem != "__init__":
            text = package.read_text(encoding="utf-8") if package.exists() else ""
            siblings = "".join(
                each.read_text(encoding="utf-8") for each in path.parent.glob("*.py")
            )
            used = re.search(rf"import .*\b{path.stem}\b", text) or re.search(
                rf"import {path.stem}\b|\.{path.stem} import", siblings
            )
            assert used, f"{path.relative_to(ROOT)} is never imported"
