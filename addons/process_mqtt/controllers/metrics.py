# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The health of the bridges for Prometheus and its kind, off until an administrator wants it."""

from odoo.http import Controller, request, route

from ..tools.exposition import CONTENT_TYPE, render

SWITCH = "process_mqtt.metrics_endpoint"
HEADERS = [
    ("Content-Type", CONTENT_TYPE),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
]


class MqttMetrics(Controller):
    """One page of figures, by an API key; its user's companies and rights say which brokers."""

    @route(
        "/process_mqtt/metrics",
        type="http",
        auth="bearer",
        methods=["GET"],
        save_session=False,
        readonly=True,
    )
    def get_metrics(self):
        """Return the figures; 404 while it is off, 403 without the right to see brokers."""
        # the switch is no secret, and only administrators may read parameters
        if request.env["ir.config_parameter"].sudo().get_param(SWITCH) != "on":
            return request.make_response("The metrics are switched off.\n", HEADERS, status=404)
        user = request.env.user
        brokers = request.env["mqtt.broker"].with_context(allowed_company_ids=user.company_ids.ids)
        if not brokers.has_access("read"):
            return request.make_response("No right to read brokers.\n", HEADERS, status=403)
        text = render(brokers.search([], order="id")._prepare_metrics())
        return request.make_response(text, HEADERS)
