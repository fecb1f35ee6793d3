# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import models
from odoo.tools import urls

from odoo.addons.audit_chain.tools.decimals import to_decimal
from odoo.addons.mass_balance.models.selections import SCHEMES

from ..tools import document, figures, urn, validity

PLACES = 12
EXTENSION = "/carbon_pact/static/schemas/mass-balancing-1.0.0.json"
STATUS = {"published": "Active", "deprecated": "Deprecated"}


class PactFootprint(models.Model):
    """The document: what is published, field by field."""

    _inherit = "pact.footprint"

    def _fill_texts(self, footprints) -> None:
        """Write what the batches say where nobody has written anything."""
        self.ensure_one()
        vals = {}
        if not self.product_description:
            vals["product_description"] = self.product_id.name
        if not self.boundary_description:
            vals["boundary_description"] = ", ".join(sorted(set(self._get_boundaries(footprints))))
        if not self.allocation_description and footprints:
            vals["allocation_description"] = self._describe_allocation(footprints)
        if not (self.country_id or self.region or self.subdivision_id):
            sites = footprints.production_id.picking_type_id.warehouse_id or self.env[
                "stock.warehouse"
            ].search([("company_id", "=", self.company_id.id)], limit=1)
            countries = {site._get_country() for site in sites}
            if len(countries) == 1:
                vals["country_id"] = countries.pop().id
        if vals:
            self._stamp(vals)

    def _get_boundaries(self, footprints) -> list[str]:
        return [footprint.boundary for footprint in footprints if footprint.boundary]

    def _describe_allocation(self, footprints) -> str:
        labels = dict(footprints._fields["allocation_basis"]._description_selection(self.env))
        bases = sorted({labels[f.allocation_basis] for f in footprints if f.allocation_basis})
        return self.env._(
            "Emissions up to the step where co-products arise are divided between them by: %s. "
            "Batches are weighed by their mass.",
            ", ".join(bases),
        )

    # -- form -----------------------------------------------------------------------------------

    def _find_form_problems(self) -> list[str]:
        """Return what the document still lacks beside its figures, each with where to enter it."""
        self.ensure_one()
        problems = []
        if not urn.read(self.company_id.pact_company_ids):
            problems.append(
                self.env._(
                    "%s has no identifier: enter a URN on the company.", self.company_id.name
                )
            )
        if not self.product_id._get_pact_ids():
            problems.append(
                self.env._(
                    "%s has no identifier: enter a URN on the product.",
                    self.product_id.display_name,
                )
            )
        if None in self._get_geography().values():
            problems.append(self.env._("Say for which place the footprint stands."))
        unknown = [name for name in self._get_standards() if name not in document.STANDARDS]
        if unknown or not self._get_standards():
            problems.append(
                self.env._(
                    "Standards must be among %(known)s; “%(name)s” is not.",
                    known=", ".join(document.STANDARDS),
                    name=", ".join(unknown),
                )
            )
        if len([rating for rating in self._get_ratings() if rating is not False]) in (1, 2):
            problems.append(self.env._("Rate the data quality in all three respects, or in none."))
        return problems + self._find_validity_problems()

    def _find_validity_problems(self) -> list[str]:
        period_end, start, end = self._get_validity()
        problem = validity.find_problem(period_end, start, end)
        if not problem:
            return []
        return [
            {
                "early": self.env._("It cannot be valid before the last day of its batches."),
                "backwards": self.env._("It cannot end to be valid before it begins."),
                "long": self.env._(
                    "It can be valid until %s at most: three years after its batches.",
                    validity.add_years(period_end).date(),
                ),
            }[problem]
        ]

    def _get_validity(self):
        """Return (end of the period, valid from, valid until) in naive UTC."""
        period_end = validity.after(self.period_end)
        start = validity.begin(self.valid_from) if self.valid_from else None
        end = validity.after(self.valid_to) if self.valid_to else None
        return (period_end, *validity.get_span(period_end, start, end))

    def _get_geography(self) -> dict:
        """Return the one field that says where; None in it while that is not known."""
        subdivision = self.subdivision_id
        code = f"{subdivision.country_id.code}-{subdivision.code}".upper() if subdivision else None
        return {
            "global": {},
            "region": {"geographyRegionOrSubregion": self.region or None},
            "country": {"geographyCountry": self.country_id.code or None},
            "subdivision": {"geographyCountrySubdivision": code},
        }[self.geography]

    def _get_standards(self) -> list[str]:
        return [name.strip() for name in (self.standards or "").split(",") if name.strip()]

    def _get_ratings(self) -> tuple:
        return self.dqr_technological, self.dqr_geographical, self.dqr_temporal

    # -- content --------------------------------------------------------------------------------

    def _prepare_content(self, found: dict, created) -> dict:
        """Return the document without its status, which is all of it that ever changes."""
        self.ensure_one()
        _period_end, start, end = self._get_validity()
        product = self.product_id
        optional = {
            "precedingPfIds": self._get_preceding_ids(),
            "productClassifications": list(urn.read(product.pact_classifications)),
            "comment": (self.comment or "").strip(),
            "extensions": self._prepare_extensions(),
        }
        return {
            "id": self.uuid,
            "specVersion": document.SPEC_VERSION,
            "created": validity.write(created),
            "validityPeriodStart": validity.write(start),
            "validityPeriodEnd": validity.write(end),
            "companyName": self.company_id.name,
            "companyIds": list(urn.read(self.company_id.pact_company_ids)),
            "productDescription": (self.product_description or "").strip() or product.name,
            "productIds": list(product._get_pact_ids()),
            "productNameCompany": product.name,
            "pcf": self._prepare_pcf(found),
            **{name: value for name, value in optional.items() if value},
        }

    def _prepare_pcf(self, found: dict) -> dict:
        amount = to_decimal(self.declared_amount, PLACES)
        kg = self.product_id._get_pact_kg(self.declared_unit) * amount
        is_energy = self.declared_unit in ("megajoule", "kilowatt hour")
        numbers = self._select_figures(found) | {
            "declaredUnitAmount": amount,
            "productMassPerDeclaredUnit": 0 * kg if is_energy else figures.round_to(kg),
            "exemptedEmissionsPercent": to_decimal(self.exempted_percent or 0.0, 6),
        }
        texts = {
            "boundaryProcessesDescription": self.boundary_description,
            "exemptedEmissionsDescription": self.exempted_percent and self.exempted_reason,
            "allocationRulesDescription": self.allocation_description,
            "secondaryEmissionFactorSources": self._get_factor_sources(),
            "dqi": self._get_quality(),
        }
        return {
            "declaredUnitOfMeasurement": self.declared_unit,
            "referencePeriodStart": validity.write(validity.begin(self.period_start)),
            "referencePeriodEnd": validity.write(validity.after(self.period_end)),
            "ipccCharacterizationFactors": sorted(
                {figures.SETS[gwp_set] for gwp_set in self.footprint_ids.mapped("gwp_set")}
            ),
            "crossSectoralStandards": list(dict.fromkeys(self._get_standards())),
            "packagingEmissionsIncluded": "packagingGhgEmissions" in found,
            # batches that count captured carbon have no figures here
            "ccsTechnologicalCO2CaptureIncluded": False,
            **{name: figures.plain(value) for name, value in numbers.items()},
            **{name: value for name, value in texts.items() if value},
            **self._get_geography(),
        }

    def _select_figures(self, found: dict) -> dict:
        """Return the figures that are known: a zero that nobody looked for is left out."""
        left_out = set()
        # of a product with biogenic carbon, land-use change of zero would have to be found out
        if found["biogenicCarbonContent"] and not found["landUseChangeGhgEmissions"]:
            left_out.add("landUseChangeGhgEmissions")
        return {name: value for name, value in found.items() if name not in left_out}

    def _get_quality(self) -> dict:
        names = ("technologicalDQR", "geographicalDQR", "temporalDQR")
        ratings = self._get_ratings()
        if False in ratings:
            return {}
        return {
            name: figures.plain(to_decimal(rating, 1))
            for name, rating in zip(names, ratings, strict=True)
        }

    def _get_factor_sources(self) -> list[dict]:
        """Return source and edition of the factors from databases, each once.

        What a supplier states of its own product is primary data and stands in no database.
        """
        versions = self.footprint_ids.line_ids.activity_id.factor_version_id
        stated = (
            self.env["pact.supply"].sudo().search([("factor_id", "in", versions.factor_id.ids)])
        )
        versions = versions.filtered(lambda version: version.factor_id not in stated.factor_id)
        found = {(version.source, version.name) for version in versions}
        return [{"name": name, "version": edition} for name, edition in sorted(found)]

    def _get_preceding_ids(self) -> list[str]:
        ids, record = [], self.preceding_id
        while record:
            ids.append(record.uuid)
            record = record.preceding_id
        return ids

    # -- mass balance ---------------------------------------------------------------------------

    def _prepare_extensions(self) -> list[dict]:
        """Return what the exchange itself has no field for, by the names that Catena-X uses."""
        if not self.product_id.is_mb_material:
            return []
        base = self.company_id.get_base_url()
        return [
            {
                "specVersion": "2.0.0",
                "dataSchema": urls.urljoin(base, EXTENSION),
                "data": self._get_mass_balancing(),
            }
        ]

    def _get_mass_balancing(self) -> dict:
        """Return whether batches carry attributed content, by which scheme, and how attributed."""
        entries = (
            # the books belong to other roles; only the scheme leaves them
            self.env["mass.balance.entry"]
            .sudo()
            .search(
                [
                    ("production_id", "in", self.footprint_ids.production_id.ids),
                    ("kind", "=", "output"),
                    ("direction", "=", "convert"),
                ]
            )
        )
        if not entries:
            return {"massBalancingUsed": False}
        labels = dict(SCHEMES)
        return {
            "massBalancingUsed": True,
            "freeAttributionInMassBalancing": "free"
            in entries.warehouse_id.mapped("mb_attribution"),
            "massBalancingCertificateScheme": ", ".join(
                sorted({labels[scheme] for scheme in entries.mapped("scheme")})
            ),
        }

    # -- as it is read --------------------------------------------------------------------------

    def _to_json(self) -> dict:
        """Return the document as it stands, with its status of today."""
        self.ensure_one()
        return self._get_document() | self._get_status()

    def _get_status(self) -> dict:
        """Return the status; what is not out has none."""
        return {"status": STATUS[self.state]} if self.state in STATUS else {}

    def _get_document(self) -> dict:
        return json.loads(self.content)
