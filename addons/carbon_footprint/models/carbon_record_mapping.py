# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CarbonRecordMapping(models.Model):
    """Which emission factor weighs a figure of a delivered record: `utility_usage.water`.

    Configured by sustainability managers. Each such figure is what a step used or emitted since the
    record before, and becomes an activity of its batch at once. A line that names a step goes
    before one for every step. A figure that is also mapped to a sensor would count twice, and is
    refused here. Activities keep what they were made with.
    """

    _name = "carbon.record.mapping"
    _inherit = ["carbon.conversion.mixin"]
    _description = "Record figure that becomes an activity"
    _order = "process_step, path, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="What the activity is called: Electricity.")
    process_step = fields.Char(string="Step", help="As the records name it; empty for every step.")
    path = fields.Char(
        string="Figure", required=True, help="Its way into the record: utility_usage.water"
    )
    category = fields.Selection(related="factor_id.category")
    unit = fields.Selection(
        help="What one of the figure is; the basis is part of it. Records do not say it.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True)

    _figure_unique = models.UniqueIndex(
        "(company_id, COALESCE(process_step, ''), path) WHERE active",
        "This figure of this step is mapped already.",
    )
    _conversion_positive = models.Constraint(
        "CHECK(conversion > 0)", "A conversion is a figure above zero."
    )

    def _get_fit_name(self) -> str:
        self.ensure_one()
        return self.path

    @api.constrains("path", "process_step", "company_id", "active")
    def _check_counted_once(self):
        for mapping in self.filtered("active"):
            sensors = self.env["process.record.mapping"].search(
                [("company_id", "=", mapping.company_id.id), ("path", "=", mapping.path)]
            )
            step = mapping.process_step or ""
            twice = sensors.filtered(lambda line, step=step: (line.process_step or "") == step)
            if twice:
                raise ValidationError(
                    self.env._(
                        "The figure %(path)s is already a reading of the sensor %(sensor)s. Make a "
                        "meter of that sensor instead, or take its record mapping away.",
                        path=mapping.path,
                        sensor=twice[0].sensor_id.code,
                    )
                )

    @api.model
    def _get_table(self) -> dict[tuple[str, str], int]:
        """Return the mappings' ids by (step, figure) of the current company."""
        mappings = self.sudo().search([("company_id", "=", self.env.company.id)])
        return {(mapping.process_step or "", mapping.path): mapping.id for mapping in mappings}
