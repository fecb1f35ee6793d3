# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from fractions import Fraction

from odoo import models

from odoo.addons.audit_chain.tools.decimals import to_text

from ..tools import attribution, balance


class MrpProduction(models.Model):
    """How an order turns certified input into credits, set by set."""

    _inherit = "mrp.production"

    # -- consumption ----------------------------------------------------------------------------

    def _get_certified_consumption(self) -> list:
        """Return (line, credit, kg) of the certified input consumed and not yet converted."""
        self.ensure_one()
        found, taken = [], {}
        for line in self.move_raw_ids.filtered(lambda m: m.state == "done").move_line_ids:
            if line.product_id._get_unweighable_reason(line.product_uom_id):
                continue
            for credit, part in self._get_feedstock(line) or self._get_intermediate(line):
                part = min(part, credit._get_remaining() - taken.get(credit.id, balance.ZERO))
                if part > 0:
                    found.append((line, credit, part))
                    taken[credit.id] = taken.get(credit.id, balance.ZERO) + part
        return found

    def _get_feedstock(self, line) -> list:
        """Return (credit, kg) of received feedstock in this line: what its lot has in the books."""
        left = line._get_kg() - self._get_converted(line)
        left -= self._get_unbuilt_kg(line.product_id, line.lot_id, self._get_mb_warehouse())
        parts = []
        for credit in line.lot_id._get_input_credits():
            if credit.account_id.warehouse_id == self._get_mb_warehouse() and left > 0:
                part = min(credit._get_remaining(), left)
                parts.append((credit, part))
                left -= part
        return parts

    def _get_intermediate(self, line) -> list:
        """Return (credit, kg) of a product made here by another order: its batch's own share.

        The batch brings what it was attributed, in proportion to what is used of it and rounded
        down; never more than its book still has, because credits may have been sold before.
        """
        made = line._get_output_entries().filtered(
            lambda e: e.production_id != self and e.warehouse_id == self._get_mb_warehouse()
        )
        produced = sum((ml._get_kg() for ml in made.move_id.move_line_ids), balance.ZERO)
        parts = []
        for source, account in {(e.source_declaration_id, e.account_id): None for e in made}:
            own = made.filtered(
                lambda e, s=source, a=account: (e.source_declaration_id, e.account_id) == (s, a)
            )
            share = Fraction(line._get_kg()) * Fraction(_total(own)) / Fraction(produced)
            wanted = balance.floor_credit(share) - self._get_converted(line, source)
            credit = account.credit_ids.filtered(lambda c, s=source: c.declaration_id == s)
            if wanted > 0 and credit:
                parts.append((credit, wanted))
        return parts

    def _get_converted(self, line, source=None):
        """Return what of a consumed line (and of one set in it) has left its book before."""
        domain = [("move_id", "=", line.move_id.id), ("signed_quantity", "<", 0)]
        if source:
            domain.append(("source_declaration_id", "=", source.id))
        return -self.env["mass.balance.entry"]._sum([*domain, ("lot_id", "=", line.lot_id.id)])

    # -- factor ---------------------------------------------------------------------------------

    def _find_conversion(self, credit):
        return self.env["mass.balance.conversion"]._find(
            self.product_id.product_tmpl_id,
            self._get_mb_warehouse(),
            credit.account_id.product_group,
            self._get_mb_day(),
        )

    def _get_factor(self, credit):
        """Return (factor, conversion) for a set; (None, empty) when none is approved.

        Product that is worked over again was converted when it was made: its credits pay for
        what is lost this time, by this order's own figures, and never for the process again
        (rule 13), unless a factor was approved for just that.
        """
        conversion = self._find_conversion(credit)
        group = credit.account_id.product_group
        again = group == self.product_id.product_tmpl_id._get_mb_group()
        if again and credit.account_id.kind == "output" and conversion.material != group:
            made, used = self._get_mb_output_kg(), self._get_mb_input_kg()
            return balance.Factor(min(made, used), used), conversion.browse()
        return (conversion._get_factor() if conversion else None), conversion

    def _get_conversion_refusal(self, consumed, outputs) -> str:
        """Return, in words, what is missing before the conversion can be booked."""
        for move in outputs:
            reason = move.product_id._get_unweighable_reason(move.product_uom)
            if reason:
                return reason
        for line, credit, _quantity in consumed:
            if not self._get_factor(credit)[0]:
                return self.env._(
                    "There is no approved conversion factor of %(product)s at %(site)s on "
                    "%(day)s: the certified input waits in its book.",
                    product=self.product_id.display_name,
                    site=self._get_mb_warehouse().name,
                    day=self._get_mb_day(),
                )
            try:
                self._attribute(line, credit, balance.ZERO, outputs)
            except attribution.AttributionError as error:
                return self._get_attribution_text(error, credit)
            refusal = self._get_rules_refusal(credit, outputs)
            if refusal:
                return refusal
        return ""

    def _get_rules_refusal(self, credit, outputs) -> str:
        """One product is kept by one method, attribution and basis (rule 16)."""
        account = credit.account_id
        for move in outputs:
            key = self._prepare_output_key(move, credit)
            target = account._find(key)
            if target and target._get_rules() != account._get_rules():
                return self.env._(
                    "The books %(first)s and %(second)s are kept by different methods, "
                    "attributions or bases: one declaration states one of each. Bring them in "
                    "line when the next certificate begins.",
                    first=account.name,
                    second=target.name,
                )
        return ""

    def _get_attribution_text(self, error, credit) -> str:
        basis = dict(credit.account_id._fields["basis"]._description_selection(self.env))
        texts = {
            "no_figure": self.env._(
                "The book %(book)s attributes by %(basis)s, and that figure is missing on a "
                "product or on the conversion factor.",
                book=credit.account_id.name,
                basis=basis[credit.account_id.basis],
            ),
            "no_output": self.env._("%s made nothing that could carry a claim.", self.name),
        }
        return texts.get(error.code) or str(error)

    # -- conversion of one set --------------------------------------------------------------------

    def _attribute(self, line, credit, quantity, outputs):
        """Return the attribution of one set to the outputs; the main product is preferred."""
        account = credit.account_id
        factor, conversion = self._get_factor(credit)
        counted = Fraction(quantity)
        if conversion:
            own = line._get_mb_figure(account.basis, self._get_mb_day())
            reference = conversion._get_reference(account.basis)
            counted = attribution.equivalent(quantity, account.basis, own, reference)
        net = balance.floor_credit(counted * factor.value)
        ordered = outputs.sorted(lambda m: (m.product_id != self.product_id, m.id))
        figures = [move._prepare_mb_output() for move in ordered]
        return attribution.attribute(net, figures, account.attribution, account.basis)

    def _convert_credit(self, line, credit, quantity, outputs) -> None:
        """Book one set: out of its book, losses and fuel share apart, into the outputs."""
        factor, conversion = self._get_factor(credit)
        result = self._attribute(line, credit, quantity, outputs)
        common = {
            "booking_date": self._get_mb_day(),
            "document": self.name,
            "production_id": self.id,
            "source_declaration_id": credit.declaration_id.id,
            "conversion_id": conversion.id,
            "factor": f"{to_text(factor.numerator, 9)}/{to_text(factor.denominator, 9)}",
        }
        rows = self._prepare_input_rows(line, credit, quantity, result, common)
        by_id = {str(move.id): move for move in outputs}
        for key, share in result.shares.items():
            rows.append(self._prepare_output_row(by_id[key], credit, share, common))
        self.env["mass.balance.entry"].create(rows)

    def _prepare_input_rows(self, line, credit, quantity, result, common) -> list[dict]:
        """Everything consumed leaves its book: converted, lost to fuel, or lost.

        With a factor above 1 all of it is converted; the co-reactant's mass is on the output.
        """
        converted = min(result.total, quantity)
        fuel = min(result.fuel_lost, quantity - converted)
        parts = (
            ("convert", converted, False),
            ("fuel", fuel, self.env._("Share of the outputs used as fuel")),
            ("loss", quantity - converted - fuel, self.env._("Losses before attribution")),
        )
        return [
            {
                **common,
                "account_id": credit.account_id.id,
                "direction": direction,
                "sign": -1,
                "quantity": part,
                "reason": reason,
                "lot_id": line.lot_id.id,
                "move_id": line.move_id.id,
            }
            for direction, part, reason in parts
            if part > 0
        ]

    def _prepare_output_key(self, move, credit) -> dict:
        """Return the key of the book for what one output gets of a set."""
        factor = self._get_factor(credit)[0]
        return credit.account_id._prepare_output_key(
            self._get_mb_warehouse(), move.product_id.product_tmpl_id, str(factor.value)
        )

    def _prepare_output_row(self, move, credit, share, common) -> dict:
        account = self.env["mass.balance.account"]._get_or_create(
            self._prepare_output_key(move, credit), like=credit.account_id
        )
        lots = move.move_line_ids.lot_id
        return {
            **common,
            "account_id": account.id,
            "direction": "convert",
            "sign": 1,
            "quantity": share,
            "lot_id": lots.id if len(lots) == 1 else False,
            "move_id": move.id,
        }


def _total(entries):
    return sum((entry._get_quantity() for entry in entries), balance.ZERO)
