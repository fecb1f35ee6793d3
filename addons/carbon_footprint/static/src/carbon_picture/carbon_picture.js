// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { CarbonFlow } from "./carbon_flow";
import { CarbonWaterfall } from "./carbon_waterfall";

/**
 * Where the kilograms of a footprint come from: a waterfall by life-cycle stage or a flow from the
 * leaves to the product, and always the table that says the same. For forms of models with a method
 * `get_carbon_picture`; it is asked when the page of the notebook is opened, not before.
 */
export class CarbonPicture extends Component {
    static template = "carbon_footprint.CarbonPicture";
    static components = { CarbonFlow, CarbonWaterfall };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: null, view: "stages" });
        this.format = this.format.bind(this);
        this.openLeaves = this.openLeaves.bind(this);
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load({ record }) {
        this.state.data = record.resId
            ? await this.orm.call(record.resModel, "get_carbon_picture", [[record.resId]])
            : null;
    }

    get views() {
        return [
            { key: "stages", label: _t("By stage"), icon: "fa-bar-chart" },
            { key: "flow", label: _t("Flow"), icon: "fa-random" },
        ];
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

    formatShare(share) {
        return `${formatFloat(100 * share, { digits: [16, 1] })} %`;
    }

    get perKg() {
        return formatFloat(this.state.data.per_kg, { digits: [16, 4] });
    }

    openLeaves({ stage, name, label }) {
        const { model, domain } = this.state.data;
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

registry.category("view_widgets").add("carbon_picture", { component: CarbonPicture });
