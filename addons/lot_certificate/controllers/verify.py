# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import re
import time

from werkzeug.exceptions import RequestEntityTooLarge

from odoo import http
from odoo.http import request

from .. import pages
from ..models.frozen import OUT
from ..tools import altered, document, moment, signing, wording
from ..tools.rate_limit import RateLimit

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
MAX_FILE = 10 * 1024 * 1024
# The form around the file, its boundary and names.
MAX_BODY = MAX_FILE + 64 * 1024
# Who knows a token may look as often as he likes; who guesses tokens is soon refused.
MISSES = RateLimit(per_minute=20, burst=20)
UPLOADS = RateLimit(per_minute=30, burst=15)


class VerifyController(http.Controller):
    """The page behind the QR code: what a stranger with the document in hand may know.

    It says whether the document is valid, replaced or revoked and repeats the few facts by which
    it is recognised. Suppliers, process and figures are in the document itself, not here.
    """

    @http.route(
        "/verify/<string:token>", type="http", auth="public", methods=["GET"], save_session=False
    )
    def verify_page(self, token, **_kwargs):
        """Show the state of one document; an unknown token is a plain 404."""
        certificate = self._find(token)
        if not certificate:
            return self._not_found()
        return self._render(certificate)

    @http.route(
        "/verify/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        # It changes nothing and answers with what the caller himself sent.
        csrf=False,
        save_session=False,
        max_content_length=MAX_BODY,
    )
    def verify_file(self, token, **_kwargs):
        """Compare a file with what was issued: PDF or declaration.json, at most 10 MB."""
        if refusal := self._refuse_upload():
            return refusal
        certificate = self._find(token)
        if not certificate:
            return self._not_found()
        content = self._read_upload()
        if content is None:
            return self._render(certificate)
        return self._render(certificate, self._judge(certificate, content))

    def _judge(self, certificate, content):
        """Compare a file with what was issued; of a PDF say what of it is another."""
        issued = certificate._get_document_text()
        finding = document.judge(content, issued, certificate.pdf_sha256)
        if (finding.verdict, finding.reason) == ("altered", "pdf"):
            return altered.explain_pdf(content, certificate.attachment_id.raw or b"", issued)
        return finding

    # -- parts --------------------------------------------------------------------------------

    def _address(self):
        return request.httprequest.remote_addr or ""

    def _refuse_upload(self):
        """Return the answer to who sends too many; too much at once never gets here (`ir.http`)."""
        if not UPLOADS.allow(self._address(), time.monotonic()):
            return self._too_many()
        return None

    def _read_upload(self):
        """Return the file of the form, which may be empty, or None without one."""
        upload = request.httprequest.files.get("file")
        if not upload:
            return None
        content = upload.stream.read(MAX_FILE + 1)
        if len(content) > MAX_FILE:
            raise RequestEntityTooLarge  # said by `ir.http`, as of what Odoo refuses itself
        return content

    def _find(self, token):
        """Return the issued certificate of a token; misses of one address are counted."""
        certificates = request.env["lot.certificate"].sudo()
        now = time.monotonic()
        if MISSES.is_full(self._address(), now):
            return certificates
        found = certificates
        if TOKEN.fullmatch(token):
            found = certificates.search(
                [("verify_token", "=", token), ("state", "in", OUT)], limit=1
            )
        if not found:
            MISSES.allow(self._address(), now)
        return found

    def _render(self, certificate, finding=None):
        language = pages.get_language()
        certificate = certificate.with_context(lang=language)
        snapshot = json.loads(certificate.snapshot)
        locale = wording.get_locale(language)
        facts = signing.read_certificate(certificate.signer_certificate.encode())
        values = {
            "lang": language,
            "certificate": certificate,
            "status": certificate.state if certificate._is_intact() else "altered",
            "snapshot": snapshot,
            "fact": snapshot["identification"],
            "address": self._get_address(certificate.env, snapshot),
            "kind": self._get_title(certificate.env, snapshot),
            "quantity": wording.number(snapshot["identification"]["quantity"], locale),
            "issued": wording.when(snapshot["issued"], locale),
            "revoked": wording.when(
                moment.state_ms(certificate.revoked_at_ms, snapshot["issued"]["zone"]), locale
            ),
            "replaced_by": certificate._get_newest() - certificate,
            "signer": facts,
            "finding": finding,
        }
        return pages.respond("lot_certificate.verify_page", values)

    def _get_address(self, env, snapshot):
        """Return the issuer's address; the country, last in it, as the visitor calls it."""
        address = snapshot["issuer"]["address"]
        signed = env["res.lang"]._get_code(snapshot.get("language") or "en_US")
        if signed == env.lang:
            return address
        place, comma, country = address.rpartition(", ")
        found = env["res.country"].with_context(lang=signed).search([("name", "=", country)])
        return f"{place}{comma}{found.with_env(env).name}" if len(found) == 1 else address

    def _get_title(self, env, snapshot):
        titles = env["report.lot_certificate.document"]._get_titles(env)
        return titles[snapshot.get("title") or snapshot["kind"]]

    def _not_found(self):
        if MISSES.is_full(self._address(), time.monotonic()):
            return self._too_many()
        return pages.message("unknown", 404)

    def _too_many(self):
        return pages.message("too_many", 429, **{"Retry-After": "60"})
