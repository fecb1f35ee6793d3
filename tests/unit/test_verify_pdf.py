# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`certificate.pdf`: the PAdES signature, what comes after it, and the file inside."""

import random

import pytest
from verify_case import SNAPSHOT, identities, judge, make_declaration, make_pdf


@pytest.fixture(scope="module")
def signed():
    return make_pdf(make_declaration())


def check(content, trusted=()):
    """Return the report and the facts."""
    item = judge("certificate.pdf", content, trusted)
    return item.report, item.facts


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_sound_file(kind):
    report, facts = check(make_pdf(make_declaration(kind=kind), kind), [identities()["authority"]])
    assert report.holds, report.to_text()
    assert facts["snapshot"]["number"] == SNAPSHOT["number"]
    assert facts["certificate"] == facts["pdf_certificate"]
    assert "it covers every byte and the file is unchanged since" in report.to_text()
    assert "development key" in report.to_text()


def test_changed_bytes_all_over_the_file(signed):
    for position in range(0, len(signed), 61):
        changed = bytearray(signed)
        changed[position] ^= 1
        report, _facts = check(bytes(changed))
        assert not report.holds, position
        assert "FAILED" in report.to_text()


def test_changed_bytes_in_the_signature_itself(signed):
    begin = signed.index(b"/Contents <3") + 11
    size = 2 * (4 + int(signed[begin + 4 : begin + 8], 16))  # DER: 30 82 and two bytes of length
    end = signed.index(b">", begin)
    spread = random.Random(11)
    positions = [*range(begin, begin + 110), *spread.sample(range(begin + size, end), 60)]
    for position in positions:
        changed = bytearray(signed)
        changed[position] = ord("1" if signed[position] != ord("1") else "2")
        report, _facts = check(bytes(changed))
        assert not report.holds, (position, chr(signed[position]))


def test_place_of_hidden_bytes_is_named(signed):
    position = signed.index(b"00>", signed.index(b"/Contents <3"))
    changed = bytearray(signed)
    changed[position] = ord("7")
    report, _facts = check(bytes(changed))
    assert f"byte {position}: altered" in report.to_text()


def test_bytes_after_the_signature_are_named(signed):
    report, _facts = check(signed + b"\n% one more remark\n")
    assert f"bytes {len(signed)} to {len(signed) + 19} came after it was signed" in report.to_text()


def test_later_revision_is_named(signed):
    from io import BytesIO

    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(signed))
    writer.root["/Remark"] = generic.pdf_string("released after all")
    writer.update_root()
    buffer = BytesIO()
    writer.write(buffer)
    report, _facts = check(buffer.getvalue())
    assert not report.holds
    assert "came after it was signed" in report.to_text()


def test_unsigned_file():
    from io import BytesIO

    from pyhanko.pdf_utils import generic, writer

    plain = writer.PdfFileWriter()
    content = plain.add_object(generic.StreamObject(stream_data=b""))
    plain.insert_page(writer.PageObject(contents=content, media_box=(0, 0, 9, 9)))
    buffer = BytesIO()
    plain.write(buffer)
    report, _facts = check(buffer.getvalue())
    assert "one is expected and 0 were found" in report.to_text()


def test_document_of_another_key_inside():
    report, _facts = check(make_pdf(make_declaration(kind="rsa"), "ec"))
    assert not report.holds
    assert "were signed with different ones" in report.to_text()


def test_tampered_document_inside():
    document = make_declaration().replace(b"MILCH-0001", b"MILCH-0002")
    report, _facts = check(make_pdf(document))
    assert "embedded declaration.json: field sha256" in report.to_text()


@pytest.mark.parametrize("content", [b"", b"x", b"%PDF-", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\n" * 99])
def test_garbage_is_refused_in_words(content):
    assert not check(content)[0].holds


def test_another_key_of_the_same_names():
    """Whoever can make keys can make files that are whole; the authority's key tells them apart."""
    forged = make_pdf(make_declaration(kind="forged"), "forged")
    assert check(forged)[0].holds
    report, _facts = check(forged, [identities()["authority"]])
    assert "it was not issued by any authority of --trust" in report.to_text()


def test_wrong_authority(signed):
    from verify_case import make_certificate

    other = make_certificate("Other authority", identities()["rsa"][1])
    assert not check(signed, [other])[0].holds
