# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Real transactions side by side.

Two transactions that append to one chain: one waits, is refused and retried; no fork. Failed
signatures survive the rollback of the request that made them.
"""

import threading
import uuid
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from ..detached import after_transaction
from ..tools import chain
from .common import PASSWORD


@tagged("post_install", "-at_install")
class TestConcurrency(BaseCase):
    """Real cursors, really committed; the records stay, as append-only records do."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())

    def _env(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, SUPERUSER_ID, {})

    def _log(self, env, text):
        company = env.ref("base.main_company")
        return env["audit.record"]._log("test.concurrency", company, {"text": text})

    def _verify(self):
        env = self._env()
        text = env["audit.record"].export_chain_jsonl(env.ref("base.main_company").id)
        return text, chain.verify(chain.parse_lines(text.splitlines()))

    def test_stale_snapshot_cannot_fork_the_chain(self):
        first, second = self._env(), self._env()
        # both have begun: their snapshots are as old as each other
        for env in (first, second):
            env["audit.chain.head"].search_count([])
        self._log(first, "first")
        first.cr.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self._log(second, "second")
        second.cr.rollback()
        self._log(second, "second again")
        second.cr.commit()
        text, verdict = self._verify()
        self.assertTrue(verdict.ok, verdict.reason)
        self.assertIn("second again", text)

    def test_many_writers_at_once(self):
        errors = []

        def work(number):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    for step in range(3):
                        retrying(lambda s=step: self._log(env, f"writer {number}.{s}"), env)
            except Exception as exc:  # noqa: BLE001 - a thread's error is the test's finding
                errors.append(exc)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertFalse(errors)
        text, verdict = self._verify()
        self.assertTrue(verdict.ok, verdict.reason)
        self.assertEqual(text.count("writer "), 9)

    def test_refusal_after_an_own_append_does_not_wait_for_itself(self):
        env = self._env()
        record = self._log(env, "held head")
        # the head of audit.record is locked by this transaction, and the refusal logs there too
        after_transaction(
            env,
            "audit.record",
            "_append",
            "test.detached",
            env["audit.record"]._prepare_subject(record.company_id),
            {"refused": True},
        )
        env.cr.rollback()
        text, verdict = self._verify()
        self.assertTrue(verdict.ok, verdict.reason)
        self.assertEqual(text.count("test.detached: "), 1)
        self.assertNotIn("held head", text)

    def test_three_wrong_lock_across_rolled_back_requests(self):
        env = self._env()
        login = f"lock.{uuid.uuid4().hex[:8]}"
        groups = "base.group_user,audit_chain.group_audit_chain_auditor"
        user = new_test_user(env, login, groups=groups, password=PASSWORD)
        check = env["audit.chain.check"]._run()
        env.cr.commit()
        wizard = type(env["audit.signature.wizard"])
        with patch.object(wizard, "_require_web_session", lambda self: None):
            sentences = [self._sign(user.id, check.id, word) for word in ("a", "b", "c", PASSWORD)]
        user.active = False
        env.cr.commit()
        self.assertIn("nothing was signed", sentences[0])
        self.assertIn("nothing was signed", sentences[1])
        self.assertIn("Signing is locked", sentences[2])
        self.assertIn("Signing is locked", sentences[3])
        events = env["audit.record"].search([("user_id", "=", user.id)], order="chain_sequence")
        self.assertEqual(
            events.mapped("event"), ["signature.failed", "signature.failed", "signature.locked"]
        )

    def _sign(self, user_id, check_id, password):
        """Sign as a request would: one transaction, rolled back when it is refused."""
        with self.registry.cursor() as cr:
            wizards = api.Environment(cr, user_id, {"password": password})["audit.signature.wizard"]
            wizard = wizards.create(
                {"res_model": "audit.chain.check", "res_id": check_id, "meaning": "review"}
            )
            try:
                wizard.action_sign()
            except UserError as exc:
                cr.rollback()
                return str(exc)
        return "signed"
