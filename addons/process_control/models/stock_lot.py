# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import BigInt

from ..tools import durations

RELEASE_STATES = [
    ("none", "No release needed"),
    ("quarantine", "Quarantine"),
    ("released", "Released"),
]


class StockLot(models.Model):
    """A lot that a batch made is in quarantine until a quality manager releases it by signature.

    The release state is set when the batch makes the lot and by the signature alone.
    """

    _name = "stock.lot"
    _inherit = ["process.role.mixin", "stock.lot", "audit.signable.mixin"]

    release_state = fields.Selection(
        RELEASE_STATES, default="none", required=True, readonly=True, copy=False, index=True
    )
    process_run_ids = fields.Many2many(
        "process.run",
        "process_run_stock_lot_rel",
        "lot_id",
        "run_id",
        string="Batch processes",
        readonly=True,
        copy=False,
    )
    released_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    released_at_ms = BigInt(string="Released (ms UTC)", readonly=True, copy=False, aggregator=None)
    released_utc = fields.Char(string="Released (UTC)", compute="_compute_released_utc")

    @api.depends("released_at_ms")
    def _compute_released_utc(self):
        for lot in self:
            lot.released_utc = durations.utc_text(lot.released_at_ms)

    def _get_stamped_fields(self):
        return super()._get_stamped_fields() | {
            "hold_state",
            "release_state",
            "process_run_ids",
            "released_by_id",
            "released_at_ms",
        }

    def _get_born_fields(self):
        return super()._get_born_fields() | {"hold_state"}

    @api.model_create_multi
    def create(self, vals_list):
        """A lot is not born released."""
        self._check_clean(vals_list)
        return super().create(vals_list)

    @api.depends("release_state")
    def _compute_hold_state(self):
        return super()._compute_hold_state()

    def _get_hold_state(self):
        """A lot in quarantine is not free; one that is held by a deviation stays held."""
        state = super()._get_hold_state()
        return "quarantine" if state == "free" and self.release_state == "quarantine" else state

    def _get_hold_reasons(self):
        """Say that the release is missing."""
        reasons = super()._get_hold_reasons()
        if self.release_state == "quarantine":
            reasons.append(
                self.env._(
                    "Lot %s is in quarantine until a quality manager releases it by signature.",
                    self.name,
                )
            )
        return reasons

    # -- release ------------------------------------------------------------------------------

    def action_release(self):
        """Open the signing window to release the lot."""
        self.ensure_one()
        self._check_may_sign("release")
        return self.with_context(default_meaning="release").action_open_signature()

    def _get_signature_content(self):
        lot = self.sudo().with_context(lang=None)
        return {
            "lot": lot.name,
            "product": lot.product_id.default_code or lot.product_id.name,
            "batches": [
                {
                    "batch": run.name,
                    "order": run.production_id.name,
                    "plan_sha256": run.plan_hash,
                    "stages": [
                        f"{stage.name} #{stage.attempt}" for stage in run._get_current_stages()
                    ],
                    "deviations": run.deviation_ids.sorted("id").mapped("name"),
                }
                for run in lot.process_run_ids.sorted("id")
            ],
        }

    def _get_signature_meanings(self):
        return {"release": self.env._("I have reviewed the batch record and release the lot.")}

    def _check_may_sign(self, meaning):
        self.ensure_one()
        self._require_role("quality_manager")
        lot = self.sudo()
        if lot.release_state != "quarantine":
            raise UserError(self.env._("Lot %s is not in quarantine.", lot.name))
        blockers = [b for run in lot.process_run_ids for b in run._get_release_blockers()]
        if blockers:
            raise UserError(
                self.env._(
                    "Lot %(lot)s cannot be released:\n%(blockers)s",
                    lot=lot.name,
                    blockers="\n".join(f"– {blocker['message']}" for blocker in blockers),
                )
            )
        if self.env.user in lot.process_run_ids._get_operators():
            raise AccessError(
                self.env._(
                    "You ran the batch of lot %s: somebody else has to release it.", lot.name
                )
            )

    def _on_signed(self, signature):
        lot = self.sudo()
        lot._stamp(
            {
                "release_state": "released",
                "released_by_id": signature.user_id.id,
                "released_at_ms": signature.signed_at_ms,
            }
        )
        lot._on_released()

    def _on_released(self) -> None:
        """Hook: the lot may leave the plant from now on."""
        self.message_post(body=self.env._("Released by signature."))

    def _do_quarantine(self, run) -> None:
        """Tie the lots to the batch that makes them and keep them until they are released."""
        for lot in self:
            new = run - lot.process_run_ids
            if new:
                lot._stamp(
                    {
                        "release_state": "quarantine",
                        "process_run_ids": [fields.Command.link(new.id)],
                    }
                )
                for deviation in new.deviation_ids:
                    if deviation.state != "closed" or deviation._keeps_lots():
                        deviation._add_lots(lot)
