import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { getRange, makeScale, toPoints } from "./scale";

const { DateTime } = luxon;
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [800, 220, 56, 16, 12, 28];

/**
 * The readings of a monitoring cycle over time, the limits they were judged by and the windows of
 * its deviations. For forms of models with a method `get_chart_data`.
 */
export class ProcessReadingChart extends Component {
    static template = "process_monitoring.ReadingChart";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ data: null });
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps(({ record }) => this.load(record));
    }

    async load({ resModel, resId }) {
        this.state.data = resId
            ? await this.orm.call(resModel, "get_chart_data", [[resId]])
            : null;
    }

    get size() {
        return { width: WIDTH, height: HEIGHT, left: LEFT, right: WIDTH - RIGHT };
    }

    get hasPoints() {
        return Boolean(this.state.data?.points?.some(([, minimum]) => minimum !== null));
    }

    /** Everything the template draws, in places of the drawing. */
    get drawing() {
        const { points, bounds, windows, corrected, unit } = this.state.data;
        const times = [...points, ...corrected].map(([ms]) => ms);
        const [from, to] = [Math.min(...times), Math.max(...times)];
        // a step in which nothing was usable has no minimum: it is marked on the axis
        const usable = points.filter(([, minimum]) => minimum !== null);
        const [low, high] = getRange(
            usable.flatMap(([, minimum, maximum]) => [minimum, maximum]),
            bounds
        );
        const x = makeScale(from, to, LEFT, WIDTH - RIGHT);
        const y = makeScale(low, high, HEIGHT - BOTTOM, TOP);
        const clamp = (ms) => Math.min(Math.max(ms, from), to);
        const lows = usable.map(([ms, minimum]) => [x(ms), y(minimum)]);
        const highs = usable.map(([ms, , maximum]) => [x(ms), y(maximum)]);
        return {
            low: toPoints(lows),
            band: toPoints([...highs, ...lows.reverse()]),
            bad: points
                .filter((point) => point[3])
                .map(([ms, minimum]) => ({
                    x: x(ms),
                    y: minimum === null ? HEIGHT - BOTTOM : y(minimum),
                })),
            // what counts no more stretches no axis: a slip of the comma would hide all the rest
            corrected: corrected.map(([ms, value, text]) => ({
                x: x(ms),
                y: y(Math.min(Math.max(value, low), high)),
                text,
            })),
            bounds: bounds
                .filter(([, value]) => value >= low && value <= high)
                .map(([kind, value]) => ({ kind, y: y(value), label: `${value} ${unit}` })),
            windows: windows
                .filter(([start, end]) => end >= from && start <= to)
                .map(([start, end, name]) => ({
                    name,
                    x: x(clamp(start)),
                    width: Math.max(2, x(clamp(end)) - x(clamp(start))),
                })),
            lowest: formatValue(Math.min(...usable.map(([, minimum]) => minimum))),
            highest: formatValue(Math.max(...usable.map(([, , maximum]) => maximum))),
            start: this.formatTime(from),
            end: this.formatTime(to),
            baseline: HEIGHT - BOTTOM,
            top: TOP,
        };
    }

    formatTime(ms) {
        return DateTime.fromMillis(ms).toFormat("yyyy-MM-dd HH:mm:ss");
    }
}

/** Return a value as people read it: six digits, no empty decimals. */
function formatValue(value) {
    return String(Number(value.toPrecision(6)));
}

registry.category("view_widgets").add("process_reading_chart", {
    component: ProcessReadingChart,
});
