# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.audit_chain import trigger
from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from ..fields import OptionalFloat
from ..tools import calibration, units

TRANSITIONS = {("draft", "approved")}
STAMPED = {"state", "approved_by_id", "approved_at_ms", "name"}
FOUND = [("passed", "In tolerance"), ("failed", "Out of tolerance")]


class ProcessCalibration(models.Model):
    """One calibration of one device: how wrong it was found, and how wrong it was left.

    Written by engineers and quality managers while it is a draft; approved by the signature of a
    quality manager who did not write it, and unchangeable from then on (for SQL too). An error is
    what the device shows too much. What was found out of tolerance has everything re-evaluated
    that the device has said since it was last known to be good.
    """

    _name = "process.calibration"
    _inherit = [
        "process.stamped.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "audit.signable.mixin",
    ]
    _description = "Calibration"
    _order = "calibrated_at desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default="/")
    sensor_id = fields.Many2one(
        "process.sensor",
        string="Device",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('kind', '!=', 'state')]",
    )
    company_id = fields.Many2one(related="sensor_id.company_id", store=True, index=True)
    equipment_id = fields.Many2one(related="sensor_id.equipment_id")
    kind = fields.Selection(
        [("calibration", "Calibration"), ("verification", "Intermediate check")],
        required=True,
        default="calibration",
        help="An intermediate check shows whether the device is good, and moves no due date.",
    )
    calibrated_at = fields.Datetime(
        string="Calibrated at", required=True, help="When the device was found as it was."
    )
    unit = fields.Selection(units.SELECTION, compute="_compute_unit", store=True, precompute=True)
    reference_value = OptionalFloat(
        string="At", digits=None, help="The value of the standard at which the error was found."
    )
    as_found_error = OptionalFloat(
        string="Error as found", digits=None, help="Device minus standard, before any adjustment."
    )
    as_left_error = OptionalFloat(
        string="Error as left", digits=None, help="Device minus standard, after the adjustment."
    )
    tolerance = OptionalFloat(
        string="Permitted error",
        digits=None,
        compute="_compute_tolerance",
        store=True,
        readonly=False,
        precompute=True,
    )
    uncertainty = OptionalFloat(
        digits=None, help="Expanded uncertainty of the calibration (k = 2)."
    )
    standard = fields.Char(
        string="Reference standard", help="Which one, its certificate and to what it is traceable."
    )
    standard_due = fields.Date(string="Standard valid until")
    performed_by = fields.Char(string="Performed by", help="Person or laboratory.")
    certificate_number = fields.Char(string="Certificate number")
    attachment_ids = fields.Many2many(
        "ir.attachment", "process_calibration_attachment_rel", string="Certificate", copy=False
    )
    note = fields.Text(string="Remarks")
    found_result = fields.Selection(
        FOUND, string="As found", compute="_compute_results", store=True
    )
    left_result = fields.Selection(FOUND, string="As left", compute="_compute_results", store=True)
    next_due = fields.Date(
        string="Valid until",
        compute="_compute_next_due",
        store=True,
        readonly=False,
        precompute=True,
        help="Last day on which it is valid.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        tracking=True,
        copy=False,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", copy=False)
    approved_at_ms = BigInt(string="Approved (ms UTC)", readonly=True, copy=False, aggregator=None)
    reevaluation_ids = fields.One2many(
        "process.reevaluation", "calibration_id", string="Impact", readonly=True
    )

    def init(self):
        """Let PostgreSQL keep what is approved, whoever is connected."""
        result = super().init()
        trigger.install(self.env.cr, self._table, {"message_main_attachment_id"}, "draft")
        return result

    def _auto_init(self):
        """Let an upgrade fill a new column: the trigger comes back with `init`."""
        trigger.drop(self.env.cr, self._table)
        return super()._auto_init()

    # -- computed -------------------------------------------------------------------------------

    @api.depends("sensor_id")
    def _compute_unit(self):
        for record in self.filtered(lambda c: c.state == "draft"):
            record.unit = record.sensor_id.unit

    @api.depends("sensor_id")
    def _compute_tolerance(self):
        for record in self.filtered(lambda c: c.state == "draft"):
            record.tolerance = record.sensor_id.calibration_tolerance

    @api.depends("as_found_error", "as_left_error", "tolerance")
    def _compute_results(self):
        for record in self:
            record.found_result = record._judge(record.as_found_error)
            record.left_result = record._judge(record._get_final_error())

    def _judge(self, error) -> str | bool:
        if error is False or self.tolerance is False:
            return False
        return "passed" if calibration.is_within(error, self.tolerance) else "failed"

    def _get_final_error(self):
        """Return how the device was left; without an adjustment as it was found."""
        return self.as_found_error if self.as_left_error is False else self.as_left_error

    @api.depends("sensor_id", "calibrated_at", "kind")
    def _compute_next_due(self):
        for record in self.filtered(lambda c: c.state == "draft"):
            days = record.sensor_id.calibration_interval_days
            if record.kind == "verification":
                record.next_due = record.sensor_id.calibration_due
            elif days and record.calibrated_at:
                record.next_due = record.calibrated_at.date() + timedelta(days=days)

    # -- guards ---------------------------------------------------------------------------------

    @api.constrains("tolerance", "uncertainty", "sensor_id", "calibrated_at")
    def _check_values(self):
        for record in self:
            if any(
                record[name] is not False and record[name] < 0
                for name in ("tolerance", "uncertainty")
            ):
                raise ValidationError(
                    self.env._("A permitted error and an uncertainty cannot be negative.")
                )
            if record.sensor_id.kind == "state":
                raise ValidationError(
                    self.env._("%s delivers a state, which has no error.", record.sensor_id.code)
                )
            if record.calibrated_at and clock.to_ms(record.calibrated_at) > clock.now_ms():
                raise ValidationError(self.env._("A calibration cannot lie in the future."))

    @api.model_create_multi
    def create(self, vals_list):
        """Number the drafts; what approval stamps is not given."""
        for vals in vals_list:
            for name in ("state", "approved_by_id", "approved_at_ms"):
                vals.pop(name, None)
            sequence = self.env["ir.sequence"].sudo()
            vals["name"] = sequence.next_by_code("process.calibration") or "/"
            vals["state"] = "draft"
        created = super().create(vals_list)
        created._claim_attachments()
        return created

    def _claim_attachments(self) -> None:
        """Tie new certificates to their calibration: a file of its own is its uploader's alone."""
        for record in self:
            own = record.sudo().attachment_ids.filtered(
                lambda a: not a.res_id and a.create_uid == self.env.user
            )
            own.write({"res_model": self._name, "res_id": record.id})

    def _get_user_fields(self):
        return set(self._fields) - STAMPED if self.state == "draft" else set()

    def _refuse_write(self, names):
        raise UserError(
            self.env._(
                "Calibration %s is approved by a signature and stays as it is. What has "
                "been found since is a new calibration.",
                self.name,
            )
        )

    def write(self, vals):
        """Tie what is attached to the calibration."""
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._claim_attachments()
        return result

    def _refuse_unlink(self):
        """A draft can be thrown away; what is approved cannot."""
        for record in self:
            if record.state != "draft":
                raise UserError(
                    self.env._("Calibration %s is approved and cannot be deleted.", record.name)
                )

    # -- last good ------------------------------------------------------------------------------

    def _get_last_good_ms(self) -> int:
        """Return since when the device may have been wrong: when it was last known to be good.

        That is the newest approved calibration before this one that left it within the permitted
        error; else the date typed on the device; else its first reading (0).
        """
        self.ensure_one()
        good = self.search(
            [
                ("sensor_id", "=", self.sensor_id.id),
                ("state", "=", "approved"),
                ("left_result", "=", "passed"),
                ("calibrated_at", "<", self.calibrated_at),
            ],
            order="calibrated_at desc, id desc",
            limit=1,
        )
        if good:
            return clock.to_ms(good.calibrated_at)
        typed = self.sensor_id.calibrated_on
        is_earlier = typed and typed < self.calibrated_at.date()
        return clock.to_ms(typed) if is_earlier and not self._has_older() else 0

    def _has_older(self) -> bool:
        """Tell whether calibrations are on record from before: then no typed date counts."""
        return bool(
            self.search_count(
                [
                    ("sensor_id", "=", self.sensor_id.id),
                    ("state", "=", "approved"),
                    ("calibrated_at", "<", self.calibrated_at),
                ],
                limit=1,
            )
        )
