# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.audit_chain.fields import Quantity

from .carbon_factor import UNITS


class CarbonConversionMixin(models.AbstractModel):
    """A source of figures in one unit that a factor of another unit weighs, by a conversion."""

    _name = "carbon.conversion.mixin"
    _inherit = ["carbon.fit.mixin"]
    _description = "Weighed with a factor, converted"

    factor_id = fields.Many2one(
        "carbon.factor", required=True, index=True, ondelete="restrict", check_company=True
    )
    unit = fields.Selection(UNITS, required=True)
    converted_unit = fields.Selection(
        UNITS,
        string="Converted into",
        help="For a factor that wants something else, such as heat for kg of steam. Empty: the "
        "factor's unit is of the same basis.",
    )
    conversion = Quantity(default=1.0, help="Converted units in one unit of what is counted.")
    conversion_note = fields.Text(
        string="Source of the conversion", help="Where the figure comes from, and what it assumes."
    )

    def _get_fit_name(self) -> str:
        """Return what a person calls the source of the figures."""
        self.ensure_one()
        return self.display_name

    @api.constrains("unit", "converted_unit", "conversion", "conversion_note", "factor_id")
    def _check_factor_fits(self):
        for source in self:
            source._check_fit(source.converted_unit or source.unit, source._get_fit_name())
            if source.converted_unit and not (source.conversion_note or "").strip():
                raise ValidationError(
                    self.env._(
                        "“%s” is converted: say where the figure comes from.",
                        source._get_fit_name(),
                    )
                )
