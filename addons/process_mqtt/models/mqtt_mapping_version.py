# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring import clock

from .mqtt_mapping import PATHS

CONTENT = (
    "broker_id",
    "sequence",
    "topic_filter",
    "sensor_template",
    "payload_format",
    "time_source",
    *PATHS,
    "unit",
    "scale",
    "offset",
    "deadband",
    "deadband_max_s",
    "max_bytes",
    "retained_max_age_s",
    "max_age_s",
)
"""What is read, and how: this is approved, signed and exported."""
STAMPED = frozenset(
    {"state", "version", "replaces_id", "author_id", "approved_by_id", "approved_at_ms"}
)
"""Set by the transitions of this file alone."""
FREE = frozenset({"active", "example_topic", "example_payload"})
"""What may still change once a mapping is approved: nothing of it changes what is read."""
MONITORING = "process_monitoring.group_process_monitoring_"


class MqttMappingVersion(models.Model):
    """A mapping decides what a sensor is said to have measured: it is approved like a plan.

    `draft` → `approved` by the signature of an engineer or quality manager who did not write
    it; approving another version makes the one before `superseded`. The content of what was
    once approved never changes.
    """

    _inherit = "mqtt.mapping"

    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved"), ("superseded", "Superseded")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    version = fields.Integer(default=1, required=True, readonly=True, copy=False)
    replaces_id = fields.Many2one(
        "mqtt.mapping", string="Changes", readonly=True, copy=False, ondelete="restrict"
    )
    author_id = fields.Many2one(
        "res.users", string="Written by", readonly=True, copy=False, help="Who wrote it last."
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at_ms = BigInt(readonly=True, copy=False)
    approved_at = fields.Datetime(compute="_compute_approved_at")
    active = fields.Boolean(tracking=True)

    @api.depends("approved_at_ms")
    def _compute_approved_at(self):
        for mapping in self:
            ms = mapping.approved_at_ms
            mapping.approved_at = clock.to_datetime(ms) if ms else False

    @api.depends("topic_filter", "version")
    def _compute_display_name(self):
        for mapping in self:
            mapping.display_name = f"{mapping.topic_filter} (v{mapping.version})"

    def _filter_in_force(self):
        """Return those that a bridge reads by, in their order."""
        return self.filtered(lambda mapping: mapping.active and mapping.state == "approved")

    # -- guards -------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A mapping begins as a draft of the user who makes it, whatever the values say."""
        for vals in vals_list:
            if STAMPED & vals.keys():
                self._refuse_stamped(STAMPED & vals.keys())
        return super().create([{**vals, "author_id": self.env.uid} for vals in vals_list])

    def _get_user_fields(self):
        return FREE | set(CONTENT) if self.state == "draft" else FREE

    def write(self, vals):
        """Whoever changes what is read has written it."""
        result = super().write(vals)
        if vals.keys() & set(CONTENT):
            self._stamp({"author_id": self.env.uid})
        return result

    def _refuse_write(self, names):
        if STAMPED.intersection(names):
            self._refuse_stamped(STAMPED.intersection(names))
        self._require_draft()
        return super()._refuse_write(names)

    def _refuse_unlink(self):
        """A draft can be thrown away; what was once in force is part of the record."""
        self._require_draft()

    def _require_draft(self) -> None:
        for mapping in self:
            if mapping.state != "draft":
                raise UserError(
                    self.env._(
                        "Mapping %s was approved and stays as it is: readings were made by it. "
                        "Use “New version” to change it, or archive it to stop reading.",
                        mapping.display_name,
                    )
                )

    def _refuse_stamped(self, names) -> None:
        raise UserError(
            self.env._(
                "%s of a mapping cannot be typed: it is set by the buttons and by the signature.",
                ", ".join(self._fields[name].string for name in sorted(names)),
            )
        )

    # -- versions -----------------------------------------------------------------------------

    def action_new_version(self):
        """Open a draft with the same content; approved, it takes this one's place."""
        self.ensure_one()
        draft = self.search([("replaces_id", "=", self.id), ("state", "=", "draft")], limit=1)
        if not draft:
            if self.state != "approved":
                raise UserError(self.env._("Only an approved mapping has a next version."))
            draft = self.copy()
            draft._stamp({"version": self.version + 1, "replaces_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

    # -- approval -----------------------------------------------------------------------------

    def _get_signature_content(self):
        self.ensure_one()
        return {
            "kind": self._name,
            "broker": self.broker_id.name,
            "version": self.version,
            **self._prepare_document(),
        }

    def _prepare_document(self) -> dict:
        """Return what is read and how, as canonical JSON takes it: numbers with a point as text."""
        values = {name: self[name] for name in CONTENT if name != "broker_id"}
        return {
            name: repr(value) if isinstance(value, float) else value or None
            for name, value in values.items()
        }

    def _get_signature_meanings(self):
        return {"approve": self.env._("I have checked this mapping and approve it.")}

    def _check_may_sign(self, meaning):
        self.ensure_one()
        user = self.env.user
        if not any(user.has_group(MONITORING + role) for role in ("engineer", "quality_manager")):
            raise AccessError(
                self.env._("A mapping is approved by an engineer or a quality manager.")
            )
        self._require_draft()
        if user in self.author_id | self.create_uid:
            raise AccessError(
                self.env._(
                    "You wrote mapping %s: somebody else has to approve it.", self.display_name
                )
            )

    def _on_signed(self, signature):
        self._do_approve(signature.user_id, signature.signed_at_ms)

    def _do_approve(self, user, at_ms: int) -> None:
        """Put the mapping in force and retire the version it changes, in one transaction."""
        self.ensure_one()
        mapping = self.sudo()
        mapping.replaces_id._stamp({"state": "superseded"})
        mapping.replaces_id.flush_recordset()
        mapping._stamp({"state": "approved", "approved_by_id": user.id, "approved_at_ms": at_ms})
        mapping.flush_recordset()
        mapping._follow_approval()
        mapping.message_post(
            body=self.env._("Version %s approved by signature.", mapping.version),
            author_id=user.partner_id.id,
        )

    def _follow_approval(self) -> None:
        """What was waiting for this mapping is read from now on, if its sensors are there."""
        listed = self.env["mqtt.unmapped"].search([("broker_id", "in", self.broker_id.ids)])
        listed._link()
