# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import balance, planner


class MassBalancePlanner(models.TransientModel):
    """A proposal which credits to use for the open orders; reserving takes it over.

    Orders with an earlier promised day come first. Credits are chosen by claim, GHG limit,
    expiry and cost, in that order; what is planned already is kept.
    """

    _name = "mass.balance.planner"
    _description = "Planner of credits"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", string="Site", domain="[('company_id', '=', company_id)]"
    )
    line_ids = fields.One2many("mass.balance.planner.line", "planner_id", readonly=True)
    is_proposed = fields.Boolean(readonly=True)

    def action_propose(self):
        """Work the proposal out, and show it."""
        self._check_is_manager()
        self.ensure_one()
        lines = self._get_open_lines()
        credits = [self._prepare_credit(*pair) for pair in self._get_free_credits()]
        demands = [demand for line in lines if (demand := self._prepare_demand(line))]
        made = planner.plan(demands, credits)
        rows = [self._prepare_line(part, demands, credits) for part in made.parts]
        rows += [self._prepare_short(key, grams, made) for key, grams in made.short.items()]
        self.write(
            {
                "is_proposed": True,
                "line_ids": [Command.clear(), *(Command.create(row) for row in rows)],
            }
        )
        return self._reopen()

    def action_reserve(self):
        """Set the proposed credits aside for their orders."""
        self._check_is_manager()
        chosen = self.line_ids.filtered("credit_id")
        if not chosen:
            raise UserError(self.env._("Nothing is proposed that could be set aside."))
        self.env["mass.balance.reservation"].create(
            [
                {
                    "sale_line_id": line.sale_line_id.id,
                    "credit_id": line.credit_id.id,
                    "quantity": line.quantity,
                    "reason": line.reason,
                }
                for line in chosen
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mass_balance.mass_balance_reservation_action"
        )
        return {**action, "target": "main"}

    def _check_is_manager(self) -> None:
        if not (self.env.su or self.env.user.has_group("mass_balance.group_mass_balance_manager")):
            raise AccessError(self.env._("Only the sustainability manager plans credits."))

    def _reopen(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Plan credits"),
        }

    # -- what there is --------------------------------------------------------------------------

    def _get_open_lines(self):
        """Return the order lines with a claim that are not delivered, by promised day."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "sale"),
            ("mb_claim", "not in", ("none", False)),
        ]
        if self.warehouse_id:
            domain.append(("order_id.warehouse_id", "=", self.warehouse_id.id))
        lines = self.env["sale.order.line"].sudo().search(domain)
        far = fields.Datetime.to_datetime("9999-12-31")
        return lines.sorted(
            lambda line: (line.order_id.commitment_date or far, line.order_id.date_order, line.id)
        )

    def _get_free_credits(self) -> list[tuple]:
        """Return [(credit, kg)] that no order has planned."""
        domain = [("company_id", "=", self.company_id.id), ("remaining", ">", 0)]
        if self.warehouse_id:
            domain.append(("account_id.warehouse_id", "=", self.warehouse_id.id))
        credits = self.env["mass.balance.credit"].sudo().search(domain, order="id")
        planned = self.env["mass.balance.reservation"]._get_planned(credits)
        free = [(c, c._get_remaining() - planned.get(c.id, balance.ZERO)) for c in credits]
        return [(credit, kg) for credit, kg in free if kg > 0]

    def _prepare_demand(self, line):
        """Return the open quantity of a line, less what is planned; None when nothing is open."""
        wanted = line._get_mb_open_kg() - line._get_mb_planned_kg()
        if wanted <= 0:
            return None
        return planner.Demand(
            key=str(line.id),
            grams=int(wanted * 1000),
            scheme=line.mb_claim,
            product=line.product_id.product_tmpl_id._get_mb_group(),
            site=str(line.order_id.warehouse_id.id),
            category=line.mb_category or "",
            statement=line.mb_statement or "",
            ghg_limit=to_decimal(line.mb_ghg_limit, 6) if line.mb_has_ghg_limit else None,
            ghg_unit=line.mb_ghg_unit or "",
        )

    def _prepare_credit(self, credit, kg: Decimal) -> planner.Credit:
        source, account = credit.declaration_id, credit.account_id
        return planner.Credit(
            key=str(credit.id),
            grams=int(kg * 1000),
            scheme=account.scheme,
            product=account.product_group,
            site=str(account.warehouse_id.id),
            category=account.category,
            statement=account.statement,
            ghg=to_decimal(source.ghg_value, 6) if source.ghg_type else None,
            ghg_unit=source.ghg_unit or "",
            expires=credit._get_expiry(),
            cost=source._get_declared("premium") or Decimal(0),
        )

    # -- what is said ---------------------------------------------------------------------------

    def _prepare_line(self, part, demands, credits) -> dict:
        demand = next(d for d in demands if d.key == part.demand)
        chosen = next(c for c in credits if c.key == part.credit)
        fitting = [c for c in credits if not planner.unfit(demand, c)]
        return {
            "sale_line_id": int(part.demand),
            "credit_id": int(part.credit),
            "quantity": part.grams / 1000,
            "reason": self._explain(chosen, fitting),
        }

    def _explain(self, chosen, fitting) -> str:
        """Return, in words, what spoke for this credit among those that fit."""
        facts = []
        if chosen.expires:
            facts.append(self.env._("expires on %s", chosen.expires))
        if chosen.cost:
            facts.append(self.env._("costs %s per kg", f"{chosen.cost.normalize():f}"))
        if chosen.ghg is not None:
            facts.append(self.env._("GHG value %s", f"{chosen.ghg.normalize():f}"))
        if len(fitting) == 1:
            facts.append(self.env._("the only one that fits"))
        else:
            ranked = sorted(fitting, key=planner.price)
            place = ranked.index(chosen) + 1
            facts.append(
                self.env._("%(place)s of %(count)s that fit", place=place, count=len(ranked))
            )
        return ", ".join(facts)

    def _prepare_short(self, key: str, grams: int, made) -> dict:
        texts = {
            "scheme": self.env._("another scheme"),
            "product": self.env._("another product"),
            "site": self.env._("another site"),
            "category": self.env._("another category"),
            "statement": self.env._("another statement"),
            "ghg_unknown": self.env._("GHG value not known"),
            "ghg_limit": self.env._("GHG value above the limit"),
        }
        left_out = ", ".join(f"{texts[c]}: {n}" for c, n in made.left_out[key].items())
        return {
            "sale_line_id": int(key),
            "quantity": 0,
            "short": grams / 1000,
            "reason": self.env._("Nothing more fits. Left out: %s", left_out or "–"),
        }
