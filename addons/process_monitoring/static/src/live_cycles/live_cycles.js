import { Component, onMounted, onWillStart, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { getRange, makeScale, toPoints } from "../chart/scale";

const REFRESH_MS = 3000;
const [WIDTH, HEIGHT] = [120, 32];
const COLOURS = {
    ok: "success",
    waiting: "info",
    breach: "danger",
};

/**
 * What the sensors say now, beside the limits they are judged by: a card for each monitoring cycle,
 * refreshed every three seconds. Three ways to use it in a form:
 * - `<field name="cycle_ids" widget="process_live_cycles"/>` on a relation to process.cycle,
 * - `<widget name="process_live_cycles"/>` on the form of process.cycle itself,
 * - `<widget name="process_live_cycles" method="get_live_values"/>`: the method of the form's model
 *   returns what `process.cycle.get_live_values` returns.
 */
export class ProcessLiveCycles extends Component {
    static template = "process_monitoring.LiveCycles";
    static props = {
        ...standardFieldProps,
        id: { type: String, optional: true },
        name: { type: String, optional: true },
        method: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ cycles: [], isOffline: false });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
        onMounted(() => {
            this.timer = browser.setInterval(() => this.refresh(), REFRESH_MS);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    /** Return model, method and ids to ask, or nothing for a record that is not saved. */
    getSource({ record, name, method }) {
        if (name) {
            const ids = record.data[name].currentIds.filter((id) => typeof id === "number");
            return ids.length ? ["process.cycle", "get_live_values", ids] : null;
        }
        return record.resId
            ? [record.resModel, method || "get_live_values", [record.resId]]
            : null;
    }

    async load(props) {
        const source = this.getSource(props);
        const cycles = source ? await this.orm.silent.call(source[0], source[1], [source[2]]) : [];
        this.state.cycles = cycles.map((cycle) => this.prepare(cycle));
    }

    async refresh() {
        if (document.hidden) {
            return;
        }
        try {
            await this.load(this.props);
            this.state.isOffline = false;
        } catch {
            // shown on the cards: old values must not pass for new ones
            this.state.isOffline = true;
        }
    }

    get offlineText() {
        return _t("The server does not answer: these values are not current.");
    }

    prepare(cycle) {
        return {
            ...cycle,
            colour: COLOURS[cycle.status] || "warning",
            spark: this.draw(cycle),
        };
    }

    draw({ points, bounds }) {
        if (points.length < 2) {
            return null;
        }
        const values = points.map(([, value]) => value);
        const [low, high] = getRange(values, bounds);
        const x = makeScale(points[0][0], points[points.length - 1][0], 0, WIDTH);
        const y = makeScale(low, high, HEIGHT, 0);
        return {
            viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
            width: WIDTH,
            line: toPoints(points.map(([ms, value]) => [x(ms), y(value)])),
            bounds: bounds
                .filter(([, value]) => value >= low && value <= high)
                .map(([kind, value]) => ({ kind, y: y(value) })),
        };
    }
}

registry.category("fields").add("process_live_cycles", {
    component: ProcessLiveCycles,
    displayName: _t("Live readings"),
    supportedTypes: ["one2many", "many2many"],
});

registry.category("view_widgets").add("process_live_cycles", {
    component: ProcessLiveCycles,
    extractProps: ({ attrs }) => ({ method: attrs.method }),
});
