# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The house is as docs/architecture.md draws it."""

import re

import pytest
from house import MODULES, ROOT

PAGE = ROOT / "docs" / "architecture.md"


def _read_rooms():
    if not PAGE.is_file():
        return {}
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE.read_text(encoding="utf-8"), re.M)
    return {name: {part.strip() for part in re.split("[,;]", text)} for name, text in rows}


ROOMS = _read_rooms()


def test_every_module_has_a_room_and_every_room_a_module():
    assert ROOMS, "docs/architecture.md has no table of rooms"
    assert set(ROOMS) == {module.name for module in MODULES}


def test_dependencies(module):
    wanted = ROOMS.get(module.name)
    if wanted is None:
        pytest.fail(f"docs/architecture.md has no room {module.name}")
    if wanted == {"all of the above"}:
        above = list(ROOMS)[: list(ROOMS).index(module.name)]
        missing = set(above) - _closure(module.name)
        assert not missing, f"not reached: {missing}"
    else:
        assert set(module.manifest["depends"]) == wanted


def _closure(name):
    depends = {module.name: module.manifest["depends"] for module in MODULES}
    reached, pending = set(), [name]
    while pending:
        for other in depends.get(pending.pop(), []):
            if other not in reached:
                reached.add(other)
                pending.append(other)
    return reached


def test_paths_named_on_the_page_exist():
    text = PAGE.read_text(encoding="utf-8")
    named = re.findall(r"`(\w+/(?:models|tools|cli|controllers|wizard)/[\w/]+\.py)`", text)
    lost = [name for name in named if not (ROOT / "addons" / name).is_file()]
    assert not lost, f"docs/architecture.md names files that are not there: {lost}"


def test_models_use_only_rooms_below():
    """A module imports no other of ours that it does not depend on."""
    for module in MODULES:
        allowed = _closure(module.name) | {module.name}
        ours = {other.name for other in MODULES}
        for path in module.sources:
            for name in re.findall(r"odoo\.addons\.(\w+)", path.read_text(encoding="utf-8")):
                assert name not in ours - allowed, f"{path.relative_to(ROOT)} imports {name}"
