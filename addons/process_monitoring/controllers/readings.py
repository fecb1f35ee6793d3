# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The paths by which programs deliver readings: historians, gateways, control systems."""

from odoo.http import Controller, request

from odoo.addons.rest_api.area import API, Area
from odoo.addons.rest_api.problem import ApiProblem

from .schemas import EXAMPLES, MAX_ITEMS, MAX_RECORDS, SCHEMAS

GROUP = "process_monitoring.group_process_monitoring_integration"

AREA = Area(
    __name__,
    name="Readings",
    prefix=API,
    about="Readings of sensors, delivered by programs.",
    tags={"Readings": "What sensors said, delivered in batches."},
    schemas=SCHEMAS,
    examples=EXAMPLES,
)


class Readings(Controller):
    """Deliver readings; what cannot be taken is refused on its own, with a reason."""

    @AREA.endpoint("/readings", "POST", body="ReadingsDelivery", answer="DeliveryAnswer")
    def deliver_readings(self, body):
        """Store readings of any sensors of your company.

        A reading is named by sensor, time and sequence: delivered twice it is stored once, and
        another value under the same name is refused. Each reading is taken or refused on its own;
        what is refused is listed in the answer and kept for a replay (*Quality → Refused
        readings*). A reading may be old: it is judged by the limits of its time.
        """
        return _deliver("reading", body, "readings", MAX_ITEMS)

    @AREA.endpoint(
        "/process-records", "POST", body="ProcessRecordsDelivery", answer="DeliveryAnswer"
    )
    def deliver_process_records(self, body):
        """Store records of a batch's step: energy, utilities, emissions at one time.

        Each figure becomes a reading of the sensor that is mapped to it (*Configuration → Record
        mappings*); figures the mapping does not know are refused on their own. null is no figure.
        """
        return _deliver("record", body, "records", MAX_RECORDS)


def _deliver(kind: str, body: dict, key: str, most: int) -> dict:
    """Check who delivers and how much, and hand it on."""
    user = request.env.user
    if not user.has_group(GROUP):
        raise ApiProblem(403, "Only a user of the group Integration may deliver readings.")
    items = body.get(key)
    if not isinstance(items, list) or not 1 <= len(items) <= most:
        raise ApiProblem(422, f"{key} must be a list of 1 to {most} objects.")
    # a key works in one company, whatever others its user may see
    company = user.company_id
    door = request.env["process.reading"].with_context(allowed_company_ids=company.ids)
    answer = door._deliver_items(kind, items, f"http:{user.login}")
    for line in answer["refused"]:
        line["figure"] = line["figure"] or None
    return answer
