# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who acts in the chain: the people and programs of a demo plant, each through their own door."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path

from client import Json2, Rest, Simulator, WebSession

DEMO = "process_demo"


class Plant:
    """One demo plant as the outside sees it, from the access file of a running system."""

    def __init__(self, access_file: Path, company: str, site: str, line: str):
        self.access = json.loads(access_file.read_text())
        self.mail_dir = Path(self.access["mail_dir"])
        self.site, self.line = site, line
        self.company_id: int | None = None
        self.company_id = self._lookup(self._sign_in("auditor"), company)
        self._people: dict[str, WebSession] = {}

    def ref(self, name: str) -> int:
        """Return the id behind an external id of the demo data; the auditor may read it all."""
        return self._lookup(self.person("auditor"), name)

    def key(self, role: str) -> Json2:
        """Return the external API with the key of a role."""
        access = self.access
        key = access["api_keys"][role]
        return Json2(access["url"], access["database"], key, self.company_id)

    def rest(self, role: str) -> Rest:
        """Return the batch-progression API with the key of a role."""
        return Rest(self.access["url"], self.access["database"], self.access["api_keys"][role])

    def person(self, role: str) -> WebSession:
        """Return the web session of the person who has a role."""
        if role not in self._people:
            self._people[role] = self._sign_in(role)
        return self._people[role]

    @cached_property
    def simulator(self) -> Simulator:
        """Return the line of this plant's sensors."""
        return Simulator(self.access, self.site, self.line)

    def _sign_in(self, role: str) -> WebSession:
        access, login = self.access, self.access["logins"][role]
        return WebSession(
            access["url"], access["database"], login["user"], login["password"], self.company_id
        )

    @staticmethod
    def _lookup(session: WebSession, name: str) -> int:
        found = session.call("ir.model.data", "check_object_reference", DEMO, name)
        if not found[1]:
            raise LookupError(f"{DEMO}.{name} cannot be read by the auditor")
        return found[1]
