# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The plant as its supplier's customer: it reads, it asks, it is answered, over TLS with tokens.

What it lists itself as a supplier is what it reads here as a customer: the document of the demo
supplier has the same form, held against the same schema.
"""

from __future__ import annotations

import json
import uuid

import pytest
from front import Exchange, serve_exchange, serve_front
from pact_customer import Customer
from pact_schema import find_faults
from plant import certificates

COMPANY = "urn:pact:supplier.example:company-id:7"
PRODUCT = "urn:gtin:4712345060507"


def _document(**changed) -> dict:
    """Return a footprint of 2.4 kg CO2e for a piece of 0.5 kg."""
    return {
        "id": str(uuid.uuid4()),
        "specVersion": "3.0.1",
        "created": "2026-02-01T10:00:00Z",
        "status": "Active",
        "companyName": "Additives Ltd",
        "companyIds": [COMPANY],
        "productDescription": "Additive for cream",
        "productIds": [PRODUCT],
        "productNameCompany": "Additive 9",
        "pcf": {
            "declaredUnitOfMeasurement": "piece",
            "declaredUnitAmount": "1",
            "productMassPerDeclaredUnit": "0.5",
            "referencePeriodStart": "2025-01-01T00:00:00Z",
            "referencePeriodEnd": "2026-01-01T00:00:00Z",
            "geographyCountry": "AT",
            "pcfExcludingBiogenicUptake": "2.4",
            "pcfIncludingBiogenicUptake": "0.79",
            "fossilGhgEmissions": "2.4",
            "fossilCarbonContent": "0",
            "biogenicCarbonContent": "0.44",
            "biogenicCO2Uptake": "-1.61",
            "ipccCharacterizationFactors": ["AR6"],
            "crossSectoralStandards": ["ISO14067"],
            "exemptedEmissionsPercent": "0",
        },
        **changed,
    }


@pytest.fixture(scope="module")
def keys(plant):
    """The TLS keys; the plant was told of their authority at its start."""
    folder = plant.state / "pact"
    folder.mkdir(exist_ok=True)
    if not (folder / "ca.crt").exists():
        certificates.broker(folder)
    return folder


@pytest.fixture(scope="module")
def exchange(plant, keys):
    """The supplier's exchange."""
    known = Exchange("batchproof", plant.environment["BATCHPROOF_PACT_FLOW"])
    with serve_exchange(known, keys) as known.url:
        yield known


@pytest.fixture(scope="module")
def supply(plant, exchange):
    """A product that the supplier's system is asked for: its id, client ID and secret."""
    dairy = plant.dairy()
    admin, manager = dairy.person("admin"), dairy.person("sustainability_manager")
    vals = [{"name": "Additives", "is_company": True}]
    [partner] = admin.call("res.partner", "create", vals)
    values = {"name": "Additive", "is_storable": True, "company_id": dairy.company_id}
    [product] = admin.call("product.product", "create", [values])
    values = {
        "name": "Additives' system",
        "partner_id": partner,
        "company_id": dairy.company_id,
        "peer_url": exchange.url,
        "peer_client": "batchproof",
        "peer_variable": "BATCHPROOF_PACT_FLOW",
        "supplier_company_ids": COMPANY,
        "supply_ids": [(0, 0, {"product_id": product, "supplier_keys": PRODUCT})],
    }
    [client] = manager.call("pact.client", "create", [values])
    shown = manager.call("pact.client", "action_make_secret", [client])["context"]
    [found] = manager.search_read("pact.supply", [("client_id", "=", client)], ["id"])
    return manager, found["id"], (shown["default_client"], shown["default_secret"])


def _received(supply) -> list[dict]:
    manager, number, _keys = supply
    names = ["uuid", "state", "fault_text", "kg_co2e", "version_id", "content", "origin"]
    return manager.search_read("pact.received", [("supply_id", "=", number)], names, order="id")


def test_a_supplier_s_list_is_read(supply, exchange):
    """By the button: a token, the list by product, a draft of a factor, the document as it was."""
    manager, number, _keys = supply
    exchange.footprints = [_document()]
    assert find_faults({"data": exchange.footprints}, "list") == []
    manager.call("pact.supply", "action_fetch", [number])
    assert exchange.queries == [f"/3/footprints?productId={PRODUCT}"]
    [found] = _received(supply)
    assert (found["state"], found["origin"], found["kg_co2e"]) == ("usable", "list", 4.8)
    assert json.loads(found["content"]) == exchange.footprints[0]
    [version] = manager.search_read(
        "carbon.factor.version", [("id", "=", found["version_id"][0])], ["state", "gwp_set"]
    )
    assert (version["state"], version["gwp_set"]) == ("draft", "AR6")


def test_a_request_of_ours_is_answered_through_our_own_door(plant, supply, exchange, keys):
    """Asked by an event; the answer of the right partner to the right request is taken, once."""
    manager, number, granted = supply
    manager.call("pact.supply", "action_ask", [number])
    path, asked = exchange.events.get(timeout=60)
    assert path == "/3/events" and asked["type"].endswith("RequestCreatedEvent.3")
    assert asked["data"] == {"productId": [PRODUCT], "status": ["Active"]}
    plain = plant.access["url"]
    with serve_front(plain, keys) as url:
        partner = Customer(url, plain, str(keys / "ca.crt"), *granted, is_reader=False)
        wrong = _document(companyIds=["urn:pact:other.example:company-id:1"])
        usable = _document(validityPeriodStart="2026-06-01T00:00:00Z")
        for key, documents in (("made-up", [usable]), (asked["id"], [usable, wrong])):
            answer = {"requestEventId": key, "pfs": documents}
            assert partner.tell("RequestFulfilled", answer).status_code == 200
        again = {"requestEventId": asked["id"], "pfs": [_document()]}
        assert partner.tell("RequestFulfilled", again).status_code == 200
    found = _received(supply)[1:]
    assert [each["uuid"] for each in found] == [usable["id"], wrong["id"]]
    assert [each["state"] for each in found] == ["usable", "refused"]
    assert "not of this supplier" in found[1]["fault_text"]
