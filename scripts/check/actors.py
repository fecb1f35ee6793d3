# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who acts in the chain: the people and programs of a demo plant, each through their own door."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from client import Json2, Rest, Simulator, WebSession

DEMO = "process_demo"


class Plant:
    """One demo plant as the outside sees it, from the access file of a running system."""

    def __init__(self, access_file: Path, company: str, site: str, line: str):
        self.access = json.loads(access_file.read_text())
        self.mail_dir = Path(self.access["mail_dir"])
        self._bare = self._key("integration", None)
        self.company_id = self.ref(company)
        self.site, self.line = site, line
        self._people: dict[str, WebSession] = {}

    def ref(self, name: str) -> int:
        """Return the id behind an external id of the demo data."""
        found = self._bare.call("ir.model.data", "check_object_reference", module=DEMO, xml_id=name)
        return found[1]

    def key(self, role: str) -> Json2:
        """Return the external API with the key of a role."""
        return self._key(role, self.company_id)

    def rest(self, role: str) -> Rest:
        """Return the batch-progression API with the key of a role."""
        return Rest(self.access["url"], self.access["database"], self.access["api_keys"][role])

    def person(self, role: str) -> WebSession:
        """Return the web session of the person who has a role."""
        if role not in self._people:
            login = self.access["logins"][role]
            self._people[role] = WebSession(
                self.access["url"],
                self.access["database"],
                login["user"],
                login["password"],
                self.company_id,
            )
        return self._people[role]

    @cached_property
    def simulator(self) -> Simulator:
        """Return the line of this plant's sensors."""
        return Simulator(self.access, self.site, self.line)

    def _key(self, role: str, company_id: int | None) -> Json2:
        access = self.access
        return Json2(access["url"], access["database"], access["api_keys"][role], company_id)


def names(records: list[dict[str, Any]]) -> str:
    """Return the names of some records, for a sentence."""
    return ", ".join(str(record.get("name") or record.get("display_name")) for record in records)
