# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError, UserError

# Set by Odoo's own machinery of messages and activities, never part of the record's facts.
_TECHNICAL = ("message_", "activity_", "my_activity_", "has_message", "website_message")


class ProcessStampedMixin(models.AbstractModel):
    """A record whose facts and states are stamped by the system, never typed.

    `_get_user_fields` names what people may write. Everything else passes `_stamp`, a private
    method that only the transitions call; the superuser and the external API are refused like
    anyone else. Such records are never deleted.
    """

    _name = "process.stamped.mixin"
    _description = "Record stamped by the system"

    def _get_user_fields(self) -> set[str]:
        """Return the fields that people may write, in the state the record is in."""
        return set()

    def _stamp(self, vals: dict) -> bool:
        """Write what a transition decides: who, when, which state."""
        return super().write(vals)

    def write(self, vals):
        """Refuse every field that is not people's to write."""
        for record in self:
            refused = [
                name
                for name in vals
                if name not in record._get_user_fields() and not name.startswith(_TECHNICAL)
            ]
            if refused:
                record._refuse_write(refused)
        return super().write(vals)

    def _refuse_write(self, names: list[str]):
        labels = [self._fields[name].string for name in sorted(names) if name in self._fields]
        raise UserError(
            self.env._(
                "%(fields)s of %(record)s cannot be edited: the system sets it, and it stays as "
                "it was set. Use the buttons of the form.",
                fields=", ".join(labels) or ", ".join(names),
                record=self.display_name,
            )
        )

    def unlink(self):
        """Refuse, whoever asks: it is a record of what happened."""
        if self:
            self._refuse_unlink()
        return super().unlink()

    def _refuse_unlink(self):
        raise UserError(
            self.env._(
                "%(model)s %(record)s cannot be deleted: it is a record of what happened.",
                model=self._description,
                record=self[0].display_name,
            )
        )

    def _check_group(self, *roles: str) -> None:
        """Raise AccessError unless the user has read access and one of the roles."""
        self.check_access("read")
        groups = [f"process_monitoring.group_process_monitoring_{role}" for role in roles]
        if not self.env.su and not any(self.env.user.has_group(group) for group in groups):
            names = ", ".join(self.env.ref(group).sudo().display_name for group in groups)
            raise AccessError(self.env._("Only %s may do this.", names))
