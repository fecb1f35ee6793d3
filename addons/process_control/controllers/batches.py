# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import Controller

from odoo.addons.process_monitoring.clock import to_datetime
from odoo.addons.rest_api.area import FROM, PAGED, UNTIL, Query
from odoo.addons.rest_api.inputs import choice, find, page, read_span, readable
from odoo.addons.rest_api.schemas import enum

from .area import AREA
from .schemas_plant import ORDER_STATES
from .serialize import batch_json

NAME = Query("name", {"type": "string", "maxLength": 255}, "The number of the order, whole.")
STATE = Query("state", enum(*ORDER_STATES), "In this state only.")


class Batches(Controller):
    """The manufacturing orders that a process can be opened for: found by the number people use."""

    @AREA.endpoint(
        "/batches",
        "GET",
        answer="BatchPage",
        query=(NAME, STATE, FROM, UNTIL, *PAGED),
        tag="Batches",
    )
    def list_batches(self, query):
        """List batches, newest first; from and until ask for the time of their planned start."""
        domain = []
        if "name" in query:
            domain.append(("name", "=", query["name"].replace("\x00", "")))
        state = choice(query, "state", ORDER_STATES)
        if state:
            domain.append(("state", "=", state))
        since, until = read_span(query)
        if since is not None:
            domain.append(("date_start", ">=", to_datetime(since)))
        if until is not None:
            domain.append(("date_start", "<", to_datetime(until)))
        return page(readable("mrp.production"), domain, query, batch_json)

    @AREA.endpoint("/batches/<string:batch_id>", "GET", answer="Batch", tag="Batches")
    def get_batch(self, batch_id, query):
        """Return a batch, the plan it follows and its process, if there is one."""
        return batch_json(find("mrp.production", batch_id))
