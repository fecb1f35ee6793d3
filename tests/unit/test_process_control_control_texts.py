# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a plan says in words about a control measure travels under one name everywhere."""

from conftest import load_tool

control_texts = load_tool("process_control", "control_texts")
load_tool("process_monitoring", "limits")
load_tool("process_monitoring", "units")
plan_document = load_tool("process_control", "plan_document")


def test_each_text_has_one_name():
    assert len(set(control_texts.CONTROL_TEXTS)) == len(control_texts.CONTROL_TEXTS)


def test_a_plans_file_holds_each_of_them():
    assert set(control_texts.CONTROL_TEXTS) <= set(plan_document.TEXTS)


def test_iso_22000_8_5_4_2_a_monitoring_system_is_described():
    """Method, who evaluates, what is corrected by whom and what is recorded (8.5.4.2–8.5.4.4)."""
    described = {"monitoring_method", "evaluator_role", "correction", "responsible_role"}
    assert {*described, "record_kept"} <= set(control_texts.CONTROL_TEXTS)
