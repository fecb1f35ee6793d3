# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.translate import LazyTranslate

from ..tools import red_templates

_lt = LazyTranslate(__name__)
TITLES = {
    "oilseed_fame": _lt("Biodiesel (FAME) from oilseeds"),
    "waste_fame": _lt("Biodiesel (FAME) from used oil or fat"),
    "oilseed_hvo": _lt("Hydrotreated oil (HVO) from oilseeds"),
    "waste_hvo": _lt("Hydrotreated oil (HVO) from used oil or fat"),
    "oilseed_pvo": _lt("Pure vegetable oil"),
    "grain_ethanol": _lt("Ethanol from wheat, maize or other grain"),
    "beet_ethanol": _lt("Ethanol from sugar beet"),
    "cane_ethanol": _lt("Ethanol from sugar cane"),
    "crop_biomethane": _lt("Biomethane from energy crops"),
    "manure_biomethane": _lt("Biomethane from manure"),
}
NAMES = {
    "cultivation": _lt("Cultivation"),
    "drying": _lt("Drying and storage"),
    "road": _lt("Transport to the plant"),
    "collection": _lt("Collection"),
    "oil_mill": _lt("Oil mill"),
    "refining": _lt("Refining"),
    "esterification": _lt("Esterification"),
    "hydrotreating": _lt("Hydrotreating"),
    "ethanol_plant": _lt("Ethanol plant"),
    "digestion": _lt("Digestion"),
    "upgrading": _lt("Upgrading to biomethane"),
    "delivery": _lt("Transport of the fuel"),
    "depot": _lt("Depot"),
    "filling": _lt("Filling station"),
    "diesel": _lt("Diesel"),
    "n": _lt("Nitrogen fertiliser (as N)"),
    "p2o5": _lt("Phosphate fertiliser (as P2O5)"),
    "k2o": _lt("Potash fertiliser (as K2O)"),
    "cao": _lt("Lime (as CaO)"),
    "pesticides": _lt("Pesticides (active ingredient)"),
    "seed": _lt("Seed for sowing"),
    "field_n2o": _lt("N2O from the field"),
    "lorry": _lt("Lorry"),
    "electricity": _lt("Electricity"),
    "natural_gas": _lt("Natural gas"),
    "hexane": _lt("n-Hexane"),
    "methanol": _lt("Methanol"),
    "hydrogen": _lt("Hydrogen"),
    "chemicals": _lt("Chemicals"),
    "surplus_power": _lt("Surplus electricity"),
    "methane_slip": _lt("Methane that escapes"),
    "manure_credit": _lt("Manure, in MJ"),
    "seeds": _lt("Oilseed"),
    "used_oil": _lt("Used oil or fat"),
    "grain": _lt("Grain"),
    "beet": _lt("Sugar beet"),
    "cane": _lt("Sugar cane"),
    "silage": _lt("Silage"),
    "manure": _lt("Manure"),
    "oil": _lt("Crude oil"),
    "refined_oil": _lt("Refined oil"),
    "cake": _lt("Oil cake or meal"),
    "fame": _lt("FAME"),
    "glycerol": _lt("Glycerol"),
    "hvo": _lt("HVO"),
    "light_ends": _lt("Light ends"),
    "ethanol": _lt("Ethanol"),
    "ddgs": _lt("Distillers' grains (DDGS)"),
    "pulp": _lt("Beet pulp"),
    "bagasse": _lt("Bagasse"),
    "biogas": _lt("Biogas"),
    "digestate": _lt("Digestate"),
    "biomethane": _lt("Biomethane"),
}


class CarbonRedChain(models.Model):
    """Usual pathways that are laid out to be filled in, in the language of the user."""

    _inherit = "carbon.red.chain"

    template = fields.Selection(
        selection="_get_templates",
        string="Begin with",
        help="Lays out the steps, products and inputs of a usual pathway; you enter the figures.",
    )

    @api.model
    def _get_templates(self):
        return [(item.code, self.env._(TITLES[item.code])) for item in red_templates.TEMPLATES]

    def action_lay_out(self):
        """Enter the steps of the chosen template; steps that are there refuse it."""
        for chain in self:
            item = red_templates.by_code(chain.template)
            if item is None:
                raise UserError(self.env._("Choose what to begin with first."))
            if chain.step_ids:
                raise UserError(
                    self.env._(
                        "“%s” has steps already: remove them, or make a new pathway.", chain.name
                    )
                )
            vals = {"step_ids": [self._prepare_step(*pair) for pair in enumerate(item.steps, 1)]}
            if not chain.pathway:
                vals["feedstock_kind"] = item.feedstock_kind
            chain.write(vals)
        return True

    def _prepare_step(self, number: int, step: red_templates.Step):
        """Return the command that lays out one step; figures stay with the user."""
        return Command.create(
            {
                "sequence": 10 * number,
                "name": self.env._(NAMES[step.name]),
                "kind": step.kind,
                "output_ids": self._prepare_lines(step.outputs),
                "input_ids": self._prepare_lines(step.inputs),
            }
        )

    @api.model
    def _prepare_lines(self, lines) -> list:
        return [
            Command.create(
                {**line, "name": self.env._(NAMES[line["name"]]), "sequence": 10 * number}
            )
            for number, line in enumerate(lines, 1)
        ]
