# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The chains' daily digest: made once a day, stamped by a witness, found out when rewritten."""

import base64

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..tools import chain, merkle, timestamp
from . import tsa


@tagged("post_install", "-at_install")
class TestAnchor(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Anchored Dairy"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.auditor = new_test_user(
            cls.env,
            "anchor.auditor",
            groups="audit_chain.group_audit_chain_auditor",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.authority = tsa.Authority()
        for number in range(3):
            cls.env["audit.record"]._log("test.event", cls.company, {"n": number})

    def anchor(self, **values):
        self.company.write(values)
        return self.env["audit.anchor"]._anchor(self.company)

    def anchored(self):
        return self.env["audit.anchor"].search([("company_id", "=", self.company.id)])

    def test_one_digest_over_all_heads(self):
        anchor = self.anchor()
        heads = self.env["audit.chain.head"].search([("company_id", "=", self.company.id)])
        found = merkle.parse(anchor._get_file())
        self.assertFalse(found.problem)
        self.assertEqual(found.root, anchor.root)
        names = {head.chain for head in found.heads}
        # its own chain began with it: the next anchor holds that one
        own = heads.filtered(lambda h: h.model == "audit.anchor")
        self.assertEqual(names, set((heads - own).mapped("name")))
        self.assertEqual(anchor.state, "kept")
        second = self.anchor()
        self.assertIn(own.name, {head.chain for head in merkle.parse(second._get_file()).heads})
        self.assertNotEqual(second.root, anchor.root)

    def test_the_witness_stamps_it(self):
        with tsa.serve(self.authority) as url:
            anchor = self.anchor(timestamp_url=url, timestamp_authority=self.authority.pem)
            self.assertEqual(anchor.state, "waiting")
            anchor._do_stamp()
        self.assertEqual((anchor.state, anchor.error), ("stamped", False))
        self.assertIn("Test time authority unit 1", anchor.stamped_by)
        token = base64.b64decode(merkle.parse(anchor._get_file()).stamps[0])
        stamp = timestamp.read(token, bytes.fromhex(anchor.root), [self.authority.pem.encode()])
        self.assertTrue(stamp.is_trusted)
        self.assertEqual(round(stamp.moment.timestamp() * 1000), anchor.stamped_at_ms)

    def test_a_server_out_of_reach_is_asked_again(self):
        with tsa.serve(self.authority) as url:
            pass
        anchor = self.anchor(timestamp_url=url)
        anchor._do_stamp()
        self.assertEqual(anchor.state, "waiting")
        self.assertIn(url, anchor.error)
        with tsa.serve(self.authority) as url, self.enter_registry_test_mode():
            self.company.timestamp_url = url
            self.env.ref("audit_chain.ir_cron_anchor").method_direct_trigger()
        self.assertEqual((anchor.state, anchor.error), ("stamped", False))

    def test_answers_that_prove_nothing(self):
        stranger = tsa.Authority("Stranger")
        for server, answer, words in (
            (self.authority, b"no answer at all", "gave no stamp"),
            (stranger, None, "do not trust"),
        ):
            with tsa.serve(server, answer) as url:
                anchor = self.anchor(timestamp_url=url, timestamp_authority=self.authority.pem)
                anchor._do_stamp()
            self.assertEqual(anchor.state, "waiting")
            self.assertIn(words, anchor.error)
            self.assertFalse(anchor.token)

    def test_once_a_day_and_company(self):
        cron = self.env.ref("audit_chain.ir_cron_anchor")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.assertEqual(len(self.anchored()), 1)

    def test_a_past_that_is_rewritten_whole_is_found(self):
        """The whole chain computed anew holds in itself; against the anchor it does not."""
        found = merkle.parse(self.anchor()._get_file())
        lines = self.env["audit.record"].export_chain_jsonl(self.company.id).splitlines()
        name = chain.parse_line(lines[0]).chain
        (head,) = (one for one in found.heads if one.chain == name)
        entries = list(chain.parse_lines(lines))
        self.assertEqual(merkle.compare(head, [(e.seq, e.hash) for e in entries]), "")
        forged, previous = [], chain.GENESIS
        for entry in entries:
            body = entry.body.replace('"n":0', '"n":7')
            forged.append(chain.Entry(name, entry.seq, previous, chain.link(previous, body), body))
            previous = forged[-1].hash
        self.assertTrue(chain.verify(forged).ok)
        self.assertIn("rewritten", merkle.compare(head, [(e.seq, e.hash) for e in forged]))
        self.assertIn("deleted", merkle.compare(head, [(e.seq, e.hash) for e in entries[:-1]]))

    def test_nobody_changes_an_anchor(self):
        with tsa.serve(self.authority) as url:
            anchor = self.anchor(timestamp_url=url)
            anchor._do_stamp()
        for values in ({"root": "0" * 64}, {"heads": "[]"}, {"token": "forged"}):
            with self.assertRaises(UserError):
                anchor.write(values)
        with self.assertRaises(UserError):
            anchor.unlink()
        with self.assertRaises(psycopg2.Error), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.cr.execute("UPDATE audit_anchor SET root = 'x' WHERE id = %s", [anchor.id])

    def test_who_may(self):
        user = new_test_user(self.env, "anchor.user", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["audit.anchor"].with_user(user).action_anchor_now()
        anchors = self.env["audit.anchor"].with_user(self.auditor)
        action = anchors.action_anchor_now()
        anchor = anchors.browse(action["res_id"])
        self.assertEqual(anchor.company_id, self.company)
        self.assertIn(str(anchor.id), anchor.action_download()["url"])
        with self.assertRaises(AccessError):
            anchors.create(
                {
                    "root": "0" * 64,
                    "heads": "[]",
                    "chain_count": 0,
                    "company_name": "",
                    "made_at": "",
                }
            )
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["audit.anchor"]._anchor(other)
        self.assertFalse(anchors.search([("id", "=", foreign.id)]))

    def test_settings_are_checked(self):
        for values in (
            {"timestamp_url": "tsa.example"},
            {"timestamp_url": "file:///etc/passwd"},
            {"timestamp_authority": "no certificate"},
        ):
            with self.assertRaises(ValidationError):
                self.company.write(values)
