# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
import re
import time

from odoo import http
from odoo.http import request

from .. import pages
from ..models.frozen import OUT
from ..tools import altered, document, moment
from . import verify

NUMBER = re.compile(r"[A-Z0-9][A-Z0-9/._-]{2,40}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DAY_MS = 86_400_000
# The camera needs a script of our own; everything else stays as strict as on the other pages.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'self'; "
        "media-src 'self' blob: mediastream:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(self)",
}


class VerifyStartController(verify.VerifyController):
    """The page for who has a document but no code at hand: scan, number and date, or file.

    A number alone says nothing: numbers follow each other. Number and date of issue, both printed
    on the document, say whether it is valid and nothing else; a wrong date looks like a number that
    does not exist, and each miss of an address is counted.
    """

    @http.route("/verify", type="http", auth="public", methods=["GET"], save_session=False)
    def verify_start(self, **_kwargs):
        """Show the ways to check a document."""
        return self._start()

    @http.route(
        "/verify",
        type="http",
        auth="public",
        methods=["POST"],
        # It changes nothing and answers with what the caller himself sent.
        csrf=False,
        save_session=False,
        max_content_length=verify.MAX_BODY,
    )
    def verify_any(self, **_kwargs):
        """Judge a dropped file by the document it claims to be, or a number with its date."""
        if refusal := self._refuse_upload():
            return refusal
        content = self._read_upload()
        if content is not None:
            return self._judge_file(content)
        form = request.httprequest.form
        return self._judge_number(form.get("number", ""), form.get("date", ""))

    # -- parts --------------------------------------------------------------------------------

    def _judge_file(self, content):
        """Find the document the file is, or names, and say what became of it."""
        certificates = request.env["lot.certificate"].sudo()
        domain = [("pdf_sha256", "=", document.sha256(content)), ("state", "in", OUT)]
        certificate = certificates.search(domain, limit=1)
        if not certificate:
            certificate = self._find(altered.find_token(content) or "")
        if not certificate:
            return self._not_found() if self._is_guessing() else self._start("unknown_file")
        return self._render(certificate, self._judge(certificate, content))

    def _judge_number(self, number, day):
        number, day = " ".join(number.split()), day.strip()
        # upper case would make plain letters of some that only look like them
        number = number.upper() if number.isascii() else ""
        if not (NUMBER.fullmatch(number) and DAY.fullmatch(day)):
            return self._start("incomplete")
        if self._is_guessing():
            return self._too_many()
        found = self._find_by_number(number, day)
        if not found:
            verify.MISSES.allow(self._address(), time.monotonic())
            return self._start("unknown_number")
        answers = [
            {
                "issuer": certificate._get_snapshot_data()["issuer"]["name"],
                "status": certificate.state if certificate._is_intact() else "altered",
            }
            for certificate in found
        ]
        return self._start(number=number, answers=answers)

    def _find_by_number(self, number, day):
        """Return what was issued by that number on that day of its plant.

        The days around it are looked for at once: a number that exists takes no longer than one
        that does not, unless the guessed day is near.
        """
        try:
            start = moment.day_ms(datetime.date.fromisoformat(day))
        except ValueError:  # the 30th of February
            start = 0
        certificates = request.env["lot.certificate"].sudo()
        domain = [
            ("name", "=", number),
            ("state", "in", OUT),
            ("issued_at_ms", ">=", start - DAY_MS),
            ("issued_at_ms", "<", start + 2 * DAY_MS),
        ]
        return certificates.search(domain).filtered(
            lambda certificate: certificate._get_snapshot_data()["issued"]["local"][:10] == day
        )

    def _is_guessing(self):
        return verify.MISSES.is_full(self._address(), time.monotonic())

    def _start(self, problem=None, number=None, answers=()):
        values = {
            "lang": pages.get_language(),
            "problem": problem,
            "number": number,
            "answers": answers,
            "limit": verify.MAX_FILE,
        }
        status = 404 if problem in ("unknown_file", "unknown_number") else 200
        return pages.respond("lot_certificate.verify_start", values, status=status, **HEADERS)
