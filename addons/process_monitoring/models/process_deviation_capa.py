# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

RECURRENCE_DAYS = 90
# So many failures of one requirement in that time are no accident.
SUGGESTED_FROM = 2


class ProcessDeviationCapa(models.Model):
    """Does it happen again? Then the cause is not gone, and a corrective action is suggested."""

    _inherit = "process.deviation"

    capa_ids = fields.Many2many(
        "process.capa",
        "process_capa_deviation_rel",
        "deviation_id",
        "capa_id",
        string="Corrective actions",
        copy=False,
    )
    capa_count = fields.Integer(compute="_compute_capa_count")
    recurrence_count = fields.Integer(
        string="In the 90 days before",
        compute="_compute_recurrence_count",
        help="Other deviations of the same requirement, in whatever revision of its plan.",
    )
    is_capa_suggested = fields.Boolean(compute="_compute_recurrence_count")

    @api.depends("capa_ids")
    def _compute_capa_count(self):
        for deviation in self:
            deviation.capa_count = len(deviation.capa_ids)

    @api.depends("requirement_id", "opened_ms", "capa_ids")
    def _compute_recurrence_count(self):
        for deviation in self:
            count = self.search_count(deviation._get_recurrence_domain()) if deviation.id else 0
            deviation.recurrence_count = count
            deviation.is_capa_suggested = count + 1 >= SUGGESTED_FROM and not deviation.capa_ids

    def _get_recurrence_domain(self) -> list:
        """Return the domain of the same failure before; revisions copy requirements, names stay."""
        requirement = self.sudo().requirement_id
        return [
            ("id", "<", self._origin.id),
            ("company_id", "=", self.company_id.id),
            ("requirement_id", "!=", False),
            ("requirement_id.name", "=", requirement.name),
            ("requirement_id.parameter_id", "=", requirement.parameter_id.id),
            ("opened_ms", ">", self.opened_ms - RECURRENCE_DAYS * 86_400_000),
        ]

    def action_view_recurrence(self):
        """Open the same failures of the last 90 days, this one among them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "process_monitoring.process_deviation_action"
        )
        found = self.search(self._get_recurrence_domain()) | self
        return {**action, "domain": [("id", "in", found.ids)], "context": {}}

    def action_open_capa(self):
        """Open a corrective action for these deviations; of one, with what went before it."""
        self._check_group("supervisor", "quality_manager")
        if len(self.company_id) != 1:
            raise UserError(self.env._("Choose deviations of one company."))
        related = self
        if len(self) == 1:
            related |= self.search(self._get_recurrence_domain())
        capa = self.env["process.capa"].create(
            {
                "title": self[0].requirement_id.name or self[0].description or self[0].name,
                "company_id": self.company_id.id,
                "deviation_ids": [Command.set(related.ids)],
                "cause_category": self[0].cause_category,
                "why_1": (self[0].cause or "")[:200],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "process.capa",
            "res_id": capa.id,
            "view_mode": "form",
        }

    def action_view_capas(self):
        """Open the corrective actions of this deviation."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "process_monitoring.process_capa_action"
        )
        return {**action, "domain": [("id", "in", self.capa_ids.ids)], "context": {}}
