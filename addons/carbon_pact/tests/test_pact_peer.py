# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A partner's exchange that means harm: redirects, private places, floods, pages elsewhere."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

import requests

from odoo.tests import BaseCase, common, tagged

from .. import checked, peer

HERE = frozenset({"127.0.0.1"})


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_args):
        """Stay silent."""

    def do_GET(self):
        path = self.path.partition("?")[0]
        self.server.seen.append((self.command, self.path, self.headers.get("Authorization")))
        self.server.hosts.append(self.headers.get("Host"))
        status, headers, body = self.server.answers.get(path, (404, {}, b""))
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()


@tagged("post_install", "-at_install")
class TestPactPeer(BaseCase):
    """A small server in the place of a partner's exchange."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        thread = threading.Thread(target=cls.server.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(thread.join)
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.url = f"http://127.0.0.1:{cls.server.server_port}"

    def setUp(self):
        super().setUp()
        self.server.seen, self.server.hosts, self.server.answers = [], [], {}

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """Let the invented host pass: each test that calls it opens its sockets to our server."""
        if "//pcf.example" in request.url:
            return common._super_send(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def reach_server(self):
        """Open a socket to our server without asking any resolver."""
        found = socket.socket()
        found.connect(self.server.server_address)
        return found

    def answer(self, path, status=200, body=b"{}", **headers):
        self.server.answers[path] = (status, headers, body)

    def test_a_list_is_read_page_by_page_on_one_host(self):
        page = {"data": [{"id": "1"}]}
        link = f'<{self.url}/more?x=1>; rel="next"'
        self.answer("/3/footprints", body=json.dumps(page).encode(), Link=link)
        self.answer("/more", body=b'{"data": [{"id": "2"}]}')
        found = peer.Peer(self.url, trusted=HERE).find(("urn:gtin:1", "urn:a:b&c"))
        self.assertEqual([each["id"] for each in found], ["1", "2"])
        query = "/3/footprints?productId=urn:gtin:1&productId=urn:a:b%26c"
        self.assertEqual(self.server.seen[0][1], query)
        elsewhere = '<https://127.0.0.1/steal>; rel="next"'
        self.answer("/3/footprints", body=b'{"data": []}', Link=elsewhere)
        with self.assertRaisesRegex(peer.Undelivered, "another host"):
            peer.Peer(self.url, trusted=HERE).find(("urn:gtin:1",))
        self.answer("/more", body=b'{"data": []}', Link=link)
        self.answer("/3/footprints", body=b'{"data": []}', Link=link)
        with self.assertRaisesRegex(peer.Undelivered, "more than 20 pages"):
            peer.Peer(self.url, trusted=HERE).find(("urn:gtin:1",))

    def test_what_is_no_answer_is_refused(self):
        partner = peer.Peer(self.url, trusted=HERE)
        with self.assertRaisesRegex(peer.Undelivered, "answered 404"):
            partner.get("1")
        for body in (b"", b"[]", b'{"data": []}', b"{" * 100_000):
            self.answer("/3/footprints/1", body=body)
            with self.assertRaisesRegex(peer.Undelivered, "something else"):
                partner.get("1")
        self.answer("/3/footprints/1", 302, Location=f"{self.url}/3/footprints/2")
        self.answer("/3/footprints/2", body=b'{"data": {"id": "2"}}')
        with self.assertRaisesRegex(peer.Undelivered, "answered 302"):
            partner.get("1")
        self.answer("/3/footprints/1", body=b'{"data": "' + b"x" * 2_000_001 + b'"}')
        with self.assertRaisesRegex(peer.Undelivered, "more than 2000000 bytes"):
            partner.get("1")

    def test_places_inside_somebody_s_network_are_not_called(self):
        with self.assertRaisesRegex(peer.Undelivered, "private network"):
            peer.Peer(self.url).send("{}")
        for address in ("10.0.0.5", "169.254.169.254", "fd00::1", "::ffff:127.0.0.1", "0.0.0.0"):
            found = [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", (address, 443))]
            with (
                patch.object(socket, "getaddrinfo", return_value=found),
                self.assertRaisesRegex(peer.Undelivered, "private network", msg=address),
            ):
                peer.Peer("https://pcf.example").get("1")
        self.assertFalse(self.server.seen)

    def test_a_name_that_changes_its_meaning_leads_nowhere(self):
        """DNS rebinding: the first answer is a place in the world, each later one is ours."""
        answers, connected = [], []

        def resolve(host, port, *_args, **_kwargs):
            answers.append(host)
            address = "93.184.215.14" if len(answers) == 1 else "127.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        def connect(place, *_args, **_kwargs):
            connected.append(place)
            return self.reach_server()

        self.answer("/3/footprints/1", body=b'{"data": {"id": "1"}}', Connection="close")
        port = self.server.server_port
        partner = peer.Peer(f"http://pcf.example:{port}")
        self.startPatcher(patch.object(checked, "create_connection", connect))
        with patch.object(socket, "getaddrinfo", resolve):
            self.assertEqual(partner.get("1"), {"id": "1"})
            self.assertEqual(answers, ["pcf.example"], "the name is asked once for a connection")
            self.assertEqual(connected, [("93.184.215.14", port)])
            self.assertEqual(self.server.hosts[-1], f"pcf.example:{port}")
            for _again in range(3):
                with self.assertRaisesRegex(peer.Undelivered, "private network"):
                    partner.get("1")
        self.assertEqual(len(connected), 1, "no connection is opened to find out")

    def test_a_connection_that_is_lost_is_checked_anew(self):
        """Of a list, the second page comes over another connection, whose name means us by now."""
        places = iter(["93.184.215.14", "127.0.0.1"])
        port = self.server.server_port

        def resolve(_host, port, *_args, **_kwargs):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(places), port))]

        def connect(*_args, **_kwargs):
            return self.reach_server()

        link = f'<http://pcf.example:{port}/more>; rel="next"'
        self.answer("/3/footprints", body=b'{"data": []}', Link=link, Connection="close")
        self.answer("/more", body=b'{"data": []}')
        self.startPatcher(patch.object(checked, "create_connection", connect))
        with (
            patch.object(socket, "getaddrinfo", resolve),
            self.assertRaisesRegex(peer.Undelivered, "private network"),
        ):
            peer.Peer(f"http://pcf.example:{port}").find(("urn:gtin:1",))
        self.assertEqual(len(self.server.seen), 1)

    def test_the_name_of_tls_is_that_of_the_exchange(self):
        seen = []

        def connect(place, *_args, **_kwargs):
            seen.append(place[0])
            raise ConnectionRefusedError

        found = [(0, 0, 0, "", (address, 443)) for address in ("93.184.215.14", "93.184.215.15")]
        with (
            patch.object(checked, "create_connection", connect),
            patch.object(socket, "getaddrinfo", return_value=found),
            self.assertRaisesRegex(peer.Undelivered, "ConnectionError"),
        ):
            peer.Peer("https://pcf.example").get("1")
        self.assertEqual(seen, ["93.184.215.14", "93.184.215.15"], "each address that was checked")
        pool = checked.CheckedAdapter(lambda _host, _port: []).get_connection_with_tls_context(
            requests.Request("GET", "https://pcf.example/x").prepare(), verify=True
        )
        self.assertEqual(pool.ConnectionCls("pcf.example").host, "pcf.example")

    def test_the_secret_goes_to_no_place_that_the_exchange_may_not_name(self):
        self.startPatcher(patch.dict("os.environ", {"BATCHPROOF_PACT_UNIT": "s3cret"}))
        self.answer("/auth/token", body=b'{"access_token": "t"}')
        self.answer("/3/events")
        partner = peer.Peer(self.url, "us", "BATCHPROOF_PACT_UNIT", HERE)
        for named in ("http://pcf.example/token", "https://a:b@pcf.example/t", "ftp://x", "7", ""):
            body = json.dumps({"token_endpoint": named}).encode()
            self.answer("/.well-known/openid-configuration", body=body)
            partner.send("{}")
            self.assertEqual(self.server.seen[-1][::2], ("POST", "Bearer t"), named)
        body = b'{"token_endpoint": "https://localhost:1/token"}'
        self.answer("/.well-known/openid-configuration", body=body)
        with self.assertRaisesRegex(peer.Undelivered, "private network"):
            partner.send("{}")
