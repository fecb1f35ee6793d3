# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models
from odoo.exceptions import UserError

from ..tools import balance

INCOMING_USAGES = ("supplier", "transit")


class SustainabilityDeclarationIncoming(models.AbstractModel):
    """The way of a supplier's declaration: complete, linked to a receipt, booked once."""

    _name = "sustainability.declaration.incoming"
    _description = "Incoming declaration"

    def action_complete(self):
        """Check that nothing is missing and the certificate covers it; book what has arrived."""
        self._check_is_manager()
        for record in self:
            record._check_complete()
            record._transition("complete")
        self._book_receipts()
        return True

    def action_reopen(self):
        """Take a complete declaration back to draft while nothing is booked."""
        self._check_is_manager()
        self._transition("draft")
        return True

    def action_book(self):
        """Book the receipts that are linked by now."""
        self._check_is_manager()
        self._book_receipts()
        return True

    def _check_complete(self) -> None:
        self.ensure_one()
        missing = self._missing_fields()
        # the density of its product may have been entered since
        self.env.add_to_compute(self._fields["quantity_kg"], self)
        if self.quantity and not self._get_kg():
            missing.append(
                self.env._("density or heating value of %s", self.product_id.display_name)
            )
        if not self.certification_id:
            missing.append(self.env._("Certificate"))
        if missing:
            raise UserError(
                self.env._(
                    "Declaration %(number)s is not complete. Missing: %(fields)s.",
                    number=self.number or self.partner_id.name,
                    fields=", ".join(missing),
                )
            )
        reasons = self._get_coverage_reasons()
        if reasons:
            raise UserError(
                self.env._(
                    "Certificate %(certificate)s does not cover declaration %(number)s, "
                    "dispatched on %(day)s: %(reasons)s.",
                    certificate=self.certification_id.number,
                    number=self.number,
                    day=self.dispatch_date,
                    reasons="; ".join(reasons),
                )
            )

    def _get_coverage_reasons(self) -> list[str]:
        """Return why the supplier's certificate does not cover this declaration, in words."""
        self.ensure_one()
        return self.certification_id._check_usable(
            self.dispatch_date,
            self.scheme,
            self.material,
            self.product_id.mb_supplier_scopes or "",
        )

    # -- booking ------------------------------------------------------------------------------

    def _book_receipts(self) -> None:
        """Book the linked receipts that are done, weighed and not yet booked."""
        for record in self.sudo().filtered(lambda d: d.direction == "in"):
            record.picking_ids._assign_declarations()
            if record.state not in ("complete", "booked"):
                continue
            lines = record._get_unbooked_lines()
            refusal = record._get_booking_refusal(lines)
            if refusal:
                record._set_refusal(refusal)
                continue
            for line in lines:
                record._book_receipt_line(line)
            if lines:
                record._set_refusal(False)

    def _get_unbooked_lines(self):
        """Return the received lines of this declaration that have no entry yet, oldest first."""
        self.ensure_one()
        lines = self.env["stock.move.line"].search(
            [
                ("declaration_id", "=", self.id),
                ("state", "=", "done"),
                ("picking_id.mb_is_no_claim", "!=", True),
                ("location_id.usage", "in", INCOMING_USAGES),
            ],
            order="id",
        )
        booked = self.entry_ids.filtered(lambda e: e.direction == "in")
        keys = {(entry.move_id, entry.lot_id) for entry in booked}
        return lines.filtered(lambda line: (line.move_id, line.lot_id) not in keys)

    def _get_booking_refusal(self, lines) -> str:
        """Return why nothing can be booked yet, in words, or an empty text (rule 5)."""
        unweighed = lines.picking_id.filtered(lambda p: not p.mb_weighbridge_number)
        if unweighed:
            return self.env._(
                "Receipt %s has no weighbridge document: enter its number on the receipt.",
                unweighed[0].name,
            )
        for line in lines:
            reason = line.product_id._get_unweighable_reason(line.product_uom_id)
            if reason:
                return reason
            warehouse = line.location_dest_id.warehouse_id or self.warehouse_id
            day = warehouse._get_plant_day(line.date)
            if not self.company_id._get_own_certification(warehouse, self.scheme, day):
                return self.env._(
                    "%(site)s held no valid certificate of this scheme on %(day)s, when "
                    "%(receipt)s arrived: the quantity is kept without credit.",
                    site=warehouse.name,
                    day=day,
                    receipt=line.picking_id.name or line.reference,
                )
        return ""

    def _set_refusal(self, text) -> None:
        """Store why the last attempt did not succeed, and tell the manager once."""
        self.ensure_one()
        if (self.refusal or "") == (text or ""):
            return
        self._stamp(refusal=text or False)
        if text and self.direction == "in":
            self.company_id._schedule_mass_balance_activity(
                self, self.env._("Declaration not booked"), text
            )

    def _book_receipt_line(self, line) -> None:
        """Book one received lot: the lower of what is declared and what was weighed (rule 5)."""
        self.ensure_one()
        weighed = line._get_kg()
        declared_left = self._get_kg() - self._get_booked_in()
        credit = balance.receipt_credit(declared_left, weighed)
        line.lot_id._set_declaration(self)
        self._stamp(lot_ids=[Command.link(line.lot_id.id)])
        if credit > 0:
            self.env["mass.balance.entry"].sudo().create(
                [self._prepare_receipt_entry(line, credit)]
            )
        if self.state == "complete":
            self._transition("booked")
        line.lot_id._get_consuming_orders()._book_conversion()

    def _get_booked_in(self):
        return self.env["mass.balance.entry"]._sum(
            [("declaration_id", "=", self.id), ("direction", "in", ("opening", "in", "correction"))]
        )

    def _prepare_receipt_entry(self, line, credit) -> dict:
        warehouse = line.location_dest_id.warehouse_id or self.warehouse_id
        account = self.env["mass.balance.account"]._get_or_create(
            self._prepare_account_key(warehouse, "input", line.product_id.product_tmpl_id)
        )
        return {
            "account_id": account.id,
            "direction": "in",
            "quantity": credit,
            "booking_date": warehouse._get_plant_day(line.date),
            "document": line.picking_id.name or line.reference,
            "reason": self.env._("Weighbridge %s", line.picking_id.mb_weighbridge_number),
            "declaration_id": self.id,
            "source_declaration_id": self.id,
            "lot_id": line.lot_id.id,
            "move_id": line.move_id.id,
        }

    def _prepare_account_key(self, warehouse, kind: str, product_tmpl) -> dict:
        """Return the key of the book in which this set is kept for a product."""
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "warehouse_id": warehouse.id,
            "scheme": self.scheme,
            "kind": kind,
            "category": self.category,
            "red_category": self.red_category if self.scheme == "iscc_eu" else False,
            "raw_material": self.raw_material,
            "product_group": product_tmpl._get_mb_group(),
            "statement": self.statement,
        }
