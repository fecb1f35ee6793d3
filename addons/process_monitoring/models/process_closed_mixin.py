# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ProcessClosedMixin(models.AbstractModel):
    """A table that only the programs of this module fill, by SQL: nobody writes it by the ORM.

    `_refuse` raises the sentence that says where its rows come from. The superuser and the
    external API are refused like anyone else.
    """

    _name = "process.closed.mixin"
    _description = "Table that nobody writes by hand"

    def _refuse(self):
        """Raise UserError: say where the rows come from, and what to do instead."""
        raise NotImplementedError(f"{self._name} does not say why it is closed")

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse, whoever asks."""
        self._refuse()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse, whoever asks."""
        self._refuse()
        return super().write(vals)

    def unlink(self):
        """Refuse, whoever asks."""
        self._refuse()
        return super().unlink()
