import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";

const REFRESH_MS = 5000;

/** The cards of the brokers, read again every five seconds while somebody looks at them. */
export class MqttHealthController extends KanbanController {
    setup() {
        super.setup();
        this.notification = useService("notification");
        onMounted(() => {
            this.timer = browser.setInterval(() => this.refresh(), REFRESH_MS);
        });
        onWillUnmount(() => {
            browser.clearInterval(this.timer);
            this.closeWarning?.();
        });
    }

    async refresh() {
        if (document.hidden || this.isRefreshing) {
            return;
        }
        this.isRefreshing = true;
        try {
            await this.model.load();
            this.closeWarning?.();
            this.closeWarning = null;
        } catch {
            // said once, until it answers: old values must not pass for new ones
            this.closeWarning ??= this.notification.add(
                _t("The server does not answer: these values are not current."),
                { type: "warning", sticky: true }
            );
        } finally {
            this.isRefreshing = false;
        }
    }
}

registry.category("views").add("process_mqtt_health", {
    ...kanbanView,
    Controller: MqttHealthController,
});
