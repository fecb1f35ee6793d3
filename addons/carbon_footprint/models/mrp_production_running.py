# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.process_monitoring.fields import OptionalFloat

OPEN_STATES = ("confirmed", "progress", "to_close")


class MrpProduction(models.Model):
    """A running order shows what it has emitted so far, marked as provisional."""

    _inherit = "mrp.production"

    carbon_running_ids = fields.One2many("carbon.running", "production_id", readonly=True)
    carbon_running_kg_co2e = OptionalFloat(
        string="kg CO2e so far (provisional)", compute="_compute_carbon_running"
    )
    carbon_running_until = fields.Datetime(
        string="Meters read until", compute="_compute_carbon_running"
    )
    carbon_running_text = fields.Text(string="Not counted yet", compute="_compute_carbon_running")
    is_carbon_running = fields.Boolean(compute="_compute_carbon_running")

    @api.depends("carbon_running_ids", "state")
    def _compute_carbon_running(self):
        for order in self:
            running = order.carbon_running_ids[:1]
            if not order._is_carbon_open():
                running = running.browse()
            order.is_carbon_running = bool(running)
            order.carbon_running_kg_co2e = running.known_kg_co2e
            order.carbon_running_until = running.upto_time
            order.carbon_running_text = running.gap_text

    def _is_carbon_open(self) -> bool:
        """Return whether the order runs or may run: its figure still grows."""
        self.ensure_one()
        return self.state in OPEN_STATES

    def _refresh_carbon(self) -> None:
        """Have the figures of these orders calculated at once, after this transaction.

        Something was delivered for them: an open order shows it as provisional, of an order that is
        done a new version of the footprint takes it in.
        """
        if self:
            self.env["carbon.running"].sudo()._note(self)

    @api.model
    def _get_carbon_live_domain(self) -> fields.Domain:
        """Return which orders run now: by their process, or by their own state without one."""
        runs = fields.Domain("start_ms", ">", 0) & fields.Domain("end_ms", "=", 0)
        return fields.Domain("state", "in", OPEN_STATES) & (
            fields.Domain("process_run_ids", "any", runs)
            | fields.Domain("state", "in", ("progress", "to_close"))
        )
