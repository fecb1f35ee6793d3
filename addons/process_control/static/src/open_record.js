// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

/** Open the form of one record, on the action service of the component that shows it. */
export function openRecord(action, resModel, resId) {
    return action.doAction({
        type: "ir.actions.act_window",
        res_model: resModel,
        res_id: resId,
        views: [[false, "form"]],
    });
}
