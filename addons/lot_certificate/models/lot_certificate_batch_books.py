# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, models

from odoo.addons.audit_chain.tools.decimals import round_down, to_decimal, to_text

RECEIVED = ("opening", "in", "correction")
MADE = ("convert", "correction")


class LotCertificateBatch(models.AbstractModel):
    """What the mass-balance books say of a lot, and under which certification the plant works.

    It tells where certified content was booked; the claim itself is made by a sustainability
    declaration alone.
    """

    _inherit = "lot.certificate.batch"

    @api.model
    def _describe(self, lot, zone):
        return {**super()._describe(lot, zone), "mass_balance": self._get_books(lot)}

    @api.model
    def _get_books(self, lot):
        """Return the chapter, or None for a lot that no book could know."""
        production = lot._get_certificate_production()
        moves = production.move_finished_ids.filtered(lambda move: lot in move.move_line_ids.lot_id)
        entries = self._get_entries(lot, moves)
        status = self._get_scheme_status(lot, production)
        if not (entries or status or lot.product_id.is_mb_material):
            return None
        # An output of several lots is booked once for all of them.
        together = moves.move_line_ids.lot_id | lot
        booked = sum((to_decimal(entry.signed_quantity) for entry in entries), Decimal("0"))
        return {
            "entries": [self._describe_entry(entry) for entry in entries],
            "booked_kg": to_text(booked),
            "lots": sorted(together.mapped("name")),
            "share_percent": self._get_share(booked, together, production) if booked else None,
            "issuer_status": status,
        }

    @api.model
    def _get_entries(self, lot, moves):
        """Return the entries that brought certified content to the lot, and their corrections."""
        domain = [("lot_id", "=", lot.id), ("kind", "=", "input"), ("direction", "in", RECEIVED)]
        if moves:
            domain = [
                ("kind", "=", "output"),
                ("direction", "in", MADE),
                *("|", ("lot_id", "=", lot.id), ("move_id", "in", moves.ids)),
            ]
        # Whoever reviews or issues states what the books hold, and need not be let into them.
        return self.env["mass.balance.entry"].sudo().search_fetch(domain, order="chain_sequence")

    @api.model
    def _describe_entry(self, entry):
        account, source = entry.account_id, entry.source_declaration_id
        return {
            "book": account.name or "",
            **self._get_book_words(entry),
            "period_from": str(entry.period_id.date_start),
            "period_to": str(entry.period_id.date_end),
            "method": self._get_word(account, "method"),
            "attribution": self._get_word(account, "attribution"),
            "basis": self._get_word(account, "basis"),
            "factor": entry.factor or None,
            "quantity_kg": to_text(entry.signed_quantity),
            "reason": entry.reason or "",
            "declaration": source.number or "",
            "supplier": source.partner_id.commercial_partner_id.name or "",
            "supplier_certification": source.certification_id.number or None,
            "entry": entry.chain_sequence,
            "entry_hash": entry.entry_hash,
        }

    @api.model
    def _get_book_words(self, entry):
        """Return which book an entry is in, in the language of the document."""
        return {
            "site": entry.warehouse_id.name or "",
            "scheme": self._get_word(entry, "scheme"),
            "category": self._get_word(entry, "category"),
            "raw_material": entry.raw_material or "",
        }

    @api.model
    def _get_word(self, record, name):
        """Return a choice in words, in the language of the document."""
        words = dict(record._fields[name]._description_selection(self.env))
        return words.get(record[name], "")

    @api.model
    def _get_share(self, booked, lots, production):
        """Return the certified content in per cent of what was made or received, cut down."""
        weight = sum(
            (
                lot.product_id._get_kg(
                    lot._get_certificate_made_quantity(production), lot.product_uom_id
                )
                for lot in lots
            ),
            Decimal("0"),
        )
        return to_text(round_down(100 * booked / weight, 2), 2) if weight else None

    @api.model
    def _get_scheme_status(self, lot, production):
        """Return the plant's own certification under each scheme it ever had one of."""
        company = lot.company_id or production.company_id or self.env.company
        plant = (production or self._get_received(lot)).picking_type_id.warehouse_id
        if not plant:
            return []
        day, found = plant._get_plant_day(), []
        held = company._get_own_certifications(plant).grouped("scheme")
        schemes = self.env["partner.certification"]._fields["scheme"]
        for scheme, label in schemes._description_selection(self.env):
            if owns := held.get(scheme):
                usable = owns._get_usable(day, scheme)
                found.append(self._describe_certification(usable or owns[0], label, bool(usable)))
        return found

    @api.model
    def _get_received(self, lot):
        """Return the receipt that brought a lot that was bought."""
        line = self._get_receipts(lot).get(lot)
        return line.picking_id if line else self.env["stock.picking"]

    @api.model
    def _describe_certification(self, certification, label, is_valid):
        return {
            "scheme": label,
            "number": certification.number,
            "body": certification.certification_body or "",
            "valid_from": str(certification.valid_from),
            "valid_to": str(certification.valid_to),
            "is_valid": is_valid,
        }
