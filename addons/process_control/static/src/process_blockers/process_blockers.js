// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { openRecord } from "@process_control/open_record";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const WAITING = ["not_running", "missing_reading", "min_duration", "approval", "approval_requested"];

/** What stands between a batch and its next state, in words, each with a link to its record. */
export class ProcessBlockers extends Component {
    static template = "process_control.ProcessBlockers";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        // what the server has said since the form was read
        this.state = useState({ newest: null });
        useBus(this.env.bus, "PROCESS_NOW", ({ detail }) => {
            if (detail.resId === this.props.record.resId && this.props.name === detail.name) {
                this.state.newest = detail.blockers;
            }
        });
        onWillUpdateProps(() => {
            this.state.newest = null;
        });
    }

    get blockers() {
        return this.state.newest || this.props.record.data[this.props.name] || [];
    }

    icon(blocker) {
        if (["stage", "run", "not_initiated"].includes(blocker.code)) {
            return "fa-circle-o text-muted";
        }
        return WAITING.includes(blocker.code)
            ? "fa-clock-o text-info"
            : "fa-exclamation-triangle text-danger";
    }

    canOpen(blocker) {
        return Boolean(
            blocker.res_model &&
                blocker.res_id &&
                !(
                    blocker.res_model === this.props.record.resModel &&
                    blocker.res_id === this.props.record.resId
                )
        );
    }

    open(blocker) {
        openRecord(this.action, blocker.res_model, blocker.res_id);
    }
}

registry.category("fields").add("process_blockers", {
    component: ProcessBlockers,
    displayName: _t("Process blockers"),
    supportedTypes: ["json"],
});
