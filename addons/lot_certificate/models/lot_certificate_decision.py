# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.audit_chain import trigger


class LotCertificateDecision(models.AbstractModel):
    """By whose word certificates are issued: once signed, PostgreSQL keeps it as it was signed.

    A row is free in the state it begins in; afterwards only its state may go on, along `_moves`.
    Where `_answer` names columns, what was asked is on record too: in the state it begins in,
    these alone may be written.
    """

    _name = "lot.certificate.decision"
    _description = "Signed decision about certificates"

    _free_state = ""
    _moves = ()
    _answer = ()

    def _auto_init(self):
        """Let an upgrade fill a new column: the trigger comes back with `init`."""
        if not self._abstract:
            trigger.drop(self.env.cr, self._table)
        return super()._auto_init()

    def init(self):
        """Put the trigger on the table of every concrete model."""
        result = super().init()
        if not self._abstract:
            logged = {"message_main_attachment_id"} & set(self._fields)
            states = (self._free_state, self._moves, self._answer)
            trigger.install(self.env.cr, self._table, logged, *states)
        return result
