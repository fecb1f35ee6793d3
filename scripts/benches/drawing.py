# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Many users who deliver from one mass-balance book at once, against a live server.

Sixteen workers validate claimed deliveries over the API for as long as asked; the book holds
less than they want. ``draws_per_second`` and ``draw_p95`` are told; an error that a user would
see, a negative figure, a lost or double draw or a broken chain fails the bench.
``scripts/bench drawing -- --seconds 120 --workers 16``
"""

import argparse
import contextlib
import json
import os
import queue
import random
import secrets
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import date
from decimal import Decimal

import _plant

MODULES = ["mass_balance"]
LOGIN = "drawing"


def main():
    """Prepare, run the server, let the workers draw, look at the books."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--deliveries", type=int, help="to prepare; by default 10 a second")
    options = parser.parse_args()
    _plant.start_odoo()
    count, password = options.deliveries or options.seconds * 10, secrets.token_urlsafe()
    account, pickings = in_transaction(lambda env: prepare(env, count, password))
    with serving() as url:
        user = (url, os.environ["BATCHPROOF_DATABASE"], LOGIN, password)
        taken, errors, elapsed = draw(user, pickings, options.workers, options.seconds)
    in_transaction(lambda env: check(env, account, pickings, len(taken), errors))
    _plant.report("draws_per_second", round(len(taken) / elapsed, 2), "1/s")
    _plant.report("draw_median", round(statistics.median(taken) * 1000), "ms")
    _plant.report("draw_p95", round(statistics.quantiles(taken, n=20)[-1] * 1000), "ms")


def in_transaction(step):
    """Run a step with the superuser's environment and commit."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(os.environ["BATCHPROOF_DATABASE"]).cursor() as cr:
        return step(api.Environment(cr, SUPERUSER_ID, {}))


def prepare(env, count, password):
    """A company with a book of credits, and deliveries that want a quarter more than it holds."""
    env = open_company(env, password)
    warehouses = env["stock.warehouse"].with_context(active_test=False)
    warehouse = warehouses.search([("company_id", "=", env.company.id)], limit=1)
    warehouse = warehouse or warehouses.create({"name": "Drawing", "code": "DRAW"})
    product = env["product.product"].create(
        {
            "name": "Granulate",
            "type": "consu",
            "uom_id": env.ref("uom.product_uom_kgm").id,
            "is_mb_material": True,
        }
    )
    dice = random.Random(16)
    wanted = [Decimal(dice.randrange(1, 5000)) / 100 for _index in range(count)]
    account = open_book(env, warehouse, product, sum(wanted) * 4 / 5)
    return account.id, list(sell(env, product, wanted))


def open_company(env, password):
    """Make a company, so that the plant's own are not touched, and a user who may deliver in it.

    Return the environment that works in it.
    """
    from odoo import Command

    company = env["res.company"].create({"name": f"Drawing {secrets.token_hex(4)}"})
    env.user.company_ids |= company
    groups = [env.ref(name).id for name in ("base.group_user", "stock.group_stock_user")]
    env["res.users"].create(
        {
            "name": "Drawing",
            "login": LOGIN,
            "password": password,
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.set(groups)],
        }
    )
    return env(context={**env.context, "allowed_company_ids": company.ids})


def sell(env, product, wanted):
    """Sell each quantity with a claim; yield the delivery of each, ready to be validated."""
    from odoo import Command

    customer = env["res.partner"].create({"name": "Customer"})
    for index, quantity in enumerate(wanted, start=1):
        line = {
            "product_id": product.id,
            "product_uom_qty": float(quantity),
            "mb_claim": "iscc_plus",
        }
        values = {"partner_id": customer.id, "order_line": [Command.create(line)]}
        order = env["sale.order"].create(values)
        order.action_confirm()
        order.picking_ids.action_assign()
        order.picking_ids.move_ids.picked = True
        yield order.picking_ids.id
        if index % 200 == 0:
            _plant.say(f"{index} of {len(wanted)} deliveries prepared")
            env.flush_all()
            env.invalidate_all()


def open_book(env, warehouse, product, quantity):
    """An output book that opens with a quantity, in five sets of characteristics."""
    supplier = env["res.partner"].create({"name": "Supplier"})
    account, rows = env["mass.balance.account"], []
    for index in range(5):
        source = env["sustainability.declaration"].create(
            {
                "number": f"DRAW-{index}",
                "partner_id": supplier.id,
                "product_id": product.id,
                "raw_material": "UCO",
                "statement": "iscc_compliant",
                "category": "bio",
            }
        )
        key = source._prepare_account_key(warehouse, "output", product.product_tmpl_id)
        account = account._get_or_create(key)
        row = {
            "account_id": account.id,
            "direction": "opening",
            "quantity": quantity / 5,
            "booking_date": date.today(),
            "document": "Opening",
            "source_declaration_id": source.id,
        }
        rows.append(row)
    env["mass.balance.entry"].create(rows)
    return account


@contextlib.contextmanager
def serving():
    """Run a server on the bench's database; give its address."""
    port = os.environ.get("BATCHPROOF_DRAWING_PORT") or free_port()
    command = [
        *(sys.executable, "-m", "odoo"),
        "-c",
        os.environ["BATCHPROOF_CONF"],
        "-d",
        os.environ["BATCHPROOF_DATABASE"],
    ]
    command += ["--http-port", str(port), "--max-cron-threads", "0", "--log-level", "warn"]
    command += ["--db_maxconn", "64"]
    server = subprocess.Popen(command)
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def draw(user, pickings, workers, seconds):
    """Validate deliveries by many workers at once; return times, errors and how long it took."""
    jobs, taken, errors = queue.Queue(), [], []
    for picking in pickings:
        jobs.put(picking)
    start = time.monotonic()
    arguments = (user, jobs, start + seconds, taken, errors)
    threads = [threading.Thread(target=work, args=arguments) for _index in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken, errors, time.monotonic() - start


class User:
    """Somebody signed in as the web client is; the first thing asked for is the first draw."""

    def __init__(self, url, base, login, password):
        self.url = url
        jar = urllib.request.HTTPCookieProcessor()
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
        self.post("/web/session/authenticate", {"db": base, "login": login, "password": password})

    def post(self, path, params):
        """Return the result, or raise RuntimeError with what the user would read."""
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers)
        with self.opener.open(request, timeout=120) as answer:
            reply = json.load(answer)
        if "error" in reply:
            raise RuntimeError(reply["error"].get("data", reply["error"])["message"])
        return reply["result"]

    def validate(self, picking):
        """Press the button of a delivery."""
        params = {
            "model": "stock.picking",
            "method": "button_validate",
            "args": [picking],
            "kwargs": {},
        }
        return self.post("/web/dataset/call_kw", params)


