# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A paper speaks one language: no word of the other one is left on it, whatever it is about."""

import re

import polib
from lxml.html import fromstring

from odoo.tests import tagged
from odoo.tools.misc import file_path

from odoo.addons.carbon_footprint.tools import footprint

from .common import CertificateCase
from .test_declaration_fields import DeclarationCase

# whose words stand on the papers
MODULES = (
    "audit_chain",
    "carbon_footprint",
    "lot_certificate",
    "mass_balance",
    "process_control",
    "process_monitoring",
)
REPORT = "lot_certificate.lot_certificate_report"
SLIP = "stock.report_deliveryslip"
# Names that people gave in the tests, in no matter which language.
TYPED = {"Naphtha", "Pasteurisation", "Pasteurised milk"}
MARKS = re.compile(r"%\(\w+\)s|%s|%%|[“”„\"]")


def learn_german(env):
    """Load the German words of our modules, and French, of which there are none."""
    for code in ("de_DE", "fr_FR"):
        env["res.lang"]._activate_lang(code)
    modules = env["ir.module.module"].search([("name", "in", MODULES)])
    modules._update_translations(["de_DE", "fr_FR"])


def get_terms():
    """Return [(English, German)] of every term; what is not translated reads the same."""
    found = {}
    for module in MODULES:
        for entry in polib.pofile(file_path(f"{module}/i18n/de.po")):
            pair = tuple(
                " ".join(MARKS.sub(" ", text).split())
                for text in (entry.msgid, entry.msgstr or entry.msgid)
            )
            if "<" not in entry.msgid and all(pair):
                found[pair] = True
    return list(found)


def get_words(html, where="//body"):
    """Return the text nodes of a page, or of a part of it, each with plain blanks."""
    page = fromstring(html)
    # in quotes stands what people typed, in whatever language
    for node in page.xpath("//q | //style | //script"):
        node.drop_tree()
    texts = [text for part in page.xpath(where) for text in part.itertext()]
    return [" ".join(text.split()) for text in texts if text.strip()]


def find_leftovers(texts, strange, own):
    """Return the strange terms in `texts` that are no term of the paper's own language."""
    own = set(own) | TYPED
    page = "\n".join(texts)
    whole = {text.strip(" .,:()–·") for text in texts}
    found = []
    for term in set(strange) - own:
        # one word may be a name or a word of both languages; a sentence is neither
        if term in whole if len(term) < 16 or " " not in term else term in page:
            found.append(term)
    return sorted(found)


class LanguageCase:
    """What both kinds of papers share: printing as words, and the terms of both languages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        learn_german(cls.env)
        cls.english, cls.german = zip(*get_terms(), strict=True)

    def print_words(self, certificate, language):
        certificate._stamp({"language": language})
        report = self.env["ir.actions.report"].with_context(lang=language)
        return get_words(report._render_qweb_html(REPORT, certificate.ids)[0])

    def print_slip(self, picking, language):
        picking.partner_id.lang = language
        html = self.env["ir.actions.report"]._render_qweb_html(SLIP, picking.ids)[0]
        return get_words(html, "//*[starts-with(@name, 'bp_')]")


@tagged("post_install", "-at_install")
class TestLanguageOfBatches(LanguageCase, CertificateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        helper = cls()
        helper.deliver(cls.lot, 1000)
        cls.fallen = helper.release(helper.make_lot(breach=True))
        cls.picking = helper.deliver(cls.fallen, 100)

    def make(self, **values):
        return self.make_certificate(self.fallen, picking_id=self.picking.id, **values)

    def test_german_has_no_english(self):
        words = self.print_words(self.make(), "de_DE")
        self.assertFalse(find_leftovers(words, self.english, self.german))
        page = " ".join(words)
        for sentence in (
            "Ich habe diesen Plan geprüft",
            "verletzt den Grenzwert (kritisch ≥ 72 °C), seit",
            "Verfügung entschieden",
            "Pasteurisation, Versuch 2: Evaluation",
            "Die Menge lässt sich nicht in kg angeben",
            "MEZ" if " MEZ" in page else "MESZ",
            "100 L",
        ):
            self.assertIn(sentence, page)

    def test_english_and_french_have_no_german(self):
        certificate = self.make()
        english = self.print_words(certificate, "en_US")
        self.assertFalse(find_leftovers(english, self.german, self.english))
        french = self.print_words(certificate, "fr_FR")
        self.assertFalse(find_leftovers(french, self.german, self.english))
        self.assertIn("Approvals and release", french, "What nobody translated is English")

    def test_issued_and_its_slip(self):
        certificate = self.issue(self.make(language="de_DE"))
        words = get_words(
            self.env["ir.actions.report"]._render_qweb_html(REPORT, certificate.ids)[0]
        )
        self.assertFalse(find_leftovers(words, self.english, self.german))
        self.assertIn("Signatur und Prüfung", words)
        slip = self.print_slip(self.picking, "de_DE")
        self.assertIn("Eingesetzte Lose", slip)
        self.assertFalse(find_leftovers(slip, self.english, self.german))

    def test_every_gap_of_a_footprint_is_worded(self):
        report = self.env["report.lot_certificate.document"]
        env = self.env(context={**self.env.context, "lang": "de_DE"})
        sentences = {
            code: report._word_lacking(env, {"code": code, "subject": "Dampf"})
            for code in footprint.GAP_CODES
        }
        self.assertEqual(len(set(sentences.values())), len(footprint.GAP_CODES))
        self.assertFalse(find_leftovers(sentences.values(), self.english, self.german))
        self.assertEqual(sentences["factor"][:6], "Dampf:")

    def test_what_people_typed_stays_as_typed_and_in_quotes(self):
        html = self.env["ir.actions.report"]._render_qweb_html(REPORT, self.make().ids)[0]
        typed = [q.text_content() for q in fromstring(html).iter("q")]
        self.assertIn("Steam pressure fell while the second boiler took over", typed)
        self.assertNotIn("breaks the limit", " ".join(typed), "The system said that")


@tagged("post_install", "-at_install")
class TestLanguageOfDeclarations(LanguageCase, DeclarationCase):
    def test_german_declaration(self):
        self.sign(self.declaration, "issue", self.manager)
        certificate = self.declaration.lot_certificate_ids
        words = self.print_words(certificate, "de_DE")
        self.assertFalse(find_leftovers(words, self.english, self.german))
        self.assertIn("Ausstellung der Erklärung", words)
        slip = self.print_slip(self.declaration.picking_ids, "de_DE")
        self.assertFalse(find_leftovers(slip, self.english, self.german))
        self.assertIn("Nachhaltigkeitsaussage", slip)

    def test_german_proof_of_sustainability(self):
        self.fill()
        words = self.print_words(self.make_certificate(), "de_DE")
        self.assertFalse(find_leftovers(words, self.english, self.german))
        self.assertIn("Nachhaltigkeitsnachweis", words)
        self.assertIn("123,5 t", " ".join(words))

    def test_english_and_french_proof(self):
        self.fill()
        certificate = self.make_certificate()
        english = self.print_words(certificate, "en_US")
        self.assertFalse(find_leftovers(english, self.german, self.english))
        french = self.print_words(certificate, "fr_FR")
        self.assertFalse(find_leftovers(french, self.german, self.english))
        self.assertIn("Proof of Sustainability", french)
