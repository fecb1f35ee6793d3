# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models
from odoo.exceptions import ValidationError

from odoo.addons.process_monitoring.clock import now_ms
from odoo.addons.process_monitoring.tools import units

from ..tools import stages_config, stages_words

# A continuous requirement that names no gap: monitoring is lost after this silence.
DEFAULT_GAP_S = 60


class MrpProductionOneOff(models.Model):
    """A batch that brings its own plan: it may start, but needs somebody's approval before done."""

    _inherit = "mrp.production"

    def _action_initiate_one_off(self, process_type: str, config):
        """Open the batch with a plan read from a configuration; return (run, assumptions)."""
        self.ensure_one()
        self._require_role("operator", "engineer", "integration")
        stages, reader = stages_config.read(config)
        if reader.errors:
            raise ValidationError("\n".join(reader.errors))
        order = self.sudo()
        order._lock()
        plan = order._create_one_off_plan(process_type, stages, reader)
        order._check_can_initiate(plan)
        run = order._do_initiate(plan)
        # the run's plan is the order's from here on
        order._stamp({"process_plan_id": plan.id})
        return run.sudo(False), reader.assumptions

    def _create_one_off_plan(self, process_type: str, stages, reader):
        # a draft of the caller, handed in by the caller: somebody else approves it
        plan = self.env["process.plan"].create(
            {
                "name": self.env._("%s, for this order only", self.name),
                "code": f"{self.name}/{self.env['ir.sequence'].next_by_code('process.plan')}",
                "process_type": process_type,
                "product_id": self.product_id.id,
                "company_id": self.company_id.id,
                "stage_ids": [
                    Command.create(self._prepare_one_off_stage(stage, reader)) for stage in stages
                ],
            }
        )
        plan._stamp(
            {
                "is_one_off": True,
                "state": "in_review",
                "submitted_by_id": self.env.uid,
                "submitted_at_ms": now_ms(),
            }
        )
        plan._do_ask_review()
        return plan

    def _prepare_one_off_stage(self, stage, reader) -> dict:
        return {
            "name": stage.name,
            "sequence": stage.sequence,
            "is_ccp": stage.is_ccp,
            "min_duration": stage.min_duration,
            "max_duration": stage.max_duration,
            "duration_unit": stage.duration_unit,
            "approval_level_ids": self._prepare_one_off_levels(stage, reader),
            "requirement_ids": [
                Command.create(self._prepare_one_off_requirement(stage, requirement, reader))
                for requirement in stage.requirements
            ],
        }

    def _prepare_one_off_levels(self, stage, reader) -> list:
        """Return who signs at the exit: at a CCP somebody has to evaluate what was measured."""
        if not stage.is_ccp:
            return []
        level = self.env["process.plan.stage"]._prepare_evaluation()
        reader.assumptions.append(
            f"{stage.name}: the monitoring of a CCP is evaluated and signed: "
            f"assumed by role '{level['role']}'"
        )
        return [Command.create(level)]

    def _prepare_one_off_requirement(self, stage, requirement, reader) -> dict:
        sensor = self._find_sensor(stage, requirement, reader)
        parameter = sensor.parameter_id or self._find_parameter(requirement)
        unit = requirement.unit or parameter.unit
        vals = {
            **dict(requirement.texts),
            "name": requirement.name,
            "company_id": self.company_id.id,
            "parameter_id": parameter.id,
            "sensor_id": sensor.id,
            "control_class": requirement.control_class,
            "is_mandatory": requirement.is_mandatory,
            "frequency": requirement.frequency,
            "limit_ids": [
                Command.create(
                    {
                        "kind": bound.kind,
                        "operator": bound.operator,
                        "value": bound.value,
                        "unit": unit,
                    }
                )
                for bound in requirement.bounds
            ],
        }
        if requirement.frequency == "interval":
            vals["interval_s"] = requirement.interval_s
        if requirement.frequency == "continuous":
            vals["max_gap_s"] = DEFAULT_GAP_S
            reader.assumptions.append(
                f"{requirement.name}: monitoring is lost after {DEFAULT_GAP_S} s of silence"
            )
        return vals

    def _find_sensor(self, stage, requirement, reader):
        """Return the sensor that is named, or the only one that can be meant.

        Of several of the right kind it is the one whose name has to do with the stage. What was
        assumed is answered, and somebody else approves the plan before the order is done.
        """
        sensors = self.env["process.sensor"].search([("company_id", "=", self.company_id.id)])
        if requirement.sensor:
            found = sensors.filtered(lambda s: s.code == requirement.sensor)
            if not found:
                raise ValidationError(
                    self.env._(
                        "%(name)s: there is no sensor %(code)s.",
                        name=requirement.name,
                        code=requirement.sensor,
                    )
                )
            return found
        fitting = sensors.filtered(lambda s: self._is_meant(s.parameter_id, requirement))
        if len(fitting) > 1:
            names = {sensor.code: f"{sensor.name} {sensor.code}" for sensor in fitting}
            meant = stages_words.only_meant(f"{stage.name} {requirement.name}", names)
            fitting = fitting.filtered(lambda s: s.code == meant)
        if len(fitting) == 1:
            reader.assumptions.append(f"{requirement.name}: sensor_code: assumed '{fitting.code}'")
            return fitting
        reader.assumptions.append(
            f"{requirement.name}: no sensor_code given, and no one sensor can be meant: "
            "nothing is measured"
        )
        return sensors.browse()

    def _find_parameter(self, requirement):
        parameters = self.env["process.parameter"].search([])
        found = parameters.filtered(lambda p: self._is_meant(p, requirement))[:1]
        if not found:
            raise ValidationError(
                self.env._(
                    "%(name)s: no parameter of this plant measures “%(kind)s” in %(unit)s. "
                    "Name a sensor_code, or have a process engineer add the parameter.",
                    name=requirement.name,
                    kind=requirement.kind,
                    unit=requirement.unit or self.env._("no unit"),
                )
            )
        return found

    def _is_meant(self, parameter, requirement) -> bool:
        """Tell whether a parameter is of the kind and unit that a requirement asks for."""
        if parameter.kind != "measure" or not parameter.unit:
            return False
        if requirement.unit and not units.is_compatible(requirement.unit, parameter.unit):
            return False
        words = f"{parameter.code} {parameter.name}".lower()
        is_temperature = requirement.kind == "temperature" and parameter.unit == "degC"
        return is_temperature or requirement.kind.lower() in words
