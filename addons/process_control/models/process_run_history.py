# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain


class Source(NamedTuple):
    """Where a part of the history lies: a model, the field of its time, and which records."""

    model: str
    at: str
    domain: Domain


class ProcessRunHistory(models.Model):
    """What happened to a batch, in time order, out of the three places where it is kept."""

    _inherit = "process.run"

    def _get_signature_domain(self) -> Domain:
        """Return which signatures belong to the batch: on its plan, stages, lots and deviations."""
        documents = (
            self.plan_id,
            self.stage_ids,
            self.stage_ids.approval_ids,
            self.deviation_ids,
            self.lot_ids,
        )
        return Domain.OR(
            Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
            for records in documents
        )

    def _get_history_sources(self) -> list[Source]:
        """Return where the history lies; the place in the list decides between equal times."""
        own = Domain("run_id", "=", self.id)
        return [
            Source("process.transition", "at_ms", own),
            Source("process.deviation", "opened_ms", own),
            Source("audit.signature", "signed_at_ms", self._get_signature_domain()),
        ]

    def _search_history(self, span, after, limit: int, newest_first: bool = False) -> list[tuple]:
        """Return entries as (ms, place of the source, record), at most `limit`.

        :param span: (from, until) in ms; None for no bound.
        :param after: (ms, place, id) of the last entry that was seen, or None.
        """
        self.ensure_one()
        self.check_access("read")
        since, until = span
        entries = []
        # who may read the batch may read what happened to it, as in its printed record
        for place, source in enumerate(self.sudo()._get_history_sources()):
            domain = source.domain
            if since is not None:
                domain &= Domain(source.at, ">=", since)
            if until is not None:
                domain &= Domain(source.at, "<", until)
            if after:
                domain &= self._get_after(source, place, after, newest_first)
            way = "desc" if newest_first else "asc"
            found = (
                self.env[source.model]
                .sudo()
                .search(domain, order=f"{source.at} {way}, id {way}", limit=limit)
            )
            entries += [(record[source.at], place, record) for record in found]
        entries.sort(key=lambda entry: (*entry[:2], entry[2].id), reverse=newest_first)
        return entries[:limit]

    def _get_after(self, source: Source, place: int, after, newest_first: bool) -> Domain:
        """Return which records of a source come after an entry in the order of the history."""
        at_ms, last_place, last_id = after
        beyond = "<" if newest_first else ">"
        later = Domain(source.at, beyond, at_ms)
        same_time = Domain(source.at, "=", at_ms)
        if place == last_place:
            return later | (same_time & Domain("id", beyond, last_id))
        is_still_to_come = place < last_place if newest_first else place > last_place
        return later | same_time if is_still_to_come else later
