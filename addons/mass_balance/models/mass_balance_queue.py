# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class MassBalanceQueue(models.AbstractModel):
    """A queue before the books of a company, for requests that come at the same moment.

    A transaction sees the database as it was at its first statement. One that waits for a book
    another has changed meanwhile must fail and start again, and with many users some fail every
    time. So a request queues before it looks at anything: then it sees the books as they are when
    its turn comes, and cannot fail for that reason. The books' own locks stay the last word.
    """

    _name = "mass.balance.queue"
    _description = "Queue before the mass-balance books"

    @api.model
    def _wait_for_turn(self, companies) -> None:
        """Wait until nobody else books for these companies; until the transaction ends.

        Only a request that has written nothing yet can wait so, because it gives up what it has
        read. In any other (a method of the API that writes before it validates) the books' own
        locks decide, and Odoo repeats it.
        """
        self.env.flush_all()
        cr = self.env.cr
        cr.execute("SELECT pg_current_xact_id_if_assigned()")
        if cr.fetchone()[0] is not None:
            return
        for company_id in sorted(companies.ids):
            key = [company_id]
            # Held by the connection while the old view of the database is given up; handed to
            # the new transaction, which ends it whatever happens.
            cr.execute("SELECT pg_advisory_lock(hashtext('mass.balance.queue'), %s)", key)
            try:
                cr.rollback()
                cr.execute("SELECT pg_advisory_xact_lock(hashtext('mass.balance.queue'), %s)", key)
            finally:
                cr.execute("SELECT pg_advisory_unlock(hashtext('mass.balance.queue'), %s)", key)
