# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The cases 0 to 40 of the public PACT conformance suite, as its client runs them against a plant.

A batch is made in the dairy, its footprint published and replaced by a second one through the
buttons of two people; then a customer's system asks, through a front that ends TLS, and gets its
answers at an exchange of its own, which is encrypted and wants a token too. Addresses, headers,
bodies and what is looked at are those of the public suite (its runner reads no more than this);
every answer is held against a schema of the data model.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import requests
from client import WebSession
from front import Exchange, serve_exchange, serve_front
from pact_customer import FORM, Customer
from pact_schema import find_faults
from plant import certificates

NOBODY = "very-invalid-access-token-4f9b4b3b9c05bc35"
PASSWORD = "Second-Manager-9"
NAMES = ("productId", "companyId", "geography", "classification")
MOMENTS = ("validOn", "validAfter", "validBefore")


@pytest.fixture(scope="module")
def keys(plant):
    """The TLS keys of front and exchange; the plant was told of their authority at its start."""
    folder = plant.state / "pact"
    folder.mkdir(exist_ok=True)
    if not (folder / "ca.crt").exists():
        certificates.broker(folder)
    return folder


@pytest.fixture(scope="module")
def exchange(plant, keys):
    """The customer's own exchange."""
    known = Exchange("batchproof", plant.environment["BATCHPROOF_PACT_FLOW"])
    with serve_exchange(known, keys) as known.url:
        yield known


@pytest.fixture(scope="module")
def customer(plant, keys, exchange):
    """A customer's system with access to two footprints of one product."""
    granted = _prepare(plant.dairy(), exchange.url)
    plain = plant.access["url"]
    with serve_front(plain, keys) as url:
        yield Customer(url, plain, str(keys / "ca.crt"), *granted)


def _prepare(plant, peer_url) -> tuple[str, str]:
    """Make batch, footprints and access by the people's own buttons; return ID and secret."""
    admin = plant.person("admin")
    product = _make_product(plant, admin)
    _make_batch(plant, admin, product)
    manager, second = plant.person("sustainability_manager"), _make_second(plant, admin)
    for comment in ("first", "recalculated"):
        values = {
            "product_id": product,
            "company_id": plant.company_id,
            "period_start": str(date.today() - timedelta(days=2)),
            "period_end": str(date.today() + timedelta(days=1)),
            "comment": comment,
        }
        [footprint] = manager.call("pact.footprint", "create", [values])
        manager.call("pact.footprint", "action_submit", [footprint])
        second.sign("pact.footprint", footprint, "approve", "")
    return _grant(plant, manager, product, peer_url)


def _make_product(plant, admin) -> int:
    country = admin.search_read("res.country", [("code", "=", "AT")], ["id"])[0]["id"]
    companies = {
        "pact_company_ids": "urn:pact:dairy.example:company-id:1",
        "country_id": country,
    }
    admin.call("res.company", "write", [plant.company_id], companies)
    code = uuid.uuid4().hex[:8]
    values = {
        "name": f"Cream {code}",
        "is_storable": True,
        "company_id": plant.company_id,
        "mb_carbon_share": 0.3,
        "biomass_content": 100.0,
        "pact_product_ids": f"urn:pact:dairy.example:product-id:{code}",
        "pact_classifications": "urn:pact:productclassification:un-cpc:22110",
        "uom_id": _kg(admin),
    }
    return admin.call("product.product", "create", [values])[0]


def _kg(admin) -> int:
    return admin.call("ir.model.data", "check_object_reference", "uom", "product_uom_kgm")[1]


def _make_batch(plant, admin, product) -> None:
    """Finish an order of 90 kg from 100 kg of something that has a factor."""
    factor = admin.search_read("carbon.factor", [("code", "=", "NAPHTHA-GB-WTT")], ["id"])[0]["id"]
    values = {
        "name": "Naphtha for cream",
        "company_id": plant.company_id,
        "carbon_factor_id": factor,
        "uom_id": _kg(admin),
    }
    [naphtha] = admin.call("product.product", "create", [values])
    order = {
        "product_id": product,
        "product_qty": 90.0,
        "company_id": plant.company_id,
        "move_raw_ids": [(0, 0, {"product_id": naphtha, "product_uom_qty": 100.0})],
    }
    [production] = admin.call("mrp.production", "create", [order])
    admin.call("mrp.production", "action_confirm", [production])
    admin.call("mrp.production", "write", [production], {"qty_producing": 90.0})
    moves = admin.search_read(
        "stock.move", [("raw_material_production_id", "=", production)], ["id"]
    )
    for move in moves:
        admin.call("stock.move", "write", [move["id"]], {"quantity": 100.0, "picked": True})
    admin.call("mrp.production", "button_mark_done", [production])
    found = admin.search_read(
        "carbon.footprint", [("production_id", "=", production)], ["state", "gap_text"]
    )
    assert found and found[0]["state"] == "complete", found


