# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule A33: certificate and host name are checked, plain only where allowed, secrets kept."""

import os
import shutil
import ssl
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..bridge.connection import Connection, Refused, make_tls_context
from ..bridge.inbox import Inbox
from ..tools.settings import Settings
from .bridge_case import wait_until
from .mosquitto import PASSWORD, USER, Authority, Mosquitto, find_mosquitto


@tagged("post_install", "-at_install")
class TestBridgeTransport(BaseCase):
    def setUp(self):
        super().setUp()
        if not find_mosquitto():
            self.skipTest("The MQTT broker Mosquitto is not installed here.")
        self.folder = Path(tempfile.mkdtemp(prefix="bridge-tls-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.authority = Authority(self.folder)
        self.patch(os, "environ", {**os.environ, "BATCHPROOF_MQTT_PASSWORD": PASSWORD})

    def serve(self, certificate=None):
        broker = Mosquitto(self.folder, certificate).start()
        self.addCleanup(broker.stop)
        return broker

    def connect(self, broker, **values):
        settings = Settings(
            **{
                "broker_id": 1,
                "name": "test",
                "host": "localhost",
                "port": broker.port,
                "username": USER,
                "ca_file": str(self.authority.file),
                **values,
            }
        )
        connection = Connection(settings, Inbox())
        connection.open()
        self.addCleanup(connection.close)
        return connection

    def assert_problem(self, connection, words):
        wait_until(lambda: connection.problem, "the refusal", 20)
        self.assertIn(words, connection.problem)
        self.assertFalse(connection.is_connected)
        self.assertNotIn(PASSWORD, connection.problem)

    def test_right_certificate(self):
        connection = self.connect(self.serve(self.authority.issue("localhost")))
        wait_until(lambda: connection.is_connected, "the connection", 20)
        self.assertFalse(connection.problem)

    def test_ca_from_the_environment(self):
        with patch.dict(os.environ, {"BATCHPROOF_MQTT_CA": str(self.authority.file)}):
            broker = self.serve(self.authority.issue("localhost"))
            connection = self.connect(broker, ca_file="")
        wait_until(lambda: connection.is_connected, "the connection", 20)
        self.assertFalse(connection.problem)

    def test_a33_wrong_authority(self):
        stranger = Authority(self.folder, "stranger")
        connection = self.connect(self.serve(stranger.issue("localhost")))
        self.assert_problem(connection, "certificate is not accepted")

    def test_a33_wrong_host_name(self):
        connection = self.connect(self.serve(self.authority.issue("broker.example")))
        self.assert_problem(connection, "Hostname mismatch")

    def test_a33_expired_certificate(self):
        connection = self.connect(self.serve(self.authority.issue("localhost", days=-1)))
        self.assert_problem(connection, "expired")

    def test_plain_broker_where_tls_is_wanted(self):
        self.assert_problem(self.connect(self.serve()), "cannot be reached")

    def test_a33_plain_is_refused_unless_allowed(self):
        broker = self.serve()
        with self.assertRaisesRegex(Refused, "plain connections are not allowed"):
            self.connect(broker, use_tls=False)
        connection = self.connect(broker, use_tls=False, allow_plain=True)
        wait_until(lambda: connection.is_connected, "the connection", 20)
        self.assertFalse(connection.problem)

    @mute_logger("odoo.addons.process_mqtt.bridge.connection")
    def test_wrong_password(self):
        with patch.dict(os.environ, {"BATCHPROOF_MQTT_PASSWORD": "wrong"}):
            connection = self.connect(self.serve(), use_tls=False, allow_plain=True)
        self.assert_problem(connection, "Not authorized")

    def test_missing_password(self):
        environment = {k: v for k, v in os.environ.items() if k != "BATCHPROOF_MQTT_PASSWORD"}
        self.patch(os, "environ", environment)
        with self.assertRaisesRegex(Refused, "put it into BATCHPROOF_MQTT_PASSWORD"):
            self.connect(self.serve(), use_tls=False, allow_plain=True)

    def test_missing_ca_file(self):
        with self.assertRaisesRegex(Refused, "no-such.crt cannot be used"):
            self.connect(self.serve(), ca_file=str(self.folder / "no-such.crt"))

    def test_no_way_to_switch_the_check_off(self):
        context = make_tls_context(Settings(1, "x", "h", ca_file=str(self.authority.file)))
        self.assertEqual(context.verify_mode, ssl.CERT_REQUIRED)
        self.assertTrue(context.check_hostname)
        self.assertGreaterEqual(context.minimum_version, ssl.TLSVersion.TLSv1_2)

    def serve_with_clients(self):
        """A broker that wants a certificate of each client."""
        broker = Mosquitto(
            self.folder, self.authority.issue("localhost"), client_ca=self.authority.file
        ).start()
        self.addCleanup(broker.stop)
        return broker

    def test_client_certificate_is_shown_where_the_broker_wants_one(self):
        certificate, key = self.authority.issue("bridge")
        own = {"cert_file": str(certificate), "key_file": str(key)}
        connection = self.connect(self.serve_with_clients(), **own)
        wait_until(lambda: connection.is_connected, "the connection", 20)
        self.assertFalse(connection.problem)

    @mute_logger("odoo.addons.process_mqtt.bridge.connection")
    def test_without_or_with_a_strangers_client_certificate_the_broker_refuses(self):
        broker = self.serve_with_clients()
        certificate, key = Authority(self.folder, "stranger").issue("bridge")
        for own in ({}, {"cert_file": str(certificate), "key_file": str(key)}):
            with self.subTest(bool(own)):
                connection = self.connect(broker, **own)
                wait_until(lambda c=connection: c.problem, "the refusal", 20)
                self.assertFalse(connection.is_connected)

    def test_missing_key_of_the_client_certificate(self):
        certificate, _key = self.authority.issue("bridge")
        with self.assertRaisesRegex(Refused, "cannot be used"):
            self.connect(self.serve(), cert_file=str(certificate))

    def test_mqtt_3_1_1_over_tls(self):
        broker = self.serve(self.authority.issue("localhost"))
        connection = self.connect(broker, protocol="311")
        wait_until(lambda: connection.is_connected, "the connection", 20)
        self.assertFalse(connection.problem)
        self.assertIs(connection._client._clean_session, False)
