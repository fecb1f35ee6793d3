// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The evidence an approval was asked with, as a table; stored and signed as canonical JSON. */
export class ProcessEvidence extends Component {
    static template = "process_control.ProcessEvidence";
    static props = { ...standardFieldProps };

    get evidence() {
        try {
            return JSON.parse(this.props.record.data[this.props.name] || "null");
        } catch {
            return null;
        }
    }

    get summary() {
        const { measured_ms, readings } = this.evidence;
        const seconds = Math.round(measured_ms / 1000);
        return _t(
            "Lasted %(minutes)s min %(seconds)s s; %(total)s readings, %(breached)s outside critical limits.",
            {
                minutes: Math.floor(seconds / 60),
                seconds: seconds % 60,
                total: readings.total,
                breached: readings.breached,
            }
        );
    }

    get deviations() {
        return _t("Deviations: %s", this.evidence.deviations.join(", "));
    }
}

registry.category("fields").add("process_evidence", {
    component: ProcessEvidence,
    displayName: _t("Evidence"),
    supportedTypes: ["text"],
});
