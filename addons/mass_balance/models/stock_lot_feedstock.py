# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text


class StockLotFeedstock(models.Model):
    """What is known of the feedstock of a lot: declared by the supplier, overruled by a lab."""

    _inherit = "stock.lot"

    mb_value_ids = fields.One2many("feedstock.value", "lot_id", string="Laboratory results")
    mb_storage = fields.Text(related="product_id.mb_storage")
    mb_figures = fields.Text(string="Figures", compute="_compute_mb_figures", compute_sudo=True)

    @api.depends("mb_value_ids.state", "mb_declaration_id.value_ids")
    def _compute_mb_figures(self):
        labels = self.env["feedstock.value"]._fields["kind"]._description_selection(self.env)
        for lot in self:
            lines = [lot._get_figure_text(kind, label) for kind, label in labels]
            lot.mb_figures = "\n".join(line for line in lines if line) or False

    def _get_figure_text(self, kind: str, label: str) -> str:
        """Return one line of what counts, and what it overruled."""
        value = self._get_measured(kind)
        if value is None:
            return ""
        found, declared = self._get_result(kind), self._get_declared(kind)
        text = f"{label}: {to_text(value)}"
        if not found:
            return self.env._("%s, as declared", text)
        return self.env._(
            "%(text)s, sample %(sample)s of %(day)s (declared: %(declared)s)",
            text=text,
            sample=found.sample,
            day=found.day,
            declared="–" if declared is None else to_text(declared),
        )

    def _get_result(self, kind: str, day=None):
        """Return the released laboratory result that counts on a day (default: the newest)."""
        released = self.sudo().mb_value_ids.filtered(
            lambda v: v.kind == kind and v.state == "released" and (not day or v.day <= day)
        )
        return released.sorted(lambda v: (v.day, v.id))[-1:]

    def _get_declared(self, kind: str) -> Decimal | None:
        """Return the supplier's figure, or None when none is declared."""
        values = self.sudo().mb_declaration_id.value_ids
        found = values.filtered(lambda v: v.kind == kind)[:1]
        return to_decimal(found.value, 6) if found else None

    def _get_measured(self, kind: str, day=None) -> Decimal | None:
        """Return the figure that counts on a day: the laboratory's, else the supplier's, else None.

        What the product says in general counts for biomass content and heating value when neither
        is known.
        """
        if not self:
            return None
        self.ensure_one()
        found = self._get_result(kind, day)
        if found:
            return to_decimal(found.value, 6)
        declared = self._get_declared(kind)
        if declared is not None:
            return declared
        general = {"biomass_content": "biomass_content", "lhv": "lhv"}.get(kind)
        value = general and self.product_id[general]
        return to_decimal(value, 6) if value else None
