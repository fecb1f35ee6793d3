/* Copyright 2026 Batchproof contributors
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { getReportUrl } from "@web/webclient/actions/reports/utils";

/**
 * Download reports of the WeasyPrint engine at once: the standard way first asks the server for
 * the state of wkhtmltopdf, and shows the HTML when that program is missing.
 */
async function weasyprintHandler(action, options, env) {
    if (action.report_type !== "qweb-pdf" || action.pdf_engine !== "weasyprint") {
        return false;
    }
    env.services.ui.block();
    try {
        await download({
            url: "/report/download",
            data: {
                data: JSON.stringify([getReportUrl(action, "pdf"), action.report_type]),
                context: JSON.stringify({ ...user.context, ...action.context }),
            },
        });
    } finally {
        env.services.ui.unblock();
    }
    return true;
}

registry.category("ir.actions.report handlers").add("weasyprint", weasyprintHandler);
