// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, onWillStart, useEffect, useRef, xml } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { _t } from "@web/core/l10n/translation";

/** Each bar starts where the sum of those before it ended; the last one is the product's figure. */
export class CarbonWaterfall extends Component {
    static template = xml`
        <div class="position-relative mb-2" t-att-style="'height: ' + height">
            <canvas t-ref="canvas" role="img" t-att-aria-label="props.label" />
        </div>`;
    static props = {
        data: Object,
        label: String,
        format: Function,
        open: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = this.draw();
                return () => chart.destroy();
            },
            () => [JSON.stringify(this.props.data.steps)]
        );
    }

    get bars() {
        const { steps, product, product_color, total } = this.props.data;
        const bars = steps.map(({ label, color, start, end, kg }) => ({ label, color, start, end, kg }));
        if (product !== false) {
            bars.push({ label: _t("Product"), color: product_color, start: 0, end: product, kg: product });
        } else {
            bars.push({ label: _t("Known so far"), color: "#8a93a3", start: 0, end: total, kg: total });
        }
        return bars;
    }

    get height() {
        return `${this.bars.length * 34 + 56}px`;
    }

    /** Writes what a bar adds beside it, on the side where there is room. */
    makeLabels(ink) {
        const bars = this.bars;
        const format = this.props.format;
        return {
            id: "carbonLabels",
            afterDatasetsDraw(chart) {
                const { ctx, chartArea } = chart;
                ctx.save();
                ctx.font = "12px sans-serif";
                ctx.textBaseline = "middle";
                chart.getDatasetMeta(0).data.forEach((element, index) => {
                    const { x, y, base } = element.getProps(["x", "y", "base"], true);
                    const text = format(bars[index].kg);
                    const right = Math.max(x, base);
                    const isRight = right + 6 + ctx.measureText(text).width < chartArea.right;
                    ctx.textAlign = isRight ? "left" : "right";
                    ctx.fillStyle = ink;
                    const left = Math.min(x, base);
                    const isInside = !isRight && left - 6 - ctx.measureText(text).width < chartArea.left;
                    if (isInside) {
                        ctx.fillStyle = "#ffffff";
                    }
                    ctx.fillText(text, isRight ? right + 6 : isInside ? right - 6 : left - 6, y);
                });
                ctx.restore();
            },
        };
    }

    draw() {
        const bars = this.bars;
        const isDark = cookie.get("color_scheme") === "dark";
        const ink = isDark ? "#E4E4E4" : "#374151";
        const { format, data } = this.props;
        return new Chart(this.canvas.el, {
            type: "bar",
            data: {
                labels: bars.map((bar) => bar.label),
                datasets: [
                    {
                        data: bars.map((bar) => [bar.start, bar.end]),
                        backgroundColor: bars.map((bar) => bar.color),
                        borderSkipped: false,
                        borderRadius: 2,
                        maxBarThickness: 22,
                        minBarLength: 2,
                    },
                ],
            },
            options: {
                indexAxis: "y",
                responsive: true,
                maintainAspectRatio: false,
                animation: false,
                layout: { padding: { right: 8 } },
                onClick: (event, [element]) => {
                    if (element && data.steps[element.index]) {
                        this.props.open(data.steps[element.index]);
                    }
                },
                onHover: (event, [element]) => {
                    const step = element && data.steps[element.index];
                    const isOpen = step && step.key !== "coproduct";
                    event.native.target.style.cursor = isOpen ? "pointer" : "default";
                },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        displayColors: false,
                        callbacks: {
                            label: (item) => `${format(bars[item.dataIndex].kg)} ${data.unit}`,
                        },
                    },
                },
                scales: {
                    x: {
                        grace: "12%",
                        title: { display: true, text: data.unit, color: ink },
                        ticks: { color: ink, maxTicksLimit: 6 },
                        grid: { color: isDark ? "#3C3F4C" : "#E7E9ED" },
                    },
                    y: { ticks: { color: ink, autoSkip: false }, grid: { display: false } },
                },
            },
            plugins: [this.makeLabels(ink)],
        });
    }
}
