# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import datetime
import doctest
import io
import shutil
import subprocess
import zlib

import pytest
from conftest import load_tool

altered = load_tool("lot_certificate", "altered")
document = load_tool("lot_certificate", "document")
moment = load_tool("lot_certificate", "moment")
qr = load_tool("lot_certificate", "qr")
rate_limit = load_tool("lot_certificate", "rate_limit")
wording = load_tool("lot_certificate", "wording")


@pytest.mark.parametrize("tool", [altered, document, moment, qr, rate_limit, wording])
def test_examples(tool):
    result = doctest.testmod(tool)
    assert result.attempted and not result.failed


def test_a_packed_bomb_is_unpacked_within_a_bound():
    bomb = b"%PDF-1.7 stream\n" + zlib.compress(b"0" * 60_000_000, 9) + b"endstream"
    assert sum(map(len, altered.unpack(bomb * 3))) == altered.UNPACKED


def test_each_byte_of_a_pdf_is_unpacked_once():
    """Or a file of 10 MB that begins 400 streams and ends none would be copied 400 times."""
    nested = b"%PDF-1.7 " + (b"stream\n" + zlib.compress(b"x")) * 400
    assert list(altered.unpack(nested)) == []
    assert list(altered.unpack(nested + b"endstream")) == [b"x"]
    assert list(altered.unpack(nested + b"endstream" + nested[9:])) == [b"x"]


def test_json_that_no_document_can_be_is_not_read():
    huge = b'{"format":[' + b"[]," * altered.LARGEST + b"[]]}"
    assert document.judge(huge, "{}").reason == "not_a_document"
    packed = b"%PDF-1.7 stream\n" + zlib.compress(huge) + b"endstream"
    assert altered.explain_pdf(packed, b"%PDF-x", "{}").reason == "pdf"


def test_what_is_altered_inside_a_pdf():
    issued = document.canonical({"format": "x", "snapshot": {"lot": "L1"}})
    packed = zlib.compress(issued.replace("L1", "L2").encode()) + b"endstream"
    finding = altered.explain_pdf(b"%PDF-1.7 stream\n" + packed, b"%PDF-other", issued)
    assert (finding.reason, finding.places) == ("inside", ("snapshot.lot",))
    packed = zlib.compress(issued.encode()) + b"endstream"
    assert altered.explain_pdf(b"%PDF-1 stream\n" + packed, b"%PDF-x", issued).reason == "pages"
    assert altered.explain_pdf(b"%PDF-1 nothing", b"%PDF-x", issued).reason == "pdf"


def test_qr_is_read_back(tmp_path):
    """What a phone reads from the picture is the address, to the letter."""
    weasyprint = pytest.importorskip("weasyprint")
    if not (shutil.which("zbarimg") and shutil.which("pdftoppm")):
        pytest.skip("zbarimg and pdftoppm are not installed")
    url = "https://plant.example/verify/" + "aZ-_" * 8
    html = f'<img style="width:26mm" src="{qr.svg_data_uri(url)}">'
    (tmp_path / "qr.pdf").write_bytes(weasyprint.HTML(string=html).write_pdf())
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", tmp_path / "qr.pdf", tmp_path / "page"], check=True
    )
    page = next(tmp_path.glob("page*.png"))
    read = subprocess.run(["zbarimg", "-q", "--raw", page], capture_output=True, text=True)
    assert read.stdout.strip() == url


def test_qr_holds_no_script():
    svg = base64.b64decode(qr.svg_data_uri("<script>").split(",")[1])
    assert b"<script" not in svg


def test_moment_in_summer_and_winter():
    summer = moment.state_ms(1_783_000_000_000, "Europe/Berlin")
    winter = moment.state(datetime.datetime(2026, 1, 15, 12, 30), "Europe/Berlin")
    assert summer["local"].endswith("+02:00")
    assert winter == {
        "utc": "2026-01-15T12:30:00Z",
        "local": "2026-01-15T13:30:00+01:00",
        "zone": "Europe/Berlin",
    }


def test_moment_that_is_missing_is_none():
    assert moment.state(None, "UTC") is None
    assert moment.state_ms(0, "UTC") is None
    assert moment.state_ms(None, "UTC") is None


def test_moment_without_zone_is_utc():
    assert moment.state_ms(1000, "")["local"] == "1970-01-01T00:00:01+00:00"


