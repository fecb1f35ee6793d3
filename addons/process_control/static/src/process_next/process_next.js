// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, onMounted, onWillStart, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";
import { openRecord } from "@process_control/open_record";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { pick } from "@web/core/utils/objects";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const REFRESH_MS = 5000;
const MOVING = ["idle", "running", "paused", "held"];

/**
 * What the batch waits for and of whom, with one large button for who may do it, and how long the
 * stage has lasted. Until the batch has ended the server is asked again every few seconds; when
 * the state has changed the form is read again, unless somebody is typing in it.
 */
export class ProcessNext extends Component {
    static template = "process_control.ProcessNext";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ next: null, time: null, elapsed: 0 });
        onWillStart(() => this.take(this.props.record.data));
        onWillUpdateProps(({ record }) => this.take(record.data));
        onMounted(() => {
            this.ticker = browser.setInterval(() => this.tick(), 1000);
            this.poller = browser.setInterval(() => this.refresh(), REFRESH_MS);
        });
        onWillUnmount(() => {
            browser.clearInterval(this.ticker);
            browser.clearInterval(this.poller);
            browser.clearTimeout(this.reloader);
        });
    }

    take({ process_next, process_time }) {
        Object.assign(this.state, { next: process_next, time: process_time, elapsed: 0 });
    }

    /** What the form shows of the batch, in the shape of the server's mark. */
    get mark() {
        const { state, process_state, process_stepper } = this.props.record.data;
        const stages = (process_stepper || []).map((stage) => [stage.id, stage.state]);
        return JSON.stringify([state, process_state, stages]);
    }

    tick() {
        if (this.state.time?.is_ticking) {
            this.state.elapsed += 1000;
        }
    }

    async refresh() {
        const { record } = this.props;
        if (document.hidden || !record.resId || !MOVING.includes(record.data.process_state)) {
            return;
        }
        const shown = this.mark;
        let now;
        try {
            now = await this.orm.silent.call(record.resModel, "get_process_now", [[record.resId]]);
        } catch {
            return; // the cards of the live readings say that the server does not answer
        }
        if (shown !== this.mark) {
            return; // somebody pressed a button meanwhile: the answer is old
        }
        if (JSON.stringify(now.mark) !== shown) {
            this.reload(shown);
            return;
        }
        Object.assign(this.state, { next: now.next, time: now.time, elapsed: 0 });
        this.env.bus.trigger("PROCESS_NOW", {
            resId: record.resId,
            name: "process_blockers",
            blockers: now.blockers,
        });
    }

    /** Read the form again in a moment, unless a button does so anyway or somebody is typing. */
    reload(shown) {
        browser.clearTimeout(this.reloader);
        this.reloader = browser.setTimeout(() => {
            const { record } = this.props;
            const isTyping = document.activeElement?.matches("input, textarea");
            const isPressed = document.querySelector(".o_statusbar_buttons button:disabled");
            if (this.mark === shown && !record.dirty && !isTyping && !isPressed) {
                record.model.load();
            }
        }, 1000);
    }

    // -- time ---------------------------------------------------------------------------------

    get measured() {
        return this.state.time.ms + this.state.elapsed;
    }

    get percent() {
        const { min_ms, max_ms } = this.state.time;
        return Math.min(100, (100 * this.measured) / (max_ms || min_ms));
    }

    get colour() {
        const { min_ms, max_ms } = this.state.time;
        if (max_ms && this.measured > max_ms) {
            return "danger";
        }
        return this.measured < min_ms ? "info" : "success";
    }

    /** How long until the next bound, or how long since the last. */
    get remaining() {
        const { min_ms, max_ms } = this.state.time;
        if (this.measured < min_ms) {
            return _t("%s to the minimum", this.clock(min_ms - this.measured));
        }
        if (!max_ms) {
            return _t("minimum reached");
        }
        return this.measured > max_ms
            ? _t("%s over the maximum", this.clock(this.measured - max_ms))
            : _t("%s left", this.clock(max_ms - this.measured));
    }

    get allowed() {
        const { min_ms, max_ms } = this.state.time;
        return [
            min_ms && _t("at least %s", this.clock(min_ms)),
            max_ms && _t("at most %s", this.clock(max_ms)),
        ]
            .filter(Boolean)
            .join(" · ");
    }

    get whoIsNext() {
        return _t("Next: %s", this.state.next.role);
    }

    /** Hours only where there are some: 0:40, 12:05, 1:02:03. */
    clock(ms) {
        const seconds = Math.max(0, Math.floor(ms / 1000));
        const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
        const two = (number) => String(number).padStart(2, "0");
        return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
    }

    // -- do -----------------------------------------------------------------------------------

    press() {
        const { next } = this.state;
        if (!next.verb) {
            return openRecord(this.action, next.res_model, next.res_id);
        }
        return this.env.onClickViewButton({
            clickParams: { type: "object", name: next.verb },
            getResParams: () =>
                pick(this.props.record, "context", "evalContext", "resModel", "resId", "resIds"),
        });
    }
}

registry.category("view_widgets").add("process_next", { component: ProcessNext });
