# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io
from decimal import Decimal, localcontext

from openpyxl import Workbook

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.tools import chain

from ..tools import footprint, lca


class CarbonFootprint(models.Model):
    """The inventory goes out to an LCA tool, and its result comes back beside the footprint."""

    _inherit = "carbon.footprint"

    lca_file = fields.Binary(string="Inventory for an LCA", compute="_compute_lca_file")
    lca_result_ids = fields.One2many("carbon.lca.result", "footprint_id", readonly=True)

    def _compute_lca_file(self):
        for record in self:
            is_complete = record.state == "complete"
            record.lca_file = is_complete and base64.b64encode(record._get_lca_workbook())

    def action_export_lca(self):
        """Download the inventory for Brightway (its importer of Excel files)."""
        self.ensure_one()
        self._check_lca_complete()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/carbon.footprint/{self.id}/lca_file?download=true"
            f"&filename=inventory-{self.id}.xlsx",
            "target": "download",
        }

    def action_import_lca(self):
        """Ask for the file with the result of an LCA."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import the result of an LCA"),
            "res_model": "carbon.lca.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_footprint_id": self.id},
        }

    def _get_lca_workbook(self) -> bytes:
        """Return the workbook: inventory, what each flow weighs, and what to hand back."""
        self._check_lca_complete()
        book = Workbook()
        sheets = {
            "inventory": lca.sheet(self._get_lca_database(), self._get_lca_processes()),
            "GWP": lca.method(self.gwp_set),
            "hand back": self._get_lca_form(),
        }
        book.remove(book.active)
        for title, rows in sheets.items():
            page = book.create_sheet(title)
            for row in rows:
                page.append([float(c) if isinstance(c, Decimal) else c for c in row])
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    def _check_lca_complete(self) -> None:
        self.ensure_one()
        if self.state != "complete":
            raise UserError(
                self.env._(
                    "%(name)s is incomplete, so its inventory is too: %(gap)s",
                    name=self.name,
                    gap=self.gap_text,
                )
            )

    def _get_lca_database(self) -> str:
        return f"batchproof {self.name}"

    def _get_lca_form(self) -> list[tuple]:
        """Return what a result file has to say to be taken back."""
        return [
            ("skip",),
            ("Hand the result back as a JSON file with these names:",),
            ("format", lca.FORMAT),
            ("footprint", self.name),
            ("snapshot_sha256", chain.digest(self._snapshot())),
            ("method", ""),
            ("score", ""),
            ("unit", ""),
            ("software", ""),
        ]

    # -- processes ----------------------------------------------------------------------------

    def _get_lca_processes(self) -> list[lca.Process]:
        """Return this batch first, then the batches it consumed and the factors of all."""
        self.ensure_one()
        main = self.output_ids.filtered("is_main")
        found = {"": self._prepare_lca_batch(f"batch-{self.id}", main)}
        todo = self.line_ids.activity_id
        while todo:
            upstream = self.env["carbon.footprint"]
            for activity in todo:
                output, code = activity.source_output_id, activity._get_lca_code()
                if not output:
                    found.setdefault(code, activity._prepare_lca_factor())
                elif code not in found:
                    found[code] = output.footprint_id._prepare_lca_batch(code, output)
                    upstream |= output.footprint_id
            todo = upstream.line_ids.activity_id
        return list(found.values())

    def _prepare_lca_batch(self, code: str, outputs) -> lca.Process:
        """Return what these outputs of the batch are made from: their share of each activity."""
        self.ensure_one()
        share = sum(Decimal(repr(o.numerator)) / Decimal(repr(o.denominator)) for o in outputs)
        amounts = {}
        with localcontext() as context:
            context.prec = footprint.PRECISION
            for activity in self.line_ids.activity_id:
                used = activity._get_lca_code()
                amounts[used] = amounts.get(used, Decimal("0")) + activity._get_lca_amount() * share
        return lca.Process(
            code=code,
            name=f"{self.name} · {outputs[:1].product_id.display_name}",
            unit="kilogram",
            amount=sum(Decimal(repr(output.quantity_kg)) for output in outputs),
            uses=tuple(lca.Use(used, amount) for used, amount in amounts.items()),
        )
