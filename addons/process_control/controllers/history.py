# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import Controller

from odoo.addons.process_monitoring.clock import to_iso
from odoo.addons.rest_api.area import FROM, LIMIT, PAGED, UNTIL, Query, cursor_of
from odoo.addons.rest_api.inputs import (
    choice,
    find,
    page,
    read_cursor,
    read_limit,
    read_span,
    span_domain,
)
from odoo.addons.rest_api.schemas import enum

from .area import AREA, STAGE_ID, find_stage
from .serialize import deviation_json, signature_json, transition_json

# the time of an entry in ms, the place of its source, its id
LAST_SEEN = (15, 1, 9)
ORDERS = ("oldest", "newest")
ORDER = Query("order", {**enum(*ORDERS), "default": ORDERS[0]}, "Which entries come first.")


class History(Controller):
    """What happened to a batch: to be read from the beginning, or followed as it goes on."""

    @AREA.endpoint(
        "/processes/<string:process_id>/history",
        "GET",
        answer="HistoryPage",
        query=(FROM, UNTIL, ORDER, LIMIT, cursor_of(*LAST_SEEN)),
        tag="History",
    )
    def list_history(self, process_id, query):
        """Return what happened to a process in time order, oldest first.

        Commands given, states reached, deviations opened and signatures given, each as it is
        kept: lines of history and signatures are hashed and never change. Whoever follows a batch
        asks again with `from`, the time of the last entry seen.
        """
        run = find("process.run", process_id)
        limit = read_limit(query)
        found = run._search_history(
            read_span(query),
            read_cursor(query, *LAST_SEEN),
            limit + 1,
            newest_first=choice(query, "order", ORDERS) == "newest",
        )
        some = found[:limit]
        at_ms, place, record = some[-1] if len(found) > limit else (None, None, None)
        return {
            "items": [self._entry(at_ms, record) for at_ms, _place, record in some],
            "next_cursor": f"{at_ms}-{place}-{record.id}" if record else None,
        }

    def _entry(self, at_ms: int, record) -> dict:
        entry = {"at": to_iso(at_ms), "transition": None, "deviation": None, "signature": None}
        if record._name == "process.transition":
            return {**entry, "kind": record.kind, "transition": transition_json(record)}
        if record._name == "process.deviation":
            return {**entry, "kind": "deviation", "deviation": deviation_json(record)}
        return {**entry, "kind": "signature", "signature": signature_json(record)}

    @AREA.endpoint(
        "/processes/<string:process_id>/transitions",
        "GET",
        answer="TransitionPage",
        query=(STAGE_ID, FROM, UNTIL, *PAGED),
        tag="History",
    )
    def list_transitions(self, process_id, query):
        """Return the hashed history of a process, newest first."""
        run = find("process.run", process_id)
        domain = [("run_id", "=", run.id), *span_domain("at_ms", query)]
        if "stage_id" in query:
            domain.append(("stage_id", "=", find_stage(process_id, query["stage_id"]).id))
        return page(run.transition_ids, domain, query, transition_json)
