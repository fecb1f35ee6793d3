// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const VISIBLE = ".o_process_entry_result .alert:not(.d-none):visible";

/** Type as a hand scanner does: quickly, and with Enter at the end. */
function scan(barcode) {
    for (const key of [...barcode, "Enter"]) {
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
}

/** An operator with a phone: scan, enter, see the verdict, correct a slip, answer the next. */
tours.add("process_monitoring_due", {
    steps: () => [
        { trigger: ".o_process_due .o_kanban_record:contains(Indicating thermometer)" },
        { trigger: ".o_process_due_scan", run: () => scan("t-temp") },
        { trigger: ".o_process_entry [name=value] input:value()", run: "edit 7.26" },
        { trigger: ".modal button[name=action_save]", run: "click" },
        { trigger: `${VISIBLE}:contains(Does not conform)` },
        { trigger: ".o_process_entry:contains(Divert, call the supervisor)" },
        { trigger: ".modal button[name=action_again]", run: "click" },
        { trigger: ".o_process_entry .alert:contains(stays legible)" },
        { trigger: ".o_process_entry [name=value] input:value()", run: "edit 72.6" },
        { trigger: ".o_process_entry [name=reason] input", run: "edit Comma misplaced" },
        { trigger: ".modal button[name=action_save]", run: "click" },
        { trigger: `${VISIBLE}:contains(72.6)` },
        { trigger: ".modal button:contains(Done)", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_process_due_scan", run: () => scan("nowhere") },
        { trigger: ".o_notification:contains(Nothing is to be measured)" },
        { trigger: ".o_kanban_record:contains(Phosphatase) button:contains(Enter)", run: "click" },
        { trigger: ".o_process_answers:not(:has(.btn-primary)) button:contains(negative)", run: "click" },
        { trigger: ".o_process_answers .btn-primary:contains(negative)" },
        { trigger: ".modal button[name=action_save]", run: "click" },
        { trigger: `${VISIBLE}:contains(Conforms)` },
        { trigger: ".modal button:contains(Done)", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_process_due" },
    ],
});
