# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring.tools.sample import IngestResult, Sample

from ..tools.message import Counts, Ignored, Message, Notice, Records, Retained
from ..tools.payload import Reject
from ..tools.router import Router


class MqttBrokerReceive(models.Model):
    """What a batch of a bridge becomes: readings, dead letters, and what was noticed."""

    _inherit = "mqtt.broker"

    dropped_seen = BigInt("Dropped by the broker", readonly=True, copy=False, default=-1)

    def _get_router(self) -> Router:
        settings = self._get_settings()
        return Router(settings.mappings, settings.monitored)

    @api.private
    def _receive(self, batch: list[Message | Notice], router: Router) -> Counts:
        """Take a batch through the one door: readings are stored, the rest become dead letters.

        All or nothing: the caller commits, and acknowledges only then. How many queries it takes
        does not depend on the size of the batch.
        """
        self.ensure_one()
        samples, sources, refused, notices, passed = [], [], [], [], []
        retained = ignored = 0
        taken = Counts()
        for message in batch:
            if isinstance(message, Notice):
                notices.append(message)
                continue
            result = router.decode(message)
            if isinstance(result, Sample):
                samples.append(result)
                sources.append(message)
            elif isinstance(result, Records):
                taken += self._deliver_records(result)
            elif isinstance(result, Reject):
                refused.append((message, result.reason))
            else:
                retained += isinstance(result, Retained)
                ignored += isinstance(result, Ignored)
                if message.is_metric and router.find(message.topic) is None:
                    passed.append(message)
        outcome = self._ingest(samples) if samples else IngestResult(0, 0, [])
        refused += [(sources[index], reason) for index, reason in outcome.rejected]
        self._sight(router, passed, refused)
        self._note_taken(router, sources, refused)
        self.env["mqtt.dead.letter"]._bury(self, refused, router)
        self._note(notices)
        counts = Counts(outcome.stored, outcome.duplicates, len(refused), retained, ignored)
        return counts + taken

    def _deliver_records(self, records: Records) -> Counts:
        """Hand the records of one message to their door; what it refuses is kept for a replay."""
        door = self._in_company()["process.reading"]
        answer = door._deliver_items("record", list(records.items), records.origin)
        if answer["stored"]:
            return Counts(stored=1)
        return Counts(duplicates=1) if answer["duplicates"] else Counts(rejected=1)

    @staticmethod
    def _note_taken(router: Router, taken: list[Message], refused: list) -> None:
        """Tell the router of each metric whether its newest value could be taken."""
        for message in taken:
            router.note(message, is_taken=True)
        for message, _reason in refused:
            router.note(message, is_taken=False)

    def _note(self, notices: list[Notice]) -> None:
        """Keep what the bridge noticed: births and deaths by source, the rest as findings."""
        states = [notice for notice in notices if notice.kind in ("birth", "death")]
        findings = [notice for notice in notices if notice.kind not in ("birth", "death", "")]
        self.env["mqtt.node"]._note(self, states)
        counted = [self._count_drops(notice) for notice in findings]
        self.env["mqtt.finding"]._note(self, [notice for notice in counted if notice])

    def _count_drops(self, notice: Notice) -> Notice | None:
        """Of the broker's own counter, tell what is new; after its restart it counts from 0.

        What was dropped before this bridge first looked is not known to concern it.
        """
        if notice.kind != "overflow":
            return notice
        before = self.dropped_seen
        self.env.cr.execute(
            SQL("UPDATE mqtt_broker SET dropped_seen = %s WHERE id = %s", notice.count, self.id)
        )
        self.invalidate_recordset(["dropped_seen"])
        count = notice.count - before if notice.count >= before else notice.count
        if before < 0 or not count:
            return None
        detail = self.env._(
            "The broker has dropped %s messages of its clients: a queue is too short.", count
        )
        return replace(notice, detail=detail, count=count)

    def _ingest(self, samples: list[Sample], now_ms: int | None = None) -> IngestResult:
        """Hand samples to the door of readings, in the name of this broker's company alone."""
        return self._in_company()["process.reading"]._ingest(samples, now_ms)

    def _note_unchanged(self, codes: list[str], at_ms: int) -> None:
        """Say of sensors that their sources are connected and have nothing new to report."""
        self._in_company()["process.sensor"]._note_unchanged(codes, at_ms)

    # -- how far the bridge has come (see process.feed) -----------------------------------------

    def _start_listening(self, client: str) -> int:
        return self._get_feed()._start_listening(self._get_origin(), client)

    def _report_feed(self, client: str, complete_ms: int | None) -> None:
        self._get_feed()._report(self._get_origin(), client, complete_ms)

    def _stop_listening(self, client: str) -> None:
        self._get_feed()._stop_listening(self._get_origin(), client)

    def _get_feed(self):
        return self._in_company()["process.feed"]

    def _get_origin(self) -> str:
        """Return what the samples of this connection carry as their origin.

        Of this one alone: of two brokers, one may be down while the other is through.
        """
        return f"sparkplug:{self.id}" if self.is_sparkplug else f"mqtt:{self.id}"

    def _in_company(self):
        """The environment in which sensor codes are those of this broker's company."""
        return self.with_context(allowed_company_ids=self.company_id.ids).env
