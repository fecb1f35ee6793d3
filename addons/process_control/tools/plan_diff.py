# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What differs between two revisions of a plan, as people would say it.

Works on the content that is hashed. Stages are matched by name, requirements by name within
their stage, limits by kind and direction, approvals by name. A stage that was only renamed is
shown as renamed, one that changed places as moved; how the stages are numbered says nothing.

>>> old = {"name": "Milk", "stages": [{"name": "Fill", "sequence": 10}]}
>>> new = {"name": "Milk", "stages": [{"name": "Heat", "sequence": 5}, *old["stages"]]}
>>> [(change.kind, change.stage) for change in compare(old, new)]
[('added', 'Heat')]
>>> [(each.part, each.old, each.new) for each in compare(old, {**old, "name": "Cream"})]
[('name', 'Milk', 'Cream')]
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
# Parts that name the revision, or are numbers of rows, or follow from other parts.
PLAN_SKIPPED: Final = ("format", "revision", "stages")
STAGE_SKIPPED: Final = ("sequence", "requirements", "approvals", "duration_unit")
RULES_SKIPPED: Final = ("version", "requirement", "limits", "answers")
DURATIONS: Final = ("min_duration", "max_duration")


@dataclass(frozen=True)
class Change:
    """One difference: its kind, its place, and what stood and stands there."""

    kind: str
    level: str
    stage: str = ""
    item: str = ""
    part: str = ""
    old: Any = None
    new: Any = None


@dataclass(frozen=True)
class Place:
    """Where in a plan one is looking."""

    level: str
    stage: str = ""
    item: str = ""

    def change(self, kind: str, part: str = "", old: Any = None, new: Any = None) -> Change:
        """Return a difference at this place."""
        return Change(kind, self.level, self.stage, self.item, part, old, new)


def compare(old: dict, new: dict) -> list[Change]:
    """Return the differences: of the plan itself, then stage by stage as the new one has them."""
    changes = list(_compare_parts(old, new, PLAN_SKIPPED, Place("plan")))
    before, after = _by_key(old.get("stages", ()), _name), _by_key(new.get("stages", ()), _name)
    renamed = _find_renamed(before, after)
    moved = _find_moved(list(before), [renamed.get(key, key) for key in after])
    for key, stage in after.items():
        source = renamed.get(key, key)
        place = Place("stage", stage["name"])
        if source not in before:
            changes.append(place.change(ADDED, new=stage))
            continue
        if source in moved:
            changes.append(place.change(MOVED, "position", *moved[source]))
        changes += _compare_stage(before[source], stage)
    for key, stage in before.items():
        if key not in after and key not in renamed.values():
            changes.append(Place("stage", stage["name"]).change(REMOVED, old=stage))
    return changes


def _name(row: dict) -> str:
    return row.get("name", "")


def _by_key(rows, get_key: Callable[[dict], Any]) -> dict:
    """Return the rows by key; the second of the same key gets a key of its own."""
    found: dict = {}
    for row in rows:
        key, number = get_key(row), 0
        while (key, number) in found:
            number += 1
        found[key, number] = row
    return found


def _find_renamed(before: dict, after: dict) -> dict:
    """Return {new key: old key} of the stages that differ in nothing but their name."""

    def rest(stage):
        return {key: value for key, value in stage.items() if key not in ("name", "sequence")}

    renamed: dict = {}
    for key, stage in after.items():
        for source, other in before.items():
            is_open = source not in after and source not in renamed.values()
            has_body = any(stage.get(part) for part in ("requirements", "approvals", "code"))
            if key not in before and is_open and has_body and rest(stage) == rest(other):
                renamed[key] = source
                break
    return renamed


def _find_moved(before: list, after: list) -> dict:
    """Return {key: (old position, new position)} of the fewest stages whose moving explains it."""
    common = [key for key in after if key in before]
    ranks = [before.index(key) for key in common]
    kept = _longest_rising(ranks)
    return {
        key: (before.index(key) + 1, after.index(key) + 1)
        for key, rank in zip(common, ranks, strict=True)
        if rank not in kept
    }


