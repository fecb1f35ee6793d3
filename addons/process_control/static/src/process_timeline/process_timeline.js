// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { openRecord } from "@process_control/open_record";
import { toLocaleDateTimeString } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const { DateTime } = luxon;

/** What happened to a batch, the newest first; read when its page of the notebook is opened. */
export class ProcessTimeline extends Component {
    static template = "process_control.ProcessTimeline";
    static props = { ...standardWidgetProps, method: { type: String } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ entries: [] });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load({ record, method }) {
        this.state.entries = record.resId
            ? await this.orm.call(record.resModel, method, [[record.resId]])
            : [];
    }

    time(entry) {
        return toLocaleDateTimeString(DateTime.fromMillis(entry.ms), { showSeconds: true });
    }

    canOpen({ res_model, res_id }) {
        const { resModel, resId } = this.props.record;
        return res_model !== resModel || res_id !== resId;
    }

    open(entry) {
        openRecord(this.action, entry.res_model, entry.res_id);
    }
}

registry.category("view_widgets").add("process_timeline", {
    component: ProcessTimeline,
    extractProps: ({ attrs }) => ({ method: attrs.method }),
});
