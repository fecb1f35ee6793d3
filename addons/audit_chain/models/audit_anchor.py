# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import json
import logging
import time
from dataclasses import asdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..fields import BigInt
from ..tools import chain, merkle, timestamp

_logger = logging.getLogger(__name__)


class AuditAnchor(models.Model):
    """One day's digest over the heads of all chains of a company, for a witness outside.

    Whoever owns the database could write all chains anew, from their first entry; not so that
    they still meet a digest that somebody else has stamped with his time or has published.
    Written once a day by a scheduled action, or by the button; itself a chained record. Only the
    stamp is added later, once, when the server was out of reach.
    """

    _name = "audit.anchor"
    _inherit = ["audit.chain.mixin"]
    _description = "Anchor of the chains"
    _order = "recorded_at_ms desc, id desc"
    _rec_name = "root"

    root = fields.Char(string="Digest (Merkle root)", required=True, readonly=True, index=True)
    heads = fields.Text(string="Chains and their last hashes", required=True, readonly=True)
    chain_count = fields.Integer(string="Chains", required=True, readonly=True)
    company_name = fields.Char(required=True, readonly=True)
    made_at = fields.Char(string="Made (UTC)", required=True, readonly=True)

    state = fields.Selection(
        [("kept", "Kept here only"), ("waiting", "Waits for its stamp"), ("stamped", "Stamped")],
        required=True,
        readonly=True,
        default="kept",
        index=True,
    )
    token = fields.Text(string="Time stamp (RFC 3161, base64)", readonly=True, copy=False)
    stamped_at_ms = BigInt(string="Stamped (ms UTC)", readonly=True, copy=False, aggregator=None)
    stamped_at = fields.Datetime(string="Stamped", compute="_compute_stamped_at")
    stamped_by = fields.Char(string="Witness", readonly=True, copy=False)
    error = fields.Char(string="Why it is not stamped", readonly=True, copy=False)

    def _prepare_chain_payload(self, vals):
        return {
            "anchor": vals["root"],
            "company": vals["company_name"],
            "made": vals["made_at"],
            "heads": json.loads(vals["heads"]),
        }

    @api.model
    def _chain_mutable_fields(self):
        """Everything of the stamp, which proves itself by its own signature."""
        return {"state", "token", "stamped_at_ms", "stamped_by", "error"}

    @api.depends("stamped_at_ms")
    def _compute_stamped_at(self):
        for anchor in self:
            seconds = (anchor.stamped_at_ms or 0) // 1000
            text = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))
            anchor.stamped_at = fields.Datetime.to_datetime(text) if seconds else False

    def write(self, vals):
        """A stamp is given once: it is neither replaced nor taken away."""
        if {"token", "stamped_at_ms", "stamped_by"} & set(vals) and any(a.token for a in self):
            self._log_refused("chain.write_refused", vals)
            raise UserError(self.env._("This anchor has its time stamp: it cannot be changed."))
        return super().write(vals)

    # -- once a day ---------------------------------------------------------------------------

    @api.model
    def _cron_anchor(self):
        """Anchor each company that has not been today, then stamp what waits for it."""
        today = time.strftime("%Y-%m-%d", time.gmtime())
        companies = self.env["audit.chain.head"].search([]).company_id
        done = self.search([("made_at", ">=", today)]).company_id
        for company in companies - done:
            self._anchor(company)
            self.env["ir.cron"]._commit_progress(1)
        for anchor in self.search([("state", "=", "waiting")], order="id"):
            anchor._do_stamp()
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _anchor(self, company):
        """Keep one digest over the heads of a company's chains; the witness comes afterwards."""
        heads = [
            merkle.Head(head.name, head.sequence, head.last_hash)
            for head in self.env["audit.chain.head"].search([("company_id", "=", company.id)])
        ]
        made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return self.create(
            {
                "company_id": company.id,
                "company_name": company.name,
                "root": merkle.get_root(company.name, made, heads),
                "heads": chain.canonical([asdict(head) for head in sorted(heads)]),
                "chain_count": len(heads),
                "made_at": made,
                "state": "waiting" if company.sudo().timestamp_url else "kept",
            }
        )

    def _do_stamp(self):
        """Have the digest stamped; out of reach is a reason on the record, and tried again."""
        self.ensure_one()
        digest = bytes.fromhex(self.root)
        try:
            token = self.company_id._stamp_digest(digest)
        except UserError as error:
            _logger.info("anchor %s of %s: %s", self.root, self.company_id.name, error)
            self.write({"error": str(error)})
            return
        stamp = timestamp.read(token, digest)
        self.write(
            {
                "state": "stamped",
                "token": base64.b64encode(token).decode(),
                "stamped_at_ms": round(stamp.moment.timestamp() * 1000),
                "stamped_by": stamp.authority,
                "error": False,
            }
        )

    # -- verbs --------------------------------------------------------------------------------

    def action_anchor_now(self):
        """Anchor the current company's chains at once, and open the anchor."""
        self.check_access("read")
        if not self.env["audit.chain.head"].has_access("read"):
            raise AccessError(self.env._("Only an auditor anchors the chains."))
        # nobody may create an anchor by hand; the auditor may ask for one
        anchor = self.sudo()._anchor(self.env.company)
        if anchor.state == "waiting":
            anchor._do_stamp()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": anchor.id,
            "view_mode": "form",
        }

    def action_download(self):
        """Download the anchor file: for the auditor's own archive, or any public ledger."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/audit_chain/anchor/{self.id}",
            "target": "download",
        }

    def _get_file(self) -> str:
        """Return the text of the anchor file."""
        self.ensure_one()
        heads = [merkle.Head(**head) for head in json.loads(self.heads)]
        return merkle.build(
            self.company_name, self.made_at, heads, [self.token] if self.token else []
        )
