# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_text

VOUCHERS = [
    ("opening", "Opening"),
    ("correction", "Correction"),
    ("site", "Credit transfer to another site"),
    ("scheme", "Transfer from ISCC EU to ISCC PLUS"),
]
STAMPED = {"state", "name", "booked_by_id", "booked_at", "company_id"}


class MassBalanceVoucher(models.Model):
    """One booking that no movement of goods makes: what a book opens with, a correction that names
    its reason, credits that go to another site or another scheme.

    Drafted by the sustainability manager and booked by the signature under it, with a hash of
    every file of its evidence. Once booked nothing of it can ever change.
    """

    _name = "mass.balance.voucher"
    _inherit = [
        "mass.balance.voucher.booking",
        "mass.balance.voucher.opening",
        "audit.signable.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Mass-balance voucher"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, index=True)
    kind = fields.Selection(VOUCHERS, required=True, default="correction")
    state = fields.Selection(
        [("draft", "Draft"), ("booked", "Booked")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, index=True
    )
    reason = fields.Text(required=True)
    attachment_ids = fields.Many2many(
        "ir.attachment", "mass_balance_voucher_attachment_rel", string="Evidence", copy=False
    )
    account_id = fields.Many2one("mass.balance.account", string="Book", index="btree_not_null")
    book_balance = Quantity(string="In the book (kg)", related="account_id.booked_balance")
    quantity = Quantity(string="Quantity (kg)")
    total_quantity = Quantity(string="Total (kg)", compute="_compute_total_quantity")
    # correction
    change = fields.Selection([("less", "Take out"), ("more", "Put back")], default="less")
    credit_id = fields.Many2one(
        "mass.balance.credit",
        string="Set of characteristics",
        domain="[('account_id', '=', account_id)]",
    )
    corrected_id = fields.Many2one(
        "mass.balance.entry",
        string="Corrects the entry",
        domain="[('account_id', '=', account_id)]",
        help="Needed to put something back: no more than this entry took.",
    )
    period_id = fields.Many2one(
        "mass.balance.period",
        string="Correcting period",
        domain="[('account_id', '=', account_id), ('state', '=', 'open'), ('revision', '>', 0)]",
        help="Empty: the running period.",
    )
    # transfer to another site
    target_warehouse_id = fields.Many2one("stock.warehouse", string="To the site")
    target_account_id = fields.Many2one(
        "mass.balance.account",
        string="Into the book",
        domain="[('warehouse_id', '=', target_warehouse_id)]",
        help="Empty: the book with the same key at the other site.",
    )
    # opening
    warehouse_id = fields.Many2one("stock.warehouse", string="Site", check_company=True)
    product_id = fields.Many2one("product.product", check_company=True)
    book_kind = fields.Selection(
        [("input", "Input: feedstock in stock"), ("output", "Output: credits")],
        string="Kind of book",
        default="input",
    )
    line_ids = fields.One2many("mass.balance.voucher.line", "voucher_id", copy=False)

    entry_ids = fields.One2many("mass.balance.entry", "voucher_id", string="Entries")
    booked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    booked_at = fields.Datetime(readonly=True, copy=False)

    @api.depends("account_id", "warehouse_id")
    def _compute_company_id(self):
        for voucher in self:
            own = voucher.account_id.company_id or voucher.warehouse_id.company_id
            voucher.company_id = own or voucher.company_id or self.env.company

    @api.depends("kind", "quantity", "line_ids.quantity")
    def _compute_total_quantity(self):
        for voucher in self:
            lines = voucher.line_ids.mapped("quantity")
            voucher.total_quantity = sum(lines) if voucher.kind == "opening" else voucher.quantity

    @api.onchange("account_id", "kind")
    def _onchange_account_id(self):
        if self.credit_id.account_id != self.account_id:
            self.credit_id = self.corrected_id = self.period_id = False

    @api.onchange("corrected_id")
    def _onchange_corrected_id(self):
        """The set follows from the entry that is corrected."""
        if self.corrected_id:
            self.credit_id = self.corrected_id._get_credit()

    # -- guard ----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = []
        for vals in vals_list:
            row = {k: v for k, v in vals.items() if k not in STAMPED}
            row["name"] = self.env["ir.sequence"].sudo().next_by_code("mass.balance.voucher")
            rows.append(row)
        records = super().create(rows)
        records._claim_attachments()
        return records

    def write(self, vals):
        """A voucher is booked by its signature, and stays as it was signed."""
        facts = {n for n in vals if not n.startswith(("message_", "activity_"))}
        booked = self.filtered(lambda voucher: voucher.state == "booked")
        if facts & STAMPED or (facts and booked):
            raise UserError(
                self.env._(
                    "Voucher %s: it is booked by a signature, and what is booked stays. Correct "
                    "it by another voucher.",
                    (booked or self)[:1].name,
                )
            )
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._claim_attachments()
        return result

    def _stamp(self, **vals) -> bool:
        """Write what only the booking writes, past the guard of `write`."""
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        if any(voucher.state == "booked" for voucher in self):
            raise UserError(self.env._("A booked voucher cannot be deleted."))

    def _claim_attachments(self) -> None:
        """Tie new files to their voucher: a file of its own is its uploader's alone."""
        for record in self:
            own = record.sudo().attachment_ids.filtered(
                lambda a: not a.res_id and a.create_uid == self.env.user
            )
            own.write({"res_model": self._name, "res_id": record.id})

    # -- signature ------------------------------------------------------------------------------

    def _get_signature_content(self):
        """What is signed: the booking in business terms, and a digest of every file beside it."""
        self.ensure_one()
        account, target = self.account_id, self.sudo()
        return {
            "voucher": self.name,
            "kind": self.kind,
            "book": self._get_opening_text() if self.kind == "opening" else account._get_key(),
            "quantity": to_text(self.quantity or 0.0),
            "change": self.change if self.kind == "correction" else "",
            "set": self.credit_id.display_name or "",
            "corrects": self.corrected_id.chain_sequence or 0,
            "period": self.period_id._get_reference() if self.period_id else "",
            "to_site": target.target_warehouse_id.name or "",
            "to_book": target.target_account_id.name or "",
            "lines": self._get_line_texts(),
            "reason": self.reason or "",
            "evidence": self._get_evidence(),
        }

    def _get_evidence(self) -> list[str]:
        """Return name and SHA-256 of each file, in the order of their names."""
        files = self.sudo().attachment_ids.sorted(lambda a: (a.name, a.id))
        return [f"{file.name}: {sha256(file.raw or b'').hexdigest()}" for file in files]

    def _get_entry_payload(self) -> dict:
        """Return what the hashed entries of this voucher say of it."""
        self.ensure_one()
        return {"voucher": self.name, "evidence": self._get_evidence()}

    def _get_signature_meanings(self):
        return {"book": self.env._("Booking of the voucher")}

    def _check_may_sign(self, meaning):
        self.ensure_one()
        if not self.env.user.has_group("mass_balance.group_mass_balance_manager"):
            raise AccessError(self.env._("Only the sustainability manager books vouchers."))
        if self.state != "draft":
            raise UserError(self.env._("Voucher %s is already booked.", self.name))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Voucher %s: say why.", self.name))
        self._check_voucher()

    def _on_signed(self, signature):
        self._do_book()

    def _do_book(self) -> None:
        """Write the entries and freeze the voucher."""
        self.ensure_one()
        self._check_voucher()
        entries = self._book()
        self._stamp(state="booked", booked_by_id=self.env.uid, booked_at=fields.Datetime.now())
        self.env["audit.record"]._log(
            "mass_balance.voucher_booked",
            self,
            {
                "kind": self.kind,
                "reason": self.reason,
                "evidence": self._get_evidence(),
                "entries": [entry.chain_sequence for entry in entries],
            },
        )

    def action_view_entries(self):
        """Open what this voucher has booked."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries"),
            "res_model": "mass.balance.entry",
            "view_mode": "list,form",
            "domain": [("voucher_id", "=", self.id)],
        }
