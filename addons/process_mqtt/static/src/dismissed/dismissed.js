import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** What was dismissed is said, with a button that takes it back. */
function showDismissed(env, { params }) {
    const { action, notification, orm } = env.services;
    const reload = () => action.doAction({ type: "ir.actions.client", tag: "soft_reload" });
    const close = notification.add(params.message, {
        type: "info",
        buttons: [
            {
                name: _t("Undo"),
                primary: true,
                onClick: async () => {
                    close();
                    await orm.call("mqtt.unmapped", "action_restore", [params.ids]);
                    await reload();
                },
            },
        ],
    });
    return { type: "ir.actions.client", tag: "soft_reload" };
}

registry.category("actions").add("process_mqtt.dismissed", showDismissed);
