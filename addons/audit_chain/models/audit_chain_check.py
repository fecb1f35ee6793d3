# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .. import seal
from ..detached import after_transaction
from ..fields import BigInt
from ..tools import chain
from .audit_chain_mixin import AuditChainMixin


class AuditChainCheck(models.Model):
    """One verification of every chain: when it ran, who asked for it and what it found.

    Written by the nightly job or by the button “Verify now”; never changed afterwards.
    An auditor may sign it as reviewed.
    """

    _name = "audit.chain.check"
    _inherit = ["audit.signable.mixin"]
    _description = "Verification of the chains"
    _order = "started_ms desc, id desc"

    name = fields.Char(required=True, readonly=True)
    started_ms = BigInt(string="Started (ms UTC)", readonly=True, aggregator=None)
    duration_ms = BigInt(string="Duration (ms)", readonly=True, aggregator=None)
    user_id = fields.Many2one("res.users", string="Asked for by", readonly=True)
    state = fields.Selection(
        [("ok", "All chains hold"), ("failed", "A chain is broken")], readonly=True, required=True
    )
    entry_count = BigInt(string="Entries", readonly=True)
    result_ids = fields.One2many("audit.chain.check.result", "check_id", readonly=True)

    def _get_signature_content(self):
        return {
            "verification": self.name,
            "outcome": self.state,
            "results": [
                {"chain": r.chain, "entries": r.entry_count, "finding": r.reason}
                for r in self.result_ids
            ],
        }

    def _get_signature_meanings(self):
        return {"review": self.env._("Reviewed")}

    def _check_may_sign(self, meaning):
        if not self.env.user.has_group("audit_chain.group_audit_chain_auditor"):
            raise AccessError(self.env._("Only an auditor signs the review of a verification."))

    @api.model
    def _run(self):
        """Verify every chain of every company and store what was found."""
        started_ms = time.time_ns() // 1_000_000
        heads = self.env["audit.chain.head"].sudo().search([])
        results = [self._verify_chain(head) for head in heads]
        check = self.sudo().create(
            {
                "name": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(started_ms // 1000)),
                "started_ms": started_ms,
                "duration_ms": time.time_ns() // 1_000_000 - started_ms,
                "user_id": self.env.uid,
                "state": "ok" if all(r["is_ok"] for r in results) else "failed",
                "entry_count": sum(r["entry_count"] for r in results),
                "result_ids": [fields.Command.create(r) for r in results],
            }
        )
        check._announce()
        return check

    @api.model
    def _verify_chain(self, head) -> dict:
        """Recompute one chain; return the values of its result."""
        verdict = chain.Verdict(False, 0, None, self.env._("the model is not installed"))
        if head.model in self.env and isinstance(self.env[head.model], AuditChainMixin):
            verdict = self._recompute(head)
        return {
            "company_id": head.company_id.id,
            "chain": head.name,
            "model": head.model,
            "entry_count": verdict.count,
            "is_ok": verdict.ok,
            "first_bad": verdict.first_bad or 0,
            "reason": verdict.reason or self.env._("holds"),
        }

    def _recompute(self, head) -> chain.Verdict:
        model = self.env[head.model].sudo()
        model.env.flush_all()
        model.invalidate_model()
        broken = []

        def entries():
            for record, entry in model._iter_chain_entries(head.company_id):
                if not broken and _get_seal(entry) != seal.of_record(record):
                    broken.append(entry.seq)
                yield entry

        verdict = chain.verify(entries())
        if not verdict.ok:
            return verdict
        if broken:
            reason = f"altered: a column of entry {broken[0]} differs from what was hashed"
            return chain.Verdict(False, broken[0] - 1, broken[0], reason)
        if (verdict.count, verdict.last_hash) != (head.sequence, head.last_hash):
            reason = f"deleted: the chain ends at {verdict.count}, its head says {head.sequence}"
            return chain.Verdict(False, verdict.count, verdict.count + 1, reason)
        return verdict

    def _announce(self) -> None:
        """Log the verification, and tell the auditors when a chain is broken."""
        self.ensure_one()
        bad = self.result_ids.filtered(lambda r: not r.is_ok)
        records = self.env["audit.record"]
        details = {
            "state": self.state,
            "entries": self.entry_count,
            "broken": [f"{result.chain}: {result.reason}" for result in bad],
        }
        # a long verification has an old snapshot: its own append would lose against any other
        subject = records._prepare_subject(self)
        after_transaction(self.env, records._name, "_append", "chain.check", subject, details)
        if bad:
            self._alert_auditors(
                self.env.user.partner_id,
                self.env._("Audit chain broken: %s", ", ".join(bad.mapped("chain"))),
                "; ".join(f"{result.chain}: {result.reason}" for result in bad),
            )

    @api.model
    def _alert_auditors(self, partner, summary: str, note: str) -> None:
        """Give every auditor (every administrator, if there is none) an activity on `partner`."""
        group = self.env.ref("audit_chain.group_audit_chain_auditor")
        auditors = group.sudo().all_user_ids.filtered(lambda a: a.active and not a.share)
        for auditor in auditors or self.env.ref("base.group_system").sudo().all_user_ids:
            partner.sudo().activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=auditor.id,
                summary=summary,
                note=note,
            )

    def action_verify_now(self):
        """Run a verification and open what it found."""
        self.check_access("read")
        check = self._run()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": check.id,
            "view_mode": "form",
        }


def _get_seal(entry: chain.Entry) -> str:
    """Return the seal that was hashed with the entry."""
    return json.loads(entry.body).get("row", "")
