# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain import trigger


class CarbonFrozenMixin(models.AbstractModel):
    """A record that a result rests on: free in one state at most, then never changed again.

    Two layers: `write` and `unlink` refuse everybody, the superuser too, and a PostgreSQL trigger
    refuses SQL. What may still change is named by `_get_mutable_fields`.
    """

    _name = "carbon.frozen.mixin"
    _description = "Record that does not change once it is used"

    _free_state = ""

    @api.model
    def _get_mutable_fields(self) -> set[str]:
        """Return the stored fields that may change on a frozen record."""
        return set()

    def _is_frozen(self) -> bool:
        """Return whether any of these records has left the state in which it may change."""
        if not self._free_state:
            return bool(self)
        return any(record.state != self._free_state for record in self)

    def _check_not_frozen(self) -> None:
        if self._is_frozen():
            raise UserError(
                self.env._(
                    "%(model)s “%(name)s” is frozen: results rest on it, so it can be neither "
                    "changed nor deleted. Make a new one and recalculate.",
                    model=self._description,
                    name=self[:1].display_name,
                )
            )

    def write(self, vals):
        """Refuse whatever is not named as mutable."""
        if not set(vals) <= self._get_mutable_fields():
            self._check_not_frozen()
        return super().write(vals)

    def unlink(self):
        """Refuse, whoever asks."""
        self._check_not_frozen()
        return super().unlink()

    def _auto_init(self):
        """Let an upgrade fill a new column: the trigger comes back with `init`."""
        if not self._abstract:
            trigger.drop(self.env.cr, self._table)
        return super()._auto_init()

    def init(self):
        """Put the trigger on the table of every concrete model."""
        result = super().init()
        if not self._abstract:
            trigger.install(self.env.cr, self._table, self._get_mutable_fields(), self._free_state)
        return result
