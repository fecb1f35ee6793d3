# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import Quantity

from ..tools import origin


class OriginPoint(models.Model):
    """One point of origin: where a waste or residue arises, on the list of a collecting point.

    Kept by the sustainability manager. It may be named on a declaration as long as one of its
    self-declarations is valid on the day of dispatch. Those that reach the threshold by month are
    audited on site; of the others the auditor takes a sample.
    """

    _name = "origin.point"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Point of origin"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Collecting point", required=True, index=True, ondelete="restrict"
    )
    address = fields.Char(required=True)
    country_id = fields.Many2one("res.country", required=True)
    waste_type = fields.Char(required=True, help="As in the scheme's list of materials.")
    tonnes_month = Quantity(string="Tonnes a month", tracking=True)
    declaration_ids = fields.One2many("origin.point.declaration", "point_id", "Self-declarations")
    valid_to = fields.Date(compute="_compute_valid_to", store=True)
    is_above_threshold = fields.Boolean(
        string="Audited on site", compute="_compute_is_above_threshold", search="_search_above"
    )
    sampled_on = fields.Date(string="Last sampled", readonly=True, copy=False)
    active = fields.Boolean(default=True)

    _unique_name = models.UniqueIndex(
        "(company_id, partner_id, lower(name))", "This point is on the list already."
    )

    @api.depends("declaration_ids.valid_to")
    def _compute_valid_to(self):
        for point in self:
            point.valid_to = max(point.declaration_ids.mapped("valid_to"), default=False)

    @api.depends("tonnes_month", "company_id.mb_origin_threshold")
    def _compute_is_above_threshold(self):
        for point in self:
            point.is_above_threshold = point.tonnes_month >= point.company_id.mb_origin_threshold

    def _search_above(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.search([]).filtered(lambda point: point.is_above_threshold in value)
        return [("id", "in", found.ids)]

    def _is_declared(self, day) -> bool:
        """Is a self-declaration valid on a day?"""
        self.ensure_one()
        return bool(self.declaration_ids.filtered(lambda d: d.signed_on <= day <= d.valid_to))

    def action_draw_sample(self):
        """Draw the audit sample of the year: ceil(√n) of the list, the same for everybody."""
        if not (self.env.su or self.env.user.has_group("mass_balance.group_mass_balance_manager")):
            raise AccessError(self.env._("Only the sustainability manager draws the sample."))
        today = fields.Date.context_today(self)
        points = self.search([("company_id", "=", self.env.company.id)])
        if not points:
            raise UserError(self.env._("No point of origin is on the list."))
        names = {f"{point.partner_id.name} / {point.name}": point for point in points}
        chosen = origin.draw(list(names), f"{self.env.company.name} {today.year}")
        sample = self.browse().concat(*(names[name] for name in chosen))
        sample.sampled_on = today
        self.env["audit.record"]._log(
            "origin_point.sampled",
            self.env.company,
            {"year": today.year, "points": len(points), "sample": chosen},
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Sample %(year)s: %(size)s of %(count)s",
                year=today.year,
                size=len(sample),
                count=len(points),
            ),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", sample.ids)],
        }
