# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which mapping reads which topic: the first that matches, remembered for each topic."""

from odoo.addons.process_monitoring.tools.sample import Sample

from . import record
from . import topic as topics
from .message import Ignored, Message, Records, Retained
from .payload import Mapping, Reject, parse, sensor_code
from .sightings import Sightings

REMEMBERED = 20_000
"""Topics whose mapping is kept; a plant with more of them only looks them up again."""


class Router:
    """Reads messages by a fixed list of mappings, in their order.

    >>> router = Router([Mapping("a/{tag}", "{tag}"), Mapping("#", "other")])
    >>> router.find("a/ph").sensor_template, router.find("b").sensor_template
    ('{tag}', 'other')
    >>> router.decode(Message("a/ph", b'{"ts": 1795348800000, "value": 7}', 1795348800000)).value
    7.0
    """

    def __init__(
        self, mappings: list[Mapping] | tuple[Mapping, ...], monitored: frozenset[str] = frozenset()
    ):
        self.mappings = tuple(mappings)
        self.monitored = monitored
        """Codes of sensors that a requirement watches: a deadband never thins what is judged."""
        self._kept: dict[str, Sample] = {}
        self.refused: set[str] = set()
        """Metrics whose newest value could not be taken: what they said before no longer holds."""
        self.sightings = Sightings()
        """Topics that nothing reads, until they are listed."""
        self._known: dict[str, Mapping | None] = {}

    def find(self, topic: str) -> Mapping | None:
        if topic not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            matches = (m for m in self.mappings if topics.match(m.topic_filter, topic) is not None)
            self._known[topic] = next(matches, None)
        return self._known[topic]

    def decode(self, message: Message) -> Sample | Records | Reject | Retained | Ignored:
        """Read one message: a sample, records, a reason, or what is no reading."""
        mapping = self.find(message.topic)
        if mapping is None and message.is_metric:
            return Ignored()
        if message.problem:
            return Reject("sparkplug", message.problem)
        if mapping is None:
            return Retained() if message.is_retained else Reject("mapping", "No mapping matches.")
        if mapping.is_record:
            is_state = message.is_retained
            return Retained() if is_state else record.read(message.payload, mapping)
        result = parse(message.topic, message.payload, mapping, message.received_ms)
        if isinstance(result, Sample):
            result = _check_age(result, message, mapping)
        if message.is_retained and not _is_recent(result, message.received_ms, mapping):
            return Retained()
        if isinstance(result, Sample) and mapping.deadband and self._is_thinned(result, mapping):
            return Ignored()
        return result

    def _is_thinned(self, sample: Sample, mapping: Mapping) -> bool:
        """Whether a value says nothing new; else it is the one to compare the next with.

        Decoding a batch again gives the same answers: only what is later than the value kept can
        be left out, so a batch that could not be stored and is repeated starts afresh.
        """
        kept = self._kept.get(sample.sensor)
        if (
            sample.sensor not in self.monitored
            and kept
            and _says_nothing_new(kept, sample, mapping)
        ):
            return True
        self._kept[sample.sensor] = sample
        return False

    def renew(self, mappings: tuple[Mapping, ...], monitored: frozenset[str]) -> "Router":
        """Return a router of other mappings that remembers what was refused and what was seen."""
        router = Router(mappings, monitored)
        router.refused = self.refused
        router.sightings = self.sightings
        return router

    def note(self, message: Message, *, is_taken: bool) -> None:
        """Remember whether the newest value of a metric could be taken."""
        if message.is_metric:
            (self.refused.discard if is_taken else self.refused.add)(message.topic)

    def find_sensors(self, topics: list[str]) -> list[str]:
        """Return the codes of the sensors whose newest value was taken, of these metrics."""
        codes = []
        for topic in topics:
            code = None if topic in self.refused else self.find_code(topic)
            codes += [code] if code else []
        return codes

    def find_code(self, topic: str) -> str | None:
        """Return the sensor code that a topic gets; None where no mapping reads it."""
        mapping = self.find(topic)
        return mapping and sensor_code(topic, mapping.topic_filter, mapping.sensor_template)


def _check_age(sample: Sample, message: Message, mapping: Mapping) -> Sample | Reject:
    """Refuse what is older than the mapping allows."""
    age_ms = message.received_ms - sample.source_ms
    if age_ms > mapping.max_age_ms > 0:
        limit_s = mapping.max_age_ms // 1000
        return Reject(
            "age", f"The message is {age_ms // 1000} s old; the mapping allows {limit_s} s."
        )
    return sample


def _is_recent(result: Sample | Reject, received_ms: int, mapping: Mapping) -> bool:
    """A retained message counts only by its own time, and only if the mapping says how old."""
    if isinstance(result, Reject):
        return False
    return received_ms - result.source_ms <= mapping.retained_max_age_ms > 0


def _says_nothing_new(kept: Sample, sample: Sample, mapping: Mapping) -> bool:
    if kept.value is None or sample.value is None:
        return False
    if (kept.quality, kept.unit) != (sample.quality, sample.unit):
        return False
    is_soon = 0 < sample.source_ms - kept.source_ms < mapping.deadband_max_ms
    return is_soon and abs(sample.value - kept.value) <= mapping.deadband
