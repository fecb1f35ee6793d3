# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A partner's system as a client of the exchange: the requests of the public suite's runner."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests

TYPE = "org.wbcsd.pact.ProductFootprint.{}Event.3"
EVENTS = "application/cloudevents+json; charset=UTF-8"
LINK = re.compile(r'<(.*)>;\s*rel="(.*)"')
FORM = {"grant_type": "client_credentials"}


class Customer:
    """A customer's system: its credentials, its token, and where it asks."""

    def __init__(self, url: str, plain: str, ca: str, key: str, secret: str, is_reader=True):
        # case 0: a base address may end with a slash; the token endpoint is looked for
        self.url, self.plain = url.rstrip("/"), plain
        self.key, self.secret = key, secret
        self.run = str(uuid.uuid4())
        self.http = requests.Session()
        self.http.trust_env = False  # else a bundle that the environment names is used instead
        self.http.verify = ca
        found = self.http.get(f"{self.url}/.well-known/openid-configuration", timeout=60).json()
        self.token_url = found.get("token_endpoint") or f"{self.url}/auth/token"
        self.token = self.ask_token(key, secret).json()["access_token"]
        if not is_reader:
            return
        self.footprints = self.get("/3/footprints").json()["data"]
        first = self.get("/3/footprints?limit=1")
        links = (LINK.match(each) for each in first.headers.get("link", "").split(", "))
        self.links = {each[2]: each[1] for each in links if each}

    def ask_token(self, key, secret, url=None):
        """Ask for a token with the credentials in the header; the host is named without a port."""
        headers = {"Accept": "application/json", "Host": urlsplit(self.url).hostname}
        return self.http.post(
            url or self.token_url, data=FORM, auth=(key, secret), headers=headers, timeout=60
        )

    def get(self, path, token=None, url=None, params=None):
        """Get a path, or the whole address of a link."""
        address = path if path.startswith("https:") else (url or self.url) + path
        headers = {
            "Authorization": f"Bearer {token or self.token}",
            "Content-Type": "application/json",
        }
        return self.http.get(address, headers=headers, params=params, timeout=60)

    def tell(self, kind, data, token=None, url=None, key=None):
        """Post an event."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        body = {
            "type": TYPE.format(kind),
            "specversion": "1.0",
            "id": key or str(uuid.uuid4()),
            "source": "http://localhost:8080",
            "time": now.replace("+00:00", "Z"),
            "data": data,
        }
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": EVENTS}
        return self.http.post(f"{url or self.url}/3/events", json=body, headers=headers, timeout=60)

    def list(self, params) -> list[dict]:
        """Return what a list holds, nothing that a list cannot hold."""
        answer = self.get("/3/footprints", params=params)
        answer.raise_for_status()
        return answer.json()["data"]
