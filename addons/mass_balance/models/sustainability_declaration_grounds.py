# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal
from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance


class SustainabilityDeclarationGrounds(models.AbstractModel):
    """What a declaration rests on: a certificate, and an outgoing one on delivery and books too.

    Each of them may have moved since the draft was made: goods come back, a product changes its
    group, a certificate is entered late. So they are looked at again at the issue.
    """

    _name = "sustainability.declaration.grounds"
    _description = "What a declaration rests on"

    def _get_issue_blockers(self) -> list[str]:
        return [
            *super()._get_issue_blockers(),
            *self._get_delivered_blockers(),
            *self._get_book_blockers(),
            *self._get_paper_blockers(),
        ]

    @api.constrains("certification_id", "partner_id", "direction", "scheme")
    def _check_certification(self):
        for record in self.filtered("certification_id"):
            certification = record.certification_id
            holder = certification.partner_id.commercial_partner_id
            ours = record.company_id.partner_id.commercial_partner_id
            expected = record.commercial_partner_id if record.direction == "in" else ours
            if holder != expected:
                raise ValidationError(
                    self.env._(
                        "Certificate %(certificate)s belongs to %(holder)s, not to %(partner)s.",
                        certificate=certification.number,
                        holder=holder.name,
                        partner=expected.name,
                    )
                )
            if certification.scheme != record.scheme:
                raise ValidationError(
                    self.env._(
                        "Declaration %(number)s and its certificate %(certificate)s belong to "
                        "different schemes.",
                        number=record.number,
                        certificate=certification.number,
                    )
                )

    # -- the delivery -------------------------------------------------------------------------

    def _get_declared_moves(self):
        """Return the moves that brought the declared goods to the customer."""
        self.ensure_one()
        return self.sudo().sale_line_id.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.picking_id in self.picking_ids
                and move.location_dest_id.usage == "customer"
            )
        )

    def _get_declarable_kg(self) -> Decimal | None:
        """Return how much of the delivery may be declared: the share of what was not brought back.

        None when it is not known in kg, or no delivery stands behind the declaration.
        """
        self.ensure_one()
        moves = self._get_declared_moves()
        back = moves.returned_move_ids.filtered(
            lambda move: move.state == "done" and move.location_id.usage == "customer"
        )
        lines = (moves | back).move_line_ids
        if not moves or any(
            line.product_id._get_unweighable_reason(line.product_uom_id) for line in lines
        ):
            return None
        kept = _sum_kg(moves) - _sum_kg(back)
        share = Fraction(to_decimal(self.sudo().sale_line_id.mb_claim_share, 2)) / 100
        return balance.ceil_charge(max(Fraction(kept), Fraction(0)) * share)

    def _get_beside(self):
        """Return the other declarations that are issued for the same goods."""
        self.ensure_one()
        return (
            self.sudo()
            .search(
                [
                    ("direction", "=", "out"),
                    ("state", "=", "issued"),
                    ("sale_line_id", "=", self.sale_line_id.id),
                    ("picking_ids", "in", self.picking_ids.ids),
                ]
            )
            .filtered(lambda record: record != self)
        )

    def _get_delivered_blockers(self) -> list[str]:
        """All declarations of a delivery together state no more than the customer has kept."""
        declarable = self._get_declarable_kg()
        if declarable is None:
            return []
        beside = self._get_beside()
        declared = sum((record._get_kg() for record in beside), self._get_kg())
        if declared <= declarable:
            return []
        return [
            self.env._(
                "%(declared)s kg would be declared for %(delivery)s (%(numbers)s), of which the "
                "customer keeps %(kept)s kg. Cancel a declaration, and declare again what is kept.",
                declared=to_text(declared),
                delivery=", ".join(self.picking_ids.mapped("name")),
                numbers=", ".join((beside | self).sorted("id").mapped("number")),
                kept=to_text(declarable),
            )
        ]

    # -- the books ----------------------------------------------------------------------------

    def _get_book_blockers(self) -> list[str]:
        """The credits come from books of this site, scheme, material and statement alone."""
        drawn = self.sudo().entry_ids.filtered(lambda entry: entry.direction == "out")
        strange = drawn.account_id - self._get_accounts()
        return [
            self.env._(
                "%(book)s is not a book of %(product)s at %(site)s with this scheme, category "
                "and statement: its credits cannot stand behind this declaration.",
                book=account.name,
                product=self.product_id.display_name,
                site=self.warehouse_id.name,
            )
            for account in strange
        ]

    # -- the paper ----------------------------------------------------------------------------

    def _get_paper_blockers(self) -> list[str]:
        """The number on the paper is that of a certificate of this site; the option is allowed."""
        found, held = [], self.certification_id
        if held and self.certificate_number != held.number:
            found.append(
                self.env._(
                    "The declaration names certificate %(stated)s, ours is %(held)s.",
                    stated=self.certificate_number or "–",
                    held=held.number,
                )
            )
        if held.warehouse_id and held.warehouse_id != self.warehouse_id:
            found.append(
                self.env._(
                    "Own certificate %(number)s is issued for %(site)s, the goods left %(plant)s.",
                    number=held.number,
                    site=held.warehouse_id.name,
                    plant=self.warehouse_id.name,
                )
            )
        if self.scheme == "iscc_eu" and self.chain_of_custody == "controlled_blending":
            found.append(
                self.env._("Controlled blending is an option of ISCC PLUS, not of ISCC EU.")
            )
        return found

    def _get_uncovered_reasons(self) -> list[str]:
        """Return why the certificate does not cover it: a supplier's, or ours at our dispatch."""
        self.ensure_one()
        if self.direction == "in":
            return self._get_coverage_reasons()
        held = self.certification_id
        reasons = held._check_usable(self.dispatch_date, self.scheme, self.material)
        return reasons + self._get_ghg_blockers()

    def _refresh_certification(self) -> None:
        """Take the own certificate that covers the dispatch, when none or no valid one is named.

        A renewal is often on file only after the goods have left.
        """
        for record in self.filtered(lambda d: d.direction == "out" and d.state == "draft"):
            held, day = record.certification_id, record.dispatch_date
            if held and not held._check_usable(day, record.scheme):
                continue
            company = record.company_id
            found = company._get_own_certification(record.warehouse_id, record.scheme, day)
            if found:
                record._stamp(certification_id=found.id)

    # -- the day of issuance --------------------------------------------------------------------

    def _get_issue_day(self):
        """Return today by the calendar of the plant."""
        self.ensure_one()
        site = self.warehouse_id
        return site._get_plant_day() if site else fields.Date.context_today(self)

    def _refresh_issue_date(self) -> None:
        """The date of issuance is the day of the signature, and nobody's choice."""
        for record in self.sudo().filtered(lambda d: d.direction == "out" and d.state == "draft"):
            if record.issue_date != record._get_issue_day():
                record._stamp(issue_date=record._get_issue_day())


def _sum_kg(moves) -> Decimal:
    return sum((line._get_kg() for line in moves.move_line_ids), balance.ZERO)
