# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import basis, footprint
from ..tools.allocation import split
from .carbon_factor import UNITS
from .carbon_meter import ALLOCATIONS

PLACES = 6
QUANTUM = Decimal("0.000001")
RULES = [
    ("time", "Time each batch ran in the period"),
    *ALLOCATIONS[1:],
    ("batch", "Equal parts for each batch"),
]


class CarbonBillLine(models.Model):
    """One quantity of a bill, and the rule by which it is divided between the period's batches.

    Written with its bill. The shares are multiples of the sixth decimal and add up to the quantity
    exactly. Nothing of a line changes once its bill is divided.
    """

    _name = "carbon.bill.line"
    _inherit = ["carbon.fit.mixin"]
    _description = "Line of a bill of consumption"
    _order = "bill_id, id"
    _check_company_auto = True

    bill_id = fields.Many2one("carbon.bill", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="bill_id.company_id", store=True, index=True)
    name = fields.Char(string="What was used", required=True)
    factor_id = fields.Many2one(
        "carbon.factor", required=True, ondelete="restrict", check_company=True
    )
    category = fields.Selection(related="factor_id.category")
    amount = Quantity(required=True)
    unit = fields.Selection(UNITS, required=True, help="The basis is part of it.")
    rule = fields.Selection(RULES, string="Divided by", required=True, default="time")
    meter_ids = fields.Many2many(
        "carbon.meter", string="As counted by", help="Meters that count each batch by itself."
    )
    workcenter_ids = fields.Many2many(
        "mrp.workcenter", string="Only for lines", help="Empty: for every line."
    )
    product_tmpl_ids = fields.Many2many(
        "product.template", string="Only for products", help="Empty: for every product."
    )
    process_step = fields.Char(string="Step")

    _amount_positive = models.Constraint("CHECK(amount >= 0)", "A quantity is not negative.")

    @api.constrains("unit", "factor_id")
    def _check_factor_fits(self):
        for line in self:
            line._check_fit(line.unit, line.name)

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse a line of a bill that is divided."""
        lines = super().create(vals_list)
        lines.bill_id._check_draft()
        return lines

    def write(self, vals):
        """Refuse to change a line of a bill that is divided."""
        self.bill_id._check_draft()
        return super().write(vals)

    def unlink(self):
        """Refuse to delete a line of a bill that is divided."""
        self.bill_id._check_draft()
        return super().unlink()

    # -- divide -------------------------------------------------------------------------------

    def _divide(self):
        """Return a draft activity for each batch of each line."""
        activities = self.env["carbon.activity"]
        for line in self:
            activities |= activities._create_counted(line._prepare_activities())
        return activities

    def _get_orders(self):
        """Return the batches that ran in the period and that the line is for."""
        self.ensure_one()
        productions = self.env["mrp.production"]
        window = self.bill_id._get_window()
        orders = productions._find_carbon_orders(self.company_id, *window)
        return orders.filtered(
            lambda order: (
                (
                    not self.product_tmpl_ids
                    or order.product_id.product_tmpl_id in self.product_tmpl_ids
                )
                and (
                    not self.workcenter_ids or order._get_carbon_workcenters() & self.workcenter_ids
                )
            )
        )

    def _get_weights(self, orders) -> list[Decimal]:
        self.ensure_one()
        if self.rule == "time":
            window = self.bill_id._get_window()
            return [Decimal(order._get_carbon_overlap(*window)) for order in orders]
        weights = orders._get_carbon_weights(self.rule, self.meter_ids)
        return [weights[order] for order in orders]

    def _prepare_activities(self) -> list[dict]:
        orders = self._get_orders()
        weights = self._get_weights(orders)
        whole = sum(weights, Decimal(0))
        if not whole:
            raise UserError(
                self.env._(
                    "“%s” cannot be divided: no batch ran in the period, or none has what it is to "
                    "be divided by.",
                    self.name,
                )
            )
        shares = split(to_decimal(self.amount, PLACES), weights, QUANTUM)
        return [
            self._prepare_activity(order, share, weight, whole, len(orders))
            for order, share, weight in zip(orders, shares, weights, strict=True)
            if weight
        ]

    def _prepare_activity(self, order, share, weight, whole, count: int) -> dict:
        factor = self.factor_id
        units = {"time": " ms", "mass": " kg"}
        return {
            "source": "bill",
            "state": "draft",
            "bill_line_id": self.id,
            "name": self.name,
            "company_id": order.company_id.id,
            "production_id": order.id,
            "date": order._get_carbon_date(),
            "document": self.bill_id._get_reference(),
            "process_step": self.process_step,
            "workcenter_id": len(self.workcenter_ids) == 1 and self.workcenter_ids.id,
            "amount": float(share),
            "unit": self.unit,
            "share": float(weight / whole),
            "allocation_rule": self.rule,
            "allocation_note": self.env._(
                "%(amount)s %(unit)s of the bill between %(count)s batches. %(rule)s: %(weight)s "
                "of %(whole)s%(of)s.",
                amount=footprint.plain(to_decimal(self.amount, PLACES)),
                unit=basis.UNITS[self.unit].label,
                count=count,
                rule=dict(RULES)[self.rule],
                weight=footprint.plain(weight),
                whole=footprint.plain(whole),
                of=units.get(self.rule, ""),
            ),
            "factor_id": factor.id,
            "category": factor.category,
            "scope": factor.scope,
            "stage": factor.stage,
            "red_term": factor.red_term,
            "data_quality": "calculated",
        }
