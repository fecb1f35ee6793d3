# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What our client does otherwise than paho: it reads ahead, and acknowledges in bulk."""

import socket
import struct
import threading
from contextlib import closing

import paho.mqtt.client as mqtt

from odoo.tests import tagged
from odoo.tests.common import BaseCase

from ..bridge.client import Client

COUNT = 300
CONNACK = bytes([0x20, 3, 0, 0, 0])


def make_publish(number: int) -> bytes:
    """A PUBLISH of MQTT 5 with QoS 1; its length takes one byte, or two."""
    body = struct.pack("!H3sHB", 3, b"a/b", number, 0) + b"x" * number
    length = [len(body)] if len(body) < 128 else [len(body) % 128 + 128, len(body) // 128]
    return bytes([0x32, *length]) + body


class OneConnection(threading.Thread):
    """Takes one client, sends it a stream in the pieces given, and reads what comes back."""

    def __init__(self, pieces: list[bytes], wanted: int):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pieces = pieces
        self.wanted = wanted
        self.answer = b""

    def run(self):
        with closing(self.listener), closing(self.listener.accept()[0]) as peer:
            peer.settimeout(20)
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer.recv(1000)  # CONNECT
            for piece in (CONNACK, *self.pieces):
                peer.sendall(piece)
                threading.Event().wait(0.001)
            while len(self.answer) < self.wanted:
                self.answer += peer.recv(self.wanted)


@tagged("post_install", "-at_install")
class TestClient(BaseCase):
    def receive(self, pieces: list[bytes]) -> tuple[list, bytes]:
        """Numbers and sizes of what a client makes of a stream, and how it acknowledges that."""
        server = OneConnection(pieces, 4 * COUNT)
        server.start()
        found, done = [], threading.Event()

        def note(_client, _userdata, message):
            found.append((message.mid, len(message.payload)))
            if len(found) == COUNT:
                done.set()

        client = Client(
            mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5, client_id="x", manual_ack=True
        )
        client.on_message = note
        client.connect_async("127.0.0.1", server.port)
        client.loop_start()
        self.assertTrue(done.wait(20), f"{len(found)} of {COUNT} messages arrived")
        client.acknowledge([mid for mid, _size in found])
        server.join(20)
        client.loop_stop()
        return found, server.answer

    def test_every_packet_once_however_the_network_cuts_them(self):
        stream = b"".join(make_publish(number) for number in range(1, COUNT + 1))
        single = [bytes([byte]) for byte in stream[:200]]
        expected = [(number, number) for number in range(1, COUNT + 1)]
        acknowledged = b"".join(struct.pack("!BBH", 0x40, 2, mid) for mid, _size in expected)
        for pieces in ([stream], [*single, stream[200:20_001], stream[20_001:]]):
            found, answer = self.receive(pieces)
            self.assertEqual(found, expected)
            self.assertEqual(answer, acknowledged)
