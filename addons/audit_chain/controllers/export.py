# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

from ..models.audit_chain_mixin import AuditChainMixin


class AuditChainExport(http.Controller):
    """The download behind the buttons “Export chain”."""

    @http.route(
        "/audit_chain/export/<string:model>/<int:company_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def export(self, model, company_id):
        """Send the chain of a company as JSON lines, to whoever may read the model."""
        records = request.env.get(model)
        company = request.env["res.company"].browse(company_id)
        if not isinstance(records, AuditChainMixin) or company not in request.env.user.company_ids:
            raise request.not_found()
        try:
            text = records.export_chain_jsonl(company_id)
        except AccessError as exc:
            raise request.not_found() from exc
        name = re.sub(r"[^\w.-]+", "-", f"{company.name}-{model}")
        headers = [
            ("Content-Type", "application/x-ndjson; charset=utf-8"),
            ("Content-Disposition", content_disposition(f"{name}.jsonl")),
        ]
        return request.make_response(text.encode(), headers)
