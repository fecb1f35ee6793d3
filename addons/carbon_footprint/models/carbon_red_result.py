# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import json
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import footprint, red, red_check, red_values, red_worksheet
from .carbon_factor_version import GWP_SETS
from .carbon_red_case_mixin import TERMS, to_decimal

MANAGERS = "mass_balance.group_mass_balance_manager"
STAMPED = (
    "state", "total", "final", "comparator_value", "comparator_name", "saving", "threshold",
    "is_met", "kind", "findings", "stated_by_id", "stated_at", "factor_versions", "gwp_set",
    "content",
)  # fmt: skip


def _term(label: str) -> OptionalFloat:
    return OptionalFloat(
        string=f"{label} (g CO2eq/MJ)",
        digits=None,
        aggregator=None,
        help="An actual value. Empty: that of the pathway, where there is one.",
    )


class CarbonRedResult(models.Model):
    """E of one fuel by the Renewable Energy Directive, its saving, and what it was judged by.

    A sustainability manager chooses the pathway whose default values apply, states actual values in
    their place, or takes them from a footprint or from a pathway worked out step by step, and
    states the result. It then keeps comparator, threshold, GWP set, factor versions, the worked-out
    steps and every doubt, who stated it and when, and never changes.
    """

    _name = "carbon.red.result"
    _inherit = ["carbon.frozen.mixin", "carbon.red.case.mixin"]
    _description = "Greenhouse-gas saving by the RED"
    _order = "id desc"
    _check_company_auto = True
    _free_state = "draft"

    name = fields.Char(required=True, help="What it is for: delivery, batch, declaration.")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [("draft", "Draft"), ("stated", "Stated")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    footprint_id = fields.Many2one(
        "carbon.footprint", ondelete="restrict", check_company=True, index="btree_not_null"
    )
    chain_id = fields.Many2one(
        "carbon.red.chain",
        string="Worked-out pathway",
        ondelete="restrict",
        check_company=True,
        copy=False,
        index="btree_not_null",
        help="Its actual values are taken when the result is stated.",
    )
    eec = _term("eec: extraction or cultivation")
    el = _term("el: land-use change")
    ep = _term("ep: processing")
    etd = _term("etd: transport and distribution")
    eu = _term("eu: use")
    esca = _term("esca: soil carbon, saved")
    eccs = _term("eccs: captured and stored")
    eccr = _term("eccr: captured and replacing")
    kind = fields.Selection(
        [("default", "Default"), ("disaggregated", "Disaggregated"), ("actual", "Actual")],
        string="Kind of value",
        readonly=True,
        copy=False,
    )
    total = OptionalFloat(
        string="E (g CO2eq/MJ)", readonly=True, copy=False, digits=None, aggregator="avg"
    )
    final = OptionalFloat(
        string="E of electricity or heat (g CO2eq/MJ)",
        readonly=True,
        copy=False,
        digits=None,
        aggregator=None,
        help="E over the efficiency, divided between electricity and heat where both are made.",
    )
    comparator_name = fields.Char(string="Comparator", readonly=True, copy=False)
    comparator_value = OptionalFloat(
        string="EF (g CO2eq/MJ)", readonly=True, copy=False, digits=None, aggregator=None
    )
    saving = OptionalFloat(readonly=True, copy=False, digits=None, aggregator="avg")
    threshold = OptionalFloat(
        string="Minimum saving", readonly=True, copy=False, digits=None, aggregator=None
    )
    is_met = fields.Boolean(string="Saving is reached", readonly=True, copy=False)
    findings = fields.Text(string="Doubts", readonly=True, copy=False)
    gwp_set = fields.Selection(GWP_SETS, string="GWP set", readonly=True, copy=False)
    factor_versions = fields.Text(string="Weighed with", readonly=True, copy=False)
    content = fields.Text(string="Worked-out steps", readonly=True, copy=False)
    stated_by_id = fields.Many2one(
        "res.users", string="Stated by", readonly=True, copy=False, ondelete="restrict"
    )
    stated_at = fields.Datetime(readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        """Begin as a draft, whatever the caller says."""
        for vals in vals_list:
            for name in set(STAMPED) & set(vals):
                del vals[name]
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to type what stating computes and stamps."""
        if set(STAMPED) & set(vals):
            raise UserError(self.env._("E, its saving and who stated it are not typed."))
        return super().write(vals)

    # -- actual values ------------------------------------------------------------------------

    def action_take_from_footprint(self):
        """Take the terms that the footprint knows as actual values, in g for one MJ of product."""
        for result in self:
            result.write(result.footprint_id._get_red_values())
        return True

    # -- state --------------------------------------------------------------------------------

    def action_state(self):
        """Compute E and the saving, look at what is implausible, and freeze the result."""
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("A sustainability manager states greenhouse-gas savings."))
        for result in self:
            result._check_not_frozen()
            vals = result._prepare_statement()
            stamps = {"stated_by_id": self.env.uid, "stated_at": fields.Datetime.now()}
            super(CarbonRedResult, result).write(vals | stamps | {"state": "stated"})
            result._log_statement()
        return True

    def _get_actual(self) -> dict[str, Decimal]:
        """Return the actual values: those of the worked-out pathway, else those entered here."""
        self.ensure_one()
        if self.chain_id and self.state == "draft":
            return self.chain_id._get_actual()
        return {name: to_decimal(self[name]) for name in TERMS if self[name] is not False}

    def _prepare_statement(self) -> dict:
        """Return what stating writes; a value that is blocked is refused with the reasons."""
        self.ensure_one()
        actual = self._get_actual()
        try:
            stated, verdict = self._judge(actual)
        except (red.MissingTerm, red_values.BadPathway) as error:
            raise UserError(str(error)) from error
        found = self._get_findings(stated, verdict, self.chain_id._get_credits())
        if red_check.is_blocked(found):
            blocks = [finding.sentence for finding in found if finding.severity == "block"]
            raise UserError("\n".join(blocks))
        return self._prepare_figures(stated, verdict) | {
            **{name: float(value) for name, value in actual.items()},
            "findings": "\n".join(f"{f.severity}: {f.sentence}" for f in found) or False,
            "gwp_set": self.chain_id.gwp_set or self.footprint_id.gwp_set,
            "factor_versions": self._get_factor_versions(),
            "content": json.dumps(self._prepare_content(stated), ensure_ascii=False),
        }

    @api.model
    def _prepare_figures(self, stated: red_values.Declared, verdict: red.Verdict) -> dict:
        return {
            "kind": stated.kind,
            "total": float(verdict.total),
            "final": float(verdict.final),
            "comparator_name": verdict.comparator.label,
            "comparator_value": float(verdict.comparator.value),
            "saving": float(verdict.saving),
            "threshold": float(verdict.threshold),
            "is_met": verdict.is_met,
        }

    def _prepare_content(self, stated: red_values.Declared) -> dict:
        """Return the sheet that is kept: the terms by kind, and the steps of the pathway."""
        values = {name: getattr(stated.terms, name) for name in stated.kinds}
        steps = self.chain_id._get_content() if self.chain_id else {"steps": []}
        return steps | {"terms": red_worksheet.term_rows(values, stated.kinds)}

    def _get_factor_versions(self) -> str | bool:
        """Return the factor versions and pathway values that the terms rest on."""
        names = self.footprint_id._get_opened_factors() if self.footprint_id else []
        if self.chain_id:
            names = [*names, *self.chain_id._get_sources()]
        if self.pathway:
            names = [*names, self.env._("RED II values of %s", self.pathway)]
        return "\n".join(names) or False

    def _log_statement(self) -> None:
        self.ensure_one()
        figures = ("total", "comparator_value", "saving", "threshold")
        self.env["audit.record"]._log(
            "carbon.red.stated",
            self,
            {
                "name": self.name,
                "kind": self.kind,
                "pathway": self.pathway or "",
                "footprint": self.footprint_id.name or "",
                "worked_out": self.chain_id.name or "",
                "steps_sha256": hashlib.sha256(self.content.encode()).hexdigest(),
                "use": self.use,
                "delivered_on": fields.Date.to_string(self.delivered_on),
                "plant_start": fields.Date.to_string(self.plant_start),
                "is_met": self.is_met,
                **{name: footprint.plain(Decimal(repr(self[name]))) for name in figures},
                **{name: footprint.plain(value) for name, value in self._get_actual().items()},
            },
        )
