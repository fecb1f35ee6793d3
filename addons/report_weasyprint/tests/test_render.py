# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io
from unittest.mock import patch

from PIL import Image

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ReportCase


@tagged("post_install", "-at_install")
class TestRender(ReportCase):
    def test_one_record(self):
        content = self.render(self.partners[0])
        self.assertTrue(content.startswith(b"%PDF-"))
        texts = self.texts(content)
        self.assertEqual(len(texts), 2)
        self.assertIn("HEADLINE Ada", texts[0])
        self.assertIn("HEADLINE Ada", texts[1])
        self.assertIn("Page 1 of 2", texts[0])
        self.assertIn("Page 2 of 2", texts[1])

    def test_two_records_in_one_print(self):
        """Both are there, in order, each with its own header and its own page count."""
        texts = self.texts(self.render(self.partners))
        self.assertEqual(len(texts), 4)
        self.assertIn("HEADLINE Ada", texts[1])
        self.assertIn("HEADLINE Bob", texts[3])
        self.assertIn("Page 1 of 2", texts[2])
        self.assertNotIn("Ada", texts[2])

    def test_streams_by_record(self):
        streams = self.streams(self.partners.ids)
        self.assertEqual(list(streams), self.partners.ids)
        for partner in self.partners:
            text = self.texts(streams[partner.id]["stream"].getvalue())[0]
            self.assertIn(partner.name, text)

    def test_a_record_named_twice(self):
        ids = [self.partners[0].id, self.partners[1].id, self.partners[0].id]
        streams = self.streams(ids)
        self.assertEqual(list(streams), [False])
        texts = self.texts(streams[False]["stream"].getvalue())
        self.assertEqual(len(texts), 6)
        self.assertIn("HEADLINE Ada", texts[4])

    def test_without_records(self):
        streams = self.streams([])
        self.assertEqual(list(streams), [False])
        self.assertTrue(streams[False]["stream"].getvalue().startswith(b"%PDF-"))

    def test_wkhtmltopdf_stays_with_core(self):
        self.report.pdf_engine = "wkhtmltopdf"
        core = "odoo.addons.base.models.ir_actions_report.IrActionsReport"
        with patch(f"{core}._render_qweb_pdf_prepare_streams", return_value="core's") as run:
            self.assertEqual(self.streams(self.partners[0].ids), "core's")
        self.assertTrue(run.called)

    def test_every_report_starts_with_core(self):
        standard = self.env.ref("web.action_report_externalpreview", raise_if_not_found=False)
        standard = standard or self.env["ir.actions.report"].search(
            [("id", "!=", self.report.id), ("pdf_engine", "!=", "weasyprint")], limit=1
        )
        self.assertEqual(standard.pdf_engine, "wkhtmltopdf")

    def test_html_in_names_stays_text(self):
        self.partners[0].name = "<b>Ada</b><script>alert(1)</script>"
        text = self.texts(self.render(self.partners[0]))[0]
        self.assertIn("<b>Ada</b><script>", text)

    def test_missing_library_is_said(self):
        with (
            patch.dict("sys.modules", {"weasyprint": None, "weasyprint.urls": None}),
            self.assertRaisesRegex(UserError, "Partner sheet.*weasyprint"),
        ):
            self.render(self.partners[0])

    def test_paper_format(self):
        """The report's own paper format applies when the template says nothing."""
        self.view.arch = "<t><html><body><p>plain</p></body></html></t>"
        self.report.paperformat_id = self.env["report.paperformat"].create(
            {
                "name": "Card",
                "format": "custom",
                "page_width": 100,
                "page_height": 50,
                "orientation": "Portrait",
                "margin_top": 5,
                "margin_bottom": 5,
            }
        )
        page = self.reader(self.render(self.partners[0])).pages[0]
        self.assertAlmostEqual(float(page.mediabox.width), 100 / 25.4 * 72, places=1)
        self.assertAlmostEqual(float(page.mediabox.height), 50 / 25.4 * 72, places=1)

    def test_record_language(self):
        """`lang` of the document is the language a reader's software announces."""
        root = self.reader(self.render(self.partners[0])).trailer["/Root"]
        self.assertEqual(root["/Lang"], "en-US")


