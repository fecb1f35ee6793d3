# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.audit_chain.tools.decimals import to_text

FLAGS = (
    "flag_land_criteria",
    "flag_low_iluc",
    "flag_soil_n2o",
    "flag_degraded_land",
    "flag_other_scheme",
)
POS_FIELDS = ("pos_number", "pos_energy", "pos_saving", "pos_country_id", "pos_plant_start")


class SustainabilityDeclarationPos(models.AbstractModel):
    """Rows 31 and 32 of the field table: the flags, and what makes a Proof of Sustainability.

    They are part of what is signed; an outgoing Proof lacks none of its fields.
    """

    _name = "sustainability.declaration.pos"
    _description = "Proof of Sustainability"

    flag_soil_n2o = fields.Boolean(
        string="Soil N2O by disaggregated default",
        help="The soil's N2O emissions stand in the value as a disaggregated default value.",
    )
    flag_degraded_land = fields.Boolean(string="Bonus for restored degraded land")
    flag_other_scheme = fields.Boolean(string="Covered by a scheme that is not recognised")

    def _get_pos_lacking(self) -> list[str]:
        """Return the labels of the fields of row 32 that an outgoing Proof lacks."""
        self.ensure_one()
        if not self.is_pos:
            return []
        lacking = [name for name in POS_FIELDS if not self[name]]
        if not self.ghg_type:
            lacking.append("ghg_value")
        return [
            self._fields[name].get_description(self.env, ["string"])["string"] for name in lacking
        ]

    def _get_issue_blockers(self) -> list[str]:
        lacking = self._get_pos_lacking()
        return super()._get_issue_blockers() + [
            self.env._("Missing on the Proof of Sustainability: %s", name) for name in lacking
        ]

    def _snapshot(self) -> dict:
        snapshot = super()._snapshot()
        snapshot.update({name: self[name] for name in FLAGS})
        snapshot["is_pos"] = self.is_pos
        snapshot.update(
            {
                "pos_number": self.pos_number or None,
                "pos_energy_mj": to_text(self.pos_energy) if self.pos_energy else None,
                "pos_saving_percent": to_text(self.pos_saving, 2) if self.pos_saving else None,
                "pos_country": self.pos_country_id.code or None,
                "pos_plant_start": str(self.pos_plant_start) if self.pos_plant_start else None,
            }
            if self.is_pos
            else {}
        )
        return snapshot
