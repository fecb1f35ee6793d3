# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`scripts/verify` years later: signer's key expired, stamp's key expired, revoked, renewed."""

import asyncio
import base64
import datetime
import importlib
import json
from unittest.mock import patch

import pytest
from conftest import ADDONS, _package, load_tool
from verify_case import Item, Path, Report, make_chain, verify

pytest.importorskip("weasyprint")
signing = load_tool("lot_certificate", "signing")
pades = load_tool("lot_certificate", "pades")
document = load_tool("lot_certificate", "document")
merkle = load_tool("audit_chain", "merkle")
_package("odoo.addons.lot_certificate.tests", ADDONS / "lot_certificate" / "tests")
_package("odoo.addons.audit_chain.tests", ADDONS / "audit_chain" / "tests")
pki = importlib.import_module("odoo.addons.lot_certificate.tests.pki")
tsa = importlib.import_module("odoo.addons.audit_chain.tests.tsa")

NOW = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
THEN = NOW - 390 * pki.DAY  # the day of issue; the key ends 20 days later
KINDS = {"pdf": "pdf", "json": "declaration", "jsonl": "ledger"}


class Case:
    """What a plant issued on a day: its files, and who is to be trusted."""

    def __init__(self, number="BC/1", authority=None, day=THEN, **kwargs):
        self.day = day
        self.authority = authority or pki.Authority(
            "http://127.0.0.1:9", start=NOW - 400 * pki.DAY, signer_days=30, **kwargs
        )
        self.identity = signing.load_identity(self.authority.bundle, self.authority.signer.key_pem)
        self.witness = tsa.Authority()  # another witness, whose key is good today
        self.trusted = [self.authority.root.certificate, self.witness.certificate]
        named = signing.read_certificate(self.identity.certificate_pem).fingerprint
        self.snapshot = document.canonical(
            {
                "number": number,
                "issuer": {"name": "Test Dairy"},
                "verification": {"certificate_sha256": named},
            }
        )
        signature = signing.sign(self.identity, self.snapshot.encode())
        pem = self.identity.certificate_pem.decode()
        self.declaration = document.build(self.snapshot, signature, pem).encode()

    def get_evidence(self, revoked=()):
        """Return what was to be said of revocation on the day of issue."""
        self.authority.revoked = {getattr(self.authority, name) for name in revoked}
        units = (self.authority.signer, self.authority.sub, self.authority.stamper)
        return pades.Evidence(
            tuple(each.certificate.public_bytes(pki.DER) for each in units),
            tuple(self.authority.make_list(name, self.day) for name in ("sub", "root")),
            (),
            self.day,
            True,
        )

    def sign(self, stamped=True, evidence=None, words="Batch certificate", inside=None):
        """Return the PDF, stamped on the day of issue or not; `inside` are its attachments."""
        import weasyprint

        attachments = [
            weasyprint.Attachment(
                string=content.decode(), name="declaration.json", relationship="Source"
            )
            for content in inside or [self.declaration]
        ]
        printed = weasyprint.HTML(string=f"<h1>{words}</h1>").write_pdf(
            pdf_variant="pdf/a-3b", attachments=attachments
        )
        stamper = self.authority.get_stamper(self.day) if stamped else None
        words = {"reason": "R", "signer": "D", "timestamper": stamper, "evidence": evidence}
        with patch("pyhanko.sign.signers.pdf_signer.datetime", wraps=datetime.datetime) as clock:
            clock.now.return_value = self.day  # whose clock it is, says what it likes
            return pades.sign_pdf(printed, self.identity, **words)

    def make_ledger(self, pdf):
        """Return the ledger that records the issue of a PDF."""
        details = {
            "snapshot_sha256": document.sha256(self.snapshot),
            "pdf_sha256": document.sha256(pdf),
        }
        lines = make_chain(
            "Dairy/audit.record", [{"event": "certificate.issue", "details": details}]
        )
        return ("\n".join(lines) + "\n").encode()

    def make_anchor(self, ledger, moment=NOW, old=False):
        """Return an anchor over the ledger, stamped by the witness or by the old authority."""
        heads = {}
        for line in map(json.loads, ledger.splitlines()):
            heads[line["chain"]] = merkle.Head(line["chain"], line["seq"], line["hash"])
        args = ("Dairy", f"{moment:%Y-%m-%dT%H:%M:%SZ}", list(heads.values()))
        stamper = (self.authority if old else self.witness).get_stamper(moment)
        root = bytes.fromhex(merkle.get_root(*args))
        token = asyncio.run(stamper.async_timestamp(root, "sha256"))
        return merkle.build(*args, [base64.b64encode(token.dump()).decode()]).encode()

    def judge(self, trusted=(), **files):
        """Return whether everything holds, and all that was said."""
        items = []
        for name, content in files.items():
            name, _, suffix = name.partition("_")
            kind = "anchor" if name == "anchor" else KINDS[suffix]
            items.append(Item(Path(f"{name}.{suffix}"), content, Report(name), kind))
        reports = verify(items, [*self.trusted, *trusted])
        text = "\n".join(report.to_text() for report in reports)
        return all(report.holds for report in reports), text


