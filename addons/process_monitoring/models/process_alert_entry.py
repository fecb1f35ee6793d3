# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .. import clock


class ProcessAlertEntry(models.Model):
    """What an alert says of an answer: there is no number to show."""

    _inherit = "process.alert"

    def _format_message(self):
        if self.kind in ("breach", "operating", "quality") and self.value is False:
            return self.env._(
                "%(name)s: %(limit)s, since %(when)s.",
                name=self.requirement_id.name,
                limit=self.limit_ref,
                when=clock.format_ms(self.env, self.source_ms),
            )
        return super()._format_message()
