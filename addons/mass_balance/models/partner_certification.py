# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import certificate
from .partner_certification_reminder import REMINDERS
from .selections import SCHEMES

RENEWED_FIELDS = [
    "partner_id",
    "company_id",
    "warehouse_id",
    "scheme",
    "scope_codes",
    "materials",
    "add_ons",
    "has_ghg_addon",
    "certification_body",
]


class PartnerCertification(models.Model):
    """One certificate of a sustainability scheme held by a supplier, or by the company itself.

    Entered by the sustainability manager, checked on the scheme's website with date, user and
    evidence. A renewal is a new record that names the old one: a used certificate keeps its
    number, scheme and validity for good, so that closed periods can be proved again.
    """

    _name = "partner.certification"
    _inherit = ["partner.certification.reminder", "mail.thread", "mail.activity.mixin"]
    _description = "Sustainability certificate"
    _order = "valid_to desc, id desc"
    _rec_name = "number"
    _check_company_auto = True

    number = fields.Char(required=True, tracking=True, copy=False)
    partner_id = fields.Many2one(
        "res.partner", string="Holder", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, index=True)
    is_own = fields.Boolean(
        string="Our own", compute="_compute_is_own", store=True, readonly=False, precompute=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Site",
        check_company=True,
        help="Site the certificate is issued for. Empty: every site of the company.",
    )
    scheme = fields.Selection(SCHEMES, required=True, default="iscc_plus", tracking=True)
    scope_codes = fields.Char(
        string="Scopes", help="Scope codes as on the certificate, separated by commas."
    )
    materials = fields.Text(
        help="Materials as on the certificate, one a line. What is not listed is not covered."
    )
    add_ons = fields.Char()
    has_ghg_addon = fields.Boolean(
        string="GHG add-on", help="The voluntary ISCC PLUS add-on for greenhouse-gas values."
    )
    certification_body = fields.Char()
    body_code = fields.Char(compute="_compute_body_code")
    valid_from = fields.Date(required=True, tracking=True)
    valid_to = fields.Date(required=True, tracking=True, help="Last day of validity, included.")
    suspended_from = fields.Date(tracking=True)
    checked_on = fields.Date(
        tracking=True, help="Day the certificate was looked up on the scheme's website."
    )
    checked_by_id = fields.Many2one("res.users", string="Checked by", readonly=True, copy=False)
    check_evidence = fields.Char(help="Address or file name that shows what was found.")
    previous_id = fields.Many2one(
        "partner.certification", string="Renewal of", check_company=True, copy=False
    )
    renewal_ids = fields.One2many("partner.certification", "previous_id", string="Renewed by")
    declaration_ids = fields.One2many("sustainability.declaration", "certification_id")
    declaration_count = fields.Integer(compute="_compute_declaration_count")
    status = fields.Selection(
        [
            ("unchecked", "Not checked"),
            ("future", "Not yet valid"),
            ("valid", "Valid"),
            ("expiring", "Expires soon"),
            ("suspended", "Suspended"),
            ("expired", "Expired"),
        ],
        compute="_compute_status",
        search="_search_status",
    )
    reminded_days = fields.Integer(readonly=True, copy=False)
    active = fields.Boolean(default=True)

    _unique_number = models.UniqueIndex(
        "(number, valid_from, COALESCE(company_id, 0))",
        "This certificate is already recorded with the same first day of validity.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_is_own(self):
        for certification in self:
            own = certification.company_id.partner_id
            certification.is_own = bool(own) and certification.partner_id == own

    @api.depends("number")
    def _compute_body_code(self):
        for certification in self:
            parsed = certificate.parse_number(certification.number)
            certification.body_code = parsed.body if parsed else False

    @api.depends("declaration_ids")
    def _compute_declaration_count(self):
        counts = dict(
            self.env["sustainability.declaration"]._read_group(
                [("certification_id", "in", self.ids)], ["certification_id"], ["__count"]
            )
        )
        for certification in self:
            certification.declaration_count = counts.get(certification, 0)

    @api.depends("valid_from", "valid_to", "suspended_from", "checked_on", "is_own")
    @api.depends_context("tz")
    def _compute_status(self):
        today = fields.Date.context_today(self)
        for certification in self:
            certification.status = certification._get_status(today)

    def _get_status(self, today) -> str:
        self.ensure_one()
        codes = {problem.code for problem in self._get_problems(today, self.scheme)}
        for code, status in (
            ("suspended", "suspended"),
            ("expired", "expired"),
            ("not_yet_valid", "future"),
            ("unchecked", "unchecked"),
        ):
            if code in codes:
                return status
        if self.valid_to and (self.valid_to - today).days <= REMINDERS[0]:
            return "expiring"
        return "valid"

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        found = self.search([]).filtered(lambda c: c._get_status(today) in value)
        return [("id", "in", found.ids)]

    # -- rules ----------------------------------------------------------------------------------

    @api.constrains("number", "scheme")
    def _check_number(self):
        for certification in self:
            expected = certificate.SCHEME_PREFIX.get(certification.scheme)
            if not expected:
                continue
            parsed = certificate.parse_number(certification.number)
            if not parsed or parsed.scheme != certification.scheme:
                raise ValidationError(
                    self.env._(
                        "“%(number)s” is not a number of the scheme %(scheme)s. It reads "
                        "%(prefix)s-Cert-, two letters and three digits of the certification "
                        "body, a dash, and 6 to 12 digits.",
                        number=certification.number,
                        scheme=certification._get_scheme_label(),
                        prefix=expected,
                    )
                )

    @api.constrains("valid_from", "valid_to")
    def _check_validity(self):
        for certification in self:
            if certification.valid_to < certification.valid_from:
                raise ValidationError(self.env._("%s ends before it begins.", certification.number))

    def _get_scheme_label(self) -> str:
        return dict(self._fields["scheme"]._description_selection(self.env)).get(self.scheme, "")

    def _get_certificate(self) -> certificate.Certificate:
        self.ensure_one()
        return certificate.Certificate(
            number=self.number or "",
            scheme=self.scheme,
            valid_from=self.valid_from or None,
            valid_to=self.valid_to or None,
            suspended_from=self.suspended_from or None,
            scopes=certificate.split_names(self.scope_codes),
            materials=certificate.split_names(self.materials),
            checked_on=self.checked_on or None,
        )

    def _get_problems(self, on_date, scheme, material="", scopes="") -> list:
        """Return the problems as data; nobody looks up his own certificate on the website."""
        self.ensure_one()
        found = certificate.problems(
            self._get_certificate(), on_date, scheme, material, certificate.split_names(scopes)
        )
        return [p for p in found if not (self.is_own and p.code == "unchecked")]

    def _check_usable(self, on_date, scheme: str, material: str = "", scopes: str = "") -> list:
        """Return the reasons, in words, why the certificate does not cover a dispatch.

        `on_date`: day of dispatch; `material`: name in the scheme's list ("" = not asked);
        `scopes`: codes one of which must be certified. An empty list means it is usable.
        """
        return [
            self._get_problem_text(problem)
            for problem in self._get_problems(on_date, scheme, material or "", scopes or "")
        ]

    def _get_usable(self, on_date, scheme: str):
        """Return the first of these that covers a dispatch on a day, or an empty recordset."""
        usable = (held for held in self if not held._check_usable(on_date, scheme))
        return next(usable, self.browse())

    def _get_problem_text(self, problem) -> str:
        texts = {
            "wrong_scheme": self.env._("it belongs to another scheme (%s)", problem.detail),
            "bad_number": self.env._("its number is not one of the scheme (%s)", problem.detail),
            "no_validity": self.env._("its validity is not recorded"),
            "not_yet_valid": self.env._("it is not valid before %s", problem.detail),
            "expired": self.env._("it expired on %s", problem.detail),
            "suspended": self.env._("it is suspended from %s", problem.detail),
            "wrong_scope": self.env._("it does not name the scope %s", problem.detail.upper()),
            "wrong_material": self.env._("it does not list the material %s", problem.detail),
            "unchecked": self.env._("no check on the scheme's website is on file"),
        }
        return texts[problem.code]

    # -- life -----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["number"] = " ".join((vals.get("number") or "").split())
            if vals.get("checked_on"):
                vals["checked_by_id"] = self.env.uid
        return super().create(vals_list)

    def write(self, vals):
        """Stamp who checked; freeze what a booked declaration relies on."""
        if vals.get("number"):
            vals = {**vals, "number": " ".join(vals["number"].split())}
        if "checked_on" in vals:
            vals = {**vals, "checked_by_id": self.env.uid if vals["checked_on"] else False}
        frozen = {"number", "scheme", "partner_id", "valid_from", "company_id"} & set(vals)
        if frozen:
            self._refuse_change_when_used()
        return super().write(vals)

    def _refuse_change_when_used(self) -> None:
        used = self.sudo().declaration_ids.filtered(lambda d: d.state in ("booked", "issued"))
        if used:
            raise UserError(
                self.env._(
                    "Certificate %(number)s stands behind declaration %(declaration)s: its "
                    "number, holder, scheme and first day stay as they are. Record a renewal as "
                    "a new certificate.",
                    number=used[0].certification_id.number,
                    declaration=used[0].number,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.sudo().declaration_ids:
            raise UserError(
                self.env._(
                    "Certificate %s stands on declarations and cannot be deleted. Archive it.",
                    self.sudo().declaration_ids[0].certification_id.number,
                )
            )

    def action_renew(self):
        """Open a new record for the renewal, with the old one's holder, scheme and scopes."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Renewal"),
            "res_model": self._name,
            "view_mode": "form",
            "context": {"default_previous_id": self.id, **self._get_renewal_defaults()},
        }

    def _get_renewal_defaults(self) -> dict:
        values = self.read(RENEWED_FIELDS, load=False)[0]
        return {f"default_{name}": values[name] for name in RENEWED_FIELDS}

    def action_view_declarations(self):
        """Open the declarations that rely on this certificate."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Declarations"),
            "res_model": "sustainability.declaration",
            "view_mode": "list,form",
            "domain": [("certification_id", "=", self.id)],
        }
