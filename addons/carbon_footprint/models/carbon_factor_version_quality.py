# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import uncertainty


class CarbonFactorVersion(models.Model):
    """What a version says beside its value: biogenic CO2, and how good it is."""

    _inherit = "carbon.factor.version"

    biogenic_emitted = OptionalFloat(
        string="Biogenic CO2 emitted (kg per unit)",
        digits=None,
        aggregator=None,
        help="Beside the value, never in it. Empty: the source does not state it.",
    )
    biogenic_removed = OptionalFloat(
        string="Biogenic CO2 removed (kg per unit)",
        digits=None,
        aggregator=None,
        help="Taken up from the air by what the material grew from. Beside the value, never in it.",
    )
    pedigree = fields.Char(
        help="Five scores from 1 (best) to 5: reliability, completeness, time, place, technology, "
        "such as 2;1;3;1;2. Empty: taken as a published default.",
    )

    _biogenic_sign = models.Constraint(
        "CHECK(COALESCE(biogenic_emitted, 0) >= 0 AND COALESCE(biogenic_removed, 0) >= 0)",
        "Biogenic CO2 is entered without a sign, emitted and removed apart.",
    )

    @api.constrains("pedigree")
    def _check_pedigree(self):
        for version in self:
            if version.pedigree and uncertainty.parse(version.pedigree) is None:
                raise ValidationError(
                    self.env._(
                        "“%s” is no pedigree: enter five scores from 1 to 5, such as 2;1;3;1;2.",
                        version.pedigree,
                    )
                )

    def _get_scores(self) -> tuple[int, ...]:
        """Return the five scores of the version, or those of a published default."""
        return uncertainty.parse(self.pedigree or "") or uncertainty.SCORES["default"]
