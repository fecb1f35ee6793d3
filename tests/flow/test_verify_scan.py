# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A paper held before the camera of the public verify page leads to its certificate."""

from __future__ import annotations

import json
import subprocess
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

TOKEN = "A" * 32
ZXING = "zxing-library.js"
# A browser that reads codes itself, as phones do; Chromium on Linux does not.
OWN_READER = """
window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect(video) { return video.videoWidth ? [{ rawValue: %s }] : []; }
};
"""
TELL_STOPS = """
const stop = MediaStreamTrack.prototype.stop;
MediaStreamTrack.prototype.stop = function () { stop.call(this); window.stopped(this.readyState); };
"""


def make_film(pdf: Path, folder: Path) -> Path:
    """Film the lower half of the printed first page, where its code stands."""
    page = folder / "page"
    command = ["pdftoppm", "-r", "150", "-png", "-f", "1", "-singlefile", str(pdf), str(page)]
    subprocess.run(command, check=True)
    paper = Image.open(page.with_suffix(".png")).convert("RGB")
    picture = Image.new("RGB", (1280, 720), "white")
    picture.paste(paper.crop((0, paper.height - 720, paper.width, paper.height)), (20, 0))
    frame = BytesIO()
    picture.save(frame, "JPEG", quality=90)
    film = folder / "film.mjpeg"
    film.write_bytes(frame.getvalue() * 5)
    return film


@pytest.fixture(scope="module")
def paper(plant, evidence):
    """What is printed on the dairy's certificate: number, day of issue, verify address."""
    snapshot = json.loads((evidence / "dairy" / "declaration.json").read_text())["snapshot"]
    number = snapshot["number"]
    fields = ["name", "verify_url"]
    certificates = plant.dairy().key("quality_manager")
    (found,) = certificates.search_read("lot.certificate", [("name", "=", number)], fields)
    return {
        "number": number,
        "day": snapshot["issued"]["local"][:10],
        "address": found["verify_url"],
        "pdf": evidence / "dairy" / "certificate.pdf",
    }


@pytest.fixture(scope="module")
def camera(launch, paper, tmp_path_factory):
    """A browser whose camera sees the paper."""
    film = make_film(paper["pdf"], tmp_path_factory.mktemp("film"))
    chromium = launch(
        "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"
    )
    with closing(chromium):
        yield chromium


@pytest.fixture
def visit(plant, camera):
    """Open the start page on a phone-sized window, with or without leave to use the camera."""

    @contextmanager
    def _visit(*scripts, allowed=True, **options):
        context = camera.new_context(viewport={"width": 390, "height": 844}, **options)
        with closing(context):
            context.grant_permissions(["camera"] if allowed else [])
            page = context.new_page()
            page.set_default_timeout(15_000)
            for script in scripts:
                page.add_init_script(script)
            page.goto(plant.access["url"] + "/verify")
            yield page

    return _visit


def test_the_camera_reads_the_printed_code(visit, paper):
    """From the paper to its verdict; ZXing is fetched when the visitor scans, not before."""
    fetched: list[str] = []
    stopped: list[str] = []
    with visit() as page:
        page.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
        page.expose_function("stopped", lambda state: stopped.append(state))
        page.add_init_script(TELL_STOPS)
        page.reload()
        assert ZXING not in fetched
        page.click("#scan")
        page.wait_for_url("**/verify/*")
        assert page.url == paper["address"]
        assert page.inner_text(".status-issued h1") == "Valid"
        assert paper["number"] in page.inner_text("dl")
    assert ZXING in fetched
    assert stopped == ["ended"]


def test_a_browser_that_reads_codes_itself_does(visit, paper):
    """With a BarcodeDetector nothing more is fetched."""
    fetched: list[str] = []
    with visit(OWN_READER % json.dumps(paper["address"])) as page:
        page.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
        page.click("#scan")
        page.wait_for_url("**/verify/*")
        assert page.url == paper["address"]
    assert ZXING not in fetched


@pytest.mark.parametrize(
    "code",
    [
        f"https://plant.example/verify/{TOKEN}",
        f"{{url}}@plant.example/verify/{TOKEN}",
        f"{{url}}.plant.example/verify/{TOKEN}",
        f"{{url}}/verify/{TOKEN}/../../web/session/logout",
        f"javascript:location='{{url}}/verify/{TOKEN}'",
    ],
    ids=["other host", "host as user", "host as prefix", "path that climbs", "script"],
)
def test_a_foreign_code_is_not_followed(visit, plant, code):
    """A code that leads elsewhere is named as such; number and file stay at hand."""
    asked: list[str] = []
    start = plant.access["url"] + "/verify"
    with visit(OWN_READER % json.dumps(code.format(url=plant.access["url"]))) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.click("#scan")
        page.wait_for_selector("#note-foreign")
        page.wait_for_timeout(400)  # a look later it is still here
        assert page.url == start
        assert asked == []
        assert "leads to no document here" in page.inner_text("#camera-state")
        page.click("#scan-end")
        assert page.evaluate("document.getElementById('camera').srcObject") is None
        assert page.is_enabled("#scan")


def test_a_refused_camera_leaves_number_and_file(visit, paper):
    """Who refuses the camera reads what else there is, and it works."""
    with visit(allowed=False) as page:
        page.click("#scan")
        page.wait_for_selector("#note-camera")
        assert "camera app of your phone" in page.inner_text("#camera-state")
        assert page.is_enabled("#scan")
        page.fill("input[name=number]", paper["number"])
        page.fill("input[name=date]", paper["day"])
        page.click("form:has(input[name=number]) button")
        assert page.inner_text(".status-issued h1") == "Valid"
        page.set_input_files("input[type=file]", paper["pdf"])
        page.click("form:has(input[name=file]) button")
        assert "to the byte" in page.inner_text(".found-valid")


def test_a_file_too_large_is_not_sent(visit, tmp_path):
    """The page says so before the upload; without script the server does, by a page of ours."""
    file = tmp_path / "scan.pdf"
    with file.open("wb") as large:
        large.truncate(22_000_000)
    with visit() as page:
        page.set_input_files("input[type=file]", file)
        assert "larger than 10 MB and was not sent" in page.inner_text("#file-state")
        assert page.input_value("input[type=file]") == ""
    with visit(java_script_enabled=False) as page:
        assert page.is_hidden("#scanner")
        page.set_input_files("input[type=file]", file)
        page.click("form:has(input[name=file]) button")
        assert page.inner_text("h2") == "The file is too large"
