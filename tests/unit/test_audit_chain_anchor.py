# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The digest over all chains, the file that carries it outside, and the stamp on it."""

import asyncio
import dataclasses
import datetime
import doctest
import hashlib
import importlib
import random

import pytest
from conftest import ADDONS, _package, load_tool

merkle = load_tool("audit_chain", "merkle")
timestamp = load_tool("audit_chain", "timestamp")
_package("odoo.addons.audit_chain.tests", ADDONS / "audit_chain" / "tests")
tsa = importlib.import_module("odoo.addons.audit_chain.tests.tsa")

DIGEST = hashlib.sha256(b"what is stamped").digest()
HEADS = [
    merkle.Head(f"Dairy/{name}", number, f"{number:064x}") for number, name in enumerate("abcde")
]


@pytest.fixture(scope="module")
def authority():
    return tsa.Authority()


def stamp(authority, digest=DIGEST, moment=None):
    return asyncio.run(authority.get_stamper(moment).async_timestamp(digest, "sha256")).dump()


# -- the tree --------------------------------------------------------------------------------------


def get_root(heads=HEADS, company="Käserei", made="2026-11-22T02:30:00Z"):
    return merkle.get_root(company, made, heads)


def test_root_is_that_of_rfc_6962():
    """Computed by hand for a header and two heads: ((header, first), second)."""
    header = {"company": "Käserei", "format": merkle.FORMAT, "made": "2026-11-22T02:30:00Z"}
    one, two, three = map(merkle.get_leaf, (header, *map(dataclasses.asdict, HEADS[:2])))
    text = '{"chain":"Dairy/a","hash":"' + "0" * 64 + '","seq":0}'
    assert two == hashlib.sha256(b"\x00" + text.encode()).digest()
    left = hashlib.sha256(b"\x01" + one + two).digest()
    assert get_root(HEADS[:2]) == hashlib.sha256(b"\x01" + left + three).hexdigest()
    assert get_root([]) == one.hex()


def test_order_does_not_matter_and_everything_else_does():
    root = get_root()
    assert get_root(random.Random(5).sample(HEADS, len(HEADS))) == root
    for changed in (
        merkle.Head("Dairy/A", HEADS[0].seq, HEADS[0].hash),
        merkle.Head(HEADS[0].chain, 9, HEADS[0].hash),
        merkle.Head(HEADS[0].chain, HEADS[0].seq, "f" * 64),
    ):
        assert get_root([changed, *HEADS[1:]]) != root
    assert get_root(HEADS[1:]) != root
    assert get_root(company="Molkerei") != root
    assert get_root(made="2025-11-22T02:30:00Z") != root


def test_no_byte_of_an_anchor_file_can_change():
    text = merkle.build("Käserei", "2026-11-22T02:30:00Z", HEADS)
    assert not merkle.parse(text).problem
    content = text.encode()
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        try:
            assert merkle.parse(changed.decode()).problem, place
        except UnicodeDecodeError:
            continue


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON"),
        ("[]", "exactly the fields"),
        (
            merkle.build("D", "", HEADS).replace("anchor/1", "anchor/2"),
            "is not batchproof-anchor/1",
        ),
        (merkle.build("D", "", [HEADS[0], HEADS[0]]), "twice"),
        (merkle.build("D", "", HEADS).replace('"seq":1', '"seq":true'), "exactly a chain"),
        (merkle.build("D", "", HEADS).replace(":", ": ", 1), "canonical"),
        (merkle.build("D", "", HEADS).replace('"stamps":[]', '"stamps":[1]'), "rfc3161"),
    ],
)
def test_other_files_are_refused_in_words(text, problem):
    assert problem in merkle.parse(text).problem


# -- the stamp -------------------------------------------------------------------------------------


def test_a_stamp_says_when_and_by_whom(authority):
    moment = datetime.datetime(2026, 3, 4, 5, 6, 7, tzinfo=datetime.UTC)
    authority = tsa.Authority()
    moment = max(moment, authority.leaf.not_valid_before_utc)
    found = timestamp.read(stamp(authority, moment=moment), DIGEST, [authority.pem.encode()])
    assert found.moment == moment
    assert found.is_trusted
    assert "Test time authority unit 1" in found.authority
    assert len(found.companions) == 1


def test_a_stamp_of_a_stranger_is_known_as_one(authority):
    stranger = tsa.Authority()  # of the same name
    assert not timestamp.read(stamp(stranger), DIGEST, [authority.pem.encode()]).is_trusted
    assert not timestamp.read(stamp(stranger), DIGEST).is_trusted


def test_a_stamp_of_something_else_proves_nothing(authority):
    with pytest.raises(timestamp.StampError, match="something else"):
        timestamp.read(stamp(authority), hashlib.sha256(b"other").digest())


@pytest.mark.parametrize("token", [b"", b"x", b"0\x80", b"0\x03\x02\x01\x01"])
def test_garbage_is_refused_in_words(token):
    with pytest.raises(timestamp.StampError):
        timestamp.read(token, DIGEST)


def test_no_signed_byte_of_a_stamp_can_change(authority):
    """Every byte of what is stamped, of the signed attributes and of the signature."""
    from asn1crypto import cms

    token = stamp(authority)
    data = cms.ContentInfo.load(token)["content"]
    signer = data["signer_infos"][0]
    parts = [
        data["encap_content_info"]["content"].parsed.dump(),
        signer["signed_attrs"].dump(),
        signer["signature"].native,
    ]
    for part in parts:
        start = token.index(part)
        for place in range(start, start + len(part), 3):
            changed = bytearray(token)
            changed[place] ^= 1
            with pytest.raises(timestamp.StampError):
                timestamp.read(bytes(changed), DIGEST, [authority.pem.encode()])


def test_doctests():
    assert doctest.testmod(merkle).failed == 0
