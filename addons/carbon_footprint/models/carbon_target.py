# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.audit_chain.fields import Quantity

SCOPES = [
    ("company", "Company"),
    ("category", "Product category"),
    ("line", "Production line"),
    ("product", "Product"),
]
TRANSITIONS = {("draft", "approved"), ("approved", "withdrawn")}
STAMPS = {"state", "author_id", "approved_by_id", "approved_at", "checked_month"}


class CarbonTarget(models.Model):
    """What a company means to emit for one unit of product in one year.

    Written by sustainability managers as a draft; another one than who entered it approves it, and
    from then on neither figure nor scope nor year changes, for anybody. Of several the most
    specific counts: product before line before category (the nearest) before company.
    """

    _name = "carbon.target"
    _inherit = ["carbon.frozen.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Carbon target"
    _order = "year desc, scope, id"
    _check_company_auto = True
    _free_state = "draft"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    year = fields.Integer(
        required=True, default=lambda self: fields.Date.context_today(self).year, aggregator=None
    )
    scope = fields.Selection(SCOPES, string="For", required=True, default="company")
    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", ondelete="restrict", check_company=True
    )
    categ_id = fields.Many2one("product.category", string="Product category", ondelete="restrict")
    workcenter_id = fields.Many2one(
        "mrp.workcenter", string="Production line", ondelete="restrict", check_company=True
    )
    per = fields.Selection(
        [("kg", "kg of product"), ("unit", "unit of the product")],
        required=True,
        default="kg",
        help="The product's own unit of measure, for the target of one product only.",
    )
    value = Quantity(string="kg CO2e per unit", required=True, aggregator=None)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        help="Gets a to-do when a month misses the target.",
    )
    note = fields.Text(help="What the target rests on, and how it is to be reached.")
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved"), ("withdrawn", "Withdrawn")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    author_id = fields.Many2one(
        "res.users", string="Entered by", readonly=True, copy=False, ondelete="restrict"
    )
    approved_by_id = fields.Many2one(
        "res.users", string="Approved by", readonly=True, copy=False, ondelete="restrict"
    )
    approved_at = fields.Datetime(readonly=True, copy=False)
    checked_month = fields.Date(
        readonly=True, copy=False, help="The last month that was compared with the target."
    )

    _positive = models.Constraint("CHECK(value > 0)", "A target is more than nil.")
    _one_in_force = models.UniqueIndex(
        "(company_id, year, scope, COALESCE(product_tmpl_id, 0), COALESCE(categ_id, 0), "
        "COALESCE(workcenter_id, 0)) WHERE state = 'approved'",
        "There is an approved target for the same year and scope. Withdraw it first.",
    )

    @api.depends("scope", "year", "product_tmpl_id", "categ_id", "workcenter_id", "company_id")
    def _compute_name(self):
        for target in self:
            what = target.product_tmpl_id or target.categ_id or target.workcenter_id
            target.name = f"{(what or target.company_id).display_name} {target.year}"

    @api.constrains("scope", "product_tmpl_id", "categ_id", "workcenter_id", "per")
    def _check_scope(self):
        for target in self:
            named = {
                "product": target.product_tmpl_id,
                "category": target.categ_id,
                "line": target.workcenter_id,
            }
            wrong = [key for key, record in named.items() if bool(record) != (key == target.scope)]
            if wrong:
                raise ValidationError(
                    self.env._(
                        "Name exactly what the target is for: the product, the category or "
                        "the line, and nothing for the company."
                    )
                )
            if target.per == "unit" and target.scope != "product":
                raise ValidationError(
                    self.env._(
                        "Products are measured in different units, so only the target of one "
                        "product can be per its unit. Use kg of product."
                    )
                )

    # -- life -----------------------------------------------------------------------------------

    @api.model
    def _get_mutable_fields(self):
        return {"state", "checked_month"}

    @api.model_create_multi
    def create(self, vals_list):
        """Begin as a draft of whoever enters it, whatever the caller says."""
        for vals in vals_list:
            for name in STAMPS & set(vals):
                del vals[name]
            vals["author_id"] = self.env.uid
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to type what is stamped; who changes a draft becomes its author."""
        stamps = STAMPS & set(vals)
        if stamps:
            raise UserError(
                self.env._(
                    "%s is stamped by approval and withdrawal and cannot be entered.",
                    ", ".join(self._fields[name].string for name in sorted(stamps)),
                )
            )
        own = {name for name in vals if name in self._fields and self._fields[name].store}
        chatter = {name for name in own if name.startswith(("message_", "activity_"))}
        if own - chatter and not self._is_frozen():
            vals = vals | {"author_id": self.env.uid}
        return super().write(vals)

    def _stamp(self, vals: dict) -> bool:
        """Write what a transition stamps, past the guard of `write`."""
        return super().write(vals)

    def _do_move(self, state: str, stamps: dict) -> None:
        self.check_access("write")
        for target in self:
            if (target.state, state) not in TRANSITIONS:
                raise UserError(
                    self.env._(
                        "The target “%(name)s” is %(state)s: approve a draft, withdraw an approved "
                        "one.",
                        name=target.name,
                        state=target.state,
                    )
                )
            # one statement for a draft: from the moment it is approved nothing may be stamped
            target._stamp({"state": state, **stamps})

    def action_approve(self):
        """Approve drafts that somebody else entered."""
        for target in self:
            if target.author_id == self.env.user:
                raise UserError(
                    self.env._(
                        "You entered the target “%s” yourself: another sustainability manager has "
                        "to approve it.",
                        target.name,
                    )
                )
        self._do_move(
            "approved", {"approved_by_id": self.env.uid, "approved_at": fields.Datetime.now()}
        )

    def action_withdraw(self):
        """Take approved targets out of force; a new one may take over."""
        self._do_move("withdrawn", {})
