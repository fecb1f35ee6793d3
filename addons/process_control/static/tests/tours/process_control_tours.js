// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const tours = registry.category("web_tour.tours");

function choose(field, text) {
    return [
        { trigger: `.modal:not(.o_inactive_modal) .o_field_widget[name=${field}] input`, run: `edit ${text}` },
        { trigger: `.o-autocomplete--dropdown-item:contains(${text})`, run: "click" },
        // what the choice changes elsewhere in the form has come back from the server
        { trigger: `.modal:not(.o_inactive_modal) .o_field_widget[name=${field}] input:value(${text})` },
    ];
}

/** A process engineer writes a plan, orders its stages on the page and hands it in. */
tours.add("process_control_write_plan", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=name] input", run: "edit Tour milk" },
        { trigger: ".o_field_widget[name=process_type] input", run: "edit tour_milk" },
        { trigger: ".o_field_widget[name=product_id] input", run: "edit t-milk" },
        { trigger: ".o-autocomplete--dropdown-item:contains(t-milk)", run: "click" },
        { trigger: ".o_field_widget[name=stage_ids] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".modal:not(.o_inactive_modal) .o_field_widget[name=name] input", run: "edit Filling" },
        {
            trigger: ".modal:not(.o_inactive_modal) .o_field_widget[name=requirement_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        { trigger: ".modal:not(.o_inactive_modal) .o_field_widget[name=parameter_id]" },
        {
            trigger: ".modal:not(.o_inactive_modal) .o_field_widget[name=name] input",
            run: "edit Flow at the filler",
        },
        ...choose("parameter_id", "t-volume-flow"),
        ...choose("sensor_id", "t-flow"),
        { trigger: ".modal:not(.o_inactive_modal) .o_form_button_save", run: "click" },
        { trigger: ".modal:not(.o_inactive_modal) .o_data_row:contains(Flow at the filler)" },
        { trigger: ".modal:not(.o_inactive_modal) .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_data_row:contains(Filling)" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "button[name=action_open_editor]", run: "click" },
        { trigger: ".o_plan_stage:contains(Filling)" },
        { trigger: ".o_plan_stage_add", run: "click" },
        { trigger: ".modal:not(.o_inactive_modal) .o_field_widget[name=name] input", run: "edit Reception" },
        { trigger: ".modal:not(.o_inactive_modal) .o_form_button_save", run: "click" },
        {
            trigger: ".o_plan_stage:contains(Reception) .o_plan_stage_handle",
            run: "drag_and_drop(.o_plan_stage:contains(Filling))",
        },
        { trigger: ".o_plan_stage:first:contains(Reception)" },
        { trigger: ".o_plan_editor button:contains(Open the plan)", run: "click" },
        { trigger: "button[name=action_submit]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(In review)" },
    ],
});

/** Somebody else approves it, with the password. */
tours.add("process_control_approve_plan", {
    steps: () => [
        { trigger: "button[name=action_approve]", run: "click" },
        { trigger: ".modal:not(.o_inactive_modal) .o_field_widget[name=summary]:contains(Filling)" },
        {
            trigger: ".modal:not(.o_inactive_modal) .o_field_widget[name=password] input",
            run: (helpers) => helpers.edit(user.login),
        },
        { trigger: ".modal:not(.o_inactive_modal) button[name=action_sign]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains(Approved)" },
    ],
});

/** An operator stops a running batch at once and says why. */
tours.add("process_control_emergency_stop", {
    steps: () => [
        { trigger: ".o_process_step_running:contains(Reception)" },
        {
            trigger: "button[name=action_process_ask_reason]:contains(Emergency stop)",
            run: "click",
        },
        {
            trigger: ".modal:not(.o_inactive_modal) .o_field_widget[name=reason] textarea",
            run: "edit Steam leak at the pasteuriser",
        },
        { trigger: ".modal:not(.o_inactive_modal) button[name=action_apply]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_stat_value:contains(Stopped)" },
        { trigger: ".o_data_row:contains(Steam leak at the pasteuriser)" },
    ],
});
