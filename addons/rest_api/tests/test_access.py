# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Keys, and what is told to those who have none: on the one path that every key may ask."""

from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from .. import rate
from ..tools.token_bucket import Limiter
from .common import ApiCase


@tagged("post_install", "-at_install")
class TestAccess(ApiCase):
    def setUp(self):
        super().setUp()
        self.caller = new_test_user(self.env, "t-api-caller", name="Line 1", tz="Europe/Berlin")

    def test_whose_key_it_is(self):
        status, answer = self.call("GET", "/me")
        self.assertEqual(status, 200)
        self.assertEqual((answer["user"], answer["login"]), ("Line 1", "t-api-caller"))
        self.assertEqual(answer["company_id"], self.caller.company_id.id)
        companies = [each["company_id"] for each in answer["companies"]]
        self.assertEqual(companies, self.caller.company_ids.ids)
        self.assertEqual(answer["time_zone"], "Europe/Berlin")

    def test_keys_that_open_nothing(self):
        for key in ("none", "0" * 40):
            self.assertEqual(self.call("GET", "/me", key=key)[0], 401)
            self.assertEqual(self.headers["WWW-Authenticate"].lower(), "bearer")

    def test_the_key_of_somebody_who_left(self):
        self.assertEqual(self.call("GET", "/me")[0], 200)
        self.caller.active = False
        self.assertEqual(self.call("GET", "/me")[0], 401)

    def test_keys_for_something_else_and_keys_that_ended(self):
        keys = self.env["res.users.apikeys"].with_user(self.caller).sudo()
        other = keys._generate("other", "test", "2999-01-01")
        self.assertEqual(self.call("GET", "/me", key=other)[0], 401)
        ended = keys._generate(None, "test", "2999-01-01")
        self.env.cr.execute(
            "UPDATE res_users_apikeys SET expiration_date = '2020-01-01' WHERE user_id = %s",
            [self.caller.id],
        )
        self.assertEqual(self.call("GET", "/me", key=ended)[0], 401)

    def test_paths_and_methods_that_are_none(self):
        self.assertEqual(self.call("GET", "/nothing")[0], 404)
        self.assertEqual(self.call("POST", "/nothing", {})[0], 404)
        self.assertEqual(self.call("DELETE", "/me")[0], 405)
        self.assertIn("GET", self.headers["Allow"])

    def test_what_has_not_changed_is_not_sent(self):
        self.call("GET", "/me")
        tag = self.headers["ETag"]
        self.assertEqual(self.call("GET", "/me", If_None_Match=tag), (304, ""))
        self.assertEqual(self.headers["ETag"], tag)
        self.assertEqual(self.call("GET", "/me", If_None_Match=f'"x", W/{tag}')[0], 304)
        self.assertEqual(self.call("GET", "/me", If_None_Match="*")[0], 304, "RFC 9110, 13.1.2")
        for other in ('"x"', "x", "", "%00", f'"{tag}'):
            self.assertEqual(self.call("GET", "/me", If_None_Match=other)[0], 200)

    def test_a_key_that_sends_too_much_waits(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param(rate.PARAMETER, "3")
        other = new_test_user(self.env, "t-api-other")
        with patch.object(rate, "_limiter", Limiter()):
            for left in (2, 1, 0):
                self.assertEqual(self.call("GET", "/me")[0], 200)
                self.assertTrue(self.headers["RateLimit"].startswith(f'"key";r={left};t='))
            self.assertEqual(self.headers["RateLimit-Policy"], '"key";q=3;w=60')
            self.assertEqual(self.call("GET", "/me")[0], 429)
            self.assertTrue(self.headers["RateLimit"].startswith('"key";r=0;t='))
            self.assertIn(int(self.headers["Retry-After"]), range(1, 21))
            self.assertEqual(self.call("GET", "/me", user=other)[0], 200)
            parameters.set_param(rate.PARAMETER, "0")
            self.assertEqual(self.call("GET", "/me")[1]["requests_per_minute"], 0)
            self.assertNotIn("RateLimit", self.headers)
        # a limiter of its own: the one before has given all it had, and refills by the clock
        with patch.object(rate, "_limiter", Limiter()):
            parameters.set_param(rate.PARAMETER, "many")
            self.assertEqual(self.call("GET", "/me")[1]["requests_per_minute"], rate.DEFAULT)
