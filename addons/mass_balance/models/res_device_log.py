# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ResDeviceLog(models.Model):
    """The device a session was seen on, noted apart from what its request does.

    Odoo notes it in the transaction of a session's first request. That one had then written
    something before it came to the books, could not queue for them any more (see
    `mass.balance.queue`), and lost to the others too often when many people booked at once.
    """

    _inherit = "res.device.log"

    @api.model
    def _update_device(self, request):
        """Note the device in a transaction of its own, as Odoo does when it only reads."""
        if self.env.cr.readonly:
            return super()._update_device(request)
        with self.env.registry.cursor() as cr:
            apart = self.with_env(self.env(cr=cr))
            return super(ResDeviceLog, apart)._update_device(request)
