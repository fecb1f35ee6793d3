# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import attribution, balance


class StockMove(models.Model):
    """A movement of goods: the door through which everything reaches the books."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Check and book what is done: only an uncovered receipt stops the goods.

        The check comes after `super()`, because only then is it settled which moves are really
        done, whatever was picked, split or cancelled on the way; raising undoes them all.
        """
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        done = moves.filtered(lambda move: move.state == "done")
        done._check_receipt_covered()
        done._book_mass_balance()
        return moves

    # -- receipt --------------------------------------------------------------------------------

    def _is_certified_receipt(self) -> bool:
        """Does this move bring certified material in from outside?"""
        self.ensure_one()
        outside = self.location_id.usage == "supplier" or (
            self.location_id.usage == "transit" and not self.location_id.company_id
        )
        inside = self.location_dest_id.usage not in ("supplier", "customer", "inventory")
        return outside and inside and self.product_id.is_mb_certified

    def _check_receipt_covered(self) -> None:
        """Refuse certified material without a certificate that covers it on the dispatch day."""
        for move in self.sudo():
            if not move._is_certified_receipt() or move.picking_id.mb_is_no_claim:
                continue
            move.picking_id._assign_declarations()
            for declaration in move.move_line_ids.declaration_id:
                move._check_covered_by(declaration)
            if any(not line.declaration_id for line in move.move_line_ids):
                move._check_covered_by(self.env["sustainability.declaration"])

    def _get_supplier(self):
        self.ensure_one()
        partner = self.picking_id.partner_id or self.purchase_line_id.partner_id or self.partner_id
        return partner.commercial_partner_id

    def _get_dispatch_day(self, declaration):
        self.ensure_one()
        warehouse = self.location_dest_id.warehouse_id
        return (
            declaration.dispatch_date
            or self.picking_id.mb_dispatch_date
            or (warehouse and warehouse._get_plant_day())
            or fields.Date.context_today(self)
        )

    def _check_covered_by(self, declaration) -> None:
        supplier = self._get_supplier()
        day = self._get_dispatch_day(declaration)
        if declaration and declaration.commercial_partner_id != supplier:
            self._refuse_receipt(
                self.env._(
                    "declaration %(number)s was issued by %(issuer)s, the goods come from "
                    "%(supplier)s",
                    number=declaration.number,
                    issuer=declaration.commercial_partner_id.name,
                    supplier=supplier.name or self.env._("an unknown supplier"),
                )
            )
        certifications = declaration.certification_id or supplier._get_certifications(
            self.company_id
        )
        reasons = [self._get_uncovered_reason(c, declaration, day) for c in certifications]
        if not reasons:
            self._refuse_receipt(
                self.env._(
                    "no certificate of %s is recorded",
                    supplier.name or self.env._("an unknown supplier"),
                )
            )
        if all(reasons):
            self._refuse_receipt(reasons[0])

    def _get_uncovered_reason(self, certification, declaration, day) -> str:
        product = self.product_id
        reasons = certification._check_usable(
            day,
            declaration.scheme or certification.scheme,
            product.mb_material,
            product.mb_supplier_scopes or "",
        )
        if not reasons:
            return ""
        return self.env._(
            "certificate %(number)s of %(holder)s does not cover %(material)s dispatched on "
            "%(day)s: %(reasons)s",
            number=certification.number,
            holder=certification.partner_id.name,
            material=product.mb_material,
            day=day,
            reasons="; ".join(reasons),
        )

    def _refuse_receipt(self, reason: str) -> None:
        raise UserError(
            self.env._(
                "%(receipt)s is refused: %(reason)s. Record a certificate that covers the day of "
                "dispatch under Sustainability, or receive the goods without sustainability "
                "claim.",
                receipt=self.picking_id.name or self.reference or self.product_id.display_name,
                reason=reason,
            )
        )

    # -- books ----------------------------------------------------------------------------------

    def _book_mass_balance(self) -> None:
        """Book done moves: receipts, production, deliveries, and what is lost or goes back."""
        moves = self.sudo()
        receipts = moves.filtered(lambda move: move._is_certified_receipt())
        receipts._book_receipt()
        moves._book_site_moves()
        orders = moves.filtered(lambda m: not m.unbuild_id)
        (orders.raw_material_production_id | orders.production_id)._book_conversion()
        moves._get_claimed_deliveries()._book_delivery()
        moves._tell_claimed_return()
        for move in moves:
            if move._is_withdrawal():
                move._book_withdrawal()
        moves._book_unbuilt()

    def _book_receipt(self) -> None:
        no_claim = self.filtered(lambda move: move.picking_id.mb_is_no_claim)
        fresh = no_claim.move_line_ids.lot_id.filtered(lambda lot: not lot.mb_declaration_id)
        fresh._stamp_mass_balance(mb_is_no_claim=True)
        booked = self - no_claim
        booked.picking_id._assign_declarations()
        booked.move_line_ids.declaration_id._book_receipts()

    def _get_claimed_deliveries(self):
        return self.filtered(
            lambda move: (
                move.location_dest_id.usage == "customer"
                and move.location_id.usage != "customer"
                and move.sale_line_id.mb_claim
                and move.sale_line_id.mb_claim != "none"
            )
        )

    def _get_drafted_declarations(self):
        """Return the declarations that deliveries of these moves have drafted."""
        moves = self.sudo()
        return moves.picking_id.declaration_ids.filtered(
            lambda d: (
                d.direction == "out"
                and d.state != "cancelled"
                and d.sale_line_id & moves.sale_line_id
            )
        )

    def _tell_claimed_return(self) -> None:
        """Goods that were declared came back: a person decides what becomes of the paper."""
        for move in self:
            declared = move.origin_returned_move_id._get_drafted_declarations()
            if move.location_id.usage == "customer" and declared:
                move.company_id._schedule_mass_balance_activity(
                    move.picking_id or declared[0],
                    self.env._("Declared goods came back"),
                    self.env._(
                        "%(return)s brings back goods of declaration %(number)s. Cancel it, and "
                        "deliver again what the customer keeps.",
                        **{
                            "return": move.picking_id.name or move.reference,
                            "number": ", ".join(declared.mapped("number")),
                        },
                    ),
                )

    def _book_delivery(self) -> None:
        """Draft the declarations of what was delivered with a claim; never stop the delivery."""
        declarations = self.env["sustainability.declaration"].sudo()
        for sale_line in self.sale_line_id:
            own = self.filtered(lambda move, line=sale_line: move.sale_line_id == line)
            for picking in own.picking_id or [own.picking_id]:
                moves = own.filtered(lambda move, p=picking: move.picking_id == p)
                drafted = declarations._draft_for_delivery(sale_line, moves)
                for record in drafted.filtered("refusal"):
                    record._tell_refused_delivery()

    def _prepare_mb_output(self) -> attribution.Output:
        """Return this finished move as attribution takes it."""
        self.ensure_one()
        product = self.product_id
        made = sum((line._get_kg() for line in self.move_line_ids), balance.ZERO)
        claimed = self.env["mass.balance.entry"]._sum(
            [
                ("move_id", "=", self.id),
                ("direction", "=", "convert"),
                ("signed_quantity", ">", 0),
            ]
        )
        return attribution.Output(
            key=str(self.id),
            quantity=made,
            kind=product.mb_output_kind or "chemical",
            lhv=product._get_mb_figure("lhv"),
            carbon=product._get_mb_figure("carbon"),
            molar_mass=product._get_mb_figure("molar"),
            capacity=max(made - claimed, balance.ZERO),
        )
