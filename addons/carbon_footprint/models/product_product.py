# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.tools.decimals import to_decimal


class ProductProduct(models.Model):
    """A product variant: what one kg of it holds, for values that count dry mass or energy."""

    _inherit = "product.product"

    def _get_carbon_contents(self) -> tuple[Decimal | None, Decimal | None]:
        """Return (dry share, MJ by lower heating value) of one kg; None for what is not known."""
        self.ensure_one()
        dry = to_decimal(self.carbon_dry_matter, 3) / 100 if self.carbon_dry_matter else None
        return dry, to_decimal(self.lhv, 4) if self.lhv else None

    def _check_carbon_factor(self) -> None:
        """Refuse products that nothing weighs: a quantity of them would be a gap."""
        for product in self.filtered(lambda product: not product.carbon_factor_id):
            raise UserError(
                self.env._(
                    "%s has no emission factor: enter it on the product's page Carbon.",
                    product.name,
                )
            )

    def _get_carbon_content_note(self, is_dry: bool) -> str:
        self.ensure_one()
        if is_dry:
            return self.env._("Dry matter of %s", self.display_name)
        return self.env._("Lower heating value of %s", self.display_name)
