import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { formatFloat } from "@web/views/fields/formatters";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const COLORS = {
    scope1: "#CE4257",
    scope2: "#F48935",
    scope3: "#3188E6",
    coproduct: "#7E8290",
    total: "#00A78D",
};

/**
 * A waterfall: every source lifts the sum by what it emitted, co-products take their share, and the
 * last bar is the product's figure. What is missing is named below, it has no bar.
 */
export class CarbonChart extends Component {
    static template = "carbon_footprint.CarbonChart";
    static props = { ...standardFieldProps };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = this.renderChart();
                return () => chart && chart.destroy();
            },
            () => [JSON.stringify(this.chart)]
        );
    }

    get chart() {
        return this.props.record.data[this.props.name] || { steps: [], gaps: [] };
    }

    get legend() {
        const labels = {
            scope1: _t("Scope 1"),
            scope2: _t("Scope 2"),
            scope3: _t("Scope 3"),
            coproduct: _t("Co-products"),
            total: _t("Product"),
        };
        const kinds = new Set(this.chart.steps.map((step) => step.kind));
        return Object.keys(COLORS)
            .filter((kind) => kinds.has(kind))
            .map((kind) => ({ kind, label: labels[kind], color: COLORS[kind] }));
    }

    get missingText() {
        return _t("Without a figure: %s", this.chart.gaps.join(", "));
    }

    get height() {
        return `${Math.max(this.chart.steps.length * 34 + 60, 140)}px`;
    }

    format(value) {
        return `${formatFloat(value, { digits: [16, 3] })} ${this.chart.unit}`;
    }

    /** The bars as [from, to]: a source starts where the one before it ended, a total at zero. */
    get bars() {
        let sum = 0;
        return this.chart.steps.map(({ value, kind }) => {
            if (kind === "total") {
                return [0, value];
            }
            const from = sum;
            sum += value;
            return [from, sum];
        });
    }

    renderChart() {
        if (!this.canvas.el || !this.chart.steps.length) {
            return null;
        }
        const steps = this.chart.steps;
        const ink = cookie.get("color_scheme") === "dark" ? "#E4E4E4" : "#374151";
        const grid = cookie.get("color_scheme") === "dark" ? "#3C3F4C" : "#E7E9ED";
        return new Chart(this.canvas.el, {
            type: "bar",
            data: {
                labels: steps.map((step) => step.label),
                datasets: [
                    {
                        data: this.bars,
                        backgroundColor: steps.map((step) => COLORS[step.kind] || COLORS.scope3),
                        borderSkipped: false,
                        borderRadius: 3,
                        maxBarThickness: 24,
                        minBarLength: 2,
                        categoryPercentage: 0.9,
                    },
                ],
            },
            options: {
                indexAxis: "y",
                responsive: true,
                maintainAspectRatio: false,
                animation: false,
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        displayColors: false,
                        callbacks: { label: (item) => this.format(steps[item.dataIndex].value) },
                    },
                },
                scales: {
                    x: {
                        title: { display: true, text: this.chart.unit, color: ink },
                        ticks: { color: ink },
                        grid: { color: grid },
                    },
                    y: { ticks: { color: ink, autoSkip: false }, grid: { display: false } },
                },
            },
        });
    }
}

registry.category("fields").add("carbon_chart", {
    component: CarbonChart,
    displayName: _t("Carbon waterfall"),
    supportedTypes: ["json"],
});
