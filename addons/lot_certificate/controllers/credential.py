# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import time

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request

from ..tools import credential, document
from ..tools.rate_limit import RateLimit
from .verify import MAX_BODY, VerifyController

READS = RateLimit(per_minute=600, burst=200)


class CredentialController(VerifyController):
    """Verifiable credentials: the issuer's keys, the status lists, and the credential itself."""

    @http.route(
        "/did/<string:name>/did.json",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def did_document(self, name, **_kwargs):
        """Publish the keys of an issuer (`did:web`)."""
        company = self._find_issuer(name)
        if company is None:
            return self._too_many()
        if not company:
            return self._not_found()
        text = json.dumps(company._get_did_document(), sort_keys=True)
        return self._publish(text, "application/did+json")

    @http.route(
        "/did/<string:name>/status/<int:number>/<string:purpose>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def status_list(self, name, number, purpose, **_kwargs):
        """Publish which credentials of an issuer were revoked or replaced."""
        company = self._find_issuer(name)
        if company is None:
            return self._too_many()
        if not company or purpose not in credential.PURPOSES or number >> 14:
            return self._not_found()
        certificates = request.env["lot.certificate"].sudo()
        url = f"{company.get_base_url().rstrip('/')}/did/{name}/status/{number}/{purpose}"
        try:
            text = certificates._get_status_list(company, number, purpose, url)
        except (UserError, ValueError):
            # whoever asks need not know what is wrong with the issuer's key
            return request.make_response("", status=503, headers=[("Retry-After", "600")])
        return self._publish(text, credential.MEDIA_TYPE)

    @http.route(
        "/verify/<string:token>/credential",
        type="http",
        auth="public",
        methods=["POST"],
        # It changes nothing, and who has the issued file has all that the credential says.
        csrf=False,
        save_session=False,
        max_content_length=MAX_BODY,
    )
    def verify_credential(self, token, **_kwargs):
        """Hand out the credential to whoever shows the issued PDF or declaration.json."""
        if refusal := self._refuse_upload():
            return refusal
        certificate = self._find(token)
        if not certificate:
            return self._not_found()
        content = self._read_upload() or b""
        issued = certificate._get_document_text()
        finding = document.judge(content, issued, certificate.pdf_sha256)
        if finding.verdict != "valid":
            return self._render(certificate, finding)
        return self._send_credential(certificate)

    @http.route(
        "/lot_certificate/<int:certificate_id>/credential",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def own_credential(self, certificate_id, **_kwargs):
        """Send the credential to a user who may read the certificate."""
        certificate = request.env["lot.certificate"].search([("id", "=", certificate_id)])
        if not certificate:
            raise request.not_found()
        try:
            certificate.export_credential()
        except (AccessError, UserError) as error:
            raise request.not_found() from error
        return self._send_credential(certificate.sudo())

    # -- parts --------------------------------------------------------------------------------

    def _find_issuer(self, name):
        """Return the company of a DID, an empty one for a wrong name, None for too many."""
        if not READS.allow(self._address(), time.monotonic()):
            return None
        return request.env["res.company"].sudo().search([("did_name", "=", name)], limit=1)

    def _publish(self, text, mimetype):
        """Answer with what anybody may read, from anywhere."""
        headers = [
            ("Content-Type", mimetype),
            ("Access-Control-Allow-Origin", "*"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-cache"),
        ]
        return request.make_response(text, headers=headers)

    def _send_credential(self, certificate):
        headers = [
            ("Content-Type", credential.MEDIA_TYPE),
            ("Content-Disposition", content_disposition(certificate._get_credential_name())),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(certificate.credential, headers=headers)
