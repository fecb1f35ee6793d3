# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ..tools import delivery
from ..tools.delivery import Record, Refused
from ..tools.sample import MAX_TEXT, IngestResult, Sample


class ProcessReadingDelivery(models.Model):
    """Readings and records that programs deliver as JSON: read, handed to the door, answered.

    Each item is taken or refused on its own. What is refused is kept, so that it can be replayed
    once the sensor or the mapping is there.
    """

    _inherit = "process.reading"

    @api.model
    def _deliver_items(self, kind: str, items: list, origin: str) -> dict:
        """Take what a program delivers, and keep what is refused.

        :param kind: "reading" or "record", which says how an item is read.
        :return: dict(stored, duplicates, refused: list of dict(index, figure, reason))
        """
        answer = self._take_items(kind, items, origin)
        kept = [
            (self._cut_out(items[line["index"]], line["figure"]), line["reason"])
            for line in answer["refused"]
        ]
        if kept:
            self.env["process.reading.refusal"]._keep(kind, origin[:MAX_TEXT], kept)
        return answer

    def _cut_out(self, item, figure: str | None):
        return delivery.cut_out(item, figure) if figure else item

    @api.model
    def _take_items(self, kind: str, items: list, origin: str, now_ms: int | None = None) -> dict:
        """Hand items to the door; `now_ms` is when they were received (default: now)."""
        read = self._read_record_items if kind == "record" else self._read_reading_items
        found, refused = read(items, origin[:MAX_TEXT])
        samples = [(place, one) for place, one in found if isinstance(one, Sample)]
        others = [(place, one) for place, one in found if not isinstance(one, Sample)]
        result = self._ingest([sample for _place, sample in samples], now_ms)
        taken = self._take_figures([figure for _place, figure in others], now_ms)
        refused += [(*samples[place][0], reason) for place, reason in result.rejected]
        refused += [(*others[place][0], reason) for place, reason in taken.rejected]
        return {
            "stored": result.stored + taken.stored,
            "duplicates": result.duplicates + taken.duplicates,
            "refused": [
                {"index": index, "figure": figure, "reason": reason}
                for index, figure, reason in sorted(refused, key=lambda line: (line[0], line[1]))
            ],
        }

    def _read_reading_items(self, items: list, origin: str) -> tuple[list, list]:
        """Return ((index, no figure), sample) each, and (index, no figure, reason) each."""
        samples, refused = [], []
        for index, item in enumerate(items):
            found = delivery.read_reading(item, origin)
            if isinstance(found, Refused):
                refused.append((index, "", found.reason))
            else:
                samples.append(((index, ""), found))
        return samples, refused

    def _read_record_items(self, items: list, origin: str) -> tuple[list, list]:
        """Return ((index, figure), sample) each, and (index, figure, reason) each.

        What is no sample is a figure for somebody else, who takes it by `_take_figures`.
        """
        table = self._get_record_table()
        samples, refused, checked = [], [], {}
        for index, item in enumerate(items):
            record = delivery.read_record(item)
            if isinstance(record, Refused):
                refused.append((index, "", record.reason))
                continue
            place = record.batch, record.step
            if place not in checked:
                checked[place] = self._check_record(record)
            if reason := checked[place]:
                refused.append((index, "", reason))
                continue
            refused += [(index, path, reason) for path, reason in record.refused]
            for figure in record.figures:
                sample = self._prepare_figure(record, figure, table, origin)
                if isinstance(sample, Refused):
                    refused.append((index, figure.path, sample.reason))
                else:
                    samples.append(((index, figure.path), sample))
        return samples, refused

    def _prepare_figure(self, record: Record, figure, table: dict, origin: str):
        """Return the sample of one figure, or why no sensor takes it."""
        target = self._find_target(record, figure, table)
        if target is None:
            return Refused(f"No sensor is mapped to {figure.path} of step {record.step!r}.")
        sensor, unit = target
        return Sample(
            sensor=sensor,
            source_ms=record.source_ms,
            value=figure.value,
            unit=unit or None,
            origin=f"{origin} {record.batch} / {record.step}"[:MAX_TEXT],
        )

    @api.model
    def _get_record_table(self) -> dict:
        """Return what takes a figure, by (step, figure); extended where others than sensors do."""
        return self.env["process.record.mapping"]._get_table()

    @api.model
    def _find_target(self, record: Record, figure, table: dict):
        """Return what takes a figure: a line that names the step goes before one for all."""
        return table.get((record.step, figure.path)) or table.get(("", figure.path))

    @api.model
    def _take_figures(self, figures: list, now_ms: int | None) -> IngestResult:
        """Take what `_prepare_figure` made for others than sensors; here there are none."""
        return IngestResult(0, 0, [])

    @api.model
    def _check_record(self, record: Record) -> str | None:
        """Return why there is no such step of such a batch; extended where batches are known."""
        return None
