# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import io
import json
import re
import zipfile

from odoo import fields, models
from odoo.tools.misc import file_open

from odoo.addons.audit_chain.tools import chain
from odoo.addons.audit_chain.tools.decimals import to_text

COMMAND = {
    "verify.py": "mass_balance/pack/verify.py",
    "README.txt": "mass_balance/pack/README.txt",
    "batchproof/chain.py": "audit_chain/tools/chain.py",
    "batchproof/balance.py": "mass_balance/tools/balance.py",
    "batchproof/recompute.py": "mass_balance/tools/recompute.py",
}
# Where an auditor finds the papers of a record, and how its folder is called.
DOCUMENTS = {
    "sustainability.declaration": "number",
    "partner.certification": "number",
    "mass.balance.conversion": "name",
    "stock.picking": "name",
}


class MassBalanceReportPack(models.TransientModel):
    """The audit pack: the whole ledger of the legal entity, and the command that recomputes it.

    A chain proves something only from its first entry on, so the ledger is complete; report and
    papers are those of the choices made.
    """

    _inherit = "mass.balance.report"

    def _render_pack(self) -> bytes:
        """Return the pack as .zip; `summary.json` holds the digest of every other file."""
        files = self._prepare_pack_files()
        summary = {
            "kind": "mass-balance audit pack",
            "company": self.company_id.name,
            "from": str(self.date_from),
            "to": str(self.date_to),
            "written": f"{fields.Datetime.now()} UTC",
            "by": self.env.user.name,
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        }
        files["summary.json"] = _to_json(summary)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in sorted(files.items()):
                archive.writestr(name, data)
        return buffer.getvalue()

    def _prepare_pack_files(self) -> dict[str, bytes]:
        company = self.company_id.id
        report = self.env["ir.actions.report"]
        pdf, kind = report._render_qweb_pdf("mass_balance.mass_balance_report_action_pdf", self.ids)
        files = {
            "ledger.jsonl": self.env["mass.balance.entry"].export_chain_jsonl(company).encode(),
            "signatures.jsonl": self.env["audit.signature"].export_chain_jsonl(company).encode(),
            "pack.json": _to_json(self._prepare_pack()),
            f"report.{kind}": pdf,
            "report.xlsx": self._render_workbook(),
            "batchproof/__init__.py": b"",
            **self._prepare_declaration_files(),
            **self._prepare_documents(),
            **self._prepare_evidence(),
        }
        for name, path in COMMAND.items():
            with file_open(path, "rb") as source:
                files[name] = source.read()
        return files

    # -- tables -------------------------------------------------------------------------------

    def _prepare_pack(self) -> dict:
        """Return what the command compares with the ledger."""
        domain = [("company_id", "=", self.company_id.id)]
        periods = self.env["mass.balance.period"].search(domain, order="account_id, date_start")
        declarations = self.env["sustainability.declaration"].search(
            [*domain, "|", ("direction", "=", "out"), ("state", "!=", "draft")], order="id"
        )
        certificates = self.env["partner.certification"].with_context(active_test=False)
        conversions = self.env["mass.balance.conversion"].search(domain, order="id")
        return {
            "periods": [self._prepare_pack_period(record) for record in periods],
            "declarations": [self._prepare_pack_declaration(record) for record in declarations],
            "certificates": [
                self._prepare_pack_certificate(record)
                for record in certificates.search(
                    [("company_id", "in", [self.company_id.id, False])], order="id"
                )
            ],
            "conversions": [
                {
                    "name": record.name,
                    "factor": record._get_factor_text(),
                    "from": str(record.date_from),
                    "to": str(record.date_to),
                    "state": record.state,
                    "evidence": record.evidence or "",
                }
                for record in conversions
            ],
        }

    def _prepare_pack_period(self, record) -> dict:
        sums = record.account_id._read_sums().get(record.account_id.id, {})
        signature = record.signature_ids.filtered(lambda s: s.meaning == "close")[:1]
        return {
            "account": record.account_id._get_key(),
            "basis": record.account_id.basis,
            "from": str(record.date_start),
            "to": str(record.date_end),
            "revision": record.revision,
            "state": record.state,
            "opening": to_text(record.opening_quantity),
            "movements": {
                way: to_text(total)
                for (place, way), (total, _count) in sums.items()
                if place == record._get_place()
            },
            "closing": to_text(record.closing_quantity),
            "physical_stock": to_text(record.physical_stock) if record.has_stock_reading else "",
            "carried": to_text(record.closed_quantity),
            "forfeited": to_text(record.forfeited_quantity),
            "signed": record._get_signature_content() if signature else None,
            "signed_sha256": signature.content_hash or "",
        }

    def _prepare_pack_declaration(self, record) -> dict:
        return {
            "number": record.number or "",
            "direction": record.direction,
            "state": record.state,
            "supplier": record.supplier_name or "",
            "recipient": record.recipient_name or "",
            "certificate": record.certificate_number or "",
            "set": record._get_set_reference(),
            "quantity_kg": to_text(record.quantity_kg),
            "dispatched": str(record.dispatch_date or ""),
        }

    def _prepare_pack_certificate(self, record) -> dict:
        return {
            "number": record.number,
            "holder": record.partner_id.name,
            "scheme": record.scheme,
            "from": str(record.valid_from),
            "to": str(record.valid_to),
            "suspended_from": str(record.suspended_from or ""),
            "checked_on": str(record.checked_on or ""),
            "evidence": record.check_evidence or "",
            "renewal_of": record.previous_id.number or "",
        }

    # -- papers -------------------------------------------------------------------------------

    def _get_reported_declarations(self):
        entries = self._get_periods(self._get_accounts()).entry_ids
        return entries.declaration_id | entries.source_declaration_id

    def _prepare_declaration_files(self) -> dict[str, bytes]:
        return {
            f"declarations/{_safe(record.direction)}-{_safe(record.number)}-{record.id}.json": (
                chain.canonical(record._snapshot()).encode()
            )
            for record in self._get_reported_declarations()
        }

    def _prepare_documents(self) -> dict[str, bytes]:
        """Return the papers attached to declarations, certificates, factors and transfers."""
        declarations = self._get_reported_declarations()
        entries = self._get_periods(self._get_accounts()).entry_ids
        records = (
            declarations,
            declarations.certification_id,
            entries.conversion_id,
            declarations.picking_ids,
        )
        files = {}
        for found in records:
            attachments = self.env["ir.attachment"].search(
                [("res_model", "=", found._name), ("res_id", "in", found.ids)]
            )
            for paper in attachments.filtered(lambda a: a.type == "binary" and a.raw):
                owner = found.browse(paper.res_id)
                folder = _safe(owner[DOCUMENTS[found._name]])
                files[f"documents/{folder}/{paper.id}-{_safe(paper.name)}"] = paper.raw
        return files

    def _prepare_evidence(self) -> dict[str, bytes]:
        """Return the evidence of every booked voucher: the ledger names each file's digest."""
        entries = self.env["mass.balance.entry"].search(
            [("company_id", "=", self.company_id.id), ("voucher_id", "!=", False)]
        )
        # A transfer from a sister company stands in this ledger and is that company's voucher;
        # whoever may read the entries may read what they were booked by.
        return {
            f"vouchers/{_safe(voucher.name)}/{paper.id}-{_safe(paper.name)}": paper.raw or b""
            for voucher in entries.sudo().voucher_id
            for paper in voucher.attachment_ids
        }


def _safe(text) -> str:
    """Return a name that is one part of a path on every system."""
    return re.sub(r"[^\w.-]+", "-", str(text or "")).strip(".-") or "unnamed"


def _to_json(content: dict) -> bytes:
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True).encode()
