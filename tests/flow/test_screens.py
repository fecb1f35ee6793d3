# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a person sees: the order with its process tab, by role, without a console error."""

from __future__ import annotations

import pytest

NOISE = ("bus/websocket_worker_bundle", "net::ERR_ABORTED")


class Page:
    """One person's browser page, with the console's errors kept."""

    def __init__(self, browser, plant, role: str, width: int = 1440, height: int = 1000):
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.access = plant.access
        self.shots = plant.state / "screens"
        self.shots.mkdir(exist_ok=True)
        self._login(role)

    def open(self, path: str) -> None:
        """Open a page of the web client and wait until it is drawn."""
        self.page.goto(self.access["url"] + path)
        self.page.wait_for_selector(".o_action_manager .o_content, .o_action .o_content")
        self.page.wait_for_timeout(1500)

    def shot(self, name: str) -> None:
        """Keep a picture of the page."""
        self.page.screenshot(path=str(self.shots / f"{name}.png"))

    def _login(self, role: str) -> None:
        login = self.access["logins"][role]
        self.page.goto(f"{self.access['url']}/web/login?db={self.access['database']}")
        self.page.fill("input[name=login]", login["user"])
        self.page.fill("input[name=password]", login["password"])
        self.page.click("button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar")

    def _note(self, message) -> None:
        if message.type == "error" and not any(noise in message.text for noise in NOISE):
            self.errors.append(message.text)


@pytest.mark.parametrize("role", ["operator", "supervisor", "quality_manager"])
def test_the_order_shows_its_process(browser, plant, evidence, role):
    """The order that was driven shows its stages, both attempts and no open blocker."""
    dairy = plant.dairy()
    run = dairy.key("quality_manager").search_read(
        "process.run", [("state", "=", "complete")], ["production_id"], order="id desc", limit=1
    )[0]
    view = Page(browser, plant, role)
    view.open(f"/odoo/action-mrp.mrp_production_action/{run['production_id'][0]}")
    view.page.click("a[role=tab]:has-text('Process')")
    view.page.wait_for_timeout(1500)
    text = view.page.inner_text(".o_content")
    view.shot(f"order_{role}")
    assert "Pasteurisation" in text
    assert "2" in text
    assert view.errors == []


def test_the_verify_page_says_valid(browser, plant, evidence):
    """The public page behind the QR code, on a phone-sized window."""
    certificate = (
        plant.dairy()
        .key("quality_manager")
        .search_read(
            "lot.certificate", [("state", "=", "issued")], ["name", "verify_url"], limit=1
        )[0]
    )
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(certificate["verify_url"])
    page.screenshot(path=str(plant.state / "screens" / "verify.png"), full_page=True)
    text = page.inner_text("body")
    assert certificate["name"] in text
    assert "valid" in text.lower()
