# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import clock
from ..tools import limits

CONTROL_CLASSES = [
    ("ccp", "CCP"),
    ("oprp", "OPRP"),
    ("prp", "PRP"),
    ("quality", "Quality"),
]
# Roles a plan may name as those who evaluate; of several the one with the most to say.
EVALUATORS = ("quality_manager", "supervisor", "engineer", "operator")


class ProcessRequirement(models.Model):
    """One thing that must be monitored: what, by which sensor, how often, within which limits.

    Written by process engineers (within a plan, whose approval freezes it). A cycle takes a
    snapshot of it when monitoring starts; later changes touch no running cycle.
    """

    _name = "process.requirement"
    _description = "Monitoring requirement"
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    parameter_id = fields.Many2one(
        "process.parameter", required=True, ondelete="restrict", index=True
    )
    unit = fields.Selection(related="parameter_id.unit", string="Canonical unit")
    sensor_id = fields.Many2one(
        "process.sensor",
        check_company=True,
        ondelete="restrict",
        index=True,
        domain="[('parameter_id', '=', parameter_id)]",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    control_class = fields.Selection(CONTROL_CLASSES, required=True, default="quality", index=True)
    is_mandatory = fields.Boolean(
        default=True, help="A stage cannot be completed without readings of it."
    )
    frequency = fields.Selection(
        [
            ("continuous", "Continuous"),
            ("interval", "At intervals"),
            ("per_batch", "Once per batch"),
            ("start_stop", "At start and at stop"),
            ("per_shift", "Once per shift"),
            ("on_demand", "On demand"),
        ],
        required=True,
        default="interval",
    )
    frequency_text = fields.Char(string="How often", compute="_compute_frequency_text")
    interval_s = fields.Integer(string="Interval (s)", default=1800)
    tolerance_s = fields.Integer(
        string="Tolerance (s)",
        default=300,
        help="How late a reading may be before it is missed: after the interval, after the start "
        "or before the stop, after the end of the shift. An entry made later than this is late.",
    )
    max_gap_s = fields.Integer(
        string="Maximum gap (s)",
        default=10,
        help="Continuous monitoring that is silent for longer is lost.",
    )
    limit_ids = fields.One2many("process.limit", "requirement_id", string="Limits", copy=True)
    limits_text = fields.Char(string="Limit values", compute="_compute_limits_text")
    condition_sensor_id = fields.Many2one(
        "process.sensor",
        string="Only while sensor",
        check_company=True,
        ondelete="restrict",
        domain="[('kind', '=', 'state')]",
        help="The limits apply only while this sensor says the value beside it.",
    )
    condition_value = fields.Char(string="says", help="For example: forward")
    condition_max_age_s = fields.Integer(
        string="Condition is known for (s)",
        default=60,
        help="A state older than this is unknown, and the limits apply.",
    )
    hazard = fields.Char(help="What goes wrong without this control.")
    hazard_decision = fields.Text(
        string="Decision about the hazard",
        help="Why the hazard is controlled here, and why as CCP or OPRP: likelihood and severity "
        "of a failure, later steps, whether a limit can be measured in time.",
    )
    limit_rationale = fields.Text(string="Rationale of the limits")
    validation = fields.Text(
        help="What showed that the measure controls the hazard: study or test, its result, by whom "
        "and when."
    )
    monitoring_method = fields.Char()
    correction = fields.Text(string="Correction if a limit is broken")
    responsible_role = fields.Char(string="Monitored by")
    evaluator_role = fields.Char(
        string="Evaluated by",
        help="A role that is named here (operator, supervisor, engineer, quality manager) gets the "
        "activities of alerts. Where none is, the supervisors get them.",
    )
    record_kept = fields.Char(string="Record", help="What is recorded, and where it is kept.")
    cycle_ids = fields.One2many("process.cycle", "requirement_id", string="Cycles")
    active = fields.Boolean(default=True)

    _interval_positive = models.Constraint(
        "CHECK(interval_s > 0 AND tolerance_s >= 0 AND max_gap_s >= 0 "
        "AND condition_max_age_s >= 0)",
        "Interval, tolerance and gap cannot be negative, and the interval cannot be zero.",
    )

    @api.depends("limit_ids.kind", "limit_ids.operator", "limit_ids.value", "limit_ids.unit")
    def _compute_limits_text(self):
        for requirement in self:
            ordered = requirement.limit_ids._sort_by_severity()
            requirement.limits_text = " · ".join(limit._to_text() for limit in ordered)

    @api.constrains("parameter_id", "sensor_id", "limit_ids", "control_class")
    def _check_sensor(self):
        for requirement in self:
            sensor = requirement.sensor_id
            if sensor and sensor.parameter_id != requirement.parameter_id:
                raise ValidationError(
                    self.env._(
                        "Requirement %(name)s monitors %(wanted)s, but sensor %(sensor)s measures "
                        "%(found)s. Choose a sensor of that parameter.",
                        name=requirement.name,
                        wanted=requirement.parameter_id.name,
                        sensor=sensor.code,
                        found=sensor.parameter_id.name,
                    )
                )

    @api.constrains("condition_sensor_id", "condition_value")
    def _check_condition(self):
        for requirement in self:
            if bool(requirement.condition_sensor_id) != bool(requirement.condition_value):
                raise ValidationError(
                    self.env._(
                        "Requirement %(name)s: name both the sensor and the state in which the "
                        "limits apply, or neither.",
                        name=requirement.name,
                    )
                )

    def _open_cycle(self, start_ms: int, subject: str):
        """Start monitoring at a time and return the `process.cycle`, its limits frozen.

        `subject` is what people call the thing monitored, such as "MO/00012 Pasteurisation".
        """
        self.ensure_one()
        cycle = self.env["process.cycle"].sudo().create(self._prepare_cycle(start_ms, subject))
        cycle._catch_up()
        return cycle.sudo(False)

    def _prepare_cycle(self, start_ms: int, subject: str) -> dict:
        snapshot = limits.dump(self._prepare_cycle_snapshot())
        return {
            "requirement_id": self.id,
            "sensor_id": self.sensor_id.id,
            "condition_sensor_id": self.condition_sensor_id.id,
            "company_id": self.company_id.id,
            "control_class": self.control_class,
            "start_ms": start_ms,
            "heard_ms": clock.now_ms(),
            "subject": subject,
            "limits_snapshot": snapshot,
            "limits_hash": limits.fingerprint(snapshot),
        }

    def _prepare_cycle_snapshot(self) -> dict:
        """Return what a plan says of the requirement, and what it means on the day it starts."""
        return self._prepare_snapshot()

    def _prepare_snapshot(self) -> dict:
        """Return all that a verdict depends on: names, codes, decimal strings, no ids."""
        condition = self.condition_sensor_id and {
            "sensor": self.condition_sensor_id.code,
            "value": self.condition_value,
            "max_age_ms": self.condition_max_age_s * 1000,
        }
        return {
            "version": 1,
            "requirement": self.name,
            "control_class": self.control_class,
            "is_mandatory": self.is_mandatory,
            "parameter": self.parameter_id.code,
            "sensor": self.sensor_id.code or "",
            "unit": self.parameter_id.unit or "",
            "frequency": self.frequency,
            "interval_s": self.interval_s,
            "tolerance_s": self.tolerance_s,
            "max_gap_s": self.max_gap_s,
            "limits": [limit._prepare_snapshot() for limit in self.limit_ids._sort_by_severity()],
            "condition": condition or None,
        }

    def _get_evaluators(self, company):
        """Return who evaluates what is monitored: the role that is named, else the supervisors."""
        self.ensure_one()
        users = self.env["res.users"]
        text = (self.evaluator_role or "").casefold().replace("_", " ")
        for role in EVALUATORS:
            if any(name in text for name in self._get_role_names(role)):
                named = users._get_process_users(f"group_process_monitoring_{role}", company)
                break
        else:
            named = users.browse()
        return named or users._get_process_users("group_process_monitoring_supervisor", company)

    @api.model
    def _get_role_names(self, role: str) -> set[str]:
        """Return what a role is called: its code, and its name in each installed language."""
        group = self.env.ref(f"process_monitoring.group_process_monitoring_{role}").sudo()
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        names = {group.with_context(lang=code).name.casefold() for code in languages}
        return names | {role.replace("_", " ")}
