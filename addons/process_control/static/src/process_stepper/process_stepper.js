// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component } from "@odoo/owl";
import { openRecord } from "@process_control/open_record";
import { toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

const ICONS = {
    planned: "fa-circle-o",
    pending: "fa-circle-o",
    running: "fa-play",
    held: "fa-hand-paper-o",
    complete: "fa-check",
    failed: "fa-times",
    skipped: "fa-step-forward",
};

/** The stages of a batch as one bar: state by icon and colour, attempt number, CCP badge. */
export class ProcessStepper extends Component {
    static template = "process_control.ProcessStepper";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get stages() {
        return this.props.record.data[this.props.name] || [];
    }

    icon(stage) {
        return ICONS[stage.state] || "fa-circle-o";
    }

    attempt(stage) {
        return _t("attempt %s", stage.attempt);
    }

    /** When a stage still to do can begin and end at the earliest, in the reader's time zone. */
    planned(stage) {
        const [start, end] = [stage.planned_start_ms, stage.planned_end_ms].map((ms) =>
            DateTime.fromMillis(ms)
        );
        const options = { showSeconds: false };
        const last = end.hasSame(start, "day")
            ? end.toLocaleString(DateTime.TIME_SIMPLE)
            : toLocaleDateTimeString(end, options);
        return `${toLocaleDateTimeString(start, options)} – ${last}`;
    }

    open(stage) {
        if (stage.id) {
            openRecord(this.action, "process.stage", stage.id);
        }
    }
}

registry.category("fields").add("process_stepper", {
    component: ProcessStepper,
    displayName: _t("Process stages"),
    supportedTypes: ["json"],
});