def _make_second(plant, admin) -> WebSession:
    """Return the session of a second sustainability manager: four eyes approve."""
    group = admin.call(
        "ir.model.data", "check_object_reference", "mass_balance", "group_mass_balance_manager"
    )[1]
    login = f"second-{uuid.uuid4().hex[:8]}@demo.example"
    values = {
        "name": "Stefan Second",
        "login": login,
        "password": PASSWORD,
        "company_id": plant.company_id,
        "company_ids": [(6, 0, [plant.company_id])],
        "group_ids": [(4, group)],
    }
    admin.call("res.users", "create", [values])
    access = plant.access
    return WebSession(access["url"], access["database"], login, PASSWORD, plant.company_id)


def _grant(plant, manager, product, peer_url) -> tuple[str, str]:
    vals = [{"name": "Bakery", "is_company": True}]
    [partner] = plant.person("admin").call("res.partner", "create", vals)
    values = {
        "name": "Bakery's purchasing",
        "partner_id": partner,
        "company_id": plant.company_id,
        "product_ids": [(6, 0, [product])],
        "peer_url": peer_url,
        "peer_client": "batchproof",
        "peer_variable": "BATCHPROOF_PACT_FLOW",
    }
    [client] = manager.call("pact.client", "create", [values])
    shown = manager.call("pact.client", "action_make_secret", [client])["context"]
    return shown["default_client"], shown["default_secret"]


def _code(answer) -> str:
    """Return the code of an error, a sentence where it has not the form of one."""
    body = answer.json()
    return "; ".join(find_faults(body, "error")) or body["code"]


# -- tokens -------------------------------------------------------------------------------------


def test_case_00_a_run_can_begin(customer):
    """There are two footprints at least, the first one has a product, and there is a link."""
    assert len(customer.footprints) >= 2 and customer.footprints[0]["productIds"]
    assert list(customer.links) == ["next"]
    assert customer.footprints[0]["status"] == "Active"


def test_case_01_a_token_with_valid_credentials(customer):
    """In the header, and in the form."""
    answer = customer.ask_token(customer.key, customer.secret)
    assert answer.status_code == 200 and find_faults(answer.json(), "token") == []
    assert answer.json()["token_type"].lower() == "bearer" and answer.json()["expires_in"] <= 3600
    form = FORM | {"client_id": customer.key, "client_secret": customer.secret}
    answer = customer.http.post(customer.token_url, data=form, timeout=60)
    assert answer.status_code == 200 and answer.json()["access_token"]


def test_case_02_no_token_with_invalid_credentials(customer):
    """A wrong secret, an unknown client, both made up."""
    made_up = secrets.token_hex(8), secrets.token_hex(8)
    for pair in ((customer.key, "wrong"), ("unknown", customer.secret), made_up):
        answer = customer.ask_token(*pair)
        assert answer.status_code in (400, 401)
        assert answer.json()["error"] == "invalid_client"


# -- read ---------------------------------------------------------------------------------------


