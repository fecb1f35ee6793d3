// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const tours = registry.category("web_tour.tours");
const MODAL = ".modal:not(.o_inactive_modal)";
const NO_MODAL = "body:not(:has(.modal))";

const click = (trigger) => ({ trigger, run: "click" });
const see = (trigger) => ({ trigger });
const edit = (field, text, tag = "input") => ({
    trigger: `.o_field_widget[name=${field}] ${tag}`,
    run: `edit ${text}`,
});
const press = (name) => click(`.o_statusbar_buttons button[name=${name}]`);

/** Everyone's password in these tests is their login. */
function sign() {
    return [
        {
            trigger: `${MODAL} .o_field_widget[name=password] input`,
            run: (helpers) => helpers.edit(user.login),
        },
        click(`${MODAL} button[name=action_sign]`),
        see(NO_MODAL),
    ];
}

function openActivity(model) {
    return [
        click(".o_menu_systray i[aria-label=Activities]"),
        click(`.o-mail-ActivityGroup[data-model_name='${model}']`),
    ];
}

// -- from start to done --------------------------------------------------------------------------

/** The evaluation of the critical point is signed: pass its gate, and the last one. */
function passTheRest() {
    return [
        see(".o_process_next:contains(Complete stage Pasteurisation)"),
        press("action_process_complete_stage"),
        see(".o_process_next:contains(Start stage Filling)"),
        press("action_process_start_stage"),
        see(".o_process_next:contains(Complete stage Filling)"),
        press("action_process_complete_stage"),
        see(".o_process_step_complete:contains(Filling)"),
    ];
}

tours.add("process_control_run_to_evaluation", {
    steps: () => [
        see(".o_process_step_planned:contains(Reception)"),
        see(".o_process_next:contains(Initiate the process)"),
        press("action_initiate_process"),
        // the large button does the same as the one above
        click(".o_process_next:contains(Start the process) .o_process_next_button"),
        see(".o_process_step_running:contains(Reception)"),
        see(".o_process_live_card[data-status=ok]"),
        press("action_process_complete_stage"),
        see(".o_process_next:contains(Start stage Pasteurisation)"),
        press("action_process_start_stage"),
        see(".o_process_next:contains(Complete stage Pasteurisation)"),
        press("action_process_complete_stage"),
        see(".o_process_next:contains(Approve stage)"),
        see(".o_process_next:contains(Quality manager)"),
    ],
});

tours.add("process_control_evaluate", {
    steps: () => [
        ...openActivity("process.approval"),
        click(".o_data_row:contains(Evaluation) td[name=name]"),
        see(".o_field_widget[name=evidence]:contains(Holding tube)"),
        press("action_approve"),
        ...sign(),
        see(".o_arrow_button_current:contains(Approved)"),
    ],
});

tours.add("process_control_run_to_done", {
    steps: () => [
        ...passTheRest(),
        see(".o_stat_value:contains(Complete)"),
        click(".o_statusbar_buttons button[name=button_mark_done]"),
        see(".o_arrow_button_current:contains(Done)"),
        click(".o_notebook a[name=process_history]"),
        see(".o_process_timeline:contains(Pasteurisation: Complete)"),
    ],
});

// -- blocked, decided, repeated ------------------------------------------------------------------

tours.add("process_control_blocked", {
    steps: () => [
        see(".o_process_step_held:contains(Pasteurisation)"),
        see(".o_process_next:contains(Quality manager)"),
        see("[data-code=breach]:contains(Holding tube)"),
        click("[data-code=open_deviation] button"),
        see(".o_form_view .o_field_widget[name=disposition_ccp]"),
    ],
});

tours.add("process_control_decide", {
    steps: () => [
        click(".o_field_widget[name=disposition_ccp] label:contains(Reprocess)"),
        edit("disposition_reason", "All of it is still in the tank", "textarea"),
        press("action_decide"),
        ...sign(),
        see(".o_arrow_button_current:contains(Decided)"),
    ],
});

tours.add("process_control_repeat", {
    steps: () => [
        press("action_process_repeat_stage"),
        see(".o_process_step_pending:contains(attempt 2)"),
        press("action_process_start_stage"),
        see(".o_process_next:contains(Complete stage Pasteurisation)"),
        press("action_process_complete_stage"),
        see(".o_process_next:contains(Approve stage)"),
    ],
});

tours.add("process_control_after_repeat", {
    steps: () => [
        ...passTheRest(),
        see(".o_process_step_complete:contains(attempt 2)"),
        // the batch waits until somebody closes the deviation
        see("[data-code=deviation_decided]"),
        see(".o_process_next:contains(Close deviation)"),
    ],
});

// -- two levels, two people ----------------------------------------------------------------------

tours.add("process_control_approve_first", {
    steps: () => [
        ...openActivity("process.approval"),
        click(".o_data_row:contains(Shift) td[name=name]"),
        see(".o_field_widget[name=evidence]:contains(Flow in)"),
        press("action_approve"),
        ...sign(),
        see(".o_arrow_button_current:contains(Approved)"),
        // the same person has the role of the second level too, and still may not sign it
        click(".o_field_widget[name=stage_id] a"),
        click("[data-code=approval_requested]:contains(Quality) button"),
        see(".o_form_view .o_arrow_button_current:contains(Requested)"),
        see(".o_form_view:not(:has(button[name=action_approve]))"),
    ],
});

tours.add("process_control_approve_second", {
    steps: () => [
        ...openActivity("process.approval"),
        click(".o_data_row:contains(Quality) td[name=name]"),
        press("action_approve"),
        ...sign(),
        see(".o_arrow_button_current:contains(Approved)"),
    ],
});
