# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.selections import CATEGORIES, SCHEMES
from ..tools import period


class MassBalanceReport(models.TransientModel):
    """One question to the books: which of them, from when to when.

    Answers on screen, as PDF, as a workbook with formulas, and as an audit pack. Reads only;
    what the user may not read is not in the answer.
    """

    _name = "mass.balance.report"
    _description = "Mass-balance report"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", string="Site", domain="[('company_id', '=', company_id)]"
    )
    scheme = fields.Selection(SCHEMES)
    category = fields.Selection(CATEGORIES, string="Raw-material category")
    product_group = fields.Char(string="Product", help="Product group of the book. Empty: all.")
    date_from = fields.Date(string="From", required=True, default=lambda self: self._get_start())
    date_to = fields.Date(string="To", required=True, default=lambda self: self._get_end())
    account_count = fields.Integer(string="Books", compute="_compute_account_count")
    file_data = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    @api.model
    def _get_start(self):
        return period.quarter_start(fields.Date.context_today(self))

    @api.model
    def _get_end(self):
        return period.last_allowed_end(self._get_start())

    @api.depends("company_id", "warehouse_id", "scheme", "category", "product_group")
    def _compute_account_count(self):
        for report in self:
            accounts = self.env["mass.balance.account"]
            report.account_count = accounts.search_count(report._get_account_domain())

    def _get_account_domain(self) -> Domain:
        """Return the books that are asked for."""
        self.ensure_one()
        domain = self._get_scope_domain()
        if self.product_group:
            domain &= Domain("product_group", "=ilike", self.product_group.strip())
        return domain

    def _get_scope_domain(self) -> Domain:
        """Return the books of the site, scheme and category, of whatever product."""
        domain = Domain("company_id", "=", self.company_id.id)
        for name in ("warehouse_id", "scheme", "category"):
            if self[name]:
                domain &= Domain(name, "=", self[name].id if name == "warehouse_id" else self[name])
        return domain

    def _get_accounts(self):
        self.ensure_one()
        return self.env["mass.balance.account"].search(self._get_account_domain())

    def _get_periods(self, accounts):
        """Return the periods of the books that touch the days asked for, oldest first."""
        return self.env["mass.balance.period"].search(
            [
                ("account_id", "in", accounts.ids),
                ("date_start", "<=", self.date_to),
                ("date_end", ">=", self.date_from),
            ],
            order="date_start, id",
        )

    def _check_has_books(self) -> None:
        if self.date_to < self.date_from:
            raise UserError(self.env._("The report ends before it begins: check its dates."))
        if not self._get_periods(self._get_accounts()):
            raise UserError(
                self.env._(
                    "No book has a period between %(start)s and %(end)s for these choices.",
                    start=self.date_from,
                    end=self.date_to,
                )
            )

    # -- answers --------------------------------------------------------------------------------

    def action_show(self):
        """Show the report in the browser."""
        self._check_has_books()
        return self.env.ref("mass_balance.mass_balance_report_action_html").report_action(
            self, config=False
        )

    def action_print(self):
        """Print the report as PDF."""
        self._check_has_books()
        return self.env.ref("mass_balance.mass_balance_report_action_pdf").report_action(
            self, config=False
        )

    def action_workbook(self):
        """Download the workbook with formulas."""
        self._check_has_books()
        return self._download(self._render_workbook(), f"{self._get_file_stem()}.xlsx")

    def action_pack(self):
        """Download the audit pack."""
        self._check_has_books()
        return self._download(self._render_pack(), f"{self._get_file_stem()}-audit-pack.zip")

    def _get_file_stem(self) -> str:
        return f"mass-balance-{self.date_from}-{self.date_to}"

    def _download(self, content: bytes, name: str) -> dict:
        self.write({"file_data": base64.b64encode(content), "file_name": name})
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file_data/{name}?download=true",
            "target": "download",
        }

    def _get_heads(self) -> dict[str, list[str]]:
        """Return the column heads of the report's tables."""
        env = self.env
        date, document = env._("Date"), env._("Declaration")
        return {
            "months": [
                *(env._("Month"), env._("Opening"), env._("In"), env._("Converted")),
                *(env._("Out"), env._("Other"), env._("Closing")),
            ],
            "incoming": [
                *(date, document, env._("Supplier"), env._("Certificate"), env._("Receipt")),
                *(env._("Weighing"), "kg", env._("Characteristics")),
            ],
            "conversions": [
                *(env._("Order"), env._("Set of characteristics"), env._("Consumed (kg)")),
                *(env._("Output / input"), env._("Credited (kg)"), env._("Evidence")),
            ],
            "outgoing": [
                *(
                    date,
                    document,
                    env._("Recipient"),
                    env._("Delivery"),
                    env._("From declaration"),
                    "kg",
                ),
            ],
            "others": [
                *(
                    date,
                    env._("What"),
                    env._("Document"),
                    env._("Other site"),
                    env._("Reason"),
                    "kg",
                ),
            ],
        }
