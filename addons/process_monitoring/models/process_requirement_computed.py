# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import bounds, lethality, limits, units
from ..tools.limits import HOLDING_TIME, LETHALITY

METHODS = [
    ("pu", "PU · pasteurisation units"),
    ("f0", "F0 · sterilisation"),
    ("p0", "P0 · pasteurisation at 70 °C"),
    ("other", "Other"),
]


class ProcessRequirementComputed(models.Model):
    """What is computed from readings and judged with them: holding time and lethality.

    The settings are part of the requirement, frozen with its plan and copied into each cycle, so
    that a figure can be computed again from the readings by anyone.
    """

    _inherit = "process.requirement"

    flow_sensor_id = fields.Many2one(
        "process.sensor",
        string="Flow through the tube",
        check_company=True,
        ondelete="restrict",
        help="Its newest reading not later than the reading that is judged gives the holding time.",
    )
    tube_volume_l = fields.Float(string="Volume of the tube (l)", digits=None)
    velocity_factor = fields.Float(
        string="Fastest particle",
        default=1.0,
        digits=None,
        help="How much faster the fastest particle is than the mean flow. Best from the tube's "
        "validation: mean divided by shortest residence time. By the text books 2 in laminar "
        "flow (Hagen-Poiseuille), 1.22 in turbulent flow (one-seventh power law: 60/49). 1 is plug "
        "flow: for a volume that was validated with the fastest particle in it.",
    )
    velocity_factor_source = fields.Char(
        string="Source of the factor", help="For example the report of the salt test."
    )
    flow_max_age_s = fields.Integer(
        string="Flow is known for (s)",
        default=10,
        help="With a flow older than this the holding time is unknown, and nothing is shown by the "
        "reading.",
    )
    lethality_method = fields.Selection(METHODS, string="Lethality", default="pu")
    reference_c = fields.Float(
        string="Reference temperature (°C)",
        compute="_compute_lethality_constants",
        store=True,
        readonly=False,
        precompute=True,
        digits=None,
    )
    z_c = fields.Float(
        string="z (°C)",
        compute="_compute_lethality_constants",
        store=True,
        readonly=False,
        precompute=True,
        digits=None,
        help="By how much the temperature rises for ten times the effect.",
    )
    has_holding_time = fields.Boolean(compute="_compute_quantities")
    has_lethality = fields.Boolean(compute="_compute_quantities")

    _computed_positive = models.Constraint(
        "CHECK(tube_volume_l >= 0 AND velocity_factor >= 1 AND flow_max_age_s >= 0)",
        "The volume of the tube cannot be negative, and the fastest particle is not slower than "
        "the mean: its factor is at least 1.",
    )

    @api.depends("lethality_method")
    def _compute_lethality_constants(self):
        for requirement in self:
            known = lethality.METHODS.get(requirement.lethality_method)
            if known:
                _name, requirement.reference_c, requirement.z_c = known

    @api.depends("limit_ids.quantity")
    def _compute_quantities(self):
        for requirement in self:
            quantities = set(requirement.limit_ids.mapped("quantity"))
            requirement.has_holding_time = HOLDING_TIME in quantities
            requirement.has_lethality = LETHALITY in quantities

    # -- checks -------------------------------------------------------------------------------

    @api.constrains("limit_ids", "flow_sensor_id", "tube_volume_l", "parameter_id")
    def _check_holding_time(self):
        for requirement in self.filtered("has_holding_time"):
            flow = requirement.flow_sensor_id
            is_flow = flow and units.is_compatible(flow.canonical_unit or "", "l/h")
            if not is_flow or requirement.tube_volume_l <= 0:
                raise ValidationError(
                    self.env._(
                        "Requirement %s limits the holding time: name the sensor of the flow "
                        "through the tube (a volume flow) and the volume of the tube.",
                        requirement.name,
                    )
                )

    @api.constrains("limit_ids", "parameter_id", "frequency", "max_gap_s", "reference_c", "z_c")
    def _check_lethality(self):
        for requirement in self.filtered("has_lethality"):
            if not units.is_compatible(requirement.unit or "", "degC"):
                raise ValidationError(
                    self.env._(
                        "Requirement %(name)s limits the lethality, which is computed from a "
                        "temperature. %(parameter)s is none.",
                        name=requirement.name,
                        parameter=requirement.parameter_id.name,
                    )
                )
            is_gap_known = requirement.frequency == "interval" or (
                requirement.frequency == "continuous" and requirement.max_gap_s
            )
            if not is_gap_known or requirement.z_c <= 0:
                raise ValidationError(
                    self.env._(
                        "Requirement %s limits the lethality: it is read continuously with a "
                        "maximum gap, or at intervals, and z is above zero. Otherwise the readings "
                        "show nothing of the time between them.",
                        requirement.name,
                    )
                )

    @api.constrains("limit_ids", "parameter_id")
    def _check_bounds(self):
        """Refuse bounds that no value can keep, and inner bounds that nobody would ever hear of."""
        for requirement in self:
            rows = {limit._to_bound(): limit for limit in requirement.limit_ids}
            found = bounds.find_contradiction(list(rows))
            if found:
                requirement._refuse_bounds(found.code, rows[found.first], rows[found.second])

    def _check_bounds_still(self):
        """Check at the end of a transaction that edited bounds one by one."""
        self.exists()._check_bounds()

    def _get_lethality_name(self) -> str:
        """Return which lethality is meant; Tref and z are always said with it."""
        self.ensure_one()
        return lethality.Rule(
            self.lethality_method or "other", self.reference_c, self.z_c
        ).describe()

    def _refuse_bounds(self, code: str, first, second):
        sentences = {
            "empty": self.env._(
                "Requirement %(name)s: no value keeps both “%(first)s” and “%(second)s”. Check "
                "which of them is the lower and which the upper bound."
            ),
            "outside": self.env._(
                "Requirement %(name)s: of “%(first)s” and “%(second)s” the one that warns lies "
                "beyond the critical one, so it would never be heard of. Put it on the safe side."
            ),
            "twice": self.env._(
                "Requirement %(name)s: “%(first)s” and “%(second)s” are two bounds of the same "
                "kind in the same direction. Keep the one that is meant."
            ),
        }
        raise ValidationError(
            sentences[code]
            % {"name": self.name, "first": first._to_text(), "second": second._to_text()}
        )

    # -- snapshot -----------------------------------------------------------------------------

    def _prepare_snapshot(self):
        return super()._prepare_snapshot() | {
            "holding": self._prepare_holding() if self.has_holding_time else None,
            "lethality": self._prepare_lethality() if self.has_lethality else None,
        }

    def _prepare_holding(self) -> dict:
        return {
            "sensor": self.flow_sensor_id.code,
            "volume_l": repr(self.tube_volume_l),
            "factor": repr(self.velocity_factor),
            "factor_source": self.velocity_factor_source or "",
            "max_age_ms": self.flow_max_age_s * 1000,
        }

    def _prepare_lethality(self) -> dict:
        return {
            "method": self.lethality_method or "other",
            "reference_c": repr(self.reference_c),
            "z_c": repr(self.z_c),
        }

    def _prepare_cycle(self, start_ms, subject):
        flow = self.flow_sensor_id if self.has_holding_time else self.flow_sensor_id.browse()
        return super()._prepare_cycle(start_ms, subject) | {"flow_sensor_id": flow.id}

    def _get_quantity_unit(self, quantity: str) -> str:
        """Return the canonical unit of what a limit bounds."""
        return limits.QUANTITY_UNITS.get(quantity) or self.parameter_id.unit or ""
