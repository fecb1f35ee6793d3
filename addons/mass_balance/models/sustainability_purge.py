# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.tools import chain

# What stays of a purged declaration: what the books and the numbers need.
KEPT = {
    "number",
    "direction",
    "state",
    "company_id",
    "warehouse_id",
    "partner_id",
    "commercial_partner_id",
    "certification_id",
    "certificate_number",
    "supplier_name",
    "product_id",
    "scheme",
    "category",
    "raw_material",
    "statement",
    "quantity",
    "quantity_unit",
    "quantity_kg",
    "issue_date",
    "dispatch_date",
    "issued_by_id",
    "issued_at",
    "cancel_reason",
    "purge_id",
    "purged_digest",
}
TEXTS = ("char", "text", "html")


class SustainabilityPurge(models.Model):
    """One purge: the papers of declarations whose term of retention is over are destroyed.

    Proposed by a sustainability manager, signed by another. The numbers, the quantities and the
    digest of what each declaration said stay, and so do the entries of the books: nothing of the
    balance changes. A signed purge can never change.
    """

    _name = "sustainability.purge"
    _inherit = ["audit.signable.mixin"]
    _description = "Purge of old declarations"
    _order = "id desc"
    _rec_name = "before_date"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, readonly=True
    )
    before_date = fields.Date(
        string="Last dispatched on or before",
        required=True,
        default=lambda self: self._get_latest(self.env.company),
    )
    reason = fields.Char(required=True)
    state = fields.Selection(
        [("draft", "Proposed"), ("done", "Purged")], default="draft", required=True, readonly=True
    )
    declaration_ids = fields.One2many("sustainability.declaration", "purge_id", readonly=True)
    declaration_count = fields.Integer(compute="_compute_declaration_count")
    done_by_id = fields.Many2one("res.users", readonly=True)
    done_at = fields.Datetime(readonly=True)

    @api.depends("before_date", "state")
    def _compute_declaration_count(self):
        for purge in self:
            purge.declaration_count = len(purge.declaration_ids or purge._get_due())

    @api.model
    def _get_latest(self, company):
        """Return the last day of dispatch whose term is over today."""
        term = fields.Date.subtract(
            fields.Date.context_today(self), years=company.mb_retention_years
        )
        return fields.Date.subtract(term, days=1)

    @api.constrains("before_date", "company_id")
    def _check_term(self):
        for purge in self.filtered(lambda purge: purge.state == "draft"):
            latest = self._get_latest(purge.company_id)
            if purge.before_date > latest:
                raise UserError(
                    self.env._(
                        "Declarations are kept for %(years)s years: today those dispatched up to "
                        "%(latest)s may be purged, not those up to %(day)s.",
                        years=purge.company_id.mb_retention_years,
                        latest=latest,
                        day=purge.before_date,
                    )
                )

    def _get_due(self):
        """Return the settled declarations of the term that are not purged yet."""
        self.ensure_one()
        return self.env["sustainability.declaration"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("dispatch_date", "<=", self.before_date),
                ("state", "in", ("booked", "issued", "cancelled")),
                ("purge_id", "=", False),
            ],
            order="id",
        )

    # -- signature --------------------------------------------------------------------------------

    def _get_signature_content(self):
        self.ensure_one()
        due = self.declaration_ids or self._get_due()
        return {
            "company": self.company_id.name,
            "before": str(self.before_date),
            "reason": self.reason,
            "declarations": [
                {"number": d.number or "", "sha256": d.purged_digest or chain.digest(d._snapshot())}
                for d in due.sorted("id")
            ],
        }

    def _get_signature_meanings(self):
        return {"purge": self.env._("Destruction of old declarations")}

    def _check_may_sign(self, meaning):
        self.ensure_one()
        if not self.env.user.has_group("mass_balance.group_mass_balance_manager"):
            raise AccessError(self.env._("Only a sustainability manager purges declarations."))
        if self.create_uid == self.env.user:
            raise UserError(self.env._("Whoever proposed the purge does not sign it."))
        self._check_term()
        if self.state != "draft" or not self._get_due():
            raise UserError(self.env._("There is nothing to purge."))

    def _on_signed(self, signature):
        due = self._get_due()
        for declaration in due:
            declaration._do_purge(self)
        self._stamp(state="done", done_by_id=self.env.uid, done_at=fields.Datetime.now())
        self.env["audit.record"]._log(
            "sustainability.purged",
            self,
            {"before": str(self.before_date), "numbers": due.mapped("number")},
        )

    def _stamp(self, **vals) -> bool:
        """Write what only the signature writes, past the guard of `write`."""
        return super().write(vals)

    # -- guard ------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        stamped = {"state", "done_by_id", "done_at", "declaration_ids"}
        return super().create(
            [{k: v for k, v in vals.items() if k not in stamped} for vals in vals_list]
        )

    def write(self, vals):
        """A purge that is signed stays; its outcome is never typed."""
        if {"state", "done_by_id", "done_at", "declaration_ids", "company_id"} & set(vals) or any(
            purge.state == "done" for purge in self
        ):
            raise UserError(self.env._("A purge is carried out by its signature, and stays."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if self.filtered(lambda purge: purge.state == "done"):
            raise UserError(self.env._("A purge that was carried out stays."))
