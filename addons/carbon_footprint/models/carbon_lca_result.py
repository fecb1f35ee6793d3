# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.tools import chain
from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import lca

MANAGERS = "mass_balance.group_mass_balance_manager"


class CarbonLcaResult(models.Model):
    """What somebody's own LCA tool made of the inventory of one footprint.

    Read from a file that names the footprint and the fingerprint of the snapshot it was made from;
    one of another snapshot is refused. It stands beside the footprint, marked as what it is, takes
    no figure over and never changes.
    """

    _name = "carbon.lca.result"
    _inherit = ["carbon.frozen.mixin"]
    _description = "Result of an LCA tool"
    _order = "id desc"

    footprint_id = fields.Many2one(
        "carbon.footprint", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    method = fields.Char(required=True, readonly=True)
    score = OptionalFloat(required=True, readonly=True, digits=None, aggregator=None)
    unit = fields.Char(required=True, readonly=True)
    software = fields.Char(required=True, readonly=True)
    snapshot_sha256 = fields.Char(required=True, readonly=True)
    filename = fields.Char(readonly=True)
    file_sha256 = fields.Char(string="SHA-256 of the file", required=True, readonly=True)
    imported_by_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict", string="Imported by"
    )
    imported_at = fields.Datetime(required=True, readonly=True)

    @api.depends("footprint_id.name", "method")
    def _compute_display_name(self):
        for result in self:
            result.display_name = self.env._(
                "LCA of %(footprint)s: %(method)s",
                footprint=result.footprint_id.name,
                method=result.method,
            )

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Refuse what was not read from a file."""
        raise UserError(self.env._("The result of an LCA is imported from its file."))

    @api.model
    def _import(self, footprint, content: bytes, filename: str):
        """Return the record of a result file for a footprint; a file of another is refused."""
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("A sustainability manager imports results of an LCA."))
        try:
            found = lca.read_result(content.decode("utf-8", "replace"))
        except lca.BadResult as error:
            raise UserError(str(error)) from error
        sha256 = chain.digest(footprint._snapshot())
        if (found["footprint"], found["snapshot_sha256"]) != (footprint.name, sha256):
            raise UserError(
                self.env._(
                    "The file belongs to %(other)s, snapshot %(sha)s; this is %(name)s. Export its "
                    "inventory and calculate again.",
                    other=found["footprint"],
                    sha=found["snapshot_sha256"][:12],
                    name=footprint.name,
                )
            )
        vals = {name: found[name] for name in ("method", "unit", "software", "snapshot_sha256")}
        return super().create(
            [
                vals
                | {
                    "footprint_id": footprint.id,
                    "company_id": footprint.company_id.id,
                    "score": float(lca.score(found)),
                    "filename": filename,
                    "file_sha256": hashlib.sha256(content).hexdigest(),
                    "imported_by_id": self.env.uid,
                    "imported_at": fields.Datetime.now(),
                }
            ]
        )
