# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity


class CarbonInstrumentClaim(models.Model):
    """What one activity of a batch takes of one contractual instrument.

    Written together with the counted activity, by the calculation alone; nothing of it ever
    changes. It counts as long as its activity is current: a recalculation makes new activities with
    claims of their own, and those of the replaced ones give their volume back.
    """

    _name = "carbon.instrument.claim"
    _inherit = ["carbon.frozen.mixin"]
    _description = "Claim of a contractual instrument"
    _order = "id desc"
    _check_company_auto = True

    instrument_id = fields.Many2one(
        "carbon.instrument",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    activity_id = fields.Many2one(
        "carbon.activity",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    amount = Quantity(required=True, readonly=True, help="In the unit of the instrument.")
    unit = fields.Selection(related="instrument_id.volume_unit")
    production_id = fields.Many2one(related="activity_id.production_id")
    date = fields.Date(related="activity_id.date")
    is_current = fields.Boolean(
        related="activity_id.is_current",
        string="Current",
        help="Of the latest footprint: only these claims count.",
    )

    _positive = models.Constraint("CHECK(amount > 0)", "A claim takes more than nothing.")

    @api.depends("instrument_id.name", "activity_id.name")
    def _compute_display_name(self):
        for claim in self:
            claim.display_name = f"{claim.instrument_id.name}: {claim.activity_id.name}"
