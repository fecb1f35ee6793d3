# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A Sparkplug B edge node with one device, made of a library of others (pysparkplug).

What it sends was encoded by code that this project did not write. It runs in an environment of its
own (tests/requirements-edge.txt: the library wants an older MQTT client) and takes orders, one JSON
object a line, on standard input; what happens is told, one JSON object a line, on standard output.

{"do": "connect", "port": 1883, "user": "u", "password": "p", "bd_seq": 0}
{"do": "birth", "metrics": [{"name": "Temp", "type": "DOUBLE", "value": 72.4, "alias": 5}]}
{"do": "data", "metrics": [{"alias": 5, "type": "DOUBLE", "value": 72.5, "quality": 192}]}
{"do": "skip"}   {"do": "device_death"}   {"do": "node_death", "bd_seq": 0}   {"do": "leave"}
{"do": "raw", "kind": "DDATA", "hex": "00ff"}

A metric may have ts, is_historical, is_transient and is_null. A Rebirth command is obeyed with the
metrics of the last birth. Killed, it leaves its NDEATH to the broker, as edge nodes do.
"""

import json
import sys
import threading
import time

from pysparkplug import (
    Client,
    DataType,
    DBirth,
    DData,
    DDeath,
    Message,
    MessageType,
    Metric,
    NBirth,
    NDeath,
    QoS,
    Topic,
)
from pysparkplug._protobuf import Payload as RawPayload

REBIRTH = "Node Control/Rebirth"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def tell(**document) -> None:
    print(json.dumps(document), flush=True)


class Encoded:
    """A payload that is bytes already: with properties, which the library does not know, or raw."""

    def __init__(self, data: bytes):
        self.data = data

    def encode(self, *, include_dtypes: bool = False) -> bytes:
        return self.data


def with_quality(payload, orders: list[dict], *, include_dtypes: bool) -> Encoded:
    """Add the property Quality where an order gives one, by the library's own message classes."""
    raw = RawPayload.FromString(payload.encode(include_dtypes=include_dtypes))
    for metric, order in zip(raw.metrics, orders, strict=True):
        if "quality" in order:
            metric.properties.keys.append("Quality")
            metric.properties.values.add(type=DataType.INT32, int_value=order["quality"])
    return Encoded(raw.SerializeToString())


class Edge:
    def __init__(self, group: str, node: str, device: str):
        self.place = {"group_id": group, "edge_node_id": node}
        self.device = device
        self.seq = 0
        self.bd_seq = 0
        self.last_birth: list[dict] = []
        self.lock = threading.RLock()
        self.client: Client | None = None

    def obey(self, order: dict) -> None:
        with self.lock:
            getattr(self, f"do_{order.pop('do')}")(**order)

    # -- orders -------------------------------------------------------------------------------

    def do_connect(self, port: int, user: str, password: str, bd_seq: int = 0) -> None:
        self.bd_seq = bd_seq
        connected = threading.Event()
        self.client = Client(username=user, password=password)
        self.client.set_will(self._message(MessageType.NDEATH, self._death(), QoS.AT_LEAST_ONCE))
        topic = Topic(message_type=MessageType.NCMD, **self.place)
        self.client.subscribe(topic, QoS.AT_LEAST_ONCE, self._on_command)
        self.client.connect("127.0.0.1", port=port, callback=lambda _client: connected.set())
        tell(event="connected", ok=connected.wait(10))

    def do_birth(self, metrics: list[dict]) -> None:
        self.last_birth = metrics
        self.seq = 0
        control = Metric(now_ms(), REBIRTH, DataType.BOOLEAN, value=False)
        number = Metric(now_ms(), "bdSeq", DataType.INT64, value=self.bd_seq)
        birth = NBirth(timestamp=now_ms(), seq=self._next(), metrics=(control, number))
        self._publish(MessageType.NBIRTH, birth)
        made = tuple(self._metric(order) for order in metrics)
        birth = DBirth(timestamp=now_ms(), seq=self._next(), metrics=made)
        encoded = with_quality(birth, metrics, include_dtypes=True)
        self._publish(MessageType.DBIRTH, encoded, is_device=True)

    def do_data(self, metrics: list[dict]) -> None:
        made = tuple(self._metric(order) for order in metrics)
        data = DData(timestamp=now_ms(), seq=self._next(), metrics=made)
        encoded = with_quality(data, metrics, include_dtypes=False)
        self._publish(MessageType.DDATA, encoded, is_device=True)

    def do_skip(self) -> None:
        """Use up a sequence number: for the host, a message that was lost."""
        self._next()

    def do_device_death(self) -> None:
        death = DDeath(timestamp=now_ms(), seq=self._next())
        self._publish(MessageType.DDEATH, death, is_device=True)

    def do_node_death(self, bd_seq: int) -> None:
        """An NDEATH of another connection, such as a will that comes late."""
        self._publish(MessageType.NDEATH, self._death(bd_seq))

    def do_raw(self, kind: str, hex: str) -> None:
        data = Encoded(bytes.fromhex(hex))
        self._publish(MessageType(kind), data, is_device=kind.startswith("D"))

    def do_leave(self) -> None:
        self._publish(MessageType.NDEATH, self._death())
        time.sleep(0.2)
        self.client.disconnect()

    # -- machinery ----------------------------------------------------------------------------

    def _on_command(self, _client, message: Message) -> None:
        if any(metric.name == REBIRTH and metric.value for metric in message.payload.metrics):
            tell(event="rebirth")
            with self.lock:
                if self.last_birth:
                    self.do_birth(self.last_birth)

    def _next(self) -> int:
        seq, self.seq = self.seq, (self.seq + 1) % 256
        return seq

    def _death(self, bd_seq: int | None = None) -> NDeath:
        value = self.bd_seq if bd_seq is None else bd_seq
        return NDeath(now_ms(), Metric(now_ms(), "bdSeq", DataType.INT64, value=value))

    @staticmethod
    def _metric(order: dict) -> Metric:
        """A metric as an order says; one that is not in a birth needs no name."""
        flags = {key: bool(order.get(key)) for key in ("is_historical", "is_transient", "is_null")}
        return Metric(
            order.get("ts") or now_ms(),
            order.get("name"),
            DataType[order.get("type", "DOUBLE")],
            value=order.get("value"),
            alias=order.get("alias"),
            **flags,
        )

    def _message(self, kind, payload, qos=QoS.AT_MOST_ONCE, *, is_device=False) -> Message:
        device = {"device_id": self.device} if is_device else {}
        topic = Topic(message_type=kind, **self.place, **device)
        return Message(topic=topic, payload=payload, qos=qos, retain=False)

    def _publish(self, kind, payload, *, is_device=False) -> None:
        self.client.publish(self._message(kind, payload, is_device=is_device))


def main() -> int:
    group, node, device = sys.argv[1:4]
    edge = Edge(group, node, device)
    for line in sys.stdin:
        edge.obey(json.loads(line))
        tell(event="done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
