# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The public list of certificates that ISCC publishes, row by row.

A row is taken whole or refused with its reason: an unreadable date never becomes another date.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .certificate import parse_number
from .table import Row, parse_day

COLUMNS = {
    "status": ("status",),
    "number": ("certificate", "certificate number", "number"),
    "holder": ("holder", "certificate holder", "name"),
    "scope": ("scope", "scopes"),
    "unit_type": ("processing-unit type", "processing unit type"),
    "raw_material": ("raw material", "raw materials"),
    "add_ons": ("add-ons", "add ons", "addons"),
    "products": ("products", "product"),
    "valid_from": ("valid from",),
    "valid_to": ("valid until", "valid to"),
    "suspended": ("suspended", "suspended from"),
    "body": ("issuing cb", "certification body", "cb"),
    "file": ("certificate file",),
    "report": ("audit report",),
}
REQUIRED = ("number", "holder", "valid_from", "valid_to")
LIVE = ("", "valid", "active", "expired", "future")
STOPPED = ("suspended", "withdrawn", "terminated", "cancelled", "revoked")
NO = ("", "no", "false", "-", "0", "n")
YES = ("yes", "true", "x", "1", "y")


@dataclass(frozen=True)
class Listed:
    """One row that can be taken."""

    row: int
    number: str
    holder: str
    scheme: str
    scopes: str
    materials: str
    add_ons: str
    valid_from: date
    valid_to: date
    suspended_from: date | None
    body: str
    evidence: str


@dataclass(frozen=True)
class Refused:
    """One row that cannot be taken: why (a code) and the text that is wrong."""

    row: int
    number: str
    code: str
    detail: str


def missing_columns(rows: list[Row]) -> list[str]:
    """Return the columns without which nothing can be taken."""
    heads = set(rows[0].cells) if rows else set()
    return [COLUMNS[name][0] for name in REQUIRED if not heads & set(COLUMNS[name])]


def parse(rows: Iterable[Row], list_day: date, day_first: bool = True) -> list[Listed | Refused]:
    """Return each row as it can be taken, or why not; `list_day` is the day of the list.

    >>> cells = {"certificate": "ISCC-PLUS-Cert-US201-138762025", "holder": "Maule",
    ...     "valid from": "18.05.2025", "valid until": "17.05.2026", "suspended": "soon"}
    >>> parse([Row(7, cells)], date(2026, 1, 9))
    [Refused(row=7, number='ISCC-PLUS-Cert-US201-138762025', code='date', detail='suspended: soon')]
    """
    return [_parse_row(row, list_day, day_first) for row in rows]


def _parse_row(row: Row, list_day: date, day_first: bool) -> Listed | Refused:
    cells = {name: _pick(row, names) for name, names in COLUMNS.items()}
    number = str(cells["number"])

    def refuse(code: str, detail: str) -> Refused:
        return Refused(row.number, number, code, detail)

    for name in ("number", "holder"):
        if not cells[name]:
            return refuse("empty", COLUMNS[name][0])
    parsed = parse_number(number)
    if not parsed:
        return refuse("number", number)
    days = {name: parse_day(cells[name], day_first) for name in ("valid_from", "valid_to")}
    for name, day in days.items():
        if not day:
            return refuse("date", f"{COLUMNS[name][0]}: {cells[name]}")
    if days["valid_to"] < days["valid_from"]:
        return refuse("order", f"{days['valid_from']} – {days['valid_to']}")
    status = str(cells["status"]).lower()
    if status not in (*LIVE, *STOPPED):
        return refuse("status", str(cells["status"]))
    suspended, problem = _suspended(cells["suspended"], status, list_day, day_first)
    if problem:
        return refuse("date", f"suspended: {problem}")
    return Listed(
        row=row.number,
        number=number,
        holder=str(cells["holder"]),
        scheme=parsed.scheme,
        scopes=str(cells["scope"]),
        materials=_lines(cells["products"], cells["raw_material"]),
        add_ons=str(cells["add_ons"]),
        valid_from=days["valid_from"],
        valid_to=days["valid_to"],
        suspended_from=suspended,
        body=str(cells["body"]),
        evidence=str(cells["file"] or cells["report"]),
    )


def _suspended(
    value: object, status: str, list_day: date, day_first: bool
) -> tuple[date | None, str]:
    """Return (day, "") or (None, what cannot be read).

    A certificate that is stopped without a day counts as stopped from the day of the list.
    """
    text = str(value).strip().lower()
    if text in NO:
        return (list_day if status in STOPPED else None), ""
    if text in YES:
        return list_day, ""
    day = parse_day(value, day_first)
    return (day, "") if day else (None, str(value))


def _pick(row: Row, names: tuple[str, ...]) -> object:
    for name in names:
        if row.cells.get(name, "") != "":
            return row.cells[name]
    return ""


def _lines(*cells: object) -> str:
    """Return the materials one a line, each once.

    >>> _lines("Bio-naphtha; Bio-propane", "Used cooking oil (UCO); bio-naphtha").splitlines()
    ['Bio-naphtha', 'Bio-propane', 'Used cooking oil (UCO)']
    """
    names, known = [], set()
    for cell in cells:
        for part in str(cell).replace("\n", ";").replace("|", ";").split(";"):
            name = " ".join(part.split())
            if name and name.casefold() not in known:
                known.add(name.casefold())
                names.append(name)
    return "\n".join(names)
