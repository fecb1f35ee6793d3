# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which layout a file of factors has, and its rows: our own, DEFRA's, EPA's, LCA programs'."""

from . import factor_defra, factor_epa, factor_lca, starter
from .factor_file import FileProblem, Found, Given, Refused, Sheet, judge, sheets, text

LAYOUTS = ("own", "defra", "epa", "brightway", "olca", "list")


def read(
    name: str, content: bytes, given: Given, layout: str = ""
) -> tuple[str, list[Found | Refused]]:
    """Return the layout (found out unless it is said) and what each row becomes."""
    if name.lower().endswith((".json", ".zip")):
        return "olca", factor_lca.read_json(name, content, given)
    book = sheets(name, content)
    if not any(any(text(cell) for cell in row) for _title, rows in book for row in rows):
        raise FileProblem("The file has no rows.")
    layout = layout or detect(book)
    if not _fits(layout, book):
        raise FileProblem("The file does not have the layout that was chosen.")
    readers = {
        "own": _own,
        "defra": factor_defra.read,
        "epa": factor_epa.read,
        "brightway": factor_lca.read_brightway,
        "list": factor_lca.read_list,
    }
    return layout, readers[layout](book, given)


def detect(book: list[Sheet]) -> str:
    """Return the layout of a book: the first that fits, a plain list failing all others."""
    return next(
        layout for layout in ("own", "defra", "brightway", "epa", "list") if _fits(layout, book)
    )


def _fits(layout: str, book: list[Sheet]) -> bool:
    heads = {text(cell).lower() for cell in (book[0][1][0] if book[0][1] else [])}
    tests = {
        "own": lambda: {"code", "unit", "value", "gas_basis"} <= heads,
        "defra": lambda: factor_defra.find(book) is not None,
        "epa": lambda: factor_epa.find(book) is not None,
        "brightway": lambda: factor_lca.is_brightway(book),
        "list": lambda: True,
    }
    return layout in tests and tests[layout]()


def _own(book: list[Sheet], given: Given) -> list[Found | Refused]:
    [(_title, rows), *_others] = book
    heads = [text(cell).lower() for cell in rows[0]]
    found = []
    for line, row in enumerate(rows[1:], 2):
        cells = {head: _cell(cell) for head, cell in zip(heads, row, strict=False)}
        if any(cells.values()):
            found.append(_own_row(line, cells, given))
    return found


def _cell(value: object) -> str:
    """Return a cell as the CSV file has it: a day of a workbook without its midnight."""
    return text(value).removesuffix(" 00:00:00")


def _own_row(line: int, cells: dict[str, str], given: Given) -> Found | Refused:
    row = starter.read_one(cells | dict.fromkeys(set(starter.COLUMNS) - set(cells), ""))
    if isinstance(row, str):
        return Refused(line, cells.get("name", ""), f"{row[:1].upper()}{row[1:]}.")
    names = ("code", "name", "unit", "category", "scope", "stage", "red_term", "gas_basis", "note")
    return judge(
        Found(
            row=line,
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
