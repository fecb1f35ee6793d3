# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from .process_deviation import DISPOSITIONS

CCP_DISPOSITIONS = [line for line in DISPOSITIONS if line[0] != "release"]


class ProcessDeviationDecision(models.Model):
    """What is decided about a deviation: disposition and closing, each by a signature.

    Product of a CCP failure is reprocessed, redirected or destroyed; releasing it is not offered,
    and refused by the database to everyone (ISO 22000:2018, 8.9.4.2).
    """

    _inherit = "process.deviation"

    disposition = fields.Selection(DISPOSITIONS, tracking=True)
    disposition_ccp = fields.Selection(
        CCP_DISPOSITIONS,
        string="Disposition of CCP product",
        compute="_compute_disposition_ccp",
        inverse="_inverse_disposition_ccp",
    )
    disposition_reason = fields.Text(string="Reason of the disposition")
    proposed_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    release_evidence = fields.Selection(
        [
            ("a", "Other evidence that the control measure was effective"),
            ("b", "Evidence that the combined measures meet the performance"),
            ("c", "Sampling or analysis shows that the levels are met"),
        ],
        string="Evidence for release",
    )
    evidence_attachment_ids = fields.Many2many(
        "ir.attachment", "process_deviation_evidence_rel", string="Evidence"
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", copy=False)
    decided_at_ms = BigInt(string="Decided (ms UTC)", readonly=True, copy=False, aggregator=None)
    closed_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", copy=False)
    closed_at_ms = BigInt(string="Closed (ms UTC)", readonly=True, copy=False, aggregator=None)
    decided_time = fields.Datetime(string="Decided at", compute="_compute_decision_times")
    closed_time = fields.Datetime(string="Closed at", compute="_compute_decision_times")

    is_product_controlled = fields.Boolean(
        string="Product under control", compute="_compute_conditions"
    )
    is_cause_identified = fields.Boolean(string="Cause identified", compute="_compute_conditions")
    is_parameter_in_limits = fields.Boolean(string="Back in limits", compute="_compute_conditions")
    is_recurrence_prevented = fields.Boolean(
        string="Recurrence prevented", compute="_compute_conditions"
    )

    _no_ccp_release = models.Constraint(
        "CHECK(NOT (control_class = 'ccp' AND disposition = 'release'))",
        "Product of a CCP failure is never released: reprocess, redirect or destroy it.",
    )
    _decision_is_signed = models.Constraint(
        "CHECK(state = 'open' OR (disposition IS NOT NULL AND decided_by_id IS NOT NULL))",
        "A deviation is decided by a signed disposition.",
    )

    # -- disposition --------------------------------------------------------------------------

    @api.depends("disposition")
    def _compute_disposition_ccp(self):
        for deviation in self:
            is_ccp = deviation.disposition != "release"
            deviation.disposition_ccp = deviation.disposition if is_ccp else False

    def _inverse_disposition_ccp(self):
        for deviation in self:
            deviation.disposition = deviation.disposition_ccp

    @api.depends("opened_ms", "decided_at_ms", "closed_at_ms")
    def _compute_decision_times(self):
        for deviation in self:
            deviation.decided_time = clock.to_datetime(deviation.decided_at_ms)
            deviation.closed_time = clock.to_datetime(deviation.closed_at_ms)

    def get_allowed_dispositions(self) -> list[tuple[str, str]]:
        """Return the dispositions this deviation offers, as (code, label)."""
        self.ensure_one()
        labels = self._fields["disposition"]._description_selection(self.env)
        return [line for line in labels if self.control_class != "ccp" or line[0] != "release"]

    @api.constrains("disposition", "control_class")
    def _check_disposition(self):
        for deviation in self:
            if deviation.control_class == "ccp" and deviation.disposition == "release":
                raise ValidationError(
                    self.env._(
                        "%(deviation)s is the failure of a critical control point. Its product is "
                        "never released: choose reprocess, redirect or destroy.",
                        deviation=deviation.name,
                    )
                )

    def write(self, vals):
        """Stamp who proposed the disposition: for a release he is not the one who signs."""
        result = super().write(vals)
        if {"disposition", "disposition_ccp"} & set(vals):
            for deviation in self.filtered(lambda d: d.state == "open"):
                deviation._stamp({"proposed_by_id": self.env.uid})
        return result

    def _is_disposition_done(self) -> bool:
        """Tell whether the decided disposition has been carried out; rooms above know more."""
        self.ensure_one()
        is_left = self.disposition == "destroy" and bool(self.sudo()._get_quants())
        return self.state != "open" and not is_left

    def _apply_disposition(self) -> None:
        """Carry out what was decided; empty here, extended where there is an order."""

    # -- the four conditions of closing (ISO 22000:2018, 8.5.4.4) -----------------------------

    def _is_parameter_in_limits(self) -> bool:
        """Tell whether the control is back: the next good reading was seen. Extended above."""
        self.ensure_one()
        return bool(self.window_end_ms) or (self.kind == "other" and bool(self.correction))

    @api.depends(
        "state",
        "disposition",
        "cause_category",
        "cause",
        "correction",
        "prevention",
        "window_end_ms",
        "lot_ids.quant_ids.quantity",
    )
    def _compute_conditions(self):
        for deviation in self:
            deviation.is_product_controlled = deviation._is_disposition_done()
            deviation.is_cause_identified = bool(
                deviation.cause_category and (deviation.cause or "").strip()
            )
            deviation.is_parameter_in_limits = deviation._is_parameter_in_limits()
            deviation.is_recurrence_prevented = bool((deviation.prevention or "").strip())

    def _get_missing_conditions(self) -> list[str]:
        """Return in words which of the four conditions of closing are not met."""
        self.ensure_one()
        conditions = [
            (
                self.is_product_controlled,
                self.env._("the product is not under control (disposition not carried out)"),
            ),
            (
                self.is_cause_identified,
                self.env._("the cause is not identified (category and cause)"),
            ),
            (
                self.is_parameter_in_limits,
                self.env._("the parameter has not been shown to be back in limits"),
            ),
            (
                self.is_recurrence_prevented,
                self.env._("nothing says how recurrence is prevented"),
            ),
        ]
        return [text for is_met, text in conditions if not is_met]

    def _check_closable(self) -> None:
        for deviation in self:
            if deviation.state != "decided":
                raise UserError(
                    self.env._(
                        "%(deviation)s cannot be closed: its disposition has to be decided and "
                        "signed first, and a closed one stays closed.",
                        deviation=deviation.name,
                    )
                )
            missing = deviation._get_missing_conditions()
            if missing:
                raise UserError(
                    self.env._(
                        "%(deviation)s cannot be closed: %(missing)s.",
                        deviation=deviation.name,
                        missing="; ".join(missing),
                    )
                )

    def action_view_lots(self):
        """Open the lots that this deviation holds."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Lots held by %s", self.name),
            "res_model": "stock.lot",
            "view_mode": "list,form",
            "domain": [("id", "in", self.lot_ids.ids)],
        }
