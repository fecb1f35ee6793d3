# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""paho's client, which keeps its protocol and gets fewer system calls to do.

paho reads a packet a few bytes at a time and wakes itself for each packet it sends: half a dozen
system calls a message, and at each of them the interpreter goes over to the worker's thread and has
to be waited for. Here the network is read once for all that has arrived, and one wake-up sends all
acknowledgements of a batch. `_sock_recv` and `_packet_queue` are paho's inner functions: a new
version of it has to pass the tests of the bridge, which run against a real broker.
"""

import ssl
import struct

import paho.mqtt.client as mqtt

READ_AT_ONCE = 65_536
PUBACK = 0x40


class Client(mqtt.Client):
    """A client that reads ahead, acknowledges in bulk, and remembers why it could not connect.

    paho tells its callback only that it could not. `prepare` is called before each attempt, on the
    network thread.
    """

    problem = ""
    _ahead = b""
    _place = 0
    _may_read = False

    def prepare(self) -> None:
        """Nothing to prepare, unless a connection says so."""

    def reconnect(self):
        self.prepare()
        self._ahead, self._place = b"", 0
        try:
            return super().reconnect()
        except OSError as error:
            self.problem = explain(error)
            raise

    def loop_read(self, max_packets: int = 1):
        """Read once, and handle every packet of it: the network does not announce them again."""
        self._may_read = True
        while True:
            status = super().loop_read(max_packets)
            if status or self._place == len(self._ahead):
                return status

    def _sock_recv(self, bufsize: int) -> bytes:
        if self._place == len(self._ahead):
            if not self._may_read:
                raise BlockingIOError
            self._may_read = False
            self._ahead, self._place = super()._sock_recv(READ_AT_ONCE), 0
        found = self._ahead[self._place : self._place + bufsize]
        self._place += len(found)
        return found

    def acknowledge(self, mids: list[int]) -> None:
        """Acknowledge messages of QoS 1, in this order, in one go."""
        packets = b"".join(struct.pack("!BBH", PUBACK, 2, mid) for mid in mids)
        if packets:
            self._packet_queue(PUBACK, packets, mids[-1], 1)


def explain(error: OSError) -> str:
    """Return in a sentence why a connection could not be opened."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The broker's certificate is not accepted: {error.verify_message}."
    return f"The broker cannot be reached: {error}."
