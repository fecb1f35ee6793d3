# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from ..models.carbon_factor import CATEGORIES, RED_TERMS, SCOPES, STAGES
from ..models.carbon_factor_version import GWP_SETS
from ..tools import basis, factor_layouts
from ..tools.factor_file import Found, Given, Refused
from ..tools.factor_sheets import FileProblem
from ..tools.factor_words import REASONS
from .carbon_factor_import_line import OUTCOMES

LAYOUTS = [
    ("own", "Our own columns"),
    ("defra", "DESNZ/DEFRA flat file"),
    ("defra_full", "DESNZ/DEFRA full set"),
    ("epa", "EPA GHG Emission Factors Hub"),
    ("egrid", "EPA eGRID subregions"),
    ("brightway", "Brightway workbook (bw2io)"),
    ("olca", "openLCA process (JSON-LD)"),
    ("list", "List of characterised processes"),
]
CHOICES = {
    "category": dict(CATEGORIES),
    "scope": dict(SCOPES),
    "stage": dict(STAGES),
    "red_term": {"": ""} | dict(RED_TERMS),
}


class CarbonFactorImport(models.TransientModel):
    """A file of emission factors, read row by row; a check shows every row before any counts.

    What is taken becomes a draft version, of a new factor or of one that is there; somebody else
    approves it. A row that cannot be read is refused with its number. A version that is there with
    another value is never changed.
    """

    _name = "carbon.factor.import"
    _inherit = ["mass.balance.import.mixin"]
    _description = "Import of emission factors"

    layout = fields.Selection(LAYOUTS, help="Empty: found out from the file.")
    contains = fields.Char(
        string="Only rows that contain", help="Such as “natural gas”. Empty: all rows."
    )
    edition = fields.Char(help="What the versions are called. Empty: the year of the file.")
    valid_from = fields.Date(help="Empty: the first day of the year of the file, if it says one.")
    gwp_set = fields.Selection(
        GWP_SETS, string="GWP set", help="Empty: as the file says. Two sets are never mixed."
    )
    region = fields.Char()
    source = fields.Char(help="Empty: the publisher of the layout.")
    source_url = fields.Char(string="Web page")
    licence = fields.Char(help="Empty: the licence under which the publisher issues the file.")
    is_shared = fields.Boolean(
        string="For every company", help="Otherwise new factors are of this company alone."
    )
    line_ids = fields.One2many("carbon.factor.import.line", "import_id", readonly=True)
    version_ids = fields.Many2many("carbon.factor.version", readonly=True)

    def _get_title(self) -> str:
        return self.env._("Import emission factors")

    def _get_role_text(self) -> str:
        return self.env._("Only the sustainability manager imports emission factors.")

    def _get_summary(self, lines: list[dict]) -> str:
        counts = {
            name: sum(line["outcome"] == name for line in lines)
            for name in ("new", "version", "same", "open", "refused")
        }
        return self.env._(
            "%(rows)s rows: %(new)s new factors, %(version)s new versions, %(same)s there already, "
            "%(open)s without a figure, %(refused)s refused. What is taken is a draft until "
            "somebody else approves it.",
            rows=len(lines),
            **counts,
        )

    def _take_rows(self, content: bytes, is_dry: bool) -> list[dict]:
        given = Given(
            edition=self.edition or "",
            valid_from=self.valid_from or None,
            gwp_set=self.gwp_set or "",
            region=self.region or "",
            source=self.source or "",
            source_url=self.source_url or "",
            licence=self.licence or "",
        )
        try:
            self.layout, rows = factor_layouts.read(
                self.file_name or "", content, given, self.layout or ""
            )
        except FileProblem as problem:
            raise UserError(str(problem)) from problem
        words = (self.contains or "").lower()
        rows = [row for row in rows if words in row.name.lower()]
        lines = self._judge_rows(rows)
        if not is_dry:
            self._create_versions(
                [
                    row
                    for row, line in zip(rows, lines, strict=True)
                    if line["outcome"] in ("new", "version")
                ]
            )
        order = [outcome for outcome, _label in OUTCOMES]
        return sorted(lines, key=lambda line: order.index(line["outcome"]))

    # -- one row ------------------------------------------------------------------------------

    def _judge_rows(self, rows: list[Found | Refused]) -> list[dict]:
        codes = [row.code for row in rows if isinstance(row, Found)]
        factors = {factor.code: factor for factor in self._find_factors(codes)}
        seen, lines = set(), []
        for row in rows:
            if isinstance(row, Refused):
                line = self._describe_refused(row)
            else:
                line = self._judge_row(row, factors.get(row.code), seen) | self._describe(row)
                seen.add(row.code)
            lines.append(line | {"row": row.row, "where": self._get_where(row), "name": row.name})
        return lines

    def _get_where(self, row: Found | Refused) -> str:
        """Return where a row stands: sheet, row and column as the program that opens it counts."""
        parts = [row.sheet]
        if row.row:
            parts.append(self.env._("row %s", row.row))
        if getattr(row, "column", ""):
            parts.append(self.env._("column %s", row.column))
        return ", ".join(part for part in parts if part)

    def _describe_refused(self, row: Refused) -> dict:
        """Return why a row is refused, and what to do, in the reader's language."""
        return {
            "outcome": "open" if row.is_open else "refused",
            "reason": self.env._(REASONS[row.key], **row.detail),
        }

    def _find_factors(self, codes: list[str]):
        factors = self.env["carbon.factor"].with_context(active_test=False)
        found = factors.search(
            [("code", "in", codes), ("company_id", "in", [self.company_id.id, False])]
        )
        # of two the company's own, which comes last
        return found.sorted(lambda factor: bool(factor.company_id))

    def _describe(self, row: Found) -> dict:
        return {
            "code": row.code,
            "unit": row.unit,
            "value": float(row.value),
            "gwp_set": row.gwp_set,
            "edition": row.version,
            "valid_from": row.valid_from,
        }

    def _judge_row(self, row: Found, factor, seen: set) -> dict:
        wrong = [name for name, known in CHOICES.items() if getattr(row, name) not in known]
        if wrong:
            reason = self.env._("“%s” is none of the choices.", getattr(row, wrong[0]))
            return {"outcome": "refused", "reason": reason}
        if row.code in seen:
            reason = self.env._("The code %s stands in the file twice.", row.code)
            return {"outcome": "refused", "reason": reason}
        if not factor:
            return {"outcome": "new", "reason": ""}
        if factor.unit != row.unit:
            reason = self.env._(
                "The factor %(code)s is there and counts %(there)s, the file says %(here)s: "
                "another unit is another factor.",
                code=row.code,
                there=basis.UNITS[factor.unit].label,
                here=basis.UNITS[row.unit].label,
            )
            return {"outcome": "refused", "reason": reason}
        return self._judge_version(row, factor)

    def _judge_version(self, row: Found, factor) -> dict:
        there = factor.version_ids.filtered(
            lambda version: (
                version.state != "withdrawn"
                and (version.name == row.version or version.valid_from == row.valid_from)
            )
        )[:1]
        if not there:
            return {"outcome": "version", "reason": ""}
        if there.value == float(row.value) and there.gwp_set == row.gwp_set:
            return {"outcome": "same", "reason": there.display_name}
        reason = self.env._(
            "%(version)s is there from %(day)s with %(value)s kg CO2e (%(set)s): withdraw it "
            "first, or give the file another edition and day.",
            version=there.display_name,
            day=there.valid_from,
            value=there.value,
            set=there.gwp_set,
        )
        return {"outcome": "refused", "reason": reason}

    # -- drafts -------------------------------------------------------------------------------

    def _create_versions(self, rows: list[Found]) -> None:
        factors = {factor.code: factor for factor in self._find_factors([r.code for r in rows])}
        missing = [row for row in rows if row.code not in factors]
        created = self.env["carbon.factor"].create([self._prepare_factor(row) for row in missing])
        factors |= {factor.code: factor for factor in created}
        self.version_ids = self.env["carbon.factor.version"].create(
            [self._prepare_version(row, factors[row.code]) for row in rows]
        )

    def _prepare_factor(self, row: Found) -> dict:
        names = ("code", "name", "category", "unit", "scope", "stage")
        return {name: getattr(row, name) for name in names} | {
            "red_term": row.red_term or False,
            "company_id": False if self.is_shared else self.company_id.id,
        }

    def _prepare_version(self, row: Found, factor) -> dict:
        names = ("valid_from", "gwp_set", "gas_basis", "region", "source", "source_url", "licence")
        return {name: getattr(row, name) for name in names} | {
            "factor_id": factor.id,
            "name": row.version,
            "value": float(row.value),
            "note": row.note,
            "biogenic_emitted": None if row.biogenic is None else float(row.biogenic),
            **{gas: float(mass) for gas, mass in row.gases.items()},
        }

    def action_open_versions(self):
        """Open the drafts that the import made, to be approved by somebody else."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "carbon_footprint.carbon_factor_version_action"
        )
        return action | {"domain": [("id", "in", self.version_ids.ids)]}
