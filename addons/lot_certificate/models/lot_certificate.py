# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt, Quantity
from odoo.addons.audit_chain.tools import chain

from ..tools import moment

KINDS = [("batch", "Batch certificate"), ("sustainability", "Sustainability Declaration")]
MANAGERS = {
    "batch": "process_monitoring.group_process_monitoring_quality_manager",
    "sustainability": "mass_balance.group_mass_balance_manager",
}
STATES = [
    ("draft", "Draft"),
    ("review", "In review"),
    ("to_issue", "To issue"),
    ("issued", "Issued"),
    ("failed", "Failed"),
    ("superseded", "Superseded"),
    ("revoked", "Revoked"),
]


class LotCertificate(models.Model):
    """One document that leaves the plant about a lot: a batch certificate, or the sustainability
    declaration of a delivery.

    A person or a finished delivery asks for it; a scheduled action issues it: numbers it, freezes
    and signs what is known of the lot (the snapshot), prints and signs the PDF, mails it. From
    then on document, number, snapshot and signature never change; it can be superseded by a newer
    one or revoked by a signature, and the verify page shows that at once.
    """

    _name = "lot.certificate"
    _inherit = [
        "lot.certificate.guard",
        "lot.certificate.mailing",
        "audit.signable.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Certificate"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, index=True)
    kind = fields.Selection(KINDS, required=True, default="batch", index=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", copy=False, index=True, tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    lot_id = fields.Many2one(
        "stock.lot",
        check_company=True,
        index=True,
        compute="_compute_from_declaration",
        store=True,
        readonly=False,
        precompute=True,
    )
    product_id = fields.Many2one(
        "product.product", compute="_compute_product_id", store=True, index=True
    )
    production_id = fields.Many2one(
        "mrp.production", string="Manufacturing order", compute="_compute_production_id", store=True
    )
    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        check_company=True,
        index="btree_not_null",
        compute="_compute_from_declaration",
        store=True,
        readonly=False,
        precompute=True,
    )
    declaration_id = fields.Many2one(
        "sustainability.declaration",
        check_company=True,
        index="btree_not_null",
        domain="[('direction', '=', 'out')]",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index=True,
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    language = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        compute="_compute_language",
        store=True,
        readonly=False,
    )
    quantity = Quantity(compute="_compute_quantity", store=True, readonly=False)
    uom_id = fields.Many2one(
        "uom.uom", string="Unit", compute="_compute_quantity", store=True, readonly=False
    )
    error = fields.Text(string="Why it failed", readonly=True, copy=False)
    blockers_html = fields.Html(string="In the way", compute="_compute_blockers_html")

    snapshot = fields.Text(readonly=True, copy=False)
    snapshot_hash = fields.Char(string="SHA-256 of the snapshot", readonly=True, copy=False)
    signature = fields.Text(string="Signature (base64)", readonly=True, copy=False)
    signature_algorithm = fields.Char(readonly=True, copy=False)
    signer_certificate = fields.Text(string="Signing certificate", readonly=True, copy=False)
    signer_fingerprint = fields.Char(readonly=True, copy=False)
    is_development_key = fields.Boolean(
        readonly=True, copy=False, help="The signing certificate names itself a development key."
    )
    issued_at_ms = BigInt(string="Issued (ms UTC)", readonly=True, copy=False, aggregator=None)
    issued_at = fields.Datetime(string="Issued", compute="_compute_times")
    verify_token = fields.Char(readonly=True, copy=False)
    verify_url = fields.Char(string="Verify page", compute="_compute_verify_url")
    attachment_id = fields.Many2one(
        "ir.attachment", string="PDF", readonly=True, copy=False, ondelete="restrict"
    )
    pdf_name = fields.Char(compute="_compute_pdf_name")
    pdf_sha256 = fields.Char(string="SHA-256 of the PDF", readonly=True, copy=False)

    supersedes_id = fields.Many2one(
        "lot.certificate", string="Replaces", copy=False, check_company=True, index="btree_not_null"
    )
    superseded_by_ids = fields.One2many("lot.certificate", "supersedes_id", string="Replaced by")
    revoked_at_ms = BigInt(string="Revoked (ms UTC)", readonly=True, copy=False, aggregator=None)
    revoke_reason = fields.Text(readonly=True, copy=False)

    _unique_number = models.UniqueIndex(
        "(company_id, name) WHERE name IS NOT NULL", "This certificate number is already used."
    )
    _unique_token = models.UniqueIndex("(verify_token)")
    _unique_delivery = models.UniqueIndex(
        "(picking_id, lot_id) WHERE kind = 'batch' AND picking_id IS NOT NULL"
        " AND supersedes_id IS NULL AND state IN ('to_issue', 'issued')",
        "There is already a certificate of this lot for this delivery.",
    )
    _unique_declaration = models.UniqueIndex(
        "(declaration_id) WHERE kind = 'sustainability' AND state IN ('to_issue', 'issued')",
        "There is already a document of this declaration.",
    )

    # -- fields -------------------------------------------------------------------------------

    @api.depends("name", "kind", "lot_id.name", "declaration_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for certificate in self:
            subject = certificate.lot_id.name or certificate.declaration_id.display_name
            subject = subject or certificate.picking_id.name or ""
            number = certificate.name or kinds.get(certificate.kind, "")
            certificate.display_name = f"{number} ({subject})" if subject else number

    @api.depends("declaration_id", "kind")
    def _compute_from_declaration(self):
        for certificate in self:
            declaration = certificate.declaration_id
            certificate.lot_id = certificate.lot_id or declaration.lot_ids[:1]
            certificate.picking_id = certificate.picking_id or declaration.picking_ids[:1]

    @api.depends("lot_id", "picking_id", "scope", "period_product_id")
    def _compute_product_id(self):
        for certificate in self:
            moved = certificate._is_collected() and certificate._get_moved_lines().product_id[:1]
            certificate.product_id = (
                certificate.lot_id.product_id or certificate.period_product_id or moved
            )

    @api.depends("lot_id")
    def _compute_production_id(self):
        for certificate in self:
            certificate.production_id = certificate.lot_id.sudo()._get_certificate_production()

    @api.depends("picking_id", "declaration_id")
    def _compute_partner_id(self):
        for certificate in self:
            certificate.partner_id = (
                certificate.partner_id
                or certificate.declaration_id.partner_id
                or certificate.picking_id.partner_id
            )

    @api.depends("partner_id")
    def _compute_language(self):
        for certificate in self:
            certificate.language = (
                certificate.partner_id.lang
                or certificate.company_id.partner_id.lang
                or self.env.lang
                or "en_US"
            )

    @api.depends(
        "lot_id",
        "picking_id",
        "declaration_id",
        "kind",
        "scope",
        "partner_id",
        "period_from",
        "period_to",
        "period_product_id",
    )
    def _compute_quantity(self):
        for certificate in self:
            quantity, uom = certificate._get_default_quantity()
            certificate.quantity = quantity
            certificate.uom_id = uom

    @api.depends("issued_at_ms")
    def _compute_times(self):
        for certificate in self:
            ms = certificate.issued_at_ms
            certificate.issued_at = ms and moment.from_ms(ms).replace(tzinfo=None, microsecond=0)

    @api.depends("verify_token")
    def _compute_verify_url(self):
        for certificate in self:
            base = certificate.get_base_url().rstrip("/")
            token = certificate.verify_token
            certificate.verify_url = f"{base}/verify/{token}" if token else False

    @api.depends("name")
    def _compute_pdf_name(self):
        for certificate in self:
            name = (certificate.name or "").replace("/", "-")
            certificate.pdf_name = f"{name}.pdf" if name else False

    def _compute_access_url(self):
        for certificate in self:
            certificate.access_url = f"/my/certificates/{certificate.id}"

    @api.depends("state", "lot_id", "declaration_id", "picking_id", "partner_id", "error")
    def _compute_blockers_html(self):
        gate = self.env["lot.certificate.gate"]
        for certificate in self:
            open_states = ("draft", "review", "to_issue", "failed")
            waits = ("authority",) if certificate.state == "review" else ()
            is_open = certificate.state in open_states
            refusals = gate._get_refusals(certificate, waits) if is_open else []
            certificate.blockers_html = gate._to_html(refusals)

    # -- the signature that revokes -----------------------------------------------------------

    def _get_signature_content(self):
        return {
            "certificate": self.name or "",
            "kind": self.kind,
            "issued_ms": self.issued_at_ms or 0,
            "snapshot_sha256": self.snapshot_hash or "",
        }

    def _get_signature_meanings(self):
        return {"revoke": self.env._("Revoked: must not be relied upon")}

    def _check_may_sign(self, meaning):
        self.check_access("write")
        group = MANAGERS[self.kind]
        if not self.env.user.has_group(group):
            raise UserError(
                self.env._(
                    "Only the role %(role)s may revoke %(certificate)s.",
                    role=self.env.ref(group).sudo().full_name,
                    certificate=self.display_name,
                )
            )
        if self.state not in ("issued", "superseded"):
            raise UserError(
                self.env._("%s is not issued: there is nothing to revoke.", self.display_name)
            )

    def _on_signed(self, signature):
        if not (signature.reason or "").strip():
            raise UserError(self.env._("Give the reason: the verify page shows it."))
        self._cancel_mail()
        self._set_state(
            "revoked", revoked_at_ms=signature.signed_at_ms, revoke_reason=signature.reason
        )
        self.flush_recordset()
        self.env["audit.record"]._log(
            "certificate.revoke",
            self,
            {
                "number": self.name,
                "snapshot_sha256": self.snapshot_hash,
                "reason": signature.reason,
                "signed_sha256": chain.digest(self._get_signature_content()),
            },
        )
        self._on_revoked(signature.reason)
