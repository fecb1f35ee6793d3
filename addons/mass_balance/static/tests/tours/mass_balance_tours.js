// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const tours = registry.category("web_tour.tours");
const MODAL = ".modal:not(.o_inactive_modal)";
const NO_MODAL = "body:not(:has(.modal))";

const click = (trigger) => ({ trigger, run: "click" });
const see = (trigger) => ({ trigger });
const press = (name) => click(`.o_statusbar_buttons button[name=${name}]`);
const widget = (name) => `.o_field_widget[name=${name}]`;

const openPage = () => click(".o_notebook .nav-link:contains(Sustainability)");

/** Everyone's password in these tests is their login. */
function sign() {
    return [
        {
            trigger: `${MODAL} ${widget("password")} input`,
            run: (helpers) => helpers.edit(user.login),
        },
        click(`${MODAL} button[name=action_sign]`),
        see(NO_MODAL),
    ];
}

// -- from the buyer to the receipt ---------------------------------------------------------------

tours.add("mass_balance_order_with_a_warning", {
    steps: () => [
        see(".alert:contains(no check on the scheme's website)"),
        press("button_confirm"),
        see(".o_arrow_button_current:contains(Purchase Order)"),
        click("button[name=action_view_picking]"),
        see(".o_arrow_button_current:contains(Ready)"),
    ],
});

tours.add("mass_balance_receive", {
    steps: () => [
        press("button_validate"),
        see(".o_arrow_button_current:contains(Done)"),
        openPage(),
        see(`${widget("mb_state")}:contains(Booked)`),
    ],
});

// -- from the plan to the shipment ---------------------------------------------------------------

tours.add("mass_balance_plan_credits", {
    steps: () => [
        click(`${MODAL} button[name=action_propose]`),
        see(`${MODAL} .o_data_row:contains(the only one that fits)`),
        click(`${MODAL} button[name=action_reserve]`),
        see(".o_breadcrumb:contains(Planned credits)"),
        see(".o_data_row:contains(40.000)"),
    ],
});

tours.add("mass_balance_ship", {
    steps: () => [
        press("button_validate"),
        see(".o_arrow_button_current:contains(Done)"),
        openPage(),
        see(`${widget("mb_state")}:contains(To issue)`),
    ],
});

// -- refusals ------------------------------------------------------------------------------------

/** Rule 21: the receipt stays where it is, and the dialog says why and what to do. */
tours.add("mass_balance_rule_21", {
    steps: () => [
        press("button_validate"),
        see(`${MODAL}:contains(is refused):contains(it expired on)`),
        see(`${MODAL}:contains(receive the goods without sustainability claim)`),
        click(`${MODAL} .modal-footer button`),
        see(".o_arrow_button_current:contains(Ready)"),
    ],
});

/** Rules 7, 10 and 19: the goods leave; the delivery says what its claim lacks. */
function shipWithout(reason) {
    return [
        press("button_validate"),
        see(".o_arrow_button_current:contains(Done)"),
        openPage(),
        see(`${widget("mb_state")}:contains(Not covered)`),
        see(`${widget("mb_message")}:contains(${reason})`),
    ];
}

tours.add("mass_balance_rule_7", {
    steps: () => shipWithout("hold 85.000 kg"),
});
tours.add("mass_balance_rule_10", {
    steps: () => shipWithout("Credits of several categories"),
});
tours.add("mass_balance_rule_19", {
    steps: () => shipWithout("as ISCC Compliant"),
});

/** Rule 4: ISCC EU carries over no more than the stock; the rest is shown as forfeited. */
tours.add("mass_balance_rule_4", {
    steps: () => [
        press("action_open_signature"),
        ...sign(),
        see(".o_arrow_button_current:contains(Closed)"),
        see(`${widget("closed_quantity")}:contains(40.000)`),
        see(`${widget("forfeited_quantity")}:contains(6.000)`),
    ],
});
