# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two small servers beside a plant: a front that ends TLS, and a customer's exchange.

The front does what the example proxy of docs/pact.md does: it hands requests on over plain HTTP,
says itself what it is, and drops what a caller says of that.
"""

from __future__ import annotations

import base64
import json
import queue
import ssl
import threading
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HOP = {"connection", "transfer-encoding", "keep-alive", "content-length", "server", "date"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args):
        """Stay silent: the tests say what went wrong."""

    def read_body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def reply(self, status: int, body: bytes, headers: list[tuple[str, str]] = ()) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def _serve(handler: type, folder: Path):
    """Serve over TLS on a free port of this machine; yield the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def serve_front(target: str, folder: Path):
    """Serve what `target` answers, over TLS."""
    place = urlsplit(target)

    class Front(_Handler):
        def do_GET(self):
            passed = {
                name: value
                for name, value in self.headers.items()
                if not name.lower().startswith("x-forwarded-") and name.lower() not in HOP
            }
            host = self.headers.get("Host", "")
            passed |= {"X-Forwarded-Host": host, "X-Forwarded-Proto": "https"}
            passed["X-Forwarded-For"] = self.client_address[0]
            connection = HTTPConnection(place.hostname, place.port, timeout=60)
            connection.request(self.command, self.path, self.read_body() or None, passed)
            answer = connection.getresponse()
            self.reply(answer.status, answer.read(), answer.getheaders())
            connection.close()

        def do_POST(self):
            self.do_GET()

    return _serve(Front, folder)


class Exchange:
    """What a partner's exchange was sent, for which client it gives tokens, and what it lists."""

    def __init__(self, client: str, secret: str):
        self.basic = "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()
        self.events: queue.Queue[tuple[str, dict]] = queue.Queue()
        self.footprints: list[dict] = []
        self.queries: list[str] = []

    def wait_for(self, request_id: str, seconds: float = 60) -> dict:
        """Return the event that answers a request; others stay for whoever waits for them."""
        others = []
        try:
            while True:
                path, body = self.events.get(timeout=seconds)
                if body["data"].get("requestEventId") == request_id:
                    assert path == "/3/events"
                    return body
                others.append((path, body))
        finally:
            for each in others:
                self.events.put(each)


def serve_exchange(exchange: Exchange, folder: Path):
    """Serve a partner's exchange: a token for the one client it knows, its list, its events."""

    class Peer(_Handler):
        def do_GET(self):
            known = self.headers.get("Authorization") == "Bearer t0"
            if self.path.partition("?")[0] != "/3/footprints" or not known:
                self.reply(404, b"")
                return
            exchange.queries.append(self.path)
            self.reply(200, json.dumps({"data": exchange.footprints}).encode())

        def do_POST(self):
            body = self.read_body()
            if self.path == "/auth/token":
                is_known = self.headers.get("Authorization") == exchange.basic
                token = json.dumps({"access_token": "t0", "token_type": "bearer"}).encode()
                self.reply(*((200, token) if is_known else (401, b"{}")))
            elif self.headers.get("Authorization") != "Bearer t0":
                self.reply(401, b"")
            elif not self.headers.get("Content-Type", "").startswith(
                "application/cloudevents+json"
            ):
                self.reply(400, b"")
            else:
                exchange.events.put((self.path, json.loads(body)))
                self.reply(200, b"")

    return _serve(Peer, folder)
