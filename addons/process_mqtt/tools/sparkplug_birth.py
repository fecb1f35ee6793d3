# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who sent a Sparkplug message, and what a birth certificate says."""

from dataclasses import dataclass

from .sparkplug_metric import NAMESPACE, read_text

_NODE_KINDS = frozenset({"NBIRTH", "NDATA", "NDEATH"})
_DEVICE_KINDS = frozenset({"DBIRTH", "DDATA", "DDEATH"})
_CONTROLS = ("Node Control/", "Device Control/")
_BD_SEQ = "bdSeq"


@dataclass(frozen=True, slots=True)
class Birth:
    """What a birth certificate said of one metric."""

    name: str
    datatype: int
    alias: int | None


def split_topic(topic: str) -> tuple[str, str, str, str] | None:
    """Return group, kind, node and device; None for what tells a host nothing.

    >>> split_topic("spBv1.0/dairy/DDATA/edge1/htst")
    ('dairy', 'DDATA', 'edge1', 'htst')
    >>> split_topic("spBv1.0/dairy/NDEATH/edge1")
    ('dairy', 'NDEATH', 'edge1', '')
    >>> split_topic("spBv1.0/STATE/plant"), split_topic("spBv1.0/dairy/NCMD/edge1")
    (None, None)
    """
    levels = topic.split("/")
    if levels[0] != NAMESPACE or not all(levels):
        return None
    if len(levels) == 4 and levels[2] in _NODE_KINDS:
        return levels[1], levels[2], levels[3], ""
    if len(levels) == 5 and levels[2] in _DEVICE_KINDS:
        return levels[1], levels[2], levels[3], levels[4]
    return None


def is_control(name: str) -> bool:
    """Tell whether a metric serves the protocol and measures nothing.

    >>> is_control("bdSeq"), is_control("Node Control/Rebirth"), is_control("Temp")
    (True, True, False)
    """
    return name == _BD_SEQ or name.startswith(_CONTROLS)


def read_births(content) -> list[Birth]:
    """Return the metrics that a birth names."""
    births = []
    for metric in content.metrics:
        name = read_text(metric.name)
        if name and not is_control(name):
            alias = metric.alias if metric.HasField("alias") else None
            births.append(Birth(name, metric.datatype, alias))
    return births


def read_bd_seq(content) -> int | None:
    """Return the number of the connection that a birth or death belongs to."""
    for metric in content.metrics:
        if metric.name == _BD_SEQ.encode():
            kind = metric.WhichOneof("value")
            return getattr(metric, kind) if kind in ("int_value", "long_value") else None
    return None
