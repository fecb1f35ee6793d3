# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import basis, covering

KINDS = [
    ("supplier", "Rate of the supplier by contract"),
    ("certificate", "Guarantees of origin, cancelled"),
    ("ppa", "Power purchase agreement"),
    ("residual", "Residual mix"),
    ("location", "No instrument: the average of the grid, said so"),
]
# what covers the rest when contracts and certificates are used up, in this order
FALLBACKS = {"residual": 1, "location": 2}
PLACES = 9  # of a claim


class CarbonInstrument(models.Model):
    """What bought energy emits by contract: the market-based answer for one factor of scope 2.

    Written by sustainability managers. A footprint has two figures for scope 2: by location, with
    the factor of the meter, and by market, with the factor of the instrument that covers it on the
    day of the batch, as far as its volume reaches. Without an instrument there is no market-based
    figure: residual mix and grid average count only where one says so. Footprints keep what
    they were computed with.
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
        """Return the instruments that cover a factor on a day, in the order they are used in.

        Contracts and certificates by sequence; then the residual mix, then what is no instrument.
        """
        found = self.search(
            Domain("company_id", "=", company.id)
            & Domain("covers_factor_id", "=", factor.id)
            & Domain("valid_from", "<=", on_date)
            & Domain("valid_to", ">=", on_date),
            order="sequence, valid_from desc, id",
        )
        return found.sorted(lambda instrument: FALLBACKS.get(instrument.kind, 0))

    def _get_sources(self, left: dict, unit: str) -> list[covering.Source]:
        """Return what each of these instruments can cover, in a unit; `left` is in their own."""
        return [
            covering.Source(
                instrument.id,
                None
                if left[instrument.id] is None
                else basis.convert(left[instrument.id], instrument.volume_unit, unit),
            )
            for instrument in self
        ]

    def _get_claim(self, amount: Decimal, unit: str) -> Decimal:
        """Return what covering an amount takes, in the instrument's unit; nothing of a fallback."""
        self.ensure_one()
        if self.kind in FALLBACKS:
            return Decimal(0)
        return to_decimal(basis.convert(amount, unit, self.volume_unit), PLACES)

    def _get_label(self) -> str:
        """Return kind and document, and the number in the registry, as a figure's source."""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        numbers = ", ".join(filter(None, (self.document, self.registry_number)))
        return f"{kinds[self.kind]}: {numbers}"
