# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from odoo.addons.audit_chain.tools import chain
from odoo.addons.audit_chain.tools.decimals import to_text

from ..tools import document, moment

FORMAT = "batchproof-snapshot/1"
# What the issue itself adds: number, time, key, and by whose word.
ADDED = ("number", "issued", "verification", "authority")


class LotCertificateSnapshot(models.AbstractModel):
    """What is known of a certificate's lots when it is issued, as data that can be hashed.

    Names, codes, decimal strings and times, never database ids; in the language of the customer.
    What is missing is None or an empty list, never zero. Rooms that know more extend
    `_get_parts`; the printed document shows this and nothing else.
    """

    _name = "lot.certificate.snapshot"
    _description = "Snapshot of a certificate"

    @api.model
    def _build(self, certificate, authority=None, language=None):
        """Return the snapshot of `certificate`, issued by the word of `authority`, as
        canonical-able data; in `language` instead of the customer's for a sample.
        """
        language = language or certificate.language
        certificate = certificate.sudo().with_context(lang=language, tz=None)
        zone = self._get_zone(certificate)
        return {
            "format": FORMAT,
            "kind": certificate.kind,
            "title": self._get_title(certificate),
            "number": certificate.name or "",
            "language": language or "",
            "issued": moment.state_ms(certificate.issued_at_ms, zone),
            "issuer": self._get_party(certificate.company_id.partner_id),
            "recipient": self._get_party(certificate.partner_id),
            "authority": certificate._get_authority_facts(authority, zone),
            "layout": certificate._get_layout()._describe(),
            "replaces": certificate.supersedes_id.name or None,
            "replaces_reason": (certificate.supersedes_id and certificate.supersede_reason) or None,
            "verification": {
                "url": certificate.verify_url or "",
                "is_development_key": certificate.is_development_key,
                # Bound into what is signed: nobody can put another certificate of the same key.
                "certificate_sha256": certificate.signer_fingerprint or None,
            },
            **self._get_parts(certificate, zone),
        }

    @api.model
    def _build_sample(self, certificate, layout, language):
        """Return what a certificate says in a layout and language, with nothing to verify it by."""
        stated = self._build(certificate, language=language)
        declared = stated["sustainability_declaration"]
        return {
            **stated,
            "number": "",
            "issued": None,
            "replaces": None,
            "replaces_reason": None,
            # A declaration's own number is never used twice, and so not on a sample either.
            "sustainability_declaration": declared
            and {**declared, **dict.fromkeys(("number", "pos_number") & declared.keys(), "")},
            "layout": layout.sudo().with_context(lang=language)._describe(),
            "verification": {
                "url": "",
                "is_development_key": False,
                "certificate_sha256": None,
            },
        }

    @api.model
    def _get_title(self, certificate):
        """Return what kind of paper it is: batch, sustainability or pos."""
        is_pos = certificate.kind == "sustainability" and certificate.declaration_id.is_pos
        return "pos" if is_pos else certificate.kind

    @api.model
    def _get_digest(self, certificate):
        """Return the hash of what a certificate would state, without what the issue adds."""
        stated = self._build(certificate)
        return chain.digest({key: stated[key] for key in stated if key not in ADDED})

    @api.model
    def _get_parts(self, certificate, zone):
        """Return the chapters: what is certified, its batches, and what is declared of it."""
        declaration = certificate.declaration_id
        is_declared = certificate.kind == "sustainability" and bool(declaration)
        return {
            "identification": self._get_identification(certificate, zone),
            "batches": [
                self.env["lot.certificate.batch"]._describe(lot, zone)
                for lot in certificate._get_lots()
            ],
            "sustainability_declaration": declaration._snapshot() if is_declared else None,
            "recipient_status": declaration._get_recipient_status() if is_declared else None,
            "claims": self._get_claims(certificate),
            "mass_balance": self._get_mass_balance(declaration) if is_declared else None,
            "signatures": self._get_signatures(declaration, zone) if is_declared else [],
        }

    # -- who, what, where ---------------------------------------------------------------------

    @api.model
    def _get_warehouse(self, certificate):
        return (
            certificate.declaration_id.warehouse_id
            or certificate.production_id.picking_type_id.warehouse_id
            or certificate.picking_id.picking_type_id.warehouse_id
            or certificate._get_moved_lines()[:1].picking_id.picking_type_id.warehouse_id
        )

    @api.model
    def _get_zone(self, certificate):
        """Return the name of the plant's time zone."""
        plant = self._get_warehouse(certificate)
        return plant.plant_tz or certificate.company_id.partner_id.tz or "UTC"

    @api.model
    def _get_party(self, partner):
        if not partner:
            return None
        return {
            "name": partner.commercial_partner_id.name or partner.name or "",
            "address": self._get_address(partner),
            "identifier": self._get_identifier(partner.commercial_partner_id) or partner.ref or "",
        }

    @api.model
    def _get_identifier(self, partner):
        return partner.vat or partner.company_registry or partner.ref

    @api.model
    def _get_address(self, partner):
        lines = (partner._display_address(without_company=True) or "").splitlines()
        return ", ".join(line.strip() for line in lines if line.strip())

    @api.model
    def _get_identification(self, certificate, zone):
        lots = certificate._get_lots()
        products = certificate._get_products()
        picking = certificate.picking_id
        plant = self._get_warehouse(certificate)
        return {
            "product": ", ".join(products.mapped("name")),
            "product_code": ", ".join(code for code in products.mapped("default_code") if code),
            "lots": lots.mapped("name"),
            "scope": certificate.scope if certificate.kind == "batch" else None,
            "period": self._get_period(certificate),
            "lines": self._get_lines(certificate),
            "not_covered": certificate._get_uncovered_names()
            if certificate._is_collected()
            else [],
            "quantity": self._get_quantity(certificate),
            "unit": certificate.uom_id._get_symbol(),
            "plant": plant.name or "",
            "plant_address": self._get_address(plant.partner_id) if plant.partner_id else "",
            "delivery": picking.name or None,
            "dispatched": moment.state(picking.date_done, zone),
            "order": self._get_order_name(picking),
            "customer_reference": self._get_customer_reference(picking),
        }

    @api.model
    def _get_quantity(self, certificate):
        """Return the quantity as text: a declared one as it is declared, to the gram."""
        if certificate.kind == "sustainability" and certificate.declaration_id:
            return certificate.declaration_id._get_quantity_text()
        return to_text(certificate.quantity) if certificate.uom_id else None

    @api.model
    def _get_period(self, certificate):
        if certificate.kind != "batch" or certificate.scope != "period":
            return None
        return {"from": str(certificate.period_from), "to": str(certificate.period_to)}

    @api.model
    def _get_lines(self, certificate):
        """Return each delivered line of a certificate about a delivery or a period."""
        if not certificate._is_collected():
            return []
        return [
            {
                "lot": line.lot_id.name,
                "product": line.product_id.name or "",
                "quantity": to_text(certificate._get_line_quantity(line)),
                "unit": line.product_id.uom_id._get_symbol(),
                "delivery": line.picking_id.name or "",
            }
            for line in certificate._get_moved_lines().with_context(lang=certificate.env.lang)
        ]

    @api.model
    def _get_order_name(self, picking):
        return picking.sale_id.name or picking.origin or None

    @api.model
    def _get_customer_reference(self, picking):
        return picking.sale_id.client_order_ref or None

    @api.model
    def _get_claims(self, certificate):
        """Return the approved texts and logos, each with its reference."""
        return [
            {
                "kind": claim.kind,
                "name": claim.name,
                "text": claim.text or "",
                "approval_reference": claim.approval_reference,
                "valid_to": str(claim.valid_to),
                "image_sha256": document.sha256(claim.image) if claim.image else None,
            }
            for claim in certificate.claim_ids.sorted("id")
        ]

    # -- the books ----------------------------------------------------------------------------

    @api.model
    def _get_mass_balance(self, declaration):
        """Return the entries of the ledger that the declared quantity was drawn from."""
        entries = declaration.entry_ids.filtered(lambda e: e.direction == "out")
        return {
            "booked_kg": to_text(declaration.booked_quantity),
            "entries": [
                {
                    "book": entry.account_id.name or "",
                    **self.env["lot.certificate.batch"]._get_book_words(entry),
                    "period": entry.period_id.display_name or "",
                    "period_from": str(entry.period_id.date_start),
                    "period_to": str(entry.period_id.date_end),
                    "method": entry.account_id.method or "",
                    "attribution": entry.account_id.attribution or "",
                    "basis": entry.account_id.basis or "",
                    "quantity_kg": to_text(entry.quantity),
                    "entry": entry.chain_sequence,
                    "entry_hash": entry.entry_hash,
                }
                for entry in entries.sorted("chain_sequence")
            ],
        }

    # -- signatures ---------------------------------------------------------------------------

    @api.model
    def _get_signatures(self, records, zone, used=None):
        """Return the electronic signatures on `records`: printed name, time, meaning, hash.

        The meaning stands as the signer read it; its code is worded anew for the reader. `used` is
        the hash of what was in force: a signature over exactly that is valid, and nothing has to
        be read anew; any other is held against the document as it is today.
        """
        if not records:
            return []
        # Whether one is valid is asked in the source language, in which it was given.
        signatures = (
            self.env["audit.signature"]
            .with_context(lang=None)
            .search_fetch(
                [("res_model", "=", records._name), ("res_id", "in", records.ids)],
                order="signed_at_ms, id",
            )
        )
        return [
            {
                "document": signature.res_name,
                "document_type": signature.res_model,
                "signer": signature.signer_name,
                "signed": moment.state_ms(signature.signed_at_ms, zone),
                "meaning": signature.meaning_label,
                "meaning_code": signature.meaning,
                "reason": signature.reason or "",
                "content_sha256": signature.content_hash,
                "is_valid": signature.content_hash == used or signature.is_valid,
            }
            for signature in signatures
        ]
