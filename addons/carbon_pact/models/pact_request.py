# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import criteria
from ..tools.criteria import Criteria

TRANSITIONS = {
    ("new", "open"),
    ("new", "fulfilled"),
    ("new", "rejected"),
    ("open", "fulfilled"),
    ("open", "rejected"),
}


class PactRequest(models.Model):
    """What a customer's system asked for by an event, and how it was answered.

    Made by the exchange when the event comes in. A rule or a person answers it, once: with the
    published footprints that match and that this customer may see, or with a reason why not.
    """

    _name = "pact.request"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Request for product footprints"
    _order = "id desc"
    _rec_name = "event_key"

    client_id = fields.Many2one(
        "pact.client",
        string="Access",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(related="client_id.partner_id", string="Customer")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    event_id = fields.Many2one("pact.event", required=True, readonly=True, ondelete="restrict")
    event_key = fields.Char(related="event_id.event_key")
    asked = fields.Text(string="Asked for", readonly=True)
    comment = fields.Text(readonly=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("open", "For a person"),
            ("fulfilled", "Fulfilled"),
            ("rejected", "Rejected"),
        ],
        default="new",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    reason = fields.Char(string="Reason of a rejection", help="Sent to the customer's system.")
    footprint_ids = fields.Many2many("pact.footprint", string="Sent", readonly=True)
    matching_ids = fields.Many2many(
        "pact.footprint", string="Matching now", compute="_compute_matching_ids"
    )
    answered_by_id = fields.Many2one(
        "res.users",
        string="Answered by",
        readonly=True,
        ondelete="restrict",
        help="Empty: a rule.",
    )
    answered_at = fields.Datetime(string="Answered", readonly=True)
    answer_ids = fields.One2many("pact.event", "request_id", readonly=True)

    def _compute_matching_ids(self):
        for request in self:
            # what it is answered with is what its customer may see, whoever looks at the form
            request.matching_ids = request.sudo()._find_matching().ids

    def write(self, vals):
        """Only the reason of a rejection is entered, before the answer."""
        facts = {name for name in vals if not name.startswith(("message_", "activity_"))}
        if facts - {"reason"} or (facts and self.filtered("answered_at")):
            raise UserError(
                self.env._("A request is answered by its buttons, and an answer stays.")
            )
        return super().write(vals)

    def _stamp(self, vals: dict) -> bool:
        """Write what only the steps of this model write."""
        return super().write(vals)

    # -- in -------------------------------------------------------------------------------------

    @api.model
    def _open(self, event, data: dict):
        """Make the request of an event and wake the rule."""
        named = {name: data[name] for name in (*criteria.TEXTS, *criteria.MOMENTS) if name in data}
        request = self.create(
            {
                "client_id": event.client_id.id,
                "company_id": event.company_id.id,
                "event_id": event.id,
                "asked": json.dumps(named, ensure_ascii=False, indent=1),
                "comment": (data.get("comment") or "")[:4000],
            }
        )
        self.env["pact.event"]._wake()
        return request

    @api.model
    def _wake(self) -> None:
        """Have open requests looked at again: there is a new footprint."""
        self.env["pact.event"]._wake()

    @api.model
    def _get_due(self):
        """Return the requests that a rule may answer now."""
        waiting = self.search([("state", "in", ("new", "open"))], order="id")
        return waiting.filtered(
            lambda r: r.state == "new" or (r.client_id.answer_mode == "rule" and r._find_matching())
        )

    def _get_criteria(self) -> Criteria:
        self.ensure_one()
        return criteria.read_json(json.loads(self.asked))

    def _find_matching(self):
        """Return what the customer may see of what it asked for; active ones unless it says."""
        self.ensure_one()
        asked = self._get_criteria()
        found = self.client_id._find_footprints(asked)
        if "status" in asked.texts:
            return found
        return found.filtered(lambda footprint: footprint.state == "published")

    # -- answer ---------------------------------------------------------------------------------

    def _answer_by_rule(self) -> None:
        """Fulfil, reject what is about nothing of ours, or leave it to a person."""
        self.ensure_one()
        matching = self._find_matching()
        by_rule = self.client_id.answer_mode == "rule"
        if matching and by_rule and self.client_id.state == "active":
            self._do_fulfil(matching)
        elif not matching and not self._is_about_shared_product():
            self._do_reject(self.env._("There is no such product, or it is not shared with you."))
        elif self.state == "new":
            self._stamp({"state": "open"})
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Answer the request for product footprints"),
                user_id=self.client_id.user_id.id or self.env.uid,
            )

    def _is_about_shared_product(self) -> bool:
        """Tell whether it names a product that the customer's access covers; no name: it may."""
        names = self._get_criteria().texts.get("productId")
        if not names:
            return True
        client = self.client_id
        products = client.product_ids
        if client.sharing == "all":
            domain = ["|", ("pact_product_ids", "!=", False), ("barcode", "!=", False)]
            products = self.env["product.product"].search(
                [*domain, ("company_id", "in", (False, client.company_id.id))]
            )
        known = {name.lower() for product in products for name in product._get_pact_ids()}
        return not known.isdisjoint(names)

    def action_fulfil(self):
        """Send what matches now; a person's decision."""
        for request in self:
            request._check_answerable()
            matching = request.sudo()._find_matching()
            if not matching:
                raise UserError(
                    self.env._(
                        "No published footprint that %s may see matches: publish one, or reject "
                        "the request.",
                        request.client_id.name,
                    )
                )
            request.sudo()._do_fulfil(matching)

    def action_reject(self):
        """Tell the customer's system why there is no footprint; a person's decision."""
        for request in self:
            request._check_answerable()
            if not (request.reason or "").strip():
                raise UserError(self.env._("Say why: the customer's system is told the reason."))
            request.sudo()._do_reject(request.reason.strip())

    def _check_answerable(self) -> None:
        self.check_access("write")
        if self.state not in ("new", "open"):
            raise UserError(self.env._("Request %s is answered already.", self.event_key))

    def _do_fulfil(self, footprints) -> None:
        self._finish("fulfilled", {"pfs": [f._to_json() for f in footprints]}, footprints)

    def _do_reject(self, reason: str) -> None:
        error = {"code": "NotFound", "message": reason}
        self._finish("rejected", {"error": error}, reason=reason)

    def _finish(self, state: str, data: dict, footprints=None, reason: str = "") -> None:
        """Stamp the answer and queue it; once, whoever else is answering."""
        locked = self.try_lock_for_update()
        locked.invalidate_recordset()
        if not locked or self.state not in ("new", "open"):
            return
        is_person = not self.env.user._is_superuser()
        self._stamp(
            {
                "state": state,
                "reason": reason,
                "footprint_ids": [(6, 0, footprints.ids if footprints else [])],
                "answered_by_id": self.env.uid if is_person else False,
                "answered_at": fields.Datetime.now(),
            }
        )
        self.activity_ids.unlink()
        data = {"requestEventId": self.event_key, **data}
        self.env["pact.event"]._queue(self.client_id, state, data, self)
