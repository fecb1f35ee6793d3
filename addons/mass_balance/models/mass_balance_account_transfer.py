# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.tools.decimals import to_text

from ..tools import balance, certificate, neighbours, transfer

SITE_FIELDS = ("company_id", "warehouse_id", "scheme")


class MassBalanceAccountTransfer(models.AbstractModel):
    """Credits that go from one book to another: always two linked entries.

    Credits move on paper between sites (ISCC PLUS, rule 8) and from ISCC EU to ISCC PLUS (rule
    9), on a signed voucher; certified stock that is driven to another site takes its credit along.
    """

    _name = "mass.balance.account.transfer"
    _description = "Transfer between mass-balance books"

    # -- scheme (rule 9) ------------------------------------------------------------------------

    def _check_to_scheme(self, scheme: str) -> None:
        self.ensure_one()
        if transfer.scheme_problem(self.scheme, scheme):
            raise UserError(
                self.env._(
                    "%(book)s: credits go from ISCC EU to ISCC PLUS, never back or elsewhere.",
                    book=self.name,
                )
            )

    def _transfer_to_scheme(self, scheme: str, quantity, reason: str, **values):
        """Move credits into the same book of another scheme: two linked entries (rule 9).

        ISCC EU to ISCC PLUS only. Returns the entries, out first. Sets keep their identity.
        """
        self._check_to_scheme(scheme)
        key = {**self._get_key_values(), "scheme": scheme, "red_category": False}
        target = self._get_or_create({**key, "factor_key": False}, like=self)
        return self._move_credits(target, quantity, reason, **values)

    # -- site (rule 8) --------------------------------------------------------------------------

    def _check_to_site(self, target) -> None:
        """Refuse a transfer to a book of another site unless every condition of rule 8 holds."""
        self.ensure_one()
        sides = [account._get_transfer_site() for account in (self, target)]
        problem = transfer.site_problem(*sides, self._get_neighbour_pairs())
        if problem:
            raise UserError(self._get_site_problem_text(problem, target))

    def _get_neighbour_pairs(self):
        """Return the pairs of countries that the setting adds to those with a land border."""
        name = "mass_balance.neighbour_pairs"
        try:
            return neighbours.parse_pairs(self.env["ir.config_parameter"].sudo().get_param(name))
        except ValueError as error:
            raise UserError(
                self.env._(
                    "The system parameter %(name)s reads pairs of country codes such as "
                    "“DK-SE, FR-GB”; “%(word)s” is none.",
                    name=name,
                    word=str(error),
                )
            ) from error

    def _get_transfer_site(self) -> transfer.Site:
        """Return this book as the rule looks at it."""
        self.ensure_one()
        warehouse, company = self.warehouse_id, self.company_id
        own = company._get_own_certification(warehouse, self.scheme, warehouse._get_plant_day())
        key = self._get_key_values()
        return transfer.Site(
            code=str(warehouse.id),
            scheme=self.scheme,
            group=company._get_corporate_group(),
            country=warehouse._get_country().code or "",
            product=tuple(str(v or "") for k, v in key.items() if k not in SITE_FIELDS),
            scopes=certificate.split_names(own.scope_codes),
        )

    def _get_site_problem_text(self, problem: str, target) -> str:
        texts = {
            "same_site": self.env._("both books belong to %s", self.warehouse_id.name),
            "scheme": self.env._(
                "credits move between sites under ISCC PLUS only, on both sides; under ISCC EU "
                "they stay where the material is"
            ),
            "group": self.env._(
                "%(from)s and %(to)s do not belong to one corporate group",
                **{"from": self.company_id.name, "to": target.company_id.name},
            ),
            "no_country": self.env._("the address of a site has no country"),
            "country": self.env._(
                "%(from)s and %(to)s are not neighbouring countries",
                **{
                    "from": self.warehouse_id._get_country().name,
                    "to": target.warehouse_id._get_country().name,
                },
            ),
            "product": self.env._("the books are not of the same product: %s", target.name),
            "scope": self.env._(
                "a site has no certificate that is valid today for a processing unit or a store"
            ),
        }
        return self.env._(
            "No credits of %(book)s can go to %(site)s: %(reason)s.",
            book=self.name,
            site=target.warehouse_id.name,
            reason=texts[problem],
        )

    def _transfer_to_site(self, target, quantity, reason: str, **values):
        """Move credits to the same book of another site: two linked entries (rule 8)."""
        self._check_to_site(target)
        return self._move_credits(target, quantity, reason, **values)

    # -- both -----------------------------------------------------------------------------------

    def _move_credits(self, target, quantity, reason: str, **values):
        """Take the oldest sets out of this book and put them into the target."""
        (self | target)._lock()
        credits = self.env["mass.balance.credit"]._get_left(self)
        parts = balance.oldest_first(quantity, [(c, c._get_remaining()) for c in credits])
        if not parts:
            raise UserError(
                self.env._(
                    "The book %(book)s holds %(held)s kg: %(wanted)s kg cannot be taken from it.",
                    book=self.name,
                    held=to_text(self.booked_balance),
                    wanted=to_text(quantity),
                )
            )
        common = {
            "booking_date": self.warehouse_id._get_plant_day(),
            "document": self.env._("Transfer to %s", target.name),
            "reason": reason,
            **values,
        }
        return self._move_parts(target, parts, common)

    def _move_parts(self, target, parts: list, common: dict):
        """Book both legs for each (credit, kg); the caller holds both books. Out comes first."""
        moved = self.env["mass.balance.entry"].sudo()
        for credit, part in parts:
            values = {
                **common,
                "quantity": part,
                "source_declaration_id": credit.declaration_id.id,
                "lot_id": credit.lot_id.id,
            }
            out = moved.create([{**values, "account_id": self.id, "direction": "transfer_out"}])
            into = {"direction": "transfer_in", "counterpart_id": out.id}
            moved |= out | moved.create([{**values, "account_id": target.id, **into}])
        return moved