@pytest.fixture(scope="module")
def case():
    return Case()


def test_a_stamp_from_before_the_end_is_enough(case):
    holds, text = case.judge(certificate_pdf=case.sign(evidence=case.get_evidence()))
    assert holds, text
    assert "the signer's certificate expired on" in text
    assert f"shows that it had signed by {THEN:%Y-%m-%d}" in text
    assert "level PAdES B-LT" in text


def test_without_evidence_it_is_b_t(case):
    holds, text = case.judge(certificate_pdf=case.sign())
    assert holds, text
    assert "level PAdES B-T" in text
    assert "B-LT" not in text


@pytest.mark.parametrize("revoked", ["signer", "stamper"])
def test_revoked_on_the_day_of_issue(case, revoked):
    holds, text = case.judge(certificate_pdf=case.sign(evidence=case.get_evidence([revoked])))
    assert not holds
    assert f"that of the {revoked.replace('stamper', 'stamp')} was revoked" in text


def test_lists_of_another_day_prove_nothing(case, monkeypatch):
    """They are not false, and not enough: it holds as B-T, and says so."""
    evidence = case.get_evidence()
    monkeypatch.setattr(case.authority, "revoked", set())
    old = tuple(case.authority.make_list(name, THEN - 9 * pki.DAY) for name in ("sub", "root"))
    evidence = pades.Evidence(evidence.certificates, old, (), THEN, True)
    holds, text = case.judge(certificate_pdf=case.sign(evidence=evidence))
    assert holds, text
    assert "is not shown" in text
    assert "level PAdES B-LT" not in text


def test_unstamped_it_needs_the_ledger_and_an_anchor(case):
    """A key that is found after its end can sign with any date: nothing alone settles that."""
    pdf = case.sign(stamped=False)
    ledger = case.make_ledger(pdf)
    early = case.make_anchor(ledger, THEN + pki.DAY, old=True)
    late = case.make_anchor(ledger)
    for files in ({}, {"ledger_jsonl": ledger}, {"ledger_jsonl": ledger, "anchor_json": late}):
        holds, text = case.judge(certificate_pdf=pdf, **files)
        assert not holds
        assert "nothing given shows that it signed before" in text
    holds, text = case.judge(certificate_pdf=pdf, ledger_jsonl=ledger, anchor_json=early)
    assert holds, text
    assert "anchor anchor.json stamped by" in text


def test_a_declaration_takes_the_stamp_of_its_pdf(case):
    between = [case.authority.sub.certificate]  # a declaration brings only the signer's own
    holds, text = case.judge(between, declaration_json=case.declaration)
    assert not holds
    assert "nothing given shows that it signed before" in text
    files = {"declaration_json": case.declaration, "certificate_pdf": case.sign()}
    holds, text = case.judge(between, **files)
    assert holds, text
    holds, text = case.judge(**files)
    assert not holds
    assert "those in between" in text


def test_no_pdf_borrows_the_stamp_of_another(case):
    """Other pages around the same data, signed with a key that was found after its end."""
    forged = case.sign(stamped=False, words="Ten times as much")
    genuine = case.sign()
    ledger = case.make_ledger(genuine)
    anchor = case.make_anchor(ledger, THEN + pki.DAY, old=True)
    files = {"certificate_pdf": forged, "genuine_pdf": genuine}
    assert not case.judge(**files)[0]
    holds, text = case.judge(certificate_pdf=forged, ledger_jsonl=ledger, anchor_json=anchor)
    assert not holds
    assert "nothing given shows that it signed before" in text


def test_a_newer_anchor_renews_a_stamp_whose_own_key_has_expired():
    case = Case(stamper_days=399)  # it ended yesterday
    pdf = case.sign(evidence=case.get_evidence())
    ledger = case.make_ledger(pdf)
    holds, text = case.judge(certificate_pdf=pdf)
    assert holds, text
    assert "the ledger with a newer anchor would renew it" in text
    renewed = case.make_anchor(ledger, NOW - 1.5 * pki.DAY)
    holds, text = case.judge(certificate_pdf=pdf, ledger_jsonl=ledger, anchor_json=renewed)
    assert holds, text
    assert "had seen it by" in text
    assert "would renew it" not in text


def test_a_stranger_is_no_witness(case):
    """With --trust, a stamp that leads to nobody who is named there proves no time."""
    pdf = case.sign()
    items = [Item(Path("c.pdf"), pdf, Report("c"), "pdf")]
    reports = verify(items, [case.authority.sub.certificate])
    assert all(report.holds for report in reports)
    items = [Item(Path("c.pdf"), pdf, Report("c"), "pdf")]
    reports = verify(items, [case.authority.signer.certificate])
    assert not any(report.holds for report in reports)
