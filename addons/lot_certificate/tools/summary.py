# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the process record of a lot comes to, for the box at the head of its certificate and the
table of what did not go the normal way.

Nothing measured is never "nothing wrong": a record without monitoring is sound of nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CONFORM = "conform"
# Neither is a finding: without a limit there is nothing to break.
QUIET = (CONFORM, "recorded")


@dataclass(frozen=True)
class Summary:
    """Counts over the attempt of each stage that stands: what was monitored, and how it went."""

    monitored: int
    critical: int
    critical_conform: int
    other_findings: int
    deviations: int
    open_deviations: int

    @property
    def is_sound(self) -> bool:
        """Something was monitored, every critical point held, and nothing is left open."""
        is_held = self.critical == self.critical_conform
        return bool(self.monitored) and is_held and not self.open_deviations


def summarise(process: Mapping) -> Summary:
    """Count what a snapshot says of the process of one lot.

    >>> empty = {"stages": [], "monitoring": [], "deviations": []}
    >>> summarise(empty).is_sound
    False
    >>> stage = {"name": "Heating", "attempt": 1}
    >>> line = {"stage": "Heating", "attempt": 1, "class": "ccp", "verdict": "conform"}
    >>> summarise({"stages": [stage], "monitoring": [line], "deviations": []}).is_sound
    True
    """
    standing: dict[str, int] = {}
    for stage in process["stages"]:
        standing[stage["name"]] = max(stage["attempt"], standing.get(stage["name"], 0))
    lines = [x for x in process["monitoring"] if x["attempt"] == standing.get(x["stage"])]
    critical = [line for line in lines if line["class"] == "ccp"]
    others = [line for line in lines if line["class"] != "ccp"]
    return Summary(
        monitored=len(lines),
        critical=len(critical),
        critical_conform=sum(line["verdict"] == CONFORM for line in critical),
        other_findings=sum(line["verdict"] not in QUIET for line in others),
        deviations=len(process["deviations"]),
        open_deviations=sum(x.get("state") != "closed" for x in process["deviations"]),
    )


def gather(events: Sequence[Mapping]) -> list[dict]:
    """Return one row for each thing that did not go the normal way: its first moment, its stages.

    One decision makes several entries (the stage, its next attempt, the batch): what follows one
    another with the same type, reason and person is told once.

    >>> event = {"type": "rework", "reason": "too cold", "person": "Ann", "at": 1, "attempt": 1}
    >>> again = {**event, "stage": "Heating", "at": 2}
    >>> gather([{**event, "stage": ""}, again, {**again, "attempt": 2}])[0]["stages"]
    ['Heating', 'Heating (2)']
    """
    rows = []
    for event in events:
        key = (event["type"], event["reason"], event["person"])
        if not rows or rows[-1]["key"] != key:
            rows.append({**event, "key": key, "stages": []})
        attempt = event["attempt"] or 0
        name = event["stage"] and event["stage"] + (f" ({attempt})" if attempt > 1 else "")
        if name and name not in rows[-1]["stages"]:
            rows[-1]["stages"].append(name)
    return rows
