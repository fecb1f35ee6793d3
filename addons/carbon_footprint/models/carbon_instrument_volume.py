# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.audit_chain.tools.decimals import to_decimal
from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import basis
from .carbon_factor import UNITS
from .carbon_instrument import PLACES

# what claims rest on; the rest may be corrected, footprints keep what they were computed with
CLAIMED_FIELDS = ("company_id", "kind", "covers_factor_id", "volume_unit", "registry_number")


class CarbonInstrument(models.Model):
    """How much an instrument covers: a volume that claims of current activities use up.

    What is claimed stands on the instrument itself, so that two orders that finish at once and take
    of one instrument meet on its row: the second is repeated and sees what the first has left.
    """

    _inherit = "carbon.instrument"

    registry_number = fields.Char(
        copy=False,
        help="Number of the certificates in their registry. It is used once, in whatever company.",
    )
    volume = OptionalFloat(
        aggregator=None,
        copy=False,
        help="What the instrument covers in its period. Empty: no limit (never of certificates).",
    )
    volume_unit = fields.Selection(
        UNITS,
        string="Unit",
        compute="_compute_volume_unit",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    claim_ids = fields.One2many("carbon.instrument.claim", "instrument_id", readonly=True)
    claimed = OptionalFloat(
        compute="_compute_claimed",
        store=True,
        aggregator=None,
        help="By activities of the latest footprints.",
    )
    remaining = OptionalFloat(compute="_compute_claimed", store=True, aggregator=None)
    is_used_up = fields.Boolean(string="Used up", compute="_compute_claimed", store=True)

    _certificate_volume = models.Constraint(
        "CHECK(kind != 'certificate' OR (COALESCE(volume, 0) > 0 AND registry_number IS NOT NULL))",
        "Certificates have a volume and a number in their registry: enter both.",
    )
    _volume_positive = models.Constraint(
        "CHECK(volume >= 0)",
        "A volume is more than nothing. Leave it empty where there is no limit.",
    )
    _fallback_unlimited = models.Constraint(
        "CHECK(COALESCE(volume, 0) = 0 OR kind NOT IN ('residual', 'location'))",
        "Residual mix and grid average have no volume: they cover what is left.",
    )
    _registered_once = models.UniqueIndex(
        "(lower(btrim(registry_number))) WHERE registry_number IS NOT NULL",
        "An instrument with this registry number exists already, perhaps archived or in another "
        "company: certificates are used once.",
    )

    @api.depends("covers_factor_id")
    def _compute_volume_unit(self):
        for instrument in self:
            unit = instrument.covers_factor_id.unit
            if unit and (
                not instrument.volume_unit or basis.mismatch(instrument.volume_unit, unit)
            ):
                instrument.volume_unit = unit

    @api.depends("volume", "claim_ids.amount", "claim_ids.activity_id.is_current")
    def _compute_claimed(self):
        """Sum the claims; without a limit no sum is kept, so that no order waits for another."""
        # a form that is emptied again writes 0: no limit either
        limited = self.filtered("volume")
        sums = dict(
            self.env["carbon.instrument.claim"]._read_group(
                [("instrument_id", "in", limited.ids), ("activity_id.is_current", "=", True)],
                ["instrument_id"],
                ["amount:sum"],
            )
        )
        for instrument in self:
            if instrument not in limited:
                instrument.update({"claimed": None, "remaining": None, "is_used_up": False})
                continue
            claimed = to_decimal(sums.get(instrument._origin, 0), PLACES)
            remaining = to_decimal(instrument.volume, PLACES) - claimed
            instrument.claimed = float(claimed)
            instrument.remaining = float(remaining)
            instrument.is_used_up = remaining <= 0

    @api.constrains("volume_unit", "covers_factor_id")
    def _check_volume_unit(self):
        for instrument in self:
            sentence = basis.mismatch(instrument.volume_unit, instrument.covers_factor_id.unit)
            if sentence:
                raise ValidationError(sentence)

    @api.constrains("volume")
    def _check_volume(self):
        for instrument in self:
            if instrument.volume and instrument.remaining < 0:
                raise ValidationError(
                    self.env._(
                        "%(claimed)s of “%(name)s” are claimed already: its volume cannot be less. "
                        "Recalculate the orders that claim it first.",
                        claimed=instrument.claimed,
                        name=instrument.name,
                    )
                )

    def write(self, vals):
        """Refuse to change what claims rest on."""
        for instrument in self.filtered("claim_ids"):
            before = {name: instrument[name] for name in CLAIMED_FIELDS if name in vals}
            changed = [
                name
                for name, value in before.items()
                if (vals[name] or False) != (getattr(value, "id", value) or False)
            ]
            if changed:
                raise UserError(
                    self.env._(
                        "Footprints claim “%(name)s”: %(field)s cannot be changed any more. "
                        "Archive it and enter another instrument.",
                        name=instrument.name,
                        field=self._fields[changed[0]]._description_string(self.env),
                    )
                )
        return super().write(vals)

    def _get_left(self, production) -> Decimal | None:
        """Return what an order may take: what is left, and what the order itself has claimed.

        None: there is no limit.
        """
        self.ensure_one()
        if not self.volume:
            return None
        own = self.env["carbon.instrument.claim"].search(
            [
                ("instrument_id", "=", self.id),
                ("activity_id.production_id", "=", production.id),
                ("activity_id.is_current", "=", True),
            ]
        )
        amounts = [to_decimal(claim.amount, PLACES) for claim in own]
        return to_decimal(self.remaining, PLACES) + sum(amounts, Decimal(0))

    def action_view_claims(self):
        """Open the claims, those that count first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "carbon_footprint.carbon_instrument_claim_action"
        )
        return {**action, "domain": [("instrument_id", "=", self.id)]}
