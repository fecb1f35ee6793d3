# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import ValidationError

from ..tools import basis


class CarbonFitMixin(models.AbstractModel):
    """Something that a factor weighs: its unit and the factor's are of one basis."""

    _name = "carbon.fit.mixin"
    _description = "Weighed with a factor"

    def _check_fit(self, unit: str, name: str) -> None:
        """Refuse a factor whose unit measures something else, or on another basis."""
        self.ensure_one()
        sentence = basis.mismatch(unit, self.factor_id.unit)
        if sentence:
            raise ValidationError(
                self.env._(
                    "“%(name)s” does not fit the factor %(factor)s. %(sentence)s Choose another "
                    "factor, or enter a conversion with its source where there is one.",
                    name=name,
                    factor=self.factor_id.code,
                    sentence=sentence,
                )
            )
