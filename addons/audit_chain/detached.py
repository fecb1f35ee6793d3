# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Work that must survive the rollback of the transaction that asked for it."""

from contextlib import contextmanager
from functools import partial

from odoo import SUPERUSER_ID, api
from odoo.service.model import retrying


@contextmanager
def detached_env(env):
    """Give a superuser environment on a cursor of its own, committed when the block ends."""
    with env.registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def after_transaction(env, model: str, method: str, *args) -> None:
    """Call `model.method(*args)` in a cursor of its own once this transaction has ended.

    Whether it is committed or rolled back, the call is made once. `args` hold no records.
    """
    pending = [partial(_call, env.registry, model, method, *args)]

    def run():
        while pending:
            pending.pop()()

    env.cr.postcommit.add(run)
    env.cr.postrollback.add(run)


def _call(registry, model: str, method: str, *args) -> None:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        # another writer may hold the head of the chain: this one waits and tries again
        retrying(lambda: getattr(env[model], method)(*args), env)
