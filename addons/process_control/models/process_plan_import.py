# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import Command, models
from odoo.exceptions import UserError

from ..tools import plan_document

# kind of reference: (model, its code, its name where it has no code)
REFERENCES = {
    "product": ("product.product", "default_code", "name"),
    "bom": ("mrp.bom", "code", "product_tmpl_id.name"),
    "workcenter": ("mrp.workcenter", "code", "name"),
    "parameter": ("process.parameter", "code", ""),
    "sensor": ("process.sensor", "code", ""),
    "calendar": ("resource.calendar", "name", ""),
}
SHOWN_PROBLEMS = 10


class ProcessPlanImport(models.Model):
    """A plan comes from a file as a draft of whoever imports it, whole or not at all."""

    _inherit = "process.plan"

    def _do_import(self, data: bytes):
        """Return a new draft with the content of a file.

        The plan keeps its code and revision where the code is free, else it gets a new code.
        """
        self._require_role("engineer")
        document, problems = plan_document.read(data)
        if problems:
            raise UserError(self._get_problem_sentence(problems))
        company = self.env.company
        found = self._find_references(plan_document.references(document), company)
        self._check_import_units(document, found)
        taken = [("code", "=", document["code"]), ("company_id", "=", company.id)]
        is_free = not self.sudo().search_count(taken, limit=1)
        plan = self.create(self._prepare_import(document, found, company, is_free))
        if is_free:
            plan._stamp({"revision": document["revision"]})
        plan.message_post(
            body=self.env._(
                "Imported from a file: plan %(code)s revision %(revision)s.",
                code=document["code"],
                revision=document["revision"],
            )
        )
        return plan

    # -- references ---------------------------------------------------------------------------

    def _find_references(self, references, company) -> dict:
        """Return {(kind, name): record}; what is not here, or not unique, is said at once."""
        found = defaultdict(list)
        for kind, (model, code, name) in REFERENCES.items():
            names = {reference.name for reference in references if reference.kind == kind}
            if not names:
                continue
            # codes and names as the export writes them: in the source language
            records = self.env[model].with_context(lang=None)
            for record in records.search(self._get_reference_domain(kind, names, company)):
                label = record[code] or (name and record.mapped(name)[0])
                found[kind, label].append(self.env[model].browse(record.id))
        wrong = [each for each in references if len(found[each.kind, each.name]) != 1]
        if wrong:
            words = [self._get_reference_words(each, found[each.kind, each.name]) for each in wrong]
            raise UserError(
                self.env._(
                    "Nothing was imported, because here is %s.", "; ".join(dict.fromkeys(words))
                )
            )
        return {key: records[0] for key, records in found.items() if records}

    def _get_reference_domain(self, kind: str, names: set[str], company) -> list:
        model, code, name = REFERENCES[kind]
        domain = [(code, "in", list(names))]
        if name:
            unnamed = ["&", (code, "in", (False, "")), (name, "in", list(names))]
            domain = ["|", *domain, *unnamed]
        if "company_id" in self.env[model]._fields:
            domain = ["&", ("company_id", "in", (False, company.id)), *domain]
        return domain

    def _get_reference_words(self, reference, found) -> str:
        labels = {
            "product": self.env._("product"),
            "bom": self.env._("bill of materials"),
            "workcenter": self.env._("work centre"),
            "parameter": self.env._("parameter"),
            "sensor": self.env._("sensor"),
            "calendar": self.env._("working hours"),
        }
        place = self.env._("the plan")
        if reference.requirement:
            place = self.env._(
                "stage %(stage)s, requirement %(requirement)s",
                stage=reference.stage,
                requirement=reference.requirement,
            )
        elif reference.stage:
            place = self.env._("stage %s", reference.stage)
        words = {"what": labels[reference.kind], "name": reference.name[:200], "place": place}
        if found:
            return self.env._("more than one %(what)s “%(name)s” (%(place)s)", **words)
        return self.env._("no %(what)s “%(name)s” (%(place)s)", **words)

    def _check_import_units(self, document: dict, found: dict) -> None:
        for stage in document["stages"]:
            for requirement in stage["requirements"]:
                rules = requirement["monitoring"]
                unit = found["parameter", rules["parameter"]].unit or ""
                if unit != rules["unit"]:
                    raise UserError(
                        self.env._(
                            "Nothing was imported, because parameter “%(parameter)s” (stage "
                            "%(stage)s) is in “%(here)s” here and in “%(there)s” in the file.",
                            parameter=rules["parameter"],
                            stage=stage["name"],
                            here=unit,
                            there=rules["unit"],
                        )
                    )

    # -- problems of the file -----------------------------------------------------------------

    def _get_problem_sentence(self, problems) -> str:
        words = self._get_problem_words()
        lines = []
        for problem in problems[:SHOWN_PROBLEMS]:
            what = words[problem.code]
            what = what % problem.detail if "%s" in what else what
            lines.append(f"{problem.place}: {what}" if problem.place else what)
        if len(problems) > SHOWN_PROBLEMS:
            lines.append(self.env._("and %s more", len(problems) - SHOWN_PROBLEMS))
        return self.env._(
            "Nothing was imported, because the file is not a plan as this version writes it:\n%s",
            "\n".join(f"– {line}" for line in lines),
        )

    def _get_problem_words(self) -> dict[str, str]:
        return {
            "json": self.env._("this is not JSON (%s)"),
            "large": self.env._("the file is larger than %s bytes"),
            "object": self.env._("must be an object"),
            "rows": self.env._("must be a list of up to %s"),
            "missing": self.env._("is missing"),
            "unknown": self.env._("is not a part of a plan"),
            "text": self.env._("must be a text"),
            "empty": self.env._("must not be empty"),
            "long": self.env._("must not be longer than %s characters"),
            "choice": self.env._("must be one of: %s"),
            "whole": self.env._("must be a whole number, at least %s"),
            "flag": self.env._("must be true or false"),
            "number": self.env._("must be a number, written as a text"),
            "below": self.env._("must not be below %s"),
            "as_many": self.env._("must have as many rows as the limits: %s"),
            "twice": self.env._("has two bounds of the same kind and direction"),
        }

    # -- values -------------------------------------------------------------------------------

    def _prepare_import(self, document: dict, found: dict, company, is_free: bool) -> dict:
        vals = {
            "name": document["name"],
            "process_type": document["process_type"],
            "change_note": document["change_note"],
            "retention_months": document["retention_months"],
            "product_id": self._get_found_id(found, "product", document["product"]),
            "bom_id": self._get_found_id(found, "bom", document["bom"]),
            "company_id": company.id,
            "stage_ids": [
                Command.create(self._prepare_import_stage(stage, found, company))
                for stage in document["stages"]
            ],
        }
        return {**vals, "code": document["code"]} if is_free else vals

    def _get_found_id(self, found: dict, kind: str, name: str):
        return found[kind, name].id if name else False

    def _prepare_import_stage(self, stage: dict, found: dict, company) -> dict:
        as_they_are = (
            *("sequence", "name", "code", "is_ccp", "is_skippable", "duration_unit"),
            *("entry_criteria", "exit_criteria"),
        )
        return {
            **{name: stage[name] for name in as_they_are},
            "min_duration": float(stage["min_duration"]),
            "max_duration": float(stage["max_duration"]),
            "workcenter_id": self._get_found_id(found, "workcenter", stage["workcenter"]),
            "requirement_ids": [
                Command.create(
                    self._prepare_import_requirement(number * 10, requirement, found, company)
                )
                for number, requirement in enumerate(stage["requirements"], 1)
            ],
            "approval_level_ids": [
                Command.create(self._prepare_import_level(level)) for level in stage["approvals"]
            ],
        }

    def _prepare_import_level(self, level: dict) -> dict:
        as_they_are = ("name", "role", "minimum", "deadline_min", "delegation")
        return {**{name: level[name] for name in as_they_are}, "sequence": level["level"]}

    def _prepare_import_requirement(self, sequence, requirement, found, company) -> dict:
        rules = requirement["monitoring"]
        condition = rules["condition"] or {"sensor": "", "value": "", "max_age_ms": 60_000}
        as_they_are = (
            *("control_class", "is_mandatory", "frequency"),
            *("interval_s", "tolerance_s", "max_gap_s"),
            *("is_manual", "entry_role", "device_verification"),
        )
        return {
            **{name: requirement[name] for name in plan_document.TEXTS},
            **{name: rules[name] for name in as_they_are},
            "sequence": sequence,
            "name": rules["requirement"],
            "company_id": company.id,
            "parameter_id": found["parameter", rules["parameter"]].id,
            "sensor_id": self._get_found_id(found, "sensor", rules["sensor"]),
            "condition_sensor_id": self._get_found_id(found, "sensor", condition["sensor"]),
            "condition_value": condition["value"],
            "condition_max_age_s": condition["max_age_ms"] // 1000,
            "shift_calendar_id": self._get_found_id(found, "calendar", rules["calendar"]),
            **self._prepare_import_computed(rules, found),
            "limit_ids": [
                Command.create(self._prepare_import_limit(bound, rationale))
                for bound, rationale in zip(rules["limits"], requirement["rationales"], strict=True)
            ],
            "answer_ids": [
                Command.create(
                    {
                        "sequence": number * 10,
                        "name": row["answer"],
                        "is_conforming": row["is_conforming"],
                    }
                )
                for number, row in enumerate(rules["answers"], 1)
            ],
        }

    def _prepare_import_computed(self, rules: dict, found: dict) -> dict:
        """Return the settings of what is computed: holding time and lethality."""
        vals = {}
        tube, heat = rules["holding"], rules["lethality"]
        if tube:
            vals |= {
                "flow_sensor_id": self._get_found_id(found, "sensor", tube["sensor"]),
                "tube_volume_l": float(tube["volume_l"]),
                "velocity_factor": float(tube["factor"]),
                "velocity_factor_source": tube["factor_source"],
                "flow_max_age_s": tube["max_age_ms"] // 1000,
            }
        if heat:
            vals |= {
                "lethality_method": heat["method"],
                "reference_c": float(heat["reference_c"]),
                "z_c": float(heat["z_c"]),
            }
        return vals

    def _prepare_import_limit(self, bound: dict, rationale: str) -> dict:
        return {
            "kind": bound["kind"],
            "quantity": bound["quantity"],
            "operator": bound["operator"],
            "value": float(bound["value"]),
            "unit": bound["unit"],
            "rationale": rationale,
        }
