# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID
from odoo.http import Controller, Response, request

from odoo.addons.rest_api.inputs import read_body

from ..errors import Refusal
from ..tools import cloudevent
from .door import door, require_client

MEDIA_TYPES = ("application/cloudevents+json", "application/json")


class Events(Controller):
    """The door of events: requests of customers, and what their exchanges tell ours."""

    @door("/3/events", "POST")
    def take_event(self, **_query):
        """Take one event; it is kept before it is answered with 200."""
        client = require_client()
        body = read_body(MEDIA_TYPES)
        event = cloudevent.read(body)
        if isinstance(event, str):
            raise Refusal(400, event)
        if event.kind == "created" and not client.peer_url:
            raise Refusal(
                400, "No address is known to answer to: tell your supplier that of your exchange."
            )
        kept, is_new = request.env["pact.event"].sudo()._receive(client, event, body)
        if is_new and event.kind == "created":
            request.env["pact.request"].sudo()._open(kept, event.data)
        elif is_new:
            # nobody is signed in: what comes of it is the system's doing
            kept.with_user(SUPERUSER_ID)._take(event.data)
        return Response("", status=200, headers={"Cache-Control": "no-store"})
