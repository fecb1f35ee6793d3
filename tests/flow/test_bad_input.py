# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the chain does with bad input and bad days."""

from __future__ import annotations

import json
import time

import pytest
import trade
from client import Refused, wait_for

OUTAGE_S = 60


def _count(session, model, domain):
    return session.call(model, "search_count", domain=domain)


def test_an_expired_supplier_certificate_stops_the_receipt(plant):
    """Certified feedstock from a supplier whose certificate has lapsed is not received."""
    polymer = plant.polymer()
    order = trade.buy(
        polymer, polymer.ref("partner_lapsed_supplier"), polymer.ref("product_bio_naphtha"), 50, 1
    )
    with pytest.raises(Refused) as refusal:
        trade.receive(polymer, order["picking_id"], {f"LAPSED-{time.time_ns()}": 50})
    assert "certificate" in str(refusal.value).lower()
    state = polymer.person("warehouse").call(
        "stock.picking", "read", [order["picking_id"]], ["state"]
    )
    assert state[0]["state"] != "done"


@pytest.mark.parametrize(
    "payload",
    [
        b"{not json",
        b'{"ts": 1, "seq": 1, "value": NaN, "unit": "degC"}',
        b'{"seq": 1, "value": 72.4, "unit": "degC"}',
        b'{"ts": 1, "seq": 1, "value": "72,4", "unit": "degC"}',
        b"\xff\xfe\x00",
    ],
)
def test_a_malformed_payload_becomes_a_dead_letter_and_nothing_else(plant, payload):
    """One dead letter more, not one reading more, and the bridge goes on."""
    dairy = plant.dairy()
    engineer = dairy.key("process_engineer")
    sensor = [("sensor_id.code", "=", "d1-pasteur-temp")]
    letters = _count(engineer, "mqtt.dead.letter", [])
    readings = _count(engineer, "process.reading", [*sensor, ("source_ms", "<", 1000)])
    dairy.simulator.publish("plant/dairy/d1/pasteur-temp", payload)
    wait_for(
        "the dead letter",
        lambda: _count(engineer, "mqtt.dead.letter", []) > letters,
        seconds=20,
    )
    assert _count(engineer, "mqtt.dead.letter", []) == letters + 1
    assert _count(engineer, "process.reading", [*sensor, ("source_ms", "<", 1000)]) == readings


def test_an_unsigned_certificate_is_never_mailed(plant, evidence):
    """A certificate that is not issued refuses to be sent, and nothing leaves."""
    dairy = plant.dairy()
    manager = dairy.person("quality_manager")
    lot = manager.search_read("lot.certificate", [("kind", "=", "batch")], ["lot_id"], limit=1)[0]
    values = {
        "kind": "batch",
        "lot_id": lot["lot_id"][0],
        "partner_id": dairy.ref("partner_retailer"),
    }
    draft = manager.call("lot.certificate", "create", [values])
    before = len(list(dairy.mail_dir.glob("*.eml")))
    with pytest.raises(Refused):
        manager.call("lot.certificate", "action_send", draft)
    assert len(list(dairy.mail_dir.glob("*.eml"))) == before


def test_a_minute_without_database_loses_no_reading(plant):
    """What the sensors say while PostgreSQL is down is stored once it is back, once each."""
    dairy = plant.dairy()
    dairy.simulator.fall_quiet()
    prefix = f"plant/{dairy.site}/{dairy.line}"
    start_ms = int(time.time() * 1000)
    with plant.without_database():
        sent = _publish_for(dairy, f"{prefix}/ph", OUTAGE_S)
    engineer = dairy.key("process_engineer")
    domain = [
        ("sensor_id.code", "=", "d1-ph"),
        ("source_ms", ">=", start_ms),
        ("sequence", "in", sent),
    ]

    def stored() -> int:
        try:
            return _count(engineer, "process.reading", domain)
        except (Refused, OSError):
            return 0

    wait_for("all readings of the outage", lambda: stored() >= len(sent), seconds=120)
    assert stored() == len(sent)


def _publish_for(dairy, topic: str, seconds: int) -> list[int]:
    """Publish four readings a second; return their sequence numbers."""
    sent = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sequence = 1_000_000 + len(sent)
        sample = {"ts": time.time_ns() // 1_000_000, "seq": sequence, "value": 6.7, "unit": "pH"}
        dairy.simulator.publish(topic, json.dumps(sample).encode())
        sent.append(sequence)
        time.sleep(0.25)
    return sent
