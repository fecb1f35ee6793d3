# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
from decimal import Decimal

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import CarbonCase


class TestCarbonReport(CarbonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        order = cls("make_lot").make_fossil_order(by_products=[(cls.gas, 100.0)])
        cls("make_lot").count_all(order)
        cls.footprint = cls("make_lot").finish(order)
        cls.report = cls.env.ref("carbon_footprint.carbon_footprint_action_report")

    def test_the_statement_adds_up_and_names_its_sources(self):
        content = self.footprint._snapshot()
        leaves = self.footprint._get_statement_leaves(content)
        product = Decimal(content["product_kg_co2e"])
        self.assertEqual(sum(leaf["product_kg"] for leaf in leaves), product)
        gases = sum(kg for leaf in leaves for kg in leaf["gases"].values())
        self.assertEqual(gases, product)
        statement = self.footprint._prepare_statement()
        factors = {row["name"]: row for row in statement["factors"]}
        version = self.line(self.footprint, "Electricity").factor_version_id
        self.assertEqual(factors[version.display_name]["source"], version.source)
        self.assertEqual(factors[version.display_name]["licence"], version.licence)
        self.assertTrue(statement["stages"] and statement["scopes"] and statement["bars"])

    def test_the_report_is_a_pdf(self):
        html = self.report._render_qweb_html(self.report.report_name, self.footprint.ids)[0]
        self.assertIn(b"Product carbon footprint", html)
        self.assertIn(self.footprint.entry_hash.encode(), html)
        report = self.report.with_context(force_report_rendering=True)
        pdf = report._render_qweb_pdf(report.report_name, self.footprint.ids)[0]
        self.assertTrue(pdf.startswith(b"%PDF"))

    def test_an_incomplete_report_says_so_and_shows_no_figure(self):
        lot = self.make_lot(self.bio, "UNDECLARED", 1000.0)
        footprint = self.finish(self.make_order([(lot, 1000.0)]))
        statement = footprint._prepare_statement()
        self.assertEqual(len(statement["gaps"]), 1)
        self.assertFalse(statement["headline"])
        html = self.report._render_qweb_html(self.report.report_name, footprint.ids)[0].decode()
        self.assertIn("there is no figure yet", html)
        self.assertNotIn("per kg of product</div>", html)
        sheets = load_workbook(io.BytesIO(footprint._render_workbook()))
        self.assertIn("What is missing", [cell.value for cell in sheets.worksheets[0]["A"]])

    def test_workbook_formulas_stand_beside_what_was_sealed(self):
        raw = self.footprint._render_workbook()
        book = load_workbook(io.BytesIO(raw))
        shown = load_workbook(io.BytesIO(raw), data_only=True)
        leaves, figures = book.worksheets[1], shown.worksheets[1]
        heads = [cell.value for cell in leaves[1]]
        kg = heads.index("Order (kg CO2e)")
        self.assertEqual(leaves.cell(2, kg + 1).value, "=ROUND(K2*M2,6)")
        total = sum(Decimal(repr(figures.cell(row, kg + 1).value)) for row in range(2, 6))
        self.assertEqual(float(total), self.footprint.total_kg_co2e)
        main = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows()}
        self.assertIn("SUM('Leaves'!$S$2:$S$5)", main["Product (kg CO2e)"])

    def test_a_report_is_not_for_another_company(self):
        with self.assertRaises(AccessError):
            self.footprint.with_user(self.stranger)._prepare_statement()


@tagged("post_install", "-at_install")
class TestCarbonWorkbookDoor(HttpCase, CarbonCase):
    def test_the_door_gives_the_workbook_to_those_who_may_read_it(self):
        order = self.make_fossil_order()
        footprint = self.finish(order)
        url = f"/carbon_footprint/{footprint.id}/workbook"
        self.authenticate("carbon_worker", "carbon_worker")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.content.startswith(b"PK"))
        self.assertIn(".xlsx", answer.headers["Content-Disposition"])
        self.authenticate("carbon_stranger", "carbon_stranger")
        self.assertEqual(self.url_open(url).status_code, 403)
