# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Program of `test_issue_killed.py`: issue certificates in processes that are killed at each step.

Runs with the plant's own Python on the plant's database. Each step of the issue gets a process of
its own that ends itself by SIGKILL in the middle of it; then it is looked at what is left, and the
certificate is issued as the next turn of the scheduled action would. Prints one JSON object.
"""

import json
import os
import signal
import sys

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

# step -> model and method: the process ends right after it
PLACES = {
    "number": ("lot.certificate", "_allocate_number"),
    "snapshot": ("lot.certificate.snapshot", "_build"),
    "sign": ("lot.certificate", "_stamp_credential"),
    "credential": ("lot.certificate", "_get_document_text"),
    "print": ("lot.certificate.press", "_print_signed"),
    "attach": ("lot.certificate", "_store_pdf"),
    "state": ("lot.certificate", "_set_state"),
    "chain": ("lot.certificate", "_after_issue"),
    "commit": ("lot.certificate", "_issue"),
    "mail": ("lot.certificate", "_send"),
}


def start(database, work):
    """Do `work(env)` in a process of its own and commit; return its number."""
    sql_db.close_all()  # no connection is shared
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        with Registry(database).cursor() as cr:
            work(api.Environment(cr, SUPERUSER_ID, {}))
        code = 0
    finally:
        os._exit(code)  # nothing of the parent is to be tidied up here


def wait(pid):
    """Return how a process ended: 0, or less than 0 by a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed_after(env, step):
    """Make the process end as power loss would, right after a step."""
    name, method = PLACES[step]
    model = type(env[name])
    original = getattr(model, method)

    def last(self, *args, **kwargs):
        original(self, *args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(model, method, last)


def look(env, certificate_id):
    """Return what there is of a certificate: state, number, whole or not, files, trail, mail."""
    certificate = env["lot.certificate"].browse(certificate_id)
    issued = [("event", "=", "certificate.issue"), ("res_id", "=", certificate_id)]
    return {
        "state": certificate.state,
        "number": certificate.name or "",
        "whole": bool(certificate.snapshot) and certificate._is_intact(),
        "partial": bool(certificate.snapshot or certificate.signature or certificate.attachment_id),
        "trail": env["audit.record"].search_count(issued),
        "mail": bool(certificate.mail_id),
    }


def ask(database, work):
    """Return what `work(env)` returns, from a transaction of its own."""
    with Registry(database).cursor() as cr:
        answer = work(api.Environment(cr, SUPERUSER_ID, {}))
    sql_db.close_all()
    return answer


def make(env, subject_id):
    """Copy an issued certificate as one that is to be issued; its scheduled action stays asleep."""
    source = env["lot.certificate"].browse(subject_id)
    certificate = env["lot.certificate"].create(
        {
            "kind": "batch",
            "lot_id": source.lot_id.id,
            "partner_id": source.partner_id.id,
            "company_id": source.company_id.id,
        }
    )
    certificate._stamp({"state": "to_issue", "requested_by_id": source.requested_by_id.id})
    return certificate.id


def kill_at(database, step, subject_id):
    """Issue and be killed at a step; return what is left then, and after the next turn."""
    number = ask(database, lambda env: make(env, subject_id))

    def die(env):
        killed_after(env, step)
        certificate = env["lot.certificate"].browse(number)
        certificate._issue()
        env.cr.commit()
        if step == "mail":
            certificate._send()

    def issue(env):
        env["lot.certificate"].browse(number)._issue()

    ended = wait(start(database, die))
    left = ask(database, lambda env: look(env, number))
    again = wait(start(database, issue))
    after = ask(database, lambda env: look(env, number))
    return {"ended": ended, "left": left, "again": again, "after": after}


def race(database, subject_id):
    """Two processes issue the same certificate at once; return what came of it."""
    number = ask(database, lambda env: make(env, subject_id))
    first, second = os.pipe()

    def issue(env):
        os.read(first, 1)
        env["lot.certificate"].browse(number)._run_step("_issue")

    children = [start(database, issue) for _child in range(2)]
    os.write(second, b"..")
    ended = [wait(pid) for pid in children]
    return {"ended": ended, "after": ask(database, lambda env: look(env, number))}


def main(conf, database):
    """Kill at every step, then race; print what was found."""
    config.parse_config(["-c", conf, "-d", database, "--no-http", "--log-level=critical"])
    Registry(database)
    ruled = [("state", "=", "issued"), ("kind", "=", "batch"), ("rule_id", "!=", False)]
    subject = ask(database, lambda env: env["lot.certificate"].search(ruled, limit=1).id)
    found = {step: kill_at(database, step, subject) for step in PLACES}
    found["race"] = race(database, subject)
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
