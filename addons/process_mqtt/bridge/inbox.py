# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was received and is not yet committed, between the network thread and the worker."""

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..tools.message import Message, Notice

UNGUARANTEED = 10_000
"""Messages of QoS 0 that may wait; beyond, they are dropped and counted, as QoS 0 allows."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message with what its acknowledgement needs: packet id, QoS and connection.

    A notice comes in line with the messages, and needs no acknowledgement.
    """

    message: Message | Notice
    mid: int = 0
    qos: int = 0
    connection: int = 0


class Inbox:
    """A queue that is bounded by the protocol, and gives batches by size and time.

    Messages of QoS 1 are never refused here: there are at most `receive_maximum` of them under
    way (MQTT 5), or one for each packet id (MQTT 3.1.1), because none is acknowledged before it
    is committed. That is the back-pressure.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._queue: queue.SimpleQueue[Received] = queue.SimpleQueue()
        self._clock = clock
        self.dropped = 0

    def __len__(self) -> int:
        return self._queue.qsize()

    def put(self, received: Received) -> None:
        if received.qos == 0 and self._queue.qsize() >= UNGUARANTEED:
            self.dropped += 1
            return
        self._queue.put(received)

    def note(self, notice: Notice) -> None:
        """Say something to the worker, in line with the messages."""
        self._queue.put(Received(notice))

    def forget(self) -> None:
        """Drop what the broker will send again after a lost connection; keep QoS 0 messages."""
        kept = [received for received in self._drain() if received.qos == 0]
        for received in kept:
            self._queue.put(received)

    def _drain(self) -> list[Received]:
        drained = []
        while True:
            try:
                drained.append(self._queue.get_nowait())
            except queue.Empty:
                return drained

    def take(self, size: int, linger_s: float, patience_s: float) -> list[Received]:
        """Wait `patience_s` for a first message, then fill up to `size` for `linger_s`."""
        try:
            batch = [self._queue.get(timeout=patience_s)]
        except queue.Empty:
            return []
        deadline = self._clock() + linger_s
        while len(batch) < size:
            try:
                batch.append(self._queue.get_nowait())
                continue
            except queue.Empty:
                remaining = deadline - self._clock()
            if remaining <= 0:
                break
            try:
                batch.append(self._queue.get(timeout=remaining))
            except queue.Empty:
                break
        return batch
