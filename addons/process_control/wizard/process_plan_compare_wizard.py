# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..tools import plan_diff

BADGES = {
    plan_diff.ADDED: "text-bg-success",
    plan_diff.REMOVED: "text-bg-danger",
    plan_diff.CHANGED: "text-bg-warning",
    plan_diff.MOVED: "text-bg-info",
}
# Parts of the content that are named otherwise than the field they come from: (model, field)
PARTS = {
    ("plan", "product"): ("process.plan", "product_id"),
    ("plan", "bom"): ("process.plan", "bom_id"),
    ("stage", "workcenter"): ("process.plan.stage", "workcenter_id"),
    ("requirement", "parameter"): ("process.requirement", "parameter_id"),
    ("requirement", "sensor"): ("process.requirement", "sensor_id"),
    ("requirement", "condition"): ("process.requirement", "condition_sensor_id"),
    ("requirement", "calendar"): ("process.requirement", "shift_calendar_id"),
    ("requirement", "holding"): ("process.requirement", "flow_sensor_id"),
    ("requirement", "lethality"): ("process.requirement", "lethality_method"),
    ("approval", "level"): ("process.plan.approval", "sequence"),
}
MODELS = {
    "plan": "process.plan",
    "stage": "process.plan.stage",
    "requirement": "process.requirement",
    "limit": "process.limit",
    "answer": "process.answer",
    "approval": "process.plan.approval",
}


class ProcessPlanCompareWizard(models.TransientModel):
    """Shows what differs between two revisions of a plan, row by row, old beside new.

    Written by whoever reads, gone after a while; it changes nothing.
    """

    _name = "process.plan.compare.wizard"
    _description = "Compare revisions of a plan"

    plan_id = fields.Many2one("process.plan", string="New", required=True)
    other_id = fields.Many2one(
        "process.plan",
        string="Old",
        required=True,
        domain="[('code', '=', code), ('company_id', '=', company_id), ('id', '!=', plan_id)]",
    )
    code = fields.Char(related="plan_id.code")
    company_id = fields.Many2one(related="plan_id.company_id")
    table = fields.Html(string="Differences", compute="_compute_table", sanitize=False)

    @api.depends("plan_id", "other_id")
    def _compute_table(self):
        for wizard in self:
            # contents are read as superuser: both plans have to be the reader's own to see
            (wizard.plan_id | wizard.other_id).check_access("read")
            wizard.table = wizard.env["ir.qweb"]._render(
                "process_control.plan_diff_table", {"rows": wizard._prepare_rows()}
            )

    def _prepare_rows(self) -> list[dict]:
        """Return the differences in words."""
        self.ensure_one()
        if not (self.plan_id and self.other_id):
            return []
        changes = plan_diff.compare(
            self.other_id._prepare_content(), self.plan_id._prepare_content()
        )
        return [self._prepare_row(change) for change in changes]

    def _prepare_row(self, change: plan_diff.Change) -> dict:
        return {
            "badge": BADGES[change.kind],
            "kind": self._get_kind_label(change.kind),
            "stage": change.stage or self.env._("The plan"),
            "item": change.item,
            "part": self._get_part_label(change),
            "old": self._get_words(change, change.old),
            "new": self._get_words(change, change.new),
        }

    def _get_kind_label(self, kind: str) -> str:
        return {
            plan_diff.ADDED: self.env._("Added"),
            plan_diff.REMOVED: self.env._("Removed"),
            plan_diff.CHANGED: self.env._("Changed"),
            plan_diff.MOVED: self.env._("Moved"),
        }[kind]

    def _get_level_label(self, level: str) -> str:
        return {
            "plan": self.env._("Plan"),
            "stage": self.env._("Stage"),
            "requirement": self.env._("Requirement"),
            "limit": self.env._("Limit"),
            "answer": self.env._("Answer"),
            "approval": self.env._("Approval"),
        }[level]

    def _get_part_label(self, change: plan_diff.Change) -> str:
        """Return what differs, by the name that its field has on the form."""
        if change.part in ("", "limit", "answer"):
            return self._get_level_label(change.level)
        if change.part == "position":
            return self.env._("Position")
        model, name = PARTS.get((change.level, change.part), (MODELS[change.level], change.part))
        field = self.env[model]._fields.get(name)
        return field._description_string(self.env) if field else change.part

    def _get_words(self, change: plan_diff.Change, value) -> str:
        """Return one side of a difference as people read it."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        if isinstance(value, dict):
            return self._get_row_words(change.level, value)
        model, name = PARTS.get((change.level, change.part), (MODELS[change.level], change.part))
        field = self.env[model]._fields.get(name)
        if field is not None and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return str(value)

    def _get_row_words(self, level: str, row: dict) -> str:
        """Return a whole row, such as an added requirement with its limits, in one line."""
        if level == "stage":
            names = [each["monitoring"]["requirement"] for each in row["requirements"]]
            return ": ".join([row["name"], ", ".join(names)]) if names else row["name"]
        if level == "limit":
            return " – ".join(part for part in (row["reference"], row["rationale"]) if part)
        if level == "answer":
            is_good = row["is_conforming"]
            words = self.env._("conforms") if is_good else self.env._("does not conform")
            return f"“{row['answer']}” {words}"
        if level == "approval":
            roles = dict(
                self.env["process.plan.approval"]._fields["role"]._description_selection(self.env)
            )
            return f"{row['minimum']} × {roles.get(row['role'], row['role'])}"
        if "monitoring" in row:
            bounds = [bound["reference"] for bound in row["monitoring"]["limits"]]
            return " · ".join([row["monitoring"]["parameter"], *bounds])
        return self._get_computed_words(row)

    def _get_computed_words(self, row: dict) -> str:
        """Return a condition, a tube or a lethality in one line."""
        if "volume_l" in row:
            return f"{row['sensor']}, {row['volume_l']} l, × {row['factor']}"
        if "z_c" in row:
            return f"{row['method']}: Tref {row['reference_c']} °C, z {row['z_c']} °C"
        return f"{row['sensor']} = {row['value']}"
