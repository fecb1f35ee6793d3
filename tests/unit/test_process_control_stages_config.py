# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The configuration of the user's own example reads as it stands; a wrong one says where."""

import copy
import doctest
import json

import pytest
from conftest import ADDONS, load_tool

stages_words = load_tool("process_control", "stages_words")
stages_config = load_tool("process_control", "stages_config")

EXAMPLES = json.loads(
    (ADDONS / "process_control/tests/data/usage_examples.json").read_text(encoding="utf-8")
)
SEED = EXAMPLES["initiate"]["stages_config"]


def changed(path, value):
    """Return the example with one place changed."""
    config = copy.deepcopy(SEED)
    place = config
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return config


REQUIREMENT = (1, "monitoring_requirements", 0)


def kinds(config):
    stages, reader = stages_config.read(config)
    assert not reader.errors
    return [(b.kind, b.operator, b.value) for b in stages[1].requirements[0].bounds]


def test_example_as_it_stands():
    stages, reader = stages_config.read(SEED)
    assert not reader.errors
    assert [stage.name for stage in stages] == ["Raw Milk Reception", "Pasteurization"]
    reception, pasteurisation = (stage.requirements[0] for stage in stages)
    assert reception.unit == pasteurisation.unit == "degC"
    assert (reception.frequency, reception.interval_s) == ("interval", 1800)
    assert pasteurisation.frequency == "continuous"
    assert {bound.kind for bound in reception.bounds} == {"operating"}
    assert any("critical_side: assumed 'min'" in text for text in reader.assumptions)


def test_only_the_safety_side_is_critical():
    assert kinds(SEED) == [("critical", "ge", 71.5), ("operating", "le", 72.5)]
    assert kinds(changed((*REQUIREMENT, "critical_side"), "max")) == [
        ("operating", "ge", 71.5),
        ("critical", "le", 72.5),
    ]
    both = changed((*REQUIREMENT, "requirement_type"), "ph")
    assert {kind for kind, _operator, _value in kinds(both)} == {"critical"}


def test_an_absent_side_is_no_row():
    assert kinds(changed((*REQUIREMENT, "tolerance_max"), None)) == [("critical", "ge", 71.5)]


def test_zero_is_a_bound():
    assert kinds(changed((*REQUIREMENT, "tolerance_min"), 0))[0] == ("critical", "ge", 0.0)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((0, "stage_name"), ""),
        ((0, "stage_name"), 7),
        ((0, "stage_name"), "x" * 201),
        ((0, "stage_name"), "a\x00b"),
        ((0, "sequence_order"), 2),
        ((0, "sequence_order"), True),
        ((0, "sequence_order"), -1),
        ((0, "duration_minutes"), -1),
        ((0, "duration_minutes"), "30"),
        ((0, "duration_unit"), "days"),
        ((0, "max_duration"), 1),
        ((0, "is_critical_control_point"), 1),
        ((0, "monitoring_requirements"), {}),
        ((0, "monitoring_requirements"), ["x"]),
        ((*REQUIREMENT, "tolerance_min"), 99),
        ((*REQUIREMENT, "tolerance_min"), True),
        ((*REQUIREMENT, "tolerance_min"), float("nan")),
        ((*REQUIREMENT, "target_value"), 1e300),
        ((*REQUIREMENT, "critical_side"), "left"),
        ((*REQUIREMENT, "critical_side"), ["min"]),
        ((*REQUIREMENT, "control_class"), "none"),
        ((*REQUIREMENT, "control_class"), {}),
        ((*REQUIREMENT, "monitoring_frequency"), "0_minutes"),
        ((*REQUIREMENT, "monitoring_frequency"), "each moon"),
        ((*REQUIREMENT, "unit_of_measure"), 3),
        ((*REQUIREMENT, "is_mandatory"), "yes"),
        ((0,), "not a stage"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(path, value):
    stages, reader = stages_config.read(changed(path, value))
    assert stages == ()
    assert all(error.startswith("stages_config") for error in reader.errors)
    assert reader.errors


@pytest.mark.parametrize("config", [None, {}, [], "x", 3, [{}] * 101])
def test_what_is_no_configuration(config):
    stages, reader = stages_config.read(config)
    assert stages == ()
    assert reader.errors


def test_a_critical_limit_needs_a_bound_and_a_ccp_needs_a_critical_limit():
    config = changed((*REQUIREMENT, "tolerance_min"), None)
    config[1]["monitoring_requirements"][0]["tolerance_max"] = None
    assert any("critical limit needs" in error for error in stages_config.read(config)[1].errors)
    config = changed((*REQUIREMENT, "is_critical_limit"), False)
    config[1]["monitoring_requirements"][0]["control_class"] = "ccp"
    assert any("is_critical_limit" in error for error in stages_config.read(config)[1].errors)


def test_doctests():
    assert doctest.testmod(stages_config).failed == 0
    assert doctest.testmod(stages_words).failed == 0
