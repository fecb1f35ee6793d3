# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The doors from outside: what a client gets, and what nobody gets (numbers are PACT's cases)."""

import base64
import json
import uuid
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import config

from odoo.addons.rest_api import rate
from odoo.addons.rest_api.tools.token_bucket import Limiter

from .. import peer
from ..controllers import door
from ..tools import cloudevent
from .common import PactCase

EVENTS = "application/cloudevents+json; charset=UTF-8"


@tagged("post_install", "-at_install")
class TestPactApi(PactCase, HttpCase):
    """One published footprint, seen through the proxy that ends TLS."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a batch takes a second to make: it is made once, by an instance that runs no test
        case = cls()
        case.make_batch()
        cls.published = case.publish(case.make_draft())

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(config.options, {"proxy_mode": True}))
        self.startPatcher(patch.object(door, "_guesses", Limiter()))
        self.startPatcher(patch.object(rate, "_limiter", Limiter()))
        cron = type(self.env["ir.cron"])
        self.startPatcher(patch.object(cron, "_commit_progress", return_value=60.0))
        self.token, _seconds = self.env["pact.token"]._issue(self.client)

    # -- as a client ----------------------------------------------------------------------------

    def send(self, method, path, scheme="https", **kwargs):
        """Send a request as the proxy hands it on."""
        headers = {
            "X-Forwarded-Proto": scheme,
            "X-Forwarded-Host": "pcf.example",
            **kwargs.pop("headers", {}),
        }
        self.env.flush_all()
        response = self.opener.request(
            method, self.base_url() + path, headers=headers, timeout=30, **kwargs
        )
        self.env.invalidate_all()
        self.assertLess(response.status_code, 500, response.text)
        return response

    def ask(self, path, token=None, **kwargs):
        """Get a path with a token."""
        bearer = {"Authorization": f"Bearer {token or self.token}"}
        return self.send("GET", path, headers=bearer, **kwargs)

    def tell(self, kind, data, token=None, **changed):
        """Post an event."""
        body = cloudevent.write(
            kind, str(uuid.uuid4()), "//acme.example", "2026-01-31T00:00:00Z", data
        )
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": EVENTS}
        return self.send("POST", "/3/events", json=body | changed, headers=headers)

    def authenticate_client(self, client=None, secret="secret", **kwargs):
        coded = base64.b64encode(f"{(client or self.client).client_key}:{secret}".encode()).decode()
        return self.send(
            "POST",
            "/auth/token",
            data={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {coded}"},
            **kwargs,
        )

    def give_token(self, client=None):
        return self.authenticate_client(client).json()["access_token"]

    def list_ids(self, query="", token=None):
        response = self.ask(f"/3/footprints{query}", token)
        self.assertEqual(response.status_code, 200, response.text)
        return [each["id"] for each in response.json()["data"]]

    def assert_refused(self, response, status, code):
        self.assertEqual(response.status_code, status, response.text)
        body = response.json()
        self.assertEqual(set(body), {"code", "message"})
        self.assertEqual(body["code"], code)

    # -- tokens ---------------------------------------------------------------------------------

    def test_cases_1_2_a_token_by_header_or_form(self):
        answer = self.authenticate_client()
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json()["token_type"], "Bearer")
        self.assertEqual(answer.json()["expires_in"], 900)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        form = {"client_id": self.client.client_key, "client_secret": "secret"}
        for path in ("/auth/token", "/3/auth/token"):
            grant = form | {"grant_type": "client_credentials"}
            self.assertEqual(self.send("POST", path, data=grant).status_code, 200)
        self.assertEqual(self.send("POST", "/auth/token", data=form).status_code, 400)
        for wrong in ("", "Secret"):
            refused = self.authenticate_client(secret=wrong)
            self.assertEqual(refused.status_code, 401)
            self.assertEqual(refused.json()["error"], "invalid_client")
        self.assertFalse(self.env["pact.token"].search([("token_hash", "=", self.token)]))

    def test_tokens_guessed_ended_and_revoked_open_nothing(self):
        path = f"/3/footprints/{self.published.uuid}"
        self.assertEqual(self.ask(path).status_code, 200)
        for guess in (
            "x",
            "pact_" + "A" * 43,
            self.env["pact.token"].search([], limit=1).token_hash,
        ):
            self.assert_refused(self.ask(path, guess), 401, "BadRequest")
            self.assert_refused(self.tell("published", {}, guess), 401, "BadRequest")
        self.assert_refused(self.send("GET", path), 401, "BadRequest")
        key = self.env["pact.token"]._find(self.token)
        key.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assert_refused(self.ask(path), 401, "TokenExpired")
        key.expires_at = fields.Datetime.now() + timedelta(seconds=60)
        self.assertEqual(self.ask(path).status_code, 200)
        self.client.with_user(self.manager).action_revoke()
        self.assert_refused(self.ask(path), 401, "BadRequest")
        self.assertEqual(self.authenticate_client().status_code, 401)

    def test_a_new_secret_ends_the_old_one_and_its_tokens(self):
        shown = self.client.with_user(self.manager).action_make_secret()["context"]
        self.assert_refused(self.ask("/3/footprints"), 401, "BadRequest")
        self.assertEqual(self.authenticate_client().status_code, 401)
        answer = self.authenticate_client(secret=shown["default_secret"])
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn(shown["default_secret"], self.client.sudo().secret_hash)

    def test_who_guesses_is_soon_refused_and_who_has_the_key_is_not(self):
        with patch.object(door, "GUESSES_A_MINUTE", 2):
            status = [self.authenticate_client(secret="x").status_code for _try in range(3)]
            self.assertEqual(status, [401, 401, 429])
            self.assertEqual(self.ask("/3/footprints", "guess").status_code, 429)
            self.assertEqual(self.authenticate_client().status_code, 200)

    def test_the_rate_is_the_client_s_not_the_token_s(self):
        self.env["ir.config_parameter"].set_param("rest_api.requests_per_minute", "2")
        token = self.give_token()
        status = [
            self.ask("/3/footprints", each).status_code for each in (token, self.token, token)
        ]
        self.assertEqual(status[-1], 429)

    # -- plain HTTP -----------------------------------------------------------------------------

    def test_cases_9_10_11_17_plain_http_is_refused(self):
        answers = [
            self.authenticate_client(scheme="http"),
            self.ask("/3/footprints", scheme="http"),
            self.ask(f"/3/footprints/{self.published.uuid}", scheme="http"),
            self.send("POST", "/3/events", scheme="http", json={}),
            self.send("GET", "/.well-known/openid-configuration", scheme="http"),
        ]
        # without a proxy a header proves nothing
        with patch.dict(config.options, {"proxy_mode": False}):
            answers.append(self.ask("/3/footprints"))
        for answer in answers:
            self.assert_refused(answer, 403, "AccessDenied")

    # -- footprints -----------------------------------------------------------------------------

    def test_case_5_pages_by_link(self):
        self.publish(self.make_draft(comment="again"))
        seen, path = [], "/3/footprints?limit=1&geography=DE&geography=FR"
        while path:
            answer = self.ask(path)
            seen += [each["id"] for each in answer.json()["data"]]
            link = answer.links.get("next", {}).get("url", "")
            self.assertTrue(not link or link.startswith("https://pcf.example/3/footprints?"))
            path = link.removeprefix("https://pcf.example")
        self.assertEqual(len(seen), 2)
        self.assertEqual(seen, self.list_ids())
        for wrong in ("limit=-1", "limit=x", "offset=-1"):
            self.assert_refused(self.ask(f"/3/footprints?{wrong}"), 400, "BadRequest")

    def test_cases_20_to_39_filters(self):
        content = self.published._to_json()
        start, end = content["validityPeriodStart"], content["validityPeriodEnd"]
        own = {
            "productId": content["productIds"][0].upper(),
            "companyId": content["companyIds"][0],
            "geography": "de",
            "classification": content["productClassifications"][0],
            "validOn": start,
            "validAfter": "2020-01-01T00:00:00Z",
            "validBefore": "2099-01-01T00:00:00.500+01:00",
            "status": "active",
        }
        for name, value in own.items():
            value = value.replace("+", "%2B")
            self.assertEqual(self.list_ids(f"?{name}={value}"), [self.published.uuid], name)
        for query in (
            "productId=urn:gtin:4006381333930",
            "productId=urn:gtin:400638133393_",
            "productId=%25",
            "productId=|",
            "companyId=urn:bogus:company:1&companyId=urn:bogus:company:2",
            "geography=XX",
            "classification=urn:bogus:classification:1",
            "validOn=1900-01-01T00:00:00Z",
            f"validAfter={start}",
            f"validBefore={end}",
            "status=Bogus",
            "status=Deprecated",
            f"productId={own['productId']}&companyId=urn:bogus:company:1",
        ):
            self.assertEqual(self.list_ids(f"?{query}"), [], query)
        self.assertEqual(len(self.list_ids("?geography=DE&geography=XX&self=1")), 1)
        self.assert_refused(self.ask("/3/footprints?validOn=soon"), 400, "BadRequest")

    def test_nothing_of_others_leaks(self):
        own = f"/3/footprints/{self.published.uuid}"
        other = self.env["res.partner"].create({"name": "Other customer", "is_company": True})
        stranger = self.give_token(self.make_client(partner_id=other.id, product_ids=False))
        foreign = self.env["pact.client"].create(
            {
                "name": "x",
                "partner_id": other.id,
                "company_id": self.other_company.id,
                "sharing": "all",
            }
        )
        foreign._renew_secret("secret")
        foreign = self.give_token(foreign)
        for token in (stranger, foreign):
            self.assertEqual(self.list_ids("", token), [])
            self.assert_refused(self.ask(own, token), 404, "NotFound")
        # for some customers only: also for one whose access covers every product
        everything = self.give_token(self.make_client(partner_id=other.id, sharing="all"))
        self.assertEqual(self.list_ids("", everything), [self.published.uuid])
        self.published.with_user(self.manager).partner_ids = self.acme
        self.assert_refused(self.ask(own, everything), 404, "NotFound")
        self.assertEqual(self.list_ids(), [self.published.uuid])
        self.published.with_user(self.manager).partner_ids = [Command.link(other.id)]
        self.assertEqual(self.list_ids("", stranger), [self.published.uuid])

    def test_case_8_drafts_and_unknown_ids_are_not_found(self):
        draft = self.make_draft()
        for unknown in (draft.uuid, str(uuid.UUID(int=0)), "1", str(draft.id), "x' OR 1=1"):
            self.assert_refused(self.ask(f"/3/footprints/{unknown}"), 404, "NotFound")

    # -- events ---------------------------------------------------------------------------------

    def test_cases_12_13_a_request_is_fulfilled(self):
        self.client.peer_url = "http://localhost:1"
        asked = {"productId": self.published._to_json()["productIds"], "comment": "please"}
        answer = self.tell("created", asked)
        self.assertEqual((answer.status_code, answer.text), (200, ""))
        sent = self.exchange()
        self.assertEqual([body["type"] for body in sent], [cloudevent.FULFILLED])
        request = self.client.request_ids
        self.assertEqual((request.state, request.footprint_ids), ("fulfilled", self.published))
        self.assertFalse(request.answered_by_id)
        self.assertEqual(sent[0]["data"]["requestEventId"], request.event_key)
        self.assertEqual(sent[0]["data"]["pfs"], [self.published._to_json()])
        self.assertFalse(self.exchange())

    def test_case_14_a_request_is_rejected_or_waits_for_a_person(self):
        self.client.peer_url = "http://localhost:1"
        self.tell("created", {"productId": ["urn:pact:null"]})
        [body] = self.exchange()
        self.assertEqual(body["type"], cloudevent.REJECTED)
        self.assertEqual(body["data"]["error"]["code"], "NotFound")
        # a product that is shared, but no footprint of that year
        ids = self.published._to_json()["productIds"]
        self.tell("created", {"productId": ids, "validOn": "2019-01-01T00:00:00Z"})
        self.assertFalse(self.exchange())
        request = self.client.request_ids[0].with_user(self.manager)
        self.assertEqual((request.state, len(request.activity_ids)), ("open", 1))
        with self.assertRaisesRegex(Exception, "Say why"):
            request.action_reject()
        request.reason = "Not calculated for 2019."
        request.action_reject()
        [body] = self.exchange()
        self.assertEqual(body["data"]["error"]["message"], "Not calculated for 2019.")
        self.assertEqual(request.answered_by_id, self.manager)
        with self.assertRaisesRegex(Exception, "answered already"):
            request.action_reject()

    def test_a_person_s_yes_and_the_same_event_again(self):
        self.client.write({"peer_url": "http://localhost:1", "answer_mode": "person"})
        ids = self.published._to_json()["productIds"]
        for _time in range(2):
            self.assertEqual(self.tell("created", {"productId": ids}, id="e1").status_code, 200)
        self.assertEqual(len(self.client.request_ids), 1)
        self.assertFalse(self.exchange())
        self.client.request_ids.with_user(self.manager).action_fulfil()
        self.assertEqual([body["type"] for body in self.exchange()], [cloudevent.FULFILLED])

    def test_a_new_footprint_answers_what_waits_and_is_told(self):
        self.client.peer_url = "http://localhost:1"
        ids = self.published._to_json()["productIds"]
        self.published.with_user(self.manager).action_deprecate()
        self.exchange()
        self.tell("created", {"productId": ids})
        self.assertFalse(self.exchange())
        later = self.publish(self.make_draft())
        told = {body["type"]: body["data"] for body in self.exchange()}
        self.assertEqual(told[cloudevent.PUBLISHED], {"pfIds": [later.uuid]})
        self.assertEqual(told[cloudevent.FULFILLED]["pfs"], [later._to_json()])

    def test_cases_15_16_40_events_are_kept_or_refused(self):
        ids = {"pfIds": [str(uuid.uuid4())]}
        self.assertEqual(self.tell("published", ids).status_code, 200)
        kept = self.env["pact.event"].search([("client_id", "=", self.client.id)])
        self.assertEqual((kept.kind, kept.direction, kept.state), ("published", "in", "received"))
        wrong = self.tell("published", {"pfIds": ["urn:gtin:4712345060507"]})
        self.assert_refused(wrong, 400, "BadRequest")
        bearer = {"Authorization": f"Bearer {self.token}"}
        for content_type, data in (
            (EVENTS, b"{"),
            (EVENTS, b"[]"),
            (EVENTS, b"\xff"),
            ("text/plain", b"{}"),
        ):
            headers = bearer | {"Content-Type": content_type}
            answer = self.send("POST", "/3/events", data=data, headers=headers)
            self.assert_refused(answer, 400, "BadRequest")
        headers = bearer | {"Content-Type": EVENTS}
        large = self.send("POST", "/3/events", data=b" " * 1_000_001, headers=headers)
        self.assert_refused(large, 413, "BadRequest")
        self.assert_refused(self.send("PUT", "/3/events", headers=bearer), 405, "BadRequest")
        self.assert_refused(self.tell("created", {"productId": ["urn:a1:b"]}), 400, "BadRequest")

    def test_what_does_not_arrive_is_tried_again_and_given_up(self):
        self.client.peer_url = "http://localhost:1"
        self.tell("created", {"productId": ["urn:pact:null"]})
        self.env["pact.event"]._cron_exchange()
        event = self.client.sudo().event_ids.filtered(lambda each: each.direction == "out")
        self.assertEqual((event.state, event.tries), ("waiting", 1))
        self.assertIn("ConnectionError", event.error)
        self.assertGreater(event.next_try_at, fields.Datetime.now())
        self.assertFalse(self.exchange())
        with patch.object(fields.Datetime, "now", lambda: event.create_date + timedelta(hours=73)):
            event._send()
        self.assertEqual(event.state, "failed")
        event.with_user(self.manager).action_retry()
        self.assertEqual([body["type"] for body in self.exchange()], [cloudevent.REJECTED])
        self.assertEqual((event.state, event.error), ("sent", False))

    def test_secrets_and_addresses_of_the_other_side(self):
        for vals in (
            {"peer_url": "http://pcf.example"},
            {"peer_url": "https://a:b@pcf.example"},
            {"peer_variable": "PGPASSWORD"},
        ):
            with self.assertRaises(Exception, msg=vals):
                self.client.write(vals)
        other = peer.Peer("http://localhost:1", "us", "PGPASSWORD", frozenset({"localhost"}))
        with self.assertRaisesRegex(peer.Undelivered, "environment"):
            other.send("{}")

    def exchange(self):
        """Run the scheduled action; return the events it sent."""
        sent = []
        with patch.object(peer.Peer, "send", lambda _peer, body: sent.append(json.loads(body))):
            self.env["pact.event"]._cron_exchange()
        return sent

    def test_cases_18_19_discovery_and_the_notice(self):
        found = self.send("GET", "/.well-known/openid-configuration").json()
        self.assertEqual(found["token_endpoint"], "https://pcf.example/auth/token")
        # below a path of the proxy, the links are there too; what is no path is left out
        for prefix, shown in (("/pcf/", "/pcf"), ("//evil.example", ""), ("/a b", "")):
            headers = {"X-Forwarded-Prefix": prefix}
            found = self.send("GET", "/.well-known/openid-configuration", headers=headers).json()
            self.assertEqual(found["token_endpoint"], f"https://pcf.example{shown}/auth/token")
        page = self.send("GET", "/3/about").text
        self.assertIn("World", page)
        self.assertIn("WBCSD", page)
