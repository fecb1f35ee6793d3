// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";

const BOX = 12;
const LETTER = 6.6;

/**
 * A Sankey diagram in plain SVG: boxes and bands as `tools/picture.py` laid them out, stretched to
 * the width there is. A box or band opens the leaves it stands for.
 */
export class CarbonFlow extends Component {
    static template = "carbon_footprint.CarbonFlow";
    static props = {
        data: Object,
        label: String,
        format: Function,
        open: Function,
    };

    setup() {
        this.box = useRef("box");
        this.state = useState({ width: 640, active: null });
        const observer = new ResizeObserver(([entry]) => {
            this.state.width = Math.max(Math.round(entry.contentRect.width), 240);
        });
        onMounted(() => observer.observe(this.box.el));
        onWillUnmount(() => observer.disconnect());
    }

    left(column) {
        // the names of the outputs stand before their box, so the last column may touch the edge
        return [0, 0.46, 1][column] * (this.state.width - BOX);
    }

    get room() {
        const { width } = this.state;
        return [0.46 * width - 2 * BOX, 0.28 * width, 0.2 * width];
    }

    get nodes() {
        return this.props.data.nodes.map((node) => {
            const x = this.left(node.column);
            const isLast = node.column === 2;
            const letters = Math.floor(this.room[node.column] / LETTER);
            const figure = this.props.format(node.kg);
            const full = `${node.label} ${figure}`;
            const fits = full.length <= letters;
            return {
                ...node,
                x,
                width: BOX,
                height: Math.max(node.height, 1.5),
                textX: isLast ? x - 5 : x + BOX + 5,
                anchor: isLast ? "end" : "start",
                textY: node.top + node.height / 2,
                text: shorten(node.label, letters),
                figure: fits ? figure : "",
                title: `${node.label}: ${figure} ${this.props.data.unit}`,
                canOpen: node.kind !== "output",
            };
        });
    }

    get bands() {
        const places = Object.fromEntries(
            this.props.data.nodes.map((node) => [node.key, this.left(node.column)])
        );
        const labels = Object.fromEntries(this.props.data.nodes.map((node) => [node.key, node.label]));
        const byKey = Object.fromEntries(this.props.data.nodes.map((node) => [node.key, node]));
        return this.props.data.bands.map((band) => ({
            ...band,
            key: `${band.source}>${band.target}`,
            path: ribbon(places[band.source] + BOX, places[band.target], band),
            title: `${labels[band.source]} → ${labels[band.target]}: ${this.props.format(band.kg)} ${
                this.props.data.unit
            }`,
            node: byKey[band.source],
        }));
    }

    isDim(band) {
        const { active } = this.state;
        return active && band.source !== active && band.target !== active;
    }

    open(node) {
        if (node.kind !== "output") {
            this.props.open({ stage: node.stage, name: node.name, label: node.label });
        }
    }

    onKeydown(ev, node) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.preventDefault();
            this.open(node);
        }
    }
}

function shorten(text, letters) {
    return text.length <= letters ? text : `${text.slice(0, Math.max(letters - 1, 3))}…`;
}

/** The rule of `ribbon` in tools/picture.py. */
function ribbon(left, right, { start, end, height }) {
    const thick = Math.max(height, 0.8);
    const middle = (left + right) / 2;
    return (
        `M${left},${start}C${middle},${start} ${middle},${end} ${right},${end}` +
        `L${right},${end + thick}C${middle},${end + thick} ${middle},${start + thick} ${left},${
            start + thick
        }Z`
    );
}
