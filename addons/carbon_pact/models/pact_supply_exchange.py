# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from .. import peer
from ..tools import urn

MAX_FOOTPRINTS = 100


class PactSupply(models.Model):
    """Asking a supplier's system, and taking what it answers."""

    _inherit = "pact.supply"

    def action_ask(self):
        """Ask by an event; the answer comes by an event to our own exchange."""
        self._check_askable()
        for supply in self:
            client = supply.client_id
            wanted = {"productId": list(urn.read(supply.supplier_keys)), "status": ["Active"]}
            event = self.env["pact.event"].sudo()._queue(client, "created", wanted)
            event.supply_id = supply
            supply._stamp_asked("asked")

    def action_fetch(self):
        """Read what the supplier's system lists now."""
        self._check_askable()
        for supply in self:
            try:
                found = supply.client_id._get_peer().find(urn.read(supply.supplier_keys))
            except peer.Undelivered as error:
                raise UserError(
                    self.env._(
                        "%(name)s could not be read: %(error)s",
                        name=supply.client_id.name,
                        error=error,
                    )
                ) from error
            if not found:
                raise UserError(
                    self.env._(
                        "%(system)s lists no footprint of %(product)s that we may see.",
                        system=supply.client_id.name,
                        product=supply.product_id.display_name,
                    )
                )
            supply._stamp_asked(supply.state)
            supply.sudo()._take_all(found, "list")

    def _check_askable(self) -> None:
        self.check_access("write")
        for supply in self:
            client = supply.client_id
            missing = {
                self.env._("it is revoked"): client.state != "active",
                self.env._("it has no address"): not client.peer_url,
                self.env._("the supplier's company identifiers are not entered"): not urn.read(
                    client.supplier_company_ids
                ),
            }
            reasons = [reason for reason, is_so in missing.items() if is_so]
            if reasons:
                raise UserError(
                    self.env._(
                        "%(name)s cannot be asked: %(reasons)s.",
                        name=client.name,
                        reasons=", ".join(reasons),
                    )
                )

    def _is_named(self, names: tuple[str, ...]) -> bool:
        """Tell whether a document names this product."""
        own = {key.lower() for key in urn.read(self.supplier_keys)}
        return not own.isdisjoint(names)

    def _stamp_asked(self, state: str) -> None:
        self._stamp(
            {
                "state": state,
                "rejection": False,
                "asked_at": fields.Datetime.now(),
                "asked_by_id": self.env.uid,
            }
        )

    # -- what comes back ------------------------------------------------------------------------

    def _take_all(self, documents: list, origin: str, event=None):
        """Keep what was sent and is not there yet; return the new records."""
        received = self.env["pact.received"]
        for content in documents[:MAX_FOOTPRINTS]:
            received |= self._take(content, origin, event)
        if received:
            self._stamp({"state": "received", "rejection": False})
        if received.version_id:
            self._remind(self.env._("A footprint waits for a second person's approval"))
        return received

    def _remind(self, summary: str) -> None:
        """Give the person responsible a to-do; one that is open already is enough."""
        if summary not in self.activity_ids.mapped("summary"):
            user = self.client_id.user_id or self.asked_by_id or self.env.user
            self.activity_schedule("mail.mail_activity_data_todo", summary=summary, user_id=user.id)

    def _take(self, content, origin: str, event=None):
        self.ensure_one()
        received = self.env["pact.received"]._keep(self, content, origin, event)
        if received:
            self.message_post(body=received._describe())
        return received

    def _take_rejection(self, error: dict) -> None:
        """Write down why the supplier states no footprint."""
        reason = f"{error['code']}: {error['message']}"[:500]
        self._stamp({"state": "rejected", "rejection": reason})
        self.message_post(body=self.env._("The supplier's system rejected the request: %s", reason))

    # -- the factor -----------------------------------------------------------------------------

    def _get_factor(self):
        """Return the supply's own emission factor; made with its first footprint."""
        self.ensure_one()
        if not self.factor_id:
            self._stamp({"factor_id": self.env["carbon.factor"].create(self._prepare_factor()).id})
        return self.factor_id

    def _prepare_factor(self) -> dict:
        return {
            "name": self.env._(
                "%(product)s from %(supplier)s",
                product=self.product_id.display_name,
                supplier=self.partner_id.commercial_partner_id.name,
            ),
            "code": f"PACT-{self.id}",
            "category": "material",
            "unit": "kg",
            "scope": "3",
            "stage": "raw_material",
            "company_id": self.company_id.id,
        }
