# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import document

OUT = ("published", "deprecated")
UNITS = [
    ("kilogram", "kilogram"),
    ("liter", "liter"),
    ("cubic meter", "cubic meter"),
    ("megajoule", "megajoule"),
    ("kilowatt hour", "kilowatt hour"),
    ("piece", "piece"),
]


class PactFootprint(models.Model):
    """A product footprint as customers' systems read it: one product, one period, one document.

    Drafted by a sustainability manager from the footprints of the product's batches; submitting
    freezes the document, the signature of a second manager publishes it. What was published never
    changes: a later one takes its place and this one becomes deprecated, still to be read.
    """

    _name = "pact.footprint"
    _inherit = [
        "carbon.frozen.mixin",
        "audit.signable.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Product footprint"
    _order = "id desc"
    _check_company_auto = True
    _free_state = "draft"

    uuid = fields.Char(
        string="Footprint ID",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: str(uuid.uuid4()),
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("to_approve", "To approve"),
            ("published", "Published"),
            ("deprecated", "Deprecated"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="restrict", check_company=True
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Only for",
        tracking=True,
        help="Customers that may read it, whatever their access says of the product. Empty: every "
        "customer whose access covers the product.",
    )
    # scope
    period_start = fields.Date(string="Batches from", required=True)
    period_end = fields.Date(string="to", required=True, help="The last day that counts.")
    valid_from = fields.Date(string="Validity begins", help="Empty: the day after the last batch.")
    valid_to = fields.Date(
        string="Validity ends", help="The last day. Empty: three years after the period."
    )
    declared_unit = fields.Selection(
        UNITS, string="Declared unit", required=True, default="kilogram"
    )
    declared_amount = Quantity(string="Units", required=True, default=1.0)
    geography = fields.Selection(
        [
            ("global", "Global"),
            ("region", "Region"),
            ("country", "Country"),
            ("subdivision", "State or province"),
        ],
        required=True,
        default="country",
    )
    region = fields.Selection([(name, name) for name in document.REGIONS])
    country_id = fields.Many2one("res.country")
    subdivision_id = fields.Many2one("res.country.state", string="State or province")
    # texts
    product_description = fields.Text(string="Description of the product")
    boundary_description = fields.Text(string="Processes within the boundary")
    allocation_description = fields.Text(string="Allocation")
    standards = fields.Char(
        required=True, default="ISO14067", help="Separated by commas, such as ISO14067, PACT-3.0."
    )
    comment = fields.Text()
    exempted_percent = Quantity(
        string="Emissions left out (%)",
        help="An estimate of what the figure lacks, with its reason.",
    )
    exempted_reason = fields.Text(string="Left out because")
    dqr_technological = OptionalFloat(string="Technology (1 to 5)", digits=(3, 1), aggregator=None)
    dqr_geographical = OptionalFloat(string="Place (1 to 5)", digits=(3, 1), aggregator=None)
    dqr_temporal = OptionalFloat(string="Time (1 to 5)", digits=(3, 1), aggregator=None)
    # what the calculation stamps
    footprint_ids = fields.Many2many(
        "carbon.footprint",
        "pact_footprint_batch_rel",
        string="Batches counted",
        readonly=True,
        copy=False,
    )
    left_out_ids = fields.Many2many(
        "carbon.footprint",
        "pact_footprint_left_out_rel",
        string="Incomplete batches",
        readonly=True,
        copy=False,
    )
    quantity_kg = Quantity(string="Mass of the batches (kg)", readonly=True, copy=False)
    pcf_excluding = OptionalFloat(
        string="Without uptake (kg CO2e)",
        help="What the declared unit emitted up to the gate; the CO2 that its biogenic carbon took "
        "out of the air is not taken off.",
        readonly=True,
        copy=False,
        aggregator=None,
        digits=None,
    )
    pcf_including = OptionalFloat(
        string="With uptake (kg CO2e)",
        readonly=True,
        copy=False,
        aggregator=None,
        digits=None,
    )
    primary_share = OptionalFloat(
        string="Primary data (%)", readonly=True, copy=False, aggregator=None, digits=(5, 2)
    )
    problem_text = fields.Text(string="What is in the way", readonly=True, copy=False)
    warning_text = fields.Text(string="Look at this", readonly=True, copy=False)
    content = fields.Text(string="Document", readonly=True, copy=False)
    document = fields.Text(string="As it is read", compute="_compute_document")
    fingerprint = fields.Char(string="SHA-256 of the document", readonly=True, copy=False)
    validity_start = fields.Datetime(string="Valid from", readonly=True, copy=False)
    validity_end = fields.Datetime(string="Valid until", readonly=True, copy=False)
    product_keys = fields.Text(readonly=True, copy=False)
    company_keys = fields.Text(readonly=True, copy=False)
    classification_keys = fields.Text(readonly=True, copy=False)
    geography_key = fields.Char(readonly=True, copy=False)
    # who and when
    preceding_id = fields.Many2one(
        "pact.footprint", string="Takes over from", readonly=True, copy=False, ondelete="restrict"
    )
    submitted_by_id = fields.Many2one(
        "res.users", string="Submitted by", readonly=True, copy=False, ondelete="restrict"
    )
    submitted_at = fields.Datetime(string="Submitted", readonly=True, copy=False)
    published_by_id = fields.Many2one(
        "res.users", string="Published by", readonly=True, copy=False, ondelete="restrict"
    )
    published_at = fields.Datetime(string="Published", readonly=True, copy=False, index=True)
    deprecated_at = fields.Datetime(string="Deprecated since", readonly=True, copy=False)

    _uuid_unique = models.UniqueIndex("(uuid)")
    _period = models.Constraint(
        "CHECK(period_end >= period_start)", "A period cannot end before it begins."
    )
    _amount = models.Constraint("CHECK(declared_amount > 0)", "Declare more than zero units.")
    _exempted = models.Constraint(
        "CHECK(exempted_percent IS NULL OR (exempted_percent >= 0 AND exempted_percent <= 100))",
        "What is left out is a percentage between 0 and 100.",
    )
    _dqr = models.Constraint(
        "CHECK(COALESCE(dqr_technological, 1) BETWEEN 1 AND 5"
        " AND COALESCE(dqr_geographical, 1) BETWEEN 1 AND 5"
        " AND COALESCE(dqr_temporal, 1) BETWEEN 1 AND 5)",
        "Data quality is rated from 1 (best) to 5.",
    )

    @api.depends("product_id", "period_start", "period_end")
    def _compute_display_name(self):
        for record in self:
            if not (record.product_id and record.period_start and record.period_end):
                record.display_name = self.env._("New product footprint")
                continue
            period = f"{record.period_start} – {record.period_end}"
            record.display_name = f"{record.product_id.display_name} · {period}"

    @api.depends("content", "state")
    def _compute_document(self):
        for record in self:
            found = record._get_document() | record._get_status() if record.content else None
            record.document = found and json.dumps(found, ensure_ascii=False, indent=2)

    @api.onchange("product_id")
    def _onchange_product_id(self):
        product = self.product_id
        self.product_description = product.description_sale or product.name

    # -- guard ----------------------------------------------------------------------------------

    @api.model
    def _get_mutable_fields(self):
        return {"state", "published_by_id", "published_at", "deprecated_at", "partner_ids"}

    @api.model
    def _get_stamped_fields(self) -> set[str]:
        return {
            name
            for name, field in self._fields.items()
            if field.store and field.readonly and name not in models.MAGIC_COLUMNS
        }

    @api.model_create_multi
    def create(self, vals_list):
        """Begin as a draft, whatever the caller says."""
        stamped = self._get_stamped_fields()
        return super().create(
            [{k: v for k, v in vals.items() if k not in stamped} for vals in vals_list]
        )

    def write(self, vals):
        """Refuse to type what is stamped."""
        stamped = self._get_stamped_fields() & set(vals)
        if stamped:
            raise UserError(
                self.env._(
                    "%s is set by the calculation, by submitting or by the signature, and cannot "
                    "be entered.",
                    ", ".join(self._fields[name].string for name in sorted(stamped)),
                )
            )
        return super().write(vals)

    def _stamp(self, vals: dict) -> bool:
        """Write what only the steps of this model write; the frozen stay so even here."""
        if not set(vals) <= self._get_mutable_fields():
            self._check_not_frozen()
        return super().write(vals)
