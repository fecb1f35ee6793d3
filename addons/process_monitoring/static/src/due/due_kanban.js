import { useBus, useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { ManualBarcodeScanner } from "@barcodes/components/manual_barcode";

/**
 * What people have to measure, as cards. A label that is scanned (by a scanner that types, by the
 * camera of the phone, or typed by hand) leads straight to the entry it belongs to.
 */
export class ProcessDueController extends KanbanController {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        const barcode = useService("barcode");
        useBus(barcode.bus, "barcode_scanned", ({ detail }) => this.onScanned(detail.barcode));
    }

    openScanner() {
        this.dialog.add(ManualBarcodeScanner, {
            facingMode: "environment",
            placeholder: _t("Measuring point, device or order"),
            onResult: (barcode) => this.onScanned(barcode),
            onError: () => {},
        });
    }

    async onScanned(barcode) {
        const found = await this.orm.call("process.cycle", "find_due_by_barcode", [barcode]);
        if (found.message) {
            this.notification.add(found.message, { type: "warning" });
            return;
        }
        await this.actionService.doAction(found.action, {
            onClose: () => this.model.load(),
        });
    }
}

registry.category("views").add("process_due_kanban", {
    ...kanbanView,
    Controller: ProcessDueController,
    buttonTemplate: "process_monitoring.DueButtons",
});
