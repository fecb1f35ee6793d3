# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.process_monitoring.tools import units

DUPLICATE = "duplicate"


class ProcessStageLogEntry(models.Model):
    """What a person posts for a requirement that people enter: an entry under his own name.

    It goes through the same verb as the page "My due measurements", with its checks of role,
    time, reason, answer and device, and counts for this attempt alone.
    """

    _inherit = "process.stage"

    def _find_manual_cycle(self, item: dict):
        """Return the one monitoring of this attempt that people enter and the item names."""
        code, name = item.get("sensor"), item.get("requirement")
        found = self.sudo().cycle_ids.filtered(
            lambda cycle: (
                cycle.is_manual
                and (
                    cycle.sensor_id.code == code
                    if code is not None
                    else cycle.requirement_id.name == name
                )
            )
        )
        return found.with_env(self.env) if len(found) == 1 else found.browse()

    def _enter_item(self, cycle, item: dict) -> str | None:
        """Enter one item; return why it was refused, DUPLICATE if it is known, None if stored."""
        source_ms = item.get("source_ms")
        try:
            value = self._get_item_value(cycle, item)
            if self._is_known_entry(cycle, item, value):
                return DUPLICATE
            with self.env.cr.savepoint():
                cycle.action_enter(
                    value=value,
                    answer=item.get("text"),
                    measured_ms=source_ms,
                    reason=item.get("reason"),
                )
        except UserError as error:
            return str(error)
        return None

    def _get_item_value(self, cycle, item: dict):
        """Return the number in the unit of the measuring point; a text is not read as one here."""
        value, unit, own = item.get("value"), item.get("unit"), cycle.sudo().sensor_id.unit
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not is_number:
            raise UserError(self.env._("The value is not a number."))
        if value is None or not unit or unit == own:
            return value
        try:
            return units.convert(value, units.parse(unit).code, own)
        except (units.UnitError, OverflowError, ValueError) as error:
            raise UserError(str(error)) from error

    def _is_known_entry(self, cycle, item: dict, value) -> bool:
        """Tell whether this very entry is there: a delivery that is repeated is stored once."""
        return any(
            entry.measured_ms == item.get("source_ms")
            and entry.user_id == self.env.user
            and (entry.answer or None) == item.get("text")
            and (entry.value == value if value is not None else entry.value is False)
            for entry in cycle.sudo().entry_ids
        )
