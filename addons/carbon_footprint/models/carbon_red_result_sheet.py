# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import json
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools.misc import format_date, format_datetime, formatLang

from .carbon_red_case_mixin import TERMS

FACTS = (
    "pathway", "feedstock_kind", "use", "delivered_on", "plant_start", "total", "final",
    "comparator_name", "comparator_value", "threshold", "kind", "gwp_set", "stated_by_id",
    "stated_at",
)  # fmt: skip


class CarbonRedResult(models.Model):
    """The sheet of a stated result, drawn from what it kept."""

    _inherit = "carbon.red.result"

    worksheet = fields.Html(compute="_compute_worksheet", sanitize=False)

    @api.depends("content")
    @api.depends_context("lang")
    def _compute_worksheet(self):
        for result in self:
            content = json.loads(result.content) if result.content else None
            result.worksheet = self._render_worksheet(content) if content else False

    @api.model
    def _render_worksheet(self, content: dict):
        """Return a sheet as HTML in the language of the reader."""
        labels = {name: self._get_term_label(name) for name in TERMS}
        values = {"content": content, "labels": labels, "number": self._format_figure}
        return self.env["ir.qweb"]._render("carbon_footprint.red_worksheet", values)

    @api.model
    def _get_term_label(self, name: str) -> str:
        """Return the field's own label without its unit."""
        return self._fields[name]._description_string(self.env).split(" (")[0]

    @api.model
    def _format_figure(self, text: str | None, places: int = 4) -> str:
        """Return a kept figure for people: rounded, no idle zeros, in their own notation."""
        if text is None:
            return ""
        figure = Decimal(text)
        if figure and abs(figure) < Decimal(10) ** -places:
            places += 4
        shown = round(figure, places).normalize()
        return formatLang(self.env, float(shown), digits=max(0, -shown.as_tuple().exponent))

    def _prepare_report(self) -> dict:
        """Return what the printed statement shows: facts with labels, the sheet and its digest."""
        self.ensure_one()
        content = self.content or ""
        return {
            "facts": [
                (self._fields[name]._description_string(self.env), self._get_fact(name))
                for name in FACTS
                if self[name] is not False and self._get_fact(name)
            ],
            "saving": self._format_figure(repr(self.saving * 100), 2),
            "sha256": hashlib.sha256(content.encode()).hexdigest() if content else "",
            "content": json.loads(content) if content else None,
            "labels": {name: self._get_term_label(name) for name in TERMS},
            "number": self._format_figure,
        }

    def _get_fact(self, name: str) -> str:
        """Return a field's value for people."""
        field, value = self._fields[name], self[name]
        if name == "final" and value == self.total:
            return ""
        if name == "threshold":
            return self._format_figure(repr(value * 100), 2) + " %"
        if field.type == "float":
            return self._format_figure(repr(value), 6)
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "many2one":
            return value.display_name or ""
        if field.type == "date":
            return format_date(self.env, value)
        return format_datetime(self.env, value) if field.type == "datetime" else value
