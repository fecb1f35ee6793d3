# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import ROUND_DOWN, Decimal

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.tools.decimals import to_decimal
from odoo.addons.carbon_footprint.tools import declared, red


class SustainabilityDeclaration(models.Model):
    """The declaration of a final fuel under ISCC EU is a Proof of Sustainability: it states the
    energy and the saving against the fossil comparator, and the saving must reach the threshold.
    """

    _inherit = "sustainability.declaration"

    def _is_final_fuel(self):
        product = self.product_id
        is_fuel = product.mb_output_kind == "fuel" and self.product_type == "final"
        return self.scheme == "iscc_eu" and is_fuel

    def _refresh_ghg(self):
        """With its value a draft gets what follows from it: energy and saving."""
        result = super()._refresh_ghg()
        drafts = self.filtered(lambda d: d.direction == "out" and d.state == "draft")
        for record in drafts.filtered(lambda d: d._is_final_fuel()):
            record._stamp(**record._prepare_pos())
        return result

    def _prepare_pos(self):
        heat = self.product_id._get_carbon_contents()[1]
        saving = self._get_pos_saving()
        return {
            "is_pos": True,
            "pos_number": self.number,
            "pos_energy": float(to_decimal(self.quantity_kg) * heat) if heat else 0.0,
            "pos_saving": float(saving) if saving is not None else 0.0,
            "pos_country_id": (self.pos_country_id or self._get_plant_country()).id,
        }

    def _get_plant_country(self):
        return self.warehouse_id.partner_id.country_id or self.company_id.country_id

    def _get_pos_saving(self):
        """Return the saving in percent, rounded down; None when no value per MJ is declared."""
        if not self.ghg_type or declared.parse_unit(self.ghg_unit) != declared.PER_MJ:
            return None
        comparator = red.transport_comparator(self.dispatch_date)
        saving = red.saving(to_decimal(self.ghg_value, 6), comparator)
        return (saving * 100).quantize(Decimal("0.01"), ROUND_DOWN)

    def _get_issue_blockers(self):
        blockers = super()._get_issue_blockers()
        saving = self.is_pos and self._get_pos_saving()
        if not saving or not self.pos_plant_start:
            return blockers
        least = red.threshold(self.pos_plant_start) * 100
        if saving < least:
            blockers.append(
                self.env._(
                    "The saving of %(saving)s %% is below the %(least)s %% that a plant started on "
                    "%(start)s must reach.",
                    saving=saving,
                    least=least.normalize(),
                    start=self.pos_plant_start,
                )
            )
        return blockers

    def _check_may_sign(self, meaning):
        """Who delivered asked for it: somebody else answers for what it says."""
        result = super()._check_may_sign(meaning)
        if self.create_uid == self.env.user:
            raise UserError(
                self.env._(
                    "You made the delivery that asks for declaration %s: somebody else issues it.",
                    self.number,
                )
            )
        return result

    # -- the recipient --------------------------------------------------------------------------

    def _get_recipient_status(self):
        """Return whether the recipient is certified on the day of dispatch (ISCC PLUS 8.3.3).

        Who is not may rely on the claim but not pass it on; anyone can check it on the verify page.
        """
        self.ensure_one()
        held = self.env["partner.certification"].search(
            [
                ("partner_id", "child_of", self.commercial_partner_id.id),
                ("scheme", "=", self.scheme),
                ("is_own", "=", False),
            ],
            order="valid_to desc, id desc",
        )
        valid = held.filtered(lambda c: not c._check_usable(self.dispatch_date, self.scheme))[:1]
        return {"is_certified": bool(valid), "certificate_number": valid.number or None}
