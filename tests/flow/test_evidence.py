# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What came out of a drive of both plants, judged by tools that are not ours."""

from __future__ import annotations

import email
import email.policy
import json
import shutil
import subprocess

import pytest

PLANTS = ["dairy", "polymer"]
RECIPIENT = {"dairy": "quality@retailer.example", "polymer": "purchasing@converter.example"}


@pytest.mark.parametrize("name", PLANTS)
def test_the_folder_is_complete(evidence, name):
    """Each evidence folder holds the six files of the chain."""
    expected = {
        "certificate.pdf",
        "declaration.json",
        "mail.eml",
        "ledger.jsonl",
        "readings.csv",
        "summary.json",
    }
    assert {path.name for path in (evidence / name).iterdir()} == expected


@pytest.mark.parametrize("name", PLANTS)
def test_pdfsig_accepts_the_signature(evidence, name):
    """Poppler, a reader that is not ours, calls the signature valid and the file whole."""
    pdf = evidence / name / "certificate.pdf"
    said = subprocess.run(["pdfsig", str(pdf)], capture_output=True, text=True).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said


@pytest.mark.parametrize("name", PLANTS)
def test_the_qr_code_is_the_verify_address(plant, evidence, name, tmp_path):
    """The code read from the rendered page is the address where the certificate is verified."""
    pdf = evidence / name / "certificate.pdf"
    subprocess.run(["pdftoppm", "-r", "150", "-png", str(pdf), str(tmp_path / "page")], check=True)
    pages = sorted(str(page) for page in tmp_path.glob("*.png"))
    read = subprocess.run(["zbarimg", "-q", "--raw", *pages], capture_output=True, text=True)
    codes = set(read.stdout.split())
    assert len(codes) == 1
    assert codes.pop().startswith(f"{plant.access['url']}/verify/")


@pytest.mark.parametrize("name", PLANTS)
def test_the_mail_brings_the_pdf_to_the_customer(evidence, name):
    """The message, as the mail server got it, goes to the customer with the same PDF."""
    content = (evidence / name / "mail.eml").read_bytes()
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert RECIPIENT[name] in message["To"]
    attached = [
        part.get_payload(decode=True)
        for part in message.iter_attachments()
        if part.get_content_type() == "application/pdf"
    ]
    assert attached == [(evidence / name / "certificate.pdf").read_bytes()]


@pytest.mark.parametrize("name", PLANTS)
def test_the_verifier_accepts_the_folder(plant, evidence, name):
    """The offline verifier accepts all files together."""
    files = sorted(str(path) for path in (evidence / name).iterdir())
    done = plant.run("verify", *files, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", PLANTS)
@pytest.mark.parametrize("file", ["certificate.pdf", "declaration.json", "ledger.jsonl"])
def test_one_changed_byte_is_found(plant, evidence, name, file, tmp_path):
    """One changed byte makes the verifier fail and name the file."""
    shutil.copytree(evidence / name, tmp_path / "copy")
    path = tmp_path / "copy" / file
    content = bytearray(path.read_bytes())
    place = _place_that_matters(bytes(content), file)
    content[place] ^= 1
    path.write_bytes(bytes(content))
    done = plant.run("verify", str(path), check=False)
    assert done.returncode == 1, done.stdout
    assert file in done.stdout + done.stderr


def test_the_declaration_carries_its_figures(evidence):
    """The polymer plant's declaration has quantity, method and a GHG figure."""
    document = json.loads((evidence / "polymer" / "declaration.json").read_text())
    declaration = document["snapshot"]["sustainability_declaration"]
    assert declaration["quantity"]
    assert declaration["ghg_value"]


def _place_that_matters(content: bytes, file: str) -> int:
    """A byte inside what is signed: a digit of a quantity or hash, or of the PDF's first page."""
    if file == "certificate.pdf":
        return len(content) // 3
    marker = b'"hash"' if file == "ledger.jsonl" else b'"snapshot"'
    return content.index(marker) + len(marker) + 12
