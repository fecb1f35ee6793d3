# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import doctest

import pytest
from conftest import load_tool

local_url = load_tool("report_weasyprint", "local_url")
BASE = "https://plant.example:8069"


def test_examples():
    assert doctest.testmod(local_url).failed == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://plant.example:8069/web/image/1",  # another scheme
        "https://plant.example/web/image/1",  # another port
        "https://plant.example:8069@evil.example/web/image/1",  # user part
        "//evil.example/x.png",
        "file:///etc/passwd",
        "ftp://plant.example:8069/x",
        "/web/image/1",  # not absolute: WeasyPrint joins before it asks
        "",
    ],
)
def test_elsewhere(url):
    assert local_url.local_path(url, BASE) is None


def test_a_base_without_host_admits_nothing():
    assert local_url.local_path("file:///etc/passwd", "file:///") is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/web/static/../../etc/passwd", "/etc/passwd"),
        ("/web/static/%2e%2e/x", "/web/x"),
        ("/web/image/7", "/web/image/7"),
    ],
)
def test_paths_are_normalised_before_they_are_read(path, expected):
    assert local_url.local_path(BASE + path, BASE) == expected


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/web/image/7", "record"),
        ("/web/content/7/name.pdf", "record"),
        ("/web/image/res.company/1/logo/200x200", "record"),
        ("/web/static/img/logo.png", "static"),
        ("/web/__manifest__.py", "attachment"),
        ("/etc/passwd", "attachment"),
        ("/", "attachment"),
    ],
)
def test_kinds(path, kind):
    assert local_url.resolve(path).kind == kind
