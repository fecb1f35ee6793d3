# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

IN_PLANT = ("internal", "transit")


class ProcessDeviationProduct(models.Model):
    """The product a deviation makes doubtful: where it is, what is made of it, how it is destroyed.

    Lots made from an affected lot are affected too, unless they were made to carry out this very
    disposition. What is left in the plant is counted, never typed.
    """

    _inherit = "process.deviation"

    redirect_product_id = fields.Many2one(
        "product.product",
        string="Redirected to",
        check_company=True,
        ondelete="restrict",
        domain="[('is_storable', '=', True)]",
        help="The product that is made of it, such as animal feed.",
    )
    scrap_ids = fields.One2many("stock.scrap", "process_deviation_id", readonly=True)
    scrap_count = fields.Integer(compute="_compute_quantities", compute_sudo=True)
    on_hand_quantity = fields.Float(
        string="In the plant",
        digits="Product Unit",
        compute="_compute_quantities",
        compute_sudo=True,
        help="What is left of the lots, in the unit of the product.",
    )
    shipped_quantity = fields.Float(
        string="Already delivered",
        digits="Product Unit",
        compute="_compute_quantities",
        compute_sudo=True,
        help="What had left the plant before the lots were held, less what came back.",
    )
    is_to_carry_out = fields.Boolean(compute="_compute_is_to_carry_out", compute_sudo=True)

    # -- where it is --------------------------------------------------------------------------

    @api.depends("lot_ids", "lot_ids.quant_ids.quantity", "state")
    def _compute_quantities(self):
        for deviation in self:
            deviation.on_hand_quantity = sum(deviation._get_quants().mapped("quantity"))
            deviation.shipped_quantity = deviation._get_shipped_quantity()
            deviation.scrap_count = len(deviation.scrap_ids)

    def _get_quants(self):
        """Return what is in the plant of the lots held."""
        return self.env["stock.quant"].search(
            [
                ("lot_id", "in", self.lot_ids.ids),
                ("location_id.usage", "in", IN_PLANT),
                ("quantity", ">", 0),
            ]
        )

    def _get_shipped_quantity(self) -> float:
        lines = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", self.lot_ids.ids),
                ("state", "=", "done"),
                "|",
                ("location_dest_id.usage", "=", "customer"),
                ("location_id.usage", "=", "customer"),
            ]
        )
        return sum(
            line.quantity_product_uom * (1 if line.location_dest_id.usage == "customer" else -1)
            for line in lines
        )

    # -- what was made of it --------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Hold what was made of the lots as well."""
        deviations = super().create(vals_list)
        deviations.filtered("lot_ids")._add_descendants()
        return deviations

    def write(self, vals):
        """Also where a person adds a lot."""
        result = super().write(vals)
        if "lot_ids" in vals:
            self._add_descendants()
        return result

    def _add_lots(self, lots) -> None:
        """Take in lots, and what was made of them."""
        new = lots - self.lot_ids
        if new:
            self._stamp({"lot_ids": [Command.link(lot.id) for lot in new]})
            self._add_descendants()

    def _add_descendants(self) -> None:
        for deviation in self.sudo():
            made = deviation._get_descendants() - deviation.lot_ids
            if made:
                deviation._stamp({"lot_ids": [Command.link(lot.id) for lot in made]})

    def _get_descendants(self):
        """Return the lots that were made of the lots held, step by step."""
        found = known = self.lot_ids
        while found:
            lines = self.env["stock.move.line"].search(
                [("lot_id", "in", found.ids), ("state", "=", "done")]
            )
            found = self._get_affected_lines(lines).produce_line_ids.lot_id - known
            known |= found
        return known

    def _get_affected_lines(self, lines):
        """Return the consumed lines whose product is affected; rooms above leave some out."""
        return lines

    def _keeps_lots(self) -> bool:
        """Tell whether the lots stay held after closing: what was decided leaves no way out."""
        self.ensure_one()
        return self.disposition in ("redirect", "destroy")

    # -- carried out ----------------------------------------------------------------------------

    @api.depends("state", "disposition", "lot_ids.quant_ids.quantity")
    def _compute_is_to_carry_out(self):
        for deviation in self:
            deviation.is_to_carry_out = (
                deviation.state == "decided" and deviation._is_to_carry_out()
            )

    def _is_to_carry_out(self) -> bool:
        """Tell whether a press of the button can bring the disposition forward."""
        self.ensure_one()
        return self.disposition == "destroy" and bool(self._get_quants())

    def action_carry_out(self):
        """Open the window that carries out the signed disposition."""
        self.ensure_one()
        self._check_carry_out()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Carry out %s", self.name),
            "res_model": "process.disposition.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_deviation_id": self.id},
        }

    def _check_carry_out(self) -> None:
        self._check_group("supervisor", "quality_manager")
        if not self.is_to_carry_out:
            raise UserError(
                self.env._(
                    "There is nothing to carry out for %s: it is not decided, or it is done.",
                    self.name,
                )
            )

    def _do_carry_out(self, quantity: float | None = None) -> None:
        """Carry out what was signed; `quantity` is what an order still running has made."""
        self.ensure_one()
        if self.disposition == "destroy":
            self._do_destroy()

    def _do_destroy(self) -> None:
        """Scrap everything of the lots that is in the plant, wherever it lies."""
        for quant in self._get_quants():
            scrap = self.env["stock.scrap"].create(self._prepare_scrap(quant))
            scrap.do_scrap()
            # one at a time: computed together, all but the first would say they scrapped 1
            scrap.flush_recordset()
        self._log("deviation.destroy")

    def _prepare_scrap(self, quant) -> dict:
        tag = self.env.ref("process_monitoring.stock_scrap_reason_tag_deviation")
        return {
            "company_id": self.company_id.id,
            "product_id": quant.product_id.id,
            "product_uom_id": quant.product_uom_id.id,
            "scrap_qty": quant.quantity,
            "lot_id": quant.lot_id.id,
            "package_id": quant.package_id.id,
            "owner_id": quant.owner_id.id,
            "location_id": quant.location_id.id,
            "origin": self.name,
            "process_deviation_id": self.id,
            "scrap_reason_tag_ids": [Command.link(tag.id)],
        }

    def action_view_scraps(self):
        """Open what was scrapped for this deviation."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_stock_scrap")
        return {**action, "domain": [("process_deviation_id", "=", self.id)], "context": {}}
