# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import json

from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import document, received, urn
from ..tools.cloudevent import is_uuid

LICENCE = "supplier's own statement"
MAX_SOURCE = 200


class PactReceived(models.Model):
    """A product footprint as a supplier's system sent it: the document, its hash, our judgement.

    Written by the exchange alone, never changed and never deleted. One that can be used has become
    a draft version of the supply's emission factor; of one that cannot, it is said why. That the
    supplier has withdrawn or replaced it is noted later, beside it.
    """

    _name = "pact.received"
    _inherit = ["carbon.frozen.mixin"]
    _description = "Footprint received from a supplier"
    _order = "id desc"
    _rec_name = "uuid"

    supply_id = fields.Many2one(
        "pact.supply",
        string="Product of the supplier",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="supply_id.partner_id")
    product_id = fields.Many2one(related="supply_id.product_id")
    event_id = fields.Many2one("pact.event", readonly=True, ondelete="restrict")
    origin = fields.Selection(
        [("event", "Answer to a request"), ("list", "Read"), ("notice", "Notice of a new one")],
        string="Came as",
        required=True,
        readonly=True,
    )
    uuid = fields.Char(string="Footprint ID", readonly=True, index=True)
    content = fields.Text(string="Document", required=True, readonly=True)
    document = fields.Text(string="As it was sent", compute="_compute_document")
    fingerprint = fields.Char(string="SHA-256 of the document", required=True, readonly=True)
    state = fields.Selection(
        [("usable", "Usable"), ("refused", "Not usable")],
        required=True,
        readonly=True,
        index=True,
    )
    fault_text = fields.Text(string="Why it is not used", readonly=True)
    warning_text = fields.Text(string="Look at this", readonly=True)
    kg_co2e = OptionalFloat(
        string="kg CO2e per kg", readonly=True, digits=None, aggregator=None, help="Without uptake."
    )
    removed = OptionalFloat(
        string="CO2 taken up (kg per kg)", readonly=True, digits=None, aggregator=None
    )
    gwp_set = fields.Char(string="GWP set", readonly=True)
    valid_from = fields.Date(string="Valid from", readonly=True)
    valid_to = fields.Date(string="Valid until", readonly=True)
    primary_share = Quantity(string="Primary data (%)", readonly=True, aggregator=None)
    version_id = fields.Many2one(
        "carbon.factor.version", string="Factor version", readonly=True, ondelete="restrict"
    )
    version_state = fields.Selection(related="version_id.state", string="Approval")
    is_deprecated = fields.Boolean(
        string="Withdrawn by the supplier",
        readonly=True,
        help="The supplier has deprecated or replaced it since; results that rest on it stay.",
    )
    deprecated_at = fields.Datetime(string="Withdrawn since", readonly=True)

    @api.model
    def _get_mutable_fields(self):
        return {"is_deprecated", "deprecated_at"}

    @api.depends("content")
    def _compute_document(self):
        for record in self:
            found = json.loads(record.content) if record.content else None
            record.document = found and json.dumps(found, ensure_ascii=False, indent=2)

    # -- in -------------------------------------------------------------------------------------

    @api.model
    def _keep(self, supply, content, origin: str, event=None):
        """Keep a document that is not there yet; return its record, nothing for a known one.

        One that was refused is judged again when it comes again: the identifiers may be right now.
        """
        # escaped, for a supplier's text may hold what a column cannot
        text = json.dumps(content, sort_keys=True)
        named = content.get("id") if isinstance(content, dict) else None
        named = named.lower() if is_uuid(named) else False
        domain = [("supply_id", "=", supply.id), ("uuid", "=", named)]
        same_id = self.search(domain) if named else self.browse()
        same = same_id.filtered(lambda record: record._is_same(content))
        used = same_id.filtered(lambda record: record.state == "usable")
        if same & used:
            if content.get("status") == "Deprecated":
                used._mark_deprecated()
            return self.browse()
        faults = self._find_faults(supply, content, used)
        if same and faults:
            return self.browse()
        vals = {
            "supply_id": supply.id,
            "company_id": supply.company_id.id,
            "event_id": event.id if event else False,
            "origin": origin,
            "uuid": named,
            "content": text,
            "fingerprint": hashlib.sha256(text.encode()).hexdigest(),
            "state": "refused" if faults else "usable",
            "fault_text": "\n".join(faults) or False,
        }
        record = self.create(vals if faults else vals | self._prepare_use(supply, content))
        if not faults:
            record._mark_preceding(content)
        return record

    def _is_same(self, content: dict) -> bool:
        """Tell whether a document says what this one said; only its status may have moved on."""
        return json.loads(self.content) | {"status": ""} == content | {"status": ""}

    @api.model
    def _find_faults(self, supply, content, used) -> list[str]:
        companies = urn.read(supply.client_id.supplier_company_ids)
        found = received.find_faults(content, companies, urn.read(supply.supplier_keys))
        sentences = [self._explain(fault) for fault in found]
        if used:
            sentences.append(
                self.env._("A footprint of this ID is here already, and says something else.")
            )
        if not found and content["status"] == "Deprecated":
            sentences.append(self.env._("The supplier has deprecated it."))
        return sentences

    @api.model
    def _explain(self, fault: received.Fault) -> str:
        about = fault.about[:MAX_SOURCE]
        return {
            "form": self.env._("It is not in the form of the exchange; look at: %s.", about),
            "company": self.env._("It is not of this supplier: it names %s.", about),
            "product": self.env._("It is about another product: it names %s.", about),
            "identity": about,
            "validity": self.env._("Its validity does not fit its period (%s).", about),
            "mass": self.env._("It states no mass, so what stock consumes cannot be weighed."),
            "gwp": self.env._(
                "It is weighed with %s; one of AR4, AR5 and AR6 alone can be used.", about
            ),
        }[fault.code]

    # -- use ------------------------------------------------------------------------------------

    @api.model
    def _prepare_use(self, supply, content: dict) -> dict:
        """Return what a usable document says of one kg, and the draft version made of it."""
        value = received.get_value(content)
        share = document.read_decimal(content["pcf"].get("primaryDataShare"))
        return {
            "kg_co2e": float(value.kg_co2e),
            "removed": float(value.removed),
            "gwp_set": value.gwp_set,
            "valid_from": value.valid_from,
            "valid_to": value.valid_to,
            "primary_share": float(share or 0),
            "warning_text": "\n".join(received.find_warnings(content)) or False,
            "version_id": self._make_version(supply, content, value).id,
        }

    @api.model
    def _make_version(self, supply, content: dict, value: received.Value):
        """Make the draft in the name of who asked: it is somebody else who approves it."""
        asker = supply.asked_by_id or supply.client_id.user_id or self.env.user
        versions = self.env["carbon.factor.version"].with_user(asker).sudo()
        company = _clean(content["companyName"])
        return versions.create(
            {
                "factor_id": supply._get_factor().id,
                "name": f"{content['created'][:10]} {content['id'][:8]}",
                "valid_from": value.valid_from,
                "valid_to": value.valid_to,
                "value": float(value.kg_co2e),
                "gwp_set": value.gwp_set,
                "biogenic_removed": float(value.removed),
                "region": value.region,
                "source": self.env._("Product footprint of %s (PACT)", company),
                "licence": LICENCE,
                "pedigree": value.pedigree or False,
                "note": self._describe_document(content),
            }
        )

    @api.model
    def _describe_document(self, content: dict) -> str:
        pcf = content["pcf"]
        share = pcf.get("primaryDataShare") or self.env._("not stated")
        return self.env._(
            "Footprint %(id)s of %(product)s, %(amount)s %(unit)s, %(start)s to %(end)s. Primary "
            "data (%%): %(share)s.",
            id=content["id"],
            product=_clean(content["productNameCompany"]),
            amount=pcf["declaredUnitAmount"],
            unit=pcf["declaredUnitOfMeasurement"],
            start=pcf["referencePeriodStart"][:10],
            end=pcf["referencePeriodEnd"][:10],
            share=share,
        )

    def _describe(self) -> str:
        """Say what came in, for the supply's log."""
        self.ensure_one()
        if self.state == "refused":
            return self.env._("A footprint came in that is not used: %s", self.fault_text)
        return self.env._(
            "Footprint %(id)s came in and is a draft of the emission factor: %(value)s kg CO2e per "
            "kg (%(set)s).",
            id=self.uuid,
            value=self.kg_co2e,
            set=self.gwp_set,
        )

    # -- later ----------------------------------------------------------------------------------

    def _mark_preceding(self, content: dict) -> None:
        """Note on those that this one replaces that they are replaced."""
        replaced = received.names(content, "precedingPfIds")
        others = self.search([("supply_id", "=", self.supply_id.id), ("uuid", "in", replaced)])
        (others - self)._mark_deprecated()

    def _mark_deprecated(self) -> None:
        """Note that the supplier has withdrawn them; whoever uses one hears of it."""
        for record in self.filtered(lambda record: not record.is_deprecated):
            record.write({"is_deprecated": True, "deprecated_at": fields.Datetime.now()})
            supply = record.supply_id
            if record.version_state == "approved":
                supply._remind(
                    self.env._("The supplier withdrew the footprint in use: withdraw its version")
                )
            supply.message_post(
                body=self.env._("The supplier has withdrawn the footprint %s.", record.uuid)
            )


def _clean(text: str) -> str:
    """Return a supplier's text as one line that a column can hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:MAX_SOURCE]
