# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring import clock

from ..tools.message import Notice


class MqttNode(models.Model):
    """A Sparkplug edge node, or a device of one, with what it last said of itself: born or dead.

    Only the bridge writes it, in the transaction in which the values of the birth or death are
    stored; nobody edits it. A bridge that starts asks the nodes named here for their births.
    """

    _name = "mqtt.node"
    _description = "Sparkplug source"
    _order = "broker_id, name"
    _inherit = "process.stamped.mixin"

    broker_id = fields.Many2one(
        "mqtt.broker", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="broker_id.company_id", store=True, index=True)
    name = fields.Char("Source", required=True, readonly=True, help="Group / edge node / device.")
    is_device = fields.Boolean(readonly=True)
    state = fields.Selection(
        [("online", "Online"), ("offline", "Offline")], required=True, readonly=True, index=True
    )
    metric_count = fields.Integer("Metrics", readonly=True, aggregator=None)
    birth_ms = BigInt("Born (ms)", readonly=True, aggregator=None)
    death_ms = BigInt("Died (ms)", readonly=True, aggregator=None)
    birth_date = fields.Datetime("Last birth", compute="_compute_dates")
    death_date = fields.Datetime("Last death", compute="_compute_dates")

    _source_unique = models.Constraint(
        "UNIQUE(broker_id, name)", "This broker already has a source of this name."
    )

    @api.depends("birth_ms", "death_ms")
    def _compute_dates(self):
        for node in self:
            node.birth_date = clock.to_datetime(node.birth_ms)
            node.death_date = clock.to_datetime(node.death_ms)

    @api.model
    def _note(self, broker, notices: list[Notice]) -> None:
        """Follow births and deaths in the order in which they came."""
        if not notices:
            return
        names = {notice.source for notice in notices}
        known = self.search([("broker_id", "=", broker.id)])
        by_name = {node.name: node for node in known if node.name in names}
        for notice in notices:
            values = self._prepare_state(notice)
            node = by_name.get(notice.source)
            if node:
                node._stamp(values)
            else:
                by_name[notice.source] = self.create(
                    {
                        "broker_id": broker.id,
                        "name": notice.source,
                        "is_device": notice.source.count("/") > 1,
                        **values,
                    }
                )
            if notice.kind == "death" and notice.source.count("/") == 1:
                known._follow(notice)

    def _prepare_state(self, notice: Notice) -> dict:
        if notice.kind == "birth":
            return {"state": "online", "birth_ms": notice.at_ms, "metric_count": notice.count}
        return {"state": "offline", "death_ms": notice.at_ms}

    def _follow(self, notice: Notice) -> None:
        """The devices of a dead node are offline with it."""
        devices = self.filtered(
            lambda node: node.state == "online" and node.name.startswith(f"{notice.source}/")
        )
        devices._stamp({"state": "offline", "death_ms": notice.at_ms})
