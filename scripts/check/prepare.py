# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the demo's people do before the first batch: approve plans, mappings and rules by signature.

The demo data brings them as drafts. An approval is a person's signature, so no data file and
no superuser gives it: the engineer submits, the quality manager signs, in their own web sessions.
Carbon factors and targets, which need a second person but no signature, the energy manager
approves in the same way; the sustainability manager states the saving.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from actors import Plant
from client import WebSession

PLANS = {"company_dairy": "plan_milk", "company_polymer": "plan_pp"}
MAPPINGS = {
    "company_dairy": ["mapping_dairy_states", "mapping_dairy_values"],
    "company_polymer": ["mapping_polymer_values"],
}
CARBON = {
    "company_dairy": {
        "carbon.factor.version": ["factor_version_raw_milk"],
        "carbon.target": ["target_milk"],
    },
    "company_polymer": {
        "carbon.factor.version": ["factor_version_tariff"],
        "carbon.target": ["target_baseline", "target_polymer"],
    },
}
RULES = {"company_dairy": "certificate_rule_dairy", "company_polymer": "certificate_rule_polymer"}


def approve_plans(access: Path) -> None:
    """Bring the plan of each demo plant to approved; what is approved stays as it is."""
    for company, name in PLANS.items():
        plant = Plant(access, company, "", "")
        plan = plant.ref(name)
        if _state(plant, plan)["state"] == "draft":
            engineer = plant.person("process_engineer")
            engineer.call("process.plan", "action_confirm_flow", [plan])
            engineer.call("process.plan", "action_submit", [plan])
        if _state(plant, plan)["state"] == "in_review":
            plant.person("quality_manager").sign(
                "process.plan", plan, "approve", "Reviewed for the demo plant"
            )
        found = _state(plant, plan)
        print(f"plan {found['display_name']}: {found['state']}", flush=True)


def approve_mappings(access: Path) -> None:
    """Bring the MQTT mappings of each demo plant in force; drafts of other people stay drafts."""
    for company, names in MAPPINGS.items():
        plant = Plant(access, company, "", "")
        for mapping in map(plant.ref, names):
            found = _state(plant, mapping, "mqtt.mapping")
            if found["state"] == "draft":
                plant.person("quality_manager").sign(
                    "mqtt.mapping", mapping, "approve", "Checked for the demo plant"
                )
                found = _state(plant, mapping, "mqtt.mapping")
            print(f"mapping {found['display_name']}: {found['state']}", flush=True)


def approve_rules(access: Path) -> None:
    """Bring the rule by which each demo plant's batch certificates issue by themselves in force."""
    for company, name in RULES.items():
        plant = Plant(access, company, "", "")
        rule = plant.ref(name)
        manager = plant.person("quality_manager")
        fields = ["state", "display_name"]
        found = manager.call("lot.certificate.rule", "read", [rule], fields)[0]
        if found["state"] == "draft":
            manager.sign("lot.certificate.rule", rule, "approve", "Agreed for the demo plant")
            found = manager.call("lot.certificate.rule", "read", [rule], fields)[0]
        print(f"rule of issue {found['display_name']}: {found['state']}", flush=True)


def approve_carbon(access: Path) -> None:
    """Bring the demo's own factors and targets in force, and state its saving by the RED."""
    for company, drafts in CARBON.items():
        plant = Plant(access, company, "", "")
        manager = plant.person("energy_manager")
        for model, names in drafts.items():
            for name in names:
                _press(manager, model, plant.ref(name), "action_approve")
        if company == "company_polymer":
            stater = plant.person("sustainability_manager")
            _press(stater, "carbon.red.result", plant.ref("red_result_hvo"), "action_state")


def _press(person: WebSession, model: str, record: int, button: str) -> None:
    """Press a button of a draft; say what came of it."""
    fields = ["state", "display_name"]
    if person.call(model, "read", [record], fields)[0]["state"] == "draft":
        person.call(model, button, [record])
    found = person.call(model, "read", [record], fields)[0]
    print(f"{model} {found['display_name']}: {found['state']}", flush=True)


def _state(plant: Plant, record: int, model: str = "process.plan") -> dict[str, Any]:
    fields = ["state", "display_name"]
    return plant.key("process_engineer").read_one(model, record, fields)
