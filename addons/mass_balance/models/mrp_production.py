# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from fractions import Fraction

from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import attribution, balance

YIELD_TOLERANCE = Fraction(5, 100)


class MrpProduction(models.Model):
    """An order that turns certified input into credits of its outputs."""

    _inherit = "mrp.production"

    mb_entry_ids = fields.One2many(
        "mass.balance.entry", "production_id", string="Mass-balance entries"
    )
    mb_entry_count = fields.Integer(compute="_compute_mb_figures", compute_sudo=True)
    mb_input_quantity = Quantity(
        string="Certified input (kg)", compute="_compute_mb_figures", compute_sudo=True
    )
    mb_credit_quantity = Quantity(
        string="Credits (kg)", compute="_compute_mb_figures", compute_sudo=True
    )
    mb_loss_quantity = Quantity(
        string="Loss (kg)", compute="_compute_mb_figures", compute_sudo=True
    )
    mb_refusal = fields.Char(string="Not booked", readonly=True, copy=False)

    @api.depends("mb_entry_ids")
    def _compute_mb_figures(self):
        for order in self:
            entries = order.mb_entry_ids
            inputs = entries.filtered(lambda e: e.kind == "input")
            outputs = entries.filtered(lambda e: e.kind == "output" and e.direction == "convert")
            losses = inputs.filtered(lambda e: e.direction in ("loss", "fuel"))
            order.mb_entry_count = len(entries)
            order.mb_input_quantity = _total(inputs)
            order.mb_credit_quantity = _total(outputs)
            order.mb_loss_quantity = _total(losses)

    # -- quantities -----------------------------------------------------------------------------

    def _get_mb_input_kg(self):
        """Return everything consumed by the order, in kg."""
        return _sum_kg(self.move_raw_ids)

    def _get_mb_output_kg(self):
        """Return everything made by the order but residues, in kg."""
        moves = self.move_finished_ids.filtered(lambda m: m.product_id.mb_output_kind != "residue")
        return _sum_kg(moves)

    # -- booking --------------------------------------------------------------------------------

    def action_book_mass_balance(self):
        """Book what could not be booked when the order was done."""
        self._book_conversion()
        return True

    def _book_conversion(self) -> None:
        """Turn the certified input that is consumed into credits, once the outputs are known.

        Losses come first: input × factor is what may be claimed at all; attribution then says
        which outputs carry it. Input that has been booked is not in its book any more, so that
        calling this again books only what is new.
        """
        for order in self.sudo():
            outputs = order.move_finished_ids.filtered(lambda m: m.state == "done" and m.quantity)
            consumed = order._get_certified_consumption() if outputs else []
            if not consumed:
                continue
            refusal = order._get_conversion_refusal(consumed, outputs)
            if refusal:
                order._refuse_conversion(refusal)
                continue
            for line, credit, quantity in consumed:
                order._convert_credit(line, credit, quantity, outputs)
            order.mb_refusal = False
            order._tell_yield(outputs)

    def _get_certified_consumption(self) -> list:
        """Return (line, credit, kg) of the certified input consumed and not yet converted."""
        self.ensure_one()
        found, taken = [], {}
        warehouse = self._get_mb_warehouse()
        for line in self.move_raw_ids.filtered(lambda m: m.state == "done").move_line_ids:
            if line.product_id._get_unweighable_reason(line.product_uom_id):
                continue
            left = line._get_kg() - self._get_converted(line)
            for credit in line.lot_id._get_input_credits():
                rest = credit._get_remaining() - taken.get(credit.id, balance.ZERO)
                part = min(rest, left)
                if part > 0 and credit.account_id.warehouse_id == warehouse:
                    found.append((line, credit, part))
                    taken[credit.id] = taken.get(credit.id, balance.ZERO) + part
                    left -= part
        return found

    def _get_converted(self, line):
        """Return what of a consumed line has left its input book before."""
        return -self.env["mass.balance.entry"]._sum(
            [
                ("move_id", "=", line.move_id.id),
                ("lot_id", "=", line.lot_id.id),
                ("kind", "=", "input"),
            ]
        )

    def _get_mb_warehouse(self):
        self.ensure_one()
        return self.picking_type_id.warehouse_id or self.location_src_id.warehouse_id

    def _get_mb_day(self):
        self.ensure_one()
        moment = max(self.move_finished_ids.filtered(lambda m: m.state == "done").mapped("date"))
        return self._get_mb_warehouse()._get_plant_day(moment)

    def _find_conversion(self, credit):
        return self.env["mass.balance.conversion"]._find(
            self.product_id.product_tmpl_id,
            self._get_mb_warehouse(),
            credit.account_id.product_group,
            self._get_mb_day(),
        )

    def _get_conversion_refusal(self, consumed, outputs) -> str:
        """Return, in words, what is missing before the conversion can be booked."""
        for move in outputs:
            reason = move.product_id._get_unweighable_reason(move.product_uom)
            if reason:
                return reason
        for _line, credit, _quantity in consumed:
            conversion = self._find_conversion(credit)
            if not conversion:
                return self.env._(
                    "There is no approved conversion factor of %(product)s at %(site)s on "
                    "%(day)s: the certified input waits in its book.",
                    product=self.product_id.display_name,
                    site=self._get_mb_warehouse().name,
                    day=self._get_mb_day(),
                )
            try:
                self._attribute(credit, balance.ZERO, conversion, outputs)
            except attribution.AttributionError as error:
                return self._get_attribution_text(error, credit)
        return ""

    def _get_attribution_text(self, error, credit) -> str:
        basis = dict(credit.account_id._fields["basis"]._description_selection(self.env))
        texts = {
            "no_figure": self.env._(
                "The book %(book)s attributes by %(basis)s, and that figure is missing on a "
                "product or on the conversion factor.",
                book=credit.account_id.name,
                basis=basis[credit.account_id.basis],
            ),
            "no_output": self.env._("%s made nothing that could carry a claim.", self.name),
        }
        return texts.get(error.code) or str(error)

    def _refuse_conversion(self, refusal: str) -> None:
        self.mb_refusal = refusal
        self.company_id._schedule_mass_balance_activity(
            self, self.env._("Production not booked in the mass balance"), refusal
        )

    # -- conversion of one set --------------------------------------------------------------------

    def _attribute(self, credit, quantity, conversion, outputs):
        """Return the attribution of one set to the outputs; the main product is preferred."""
        account = credit.account_id
        product = credit.lot_id.product_id
        own = {
            "lhv": product.lhv,
            "carbon": product.mb_carbon_share,
            "molar": product.mb_molar_mass,
        }.get(account.basis)
        counted = attribution.equivalent(
            quantity,
            account.basis,
            own and to_decimal(own, 6),
            conversion._get_reference(account.basis),
        )
        net = balance.floor_credit(counted * conversion._get_factor().value)
        ordered = outputs.sorted(lambda m: (m.product_id != self.product_id, m.id))
        figures = [move._prepare_mb_output() for move in ordered]
        return attribution.attribute(net, figures, account.attribution, account.basis)

    def _convert_credit(self, line, credit, quantity, outputs) -> None:
        """Book one set: out of its input book, losses and fuel share apart, into the outputs."""
        conversion = self._find_conversion(credit)
        result = self._attribute(credit, quantity, conversion, outputs)
        common = {
            "booking_date": self._get_mb_day(),
            "document": self.name,
            "production_id": self.id,
            "source_declaration_id": credit.declaration_id.id,
            "conversion_id": conversion.id,
        }
        rows = self._prepare_input_rows(line, credit, quantity, result, common)
        by_id = {str(move.id): move for move in outputs}
        for key, share in result.shares.items():
            rows.append(self._prepare_output_row(by_id[key], credit, share, common))
        self.env["mass.balance.entry"].create(rows)

    def _prepare_input_rows(self, line, credit, quantity, result, common) -> list[dict]:
        """Everything consumed leaves the input book: converted, lost to fuel, or lost.

        With a factor above 1 all of it is converted; the co-reactant's mass is on the output.
        """
        converted = min(result.total, quantity)
        fuel = min(result.fuel_lost, quantity - converted)
        parts = (
            ("convert", converted, False),
            ("fuel", fuel, self.env._("Share of the outputs used as fuel")),
            ("loss", quantity - converted - fuel, self.env._("Losses before attribution")),
        )
        return [
            {
                **common,
                "account_id": credit.account_id.id,
                "direction": direction,
                "sign": -1,
                "quantity": part,
                "reason": reason,
                "lot_id": credit.lot_id.id,
                "move_id": line.move_id.id,
            }
            for direction, part, reason in parts
            if part > 0
        ]

    def _prepare_output_row(self, move, credit, share, common) -> dict:
        key = credit.declaration_id._prepare_account_key(
            self._get_mb_warehouse(), "output", move.product_id.product_tmpl_id
        )
        account = self.env["mass.balance.account"]._get_or_create(key)
        lots = move.move_line_ids.lot_id
        return {
            **common,
            "account_id": account.id,
            "direction": "convert",
            "sign": 1,
            "quantity": share,
            "lot_id": lots.id if len(lots) == 1 else False,
            "move_id": move.id,
        }

    def _tell_yield(self, outputs) -> None:
        """Tell the manager when this order's yield is far from the factor it was booked with."""
        consumed, made = self._get_mb_input_kg(), self._get_mb_output_kg()
        conversion = self.mb_entry_ids.conversion_id[:1]
        if not consumed or not conversion:
            return
        factor = conversion._get_factor().value
        deviation = abs(Fraction(made) / Fraction(consumed) - factor) / factor
        if deviation > YIELD_TOLERANCE:
            self.company_id._schedule_mass_balance_activity(
                self,
                self.env._("Yield far from the conversion factor"),
                self.env._(
                    "%(order)s made %(made)s kg from %(consumed)s kg; the factor is %(factor)s.",
                    order=self.name,
                    made=to_text(made),
                    consumed=to_text(consumed),
                    factor=f"{conversion.factor:.6g}",
                ),
            )

    def action_view_mb_entries(self):
        """Open what the books say of this order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mass-balance entries"),
            "res_model": "mass.balance.entry",
            "view_mode": "list,form,pivot",
            "domain": [("production_id", "=", self.id)],
        }


def _total(entries):
    return sum((entry._get_quantity() for entry in entries), balance.ZERO)


def _sum_kg(moves):
    lines = moves.filtered(lambda move: move.state == "done").move_line_ids
    return sum(
        (
            line._get_kg()
            for line in lines
            if not line.product_id._get_unweighable_reason(line.product_uom_id)
        ),
        balance.ZERO,
    )
