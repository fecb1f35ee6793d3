# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A Sparkplug host application without network and clock: messages in, plain messages out.

`receive` and `tick` return what a batch is made of: metrics as messages, and notices of births,
deaths and gaps. `take_rebirths` says which nodes are to be asked for their births.
Source: Eclipse Sparkplug 3.0, chapters 4 (topics), 5 (operational behaviour) and 6 (payloads).
"""

from .message import Message, Notice
from .sparkplug_birth import Birth, is_control, read_bd_seq, read_births, split_topic
from .sparkplug_metric import make_stale, read_text, to_message
from .sparkplug_node import SEQUENCES, Arrived, Node, Source
from .sparkplug_wire import Unreadable, decode

REORDER_MS = 5_000
BIRTH_PATIENCE_MS = 30_000
"""How long doubtful metrics wait for a birth, and devices of a reborn node for theirs."""
ASK_AGAIN_MS = 10_000
AHEAD_MS = 5_000
"""How far a node's clock may be ahead for its times to count."""
UNBORN = "The source has not said what its messages mean: no birth was received before."
Item = Message | Notice


class Host:
    """The memory of one Sparkplug connection."""

    def __init__(self, reorder_timeout_ms: int = REORDER_MS):
        self.reorder_timeout_ms = reorder_timeout_ms
        self.nodes: dict[tuple[str, str], Node] = {}
        self.lost_ms = 0
        self._rebirths: set[tuple[str, str]] = set()

    # -- what the bridge asks -----------------------------------------------------------------

    def expect(self, nodes: list[tuple[str, str]]) -> None:
        """Nodes known from before: they are asked for their births."""
        for key in nodes:
            self._find_node(*key)
        self._rebirths |= set(nodes)

    def _find_node(self, group: str, name: str) -> Node:
        if (group, name) not in self.nodes:
            self.nodes[group, name] = Node(group, name, self.lost_ms)
        return self.nodes[group, name]

    def forget(self, now_ms: int, lost_ms: int = 0) -> list[Item]:
        """Our own connection was lost, and messages with it: every node must be born again.

        `lost_ms`: until when everything had been received. A value that changed after it may not
        have been the first change: the birth's value then ends a gap that begins there.
        """
        items: list[Item] = []
        self.lost_ms = lost_ms
        for key, node in self.nodes.items():
            node.lose(lost_ms)
            for arrived in node.lose_count(now_ms):
                items += self._doubt_all(node, arrived)
            node.asked_ms = 0
            self._rebirths.add(key)
        return items

    def take_rebirths(self) -> list[tuple[str, str]]:
        """Return the nodes to be asked for their births, once."""
        rebirths, self._rebirths = sorted(self._rebirths), set()
        return rebirths

    def online(self) -> list[str]:
        """Addresses of all metrics of connected sources: what they do not say has not changed."""
        return [address for node in self.nodes.values() for address in node.online()]

    def is_waiting(self) -> bool:
        """Tell whether messages wait for their turn or for a birth: not all is told yet."""
        return any(node.early or node.doubtful for node in self.nodes.values())

    def tick(self, now_ms: int) -> list[Item]:
        """What follows from the passing of time alone."""
        items: list[Item] = []
        for node in self.nodes.values():
            if node.early and now_ms - node.early_ms >= self.reorder_timeout_ms:
                items += self._miss(node, now_ms)
            if node.doubt_ms and now_ms - node.doubt_ms >= BIRTH_PATIENCE_MS:
                items += node.give_up()
            if node.unborn and node.birth_ms + BIRTH_PATIENCE_MS <= now_ms:
                items += self._end_unborn(node, now_ms)
            if node.expected is None and node.asked_ms:
                self._ask(node, now_ms)
        return items

    def receive(self, message: Message) -> list[Item]:
        """Take one message of the connection."""
        place = split_topic(message.topic)
        if place is None or message.is_retained:
            return []
        group, kind, name, device = place
        node = self._find_node(group, name)
        now_ms = message.received_ms
        content = decode(message.payload)
        if isinstance(content, Unreadable):
            return self._refuse(node, message, "malformed", content.reason)
        arrived = Arrived(kind, device, message.topic, message.payload, content, now_ms)
        if kind == "NDEATH":
            return self._die(node, arrived)
        if not content.HasField("seq") or content.seq >= SEQUENCES:
            reason = "The message has no sequence number from 0 to 255."
            return self._refuse(node, message, "malformed", reason)
        if kind == "NBIRTH":
            return self._begin(node, arrived)
        return self._take_turn(node, arrived)

    # -- order --------------------------------------------------------------------------------

    def _take_turn(self, node: Node, arrived: Arrived) -> list[Item]:
        """Read in the order of the sequence; what comes early waits for the reorder timeout."""
        seq = arrived.content.seq
        if node.expected is None:
            return self._read_uncounted(node, arrived)
        if seq != node.expected:
            node.early_ms = node.early_ms if node.early else arrived.received_ms
            node.early[seq] = arrived
            return []
        items: list[Item] = []
        turn: Arrived | None = arrived
        while turn is not None:
            node.expected = (node.expected + 1) % SEQUENCES
            node.heard_ms = turn.received_ms
            items += self._read(node, turn)
            turn = node.early.pop(node.expected, None)
        return items

    def _miss(self, node: Node, now_ms: int) -> list[Item]:
        """The missing messages did not come in time: note the gap, ask for the births."""
        first = node.expected or 0
        node.lose(node.heard_ms)
        waiting = node.lose_count(now_ms)
        count = (waiting[0].content.seq - first) % SEQUENCES
        last = (first + count - 1) % SEQUENCES
        detail = f"Messages {first} to {last} of the sequence are missing."
        items: list[Item] = [Notice("gap", node.label, now_ms, detail, count)]
        for arrived in waiting:
            items += self._doubt_all(node, arrived)
        self._ask(node, now_ms)
        return items

    def _read_uncounted(self, node: Node, arrived: Arrived) -> list[Item]:
        """A message while a birth is awaited."""
        if node.doubt_ms and node.find(arrived.device):
            return self._doubt_all(node, arrived)
        return self._refuse(node, arrived, "unborn", UNBORN)

    # -- births and deaths --------------------------------------------------------------------

    def _begin(self, node: Node, arrived: Arrived) -> list[Item]:
        births, bd_seq = read_births(arrived.content), read_bd_seq(arrived.content)
        items: list[Item] = []
        for early in node.lose_count(arrived.received_ms):
            items += self._doubt_all(node, early)
        node.begin(births, bd_seq, arrived.content.seq, arrived.received_ms)
        self._rebirths.discard((node.group, node.name))
        return items + self._bear(node, arrived, births)

    def _bear(self, node: Node, arrived: Arrived, births: list[Birth]) -> list[Item]:
        label, count = node.label_of(arrived.device), len(births)
        notice = Notice("birth", label, arrived.received_ms, "", count)
        items: list[Item] = [notice, *node.confirm(arrived.device)]
        items += self._read_metrics(node, arrived)
        node.settled.add(arrived.device)
        return items

    def _die(self, node: Node, arrived: Arrived) -> list[Item]:
        """An NDEATH; one of an earlier connection of the node says nothing of this one."""
        bd_seq = read_bd_seq(arrived.content)
        if node.bd_seq is not None and bd_seq != node.bd_seq:
            return []
        items = self._miss(node, arrived.received_ms) if node.early else []
        gone = node.die_all(arrived.received_ms)
        self._rebirths.discard((node.group, node.name))
        return [*items, Notice("death", node.label, arrived.received_ms), *gone]

    def _end_unborn(self, node: Node, now_ms: int) -> list[Item]:
        """Devices that the node has not mentioned since it came back are offline."""
        items: list[Item] = []
        for device in list(node.unborn):
            items += [Notice("death", node.label_of(device), now_ms), *node.die(device, now_ms)]
        node.unborn = {}
        return items

    # -- data ---------------------------------------------------------------------------------

    def _read(self, node: Node, arrived: Arrived) -> list[Item]:
        """One message whose turn it is."""
        if arrived.kind == "DBIRTH":
            births = read_births(arrived.content)
            node.bear(arrived.device, births)
            return self._bear(node, arrived, births)
        if arrived.kind == "DDEATH":
            gone = node.die(arrived.device, arrived.received_ms)
            return [Notice("death", node.label_of(arrived.device), arrived.received_ms), *gone]
        source = node.sources.get(arrived.device)
        if source is None or not source.is_online:
            return self._refuse(node, arrived, "unborn", UNBORN)
        return self._read_metrics(node, arrived)

    def _read_metrics(self, node: Node, arrived: Arrived) -> list[Item]:
        items: list[Item] = []
        for metric in arrived.content.metrics:
            items += self._read_metric(node, arrived, metric)
        return items

    def _read_metric(self, node: Node, arrived: Arrived, metric) -> list[Item]:
        source = node.find(arrived.device)
        name = read_text(metric.name) if metric.name else self._find_name(source, metric)
        if not name:
            what = "is not UTF-8" if metric.name else f"{metric.alias} is in no birth"
            reason = f"The {'name' if metric.name else 'alias'} of a metric {what}."
            return self._refuse(node, arrived, "alias", reason)
        if is_control(name):
            return []
        if name not in source.births:
            self._ask(node, arrived.received_ms)
        message = self._translate(node, arrived, metric, name)
        if arrived.kind in ("NBIRTH", "DBIRTH"):
            return [*self._find_loss(node, arrived, message, metric), message]
        return [message]

    @staticmethod
    def _find_loss(node: Node, arrived: Arrived, message: Message, metric) -> list[Item]:
        """Of a value that has changed since messages were lost: stale from then on."""
        if arrived.device in node.settled or not 0 < node.lost_ms < metric.timestamp:
            return []
        return [make_stale(message.topic, node.lost_ms + 1, message.received_ms)]

    @staticmethod
    def _find_name(source: Source, metric) -> str | None:
        return source.names.get(metric.alias) if metric.HasField("alias") else None

    def _translate(self, node: Node, arrived: Arrived, metric, name: str) -> Message:
        source = node.find(arrived.device)
        birth = source.births.get(name)
        datatype = metric.datatype or (birth.datatype if birth else 0)
        address = node.address(arrived.device, name)
        sent_ms = arrived.content.timestamp or None
        message = to_message(
            metric, datatype, address, sent_ms, arrived.received_ms, node.tell_apart
        )
        if metric.timestamp <= arrived.received_ms + AHEAD_MS:
            node.newest_ms = max(node.newest_ms, metric.timestamp)
        return message

    def _doubt_all(self, node: Node, arrived: Arrived) -> list[Item]:
        """Read by a birth that may be out of date: names are certain, aliases are not."""
        if arrived.kind in ("DBIRTH", "DDEATH"):
            return self._read(node, arrived)  # these say all there is to know of the device
        source = node.find(arrived.device)
        if source is None:
            return self._refuse(node, arrived, "unborn", UNBORN)
        items: list[Item] = []
        for metric in arrived.content.metrics:
            name = self._find_name(source, metric)
            if metric.name or not name:
                items += self._read_metric(node, arrived, metric)
                continue
            message = self._translate(node, arrived, metric, name)
            items += node.doubt(arrived.device, metric.alias, name, message)
        return items

    # -- refusals -----------------------------------------------------------------------------

    def _refuse(self, node: Node, came: Message | Arrived, kind: str, reason: str) -> list[Item]:
        """A dead letter with the whole payload, a notice, and a question to the node."""
        now_ms = came.received_ms
        self._ask(node, now_ms)
        letter = Message(came.topic, came.payload, now_ms, problem=reason)
        return [letter, Notice(kind, node.label, now_ms, reason, 1)]

    def _ask(self, node: Node, now_ms: int) -> None:
        """Ask a node for its births, but not more often than every ten seconds."""
        if not node.asked_ms or now_ms - node.asked_ms >= ASK_AGAIN_MS:
            node.asked_ms = now_ms
            self._rebirths.add((node.group, node.name))