def _longest_rising(ranks: list[int]) -> set[int]:
    """Return a longest subsequence that rises.

    >>> sorted(_longest_rising([2, 0, 1, 3]))
    [0, 1, 3]
    """
    best: list[list[int]] = []
    for rank in ranks:
        longest = max((row for row in best if row[-1] < rank), key=len, default=[])
        best.append([*longest, rank])
    return set(max(best, key=len, default=[]))


def _compare_parts(old: dict, new: dict, skipped, place: Place) -> Iterator[Change]:
    """Yield the parts of a row that differ, whatever their type."""
    for part in dict.fromkeys([*old, *new]):
        before, after = old.get(part), new.get(part)
        if part not in skipped and before != after:
            yield place.change(CHANGED, part, before, after)


def _compare_stage(old: dict, new: dict) -> Iterator[Change]:
    place = Place("stage", new["name"])
    yield from _compare_parts(_with_units(old), _with_units(new), STAGE_SKIPPED, place)
    yield from _compare_requirements(old, new)
    before = _by_key(old.get("approvals", ()), _name)
    after = _by_key(new.get("approvals", ()), _name)
    for key in dict.fromkeys([*after, *before]):
        at = Place("approval", new["name"], key[0])
        yield from _compare_rows(before.get(key), after.get(key), at)


def _with_units(stage: dict) -> dict:
    """Return the stage with durations as people read them; 0 is none."""
    unit = stage.get("duration_unit", "")
    texts = {
        part: f"{stage[part]} {unit}" if stage[part] != "0" else ""
        for part in DURATIONS
        if part in stage
    }
    return {**stage, **texts}


def _compare_rows(old: dict | None, new: dict | None, place: Place) -> Iterator[Change]:
    if old is None:
        yield place.change(ADDED, new=new)
    elif new is None:
        yield place.change(REMOVED, old=old)
    else:
        yield from _compare_parts(old, new, (), place)


def _compare_requirements(old: dict, new: dict) -> Iterator[Change]:
    def name(row):
        return row["monitoring"]["requirement"]

    before = _by_key(old.get("requirements", ()), name)
    after = _by_key(new.get("requirements", ()), name)
    for key in dict.fromkeys([*after, *before]):
        place = Place("requirement", new["name"], key[0])
        if key in before and key in after:
            yield from _compare_requirement(before[key], after[key], place)
        else:
            yield from _compare_rows(before.get(key), after.get(key), place)
    common_before = [key for key in before if key in after]
    common_after = [key for key in after if key in before]
    for key, (was, now) in _find_moved(common_before, common_after).items():
        place = Place("requirement", new["name"], key[0])
        yield place.change(MOVED, "position", was, now)


def _compare_requirement(old: dict, new: dict, place: Place) -> Iterator[Change]:
    yield from _compare_parts(old, new, ("monitoring", "rationales"), place)
    yield from _compare_parts(old["monitoring"], new["monitoring"], RULES_SKIPPED, place)
    before, after = _limits(old), _limits(new)
    at = Place("limit", place.stage, place.item)
    for key in dict.fromkeys([*after, *before]):
        bound, other = before.get(key), after.get(key)
        if bound is None or other is None:
            yield from _compare_rows(bound, other, at)
        elif bound != other:
            yield at.change(CHANGED, "limit", bound, other)
    at = Place("answer", place.stage, place.item)
    before, after = _answers(old), _answers(new)
    for key in dict.fromkeys([*after, *before]):
        if key not in before or key not in after:
            yield from _compare_rows(before.get(key), after.get(key), at)
        elif before[key] != after[key]:
            yield at.change(CHANGED, "answer", before[key], after[key])


def _answers(requirement: dict) -> dict:
    """Return {answer: its row}."""
    return {row["answer"]: row for row in requirement["monitoring"].get("answers", ())}


def _limits(requirement: dict) -> dict:
    """Return {(kind, quantity, operator): what people read of the bound}."""
    rows = zip(requirement["monitoring"]["limits"], requirement["rationales"], strict=True)
    return {
        (bound["kind"], bound["quantity"], bound["operator"]): {
            "reference": bound["reference"],
            "rationale": rationale,
        }
        for bound, rationale in rows
    }
