# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import binascii
from urllib.parse import unquote_plus

from odoo import fields
from odoo.http import Controller, request

from odoo.addons.rest_api.rate import check_rate

from ..errors import TOKEN_PATHS, respond
from .door import count_wrong_key, door, get_base

DISCOVERY = "/.well-known/openid-configuration"


class Authentication(Controller):
    """Access tokens by client credentials (RFC 6749, 4.4), and where they are given."""

    @door(list(TOKEN_PATHS), "POST")
    def give_token(self, **_form):
        """Give a client a token; the credentials are in the header or in the form."""
        check_rate(f"pact address {request.httprequest.remote_addr}")
        form = request.httprequest.form
        if form.get("grant_type") != "client_credentials":
            return _refuse("unsupported_grant_type", "grant_type must be client_credentials.")
        key, secret, has_both = _read_credentials(form)
        if has_both:
            return _refuse("invalid_request", "Give the credentials once: in header or in form.")
        client = request.env["pact.client"].sudo()._authenticate(key, secret)
        if not client:
            count_wrong_key()
            headers = {"WWW-Authenticate": 'Basic realm="PACT"'}
            return _refuse("invalid_client", "Client authentication failed.", 401, headers)
        token, seconds = request.env["pact.token"].sudo()._issue(client)
        client._stamp({"last_used_at": fields.Datetime.now()})
        body = {"access_token": token, "token_type": "Bearer", "expires_in": seconds}
        return respond(body, 200, {"Pragma": "no-cache"})

    @door(DISCOVERY, "GET")
    def discover(self, **_query):
        """Say where tokens are given."""
        base = get_base()
        body = {
            "issuer": base,
            "token_endpoint": base + TOKEN_PATHS[0],
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "response_types_supported": ["token"],
        }
        return respond(body, 200, {})


def _read_credentials(form) -> tuple[str, str, bool]:
    """Return ID and secret of the request, and whether it gave them in two ways at once."""
    scheme, _blank, coded = request.httprequest.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", ""), False
    try:
        text = base64.b64decode(coded, validate=True).decode()
    except (binascii.Error, ValueError):
        return "", "", False
    key, _colon, secret = text.partition(":")
    return unquote_plus(key), unquote_plus(secret), "client_secret" in form


def _refuse(error: str, sentence: str, status: int = 400, headers: dict | None = None):
    return respond({"error": error, "error_description": sentence}, status, headers or {})
