# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What every path of the exchange does alike: encrypted only, known clients only, not too often."""

import re
import time

from odoo import http
from odoo.http import Response, request

from odoo.addons.rest_api.inputs import MAX_BODY
from odoo.addons.rest_api.rate import check_rate
from odoo.addons.rest_api.tools.token_bucket import Limiter

from ..errors import Refusal

# Who has a key asks as often as rest_api lets him; who guesses keys is soon refused.
GUESSES_A_MINUTE = 60
_guesses = Limiter()
# A path under which a proxy shows the exchange, such as /pcf.
PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+", re.ASCII)


def door(paths, method: str):
    """Make a handler a path that anybody reaches and that looks at the caller itself."""

    def decorate(handler):
        @http.route(
            paths,
            type="http",
            auth="public",
            methods=[method],
            csrf=False,
            save_session=False,
            max_content_length=MAX_BODY,
        )
        def wrapper(controller, **parameters):
            if request.httprequest.method == "OPTIONS":
                # Odoo routes it to every handler; asking what may be done must not do it
                return Response(status=204, headers={"Allow": f"{method}, OPTIONS"})
            require_encryption()
            return handler(controller, **parameters)

        # not by `functools.wraps`: Odoo would look at the handler's signature
        wrapper.__name__, wrapper.__doc__ = handler.__name__, handler.__doc__
        return wrapper

    return decorate


def get_base() -> str:
    """Return the address of the exchange as the caller knows it, also below a path of the proxy.

    Nothing is decided by it: who names a path himself gets his own links wrong and nobody else's.
    """
    prefix = request.httprequest.headers.get("X-Forwarded-Prefix", "").rstrip("/")
    is_path = bool(PREFIX.fullmatch(prefix))
    return request.httprequest.host_url.rstrip("/") + (prefix if is_path else "")


def require_encryption() -> None:
    """Refuse plain HTTP: a proxy that ends TLS says so, and Odoo's proxy_mode believes only it."""
    if request.httprequest.scheme != "https":
        raise Refusal(403, "Use https: nothing is answered over plain HTTP.")


def require_client():
    """Return the client whose token the request carries."""
    scheme, _blank, token = request.httprequest.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(401, "Give an access token.", WWW_Authenticate="Bearer")
    # superuser mode: a client is no user; what it may see is decided by its own domain alone
    known = request.env["pact.token"].sudo()._find(token.strip())
    if not known or known.client_id.state != "active":
        count_wrong_key()
        raise Refusal(401, "The access token is not valid.", WWW_Authenticate="Bearer")
    if not known._is_valid():
        raise Refusal(
            401, "The access token has ended.", code="TokenExpired", WWW_Authenticate="Bearer"
        )
    check_rate(f"pact client {known.client_id.id}")
    return known.client_id


def count_wrong_key() -> None:
    """Count wrong keys by address; a right one always passes, whoever else is guessing there."""
    caller = request.db, request.httprequest.remote_addr or ""
    taken = _guesses.take(caller, GUESSES_A_MINUTE, time.monotonic())
    if taken.wait_s:
        raise Refusal(429, "Too many wrong keys. Wait and go on.", Retry_After=str(taken.wait_s))
