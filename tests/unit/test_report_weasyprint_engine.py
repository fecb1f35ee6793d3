# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import doctest
import io
import logging

import pytest
from conftest import load_tool

weasyprint = pytest.importorskip("weasyprint")
pypdf = pytest.importorskip("pypdf")
engine = load_tool("report_weasyprint", "engine")
BASE = "http://plant.example"


def load(url):
    if url == f"{BASE}/red.css":
        return b"@page { size: 40mm 30mm }", "text/css"
    raise LookupError(url)


def render(html, **options):
    content = engine.render_pdf(html, load=load, base_url=BASE, **options)
    return pypdf.PdfReader(io.BytesIO(content))


def width_mm(reader):
    return round(float(reader.pages[0].mediabox.width) / 72 * 25.4)


def test_local_style_sheet_is_loaded():
    assert width_mm(render('<link rel=stylesheet href="/red.css"><p>x')) == 40


def test_the_documents_own_css_wins_over_the_paper_format():
    css = engine.page_css(100, 50, (1, 1, 1, 1))
    assert width_mm(render("<p>x", page_css=css)) == 100
    assert width_mm(render("<style>@page { size: 70mm 50mm }</style><p>x", page_css=css)) == 70


def test_what_may_not_be_loaded_is_left_out_and_said(caplog):
    logging.getLogger("weasyprint").propagate = True
    with caplog.at_level(logging.ERROR, logger="weasyprint"):
        reader = render('<img src="http://198.51.100.9/x.png"><p>text')
    assert "text" in reader.pages[0].extract_text()
    assert "198.51.100.9" in caplog.text


def test_embedded_file_keeps_name_type_and_relationship():
    file = engine.EmbeddedFile("snapshot.bin", b"\x00\x01", "application/x-proof", "Source")
    reader = render("<p>x", variant="pdf/a-3b", embedded=[file])
    assert reader.attachments["snapshot.bin"] == [b"\x00\x01"]
    spec = reader.trailer["/Root"]["/AF"][0].get_object()
    assert spec["/AFRelationship"] == "/Source"
    assert spec["/EF"]["/F"]["/Subtype"] == "/application/x-proof"


def test_examples():
    assert doctest.testmod(engine).failed == 0
