# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.sql import escape_psql

from odoo.addons.audit_chain.tools import chain

from ..tools import document, urn, validity
from .pact_footprint import OUT

MANAGER = "mass_balance.group_mass_balance_manager"
TRANSITIONS = {
    ("draft", "to_approve"),
    ("to_approve", "draft"),
    ("to_approve", "published"),
    ("published", "deprecated"),
}
KEYS = {
    "productId": "product_keys",
    "companyId": "company_keys",
    "classification": "classification_keys",
}
STATES = {"active": "published", "deprecated": "deprecated"}


class PactFootprint(models.Model):
    """From draft to publication by two people, and what a later one does to an earlier."""

    _inherit = "pact.footprint"

    # -- submit ---------------------------------------------------------------------------------

    def action_submit(self):
        """Freeze the document and ask for the signature of a second manager."""
        self.check_access("write")
        for record in self:
            record._check_transition("to_approve")
            found = record._do_calculate()
            if record.problem_text:
                raise UserError(record.problem_text)
            record._do_submit(found)

    def _do_submit(self, found: dict) -> None:
        now = fields.Datetime.now()
        self._stamp({"preceding_id": self._find_preceding().id})
        content = self._prepare_content(found, now)
        self._check_content(content)
        _period_end, start, end = self._get_validity()
        place = next(iter(self._get_geography().values()), "")
        self._stamp(
            {
                "content": chain.canonical(content),
                "fingerprint": chain.digest(content),
                "validity_start": start,
                "validity_end": end,
                "product_keys": urn.join_keys(content["productIds"]),
                "company_keys": urn.join_keys(content["companyIds"]),
                "classification_keys": urn.join_keys(content.get("productClassifications", ())),
                "geography_key": place.lower(),
                "submitted_by_id": self.env.uid,
                "submitted_at": now,
                "state": "to_approve",
            }
        )
        # the columns must be there before the trigger calls the row frozen
        self.flush_recordset()

    def _find_preceding(self):
        """Return the published footprint of the same product that this one takes over from."""
        published = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("product_id", "=", self.product_id.id),
                ("declared_unit", "=", self.declared_unit),
                ("state", "=", "published"),
            ],
            order="published_at desc, id desc",
        )
        scope = self.partner_ids, self._get_geography()
        return published.filtered(lambda old: (old.partner_ids, old._get_geography()) == scope)[:1]

    def _check_content(self, content: dict) -> None:
        """Refuse a document that is incomplete, ill-formed or contradicts itself."""
        wrong = document.find_problems(content | {"status": "Active"})
        if wrong:
            raise UserError(
                self.env._(
                    "The document of %(name)s cannot be published; look at: %(fields)s.",
                    name=self.display_name,
                    fields=", ".join(wrong),
                )
            )
        problems = self._find_contradictions(content)
        if problems:
            raise UserError("\n".join(problems))

    def action_withdraw(self):
        """Take a submitted one back into draft, to correct it."""
        self.check_access("write")
        for record in self:
            record._check_transition("draft")
            record._stamp({"state": "draft"})
            # the trigger must see a free row before anything else is written into it
            record.flush_recordset()

    def _check_transition(self, target: str) -> None:
        self.ensure_one()
        if (self.state, target) not in TRANSITIONS:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(name)s is “%(state)s” and cannot become “%(target)s”.",
                    name=self.display_name,
                    state=labels[self.state],
                    target=labels[target],
                )
            )

    # -- signature ------------------------------------------------------------------------------

    def _get_signature_content(self):
        """What is signed: the document, by its hash and by what a reader looks for first."""
        self.ensure_one()
        content = self._get_document() if self.content else {}
        pcf = content.get("pcf", {})
        return {
            "id": self.uuid,
            "product": self.product_id.display_name,
            "company": self.company_id.name,
            "period": f"{self.period_start} – {self.period_end}",
            "declared_unit": f"{pcf.get('declaredUnitAmount', '')} {self.declared_unit}",
            "kg_co2e_excluding_uptake": pcf.get("pcfExcludingBiogenicUptake", ""),
            "kg_co2e_including_uptake": pcf.get("pcfIncludingBiogenicUptake", ""),
            "batches": sorted(self.footprint_ids.mapped("name")),
            "left_out": sorted(self.left_out_ids.mapped("name")),
            "document_sha256": self.fingerprint or "",
        }

    def _get_signature_meanings(self):
        return {"approve": self.env._("Approval of the publication")}

    def _check_may_sign(self, meaning):
        self.ensure_one()
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only a sustainability manager approves product footprints.")
            )
        self._check_transition("published")
        if self.env.user in (self.submitted_by_id, self.create_uid):
            raise UserError(
                self.env._(
                    "%s was made or submitted by you: another sustainability manager approves it.",
                    self.display_name,
                )
            )
        self._check_content(self._get_document())
        self._check_preceding()

    def _check_preceding(self) -> None:
        """Refuse a document that does not know the one published since it was submitted."""
        latest = self._find_preceding()
        if latest and latest != self.preceding_id:
            raise UserError(
                self.env._(
                    "%(latest)s was published since %(name)s was submitted, and the document does "
                    "not name it. Take this one back to draft and submit it again.",
                    latest=latest.display_name,
                    name=self.display_name,
                )
            )

    def _on_signed(self, signature):
        self._do_publish()

    # -- publish --------------------------------------------------------------------------------

    def _do_publish(self) -> None:
        """Publish, retire what it takes over from, and let the customers know."""
        self.ensure_one()
        self._check_transition("published")
        self._check_preceding()
        now = fields.Datetime.now()
        self._stamp({"state": "published", "published_by_id": self.env.uid, "published_at": now})
        self._log("pact.publish")
        if self.preceding_id.state == "published":
            self.preceding_id._do_deprecate(self.env._("replaced by %s", self.display_name))
        self.env["pact.event"]._queue_published(self)
        self.env["pact.request"]._wake()

    def action_deprecate(self):
        """Say that a published footprint must not be used any more; it can still be read."""
        self.check_access("write")
        for record in self:
            record._check_transition("deprecated")
            record._do_deprecate(self.env._("deprecated by %s", self.env.user.name))
            self.env["pact.event"]._queue_published(record)

    def _do_deprecate(self, reason: str) -> None:
        self._check_transition("deprecated")
        self._stamp({"state": "deprecated", "deprecated_at": fields.Datetime.now()})
        self._log("pact.deprecate", reason=reason)
        self.message_post(body=reason)

    def _log(self, event: str, **details) -> None:
        self.env["audit.record"]._log(
            event, self, {"id": self.uuid, "document_sha256": self.fingerprint, **details}
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_out(self):
        if self.filtered(lambda record: record.state != "draft"):
            raise UserError(self.env._("Only a draft can be deleted."))

    # -- find -----------------------------------------------------------------------------------

    @api.model
    def _get_criteria_domain(self, asked) -> fields.Domain:
        """Return the domain of what matches criteria: all parameters, any value of each."""
        domain = fields.Domain("state", "in", OUT)
        for name, column in KEYS.items():
            values = asked.texts.get(name, ())
            if values:
                domain &= fields.Domain.OR(
                    fields.Domain(column, "like", escape_psql(f"|{value}|")) for value in values
                )
        if "geography" in asked.texts:
            domain &= fields.Domain("geography_key", "in", asked.texts["geography"])
        if "status" in asked.texts:
            states = [STATES[value] for value in asked.texts["status"] if value in STATES]
            domain &= fields.Domain("state", "in", states)
        return domain & self._get_moments_domain(asked.moments)

    def _get_moments_domain(self, moments) -> fields.Domain:
        domain = fields.Domain.TRUE
        for moment in moments.get("validOn", ()):
            domain &= fields.Domain("validity_start", "<=", moment.replace(microsecond=0))
            domain &= fields.Domain("validity_end", ">=", validity.round_up(moment))
        for moment in moments.get("validAfter", ()):
            domain &= fields.Domain("validity_start", ">", moment.replace(microsecond=0))
        for moment in moments.get("validBefore", ()):
            domain &= fields.Domain("validity_end", "<", validity.round_up(moment))
        return domain
