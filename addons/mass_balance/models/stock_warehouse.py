# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .selections import ATTRIBUTIONS, BASES, METHODS


class StockWarehouse(models.Model):
    """A site: every book belongs to one, and its time zone says which day a movement has."""

    _inherit = "stock.warehouse"

    plant_tz = fields.Selection(
        lambda self: [(tz, tz) for tz in pytz.common_timezones],
        string="Time zone of the plant",
        help="Dispatch and period dates are taken in it. Empty: that of the company's address.",
    )
    mb_method = fields.Selection(METHODS, string="Mass-balance method", default="credit")
    mb_attribution = fields.Selection(
        ATTRIBUTIONS, string="Attribution approach", default="proportional"
    )
    mb_basis = fields.Selection(BASES, string="Attribution basis", default="mass")

    mb_segregated_location_id = fields.Many2one(
        "stock.location",
        string="Place of segregated material",
        check_company=True,
        help="Products that are physically segregated are put away here and picked from here.",
    )

    @api.constrains("mb_segregated_location_id")
    def _check_mb_segregated_location(self):
        for warehouse in self.filtered("mb_segregated_location_id"):
            place, root = warehouse.mb_segregated_location_id, warehouse.view_location_id
            inside = (place.parent_path or "").startswith(root.parent_path or "-")
            if not inside or place in (root, warehouse.lot_stock_id) or place.usage != "internal":
                raise ValidationError(
                    self.env._(
                        "%(place)s cannot be kept for segregated material of %(site)s: choose a "
                        "place of its own inside the site.",
                        place=place.display_name,
                        site=warehouse.name,
                    )
                )

    @api.constrains("mb_method", "mb_attribution")
    def _check_mb_method(self):
        for warehouse in self:
            if warehouse.mb_method == "rolling_average" and warehouse.mb_attribution not in (
                False,
                "proportional",
            ):
                raise ValidationError(
                    self.env._(
                        "%s: a rolling average spreads the certified share over all outputs. "
                        "Choose proportional attribution, or the credit method.",
                        warehouse.name,
                    )
                )

    def _get_plant_zone(self):
        """Return the time zone of the plant."""
        self.ensure_one()
        return pytz.timezone(self.plant_tz or self.company_id.sudo().partner_id.tz or "UTC")

    def _get_country(self):
        """Return the country the site lies in: that of its address, else of its company."""
        self.ensure_one()
        return self.partner_id.country_id or self.company_id.sudo().country_id

    def _get_plant_day(self, moment=None):
        """Return the calendar day at the plant of a moment (naive UTC, default now)."""
        self.ensure_one()
        moment = moment or fields.Datetime.now()
        if not isinstance(moment, datetime):
            return moment
        return pytz.utc.localize(moment).astimezone(self._get_plant_zone()).date()
