# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A partner's exchange as ours calls it: a token by client credentials, then an event or a list.

Nothing is followed elsewhere: no redirect, no page on another host, and a token endpoint must be
encrypted as the exchange itself. A host inside a network of somebody's own is called only where the
plant trusts it by name; what is called is the very address that was checked (`checked.py`). A
private certificate authority is named by `BATCHPROOF_PACT_CA`.
"""

import contextlib
import json
import os
import socket
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import requests
from requests.utils import select_proxy

from .checked import CheckedAdapter
from .tools import peer_url

CA_VARIABLE = "BATCHPROOF_PACT_CA"
TIMEOUT = 30
MEDIA_TYPE = "application/cloudevents+json; charset=UTF-8"
MAX_ANSWER = 2_000_000
MAX_PAGES = 20


class Undelivered(Exception):
    """The exchange could not be reached or did not answer as it should; the text says why."""


@dataclass(frozen=True)
class Peer:
    """Where a partner's exchange is, who we are there, and which hosts the plant trusts."""

    url: str
    client: str = ""
    variable: str = ""
    trusted: frozenset[str] = frozenset()

    def send(self, body: str) -> None:
        """Post an event; raise `Undelivered` unless it was taken."""
        with self._open() as http:
            headers = {"Content-Type": MEDIA_TYPE, **self._authorize(http)}
            self._call(http, "POST", self._join("/3/events"), data=body.encode(), headers=headers)

    def find(self, product_ids: tuple[str, ...]) -> list:
        """Return the product footprints of any of these identifiers, page by page."""
        found = []
        with self._open() as http:
            headers = {"Accept": "application/json", **self._authorize(http)}
            query = "&".join(f"productId={quote(name, safe=':')}" for name in product_ids)
            url = self._join(f"/3/footprints?{query}")
            for _page in range(MAX_PAGES):
                answer = self._call(http, "GET", url, headers=headers)
                found += _read_data(answer, list)
                url = answer.links.get("next", {}).get("url", "")
                if not url:
                    return found
                if not peer_url.is_same_host(url, self.url):
                    raise Undelivered(f"the next page is on another host: {url[:200]}")
        raise Undelivered(f"the list has more than {MAX_PAGES} pages")

    def get(self, footprint_id: str) -> dict:
        """Return one product footprint."""
        with self._open() as http:
            headers = {"Accept": "application/json", **self._authorize(http)}
            url = self._join(f"/3/footprints/{footprint_id}")
            return _read_data(self._call(http, "GET", url, headers=headers), dict)

    # -- token ----------------------------------------------------------------------------------

    def _authorize(self, http: requests.Session) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._get_token(http)}"} if self.client else {}

    def _get_token(self, http: requests.Session) -> str:
        secret = os.environ.get(self.variable or "")
        if not peer_url.is_secret_name(self.variable or "") or not secret:
            raise Undelivered(
                f"the secret is not in the environment variable {self.variable or '(none named)'}"
            )
        answer = self._call(
            http,
            "POST",
            self._find_token_endpoint(http),
            data={"grant_type": "client_credentials"},
            headers={"Accept": "application/json"},
            auth=(self.client, secret),
        )
        try:
            token = json.loads(answer.text).get("access_token")
        except (ValueError, AttributeError):
            token = None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise Undelivered("the token endpoint answered without an access token")
        return token

    def _find_token_endpoint(self, http: requests.Session) -> str:
        """Ask the exchange where it gives tokens; it need not say."""
        usual = self._join("/auth/token")
        try:
            answer = self._call(http, "GET", self._join("/.well-known/openid-configuration"))
            named = json.loads(answer.text).get("token_endpoint")
        except (Undelivered, ValueError, AttributeError):
            return usual
        is_url = isinstance(named, str) and not peer_url.find_problem(named, self.trusted)
        return named if is_url else usual

    # -- call -----------------------------------------------------------------------------------

    def _call(self, http: requests.Session, method: str, url: str, **kwargs) -> "Answer":
        """Send one request and read its answer, up to a size; raise `Undelivered` on any other."""
        self._check_proxied(http, url)
        try:
            with http.request(
                method,
                url,
                timeout=TIMEOUT,
                allow_redirects=False,
                verify=_get_authority(),
                stream=True,
                **kwargs,
            ) as response:
                answer = Answer(_read_text(response, url), dict(response.links))
        except (requests.RequestException, OSError, UnicodeError) as error:
            raise Undelivered(f"{url}: {type(error).__name__}") from error
        if not 200 <= response.status_code < 300:
            raise Undelivered(f"{url} answered {response.status_code}")
        return answer

    def _open(self) -> requests.Session:
        """Return a session whose connections are checked as they are opened."""
        http = requests.Session()
        for scheme in ("https://", "http://"):
            http.mount(scheme, CheckedAdapter(self._find_addresses))
        return http

    def _check_proxied(self, http: requests.Session, url: str) -> None:
        """Through a proxy it is the proxy that connects: look at the name before it is told.

        A proxy may know a name that this machine does not, and is then the one who decides.
        """
        settings = http.merge_environment_settings(url, {}, None, None, None)
        if select_proxy(url, settings["proxies"]):
            parts = urlsplit(url)
            with contextlib.suppress(OSError, UnicodeError):
                self._find_addresses(parts.hostname, parts.port or 443)

    def _find_addresses(self, host: str, port: int) -> list[str]:
        """Resolve a host; refuse one in a network of somebody's own, unless it is trusted by name.

        One address inside is enough to refuse: which one is called would be left to chance.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(each[4][0]) for each in found]
        if host not in self.trusted and not all(map(peer_url.is_outside, addresses)):
            raise Undelivered(
                f"{host} is inside a private network; an administrator may trust it by "
                "name: system parameter carbon_pact.trusted_hosts"
            )
        return addresses

    def _join(self, path: str) -> str:
        return self.url.rstrip("/") + path


@dataclass(frozen=True)
class Answer:
    """What an exchange answered with."""

    text: str
    links: dict


def _read_text(response: requests.Response, url: str) -> str:
    content = bytearray()
    for chunk in response.iter_content(65_536):
        content += chunk
        if len(content) > MAX_ANSWER:
            raise Undelivered(f"{url} answered with more than {MAX_ANSWER} bytes")
    return content.decode("utf-8", "replace")


def _read_data(answer: Answer, kind: type):
    try:
        data = json.loads(answer.text)["data"]
    except (ValueError, KeyError, TypeError, RecursionError):
        data = None
    if not isinstance(data, kind):
        raise Undelivered("the exchange answered with something else than product footprints")
    return data


def _get_authority() -> str | bool:
    """Return whom to trust, named with each request: a session's own setting yields to others."""
    return os.environ.get(CA_VARIABLE) or True