def test_case_03_one_footprint(customer):
    """By its id, whole, in the form of the data model."""
    wanted = customer.footprints[0]
    answer = customer.get(f"/3/footprints/{wanted['id']}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert find_faults(answer.json(), "one") == []
    found = answer.json()["data"]
    assert found == wanted and found["specVersion"] == "3.0.3"
    # 100 kg at 640.41464 kg CO2e a tonne for 90 kg; 0.3 kg of biogenic carbon took up 1.1 kg CO2
    pcf = found["pcf"]
    assert pcf["pcfExcludingBiogenicUptake"] == "0.711571822"
    assert pcf["pcfIncludingBiogenicUptake"] == "-0.388428178"


def test_case_04_the_list(customer):
    """Both footprints, the one in force first; as many as at the beginning of the run."""
    answer = customer.get("/3/footprints")
    assert answer.status_code == 200 and find_faults(answer.json(), "list") == []
    assert answer.json()["data"] == customer.footprints
    assert [each["status"] for each in customer.footprints] == ["Active", "Deprecated"]
    active, replaced = customer.footprints
    assert active["precedingPfIds"] == [replaced["id"]]


def test_case_05_pages(customer):
    """The link of the first page is absolute, on the same host, and leads to the rest."""
    link = customer.links["next"]
    assert link.startswith(f"{customer.url}/3/footprints?")
    following = customer.get(link)
    assert following.status_code == 200 and find_faults(following.json(), "list") == []
    assert following.json()["data"] == customer.footprints[1:]
    assert "link" not in following.headers


def test_case_06_no_list_with_an_invalid_token(customer):
    """A token that was never given; the suite wants this very code."""
    answer = customer.get("/3/footprints", token=NOBODY)
    assert (answer.status_code, _code(answer)) == (401, "BadRequest")


def test_case_07_no_footprint_with_an_invalid_token(customer):
    """A token that was never given; the suite wants this very code."""
    answer = customer.get(f"/3/footprints/{customer.footprints[0]['id']}", token=NOBODY)
    assert (answer.status_code, _code(answer)) == (401, "BadRequest")


@pytest.mark.parametrize("name", (str(uuid.UUID(int=0)), "random-string-as-id-Xy9"))
def test_case_08_an_unknown_footprint(customer, name):
    """It is not there, and the answer says no more."""
    answer = customer.get(f"/3/footprints/{name}")
    assert (answer.status_code, _code(answer)) == (404, "NotFound")


# -- plain HTTP ---------------------------------------------------------------------------------


def _is_closed(customer, call) -> bool:
    """Tell whether the front speaks no plain HTTP, and the plant behind it says no over it."""
    try:
        call(customer.url.replace("https", "http", 1))
    except requests.ConnectionError:
        answer = call(customer.plain)
        return answer.status_code == 403 and _code(answer) == "AccessDenied"
    return False


def test_case_09_no_token_over_plain_http(customer):
    """Not with the right credentials either."""
    path = urlsplit(customer.token_url).path
    assert _is_closed(
        customer, lambda url: customer.ask_token(customer.key, customer.secret, url + path)
    )


def test_case_10_no_list_over_plain_http(customer):
    """Not with a valid token either."""
    assert _is_closed(customer, lambda url: customer.get("/3/footprints", url=url))


def test_case_11_no_footprint_over_plain_http(customer):
    """Not with a valid token either."""
    path = f"/3/footprints/{customer.footprints[0]['id']}"
    assert _is_closed(customer, lambda url: customer.get(path, url=url))


# -- events -------------------------------------------------------------------------------------


def test_cases_12_13_a_request_is_fulfilled(customer, exchange):
    """Taken with 200, answered by an event to the customer's own exchange."""
    wanted = customer.footprints[0]["productIds"]
    key = f"{customer.run}/13"
    data = {"productId": wanted, "comment": "Please send PCF data for this year."}
    answer = customer.tell("RequestCreated", data, key=key)
    assert (answer.status_code, answer.text) == (200, "")
    body = exchange.wait_for(key)
    assert find_faults(body, "fulfilled") == []
    assert body["data"]["pfs"] == [customer.footprints[0]]
    assert {name for each in body["data"]["pfs"] for name in each["productIds"]} <= set(wanted)


def test_cases_14a_14b_a_request_is_rejected(customer, exchange):
    """Of a product that is not there: taken, and rejected with a code and a message."""
    key = f"{customer.run}/14.B"
    data = {"productId": ["urn:pact:null"], "comment": "Please send PCF data for this year."}
    assert customer.tell("RequestCreated", data, key=key).status_code == 200
    body = exchange.wait_for(key)
    assert find_faults(body, "rejected") == []
    assert body["data"]["error"]["code"] == "NotFound" and body["data"]["error"]["message"]


def test_case_15_a_notice_is_taken(customer):
    """That the customer has published a footprint of its own."""
    data = {"pfIds": ["3a6c14a7-4deb-498a-b5ea-16ce2535b576"]}
    assert customer.tell("Published", data).status_code == 200


def test_case_16_no_event_with_an_invalid_token(customer):
    """A token that was never given; the suite wants this very code."""
    data = {"pfIds": ["3a6c14a7-4deb-498a-b5ea-16ce2535b576"]}
    answer = customer.tell("Published", data, NOBODY, key=f"{customer.run}/16")
    assert (answer.status_code, _code(answer)) == (401, "BadRequest")


def test_case_17_no_event_over_plain_http(customer):
    """Not with a valid token either."""
    data = {"pfIds": [str(uuid.uuid4())]}
    assert _is_closed(customer, lambda url: customer.tell("Published", data, url=url))


def test_cases_18_19_the_token_endpoint_is_found(customer):
    """By OpenID Connect discovery; right credentials open it, wrong ones do not."""
    assert customer.token_url == f"{customer.url}/auth/token"
    for secret, status in ((customer.secret, 200), ("wrong", 401)):
        assert customer.ask_token(customer.key, secret).status_code == status


# -- filters ------------------------------------------------------------------------------------


def _day(moment: str, days: int) -> str:
    """Return the moment so many days later, as the suite's language writes it."""
    found = datetime.fromisoformat(moment) + timedelta(days=days)
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _values(footprint) -> dict:
    """Return what the suite asks for, all of it taken from the first footprint of the list."""
    start, end = footprint["validityPeriodStart"], footprint["validityPeriodEnd"]
    return {
        "productId": footprint["productIds"][0],
        "companyId": footprint["companyIds"][0],
        "geography": footprint["pcf"]["geographyCountry"],
        "classification": footprint["productClassifications"][0],
        "validOn": start,
        "validAfter": _day(start, -1),
        "validBefore": _day(end, 1),
        "status": footprint["status"],
    }


@pytest.mark.parametrize(
    "name", [pytest.param(n, id=f"case_{20 + i}_{n}") for i, n in enumerate((*NAMES, *MOMENTS))]
)
def test_a_filter_that_matches(customer, name):
    """Cases 20 to 26: every footprint has what was asked for; both have it."""
    found = customer.list({name: _values(customer.footprints[0])[name]})
    assert found == customer.footprints
    assert find_faults({"data": found}, "list") == []


def test_an_empty_filter_asks_for_nothing(customer):
    """The suite sends one where the first footprint names no place or class."""
    for name in ("geography", "classification"):
        assert customer.list({name: ""}) == customer.footprints


def test_case_27_the_status(customer):
    """Each status alone."""
    for footprint in customer.footprints:
        assert customer.list({"status": footprint["status"]}) == [footprint]


def test_case_28_two_parameters_must_both_match(customer):
    """Status and product."""
    values = _values(customer.footprints[0])
    found = customer.list({name: values[name] for name in ("status", "productId")})
    assert found == customer.footprints[:1]


def test_case_29_one_value_of_a_parameter_must_match(customer):
    """The company, among two that are none and no URNs."""
    company = _values(customer.footprints[0])["companyId"]
    found = customer.list([("companyId", each) for each in (company, "hT4sKq2x", "Zb81mWe0")])
    assert found == customer.footprints


NOTHING = (
    {"productId": "urn:bogus:product:1"},
    {"companyId": "urn:bogus:company:1"},
    {"geography": "XX"},
    {"classification": "urn:bogus:classification:1"},
    {"validOn": "1900-01-01T00:00:00Z"},
    {"validAfter": "2099-12-31T23:59:59Z"},
    {"validBefore": "1900-01-01T00:00:00Z"},
    {"status": "BogusStatus"},
    {"companyId": "urn:bogus:company:1", "productId": "urn:bogus:product:1"},
    {"companyId": ["urn:bogus:company:1", "urn:bogus:company:2"]},
)


@pytest.mark.parametrize(
    "params", [pytest.param(each, id=f"case_{30 + i}") for i, each in enumerate(NOTHING)]
)
def test_a_filter_that_matches_nothing(customer, params):
    """Cases 30 to 39: an empty list, and no error."""
    assert customer.list(params) == []


def test_case_40_a_malformed_event(customer):
    """Its ids are no UUIDs."""
    answer = customer.tell("Published", {"pfIds": ["urn:gtin:4712345060507"]})
    assert (answer.status_code, _code(answer)) == (400, "BadRequest")


# -- what other clients do ----------------------------------------------------------------------


def test_the_way_a_client_writes_changes_nothing(customer):
    """A slash at the end, names in other case, filters of version 2, a token of small letters."""
    token = {"Authorization": f"bearer {customer.token}"}
    for query in ("/", "?limit=999999999999", "?$filter=created ge 2020", "?STATUS=active&status="):
        answer = customer.http.get(f"{customer.url}/3/footprints{query}", headers=token, timeout=60)
        assert answer.status_code == 200, query
        assert answer.json()["data"][0] == customer.footprints[0], query
    none = customer.get("/3/footprints?limit=0")
    assert (none.status_code, none.json()) == (200, {"data": []}) and none.links["next"]["url"]
