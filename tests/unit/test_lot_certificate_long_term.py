# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Long-term validation: a real authority of the tests' own is asked over HTTP, and its answers are
in the one revision that is signed; pyHanko, Poppler and `scripts/verify` judge it years later.
"""

import asyncio
import datetime
import importlib
import shutil
import subprocess
from io import BytesIO

import pytest
from conftest import ADDONS, _package, load_tool

pytest.importorskip("weasyprint")
signing = load_tool("lot_certificate", "signing")
pades = load_tool("lot_certificate", "pades")
_package("odoo.addons.lot_certificate.tests", ADDONS / "lot_certificate" / "tests")
pki = importlib.import_module("odoo.addons.lot_certificate.tests.pki")
revocation = importlib.import_module("odoo.addons.lot_certificate.revocation")


@pytest.fixture
def authority():
    revocation.forget()
    with pki.serve() as authority:
        yield authority


def ask(authority, unit=None, **kwargs):
    """Return the evidence for a unit of the authority, asked over HTTP."""
    unit = unit or authority.signer
    others = [each.certificate.public_bytes(pki.DER) for each in (authority.sub, authority.root)]
    return revocation.get_evidence(unit.certificate.public_bytes(pki.DER), others, **kwargs)


def sign(authority, evidence, stamper=None):
    """Return a PDF of one page, signed with the evidence in it."""
    import weasyprint

    printed = weasyprint.HTML(string="<h1>Batch certificate</h1>").write_pdf(pdf_variant="pdf/a-3b")
    identity = signing.load_identity(authority.bundle, authority.signer.key_pem)
    stamper = stamper or authority.get_stamper()
    return pades.sign_pdf(
        printed, identity, reason="R", signer="D", timestamper=stamper, evidence=evidence
    )


def ask_both(authority):
    """Return the evidence for the signature and its stamp."""
    trusted = [authority.root.certificate.public_bytes(pki.DER)]
    stamp = ask(authority, authority.stamper, purpose="time_stamping", trusted=trusted)
    return ask(authority) + stamp


def test_everything_is_in_one_revision(authority):
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    evidence = ask_both(authority)
    signed = sign(authority, evidence)
    assert evidence.is_complete
    assert pades.get_level(signed, evidence) == pades.LONG_TERM
    reader = PdfFileReader(BytesIO(signed))
    (embedded,) = reader.embedded_signatures
    assert int(embedded.byte_range[2]) + int(embedded.byte_range[3]) == len(signed)
    store = DocumentSecurityStore.read_dss(reader)
    # root, intermediate, signer, stamper, and who answers for the intermediate
    assert len(store.certs) == 5
    assert len(store.crls) == 2
    assert len(store.ocsps) == 1
    # the printed file and the signed one: nothing in between, nothing after it
    assert signed.count(b"startxref") == 2


def test_pyhanko_accepts_it_after_the_certificate_has_expired(authority):
    """A year later the signer's certificate is out of its time; only what is inside is used."""
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.ltv import (
        RevocationInfoValidationType,
        async_validate_pdf_ltv_signature,
    )
    from pyhanko_certvalidator import ValidationContext

    signed = sign(authority, ask_both(authority))
    later = datetime.datetime.now(datetime.UTC) + 365 * pki.DAY
    assert later > authority.signer.certificate.not_valid_after_utc
    (embedded,) = PdfFileReader(BytesIO(signed)).embedded_signatures
    roots = list(load_certs_from_pemder_data(authority.root.pem))
    # the stamp's own key is judged as of that day, as an archive would renew it
    today = [authority.make_list(name, later) for name in ("sub", "root")]
    authority.is_silent = True
    with pytest.warns(DeprecationWarning):
        status = asyncio.run(
            async_validate_pdf_ltv_signature(
                embedded,
                RevocationInfoValidationType.PADES_LT,
                {"trust_roots": roots, "allow_fetching": False},
                ValidationContext(trust_roots=roots, moment=later, crls=today),
                force_revinfo=True,
            )
        )
    assert status.bottom_line, status.pretty_print_details()
    assert status.timestamp_validity.trusted


def test_without_the_evidence_pyhanko_refuses_then(authority):
    """The counter-test: the same signature with nothing inside cannot be judged a year later."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.dss import DocumentSecurityStore
    from pyhanko.sign.validation.errors import NoDSSFoundError

    signed = sign(authority, None)
    assert pades.get_level(signed, None) == pades.STAMPED
    with pytest.raises(NoDSSFoundError):
        DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(signed)))


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils is not on this machine")
def test_poppler_accepts_it(authority, tmp_path):
    (tmp_path / "c.pdf").write_bytes(sign(authority, ask_both(authority)))
    done = subprocess.run(
        ["pdfsig", "-nocert", tmp_path / "c.pdf"], capture_output=True, text=True, check=True
    )
    assert "Signature is Valid." in done.stdout
    assert "Total document signed" in done.stdout


# -- asking -----------------------------------------------------------------------------------


def test_an_answer_is_asked_for_once(authority):
    first = ask_both(authority)
    asked = dict(authority.asked)
    assert set(asked) == {"/ocsp", "/sub.crl", "/root.crl"}
    assert ask_both(authority) == first
    assert authority.asked == asked


@pytest.mark.parametrize("revoked", ["signer", "sub"])
def test_a_revoked_certificate_signs_nothing(authority, revoked):
    authority.revoked.add(getattr(authority, revoked))
    with pytest.raises(signing.SigningError, match="revoked") as caught:
        ask(authority)
    assert not isinstance(caught.value, pades.ProofMissing)


def test_out_of_reach_is_no_answer_and_not_asked_at_once_again(authority):
    authority.is_silent = True
    for _twice in range(2):
        with pytest.raises(pades.RevocationMissing):
            ask(authority)
    authority.is_silent = False
    with pytest.raises(pades.RevocationMissing):
        ask(authority)
    revocation.forget()
    assert ask(authority).is_complete


def test_an_older_answer_serves_while_the_authority_is_away(authority, monkeypatch):
    monkeypatch.setattr(revocation, "KEEP", datetime.timedelta())
    first = ask(authority)
    authority.is_silent = True
    assert ask(authority) == first


def test_lists_by_hand_need_no_network(authority):
    lists = [authority.make_list(name) for name in ("sub", "root")]
    evidence = ask(authority, lists=lists, may_fetch=False)
    assert evidence.is_complete
    assert set(evidence.crls) == set(lists)
    assert not authority.asked


def test_lists_that_have_run_out_prove_nothing(authority):
    old = datetime.datetime.now(datetime.UTC) - 30 * pki.DAY
    lists = [authority.make_list(name, old) for name in ("sub", "root")]
    with pytest.raises(pades.RevocationMissing):
        ask(authority, lists=lists, may_fetch=False)


def test_who_names_no_place_is_not_asked():
    """A development key is its own authority: nobody can tell, nothing is promised."""
    alone = pki.Unit("Development key").certificate.public_bytes(pki.DER)
    assert revocation.get_evidence(alone, []) is None


def test_a_stamp_by_a_key_nobody_asked_about_is_no_long_term(authority):
    evidence = ask(authority)
    signed = sign(authority, evidence)
    assert evidence.is_complete
    assert pades.get_level(signed, evidence) == pades.STAMPED
