# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields, models

from ..tools import supplier_data


class SustainabilityDeclarationImport(models.TransientModel):
    """A supplier's declarations from a file: CSV, XLSX, JSON, or a PDF that carries data.

    Every field of every row is checked and every problem named; only rows without one become
    drafts, with the file attached. Completing them stays a decision of the manager.
    """

    _name = "sustainability.declaration.import"
    _inherit = ["mass.balance.import.mixin"]
    _description = "Import of supplier declarations"

    partner_id = fields.Many2one("res.partner", string="Supplier", required=True)
    product_id = fields.Many2one(
        "product.product",
        domain="[('is_mb_certified', '=', True)]",
        help="For rows that name no product of ours.",
    )
    line_ids = fields.One2many("sustainability.declaration.import.line", "import_id", readonly=True)

    def _get_title(self) -> str:
        return self.env._("Import declarations")

    def _get_role_text(self) -> str:
        return self.env._("Only the sustainability manager imports declarations.")

    def _get_file_texts(self, detail: str) -> dict[str, str]:
        return {
            "kind": self.env._("A CSV, XLSX, JSON or PDF file is expected, not “%s”.", detail),
            "empty": self.env._("Nothing in the file reads as a declaration."),
        }

    def _get_summary(self, lines: list[dict]) -> str:
        refused = sum(line["outcome"] == "refused" for line in lines)
        return self.env._(
            "%(rows)s rows: %(taken)s taken, %(refused)s refused.",
            rows=len(lines),
            taken=len(lines) - refused,
            refused=refused,
        )

    def _take_rows(self, content: bytes, is_dry: bool) -> list[dict]:
        lines: list[dict] = []
        for row in self._read_rows(content):
            checked = supplier_data.check(row, self.day_order == "day")
            lines.append(self._take(checked, content, is_dry, lines))
        return lines

    # -- one row ----------------------------------------------------------------------------------

    def _take(self, checked, content: bytes, is_dry: bool, earlier: list) -> dict:
        number = checked.values.get("number", "")
        problems = [self._get_problem_text(problem) for problem in checked.problems]
        values, found = self._prepare_values(checked.values)
        problems += found
        if number and any(line["number"] == number for line in earlier):
            problems.append(self.env._("Number: it stands in the file twice"))
        elif number and self._is_used(number):
            problems.append(self.env._("Number: this declaration is recorded already"))
        line = {"row": checked.row, "number": number, "outcome": "refused" if problems else "new"}
        notes = problems or [
            self.env._("not read: %s", ", ".join(checked.unknown)) if checked.unknown else ""
        ]
        line["reason"] = "; ".join(note for note in notes if note)
        if not problems and not is_dry:
            line["declaration_id"] = self._make(values, content).id
        return line

    def _is_used(self, number: str) -> bool:
        return bool(
            self.env["sustainability.declaration"]
            .sudo()
            .search_count(
                [
                    ("direction", "=", "in"),
                    ("state", "!=", "cancelled"),
                    ("number", "=ilike", number),
                    ("commercial_partner_id", "=", self.partner_id.commercial_partner_id.id),
                ]
            )
        )

    def _make(self, values: dict, content: bytes):
        record = self.env["sustainability.declaration"].create(values)
        self.env["ir.attachment"].create(
            {
                "name": self.file_name,
                "raw": content,
                "res_model": record._name,
                "res_id": record.id,
            }
        )
        return record

    def _prepare_values(self, read: dict) -> tuple[dict, list[str]]:
        """Return the values of a draft, and what of the row means nothing here."""
        problems = []
        skipped = {"certificate_number", "origin_country", *supplier_data.FIGURES}
        values = {name: value for name, value in read.items() if name not in skipped}
        values.update(direction="in", company_id=self.company_id.id, partner_id=self.partner_id.id)
        for name in ("quantity", "ghg_value"):
            if name in values:
                values[name] = float(values[name])
        if "origin_country" in read:
            country = self.env["res.country"].search([("code", "=", read["origin_country"])])
            values["origin_country_id"] = country.id
            if not country:
                problems.append(self.env._("Country of origin: %s", read["origin_country"]))
        product = self._find_product(read.get("material")) or self.product_id
        values["product_id"] = product.id
        if not product:
            problems.append(self.env._("Product: none of ours is bought under this name"))
        problems += self._add_certificate(values, read.get("certificate_number"))
        values["value_ids"] = [
            Command.create({"source": "supplier", "kind": kind, "value": float(read[kind])})
            for kind in supplier_data.FIGURES
            if kind in read
        ]
        return values, problems

    def _find_product(self, material):
        if not material:
            return self.env["product.product"]
        return self.env["product.product"].search(
            [
                ("is_mb_certified", "=", True),
                ("mb_material", "=ilike", material),
                ("company_id", "in", [self.company_id.id, False]),
            ],
            limit=1,
        )

    def _add_certificate(self, values: dict, number) -> list[str]:
        if not number:
            return []
        known = self.partner_id._get_certifications(self.company_id)
        found = known.filtered(lambda certification: certification.number == number)[:1]
        if not found:
            return [self.env._("Certificate: %s of this supplier is not on file", number)]
        if values.get("scheme", found.scheme) != found.scheme:
            return [self.env._("Certificate: %s belongs to another scheme", number)]
        values["certification_id"] = found.id
        return []

    def _get_problem_text(self, problem) -> str:
        name = {"origin_country": "origin_country_id"}.get(problem.field, problem.field)
        declaration = self.env["sustainability.declaration"]
        if name in declaration._fields:
            label = declaration._fields[name].get_description(self.env, ["string"])["string"]
        else:
            kinds = self.env["feedstock.value"]._fields["kind"]._description_selection(self.env)
            label = dict(kinds)[name]
        found = problem.found
        texts = {
            "missing": self.env._("%s: missing", label),
            "date": self.env._("%(field)s: “%(found)s” is not a date", field=label, found=found),
            "number": self.env._(
                "%(field)s: “%(found)s” is not a number", field=label, found=found
            ),
            "range": self.env._("%(field)s: “%(found)s” is out of range", field=label, found=found),
            "choice": self.env._(
                "%(field)s: “%(found)s” is not one of the list", field=label, found=found
            ),
            "country": self.env._(
                "%(field)s: “%(found)s” is not a code of two letters", field=label, found=found
            ),
            "certificate": self.env._(
                "%(field)s: “%(found)s” is not a number of the scheme", field=label, found=found
            ),
        }
        other = self.env._("%(field)s: “%(found)s” cannot be read", field=label, found=found)
        return texts.get(problem.code, other)
