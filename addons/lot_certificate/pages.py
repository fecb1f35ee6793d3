# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Answer strangers by pages of our own: in their language, with nothing from elsewhere."""

from odoo.http import request

PREFIX = "/verify"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


def is_ours(path):
    """Return whether a path is one of the public verify pages."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def get_language():
    """Return an installed language the browser asks for, else that of the site."""
    installed = [code for code, _name in request.env["res.lang"].get_installed()]
    short = {code.split("_")[0]: code for code in reversed(installed)}
    for wanted, _quality in request.httprequest.accept_languages:
        code = wanted.replace("-", "_")
        if code in installed:
            return code
        if code.split("_")[0] in short:
            return short[code.split("_")[0]]
    return request.env["ir.http"]._get_default_lang().code or "en_US"


def respond(template, values, status=200, **headers):
    """Render a template in the language among its values."""
    view = request.env["ir.qweb"].with_context(lang=values.get("lang"))
    html = view._render(template, values)
    return request.make_response(
        html,
        headers=[
            ("Content-Type", "text/html; charset=utf-8"),
            *{**HEADERS, **headers}.items(),
        ],
        status=status,
    )


def message(code, status, **headers):
    """Say in a sentence what is wrong and what to do."""
    values = {"lang": get_language(), "code": code}
    return respond("lot_certificate.verify_message", values, status=status, **headers)
