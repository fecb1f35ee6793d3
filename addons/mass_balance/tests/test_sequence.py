# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Any order of movements keeps the books: the identity holds to the gram."""

import json

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.addons.audit_chain.tools import chain
from odoo.addons.audit_chain.tools.decimals import to_decimal

from .common import D, MassBalanceCase

LIVES = settings(
    max_examples=2,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class TestSequence(MassBalanceCase):
    """A plant's life, drawn by lot; by the hundred it is lived in the unit tests."""

    def setUp(self):
        super().setUp()
        self.counter = 0
        self.other = self.env["stock.warehouse"].create(
            {"name": "Second plant", "code": "P2", "company_id": self.company.id}
        )
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
        books = self.book("input", "naphtha", warehouse_id=self.warehouse.id)
        credits = books.credit_ids.filtered("remaining")
        if not credits:
            return
        credit = dice.choice(list(credits))
        share = round(float(credit.remaining) * dice.choice([0.3, 0.5, 1]), 2)
        available = sum(credit.lot_id.quant_ids.filtered(self.is_here).mapped("quantity"))
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

    def step_unbuild(self, dice):
        orders = self.env["mrp.production"].search(
            [("company_id", "=", self.company.id), ("state", "=", "done")]
        )
        orders = orders.filtered(lambda o: o.lot_producing_ids.product_qty > 2)
        if orders:
            order = dice.choice(list(orders))
            stock = order.lot_producing_ids.product_qty
            self.unbuild(order, round(stock * dice.choice([0.1, 0.333, 1]), 2))

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

    def move(self, lot, quantity, target):
        """Move a part of a lot out of the first site."""
        move = self.env["stock.move"].create(
            {
                "product_id": lot.product_id.id,
                "product_uom_qty": quantity,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": target.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        move._action_assign()
        move.move_line_ids.lot_id = lot
        move.picked = True
        move._action_done()

    def pick_feedstock(self, dice):
        lots = self.lots(self.bio).filtered(
            lambda lot: (
                sum(lot.quant_ids.filtered(self.is_here).mapped("quantity")) > 2
                and lot._get_input_credits()
            )
        )
        return dice.choice(list(lots)) if lots else lots

    def is_here(self, quant):
        return quant.location_id == self.warehouse.lot_stock_id

    def step_send_back(self, dice):
        lot = self.pick_feedstock(dice)
        if lot:
            self.move(lot, 1.25, self.env.ref("stock.stock_location_suppliers"))

    def step_drive(self, dice):
        lot = self.pick_feedstock(dice)
        if lot:
            self.move(lot, 1.75, self.other.lot_stock_id)

    def step_transfer(self, dice):
        source = self.books(
            kind="output", product_group="Polypropylene", warehouse_id=self.warehouse.id
        )[:1]
        if source.booked_balance > 1:
            key = {**source._get_key_values(), "warehouse_id": self.other.id}
            target = source._get_or_create(key, like=source)
            source._transfer_to_site(target, D(dice.choice(["0.333", "1.000"])), "Drawn by lot")

    def step_close(self, dice):
        running = self.books().current_period_id
        if running:
            dice.choice(list(running))._do_close()

    def assert_books(self):
        """What the entries say, what the running figures say, and what is left of each set."""
        for account in self.books():
            account.invalidate_recordset()
            left = sum((credit._get_remaining() for credit in account.credit_ids), D("0.000"))
            entries = self.env["mass.balance.entry"]
            self.assertEqual(entries._sum([("account_id", "=", account.id)]), left)
            self.assertEqual(to_decimal(account.booked_balance), left)
            self.assertGreaterEqual(left, 0)
            for period in account.period_ids.filtered(lambda p: p.state == "closed"):
                self.assertEqual(period.closing_quantity, period.closed_quantity)

    def test_the_identity_holds_after_any_sequence(self):
        steps = [getattr(self, name) for name in dir(self) if name.startswith("step_")]
        often = [self.step_receive, self.step_produce, self.step_deliver]

        @LIVES
        @given(st.randoms(use_true_random=False))
        def live(dice):
            with self.cr.savepoint(flush=True) as point:
                self.counter = 0
                self.step_receive(dice)
                self.step_produce(dice)
                for _turn in range(14):
                    dice.choice(steps + often)(dice)
                    self.assert_books()
                self.assert_totals()
                self.assert_export()
                point.rollback()
            self.env.invalidate_all()

        live()

    def total(self, kind, *directions):
        return self.env["mass.balance.entry"]._sum(
            [
                ("company_id", "=", self.company.id),
                ("kind", "=", kind),
                ("direction", "in", directions),
            ]
        )

    def assert_totals(self):
        """Opening and booked = all that went + what is left; unconsumed input counts once."""
        converted = self.total("output", "convert")
        self.assertEqual(-self.total("input", "convert"), converted)
        for kind in ("input", "output"):
            moved = self.total(kind, "transfer_in", "transfer_out")
            self.assertEqual(moved, 0, "what one book gives, another takes")
            left = sum((to_decimal(a.booked_balance) for a in self.books(kind=kind)), D("0.000"))
            came = self.total(kind, "opening", "in") if kind == "input" else converted
            used = self.total(kind, "convert") if kind == "input" else D("0.000")
            gone = self.total(kind, "loss", "fuel", "out", "correction", "forfeit")
            self.assertEqual(came, left - used - gone)

    def assert_export(self):
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
