# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import units


class ProcessParameter(models.Model):
    """Something that is measured in the plant: pasteurisation temperature, valve position, pH.

    Written by process engineers. Its unit is the canonical one: every reading of every sensor of
    this parameter is stored in it, so it cannot change once a sensor has delivered.
    """

    _name = "process.parameter"
    _description = "Process parameter"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short code, unique, used in exchanges and reports.")
    kind = fields.Selection(
        [
            ("measure", "Measured value"),
            ("counter", "Counter that only goes up"),
            ("state", "State, as text"),
        ],
        required=True,
        default="measure",
        help="A state such as a valve position is a text; it has no unit and no limits.",
    )
    unit = fields.Selection(units.SELECTION, help="Canonical unit: limits are compared in it.")
    sensor_ids = fields.One2many("process.sensor", "parameter_id", string="Sensors")
    note = fields.Text(string="Description")
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("unique(code)", "This parameter code is already used.")

    @api.constrains("kind", "unit")
    def _check_unit(self):
        for parameter in self:
            if (parameter.kind == "state") == bool(parameter.unit):
                raise ValidationError(
                    self.env._(
                        "Parameter %(name)s: a measured value or counter needs a unit, a state "
                        "must have none.",
                        name=parameter.display_name,
                    )
                )

    def write(self, vals):
        """Refuse a change of kind or unit once values are stored in it."""
        if {"kind", "unit"} & set(vals):
            for parameter in self:
                is_new = any(
                    parameter[name] != vals[name] for name in ("kind", "unit") if name in vals
                )
                if is_new and any(parameter.sudo().sensor_ids.mapped("last_source_ms")):
                    raise ValidationError(
                        self.env._(
                            "Readings of %(name)s are already stored in its unit. Create a new "
                            "parameter instead of changing this one.",
                            name=parameter.display_name,
                        )
                    )
        return super().write(vals)
