# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import BigInt

from .lot_certificate import KINDS, MANAGERS

CONTENT = ("name", "kind", "product_id", "partner_id", "company_id", "reason")
STAMPED = frozenset(
    {"state", "revision", "replaces_id", "author_id", "approved_by_id", "approved_at_ms"}
)


class LotCertificateRule(models.Model):
    """One approved decision that certificates of a kind, product or customer issue by themselves.

    Written by one person and approved by the signature of another who answers for that kind.
    What was approved never changes; another revision takes its place, or somebody ends it. Each
    certificate names the rule and revision it was issued under.
    """

    _name = "lot.certificate.rule"
    _inherit = ["lot.certificate.decision", "audit.signable.mixin", "mail.thread"]
    _description = "Rule of issue"
    _order = "name, revision desc"
    _check_company_auto = True
    _free_state = "draft"
    _moves = (("approved", "superseded"), ("approved", "ended"))

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    kind = fields.Selection(KINDS, required=True, default="batch")
    product_id = fields.Many2one(
        "product.product", check_company=True, help="Empty: every product.", ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", help="Empty: every customer.", ondelete="restrict"
    )
    reason = fields.Text(
        string="Why nobody needs to look",
        required=True,
        help="For example: every batch is released by signature, and the data are read by sensors.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approved", "Approved"),
            ("superseded", "Superseded"),
            ("ended", "Ended"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    revision = fields.Integer(default=1, required=True, readonly=True, copy=False)
    replaces_id = fields.Many2one(
        "lot.certificate.rule", string="Changes", readonly=True, copy=False, ondelete="restrict"
    )
    author_id = fields.Many2one("res.users", string="Written by", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at_ms = BigInt(string="Approved (ms UTC)", readonly=True, copy=False, aggregator=None)
    certificate_count = fields.Integer(
        string="Issued under it", compute="_compute_certificate_count"
    )

    @api.depends("name", "revision")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = self.env._(
                "%(name)s, revision %(revision)s", name=rule.name or "", revision=rule.revision
            )

    def _compute_certificate_count(self):
        counts = dict(
            self.env["lot.certificate"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.certificate_count = counts.get(rule, 0)

    @api.model
    def _find(self, certificate):
        """Return the approved rule that covers `certificate`, the most particular; or nothing.

        It counts only while the signature under it is that of its content.
        """
        customer = certificate.partner_id.commercial_partner_id
        found = self.sudo().search_fetch(
            [
                ("company_id", "=", certificate.company_id.id),
                ("state", "=", "approved"),
                ("kind", "=", certificate.kind),
            ]
        )
        found = found.filtered(
            lambda rule: (
                rule.partner_id.commercial_partner_id in (customer, self.env["res.partner"])
                and (not rule.product_id or certificate._get_products() <= rule.product_id)
            )
        ).sorted(lambda rule: (not rule.partner_id, not rule.product_id, rule.id))
        return next((rule for rule in found if rule._has_valid_signature("approve")), self.browse())

    # -- guard --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A rule begins as a draft of the user who makes it."""
        for vals in vals_list:
            self._refuse_stamped(vals)
        rules = super().create(vals_list)
        rules._stamp({"author_id": self.env.uid})
        return rules

    def write(self, vals):
        """Whoever changes a draft has written it; what was approved stays as it is."""
        self._refuse_stamped(vals)
        changed = set(CONTENT) & set(vals)
        if changed:
            self._require_draft()
        result = super().write(vals)
        if changed:
            self._stamp({"author_id": self.env.uid})
        return result

    def _stamp(self, vals):
        """Write stamped fields; for the steps of this file alone."""
        return super().write(vals)

    def _refuse_stamped(self, vals):
        given = sorted(STAMPED & set(vals))
        if given:
            raise UserError(
                self.env._(
                    "%s of a rule is set by its buttons and its signature.",
                    ", ".join(self._fields[name].string for name in given),
                )
            )

    def _require_draft(self):
        for rule in self:
            if rule.state != "draft":
                raise UserError(
                    self.env._(
                        "%s was approved and stays as it is: certificates were issued under it. "
                        "Make a new revision, or end it.",
                        rule.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._require_draft()

    # -- life ---------------------------------------------------------------------------------

    def action_revise(self):
        """Open a draft with the same content; approved, it takes this one's place."""
        self.ensure_one()
        self.check_access("write")
        draft = self.search([("replaces_id", "=", self.id), ("state", "=", "draft")], limit=1)
        if not draft:
            draft = self.copy()
            draft._stamp({"replaces_id": self.id, "revision": self.revision + 1})
        return draft._get_records_action()

    def action_end(self):
        """Nothing is issued under it any more; from now on somebody has to look."""
        self.check_access("write")
        for rule in self:
            if rule.state != "approved":
                raise UserError(self.env._("%s is not in force.", rule.display_name))
            rule._stamp({"state": "ended"})
            self.env["audit.record"]._log("certificate.rule", rule, rule._get_facts("ended"))

    def action_view_certificates(self):
        """Open what was issued under this rule."""
        self.ensure_one()
        found = self.env["lot.certificate"].search([("rule_id", "=", self.id)])
        return found._get_records_action(name=self.display_name)

    def _get_facts(self, state):
        return {"rule": self.name, "revision": self.revision, "kind": self.kind, "state": state}

    # -- the signature that approves ------------------------------------------------------------

    def _get_signature_content(self):
        return {
            "rule": self.name,
            "revision": self.revision,
            "company": self.company_id.name,
            "kind": self.kind,
            "product": self.product_id.display_name or None,
            "customer": self.partner_id.display_name or None,
            "reason": self.reason,
        }

    def _get_signature_meanings(self):
        return {"approve": self.env._("Approved: issues without a review")}

    def _check_may_sign(self, meaning):
        self.ensure_one()
        group = MANAGERS[self.kind]
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "Only the role %s approves this rule.",
                    self.env.ref(group).sudo().full_name,
                )
            )
        if self.state != "draft":
            raise UserError(self.env._("%s is not a draft.", self.display_name))
        if self.author_id == self.env.user:
            raise UserError(self.env._("You wrote this rule: somebody else approves it."))

    def _on_signed(self, signature):
        if self.replaces_id.state == "approved":
            self.replaces_id.sudo()._stamp({"state": "superseded"})
        self.sudo()._stamp(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "approved_at_ms": time.time_ns() // 1_000_000,
            }
        )
        self.env["audit.record"]._log("certificate.rule", self, self._get_facts("approved"))
