# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.detached import after_transaction

ROLE_GROUPS = {
    "operator": "process_monitoring.group_process_monitoring_operator",
    "supervisor": "process_monitoring.group_process_monitoring_supervisor",
    "engineer": "process_monitoring.group_process_monitoring_engineer",
    "quality_manager": "process_monitoring.group_process_monitoring_quality_manager",
    "integration": "process_monitoring.group_process_monitoring_integration",
}


class ProcessRoleMixin(models.AbstractModel):
    """Who may do what, and which fields only a verb of the model may stamp.

    A verb checks the role of the user behind the call, also in superuser mode, and then writes
    with `_stamp`. Nothing here looks at the context, which any caller can choose.
    """

    _name = "process.role.mixin"
    _description = "Roles and stamped fields of process control"

    def _has_role(self, *roles: str) -> bool:
        return any(self.env.user.has_group(ROLE_GROUPS[role]) for role in roles)

    def _require_role(self, *roles: str) -> None:
        """Refuse a user who has none of the roles or may not see the records."""
        self.check_access("read")
        if self._has_role(*roles):
            return
        labels = dict(self._get_role_labels())
        raise AccessError(
            self.env._(
                "%(user)s may not do this on %(document)s. It takes the role %(roles)s; "
                "ask somebody who has it, or your administrator for the role.",
                user=self.env.user.name,
                document=self[:1].display_name or self._description,
                roles=self.env._(" or ").join(labels[role] for role in roles),
            )
        )

    def _get_role_labels(self) -> list[tuple[str, str]]:
        return [
            ("operator", self.env._("Operator")),
            ("supervisor", self.env._("Supervisor")),
            ("engineer", self.env._("Process engineer")),
            ("quality_manager", self.env._("Quality manager")),
            ("integration", self.env._("Integration")),
        ]

    def _get_label(self, name: str, value: str | None = None) -> str:
        """Return the label of a selection, the record's or another one, in the user's language."""
        labels = dict(self._fields[name]._description_selection(self.env))
        code = self[name] if value is None else value
        # what a caller sent may be no value of it at all
        return labels.get(code, code)

    def _get_stamped_fields(self) -> frozenset[str]:
        """Return the fields that are written by verbs only."""
        return frozenset()

    def _get_born_fields(self) -> frozenset[str]:
        """Return stamped fields that `create` itself sets."""
        return frozenset()

    def _stamp(self, vals: dict) -> bool:
        """Write stamped fields; for the verbs of this module alone."""
        return super().write(vals)

    def write(self, vals):
        """Refuse stamped fields, whoever asks and in whatever mode."""
        stamped = sorted(self._get_stamped_fields() & set(vals))
        if stamped and self:
            self._refuse_stamped("process.write_refused", stamped, vals)
        return super().write(vals)

    def _refuse_stamped(self, event: str, names: list[str], vals: dict) -> None:
        """Log the attempt, which outlives the rollback, and raise."""
        self._log_refused(event, {name: str(vals.get(name))[:200] for name in names})
        labels = [self._fields[name].string for name in names]
        raise UserError(
            self.env._(
                "%(fields)s of %(document)s is set by the process itself and cannot be written. "
                "Use the buttons of the document. Your attempt has been logged.",
                fields=", ".join(labels),
                document=self[:1].sudo().display_name or self._description,
            )
        )

    def _log_refused(self, event: str, details: dict) -> None:
        for record in self.sudo()[:20]:
            company = "company_id" in record._fields and record.company_id
            after_transaction(
                self.env,
                "audit.record",
                "_log_attempt",
                event,
                {
                    "res_model": record._name,
                    "res_id": record.id,
                    "res_name": record.display_name,
                    "company_id": (company or self.env.company).id,
                    "user_id": self.env.uid,
                },
                details,
            )

    def _check_clean(self, vals_list: list[dict]) -> None:
        """Refuse new records that arrive with stamped values: given, or as context defaults."""
        names = sorted(self._get_stamped_fields() - self._get_born_fields())
        defaults = self.default_get(names)
        for vals in vals_list:
            for name in names:
                default = self._fields[name].default
                wanted = default(self) if default else False
                found = vals.get(name, defaults.get(name))
                if found and found != wanted:
                    self._refuse_stamped("process.create_refused", [name], {name: found})

    def _lock(self) -> None:
        """Wait for whoever works on the same rows; the later one sees what the first did."""
        if self.ids:
            self.flush_recordset()
            self.env.cr.execute(
                f"SELECT id FROM {self._table} WHERE id IN %s ORDER BY id FOR UPDATE",  # noqa: S608
                [tuple(self.ids)],
            )
            self.invalidate_recordset()
