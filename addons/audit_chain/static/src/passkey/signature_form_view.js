import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";
import {_t} from "@web/core/l10n/translation";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import * as passkeyLib from "@auth_passkey/../lib/simplewebauthn";

/** Asks the browser for the passkey when that button is pressed; the answer is never stored. */
export class SignatureFormController extends FormController {
    async beforeExecuteActionButton(clickParams) {
        if (clickParams.name === "action_sign_passkey") {
            const answer = await this.askPasskey();
            if (!answer) {
                return false;
            }
            await this.model.root.update({passkey_answer: JSON.stringify(answer)});
        }
        return super.beforeExecuteActionButton(...arguments);
    }

    async askPasskey() {
        const options = await rpc("/auth/passkey/start-auth");
        try {
            return await passkeyLib.startAuthentication(options);
        } catch {
            // the person closed the browser's window, or the device did not answer
            this.env.services.notification.add(_t("No passkey was given: nothing was signed."), {
                type: "warning",
            });
            return null;
        }
    }
}

export const signatureFormView = {...formView, Controller: SignatureFormController};

registry.category("views").add("audit_signature_form", signatureFormView);
