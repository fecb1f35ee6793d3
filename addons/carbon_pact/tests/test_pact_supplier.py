# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A supplier's footprint: asked for, kept as it came, approved by another person, then used."""

import copy
import json
import uuid
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import peer
from ..tools import cloudevent
from .common import PactCase

ADDITIVE = "urn:gtin:4712345060507"
SUPPLIER = "urn:pact:supplier.example:company-id:7"


@tagged("post_install", "-at_install")
class TestPactSupplier(PactCase):
    """An additive by lots, of a supplier whose system is asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Additives", "is_company": True})
        cls.additive = cls._make_product("Additive", tracking="lot")
        cls.system = cls.make_client(
            name="Additives' system",
            partner_id=cls.vendor.id,
            product_ids=False,
            peer_url="https://supplier.example",
            supplier_company_ids=SUPPLIER,
        )
        cls.supply = (
            cls.env["pact.supply"]
            .with_user(cls.manager)
            .create(
                {
                    "client_id": cls.system.id,
                    "product_id": cls.additive.id,
                    "supplier_keys": ADDITIVE,
                }
            )
        )

    def document(self, pcf=None, **changed):
        """Return a supplier's document: 2.4 kg CO2e for a piece of 0.5 kg, TV-7's own carbon."""
        content = {
            "id": str(uuid.uuid4()),
            "specVersion": "3.0.1",
            "created": "2026-02-01T10:00:00Z",
            "status": "Active",
            "companyName": "Additives Ltd",
            "companyIds": [SUPPLIER.upper()],
            "productDescription": "",
            "productIds": ["urn:x-own:9", ADDITIVE],
            "productNameCompany": "Additive 9",
            "pcf": {
                "declaredUnitOfMeasurement": "piece",
                "declaredUnitAmount": "1",
                "productMassPerDeclaredUnit": "0.5",
                "referencePeriodStart": "2025-01-01T00:00:00+00:00",
                "referencePeriodEnd": "2026-01-01T00:00:00Z",
                "geographyCountry": "AT",
                "pcfExcludingBiogenicUptake": "2.4",
                "pcfIncludingBiogenicUptake": "0.79",
                "fossilGhgEmissions": "2.4",
                "fossilCarbonContent": "0",
                "biogenicCarbonContent": "0.44",
                "biogenicCO2Uptake": "-1.61",
                "ipccCharacterizationFactors": ["AR5"],
                "crossSectoralStandards": ["ISO14067"],
                "exemptedEmissionsPercent": "0",
                "primaryDataShare": "62.5",
                "dqi": {"technologicalDQR": "2", "geographicalDQR": "1.5", "temporalDQR": "3"},
                **(pcf or {}),
            },
            **changed,
        }
        content["pcf"] = {name: v for name, v in content["pcf"].items() if v is not None}
        return content

    def tell(self, kind, data, client=None, event_id=None):
        """Hand in an event as the door does; return what was kept."""
        body = cloudevent.write(
            kind, event_id or str(uuid.uuid4()), "//s", "2026-02-01T00:00:00Z", data
        )
        events = self.env["pact.event"].with_user(SUPERUSER_ID)
        kept, is_new = events._receive(client or self.system, cloudevent.read(body), body)
        if is_new:
            kept._take(data)
        return kept

    def ask(self):
        """Ask by the button; return the ID of the request."""
        self.supply.action_ask()
        domain = [("supply_id", "=", self.supply.id), ("direction", "=", "out")]
        return self.env["pact.event"].search(domain, order="id desc", limit=1).event_key

    def take(self, *documents):
        """Answer a request with documents; return what was kept of them."""
        known = self.supply.received_ids
        self.tell("fulfilled", {"requestEventId": self.ask(), "pfs": list(documents)})
        return self.supply.received_ids - known

    def receive_lot(self, name, vendor, kg=100.0):
        """Return a lot that came in from a supplier."""
        lot = self.make_lot(self.additive, name)
        kind = self.warehouse.in_type_id
        places = {
            "location_id": self.env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": self.warehouse.lot_stock_id.id,
        }
        line = {"product_id": self.additive.id, "lot_id": lot.id, "quantity": kg, **places}
        move = {"product_id": self.additive.id, "product_uom_qty": kg, "picked": True, **places}
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": vendor.id,
                **places,
                "move_ids": [Command.create(move | {"move_line_ids": [Command.create(line)]})],
            }
        )
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return lot

    def consume(self, lot):
        """Return the line of a finished order's footprint that weighs 10 kg of a lot."""
        order = self.make_order([(lot, 10.0)])
        self.count_all(order)
        return self.line(self.finish(order), "Additive")

    # -- the whole way --------------------------------------------------------------------------

    def test_asked_answered_approved_and_used(self):
        generic = self.env.ref("carbon_footprint.factor_naphtha_gb_wtt")
        self.additive.carbon_factor_id = generic
        key = self.ask()
        out = self.system.event_ids[0]
        self.assertEqual((out.direction, out.state, out.supply_id), ("out", "waiting", self.supply))
        self.assertEqual(
            json.loads(out.body)["data"], {"productId": [ADDITIVE], "status": ["Active"]}
        )
        content = self.document()
        kept = self.tell("fulfilled", {"requestEventId": key, "pfs": [content]})
        self.assertFalse(kept.error)
        received = self.supply.received_ids
        self.assertEqual((received.state, self.supply.state), ("usable", "received"))
        self.assertEqual(json.loads(received.content), content)
        self.assertEqual(
            (received.kg_co2e, received.removed, received.primary_share), (4.8, 3.22, 62.5)
        )
        version = received.version_id
        self.assertEqual((version.state, version.gwp_set, version.region), ("draft", "AR5", "AT"))
        self.assertEqual((version.value, version.biogenic_removed), (4.8, 3.22))
        self.assertEqual(
            (str(version.valid_from), str(version.valid_to)), ("2026-01-01", "2028-12-31")
        )
        self.assertEqual((version.pedigree, version.unit), ("2;2;3;2;2", "kg"))
        self.assertIn("Additives Ltd", version.source)
        # nothing weighs with it before a second person has approved it
        own, foreign = self.receive_lot("A1", self.vendor), self.receive_lot("A2", self.acme)
        self.assertEqual(self.consume(own).activity_id.factor_id, generic)
        with self.assertRaisesRegex(UserError, "somebody else"):
            version.with_user(self.manager).action_approve()
        version.with_user(self.second).action_approve()
        line = self.consume(own)
        self.assertEqual(line.activity_id.factor_version_id, version)
        self.assertEqual(line.activity_id.data_quality, "declared")
        self.assertEqual(line.kg_co2e, 48.0)
        # a lot of somebody else weighs what it always weighed
        self.assertEqual(self.consume(foreign).activity_id.factor_id, generic)
        # what a supplier states of his own product stands in no database
        draft = self.make_draft()
        draft.action_calculate()
        names = json.dumps(draft._get_factor_sources())
        self.assertNotIn("Additives Ltd", names)

    def test_two_gwp_sets_are_not_added(self):
        received = self.take(self.document(pcf={"ipccCharacterizationFactors": ["AR6"]}))
        received.version_id.with_user(self.second).action_approve()
        lot = self.receive_lot("A1", self.vendor)
        order = self.make_order([(lot, 10.0)])
        self.count_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("AR6", footprint.gap_text)

    # -- what is not used -----------------------------------------------------------------------

    def test_tv7_what_cannot_be_used_is_kept_and_said(self):
        cases = (
            (self.document(pcf={"pcfIncludingBiogenicUptake": "1.0"}), "With uptake"),
            (self.document(pcf={"biogenicCarbonContent": "0.5"}), "biogenic carbon"),
            (
                self.document(
                    pcf={"biogenicCO2Uptake": "1.61", "pcfIncludingBiogenicUptake": "4.01"}
                ),
                "look at: pcf.biogenicCO2Uptake",
            ),
            (self.document(companyIds=["urn:pact:other.example:1"]), "not of this supplier"),
            (self.document(productIds=["urn:gtin:1"]), "another product"),
            (self.document(specVersion="2.3.0"), "look at: specVersion"),
            (self.document(status="Deprecated"), "has deprecated it"),
            (self.document(validityPeriodStart="2025-06-01T00:00:00Z"), "early"),
            (self.document(validityPeriodEnd="2029-06-01T00:00:00Z"), "long"),
            (self.document(pcf={"productMassPerDeclaredUnit": "0"}), "states no mass"),
            (self.document(pcf={"ipccCharacterizationFactors": ["AR5", "AR6"]}), "AR5, AR6"),
            (self.document(pcf={"fossilGhgEmissions": None}), "pcf.fossilGhgEmissions"),
            (self.document(pcf={"declaredUnitAmount": 1}), "pcf.declaredUnitAmount"),
            (self.document(pcf={"geographyRegionOrSubregion": "Europe"}), "pcf.geography"),
            ({"id": "x", "pcf": [], "text": "\x00"}, "look at: pcf"),
        )
        for content, sentence in cases:
            with self.subTest(sentence):
                received = self.take(content)
                self.assertEqual(received.state, "refused")
                self.assertIn(sentence, received.fault_text)
                self.assertFalse(received.version_id)
        self.assertFalse(self.supply.factor_id)

    def test_answers_that_nobody_asked_for(self):
        key, content = self.ask(), self.document()
        answer = {"requestEventId": key, "pfs": [content]}
        # another partner, who knows the ID of our request
        stranger = self.tell("fulfilled", answer, client=self.client)
        unknown = self.tell("fulfilled", answer | {"requestEventId": "made-up"})
        self.assertIn("no open request", stranger.error)
        self.assertIn("no open request", unknown.error)
        self.assertFalse(self.supply.received_ids)
        self.tell("fulfilled", answer, event_id="e1")
        # the same event once more, and a second answer to the request
        self.tell("fulfilled", answer, event_id="e1")
        second = self.tell("fulfilled", answer | {"pfs": [self.document()]})
        self.assertIn("no open request", second.error)
        self.assertEqual(len(self.supply.received_ids), 1)
        # the same ID that says something else; and the same again is not kept twice
        changed = copy.deepcopy(content)
        changed["pcf"]["fossilGhgEmissions"] = "2.5"
        self.assertIn("something else", self.take(changed).fault_text)
        self.assertFalse(self.take(content))

    def test_a_rejection_is_shown_and_asking_again_clears_it(self):
        error = {"code": "NotFound", "message": "We do not know it."}
        self.tell("rejected", {"requestEventId": self.ask(), "error": error})
        self.assertEqual(self.supply.state, "rejected")
        self.assertEqual(self.supply.rejection, "NotFound: We do not know it.")
        self.ask()
        self.assertEqual((self.supply.state, self.supply.rejection), ("asked", False))

    # -- later ----------------------------------------------------------------------------------

    def test_a_notice_brings_a_new_draft_and_marks_the_old_one(self):
        first = self.document()
        old = self.take(first)
        old.version_id.with_user(self.second).action_approve()
        newer = self.document(
            precedingPfIds=[first["id"]], validityPeriodStart="2026-06-01T00:00:00Z"
        )
        notice = self.tell("published", {"pfIds": [newer["id"]]})
        cron = self.startPatcher(patch.object(type(self.env["ir.cron"]), "_commit_progress"))
        cron.return_value = 60.0
        with patch.object(peer.Peer, "send"), patch.object(peer.Peer, "get") as get:
            get.side_effect = peer.Undelivered("no")
            self.env["pact.event"]._cron_exchange()
            self.assertEqual((notice.tries, notice.error), (1, "no"))
            notice.next_try_at = notice.create_date
            get.side_effect = [newer]
            self.env["pact.event"]._cron_exchange()
        self.assertEqual((notice.next_try_at, notice.error), (False, False))
        new = self.supply.received_ids - old
        self.assertEqual((new.origin, new.version_id.state), ("notice", "draft"))
        self.assertEqual((old.is_deprecated, old.version_id.state), (True, "approved"))
        summaries = " ".join(self.supply.activity_ids.mapped("summary"))
        self.assertIn("withdrew the footprint in use", summaries)
        # the supplier deprecates the new one as well: noted, nothing overwritten
        with patch.object(peer.Peer, "find", return_value=[newer | {"status": "Deprecated"}]):
            self.supply.action_fetch()
        self.assertTrue(new.is_deprecated)
        self.assertEqual(len(self.supply.received_ids), 2)

    def test_reading_says_what_went_wrong(self):
        with (
            patch.object(peer.Peer, "find", side_effect=peer.Undelivered("answered 500")),
            self.assertRaisesRegex(UserError, "answered 500"),
        ):
            self.supply.action_fetch()
        with (
            patch.object(peer.Peer, "find", return_value=[]),
            self.assertRaisesRegex(UserError, "lists no footprint"),
        ):
            self.supply.action_fetch()
        wrong = self.document(companyIds=["urn:pact:other.example:1"])
        with patch.object(peer.Peer, "find", return_value=[wrong]) as find:
            self.supply.action_fetch()
            self.supply.action_fetch()
        find.assert_called_with((ADDITIVE,))
        self.assertEqual(self.supply.received_ids.mapped("state"), ["refused"])
        # entered right now, the same document is judged again
        self.system.supplier_company_ids = "urn:pact:other.example:1"
        with patch.object(peer.Peer, "find", return_value=[wrong]):
            self.supply.action_fetch()
        self.assertEqual(set(self.supply.received_ids.mapped("state")), {"usable", "refused"})
        self.system.supplier_company_ids = False
        with self.assertRaisesRegex(UserError, "identifiers are not entered"):
            self.supply.action_ask()

    # -- who may what ---------------------------------------------------------------------------

    def test_access_companies_and_stamps(self):
        received = self.take(self.document())
        for record in (self.supply, received):
            self.assertTrue(record.with_user(self.auditor).read(["state"]))
            for user in (self.worker, self.stranger):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["state"])
            self.assertFalse(record.with_user(self.stranger).search([("id", "=", record.id)]))
        with self.assertRaises(AccessError):
            self.supply.with_user(self.auditor).action_ask()
        with self.assertRaises(AccessError):
            received.with_user(self.manager).write({"is_deprecated": True})
        with self.assertRaisesRegex(UserError, "cannot be entered"):
            self.supply.state = "received"
        with self.assertRaisesRegex(UserError, "another line"):
            self.supply.product_id = self.polymer
        with self.assertRaisesRegex(UserError, "stays on record"):
            self.supply.unlink()
        with self.assertRaises(ValidationError):
            self.supply.supplier_keys = "4712345060507"
        with self.assertRaises(ValidationError):
            self.system.supplier_company_ids = "Additives Ltd"

    def test_what_was_received_never_changes(self):
        received = self.take(self.document()).sudo()
        with self.assertRaisesRegex(UserError, "frozen"):
            received.kg_co2e = 1.0
        with self.assertRaisesRegex(UserError, "frozen"):
            received.unlink()
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.Error),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("UPDATE pact_received SET kg_co2e = 1")
