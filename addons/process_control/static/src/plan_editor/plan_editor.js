// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { openRecord } from "@process_control/open_record";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useSortable } from "@web/core/utils/sortable_owl";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const ENGINEER = "process_monitoring.group_process_monitoring_engineer";
const REQUIREMENT = { fields: { name: {}, control_class: {}, limits_text: {}, sensor_id: { fields: { display_name: {} } } } };
const STAGE = {
    name: {},
    sequence: {},
    is_ccp: {},
    is_skippable: {},
    duration_text: {},
    workcenter_id: { fields: { display_name: {} } },
    requirement_ids: REQUIREMENT,
    approval_level_ids: { fields: { display_name: {} } },
};
const PLAN = {
    display_name: {},
    state: {},
    incomplete_reasons: {},
    stage_ids: { fields: STAGE, order: "sequence, id" },
};

/** The stages of a plan as cards in their order; those of a draft can be dragged and edited. */
export class PlanEditor extends Component {
    static template = "process_control.PlanEditor";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.planId = this.props.action.context.active_id;
        this.state = useState({ plan: { stage_ids: [] }, isEngineer: false });
        useSetupAction();
        useSortable({
            enable: () => this.canEdit,
            ref: useRef("stages"),
            elements: ".o_plan_stage",
            handle: ".o_plan_stage_handle",
            cursor: "grabbing",
            onDrop: ({ element, previous }) => this.place(element, previous),
        });
        onWillStart(async () => {
            this.state.isEngineer = await user.hasGroup(ENGINEER);
            await this.load();
            this.env.config.setDisplayName(_t("Stages of %s", this.state.plan.display_name));
        });
    }

    get stages() {
        return this.state.plan.stage_ids;
    }

    get canEdit() {
        return this.state.isEngineer && this.state.plan.state === "draft";
    }

    async load() {
        const [plan] = await this.orm.webRead("process.plan", [this.planId], {
            specification: PLAN,
        });
        this.state.plan = plan;
    }

    /** Put the card that was dropped behind the one before it. */
    place(element, previous) {
        const moved = Number(element.dataset.id);
        const ids = this.stages.map((stage) => stage.id).filter((id) => id !== moved);
        const index = previous ? ids.indexOf(Number(previous.dataset.id)) + 1 : 0;
        ids.splice(index, 0, moved);
        return this.order(ids);
    }

    /** Exchange a stage with its neighbour, for those who use the keyboard. */
    shift(index, step) {
        const ids = this.stages.map((stage) => stage.id);
        [ids[index], ids[index + step]] = [ids[index + step], ids[index]];
        return this.order(ids);
    }

    async order(ids) {
        const before = this.stages;
        this.state.plan.stage_ids = ids.map((id) => before.find((stage) => stage.id === id));
        try {
            await this.orm.call("process.plan", "action_order_stages", [[this.planId], ids]);
        } finally {
            await this.load();
        }
    }

    edit(stage) {
        const last = this.stages.at(-1);
        this.dialog.add(FormViewDialog, {
            resModel: "process.plan.stage",
            resId: stage?.id || false,
            title: stage?.name || _t("New stage"),
            readonly: !this.canEdit,
            preventEdit: !this.canEdit,
            preventCreate: !this.canEdit,
            canExpand: false,
            context: stage
                ? {}
                : { default_plan_id: this.planId, default_sequence: (last?.sequence || 0) + 10 },
            onRecordSaved: () => this.load(),
        });
    }

    openPlan() {
        openRecord(this.action, "process.plan", this.planId);
    }

    badge(requirement) {
        const colours = { ccp: "text-bg-danger", oprp: "text-bg-warning" };
        return colours[requirement.control_class] || "text-bg-secondary";
    }
}

registry.category("actions").add("process_control.plan_editor", PlanEditor);
