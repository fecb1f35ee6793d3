# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

# What only deviations decide; a stored computed field could be written otherwise.
DECIDED = {"hold_state", "deviation_ids"}
# What a lot is: with another name it would leave the plant as another lot.
IDENTITY = {"name", "product_id", "company_id"}


class StockLot(models.Model):
    """A lot may be held by deviations (and kept in quarantine by rooms above).

    `hold_state` is computed from them, never typed. A lot that is not free cannot be reserved,
    consumed or delivered; it can be moved inside the plant and scrapped.
    """

    _inherit = "stock.lot"

    deviation_ids = fields.Many2many(
        "process.deviation",
        "process_deviation_stock_lot_rel",
        "lot_id",
        "deviation_id",
        string="Deviations",
        readonly=True,
        copy=False,
    )
    hold_state = fields.Selection(
        [("free", "Free"), ("quarantine", "Quarantine"), ("held", "Held")],
        string="Hold",
        compute="_compute_hold_state",
        store=True,
        precompute=True,
        index=True,
    )
    is_held = fields.Boolean(string="Not free", compute="_compute_is_held", search="_search_held")
    hold_reason = fields.Text(compute="_compute_hold_reason")

    @api.depends("deviation_ids.state", "deviation_ids.disposition")
    def _compute_hold_state(self):
        """Set the state; rooms above extend it and add their dependencies."""
        for lot in self:
            lot.hold_state = lot._get_hold_state()

    @api.model_create_multi
    def create(self, vals_list):
        """Ignore a hold that the call claims: it is computed from the deviations."""
        return super().create(
            [{name: vals[name] for name in vals if name not in DECIDED} for vals in vals_list]
        )

    def write(self, vals):
        """Refuse to free a lot by writing on it, whoever asks."""
        if self and DECIDED & set(vals):
            raise UserError(
                self.env._(
                    "Whether lot %(lot)s is held is decided by its deviations, not typed.",
                    lot=self[0].display_name,
                )
            )
        for name in IDENTITY & set(vals):
            self._check_identity(name, vals[name])
        return super().write(vals)

    def _check_identity(self, name: str, value) -> None:
        """Refuse to make another lot of one that is held: what is on the label would be free."""
        field = self._fields[name]
        for lot in self.filtered(lambda lot: lot.hold_state == "held"):
            if field.convert_to_write(lot[name], lot) != value:
                raise UserError(
                    self.env._(
                        "%(reasons)s %(field)s cannot be changed as long as it is held.",
                        reasons=" ".join(lot._get_hold_reasons()),
                        field=field._description_string(self.env),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        for lot in self.sudo().filtered("deviation_ids"):
            raise UserError(
                self.env._(
                    "Lot %(lot)s is part of deviation %(deviation)s and cannot be deleted.",
                    lot=lot.name,
                    deviation=lot.deviation_ids[0].name,
                )
            )

    def _get_hold_state(self) -> str:
        """Return held, quarantine or free; the strictest reason wins."""
        self.ensure_one()
        return "held" if self._get_holding_deviations() else "free"

    def _get_holding_deviations(self):
        """Return the deviations that keep the lot from leaving."""
        return self.sudo().deviation_ids.filtered(lambda d: d.state != "closed" or d._keeps_lots())

    def _get_hold_reasons(self) -> list[str]:
        """Return in sentences why the lot is not free, one for each reason."""
        self.ensure_one()
        return [
            self.env._(
                "Lot %(lot)s is held by deviation %(deviation)s.",
                lot=self.name,
                deviation=deviation.name,
            )
            for deviation in self._get_holding_deviations()
        ]

    @api.depends("hold_state")
    def _compute_is_held(self):
        for lot in self:
            lot.is_held = lot.hold_state not in (False, "free")

    def _search_held(self, operator, value):
        if operator != "in":
            return NotImplemented
        held = [("hold_state", "in", ("held", "quarantine"))]
        free = [("hold_state", "not in", ("held", "quarantine"))]
        wanted = set(value)
        if wanted == {True}:
            return held
        return free if True not in wanted else [(1, "=", 1)]

    @api.depends("hold_state")
    def _compute_hold_reason(self):
        for lot in self:
            lot.hold_reason = "\n".join(lot._get_hold_reasons()) if lot.is_held else False

    def action_view_deviations(self):
        """Open the deviations of this lot."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "process_monitoring.process_deviation_action"
        )
        return {**action, "domain": [("lot_ids", "in", self.ids)], "context": {}}
