# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import footprint, gwp, starter

GWP_SETS = [(code, f"{code}: {label}") for code, label in gwp.LABELS.items()]
GASES = ("co2", "ch4", "n2o", "sf6", "nf3")
PLACES = 12
TRANSITIONS = {("draft", "approved"), ("approved", "withdrawn")}


class CarbonFactorVersion(models.Model):
    """One edition of a factor: a value, from a day on, by a source, under one GWP set.

    Written by sustainability managers as a draft. Approval stamps who and when; from then on
    neither value nor source nor dates change, for anybody. A version found wrong is withdrawn, a
    new one takes over, and footprints are recalculated as new versions of their own.
    """

    _name = "carbon.factor.version"
    _inherit = ["carbon.frozen.mixin"]
    _description = "Version of an emission factor"
    _order = "factor_id, valid_from desc, id desc"
    _free_state = "draft"

    factor_id = fields.Many2one("carbon.factor", required=True, index=True, ondelete="restrict")
    name = fields.Char(string="Edition", required=True)
    valid_from = fields.Date(required=True, default=fields.Date.context_today)
    valid_to = fields.Date(help="Empty: until a later version is approved.")
    value = Quantity(string="kg CO2e per unit", required=True, aggregator="avg")
    unit = fields.Selection(related="factor_id.unit")
    gwp_set = fields.Selection(GWP_SETS, required=True, default="AR5", string="GWP set")
    gas_basis = fields.Selection(
        [
            ("none", "Not stated by the source"),
            ("mass", "kg of the gas per unit"),
            ("co2e", "kg CO2e of the gas per unit"),
        ],
        required=True,
        default="none",
        string="Gases",
        help="Gases apart let the factor be restated under another GWP set.",
    )
    co2 = Quantity(string="CO2", aggregator="avg")
    ch4 = Quantity(string="CH4", aggregator="avg")
    n2o = Quantity(string="N2O", aggregator="avg")
    sf6 = Quantity(string="SF6", aggregator="avg")
    nf3 = Quantity(string="NF3", aggregator="avg")
    region = fields.Char()
    source = fields.Char(required=True)
    source_url = fields.Char(string="Web page")
    licence = fields.Char(required=True)
    note = fields.Text()
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved"), ("withdrawn", "Withdrawn")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    approved_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict", string="Approved by"
    )
    approved_at = fields.Datetime(readonly=True, copy=False)
    written_by_id = fields.Many2one(
        "res.users",
        string="Written by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who entered or last changed the draft; somebody else approves it.",
    )

    _dates = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_to >= valid_from)",
        "A version cannot end before it begins.",
    )
    _one_a_day = models.UniqueIndex(
        "(factor_id, valid_from) WHERE state = 'approved'",
        "Two approved versions of a factor cannot begin on the same day.",
    )

    @api.depends("factor_id.code", "name")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.factor_id.code or ''} {version.name or ''}".strip()

    @api.model
    def _get_mutable_fields(self):
        return {"state"}

    def _is_frozen(self):
        return any(version.state != "draft" for version in self)

    @api.model_create_multi
    def create(self, vals_list):
        """Begin as a draft that nobody has approved, whatever the caller says."""
        for vals in vals_list:
            for name in ("state", "approved_by_id", "approved_at"):
                vals.pop(name, None)
            vals["written_by_id"] = self.env.uid
        return super().create(vals_list)

    def write(self, vals):
        """Let the state move along its transitions only; approval is stamped, never typed."""
        vals = dict(vals)
        stamps = {"approved_by_id", "approved_at", "written_by_id"} & set(vals)
        if stamps:
            raise UserError(self.env._("Who approved a version, and when, is stamped by approval."))
        if "state" in vals:
            self._check_transition(vals["state"])
            if vals["state"] == "approved":
                self._check_four_eyes()
                vals |= {"approved_by_id": self.env.uid, "approved_at": fields.Datetime.now()}
        elif vals:
            vals["written_by_id"] = self.env.uid
        result = super().write(vals)
        if "state" in vals:
            for version in self:
                version._log_state()
        return result

    def _check_transition(self, target):
        for version in self:
            if (version.state, target) not in TRANSITIONS:
                raise UserError(
                    self.env._(
                        "The version “%(name)s” is %(state)s; it cannot become %(target)s.",
                        name=version.display_name,
                        state=version.state,
                        target=target,
                    )
                )
            if target == "approved" and version.gas_basis != "none":
                version._check_gases()

    def _check_four_eyes(self):
        """Refuse the approval by whoever wrote a draft, first or last.

        What the module ships was written by nobody: the system's user approves it as it is loaded,
        and has no password to approve anything else with.
        """
        if self.env.uid == SUPERUSER_ID:
            return
        for version in self:
            if self.env.user in version.create_uid | version.written_by_id:
                raise UserError(
                    self.env._(
                        "You wrote “%s” yourself: somebody else approves it.", version.display_name
                    )
                )

    @api.constrains("gas_basis", "value", "co2", "ch4", "n2o", "gwp_set")
    def _check_gases(self):
        """The gases, weighed with the version's own set, are its value (to half a percent)."""
        for version in self:
            if version.gas_basis == "none":
                continue
            summed = gwp.weigh(version._get_gas_masses(), version.gwp_set)
            value = to_decimal(version.value, PLACES)
            if abs(summed - value) > abs(value) * Decimal("0.005"):
                raise ValidationError(
                    self.env._(
                        "The gases of “%(name)s” weigh %(sum)s kg CO2e under %(set)s, its value "
                        "says %(value)s. Correct the gases, the value or the set.",
                        name=version.display_name,
                        sum=footprint.plain(summed.quantize(Decimal("0.000001"))),
                        set=version.gwp_set,
                        value=footprint.plain(value),
                    )
                )

    def _get_rivals(self):
        """Return the approved versions of the factor that begin on the same day."""
        self.ensure_one()
        return self.factor_id.version_ids.filtered(
            lambda version: version.state == "approved" and version.valid_from == self.valid_from
        )

    def _get_gas_masses(self) -> dict:
        """Return kg of each gas for one unit, empty when the source does not state them."""
        self.ensure_one()
        if self.gas_basis == "none":
            return {}
        # a gas that is not there need not have a potential in the set
        stated = {gas: to_decimal(self[gas], PLACES) for gas in GASES if self[gas]}
        return gwp.masses(stated, self.gwp_set) if self.gas_basis == "co2e" else stated

    def _to_tool(self) -> footprint.Factor:
        """Return the version as the pure logic wants it."""
        self.ensure_one()
        return footprint.Factor(
            code=self.factor_id.code,
            version=self.name,
            unit=self.factor_id.unit,
            value=to_decimal(self.value, PLACES),
            gwp_set=self.gwp_set,
            gases=self._get_gas_masses(),
        )

    # -- buttons ------------------------------------------------------------------------------

    def action_approve(self):
        """Approve drafts; from now on they do not change."""
        self.write({"state": "approved"})

    def action_withdraw(self):
        """Take approved versions out of use; footprints that rest on them keep them."""
        self.write({"state": "withdrawn"})

    def _log_state(self):
        self.env["audit.record"]._log(
            f"carbon.factor.{self.state}",
            self,
            {
                "factor": self.factor_id.code,
                "version": self.name,
                "value": footprint.plain(to_decimal(self.value, PLACES)),
                "unit": self.factor_id.unit,
                "gwp_set": self.gwp_set,
                "source": self.source,
            },
        )

    # -- starter set --------------------------------------------------------------------------

    @api.model
    def _load_missing_rows(self, rows: list[starter.Row]):
        """Create a draft for each row of the starter file that has none."""
        data = [
            {
                "xml_id": f"carbon_footprint.factor_version_{row.key}",
                "values": self._prepare_from_starter(row),
                "noupdate": True,
            }
            for row in rows
            if not self.env.ref(
                f"carbon_footprint.factor_version_{row.key}", raise_if_not_found=False
            )
        ]
        return self._load_records(data)

    @api.model
    def _prepare_from_starter(self, row: starter.Row) -> dict:
        factor = self.env.ref(f"carbon_footprint.factor_{row.factor_key}")
        names = ("gwp_set", "gas_basis", "region", "source", "source_url", "licence", "note")
        return {
            "factor_id": factor.id,
            "name": row.texts["version"],
            "valid_from": row.valid_from,
            "value": float(row.value),
            **{name: row.texts[name] for name in names},
            **{gas: float(mass) for gas, mass in row.gases.items()},
            "biogenic_emitted": None if row.biogenic is None else float(row.biogenic),
        }
