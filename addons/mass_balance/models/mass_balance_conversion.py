# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance, period


class MassBalanceConversion(models.Model):
    """The conversion factor of a product at a site for one certification year.

    Output over input of the same window, all losses included, kept as the two figures it was
    measured by, with its evidence. Entered or computed by the sustainability manager; from its
    approval on it can never change, and no second one may cover the same days.
    """

    _name = "mass.balance.conversion"
    _inherit = ["mass.balance.conversion.measure", "mail.thread", "mail.activity.mixin"]
    _description = "Conversion factor"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Site",
        required=True,
        check_company=True,
        default=lambda self: self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        ),
    )
    material = fields.Char(
        string="Input",
        help="Product group of the certified input. Empty: every input of the process.",
    )
    numerator = Quantity(string="Output (kg)", required=True, help="All outputs of the window.")
    denominator = Quantity(string="Input (kg)", required=True, help="All inputs of the window.")
    factor = fields.Float(digits=(16, 6), compute="_compute_factor")
    date_from = fields.Date(string="Valid from", required=True)
    date_to = fields.Date(string="Valid to", required=True)
    evidence = fields.Text()
    co_reactant = fields.Char(
        help="What adds mass when the factor is above 1, for instance water or hydrogen."
    )
    reference_lhv = fields.Float(
        string="Heating value of the replaced material (MJ/kg)", digits=(12, 4)
    )
    reference_carbon = fields.Float(
        string="Carbon share of the replaced material (kg/kg)", digits=(12, 6)
    )
    reference_molar_mass = fields.Float(
        string="Molar mass of the replaced material (g/mol)", digits=(12, 4)
    )
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved")],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)

    _positive = models.Constraint(
        "CHECK (numerator > 0 AND denominator > 0)",
        "Output and input of a conversion factor are both above zero.",
    )

    @api.depends("product_tmpl_id", "material", "date_from")
    def _compute_name(self):
        for conversion in self:
            parts = [conversion.product_tmpl_id.name, conversion.material]
            parts.append(str(conversion.date_from or ""))
            conversion.name = " / ".join(part for part in parts if part)

    @api.depends("numerator", "denominator")
    def _compute_factor(self):
        for conversion in self:
            value = conversion.denominator and conversion._get_factor().value
            conversion.factor = float(value or 0)

    def _get_factor(self) -> balance.Factor:
        self.ensure_one()
        return balance.Factor(to_decimal(self.numerator, 9), to_decimal(self.denominator, 9))

    def _get_factor_text(self) -> str:
        """Return the factor as it stands in the hashed entry: both figures, nothing divided."""
        self.ensure_one()
        return f"{to_text(self.numerator, 9)}/{to_text(self.denominator, 9)}"

    # -- rules ------------------------------------------------------------------------------

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for conversion in self:
            span = period.Span(conversion.date_from, conversion.date_to)
            problem = period.check(span, None, months=12)
            if problem:
                raise ValidationError(
                    self.env._(
                        "%(name)s: a conversion factor holds for one certification year at most; "
                        "it must end between %(start)s and %(end)s.",
                        name=conversion.name,
                        start=conversion.date_from,
                        end=period.last_allowed_end(conversion.date_from, 12),
                    )
                )

    @api.constrains("numerator", "denominator", "co_reactant")
    def _check_co_reactant(self):
        for conversion in self:
            gains = to_decimal(conversion.numerator) > to_decimal(conversion.denominator)
            if gains and not (conversion.co_reactant or "").strip():
                raise ValidationError(
                    self.env._(
                        "%s: more comes out than goes in. Name the co-reactant that adds the mass.",
                        conversion.name,
                    )
                )

    def _get_year(self) -> tuple:
        """Return first and last day of the certification year the factor falls into (rule 14).

        A factor approved for a part of the year holds for all of it.
        """
        self.ensure_one()
        owns = self.env["partner.certification"]
        for scheme in ("iscc_plus", "iscc_eu"):
            owns |= self.company_id._get_own_certifications(self.warehouse_id, scheme)
        owns = owns.filtered(lambda c: c.valid_from <= self.date_from <= c.valid_to)
        return (
            min([self.date_from, *owns.mapped("valid_from")]),
            max([self.date_to, *owns.mapped("valid_to")]),
        )

    def _get_conflicting(self):
        """Return an approved factor for the same that holds on these days, or differs this year."""
        self.ensure_one()
        start, end = self._get_year()
        others = self.search(
            [
                ("id", "!=", self.id),
                ("state", "=", "approved"),
                ("product_tmpl_id", "=", self.product_tmpl_id.id),
                ("warehouse_id", "=", self.warehouse_id.id),
                ("material", "=", self.material or False),
                ("date_from", "<=", end),
                ("date_to", ">=", start),
            ]
        )
        return others.filtered(
            lambda c: (
                (c.date_from <= self.date_to and c.date_to >= self.date_from)
                or c._get_factor().value != self._get_factor().value
            )
        )[:1]

    def action_approve(self):
        """Approve: from now on the factor holds for its year and cannot change."""
        for conversion in self:
            conversion._check_may_approve()
            super(MassBalanceConversion, conversion).write(
                {
                    "state": "approved",
                    "approved_by_id": self.env.uid,
                    "approved_at": fields.Datetime.now(),
                }
            )
            self.env["audit.record"]._log(
                "mass_balance.conversion_approved",
                conversion,
                {"factor": conversion._get_factor_text(), "evidence": conversion.evidence or ""},
            )
        return True

    def _check_may_approve(self) -> None:
        if not (self.env.su or self.env.user.has_group("mass_balance.group_mass_balance_manager")):
            raise AccessError(
                self.env._("Only the sustainability manager approves a conversion factor.")
            )
        if self.state == "approved":
            raise UserError(self.env._("%s is already approved.", self.name))
        if not (self.evidence or "").strip():
            raise UserError(
                self.env._("%s: say what the factor was measured by (evidence).", self.name)
            )
        other = self._get_conflicting()
        if other:
            raise UserError(
                self.env._(
                    "%(name)s: the factor %(factor)s is fixed from %(start)s to %(end)s. Another "
                    "one can begin with the next certificate, on %(next)s at the earliest.",
                    name=self.name,
                    factor=f"{other.factor:.6g}",
                    start=other.date_from,
                    end=other.date_to,
                    next=fields.Date.add(max(other.date_to, self._get_year()[1]), days=1),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**vals, "state": "draft"} for vals in vals_list])

    def write(self, vals):
        """The state changes by approval alone; an approved factor stays as it is."""
        approved = self.filtered(lambda c: c.state == "approved")
        if "state" in vals or (approved and set(vals) - self._get_log_fields()):
            raise UserError(
                self.env._(
                    "The conversion factor %s is fixed for its certification year. Enter a new "
                    "one for the next year.",
                    (approved or self)[:1].name,
                )
            )
        return super().write(vals)

    @api.model
    def _get_log_fields(self) -> set[str]:
        return {name for name in self._fields if name.startswith(("message_", "activity_"))}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        if any(conversion.state == "approved" for conversion in self):
            raise UserError(self.env._("An approved conversion factor cannot be deleted."))

    # -- use --------------------------------------------------------------------------------

    @api.model
    def _find(self, product_tmpl, warehouse, material: str, day):
        """Return the approved factor of a product at a site on a day; one named input wins."""
        return self.sudo().search(
            [
                ("state", "=", "approved"),
                ("product_tmpl_id", "=", product_tmpl.id),
                ("warehouse_id", "=", warehouse.id),
                ("material", "in", [material, False]),
                ("date_from", "<=", day),
                ("date_to", ">=", day),
            ],
            order="material NULLS LAST, id desc",
            limit=1,
        )

    def _get_reference(self, basis: str):
        """Return the figure of the replaced material on a basis; None when it is not known."""
        self.ensure_one()
        name = {
            "lhv": "reference_lhv",
            "carbon": "reference_carbon",
            "molar": "reference_molar_mass",
        }.get(basis)
        return Fraction(to_decimal(self[name], 6)) if name and self[name] else None
