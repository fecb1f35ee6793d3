# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools import basis

KINDS = [
    ("supplier", "Rate of the supplier by contract"),
    ("certificate", "Guarantees of origin, cancelled"),
    ("ppa", "Power purchase agreement"),
    ("residual", "Residual mix"),
    ("location", "No instrument: the average of the grid, said so"),
]


class CarbonInstrument(models.Model):
    """What bought energy emits by contract: the market-based answer for one factor of scope 2.

    Written by sustainability managers. A footprint has two figures for scope 2: by location, with
    the factor of the meter, and by market, with the factor of the instrument that covers it on the
    day of the batch. Without an instrument there is no market-based figure: residual mix and grid
    average count only where an instrument says so. Footprints keep what they were computed with.
    """

    _name = "carbon.instrument"
    _description = "Contractual instrument for bought energy"
    _order = "company_id, valid_from desc, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(KINDS, required=True, default="supplier")
    partner_id = fields.Many2one("res.partner", string="Supplier", check_company=True)
    document = fields.Char(required=True, help="Contract, certificate or statement, by its number.")
    covers_factor_id = fields.Many2one(
        "carbon.factor",
        string="Stands in for",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="The location-based factor with which the energy is weighed.",
    )
    factor_id = fields.Many2one(
        "carbon.factor",
        string="Market-based factor",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True)
    note = fields.Text()

    _dates = models.Constraint(
        "CHECK(valid_to >= valid_from)", "An instrument cannot end before it begins."
    )

    @api.constrains("covers_factor_id", "factor_id")
    def _check_factors(self):
        for instrument in self:
            covered, by = instrument.covers_factor_id, instrument.factor_id
            if covered.scope != "2":
                raise ValidationError(
                    self.env._(
                        "%s does not belong to scope 2: only bought energy has a market-based "
                        "figure.",
                        covered.code,
                    )
                )
            sentence = basis.mismatch(covered.unit, by.unit)
            if sentence:
                raise ValidationError(
                    self.env._(
                        "%(by)s cannot stand in for %(covered)s. %(sentence)s",
                        by=by.code,
                        covered=covered.code,
                        sentence=sentence,
                    )
                )

    @api.model
    def _find(self, company, factor, on_date):
        """Return the instrument that covers a factor on a day; of several the first by sequence."""
        return self.search(
            Domain("company_id", "=", company.id)
            & Domain("covers_factor_id", "=", factor.id)
            & Domain("valid_from", "<=", on_date)
            & Domain("valid_to", ">=", on_date),
            order="sequence, valid_from desc, id",
            limit=1,
        )

    def _get_label(self) -> str:
        """Return kind and document as a figure's source."""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return f"{kinds[self.kind]}: {self.document}"
