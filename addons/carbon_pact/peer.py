# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The customer's exchange as ours calls it: a token by client credentials, then the event.

Nothing is followed elsewhere: no redirect, and a token endpoint must be encrypted as the exchange
itself. A private certificate authority is named by the variable `BATCHPROOF_PACT_CA`.
"""

import os
from dataclasses import dataclass

import requests

from .tools import peer_url

CA_VARIABLE = "BATCHPROOF_PACT_CA"
TIMEOUT = 30
MEDIA_TYPE = "application/cloudevents+json; charset=UTF-8"


class Undelivered(Exception):
    """The exchange could not be reached or did not take it; the text says why."""


@dataclass(frozen=True)
class Peer:
    """Where a customer's exchange is, and who we are there."""

    url: str
    client: str = ""
    variable: str = ""

    def send(self, body: str) -> None:
        """Post an event; raise `Undelivered` unless it was taken."""
        with requests.Session() as http:
            headers = {"Content-Type": MEDIA_TYPE}
            if self.client:
                headers["Authorization"] = f"Bearer {self._get_token(http)}"
            self._post(http, self._join("/3/events"), data=body.encode(), headers=headers)

    def _get_token(self, http: requests.Session) -> str:
        secret = os.environ.get(self.variable or "")
        if not peer_url.is_secret_name(self.variable or "") or not secret:
            raise Undelivered(
                f"the secret is not in the environment variable {self.variable or '(none named)'}"
            )
        answer = self._post(
            http,
            self._find_token_endpoint(http),
            data={"grant_type": "client_credentials"},
            headers={"Accept": "application/json"},
            auth=(self.client, secret),
        )
        try:
            token = answer.json().get("access_token")
        except (ValueError, AttributeError):
            token = None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise Undelivered("the token endpoint answered without an access token")
        return token

    def _find_token_endpoint(self, http: requests.Session) -> str:
        """Ask the exchange where it gives tokens; it need not say."""
        usual = self._join("/auth/token")
        try:
            answer = http.get(
                self._join("/.well-known/openid-configuration"),
                timeout=TIMEOUT,
                allow_redirects=False,
                verify=_get_authority(),
            )
            named = answer.json().get("token_endpoint") if answer.status_code == 200 else None
        except (requests.RequestException, ValueError, AttributeError):
            return usual
        is_url = isinstance(named, str) and not peer_url.find_problem(named)
        return named if is_url else usual

    def _post(self, http: requests.Session, url: str, **kwargs) -> requests.Response:
        try:
            answer = http.post(
                url, timeout=TIMEOUT, allow_redirects=False, verify=_get_authority(), **kwargs
            )
        except requests.RequestException as error:
            raise Undelivered(f"{url}: {type(error).__name__}") from error
        if not 200 <= answer.status_code < 300:
            raise Undelivered(f"{url} answered {answer.status_code}")
        return answer

    def _join(self, path: str) -> str:
        return self.url.rstrip("/") + path


def _get_authority() -> str | bool:
    """Return whom to trust, named with each request: a session's own setting yields to others."""
    return os.environ.get(CA_VARIABLE) or True
