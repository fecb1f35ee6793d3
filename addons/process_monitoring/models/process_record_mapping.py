# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import units


class ProcessRecordMapping(models.Model):
    """Which sensor a figure of a delivered record belongs to: `utility_usage.water` of one step.

    Configured by process engineers. A line that names a step goes before one for every step. A
    figure without a line is refused, never dropped.
    """

    _name = "process.record.mapping"
    _description = "Mapping of record figures"
    _order = "process_step, path, id"
    _check_company_auto = True

    process_step = fields.Char(help="As the records name it; empty for every step.")
    path = fields.Char(
        string="Figure", required=True, help="Its way into the record: utility_usage.water"
    )
    sensor_id = fields.Many2one(
        "process.sensor", required=True, ondelete="restrict", check_company=True, index=True
    )
    unit = fields.Selection(
        units.SELECTION, help="Unit of the figure; empty for the unit the sensor delivers."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True)

    _figure_unique = models.UniqueIndex(
        "(company_id, COALESCE(process_step, ''), path) WHERE active",
        "This figure of this step is mapped already.",
    )

    @api.depends("process_step", "path")
    def _compute_display_name(self):
        for mapping in self:
            parts = [mapping.process_step, mapping.path]
            mapping.display_name = " · ".join(part for part in parts if part)

    @api.constrains("unit", "sensor_id")
    def _check_unit(self):
        for mapping in self:
            wanted = mapping.sensor_id.canonical_unit
            if mapping.sensor_id.kind == "state":
                raise ValidationError(
                    self.env._(
                        "Sensor %s delivers states; a figure of a record is a number.",
                        mapping.sensor_id.code,
                    )
                )
            if mapping.unit and not units.is_compatible(mapping.unit, wanted):
                raise ValidationError(
                    self.env._(
                        "Sensor %(sensor)s keeps %(wanted)s; %(unit)s cannot be converted into it.",
                        sensor=mapping.sensor_id.code,
                        wanted=units.label(wanted),
                        unit=units.label(mapping.unit),
                    )
                )

    @api.model
    def _get_table(self) -> dict[tuple[str, str], tuple[str, str | None]]:
        """Return (sensor code, unit) by (step, figure) of the current company."""
        mappings = self.sudo().search([("company_id", "=", self.env.company.id)])
        return {
            (mapping.process_step or "", mapping.path): (mapping.sensor_id.code, mapping.unit)
            for mapping in mappings
        }
