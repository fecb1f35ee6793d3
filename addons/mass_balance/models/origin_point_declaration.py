# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

CONFIRMATIONS = (
    "is_waste",
    "is_own_material",
    "is_biomass",
    "has_quantity_papers",
    "follows_waste_law",
    "grants_access",
)


class OriginPointDeclaration(models.Model):
    """One self-declaration that a point of origin signed; a new one is a new record."""

    _name = "origin.point.declaration"
    _description = "Self-declaration of a point of origin"
    _order = "valid_to desc, id desc"
    _rec_name = "number"

    point_id = fields.Many2one("origin.point", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="point_id.company_id", store=True, index=True)
    number = fields.Char()
    signed_on = fields.Date(required=True)
    valid_to = fields.Date(
        required=True,
        compute="_compute_valid_to",
        store=True,
        readonly=False,
        precompute=True,
        help="Last day of validity, included: a year by default.",
    )
    above_threshold = fields.Boolean(string="States the monthly threshold or more")
    is_waste = fields.Boolean(string="Waste or residue by definition")
    is_own_material = fields.Boolean(string="Exclusively own material")
    is_biomass = fields.Boolean(string="Only biomass")
    has_quantity_papers = fields.Boolean(string="Quantities are documented")
    follows_waste_law = fields.Boolean(string="Waste law is followed")
    grants_access = fields.Boolean(string="Auditors have access")
    paper = fields.Binary(string="Signed form", attachment=True)
    paper_name = fields.Char()

    @api.depends("signed_on")
    def _compute_valid_to(self):
        for record in self:
            if record.signed_on:
                year = fields.Date.add(record.signed_on, years=1)
                record.valid_to = fields.Date.subtract(year, days=1)

    @api.constrains("signed_on", "valid_to")
    def _check_days(self):
        for record in self:
            if record.valid_to < record.signed_on:
                raise ValidationError(
                    self.env._("%s ends before it was signed.", record.number or record.signed_on)
                )

    @api.constrains(*CONFIRMATIONS)
    def _check_confirmations(self):
        for record in self:
            lacking = [
                record._fields[name].get_description(self.env, ["string"])["string"]
                for name in CONFIRMATIONS
                if not record[name] and name != "is_biomass"
            ]
            if lacking:
                raise ValidationError(
                    self.env._(
                        "A self-declaration confirms all of it. Not confirmed: %s.",
                        ", ".join(lacking),
                    )
                )
