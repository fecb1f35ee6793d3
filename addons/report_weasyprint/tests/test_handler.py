# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from unittest.mock import patch

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from odoo.addons.web.controllers.utils import clean_action

from .common import ReportCase

PRINT = """
(async () => {
    const services = odoo.__WOWL_DEBUG__.root.env.services;
    await services.action.doAction(%s);
    console.log("test successful");
})();
"""
CORE = "odoo.addons.base.models.ir_actions_report.IrActionsReport"


@tagged("post_install", "-at_install")
class TestAction(ReportCase):
    def test_the_client_is_told(self):
        action = self.report.report_action(self.partners)
        self.assertEqual(action["pdf_engine"], "weasyprint")
        with self.assertNoLogs("odoo.addons.web.controllers.utils", "WARNING"):
            self.assertEqual(clean_action(action, self.env)["pdf_engine"], "weasyprint")

    def test_no_layout_configurator(self):
        """It styles wkhtmltopdf's layouts; an administrator would be stopped for nothing."""
        self.env.company.external_report_layout_id = False
        report = self.report.with_user(self.env.ref("base.user_admin"))
        self.assertEqual(report.report_action(self.partners)["type"], "ir.actions.report")
        self.report.pdf_engine = "wkhtmltopdf"
        self.assertNotEqual(report.report_action(self.partners)["type"], "ir.actions.report")

    def test_other_reports_say_nothing(self):
        self.report.pdf_engine = "wkhtmltopdf"
        action = self.report.report_action(self.partners, config=False)
        self.assertNotIn("pdf_engine", action)


@tagged("post_install", "-at_install")
class TestDownload(ReportCase, HttpCase):
    def _data(self):
        url = f"/report/pdf/{self.report.report_name}/{self.partners[0].id}"
        return {
            "data": json.dumps([url, "qweb-pdf"]),
            "context": json.dumps({"force_report_rendering": True}),
            "csrf_token": Request.csrf_token(self),
        }

    def test_route_without_wkhtmltopdf(self):
        self.authenticate("admin", "admin")
        with patch(f"{CORE}.get_wkhtmltopdf_state", return_value="install"):
            response = self.url_open("/report/download", data=self._data())
        self.assertEqual(response.status_code, 200)
        self.assertIn("Partner%20sheet.pdf", response.headers["Content-Disposition"])
        self.assertIn("HEADLINE Ada", self.texts(response.content)[0])

    def test_web_client_without_wkhtmltopdf(self):
        """The button of a form downloads the PDF and never asks for wkhtmltopdf."""
        action = self.report.with_context(force_report_rendering=True).report_action(self.partners)
        asked, printed = [], []
        render = type(self.report)._render_weasyprint

        def spy_render(report, *args):
            printed.append(render(report, *args))
            return printed[-1]

        with (
            patch(f"{CORE}.get_wkhtmltopdf_state", side_effect=lambda: asked.append(1)),
            patch.object(type(self.report), "_render_weasyprint", spy_render),
        ):
            self.browser_js(
                "/odoo/settings",
                PRINT % json.dumps(action),
                ready="odoo.__WOWL_DEBUG__ !== undefined",
                login="admin",
            )
        self.assertFalse(asked)
        self.assertEqual([len(self.texts(content)) for content in printed], [2, 2])
