# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance, declaration


class SustainabilityDeclarationOutgoing(models.AbstractModel):
    """The way of our own declaration: drafted by a delivery, drawn from the books."""

    _name = "sustainability.declaration.outgoing"
    _description = "Outgoing declaration"

    # -- draft ----------------------------------------------------------------------------------

    @api.model
    def _draft_for_delivery(self, sale_line, moves):
        """Draft the declarations of delivered moves of one order line and draw their credits.

        Returns the declarations: one for each set of characteristics, or a single one with the
        reason in `refusal` when the books do not cover the quantity. Never raises for that: the
        goods are on their way.
        """
        lines = moves.move_line_ids
        reasons = [ml.product_id._get_unweighable_reason(ml.product_uom_id) for ml in lines]
        kilograms = (
            balance.ZERO if any(reasons) else sum((ml._get_kg() for ml in lines), balance.ZERO)
        )
        share = to_decimal(sale_line.mb_claim_share, 2)
        claimed = balance.ceil_charge(kilograms * share / 100)
        record = self.sudo().create([self._prepare_outgoing(sale_line, moves, claimed)])
        if any(reasons):
            record._set_refusal(next(reason for reason in reasons if reason))
            return record
        drawn = record._draw()
        drawn._refresh_ghg()
        return drawn

    def _tell_refused_delivery(self) -> None:
        """Put the refusal before the sustainability manager, on the delivery it belongs to."""
        self.ensure_one()
        self.company_id._schedule_mass_balance_activity(
            self.picking_ids[:1] or self,
            self.env._("Delivered with a claim the books do not cover"),
            self.env._(
                "Declaration %(number)s: %(reason)s", number=self.number, reason=self.refusal
            ),
        )

    @api.model
    def _prepare_outgoing(self, sale_line, moves, quantity) -> dict:
        """Return the values of a draft for delivered moves, all but the set it draws."""
        order, picking = sale_line.order_id, moves.picking_id[:1]
        warehouse = moves[0].location_id.warehouse_id or order.warehouse_id
        day = warehouse._get_plant_day(moves[0].date)
        company = moves[0].company_id
        return {
            "direction": "out",
            "company_id": company.id,
            "warehouse_id": warehouse.id,
            "partner_id": (picking.partner_id or order.partner_shipping_id).id,
            "product_id": moves[0].product_id.id,
            "scheme": sale_line.mb_claim,
            "certification_id": company._get_own_certification(
                warehouse, sale_line.mb_claim, day
            ).id,
            "category": sale_line.mb_category,
            "statement": sale_line.mb_statement,
            "certified_share": sale_line.mb_claim_share,
            **_state_quantity(quantity, sale_line.mb_claim),
            "issue_date": day,
            "dispatch_date": day,
            "contract_number": order.client_order_ref or order.name,
            "chain_of_custody": "mass_balance",
            "picking_ids": [fields.Command.set(picking.ids)],
            "lot_ids": [fields.Command.set(moves.move_line_ids.lot_id.ids)],
            "sale_line_id": sale_line.id,
        }

    # -- draw -----------------------------------------------------------------------------------

    def action_draw(self):
        """Try again to draw the credits of a draft, and refresh its GHG value."""
        self._check_is_manager()
        for record in self.filtered(lambda d: d.direction == "out" and d.state == "draft"):
            record._refresh_certification()
            drawn = record if record.sudo().entry_ids else record.sudo()._draw()
            drawn._refresh_ghg()
        return True

    def _draw(self):
        """Take the quantity from the books, oldest set first; return the drafts that carry it.

        One declaration states one set of characteristics. When the quantity needs several, the
        first stays on this draft and each other gets a draft of its own.
        """
        self.ensure_one()
        accounts = self._get_accounts()
        accounts._lock()
        reservations = self.env["mass.balance.reservation"]
        credits = self.env["mass.balance.credit"]._get_left(accounts)
        free = reservations._get_parts(self.sale_line_id, credits)
        parts = balance.oldest_first(self._get_kg(), free)
        if refusal := self._get_draw_refusal(free, parts):
            self._set_refusal(refusal)
            return self
        return self._draw_parts(reservations._settle(self.sale_line_id, parts))

    def _get_accounts(self):
        """Return the books this draft may be drawn from; an output book before an input book."""
        self.ensure_one()
        domain = [
            ("company_id", "=", self.company_id.id),
            ("warehouse_id", "=", self.warehouse_id.id),
            ("scheme", "=", self.scheme),
            ("product_group", "=", self.product_id.product_tmpl_id._get_mb_group()),
        ]
        for name in ("category", "statement"):
            if self[name]:
                domain.append((name, "=", self[name]))
        return self.env["mass.balance.account"].sudo().search(domain, order="kind desc, id")

    def _get_draw_refusal(self, free, parts) -> str:
        """Return why nothing can be drawn, in words; `free`: [(credit, kg)] no other order has."""
        categories = {credit.category for credit, _kg in free}
        planned = self.sale_line_id.mb_reservation_ids.credit_id
        is_planned = parts and all(credit in planned for credit, _kg in parts)
        if not self.category and len(categories) > 1 and not is_planned:
            return self.env._(
                "Credits of several categories could cover it: choose the raw-material category "
                "on the order line or on this draft."
            )
        if parts:
            return ""
        held = sum((kg for _credit, kg in free), balance.ZERO)
        return self.env._(
            "The books of %(site)s hold %(held)s kg for %(product)s under %(scheme)s%(claim)s; "
            "%(wanted)s kg are needed. Nothing was drawn.",
            claim=self._get_statement_text(),
            site=self.warehouse_id.name,
            held=to_text(held),
            product=self.product_id.display_name,
            scheme=dict(self._fields["scheme"]._description_selection(self.env))[self.scheme],
            wanted=to_text(self.quantity_kg),
        )

    def _draw_parts(self, parts):
        """Group the credits taken by what may stand on one declaration; draft one for each."""
        groups = {}
        for credit, quantity in parts:
            mark = credit._get_transfer_mark()
            key = (credit.declaration_id._get_set_key(), credit.account_id._get_rules(), mark)
            groups.setdefault(key, []).append((credit, quantity))
        records = self
        for number, group in enumerate(groups.values()):
            record = self._copy_for_set() if number else self
            record._draw_set(group)
            records |= record
        return records

    def _copy_for_set(self):
        values = self.copy_data()[0]
        values.update(
            certification_id=self.certification_id.id,
            sale_line_id=self.sale_line_id.id,
            picking_ids=[fields.Command.set(self.picking_ids.ids)],
            lot_ids=[fields.Command.set(self.lot_ids.ids)],
        )
        return self.create([values])

    def _draw_set(self, group) -> None:
        """Fill in one set of characteristics and book what it gives."""
        self.ensure_one()
        total = sum((quantity for _credit, quantity in group), balance.ZERO)
        first = group[0][0]
        self._stamp(refusal=False, **self._prepare_set_values(first, total))
        rows = [self._prepare_out_entry(credit, quantity) for credit, quantity in group]
        self.env["mass.balance.entry"].sudo().create(rows)

    def _prepare_set_values(self, credit, total) -> dict:
        source, account = credit.declaration_id, credit.account_id
        values = {
            name: source[name]
            for name in set(declaration.SET_FIELDS) & set(self._fields)
            if name not in ("scheme", "chain_of_custody")
        }
        values.update(
            origin_country_id=source.origin_country_id.id,
            origin_point_required=source.origin_point_required,
            origin_point_address=source.origin_point_address,
            **_state_quantity(total, self.scheme),
            method=account.method,
            attribution=account.attribution,
            basis=account.basis,
            credit_transfer=credit._get_transfer_mark(),
        )
        return values

    def _prepare_out_entry(self, credit, quantity) -> dict:
        move = self.sale_line_id.move_ids.filtered(
            lambda m: m.picking_id in self.picking_ids and m.state == "done"
        )
        return {
            "account_id": credit.account_id.id,
            "direction": "out",
            "quantity": quantity,
            "booking_date": self.dispatch_date,
            "document": self.picking_ids[:1].name or self.number,
            "declaration_id": self.id,
            "source_declaration_id": credit.declaration_id.id,
            "lot_id": credit.lot_id.id,
            "move_id": move[:1].id,
        }


def _state_quantity(kilograms, scheme: str) -> dict:
    """Return how a quantity is declared: ISCC EU knows tonnes and cubic metres, no kilograms."""
    if scheme == "iscc_eu":
        return {"quantity": float(kilograms / 1000), "quantity_unit": "t"}
    return {"quantity": float(kilograms), "quantity_unit": "kg"}