@pytest.mark.parametrize("language", ["en_US", "de_DE", "fr_FR", "sr@latin", "xx_XX", "", None])
def test_every_language_prints(language):
    """A language babel does not know is printed in English, never not at all."""
    locale = wording.get_locale(language)
    assert wording.number("1234.50", locale)
    assert "2026" in wording.when({"local": "2026-07-01T12:00:00+02:00"}, locale)
    assert "\u202f" not in wording.number("1234567.5", locale)


def test_numbers_keep_their_digits():
    locale = wording.get_locale("en_US")
    assert wording.number("0.0001234567", locale) == "0.0001234567"
    assert wording.number("70.904999", locale, places=2) == "70.9"
    assert wording.number("0", locale) == "0"
    assert wording.number("-3.10", locale) == "-3.1"
    assert wording.number("not a number", locale) == "not a number"


def test_missing_is_a_dash():
    locale = wording.get_locale("en_US")
    assert wording.number(None, locale) == wording.DASH
    assert wording.when(None, locale) == wording.DASH
    assert wording.day(None, locale) == wording.DASH
    assert wording.duration(None, {"utc": "2026-07-01T10:00:00Z"}) == wording.DASH


def test_durations():
    start = {"utc": "2026-07-01T10:00:00Z"}
    assert wording.duration(start, {"utc": "2026-07-01T10:01:04Z"}) == "1 min 04 s"
    assert wording.duration(start, {"utc": "2026-07-03T10:00:00Z"}) == "48 h 00 min"


def test_rate_limit_leaks():
    limit = rate_limit.RateLimit(per_minute=60, burst=3)
    assert [limit.allow("a", 0) for _ in range(4)] == [True, True, True, False]
    assert limit.is_full("a", 0.5)
    assert not limit.is_full("a", 1)
    assert limit.allow("a", 1)
    assert not limit.allow("a", 1.5)
    assert limit.allow("b", 1.5)


def test_rate_limit_does_not_count_what_it_refused():
    """Somebody who keeps knocking is let in again as soon as the others would be."""
    limit = rate_limit.RateLimit(per_minute=60, burst=1)
    assert limit.allow("a", 0)
    assert not any(limit.allow("a", second / 10) for second in range(1, 10))
    assert limit.allow("a", 1.0)


def test_rate_limit_forgets():
    limit = rate_limit.RateLimit(per_minute=60, burst=5, keys=10)
    for index in range(200):
        limit.allow(str(index), index * 0.01)
    assert len(limit._levels) <= 11


def test_rate_limit_keeps_the_fullest():
    limit = rate_limit.RateLimit(per_minute=1, burst=3, keys=10)
    for _ in range(3):
        limit.allow("attacker", 0)
    for index in range(30):
        limit.allow(str(index), 0)
    assert not limit.allow("attacker", 0)


def make_identity():
    pytest.importorskip("pyhanko")
    signing_tests = pytest.importorskip("test_lot_certificate_signing")
    key = signing_tests.rsa.generate_private_key(65537, 2048)
    return signing_tests.signing.load_identity(
        signing_tests.pem_certificate(key), signing_tests.pem_key(key)
    )


def test_pdf_signature():
    """One signature over the whole file; what is appended later is seen."""
    weasyprint = pytest.importorskip("weasyprint")
    identity = make_identity()
    pades = load_tool("lot_certificate", "pades")
    pdf = weasyprint.HTML(string="<p>certificate").write_pdf(pdf_variant="pdf/a-3b")
    signed = pades.sign_pdf(pdf, identity, reason="Certificate 1", signer="Plant")
    assert signed.startswith(pdf[:1000])
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature

    embedded = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    status = validate_pdf_signature(embedded)
    assert status.intact and status.valid
    assert embedded.sig_object["/Reason"] == "Certificate 1"
    broken = bytearray(signed)
    broken[len(pdf) // 3] ^= 1
    try:
        status = validate_pdf_signature(
            PdfFileReader(io.BytesIO(bytes(broken))).embedded_signatures[0]
        )
        assert not status.intact
    except Exception as error:  # a byte of the structure: the file cannot even be read
        assert error.args


def test_a_file_that_is_no_pdf_cannot_be_signed():
    pades = load_tool("lot_certificate", "pades")
    signing = load_tool("lot_certificate", "signing")
    with pytest.raises(signing.SigningError, match="could not be signed"):
        pades.sign_pdf(b"no pdf", make_identity(), reason="", signer="Plant")
