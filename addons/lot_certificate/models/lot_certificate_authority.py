# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..tools import moment
from .lot_certificate import MANAGERS


class LotCertificate(models.Model):
    """By whose word a certificate is issued: an approved rule's, a reviewer's who did not ask, or
    the signature under the declaration it prints.
    """

    _inherit = "lot.certificate"

    requested_by_id = fields.Many2one(
        "res.users", string="Asked for by", readonly=True, copy=False, ondelete="restrict"
    )
    drafted_by_ids = fields.Many2many(
        "res.users",
        "lot_certificate_drafted_by_rel",
        string="Changed by",
        readonly=True,
        copy=False,
        help="Who changed what it states. None of them reviews it.",
    )
    rule_id = fields.Many2one(
        "lot.certificate.rule",
        string="Issued under",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    review_ids = fields.One2many("lot.certificate.review", "certificate_id", string="Reviews")
    is_covered = fields.Boolean(
        string="Issues by itself",
        compute="_compute_is_covered",
        help="An approved rule covers it, or its declaration is signed.",
    )
    may_review = fields.Boolean(compute="_compute_may_review")

    @api.depends("kind", "lot_id", "partner_id", "declaration_id", "picking_id", "state")
    def _compute_is_covered(self):
        for certificate in self:
            is_open = certificate.state in ("draft", "failed", "review")
            certificate.is_covered = is_open and bool(certificate._get_authority())

    @api.depends("state", "requested_by_id", "drafted_by_ids")
    @api.depends_context("uid")
    def _compute_may_review(self):
        for certificate in self:
            asked = certificate._get_involved()
            certificate.may_review = (
                certificate.state == "review"
                and self.env.user not in asked
                and self.env.user.has_group(MANAGERS[certificate.kind])
            )

    # -- what allows the issue ------------------------------------------------------------------

    def _get_authority(self):
        """Return the rule, review or declaration that lets it be issued now; or None."""
        self.ensure_one()
        certificate = self.sudo()
        declaration = certificate.declaration_id
        # The sustainability manager has signed all it says; the delivery asked for it.
        is_declared = certificate.kind == "sustainability" and declaration
        if is_declared and declaration.with_context(lang=None)._has_valid_signature("issue"):
            return declaration
        if rule := self.env["lot.certificate.rule"]._find(certificate):
            return rule
        review = certificate.review_ids.filtered(lambda r: r.state == "approved")[:1]
        return review if review and certificate._is_reviewed_content(review) else None

    def _is_reviewed_content(self, review):
        digest = self.env["lot.certificate.snapshot"]._get_digest(self)
        return review._has_valid_signature("review") and review.content_sha256 == digest

    @api.model
    def _get_authority_facts(self, authority, zone):
        """Return by whose word it is issued, for the snapshot."""
        if authority is None:
            return None
        if authority._name == "lot.certificate.rule":
            return {
                "by": "rule",
                "name": authority.name,
                "revision": authority.revision,
                "person": authority.approved_by_id.name,
                "at": moment.state_ms(authority.approved_at_ms, zone),
            }
        if authority._name == "lot.certificate.review":
            return {
                "by": "review",
                "person": authority.reviewed_by_id.name,
                "at": moment.state_ms(authority.reviewed_at_ms, zone),
            }
        return {
            "by": "declaration",
            "name": authority.number,
            "person": authority.issued_by_id.name or None,
            "at": moment.state(authority.issued_at, zone),
        }

    def _stamp_authority(self, authority):
        """Name the rule it is issued under; called by the issue."""
        is_rule = authority._name == "lot.certificate.rule"
        self._stamp({"rule_id": authority.id if is_rule else False})

    def _get_involved(self):
        """Return who drafted it, changed it or asked for it: none of them reviews it."""
        certificate = self.sudo()
        return certificate.create_uid | certificate.drafted_by_ids | certificate.requested_by_id

    # -- the review -----------------------------------------------------------------------------

    def action_request_review(self):
        """Check everything else and ask somebody who did not draft it to look."""
        self.check_access("write")
        for certificate in self:
            self.env["lot.certificate.gate"]._require_issuable(certificate, ("authority",))
        self._stamp({"requested_by_id": self.env.uid})
        self._do_request_review()

    def _do_request_review(self):
        self._set_state("review", error=False)
        reviews = self.env["lot.certificate.review"].sudo()
        for certificate in self:
            reviews.create([reviews._prepare(certificate)])
            certificate._tell_reviewers()

    def _do_request_release(self):
        """Issue what an approved rule covers, and ask for the review of the rest."""
        covered = self.filtered(lambda certificate: certificate._get_authority() is not None)
        covered._do_request_issue()
        gate = self.env["lot.certificate.gate"]
        for certificate in self - covered:
            refusals = gate._get_refusals(certificate, ("authority",))
            if refusals:
                # There is nothing to review yet; the reasons stand on it.
                certificate._do_request_issue()
            else:
                certificate._do_request_review()

    def _tell_reviewers(self):
        """Give an activity to those who may review it."""
        company, group = self.company_id, self.env.ref(MANAGERS[self.kind])
        asked = self._get_involved()
        reviewers = group.sudo().all_user_ids.filtered(
            lambda user: user.active and company in user.company_ids
        )
        for reviewer in reviewers - asked:
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=reviewer.id,
                summary=self.env._("Review before issue"),
            )

    def action_review(self):
        """Sign the open review: issue it, or send it back."""
        self.ensure_one()
        review = self.review_ids.filtered(lambda r: r.state == "open")[:1]
        return review.action_open_signature()

    def _on_reviewed(self, review):
        """Go on as the reviewer says: to the issue, or back to the draft."""
        self.activity_unlink(["mail.mail_activity_data_todo"])
        if review.state == "approved":
            self._do_request_issue()
            return
        self._set_state("draft", error=False)
        self.message_post(
            body=self.env._(
                "Sent back by %(reviewer)s: %(note)s",
                reviewer=review.reviewed_by_id.name,
                note=review.note,
            )
        )
