# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Attacks with a plan, where the random changes of `test_verify_places.py` have none.

Who attacks has every genuine file and any key but the plant's; or the plant's own key, too late.
"""

import base64
import json
import re
from io import BytesIO

import pytest
from test_verify_lasting import NOW, Case, document, pki, signing
from verify_case import chain, judge, make_chain


@pytest.fixture(scope="module")
def authority():
    return pki.Authority("http://127.0.0.1:9", signer_days=300)


@pytest.fixture(scope="module")
def case(authority):
    return Case(authority=authority, day=NOW)


@pytest.fixture(scope="module")
def other(authority):
    """Another certificate of the same company."""
    return Case("BC/2", authority, NOW)


@pytest.fixture(scope="module")
def pdf(case):
    return case.sign()


def test_it_holds_as_issued(case, pdf):
    holds, text = case.judge(certificate_pdf=pdf)
    assert holds, text


# -- what is appended -------------------------------------------------------------------------


def append(pdf, change):
    """Return the file with a revision after it, as any editor writes one."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def add_note(writer):
    from pyhanko.pdf_utils import generic

    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 9, 9))),
            generic.pdf_name("/Contents"): generic.pdf_string("released after all"),
        }
    )
    writer.register_annotation(writer.find_page_for_modification(0)[0], writer.add_object(note))


def add_field(writer):
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    append_signature_field(writer, SigFieldSpec("Second"))


def add_evidence(writer):
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=())


def replace_pages(writer):
    """The shadow attack: the page is there twice, and a later revision shows the other one."""
    from pyhanko.pdf_utils import generic

    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)


def replace_data(writer):
    """The embedded data are exchanged for those of another certificate."""
    spec = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]
    stream = spec["/EF"]["/F"]
    stream._data = b"{}"
    writer.update_container(stream)


@pytest.mark.parametrize("change", [add_note, add_field, add_evidence, replace_pages, replace_data])
def test_what_is_appended_is_reported(case, pdf, change):
    changed = append(pdf, change)
    assert changed.startswith(pdf)
    holds, text = case.judge(certificate_pdf=changed)
    assert not holds
    assert "came after it was signed" in text


def test_a_document_time_stamp_is_no_exception(case, pdf):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfTimeStamper

    stamped = PdfTimeStamper(case.authority.get_stamper()).timestamp_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)), "sha256"
    )
    holds, text = case.judge(certificate_pdf=stamped.getvalue())
    assert not holds
    assert "one is expected and 2 were found" in text


# -- what is signed anew ----------------------------------------------------------------------


def test_signed_anew_by_a_key_of_the_same_names(case, pdf):
    """Everything is forged: whole in itself, and nobody who is trusted vouches for it."""
    forger = Case(authority=pki.Authority("http://127.0.0.1:9", signer_days=300), day=NOW)
    holds, text = case.judge(certificate_pdf=forger.sign())
    assert not holds
    assert "it was not issued by any authority of --trust" in text
    # the genuine data inside pages of a stranger: two keys
    holds, text = case.judge(certificate_pdf=forger.sign(inside=[case.declaration]))
    assert not holds
    assert "were signed with different ones" in text
    # by what the plant's own record says, without anybody to trust
    reports = forger.judge(certificate_pdf=forger.sign(), ledger_jsonl=case.make_ledger(pdf))
    assert "no entry certificate.issue names the snapshot" in reports[1]


def test_a_signer_who_plays_authority(case):
    """A certificate that may sign documents may not issue others."""
    leaf = case.authority.signer
    forged = pki.Unit("Test Dairy", leaf)
    forger = Case(authority=case.authority, day=NOW)
    bundle = forged.pem + leaf.pem + case.authority.sub.pem
    forger.identity = signing.load_identity(bundle, forged.key_pem)
    holds, text = case.judge(certificate_pdf=forger.sign())
    assert not holds
    assert "it was not issued by any authority of --trust" in text


def test_another_customer_of_the_same_authority(case):
    """A public authority certifies many: the name is for a person to compare, and is said."""
    stranger = pki.Unit("Somebody Else Ltd", case.authority.sub)
    forger = Case(authority=case.authority, day=NOW)
    bundle = stranger.pem + case.authority.sub.pem
    forger.identity = signing.load_identity(bundle, stranger.key_pem)
    body = json.loads(forger.snapshot)
    body["verification"] = {
        "certificate_sha256": signing.read_certificate(stranger.pem).fingerprint
    }
    text = chain.canonical(body)
    signature = signing.sign(forger.identity, text.encode())
    pem = forger.identity.certificate_pem.decode()
    forger.declaration = document.build(text, signature, pem).encode()
    said = case.judge(certificate_pdf=forger.sign())[1]
    assert (
        "names “Test Dairy” as its issuer, and the certificate is of CN=Somebody Else Ltd" in said
    )


