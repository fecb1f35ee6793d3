// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, onWillStart, onWillUnmount, onWillUpdateProps, status, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { CarbonFlow } from "./carbon_flow";
import { CarbonWaterfall } from "./carbon_waterfall";

/**
 * Where the kilograms of a footprint come from: a waterfall by life-cycle stage or a flow from the
 * leaves to the product, and always the table that says the same. For forms of models with a method
 * `get_carbon_picture` (option `method`: another one); it is asked when the page of the notebook is
 * opened, not before. An answer that says `refresh_s` is asked for again while the page is seen.
 */
export class CarbonPicture extends Component {
    static template = "carbon_footprint.CarbonPicture";
    static components = { CarbonFlow, CarbonWaterfall };
    static props = {
        ...standardWidgetProps,
        method: { type: String, optional: true },
        hideGaps: { type: Boolean, optional: true },
    };
    static defaultProps = { method: "get_carbon_picture", hideGaps: false };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: null, view: "stages" });
        this.format = this.format.bind(this);
        this.openLeaves = this.openLeaves.bind(this);
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    async load({ record, method }) {
        browser.clearTimeout(this.timer);
        this.state.data = record.resId
            ? await this.orm.call(record.resModel, method, [[record.resId]])
            : null;
        this.schedule();
    }

    schedule() {
        const seconds = this.state.data?.refresh_s;
        if (seconds && status(this) !== "destroyed") {
            this.timer = browser.setTimeout(() => this.refresh(), 1000 * seconds);
        }
    }

    /** Ask again quietly; a page in the background waits, a lost connection is tried again. */
    async refresh() {
        const { record, method } = this.props;
        if (!document.hidden) {
            try {
                this.state.data = await this.orm.silent.call(record.resModel, method, [
                    [record.resId],
                ]);
            } catch (error) {
                if (!(error instanceof ConnectionLostError)) {
                    throw error;
                }
            }
        }
        this.schedule();
    }

    get views() {
        return [
            { key: "stages", label: _t("By stage"), icon: "fa-bar-chart" },
            { key: "flow", label: _t("Flow"), icon: "fa-random" },
        ];
    }

    get isRunning() {
        return this.state.data.state === "running";
    }

    get isOpen() {
        return this.state.data.state !== "complete";
    }

    get label() {
        const { name } = this.state.data;
        return this.state.view === "flow"
            ? _t("Flow of the footprint %s; the table below says the same", name)
            : _t("Waterfall of the footprint %s; the table below says the same", name);
    }

    /** Kilograms as people read them: three decimals below ten, none above a million. */
    format(value) {
        const size = Math.abs(value);
        const digits = size >= 1e6 ? 0 : size >= 1000 ? 1 : size >= 10 ? 2 : 3;
        return formatFloat(value, { digits: [16, digits] });
    }

    formatMoment(ms) {
        return formatDateTime(luxon.DateTime.fromMillis(ms));
    }

    formatShare(share) {
        return `${formatFloat(100 * share, { digits: [16, 1] })} %`;
    }

    get perKg() {
        return formatFloat(this.state.data.per_kg, { digits: [16, 4] });
    }

    openLeaves({ stage, name, label }) {
        const { model, domain } = this.state.data;
        if (!model) {
            return;
        }
        const narrower = [];
        if (stage !== undefined && stage !== false) {
            narrower.push(["stage", "=", stage || false]);
        }
        if (name) {
            narrower.push(["name", "=", name]);
        }
        this.action.doAction({
            type: "ir.actions.act_window",
            name: label || this.state.data.name,
            res_model: model,
            domain: [...domain, ...narrower],
            views: [
                [false, "list"],
                [false, "form"],
            ],
            target: "current",
        });
    }

    openStep(step) {
        if (step.key !== "coproduct") {
            this.openLeaves({ stage: step.key, label: step.label });
        }
    }
}

registry.category("view_widgets").add("carbon_picture", {
    component: CarbonPicture,
    extractProps: ({ options }) => ({ method: options.method, hideGaps: options.hide_gaps }),
});
