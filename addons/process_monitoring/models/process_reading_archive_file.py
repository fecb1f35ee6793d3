# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from ..tools import retention
from .process_reading_archive_work import ArchiveError


class ProcessReadingArchiveFile(models.Model):
    """The archived readings of one company and one day (UTC), as a packed CSV file.

    Written when a month is archived, and never changed: the entry is chained and holds the hashes
    of the file and of the text in it, the file itself refuses to be changed or deleted. The text
    has a header, every digit of every value, and can be read without Odoo.
    """

    _name = "process.reading.archive.file"
    _inherit = ["audit.chain.mixin"]
    _description = "File of archived readings"
    _order = "start_ms, company_id, id"

    archive_id = fields.Many2one(
        "process.reading.archive", required=True, readonly=True, ondelete="restrict", index=True
    )
    name = fields.Char(string="File", required=True, readonly=True)
    start_ms = BigInt(string="Day (ms UTC)", required=True, readonly=True, aggregator=None)
    reading_count = fields.Integer(string="Readings", required=True, readonly=True)
    size = fields.Integer(string="Size (bytes)", required=True, readonly=True)
    file_sha256 = fields.Char(string="SHA-256 of the file", required=True, readonly=True)
    text_sha256 = fields.Char(string="SHA-256 of the text", required=True, readonly=True)
    content = fields.Binary(attachment=True, readonly=True)

    def _prepare_chain_payload(self, vals):
        archive = self.env["process.reading.archive"].browse(vals["archive_id"])
        return {
            "month": archive.name,
            "file": vals["name"],
            "readings": vals["reading_count"],
            "size": vals["size"],
            "file_sha256": vals["file_sha256"],
            "text_sha256": vals["text_sha256"],
        }

    def _keep(self, archive, company, start_ms: int, count: int, packer) -> None:
        """Keep the readings of one day of one company."""
        content = packer.finish()
        self.create(
            {
                "archive_id": archive.id,
                "company_id": company.id,
                "name": f"readings-{clock.to_iso(start_ms)[:10]}.csv.gz",
                "start_ms": start_ms,
                "reading_count": count,
                "size": len(content),
                "file_sha256": retention.digest(content),
                "text_sha256": packer.sha256,
                "content": retention.to_base64(content),
            }
        )

    def _read_content(self) -> bytes:
        """Return the text of the file, or raise ArchiveError when it is not what was written."""
        self.ensure_one()
        attachment = self._get_attachment()
        content = attachment.raw or b""
        unpacked = retention.unpack(content)
        is_whole = (
            unpacked
            and retention.digest(content) == self.file_sha256
            and unpacked[1] == self.text_sha256
            and retention.count_lines(unpacked[0]) == self.reading_count + 1
        )
        if not is_whole:
            raise ArchiveError(f"{self.name} is missing or damaged.")
        return unpacked[0]

    def _get_attachment(self):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "content"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )

    def _get_summary(self) -> dict:
        """Return what the audit trail says of the file."""
        self.ensure_one()
        return {
            "file": self.name,
            "company": self.company_id.name,
            "readings": self.reading_count,
            "sha256": self.file_sha256,
        }

    def action_download(self):
        """Download the file."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/content/{self.name}?download=true",
            "target": "download",
        }
