# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import lcm

import numpy

from odoo import api, models
from odoo.tools import SQL

from ..tools import allocation, basis, footprint, gwp, vector

MILLION = 1_000_000


@dataclass(frozen=True)
class Group:
    """Activities of many footprints that are weighed alike, as columns."""

    unit: str
    conversion: float | None
    converted_unit: str | None
    version_id: int | None
    factor_name: str | None
    factor_unit: str | None
    factor_value: float | None
    gwp_set: str
    owners: numpy.ndarray
    amounts: numpy.ndarray


@dataclass
class Sums:
    """Milligrams by footprint (its place in the list), and what keeps one from having a figure."""

    totals: numpy.ndarray
    gaps: dict[int, str] = field(default_factory=dict)


class CarbonFootprint(models.Model):
    """Many footprints at once: their activities as columns, weighed in whole numbers."""

    _inherit = "carbon.footprint"

    def _recompute_under(self, gwp_set: str | bool, versions) -> dict[int, dict]:
        """Return, for each footprint, the values of a result under other factors or another set.

        Equal to the slow way to the last digit: leaves are rounded and divided between the outputs
        one by one, as when the footprint was made.
        """
        groups, divisions = self._read_groups(), self._read_divisions()
        sums = self._sum_groups(groups, divisions, gwp_set, versions)
        places = {footprint_id: place for place, footprint_id in enumerate(sorted(self.ids))}
        return {
            record.id: record._prepare_result(
                int(sums.totals[places[record.id]]), sums.gaps.get(places[record.id], "")
            )
            for record in self
        }

    def _sum_groups(self, groups, divisions: dict, gwp_set: str | bool, versions) -> Sums:
        """Return the product's milligrams of each footprint, in the order of their ids."""
        ids = numpy.array(sorted(self.ids), dtype=numpy.int64)
        sums = Sums(numpy.zeros(len(ids), dtype=object))
        instead = {version.factor_id.id: version for version in versions}
        for group in groups:
            places = numpy.searchsorted(ids, group.owners)
            try:
                multiplier = self._get_multiplier(group, gwp_set, instead)
            except (basis.UnitMismatch, gwp.MixedSets, gwp.UnknownPotential) as error:
                name = group.factor_name or ""
                sums.gaps |= dict.fromkeys(places.tolist(), f"{name}: {str(error).rstrip('.')}.")
                continue
            leaves = vector.weigh(vector.scaled(group.amounts), multiplier)
            self._add_product_part(sums, ids, places, leaves, divisions)
        return sums

    # -- read ---------------------------------------------------------------------------------

    def _read_groups(self) -> list[Group]:
        """Return the activities of these footprints: a row for each way of weighing, one query.

        Figures come as their shortest text, so that they are those that were stored.
        """
        self.env["carbon.activity"].flush_model()
        self.env["carbon.footprint.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT a.unit, a.conversion, a.converted_unit, a.factor_version_id, a.factor_name,
                       a.factor_unit, a.factor_value, a.gwp_set,
                       string_agg(l.footprint_id::text, ' '), string_agg(a.amount::text, ' ')
                  FROM carbon_footprint_line l
                  JOIN carbon_activity a ON a.id = l.activity_id
                 WHERE l.footprint_id IN %s AND a.kg_co2e IS NOT NULL
                 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
                """,
                tuple(self.ids),
            )
        )
        return [
            Group(
                *row[:8],
                owners=numpy.fromstring(row[8], dtype=numpy.int64, sep=" "),
                amounts=numpy.fromstring(row[9], dtype=numpy.float64, sep=" "),
            )
            for row in self.env.cr.fetchall()
        ]

    def _read_divisions(self) -> dict[int, tuple[list[int], list[int]]]:
        """Return (whole weights, places of the product) of footprints with co-products, by id."""
        model = self.env["carbon.footprint.output"]
        carried = [("is_main", "=", False), ("numerator", ">", 0)]
        shared = model.search([("footprint_id", "in", self.ids), *carried]).footprint_id
        divisions = {}
        outputs = model.search([("footprint_id", "in", shared.ids)], order="id")
        for owner, rows in outputs.grouped("footprint_id").items():
            weights = [Fraction(Decimal(repr(row.numerator or 0.0))) for row in rows]
            common = lcm(*(weight.denominator for weight in weights))
            mains = [place for place, row in enumerate(rows) if row.is_main]
            divisions[owner.id] = ([int(weight * common) for weight in weights], mains)
        return divisions

    # -- weigh --------------------------------------------------------------------------------

    @api.model
    def _get_multiplier(self, group: Group, gwp_set: str | bool, instead: dict) -> Fraction:
        """Return kg CO2e for one unit of the group's activities, exactly."""
        version = self.env["carbon.factor.version"].browse(group.version_id or ())
        other = instead.get(version.factor_id.id) if version else None
        if other:
            factor = other._to_tool()
        else:
            factor = footprint.Factor(
                code=group.factor_name or "",
                version="",
                unit=group.factor_unit,
                value=Decimal(repr(group.factor_value)),
                gwp_set=group.gwp_set,
                gases=version._get_gas_masses() if version else {},
            )
        value = Fraction(factor.under(gwp_set or group.gwp_set))
        source = group.converted_unit or group.unit
        if sentence := basis.mismatch(source, factor.unit):
            raise basis.UnitMismatch(sentence)
        size = Fraction(basis.unit(source).size) / Fraction(basis.unit(factor.unit).size)
        conversion = Decimal(repr(group.conversion)) if group.converted_unit else 1
        return Fraction(conversion) * size * value

    @api.model
    def _add_product_part(self, sums: Sums, ids, places, leaves, divisions: dict) -> None:
        """Add the product's part of leaves: all of them, or their share where co-products are."""
        if not divisions:
            sums.totals += vector.sums(places, leaves, len(ids))
            return
        divided = numpy.isin(ids[places], list(divisions))
        sums.totals += vector.sums(places[~divided], leaves[~divided], len(ids))
        for place, units in zip(places[divided].tolist(), leaves[divided].tolist(), strict=True):
            weights, mains = divisions[int(ids[place])]
            parts = allocation.split_units(abs(units), weights)
            part = sum(parts[main] for main in mains)
            sums.totals[place] += -part if units < 0 else part

    def _prepare_result(self, units: int, gap: str) -> dict:
        self.ensure_one()
        if self.state != "complete":
            gap = self.env._("The footprint itself is incomplete.")
        if gap:
            before = None if self.product_kg_co2e is False else self.product_kg_co2e
            return {"state": "incomplete", "gap": gap, "before_kg_co2e": before}
        before = round(self.product_kg_co2e * MILLION)
        per_kg = footprint.per_kg(units * footprint.QUANTUM, Decimal(repr(self.quantity_kg)))
        return {
            "state": "complete",
            "gap": False,
            "before_kg_co2e": self.product_kg_co2e,
            "kg_co2e": units / MILLION,
            "difference_kg_co2e": (units - before) / MILLION,
            "kg_co2e_per_kg": None if per_kg is None else float(per_kg),
        }
