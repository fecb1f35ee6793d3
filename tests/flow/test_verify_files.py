# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Files dropped on the public verify page: which is the issued one, and what of another differs."""

from __future__ import annotations

import base64
import json
from contextlib import closing

import pytest

# A file as a desktop hands it over.
MAKE_TRANSFER = """
([name, coded]) => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(coded), (one) => one.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
    return transfer;
}
"""


def change_byte(content: bytes, place: int) -> bytes:
    """Return it with one other byte."""
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.fixture(scope="module")
def issued(evidence):
    """The dairy's certificate as it was sent, PDF and snapshot."""
    folder = evidence / "dairy"
    return (folder / "certificate.pdf").read_bytes(), (folder / "declaration.json").read_bytes()


@pytest.fixture(scope="module")
def drop(browser, plant):
    """Drop a file on the start page of the phone-sized window, and read what comes."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()

    def _drop(name: str, content: bytes):
        page.goto(plant.access["url"] + "/verify")
        coded = base64.b64encode(content).decode()
        transfer = page.evaluate_handle(MAKE_TRANSFER, [name, coded])
        with page.expect_navigation():
            page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
        return page.inner_text("main")

    with closing(context):
        yield _drop


def test_the_issued_files_are_valid(drop, issued):
    """Both files that were sent are known to the byte."""
    pdf, declaration = issued
    for name, content in (("certificate.pdf", pdf), ("declaration.json", declaration)):
        text = drop(name, content)
        assert "Your file is the one that was issued, to the byte." in text, name
        assert "Issued and signed, and not revoked." in text, name


def test_one_byte_of_the_pdf(drop, issued):
    """The page tells a change of what is seen from a change of the signed data."""
    pdf, _declaration = issued
    text = drop("certificate.pdf", change_byte(pdf, pdf.index(b"/Title") + 2))
    assert "The document of this number is valid; your file is not it." in text
    assert "what the pages show, or the signature, is another" in text


def test_a_changed_figure_is_named(drop, issued):
    """The place in the data that differs is named."""
    _pdf, declaration = issued
    document = json.loads(declaration)
    document["snapshot"]["identification"]["quantity"] = "7"
    text = drop("declaration.json", json.dumps(document).encode())
    assert "The document of this number is valid; your file is not it." in text
    assert "snapshot.identification.quantity" in text


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"<svg onload=alert(1)>"])
def test_other_files(drop, content):
    """Who drops an empty file or a picture reads what to choose instead."""
    text = drop("photo.png", content)
    assert "Your file is no document that was issued here." in text
    assert "Choose the PDF or the declaration.json" in text
