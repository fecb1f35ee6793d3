# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Any order of movements keeps the books: the identity holds to the gram."""

import json
import random

from odoo.addons.audit_chain.tools import chain
from odoo.addons.audit_chain.tools.decimals import to_decimal

from .common import D, MassBalanceCase


class TestSequence(MassBalanceCase):
    """A quarter of a plant's life, drawn by lot with a fixed seed."""

    def setUp(self):
        super().setUp()
        self.counter = 0
        self.receive(100000, product=self.fossil, lot="FN-0")

    def number(self):
        self.counter += 1
        return self.counter

    def step_receive(self, dice):
        number = self.number()
        self.receive_certified(
            dice.choice([33.3, 98.7, 100, 250.01]),
            number=f"SD-{number}",
            lot=f"BN-{number}",
            origin_country_id=self.env.ref(dice.choice(["base.fi", "base.se"])).id,
        )

    def step_produce(self, dice):
        credits = self.book("input", "naphtha").credit_ids.filtered("remaining")
        if not credits:
            return
        credit = dice.choice(list(credits))
        share = round(float(credit.remaining) * dice.choice([0.3, 0.5, 1]), 2)
        available = credit.lot_id.product_qty
        used = max(min(share, available), 0.01)
        number = self.number()
        self.produce(
            {credit.lot_id: used, self.lot("FN-0", self.fossil): 100},
            made=round((used + 100) * 0.85, 2),
            by=round((used + 100) * 0.05, 2),
            product_lot=f"PP-{number}",
        )

    def lots(self, products):
        return self.env["stock.lot"].search([("product_id", "in", products.ids)])

    def books(self, **values):
        domain = [("company_id", "=", self.company.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["mass.balance.account"].search(domain)

    def step_scrap(self, dice):
        lots = self.lots(self.polymer | self.bio).filtered(lambda lot: lot.product_qty > 1)
        if lots:
            lot = dice.choice(list(lots))
            part = round(lot.product_qty * dice.choice([0.01, 0.1]), 2)
            self.scrap(lot.product_id, part or 0.01, lot)

    def step_deliver(self, dice):
        stock = sum(self.lots(self.polymer).mapped("product_qty"))
        if stock > 5:
            self.deliver(round(min(stock, dice.choice([5, 33.3, 120])), 2))

    def step_cancel(self, dice):
        domain = [("company_id", "=", self.company.id), ("direction", "=", "out")]
        drawn = self.env["sustainability.declaration"].search([*domain, ("state", "=", "draft")])
        if drawn:
            record = dice.choice(list(drawn))
            record.cancel_reason = "Changed"
            record.action_cancel()

    def check(self):
        """What the entries say, what the running figures say, and what is left of each set."""
        for account in self.books():
            account.invalidate_recordset()
            left = sum((credit._get_remaining() for credit in account.credit_ids), D("0.000"))
            entries = self.env["mass.balance.entry"]
            self.assertEqual(entries._sum([("account_id", "=", account.id)]), left)
            self.assertEqual(to_decimal(account.booked_balance), left)
            self.assertGreaterEqual(left, 0)

    def test_the_identity_holds_after_any_sequence(self):
        dice = random.Random(2026)
        steps = {
            self.step_receive: 3,
            self.step_produce: 4,
            self.step_scrap: 2,
            self.step_deliver: 3,
            self.step_cancel: 1,
        }
        self.step_receive(dice)
        for _turn in range(40):
            dice.choices(list(steps), weights=list(steps.values()))[0](dice)
            self.check()
        self.check_totals()
        self.check_export()

    def total(self, kind, *directions):
        return self.env["mass.balance.entry"]._sum(
            [
                ("company_id", "=", self.company.id),
                ("kind", "=", kind),
                ("direction", "in", directions),
            ]
        )

    def check_totals(self):
        """Booked in = converted + fuel + losses + corrections + what is left, as input once."""
        converted = self.total("output", "convert")
        self.assertEqual(-self.total("input", "convert"), converted)
        gone = self.total("input", "loss", "fuel", "correction")
        left = self.held("input", "naphtha")
        self.assertEqual(self.total("input", "in"), converted - gone + left)
        held = sum((to_decimal(a.booked_balance) for a in self.books(kind="output")), D("0.000"))
        self.assertEqual(converted, held - self.total("output", "out", "correction"))

    def check_export(self):
        """Whoever has the export alone comes to the same figures."""
        text = self.env["mass.balance.entry"].export_chain_jsonl(self.company.id)
        lines = text.splitlines()
        self.assertTrue(chain.verify(chain.parse_lines(lines)).ok)
        found = {}
        for line in lines:
            body = json.loads(line)["body"]
            key = tuple(sorted(body["account"].items()))
            found[key] = found.get(key, D(0)) + D(body["change"])
        for account in self.books():
            key = tuple(sorted(account._get_key().items()))
            self.assertEqual(found[key], to_decimal(account.balance))
