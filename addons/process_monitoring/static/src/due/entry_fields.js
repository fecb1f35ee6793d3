import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { CharField, charField } from "@web/views/fields/char/char_field";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A number as typed, for the server to read: empty stays empty, and nothing is rounded. */
export class ProcessNumberField extends CharField {
    static template = "process_monitoring.NumberField";
}

registry.category("fields").add("process_number", { ...charField, component: ProcessNumberField });

/** The answers of an observed requirement as large buttons, none of them chosen beforehand. */
export class ProcessAnswerField extends Component {
    static template = "process_monitoring.AnswerField";
    static props = { ...standardFieldProps };

    get answers() {
        return this.props.record.data.answers || [];
    }

    get chosen() {
        return this.props.record.data[this.props.name];
    }

    choose(answer) {
        const value = answer === this.chosen ? false : answer;
        return this.props.record.update({ [this.props.name]: value });
    }
}

registry.category("fields").add("process_answer", {
    component: ProcessAnswerField,
    supportedTypes: ["char"],
});
