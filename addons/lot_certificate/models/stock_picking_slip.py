# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools import wording


class StockPicking(models.Model):
    """What the delivery slip says beside the goods: the declared statement, and the input lots."""

    _inherit = "stock.picking"

    def _get_slip_facts(self):
        """Return {"statements", "inputs"} for the slip of a delivery; empty lists for all else.

        Superuser mode: who prints the slip may read neither the books nor the process, and the
        slip shows no more of them than the customer's certificate.
        """
        self.ensure_one()
        if self.picking_type_code != "outgoing":
            return {"statements": [], "inputs": []}
        picking = self.sudo()
        return {
            "statements": [
                picking._describe_statement(declaration)
                for declaration in picking.declaration_ids.sorted("id")
                if declaration.direction == "out" and declaration.state in ("draft", "issued")
            ],
            "inputs": [
                row for lot in picking.move_line_ids.lot_id for row in picking._describe_inputs(lot)
            ],
        }

    def _describe_statement(self, declaration):
        """A statement is made by the issued declaration; of a draft only its number is named."""
        declaration = declaration.with_context(lang=self.env.lang)
        locale = wording.get_locale(self.env.lang)
        words = {
            name: dict(declaration._fields[name]._description_selection(declaration.env)).get(
                declaration[name], ""
            )
            for name in ("scheme", "statement", "chain_of_custody")
        }
        return {
            **words,
            "number": declaration.number,
            "is_issued": declaration.state == "issued",
            "material": declaration.material or "",
            "quantity": wording.quantity(
                declaration._snapshot()["quantity"], declaration.quantity_unit, locale
            ),
            "certificate_number": declaration.certificate_number or "",
        }

    def _describe_inputs(self, lot):
        """Return the lots of suppliers a delivered lot was made of, however deep they lie."""
        locale = wording.get_locale(self.env.lang)
        batch = self.env["lot.certificate.batch"]
        pending = batch._get_inputs(lot._get_certificate_production(), self._get_slip_zone())
        rows = []
        while pending:
            item = pending.pop(0)
            pending[:0] = item["inputs"]
            if item["lot"] and not item["inputs"]:
                rows.append(
                    {
                        "lot": lot.name,
                        "product": item["product"],
                        "input_lot": item["lot"],
                        "quantity": wording.quantity(item["quantity"], item["unit"], locale),
                        "supplier": item["supplier"] or "",
                    }
                )
        return rows

    def _get_slip_zone(self):
        return self.picking_type_id.warehouse_id.plant_tz or "UTC"