@pytest.mark.parametrize("place", range(4))
def test_every_number_of_the_byte_range(case, pdf, place):
    """What the signature leaves out is its own space, to the byte."""
    found = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", pdf)
    for step in (-2, -1, 1, 2):
        number = str(int(found[place + 1]) + step).encode()
        if int(number) < 0 or len(number) != len(found[place + 1]):
            continue
        begin, end = found.span(place + 1)
        holds, _text = case.judge(certificate_pdf=pdf[:begin] + number + pdf[end:])
        assert not holds


def test_two_declarations_inside(case, other):
    """Of two, one reader shows the first and another one the last."""
    both = case.sign(inside=[case.declaration, other.declaration])
    holds, text = case.judge(certificate_pdf=both)
    assert not holds
    assert "one declaration.json is expected in the file and 2 were found" in text


# -- genuine files that do not belong together ------------------------------------------------


def test_genuine_files_of_two_certificates(case, other, pdf):
    between = [case.authority.sub.certificate]
    files = {"certificate_pdf": pdf, "declaration_json": other.declaration}
    assert case.judge(between, declaration_json=other.declaration)[0]
    holds, text = case.judge(between, **files)
    assert not holds
    assert "they differ" in text
    holds, text = case.judge(certificate_pdf=other.sign(), ledger_jsonl=case.make_ledger(pdf))
    assert not holds
    assert "no entry certificate.issue names the snapshot" in text


def test_other_pages_around_the_same_data(case, pdf):
    """Even signed by the plant's own key: the ledger holds the digest of the one it issued."""
    forged = case.sign(words="Ten times as much")
    assert case.judge(certificate_pdf=forged)[0]
    holds, text = case.judge(certificate_pdf=forged, ledger_jsonl=case.make_ledger(pdf))
    assert not holds
    assert "the ledger recorded" in text


# -- the ledger -------------------------------------------------------------------------------

BODIES = [{"event": "e", "details": {"n": number}} for number in range(6)]
LINES = make_chain("Dairy/audit.record", BODIES)
FORK = make_chain("Dairy/audit.record", [*BODIES[:3], {"event": "e", "details": {"n": 9}}])


@pytest.mark.parametrize(
    "lines",
    [
        LINES[1:],
        [*LINES[:2], *LINES[3:]],
        [*LINES[:3], LINES[2], *LINES[3:]],
        [*LINES, LINES[-1]],
        [LINES[1], LINES[0], *LINES[2:]],
        [*LINES[:4], FORK[3], *LINES[4:]],
        [*LINES[:3], FORK[3], *LINES[4:]],
        LINES[::-1],
        [*LINES, *LINES],
    ],
    ids=["head", "gap", "twice", "last twice", "order", "fork", "graft", "reversed", "all twice"],
)
def test_lines_that_are_not_the_chain(lines):
    assert judge("ledger.jsonl", ("\n".join(LINES) + "\n").encode()).report.holds
    assert not judge("ledger.jsonl", ("\n".join(lines) + "\n").encode()).report.holds


def test_a_tail_cut_off_or_forked_is_found_by_the_anchor(case, pdf):
    ledger = ("\n".join(LINES) + "\n").encode()
    anchor = case.make_anchor(ledger, NOW)
    assert case.judge(ledger_jsonl=ledger, anchor_json=anchor)[0]
    for lines in (LINES[:-1], FORK):
        shorter = ("\n".join(lines) + "\n").encode()
        assert judge("ledger.jsonl", shorter).report.holds
        assert not case.judge(ledger_jsonl=shorter, anchor_json=anchor)[0]


def test_a_damaged_certificate_beside_a_stamp_is_said_in_words(case):
    """Found by 3 000 random places: the kind of a text in a name that no standard knows."""
    ledger = ("\n".join(LINES) + "\n").encode()
    anchor = json.loads(case.make_anchor(ledger))
    token = bytearray(base64.b64decode(anchor["stamps"][0]["token"]))
    name = b"\x06\x03\x55\x04\x03"  # a common name; the byte after it says how it is spelt
    for place in [found.end() for found in re.finditer(name, bytes(token))]:
        changed = bytearray(token)
        changed[place] = 116
        anchor["stamps"][0]["token"] = base64.b64encode(changed).decode()
        text = (chain.canonical(anchor) + "\n").encode()
        assert not case.judge(ledger_jsonl=ledger, anchor_json=text)[0]


@pytest.mark.parametrize("form", ["NFD", "NFKC"])
def test_names_in_another_normal_form(case, form):
    """The same to the eye, other bytes: a name is compared as it was signed."""
    import unicodedata

    body = make_chain("Dairy/audit.record", [{"event": "Käserei ﬁn", "details": {}}])[0]
    changed = unicodedata.normalize(form, body)
    assert changed != body
    assert not judge("ledger.jsonl", (changed + "\n").encode()).report.holds
