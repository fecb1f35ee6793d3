# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import red_worksheet
from ..tools.red_pathway import Flow


class CarbonRedChainInput(models.Model):
    """A second feedstock or an intermediate that a pathway of its own works out, term by term.

    So the feedstocks of one digester add up by their energy, as Annex VI part B point 1 wants, and
    a bought oil brings its own cultivation along.
    """

    _inherit = "carbon.red.chain.input"

    kind = fields.Selection(
        selection_add=[("pathway", "Product of another pathway")],
        ondelete={"pathway": "cascade"},
    )
    other_chain_id = fields.Many2one(
        "carbon.red.chain",
        string="Pathway it comes from",
        ondelete="restrict",
        check_company=True,
        help="Its terms come along for each MJ that is taken, each into its own term.",
    )

    @api.constrains("kind", "other_chain_id")
    def _check_other_chain(self):
        """A pathway has a beginning: it cannot take, at any depth, what it makes."""
        for line in self.filtered(lambda line: line.kind == "pathway"):
            if not line.other_chain_id:
                raise ValidationError(
                    self.env._("“%s”: which pathway does it come from?", line.name)
                )
            if line._is_circular():
                raise ValidationError(
                    self.env._("“%s”: the pathway would take what it makes itself.", line.name)
                )

    def _is_circular(self) -> bool:
        """Return whether the other pathway rests, at any depth, on the one this line belongs to."""
        own = self.step_id.chain_id._origin
        found = todo = self.other_chain_id
        while todo:
            todo = todo.step_ids.input_ids.other_chain_id - found
            found |= todo
        return own in found

    def _to_flows(self) -> list[Flow]:
        """Return one flow for each term of the other pathway, or one that says what is missing."""
        if self.kind != "pathway":
            return super()._to_flows()
        gap, terms = self._get_other_terms()
        quantity = self._get_quantity()
        other = self.other_chain_id
        facts = {"gwp_set": other.gwp_set or "", "source": other.name or ""}
        if gap:
            return [self._to_flow(quantity, None, gap=gap)]
        return [
            self._convert(quantity, "MJ_net", grams, {**facts, "term": term})
            for term, grams in terms.items()
        ]

    def _get_other_terms(self):
        """Return what is missing for the terms of the other pathway, and the terms."""
        other = self.other_chain_id
        if not other:
            return self.env._("it is not said which pathway it comes from."), {}
        if self._is_circular():
            return self.env._("the pathway would take what it makes itself."), {}
        if other._get_defaults():
            return self.env._("%s takes default values; calculate them first.", other.name), {}
        result = other._work_out()
        gaps = [gap.sentence for gap in result.gaps]
        if gaps:
            return self.env._("%(name)s: %(gap)s", name=other.name, gap=gaps[0]), {}
        bonus = other._get_bonus()
        return "", red_worksheet.actual_terms(result, (), other.feedstock_kind, bonus)
