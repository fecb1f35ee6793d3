# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io
import logging
import mimetypes

from PIL import Image

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools.mimetypes import guess_mimetype
from odoo.tools.misc import file_path

from ..tools import engine, local_url

# WeasyPrint and fontTools write several lines a page; what matters (an image that could not be
# loaded) is an error and stays visible.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("weasyprint.progress").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


class IrActionsReport(models.Model):
    """A report may choose the engine that turns its HTML into a PDF.

    With WeasyPrint each record is rendered as a document of its own, so page counters start at 1
    for each; Odoo merges them when several are printed. Nothing is loaded from the network.
    """

    _inherit = "ir.actions.report"

    pdf_engine = fields.Selection(
        [("wkhtmltopdf", "wkhtmltopdf (Odoo's own)"), ("weasyprint", "WeasyPrint")],
        string="PDF engine",
        default="wkhtmltopdf",
        required=True,
        help="WeasyPrint knows page headers, footers and counters in CSS, PDF/A and embedded "
        "files, and needs no program beside Odoo. Odoo's standard layouts are made for "
        "wkhtmltopdf.",
    )
    pdf_variant = fields.Selection(
        [
            ("pdf/a-2b", "PDF/A-2b (archive)"),
            ("pdf/a-3b", "PDF/A-3b (archive, with embedded files)"),
            ("pdf/ua-1", "PDF/UA-1 (accessible)"),
        ],
        string="PDF variant",
        help="The standard that the PDF declares. Empty: a plain PDF.",
    )

    def _get_readable_fields(self):
        return super()._get_readable_fields() | {"pdf_engine"}

    def report_action(self, docids, data=None, config=True):
        """Tell the web client the engine: it must not ask for wkhtmltopdf then."""
        weasyprint = self.pdf_engine == "weasyprint"
        # The layout configurator styles wkhtmltopdf layouts only.
        action = super().report_action(docids, data=data, config=config and not weasyprint)
        if weasyprint:
            action["pdf_engine"] = self.pdf_engine
        return action

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Return ``{res_id: {"stream", "attachment"}}`` rendered by WeasyPrint.

        Without records, or when a record is named twice (then Odoo saves no attachment), there
        is one stream under the key ``False``.
        """
        report = self._get_report(report_ref)
        if report.pdf_engine != "weasyprint":
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        data = {"report_type": "pdf", "debug": False, **(data or {})}
        if not res_ids:
            pdf = self._render_weasyprint(report, res_ids, data)
            return {False: {"stream": io.BytesIO(pdf), "attachment": None}}
        if len(res_ids) != len(set(res_ids)):
            return {
                False: {"stream": self._join_weasyprint(report, res_ids, data), "attachment": None}
            }
        return {
            record.id: self._prepare_weasyprint_stream(report, record, data)
            for record in self.env[report.model].browse(res_ids)
        }

    def _prepare_weasyprint_stream(self, report, record, data):
        """Return the stream of one record: the stored document, or a new one."""
        attachment = None
        if report.attachment and not self.env.context.get("report_pdf_no_attachment"):
            attachment = report.retrieve_attachment(record)
        if attachment and report.attachment_use:
            return {"stream": self._stored_stream(attachment), "attachment": attachment}
        pdf = self._render_weasyprint(report, record.ids, data)
        return {"stream": io.BytesIO(pdf), "attachment": attachment}

    def _stored_stream(self, attachment):
        """Return the stored document; a picture (a scan, say) becomes a page, as in core."""
        if not (attachment.mimetype or "").startswith("image"):
            return io.BytesIO(attachment.raw)
        stream = io.BytesIO()
        Image.open(io.BytesIO(attachment.raw)).convert("RGB").save(stream, format="pdf")
        return stream

    def _join_weasyprint(self, report, res_ids, data):
        streams = [
            io.BytesIO(self._render_weasyprint(report, [res_id], data)) for res_id in res_ids
        ]
        with self._merge_pdfs(streams) as merged:
            return io.BytesIO(merged.getvalue())

    def _render_weasyprint(self, report, res_ids, data):
        """Return the PDF bytes of ``res_ids`` as one document."""
        html = self.with_context(debug=False)._render_qweb_html(report, res_ids, data=data)[0]
        html = html.decode() if isinstance(html, bytes) else str(html)
        return self._weasyprint_from_html(
            report, html, self._get_pdf_attachments(report, res_ids or [])
        )

    def _weasyprint_from_html(self, report, html, attachments=()):
        """Return the PDF bytes of ``html`` in the variant and paper format of ``report``.

        :param attachments: what :meth:`_get_pdf_attachments` returns
        """
        base_url = self.get_base_url()
        try:
            return engine.render_pdf(
                html,
                load=lambda url: self._load_local_url(url, base_url),
                base_url=base_url,
                variant=report.pdf_variant or None,
                page_css=self._get_weasyprint_page_css(report),
                embedded=[engine.EmbeddedFile(*attachment) for attachment in attachments],
            )
        except ImportError as error:
            raise UserError(
                self.env._(
                    "The report “%(report)s” is printed by WeasyPrint, which is not installed on "
                    "this server (%(error)s). Ask the administrator to install the Python package "
                    "weasyprint.",
                    report=report.name,
                    error=error,
                )
            ) from error

    @api.model
    def _get_pdf_attachments(self, report, res_ids):
        """Return the files to embed in the PDF of ``res_ids``; made to be extended.

        :returns: list of (name, bytes, MIME type, relationship); relationship is Source, Data,
            Alternative, Supplement or Unspecified
        """
        return []

    @api.model
    def _get_weasyprint_page_css(self, report):
        """Return the ``@page`` rule of the report's own paper format; a template's CSS wins."""
        paper = report.paperformat_id
        if not paper:
            return None
        margins = (paper.margin_top, paper.margin_right, paper.margin_bottom, paper.margin_left)
        return engine.page_css(paper.print_page_width, paper.print_page_height, margins)

    @api.model
    def _load_local_url(self, url, base_url):
        """Return (content, MIME type) of a URL of this Odoo with the rights of the user.

        :raises LookupError: the URL is elsewhere, unknown, or not for this user
        """
        path = local_url.local_path(url, base_url)
        if path is None:
            raise LookupError(f"a report may load nothing from elsewhere: {url[:200]}")
        target = local_url.resolve(path)
        try:
            if target.kind == "static":
                return self._load_static(target.path)
            if target.kind == "record":
                return self._load_record(target)
            return self._load_asset(target.path)
        except (AccessError, MissingError, UserError, OSError, ValueError) as error:
            raise LookupError(f"{path}: {error}") from error

    @api.model
    def _load_static(self, path):
        with open(file_path(path), "rb") as file:
            return file.read(), mimetypes.guess_type(path)[0] or "application/octet-stream"

    @api.model
    def _load_record(self, target):
        record = self.env["ir.binary"]._find_record(
            res_model=target.model, res_id=target.res_id, field=target.field
        )
        if record._name == "ir.attachment":
            return record.raw, record.mimetype
        if (
            record._fields.get(target.field) is None
            or record._fields[target.field].type != "binary"
        ):
            raise LookupError(f"{target.model} has no picture {target.field}")
        # Not by the HTTP stream: a scheduled action prints without a request.
        content = base64.b64decode(record.with_context(bin_size=False)[target.field] or b"")
        return content, guess_mimetype(content, default="application/octet-stream")

    @api.model
    def _load_asset(self, path):
        """Return an attachment served under its own URL (asset bundles); public ones only."""
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search([("url", "=", path), ("type", "=", "binary"), ("public", "=", True)], limit=1)
        )
        if not attachment:
            raise LookupError(f"nothing is stored under {path}")
        return attachment.raw, attachment.mimetype