def work(user, jobs, end, taken, errors):
    """One user: validate the next delivery, until the time is up or none is left."""
    person = User(*user)
    while time.monotonic() < end:
        try:
            picking = jobs.get_nowait()
        except queue.Empty:
            return
        start = time.monotonic()
        try:
            person.validate(picking)
        except (RuntimeError, OSError) as error:
            errors.append(f"delivery {picking}: {error}")
        else:
            taken.append(time.monotonic() - start)


def free_port():
    """A port nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    """Wait until the server answers."""
    for _attempt in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/web/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the server did not start")


def check(env, account_id, pickings, count, errors):
    """Every figure must follow from the entries, and every delivery must have its answer."""
    from odoo.addons.audit_chain.tools import chain

    account = env["mass.balance.account"].browse(account_id)
    done = env["stock.picking"].browse(pickings).filtered(lambda p: p.state == "done")
    drawn = done.declaration_ids.filtered("entry_ids")
    refused = done.declaration_ids.filtered("refusal")
    entries = env["mass.balance.entry"]
    own = [("account_id", "=", account.id)]
    left = entries._sum(own)
    credits = sum((credit._get_remaining() for credit in account.credit_ids), Decimal(0))
    lines = entries.export_chain_jsonl(account.company_id.id).splitlines()
    weights = {p: sum((ml._get_kg() for ml in p.move_line_ids), Decimal(0)) for p in done}
    faults = list(errors[:5])
    checks = {
        "every request is answered": len(done) == count and not errors,
        "the running figure is the sum": Decimal(str(account.booked_balance)) == left == credits,
        "nothing is negative": left >= 0 and all(c.remaining >= 0 for c in account.credit_ids),
        "each delivery is drawn whole or refused": all(
            sum((d._get_kg() for d in p.declaration_ids & drawn), Decimal(0)) == weights[p]
            or (p.declaration_ids <= refused and not (p.declaration_ids & drawn))
            for p in done
        ),
        "what left is what was declared": -entries._sum([*own, ("direction", "=", "out")])
        == sum((d._get_kg() for d in drawn), Decimal(0)),
        "numbers are used once": len(set(done.declaration_ids.mapped("number")))
        == len(done.declaration_ids),
        "the chain holds": chain.verify(chain.parse_lines(lines)).ok,
    }
    faults += [name for name, holds in checks.items() if not holds]
    _plant.say(
        f"{count} deliveries, {len(drawn)} declarations drawn, {len(refused)} refused,"
        f" {left} kg left, {len(errors)} errors"
    )
    if faults:
        raise SystemExit("; ".join(faults))


if __name__ == "__main__":
    sys.exit(main())
