# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which layout a file of factors has, and its rows: our own, DEFRA's, EPA's, LCA programs'.

The same factor twice in a file, with the same figure, is taken once; with another it is refused.
"""

from collections.abc import Iterator

from . import factor_defra, factor_defra_full, factor_egrid, factor_epa, factor_lca, starter
from .factor_cells import mark_of, number, text
from .factor_file import Found, Given, Refused, judge
from .factor_sheets import FileProblem, Sheet, sheets

FIGURES = ("value", "co2_biogenic", *starter.GASES)
# in the order in which a file is compared with them; a plain list takes what nothing else fits
TESTS = {
    "own": lambda book: {"code", "unit", "value", "gas_basis"} <= _heads(book),
    "defra": lambda book: bool(factor_defra.find(book)),
    "brightway": factor_lca.is_brightway,
    "egrid": lambda book: bool(factor_egrid.find(book)),
    "epa": lambda book: bool(factor_epa.find(book)),
    "defra_full": lambda book: bool(factor_defra_full.find(book)),
    "list": lambda book: True,
}


def read(
    name: str, content: bytes, given: Given, layout: str = ""
) -> tuple[str, list[Found | Refused]]:
    """Return the layout (found out unless it is said) and what each row becomes."""
    if name.lower().endswith((".json", ".zip")):
        return "olca", list(_once(factor_lca.read_json(name, content, given)))
    book = sheets(name, content)
    if not any(any(text(cell) for cell in row) for _title, rows in book for row in rows):
        raise FileProblem("The file has no rows.")
    layout = layout or next(key for key, fits in TESTS.items() if fits(book))
    if layout not in TESTS or not TESTS[layout](book):
        raise FileProblem("The file does not have the layout that was chosen.")
    readers = {
        "own": _own,
        "defra": factor_defra.read,
        "defra_full": factor_defra_full.read,
        "epa": factor_epa.read,
        "egrid": factor_egrid.read,
        "brightway": factor_lca.read_brightway,
        "list": factor_lca.read_list,
    }
    return layout, list(_once(readers[layout](book, given)))


def _once(rows: list[Found | Refused]) -> Iterator[Found | Refused]:
    """Pass the rows on, each factor's edition of a day once."""
    taken: dict[tuple, Found] = {}
    for row in rows:
        if isinstance(row, Refused):
            yield row
            continue
        first = taken.setdefault((row.code, row.version, row.valid_from), row)
        if first is row:
            yield row
        elif (first.value, first.unit) != (row.value, row.unit):
            detail = {
                "other": str(first.row),
                "there": f"{first.value:f}",
                "here": f"{row.value:f}",
            }
            yield Refused(row.row, row.name, "twice", detail, row.sheet)


def _heads(book: list[Sheet]) -> set[str]:
    return {text(cell).lower() for cell in (book[0][1][0] if book[0][1] else [])}


def _own(book: list[Sheet], given: Given) -> list[Found | Refused]:
    [(title, rows), *_others] = book
    heads = [text(cell).lower() for cell in rows[0]]
    lines = [dict(zip(heads, row, strict=False)) for row in rows[1:]]
    mark = mark_of(cells.get(head) for cells in lines for head in FIGURES)
    found = []
    for line, raw in enumerate(lines, 2):
        cells = {head: _cell(head, cell, mark) for head, cell in raw.items()}
        if any(cells.values()):
            found.append(_own_row(line, title, cells, given))
    return found


def _cell(head: str, value: object, mark: str) -> str:
    """Return a cell as our own file has it: a figure with a point."""
    figure = number(value, mark) if head in FIGURES else None
    return text(value) if figure is None else f"{figure:f}"


def _own_row(line: int, sheet: str, cells: dict[str, str], given: Given) -> Found | Refused:
    row = starter.read_one(cells | dict.fromkeys(set(starter.COLUMNS) - set(cells), ""))
    if isinstance(row, str):
        detail = {"problem": f"{row[:1].upper()}{row[1:]}"}
        return Refused(line, cells.get("name", ""), "row", detail, sheet)
    names = ("code", "name", "unit", "category", "scope", "stage", "red_term", "gas_basis", "note")
    return judge(
        Found(
            row=line,
            sheet=sheet,
            value=row.value,
            gases=row.gases,
            biogenic=row.biogenic,
            valid_from=row.valid_from,
            version=row.texts["version"] or given.edition,
            gwp_set=row.texts["gwp_set"] or given.gwp_set,
            source=row.texts["source"] or given.source,
            licence=row.texts["licence"] or given.licence,
            source_url=row.texts["source_url"] or given.source_url,
            region=row.texts["region"] or given.region,
            **{name: row.texts[name] for name in names},
        )
    )