@tagged("post_install", "-at_install")
class TestAttachment(ReportCase):
    def setUp(self):
        super().setUp()
        self.report.attachment = "'sheet %s.pdf' % object.name"

    def _attachments(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", self.partners.ids)], order="name"
        )

    def test_each_record_keeps_its_own(self):
        self.render(self.partners)
        kept = self._attachments()
        self.assertEqual(kept.mapped("name"), ["sheet Ada.pdf", "sheet Bob.pdf"])
        self.assertIn("HEADLINE Bob", self.texts(kept[1].raw)[0])

    def test_attachment_use_prints_the_stored_one(self):
        self.report.attachment_use = True
        first = self.render(self.partners[0])
        second = self.render(self.partners[0], data={"extra": "changed since"})
        self.assertEqual(first, second)
        both = self.texts(self.render(self.partners, data={"extra": "changed since"}))
        self.assertNotIn("changed since", both[0])
        self.assertIn("changed since", both[2])

    def test_without_attachment_use_it_is_new(self):
        self.render(self.partners[0])
        text = self.texts(self.render(self.partners[0], data={"extra": "changed since"}))[0]
        self.assertIn("changed since", text)
        self.assertEqual(len(self._attachments()), 1)

    def test_a_stored_picture_becomes_a_page(self):
        self.report.attachment_use = True
        picture = io.BytesIO()
        Image.new("RGB", (20, 20), "red").save(picture, format="png")
        self.env["ir.attachment"].create(
            {
                "name": "sheet Ada.pdf",
                "res_model": "res.partner",
                "res_id": self.partners[0].id,
                "raw": picture.getvalue(),
                "mimetype": "image/png",
            }
        )
        self.assertEqual(len(self.reader(self.render(self.partners[0])).pages), 1)

    def test_embedded_file_and_pdf_a(self):
        self.report.pdf_variant = "pdf/a-3b"
        body = b'{"a": 1}'
        with patch.object(
            type(self.report),
            "_get_pdf_attachments",
            lambda *args: [("declaration.json", body, "application/json", "Data")],
        ):
            content = self.render(self.partners[0])
        reader = self.reader(content)
        self.assertEqual(reader.attachments["declaration.json"], [body])
        metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
        self.assertIn('pdfaid:part="3"', metadata.replace("'", '"'))
        spec = reader.trailer["/Root"]["/AF"][0].get_object()
        self.assertEqual(spec["/AFRelationship"], "/Data")
        self.assertEqual(spec["/EF"]["/F"]["/Subtype"], "/application/json")


@tagged("post_install", "-at_install")
class TestLoading(ReportCase):
    """What a report may load: data URLs, our own static files, records the user may read."""

    def _load(self, path, user=None):
        engine = self.engine.with_user(user) if user else self.engine
        base = engine.get_base_url()
        return engine._load_local_url(base + path if path.startswith("/") else path, base)

    def test_static_file(self):
        content, mimetype = self._load("/report_weasyprint/static/description/icon.png")
        self.assertEqual(mimetype, "image/png")
        self.assertTrue(content.startswith(b"\x89PNG"))

    def test_static_folder_only(self):
        for path in (
            "/report_weasyprint/__manifest__.py",
            "/report_weasyprint/static/../__manifest__.py",
            "/report_weasyprint/static/%2e%2e/__manifest__.py",
            "/web/static/../../../../../etc/passwd",
        ):
            with self.subTest(path=path), self.assertRaises(LookupError):
                self._load(path)

    def test_elsewhere_is_refused(self):
        for url in ("http://198.51.100.7/x.png", "file:///etc/passwd", "ftp://example.org/x"):
            with self.subTest(url=url), self.assertRaises(LookupError):
                self._load(url)

    def test_company_logo(self):
        logo = self.env["ir.attachment"].create(
            {"name": "logo.png", "raw": base64.b64decode(self.env.company.logo_web or b"")}
        )
        content, _mimetype = self._load(f"/web/image/{logo.id}-abc/logo.png")
        self.assertEqual(content, logo.raw)
        content, mimetype = self._load(f"/web/image/res.partner/{self.partners[0].id}/avatar_128")
        self.assertTrue(mimetype.startswith("image/"))
        self.assertTrue(content)

    def test_public_asset_by_its_url(self):
        values = {"name": "a.css", "url": "/web/assets/x/a.css", "raw": b"p {}", "public": True}
        asset = self.env["ir.attachment"].create({**values, "mimetype": "text/css"})
        self.assertEqual(self._load("/web/assets/x/a.css")[0], b"p {}")
        asset.public = False
        with self.assertRaises(LookupError):
            self._load("/web/assets/x/a.css")

    def test_rights_of_the_user(self):
        secret = self.env["ir.attachment"].create(
            {
                "name": "key.png",
                "raw": b"secret",
                "res_model": "ir.config_parameter",
                "res_id": self.env["ir.config_parameter"].search([], limit=1).id,
            }
        )
        clerk = self.env["res.users"].create(
            {
                "name": "Clerk",
                "login": "weasyprint_clerk",
                "group_ids": [(6, 0, [self.env.ref("base.group_user").id])],
            }
        )
        with self.assertRaises(LookupError):
            self._load(f"/web/content/{secret.id}", user=clerk)

    def test_rendering_opens_no_connection(self):
        self.view.arch = TEMPLATE_REMOTE
        with (
            patch("socket.create_connection") as connect,
            patch("socket.socket.connect") as plain,
            self.assertLogs("weasyprint", "ERROR") as logs,
        ):
            content = self.render(self.partners[0])
        self.assertIn("still printed", self.texts(content)[0])
        self.assertFalse(connect.called or plain.called)
        self.assertIn("nothing from elsewhere", "".join(logs.output))


TEMPLATE_REMOTE = """
<t t-name="report_weasyprint.test_partner"><html><head>
    <link rel="stylesheet" href="http://198.51.100.7/a.css" />
</head><body>
    <img src="http://198.51.100.7/a.png" />
    <img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=" />
    <p>still printed</p>
</body></html></t>
"""
