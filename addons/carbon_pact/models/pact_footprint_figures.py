# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import document, figures

PLACES = 12


class PactFootprint(models.Model):
    """From the footprints of the batches to the figures of the product."""

    _inherit = "pact.footprint"

    def action_calculate(self):
        """Calculate drafts anew from the batches of their period; what is in the way is said."""
        self.check_access("write")
        for record in self:
            record._check_not_frozen()
            record._do_calculate()

    def _do_calculate(self) -> dict:
        """Stamp batches, figures and problems of a draft; return the figures, empty without."""
        self.ensure_one()
        counted, incomplete = self._get_batches()
        self._fill_texts(counted)
        found, problems = self._compute_figures(counted)
        problems += self._find_gaps(counted, incomplete)
        problems += self._find_form_problems()
        self._stamp(
            {
                "footprint_ids": [(6, 0, counted.ids)],
                "left_out_ids": [(6, 0, incomplete.ids)],
                "quantity_kg": float(sum((b.kg for b in self._to_batches(counted)), Decimal(0))),
                "pcf_excluding": _to_float(found.get("pcfExcludingBiogenicUptake")),
                "pcf_including": _to_float(found.get("pcfIncludingBiogenicUptake")),
                "primary_share": _to_float(found.get("primaryDataShare")),
                "problem_text": "\n".join(problems) or False,
                "warning_text": "\n".join(self._find_warnings(found, counted, incomplete)) or False,
            }
        )
        return found

    def _get_batches(self):
        """Return (complete, incomplete) current footprints of the product's batches in the period.

        Superuser mode, so that a reader's other roles change no figure; always of the company.
        """
        self.ensure_one()
        batches = (
            self.env["carbon.footprint"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("product_id", "=", self.product_id.id),
                    ("is_current", "=", True),
                    ("date", ">=", self.period_start),
                    ("date", "<=", self.period_end),
                ],
                order="id",
            )
        )
        complete = batches.filtered(lambda footprint: footprint.state == "complete")
        return complete, batches - complete

    def _to_batches(self, footprints) -> list[figures.Batch]:
        """Return footprints as the pure logic wants them: decimals, as the snapshots hold them."""
        batches = []
        for footprint in footprints:
            snapshot = footprint._snapshot()
            parts = tuple(
                figures.Part(
                    Decimal(activity["product_kg_co2e"]),
                    activity["stage"],
                    activity["red_term"],
                    activity["data_quality"],
                )
                for activity in snapshot["activities"]
            )
            batches.append(
                figures.Batch(
                    footprint.production_id.name,
                    Decimal(snapshot["quantity_kg"] or 0),
                    parts,
                    footprint.gwp_set or "",
                    self._get_biogenic_share(footprint.production_id),
                )
            )
        return batches

    @api.model
    def _get_biogenic_share(self, production) -> Decimal | None:
        """Return what the lots of a batch hold of biogenic carbon, None where nobody knows it.

        A laboratory's result overrules what is declared for a lot, and that what the product says.
        """
        lines = production.move_finished_ids.move_line_ids.filtered(
            lambda line: line.product_id == production.product_id and line.lot_id and line.quantity
        )
        shares = [(line.quantity, line.lot_id._get_measured("biomass_content")) for line in lines]
        if not shares or any(share is None for _kg, share in shares):
            return None
        masses = [to_decimal(quantity, PLACES) for quantity, _share in shares]
        weighed = sum(kg * pair[1] for kg, pair in zip(masses, shares, strict=True))
        return weighed / sum(masses) / 100

    def _compute_figures(self, footprints) -> tuple[dict, list[str]]:
        """Return the figures by name, and the sentences that say why there are none."""
        product = self.product_id
        kg = product._get_pact_kg(self.declared_unit)
        if not kg:
            return {}, [
                self.env._(
                    "How many kg a %(unit)s of %(product)s weighs is not known: enter its density, "
                    "heating value or weight, or declare kilograms.",
                    unit=self.declared_unit,
                    product=product.display_name,
                )
            ]
        found = figures.compute(
            self._to_batches(footprints), product._get_pact_carbon(), kg * self._get_amount()
        )
        if isinstance(found, figures.Problem):
            return {}, [self._explain(found)]
        return found, []

    def _get_amount(self) -> Decimal:
        return to_decimal(self.declared_amount, PLACES)

    def _explain(self, problem: figures.Problem) -> str:
        product, about = self.product_id.display_name, ", ".join(problem.about)
        return {
            "no_batches": self.env._(
                "No batch of %(product)s between %(start)s and %(end)s has a complete footprint.",
                product=product,
                start=self.period_start,
                end=self.period_end,
            ),
            "no_mass": self.env._("The mass of these batches is not known: %s.", about),
            "mixed_sets": self.env._(
                "The batches are weighed with different GWP sets (%s), and two sets are not "
                "averaged. Recalculate the batches with one set, or choose another period.",
                about,
            ),
            "unknown_set": self.env._("The GWP set %s has no name in the exchange.", about),
            "capture": self.env._(
                "These batches count carbon that was captured or stored: %s. It is stated with "
                "proofs of its own and cannot be published from here.",
                about,
            ),
            "no_carbon": self.env._(
                "How much carbon %s holds is not known: enter its carbon share and biomass "
                "content, or that it holds none.",
                product,
            ),
        }[problem.code]

    # -- gaps -----------------------------------------------------------------------------------

    def _find_gaps(self, counted, incomplete) -> list[str]:
        """Return what the figure lacks, unless a percentage with its reason stands for it."""
        is_exempted = self.exempted_percent > 0 and (self.exempted_reason or "").strip()
        if self.exempted_percent > 0 and not is_exempted:
            return [self.env._("Say why emissions are left out.")]
        if is_exempted:
            return []
        gaps = []
        if incomplete:
            gaps.append(
                self.env._(
                    "Incomplete footprints are not averaged: %s. Complete them, or leave them out "
                    "with the percentage they stand for and the reason.",
                    ", ".join(incomplete.mapped("production_id.name")),
                )
            )
        excluded = self._get_excluded_materials(counted)
        if excluded:
            gaps.append(
                self.env._(
                    "These materials are left out of the footprints: %s. Enter the percentage they "
                    "stand for and the reason.",
                    ", ".join(excluded),
                )
            )
        return gaps

    def _get_excluded_materials(self, footprints) -> list[str]:
        names = {
            row["product"]
            for footprint in footprints
            for row in footprint._snapshot()["left_out"]
            if row["treatment"] == "excluded"
        }
        return sorted(names)

    def _find_warnings(self, found: dict, counted, incomplete) -> list[str]:
        """Return what a person should look at before submitting; it forbids nothing."""
        doubts = figures.check(found) if found else ()
        warnings = [doubt.sentence for doubt in doubts if not doubt.is_blocking]
        warnings += self._find_uptake_warnings(found, counted)
        if self.period_end >= fields.Date.context_today(self):
            warnings.append(
                self.env._("The period is not over: batches that are still made will not be in it.")
            )
        if incomplete:
            names = ", ".join(incomplete.mapped("display_name"))
            warnings.append(self.env._("Left out: %s", names))
        return warnings

    def _find_uptake_warnings(self, found: dict, counted) -> list[str]:
        """Return that more biogenic carbon is in the product than its materials took up."""
        if not found:
            return []
        stated = [
            to_decimal(batch.biogenic_removed_kg, PLACES)
            if batch.biogenic_removed_kg is not False and not batch.biogenic_note
            else None
            for batch in counted
        ]
        kg = sum((batch.kg for batch in self._to_batches(counted)), Decimal(0))
        per_unit = self.product_id._get_pact_kg(self.declared_unit) * self._get_amount() / kg
        removed = figures.find_lacking_uptake(stated, per_unit, found["biogenicCO2Uptake"])
        if removed is None:
            return []
        return [
            self.env._(
                "The product's biogenic carbon took up %(uptake)s kg CO2, its materials state "
                "%(removed)s: look at its carbon share and biomass content.",
                uptake=figures.plain(-found["biogenicCO2Uptake"]),
                removed=figures.plain(removed),
            )
        ]

    def _find_contradictions(self, content: dict) -> list[str]:
        """Return the identities of a finished document that do not hold: they block it."""
        stated = document.get_figures(content["pcf"])
        doubts = figures.check({name: figures.pad(value) for name, value in stated.items()})
        return [doubt.sentence for doubt in doubts if doubt.is_blocking]


def _to_float(value) -> float | None:
    return None if value is None else float(value)
