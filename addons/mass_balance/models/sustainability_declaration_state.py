# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.tools.decimals import to_text

from ..tools import balance, declaration

# The only ways a declaration changes its state: (direction, from, to).
TRANSITIONS = {
    ("in", "draft", "complete"),
    ("in", "complete", "draft"),
    ("in", "complete", "booked"),
    ("in", "draft", "cancelled"),
    ("in", "complete", "cancelled"),
    ("in", "booked", "cancelled"),
    ("out", "draft", "issued"),
    ("out", "draft", "cancelled"),
    ("out", "issued", "cancelled"),
}


class SustainabilityDeclarationState(models.AbstractModel):
    """How a declaration lives: its states, what may still be written, how it is cancelled."""

    _name = "sustainability.declaration.state"
    _description = "States of a declaration"

    def _transition(self, state: str, **stamps) -> None:
        """Move to another state; the one place where `state` is written."""
        for record in self:
            if (record.direction, record.state, state) not in TRANSITIONS:
                raise UserError(
                    self.env._(
                        "Declaration %(number)s is %(state)s: that is not possible any more.",
                        number=record.number,
                        state=record._get_state_label(),
                    )
                )
            old = record.state
            record._stamp(state=state, **stamps)
            self.env["audit.record"]._log(
                "sustainability.declaration", record, {"from": old, "to": state}
            )

    def _stamp(self, **vals) -> bool:
        """Write what only our own steps write, past the guard of `write`."""
        return super().write(vals)

    def _get_state_label(self) -> str:
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _check_is_manager(self) -> None:
        if not (self.env.su or self.env.user.has_group("mass_balance.group_mass_balance_manager")):
            raise AccessError(
                self.env._("Only the sustainability manager completes or cancels declarations.")
            )

    def action_cancel(self):
        """Cancel with a reason; what was booked is reversed, the number stays used."""
        self._check_is_manager()
        for record in self:
            if not (record.cancel_reason or "").strip():
                raise UserError(
                    self.env._("Say why %s is cancelled: fill in the reason first.", record.number)
                )
            record._reverse_entries()
            record._transition("cancelled")
        return True

    def _reverse_entries(self) -> None:
        self.ensure_one()
        entries = self.sudo().entry_ids.filtered(lambda e: e.direction in ("opening", "in", "out"))
        corrected = self.sudo().entry_ids.corrected_id
        left = self.env["mass.balance.credit"]
        for entry in (entries - corrected).filtered(lambda e: e.direction != "out"):
            left = left._get_left(entry.account_id).filtered(
                lambda c, e=entry: c.declaration_id == e.declaration_id and c.lot_id == e.lot_id
            )
            if sum((c._get_remaining() for c in left), balance.ZERO) < entry._get_quantity():
                raise UserError(
                    self.env._(
                        "Declaration %(number)s cannot be cancelled: %(quantity)s kg were "
                        "booked by %(document)s and part of them is already used.",
                        number=self.number,
                        quantity=to_text(entry.quantity),
                        document=entry.document,
                    )
                )
        (entries - corrected)._reverse(self.env._("Cancelled: %s", self.cancel_reason))

    # -- guard --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = []
        for vals in vals_list:
            row = {**vals, "state": "draft", "refusal": False}
            direction = row.get("direction") or self.default_get(["direction"]).get("direction")
            if direction == "out":
                self._check_may_create_outgoing()
                row["number"] = self._next_number(row.get("company_id"))
            else:
                row["number"] = _clean(row.get("number"))
            rows.append(row)
        return super().create(rows)

    def _check_may_create_outgoing(self) -> None:
        if not self.env.su:
            raise UserError(
                self.env._(
                    "An outgoing declaration is drafted by a delivery with a sustainability "
                    "claim: set the claim on the order line and validate the delivery."
                )
            )

    @api.model
    def _next_number(self, company_id) -> str:
        company = self.env["res.company"].browse(company_id or self.env.company.id)
        sequence = self.env["ir.sequence"].sudo().with_company(company)
        while True:
            number = sequence.next_by_code("sustainability.declaration")
            # A counter that somebody has set back gives no number twice, and stops no goods.
            used = [("direction", "=", "out"), ("number", "=", number)]
            if not self.sudo().search_count(used, limit=1):
                return number

    def write(self, vals):
        """State and outcome are stamped by transitions; what counts is frozen."""
        stamped = {"state", "direction", "refusal", "issued_by_id", "issued_at"} & set(vals)
        stamped |= {"purge_id", "purged_digest"} & set(vals)
        if stamped:
            raise UserError(
                self.env._("The state of a declaration changes by its buttons and its signature.")
            )
        for record in self:
            record._check_may_write(set(vals))
        if "number" in vals:
            vals = {**vals, "number": _clean(vals["number"])}
        result = super().write(vals)
        if "picking_ids" in vals:
            self._book_receipts()
        return result

    def _check_may_write(self, names: set[str]) -> None:
        names = {n for n in names if not n.startswith(("message_", "activity_"))}
        frozen = names - self._get_open() if self.state != "draft" else names & self._get_frozen()
        if frozen:
            raise UserError(
                self.env._(
                    "Declaration %(number)s is %(state)s: %(fields)s cannot be changed. Cancel "
                    "it and make a new one.",
                    number=self.number,
                    state=self._get_state_label(),
                    fields=", ".join(
                        self._fields[n].get_description(self.env, ["string"])["string"]
                        for n in sorted(frozen)
                        if n in self._fields
                    ),
                )
            )

    def _get_open(self) -> set[str]:
        """Return what may still be written after a declaration is complete or issued."""
        may_link = self.direction == "in" and self.state in ("complete", "booked")
        return {"cancel_reason", "picking_ids"} if may_link else {"cancel_reason"}

    def _get_frozen(self) -> set[str]:
        """Return what may not change in a draft: number, and with credits drawn their set."""
        if self.direction == "in":
            return set()
        frozen = {"number", "company_id", "partner_id", "product_id", "certification_id"}
        frozen |= {"picking_ids", "sale_line_id", "again_of_id"}
        # where and when the goods left, under which certificate, and when it is issued
        frozen |= {"dispatch_date", "issue_date", "warehouse_id", "certificate_number", "scheme"}
        if self.sudo().entry_ids:
            frozen |= {"origin_country_id", "quantity", "quantity_unit", "method", "basis"}
            frozen |= {"attribution", "credit_transfer", "certified_share", "lot_ids"}
            frozen |= {n for n in declaration.SET_FIELDS if n in self._fields}
            frozen |= {"ghg_value", "ghg_unit", "ghg_type"}
            frozen -= self._get_silent()
        return frozen

    def _get_silent(self) -> set[str]:
        """Return what of template v4.0 the drawn set does not say: there the issuer speaks."""
        sources = self.sudo().entry_ids.source_declaration_id
        return {name for name in declaration.ISSUER_FIELDS if not any(sources.mapped(name))}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for record in self:
            if record.direction == "out" or record.state != "draft":
                raise UserError(
                    self.env._(
                        "Declaration %s cannot be deleted: its number stays used. Cancel it.",
                        record.number,
                    )
                )

    # -- buttons ------------------------------------------------------------------------------

    def action_view_entries(self):
        """Open what was booked for this declaration, and from its set of characteristics."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries"),
            "res_model": "mass.balance.entry",
            "view_mode": "list,form,pivot",
            "domain": [
                "|",
                ("declaration_id", "=", self.id),
                ("source_declaration_id", "=", self.id),
            ],
        }

    def action_view_pickings(self):
        """Open the transfers of this declaration."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfers"),
            "res_model": "stock.picking",
            "view_mode": "list,form",
            "domain": [("id", "in", self.picking_ids.ids)],
        }


def _clean(number) -> str | bool:
    """One number is one number, however many blanks were typed around it."""
    return " ".join((number or "").split()) or False
