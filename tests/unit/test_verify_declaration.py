# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`declaration.json`: hash, signature and certificate, and every byte of them."""

import datetime
import json

import pytest
from verify_case import (
    SNAPSHOT,
    chain,
    identities,
    judge,
    make_certificate,
    make_declaration,
    to_pem,
)


def check(content, trusted=()):
    """Return the report and the facts."""
    item = judge("declaration.json", content, trusted)
    return item.report, item.facts


def change(content, how):
    """Return the declaration after `how` has changed it, in canonical form."""
    document = json.loads(content)
    how(document)
    return chain.canonical(document).encode()


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_sound_document(kind):
    report, facts = check(make_declaration(kind=kind))
    assert report.holds, report.to_text()
    assert facts["snapshot"]["lot"] == SNAPSHOT["lot"]
    text = report.to_text()
    assert f"development {kind}" in text
    assert "it is a development key" in text
    assert "is not known here: give the authority's certificate with --trust" in text


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_every_byte_counts(kind):
    content = make_declaration(kind=kind)
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1
        report, _facts = check(bytes(changed))
        assert not report.holds, (position, bytes(changed[position - 20 : position + 20]))


@pytest.mark.parametrize(
    ("how", "where"),
    [
        (lambda d: d["snapshot"].update(lot="MILCH-0002"), "field sha256"),
        (lambda d: d.update(sha256="0" * 64), "field sha256"),
        (lambda d: d["signature"].update(value="AAAA"), "field signature.value"),
        (lambda d: d["signature"].update(value="!"), "field signature.value"),
        (lambda d: d["signature"].update(algorithm="none"), "field signature.algorithm"),
        (lambda d: d["signature"].update(algorithm="RSA-SHA256"), "field signature.value"),
        (lambda d: d["signature"].update(certificate="x"), "field signature.certificate"),
        (lambda d: d.update(format="other/2"), "field format"),
        (lambda d: d.update(extra=1), "top level"),
        (lambda d: d.pop("signature"), "top level"),
        (lambda d: d.update(snapshot=[]), "field snapshot"),
    ],
)
def test_each_part_is_named(how, where):
    report, _facts = check(change(make_declaration(), how))
    assert not report.holds
    assert where in report.to_text()


def test_hash_recomputed_by_the_forger():
    import hashlib

    def forge(document):
        document["snapshot"]["lot"] = "MILCH-0002"
        text = chain.canonical(document["snapshot"])
        document["sha256"] = hashlib.sha256(text.encode()).hexdigest()

    report, _facts = check(change(make_declaration(), forge))
    assert "the signature does not belong to this snapshot" in report.to_text()


def test_certificate_swapped_for_another_of_the_same_key():
    key = identities()["ec"][1]
    other = to_pem(make_certificate("Somebody else", key))
    report, _facts = check(
        change(make_declaration(), lambda d: d["signature"].update(certificate=other))
    )
    assert "the snapshot names another" in report.to_text()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b"null", b'"x"', b"{}" * 9000, b"[" * 10**5]
)
def test_garbage_is_refused_in_words(content):
    report, _facts = check(content)
    assert not report.holds


def test_other_spelling_is_named_with_its_byte():
    content = make_declaration().replace(b'{"format":', b'{"format": ', 1)
    report, _facts = check(content)
    assert "byte 10: altered: not in canonical form" in report.to_text()


def test_line_end_after_the_document_is_allowed():
    assert check(make_declaration() + b"\n")[0].holds


@pytest.mark.parametrize(
    ("days", "holds"),
    [(-2, False), (0, True), (364, True), (366, False)],
    ids=["before its time", "on its first days", "on its last days", "after its time"],
)
def test_only_the_moment_of_the_signature_must_lie_in_the_certificates_time(days, holds):
    """The certificate of the tests is valid from yesterday for 366 days."""
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    issued = {"utc": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
    report, _facts = check(make_declaration({**SNAPSHOT, "issued": issued}))
    assert report.holds == holds, report.to_text()
    assert ("and the signature says" in report.to_text()) != holds


def test_pinned_authority():
    report, _facts = check(make_declaration(), [identities()["authority"]])
    assert report.holds
    assert "it leads to the authority you trust" in report.to_text()


def test_other_authority():
    other = make_certificate("Other authority", identities()["rsa"][1])
    report, _facts = check(make_declaration(), [other])
    assert not report.holds
    assert "it was not issued by any authority of --trust" in report.to_text()
