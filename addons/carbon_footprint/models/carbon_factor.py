# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import file_open

from odoo.addons.audit_chain.fields import Quantity

from ..tools import basis, starter

CATEGORIES = [
    ("electricity", "Electricity"),
    ("fuel", "Gas and other fuel"),
    ("steam", "Steam and heat"),
    ("water", "Water"),
    ("compressed_air", "Compressed air"),
    ("material", "Material"),
    ("additive", "Additive"),
    ("packaging", "Packaging"),
    ("cleaning", "Cleaning agent"),
    ("water_treatment", "Water-treatment chemical"),
    ("maintenance", "Maintenance supply"),
    ("chemical", "Other chemical"),
    ("waste", "Waste and waste water"),
    ("transport", "Transport"),
    ("transport_in", "Transport in"),
    ("transport_out", "Transport out"),
    ("direct", "Direct emission"),
    ("exhaust", "Exhaust emission"),
    ("other", "Other"),
]
SCOPES = [("1", "Scope 1"), ("2", "Scope 2"), ("3", "Scope 3")]
STAGES = [
    ("raw_material", "Raw material"),
    ("transport_in", "Transport in"),
    ("processing", "Processing"),
    ("packaging", "Packaging"),
    ("distribution", "Distribution"),
    ("use", "Use"),
    ("end_of_life", "End of life"),
]
RED_TERMS = [
    ("eec", "eec: extraction or cultivation"),
    ("el", "el: land-use change"),
    ("ep", "ep: processing"),
    ("etd", "etd: transport and distribution"),
    ("eu", "eu: use"),
    ("esca", "esca: soil carbon"),
    ("eccs", "eccs: capture and storage"),
    ("eccr", "eccr: capture and replacement"),
]
UNITS = [(unit.code, unit.label) for unit in basis.UNITS.values()]
FROZEN_FIELDS = {"code", "unit", "scope", "stage", "red_term", "category", "company_id"}
STARTER_FILE = "carbon_footprint/tools/starter_factors.csv"


class CarbonFactor(models.Model):
    """An emission factor by name: what one unit of an activity emits, whoever publishes it.

    The value stands on its dated versions. The unit holds its basis (gross or net calorific value,
    dry or wet mass). Written by sustainability managers; once a version is approved, what the
    factor measures and how it is classified cannot change.
    """

    _name = "carbon.factor"
    _description = "Emission factor"
    _order = "category, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name that files and snapshots use.")
    category = fields.Selection(CATEGORIES, required=True, default="other")
    unit = fields.Selection(
        UNITS, required=True, help="What one unit of the activity is; the basis is part of it."
    )
    scope = fields.Selection(
        SCOPES, required=True, default="3", help="Scope of the GHG Protocol, seen from the plant."
    )
    stage = fields.Selection(STAGES, string="Life-cycle stage", required=True, default="processing")
    red_term = fields.Selection(RED_TERMS, string="RED term", help="Term of E it belongs to.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company may use the factor."
    )
    active = fields.Boolean(default=True)
    note = fields.Text()
    version_ids = fields.One2many("carbon.factor.version", "factor_id", string="Versions")
    current_version_id = fields.Many2one(
        "carbon.factor.version", compute="_compute_current_version", string="In force today"
    )
    current_value = Quantity(string="kg CO2e per unit", compute="_compute_current_version")

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Two factors cannot have the same code."
    )

    @api.depends("version_ids.state", "version_ids.valid_from", "version_ids.valid_to")
    def _compute_current_version(self):
        today = fields.Date.context_today(self)
        for factor in self:
            version = factor._get_version(today)
            factor.current_version_id = version
            factor.current_value = version.value

    def _get_version(self, on_date):
        """Return the approved version in force on a date, empty if there is none.

        Of several the one that begins last: a new edition takes over without a change to the old.
        """
        self.ensure_one()
        versions = self.version_ids.filtered(
            lambda version: (
                version.state == "approved"
                and version.valid_from <= on_date
                and (not version.valid_to or on_date <= version.valid_to)
            )
        )
        return versions.sorted("valid_from")[-1:]

    def _prepare_fact(self, version) -> dict:
        """Return how an activity weighed with this factor is classified, and by which version."""
        self.ensure_one()
        return {
            "factor_id": self.id,
            "factor_version_id": version.id,
            "factor": version._to_tool() if version else None,
            "category": self.category,
            "scope": self.scope,
            "stage": self.stage,
            "red_term": self.red_term,
        }

    def _check_may_change(self, vals):
        used = self.filtered(
            lambda factor: factor.version_ids.filtered(lambda v: v.state != "draft")
        )
        if used and FROZEN_FIELDS & set(vals):
            raise UserError(
                self.env._(
                    "The factor “%(name)s” has approved versions, so %(fields)s cannot change: "
                    "results rest on it. Make a new factor and archive this one.",
                    name=used[0].name,
                    fields=", ".join(
                        self._fields[name].string for name in sorted(FROZEN_FIELDS & set(vals))
                    ),
                )
            )

    def write(self, vals):
        """Refuse to change what an approved version measures."""
        self._check_may_change(
            {
                name: value
                for name, value in vals.items()
                if name in FROZEN_FIELDS
                and any(
                    record._fields[name].convert_to_write(record[name], record) != value
                    for record in self
                )
            }
        )
        return super().write(vals)

    @api.constrains("code")
    def _check_code(self):
        for factor in self:
            if factor.code != factor.code.strip() or " " in factor.code:
                raise ValidationError(
                    self.env._("The code “%s” may not contain blanks.", factor.code)
                )

    # -- starter set --------------------------------------------------------------------------

    @api.model
    def _load_starter_set(self):
        """Create the factors and versions of the starter file that are not there yet."""
        with file_open(STARTER_FILE, "r") as file:
            rows = starter.read(file.read())
        factors = {row.factor_key: row for row in rows}
        self._load_missing(
            [(f"factor_{key}", row) for key, row in factors.items()], self._prepare_from_starter
        )
        created = self.env["carbon.factor.version"]._load_missing_rows(rows)
        # where the plant has approved a version of its own for that day, ours stays a draft, and
        # so does what the plant has to confirm first
        created.filtered(
            lambda version: (
                not (version.note or "").startswith(starter.DRAFT) and not version._get_rivals()
            )
        ).action_approve()

    @api.model
    def _load_missing(self, named_rows, prepare):
        """Create a record for each (xml id, row) that has none; return the new ones."""
        data = [
            {"xml_id": f"carbon_footprint.{name}", "values": prepare(row), "noupdate": True}
            for name, row in named_rows
            if not self.env.ref(f"carbon_footprint.{name}", raise_if_not_found=False)
        ]
        return self._load_records(data)

    @api.model
    def _prepare_from_starter(self, row: starter.Row) -> dict:
        names = ("code", "name", "category", "unit", "scope", "stage")
        return {name: row.texts[name] for name in names} | {
            "red_term": row.texts["red_term"] or False
        }
