# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from markupsafe import Markup

from odoo import api, models
from odoo.tools.image import image_data_uri
from odoo.tools.misc import file_path

from odoo.addons.mass_balance.models.sustainability_declaration_pos import FLAGS

from ..tools import contrast, document, qr, summary, wording

ACCENT = "#1f7a5c"
# The fields of ISCC PLUS 8.3.3 by the block of the document they stand in.
DECLARATION_BLOCKS = {
    "declaration": ("number", "issue_date", "scheme", "scheme_version", "contract_number"),
    "supplier": (
        "supplier_name",
        "supplier_address",
        "supplier_identifier",
        "certificate_number",
        "certification_body",
    ),
    "recipient": ("recipient_name", "recipient_address", "recipient_identifier"),
    "dispatch": (
        "dispatch_date",
        "dispatch_place",
        "receipt_place",
        "delivery_period",
        "in_place_of",
        "transport_mode",
        "transport_km",
    ),
    "product": (
        "material",
        "product_type",
        "raw_material",
        "origin_country",
        "category",
        "waste_residue",
        "waste_status",
        "red_category",
        "origin_point_name",
        "origin_point_address",
    ),
    "claim": (
        "statement",
        "chain_of_custody",
        "method",
        "attribution",
        "basis",
        "certified_share",
        "credit_transfer",
        "input_reflection",
        "input_compensation",
        *FLAGS,
    ),
    "pos": (
        "pos_number",
        "pos_energy_mj",
        "pos_saving_percent",
        "pos_country",
        "pos_plant_start",
    ),
}
# Where a key of the declaration's snapshot is not the name of its field.
FIELDS = {
    "origin_country": "origin_country_id",
    "in_place_of": "again_of_id",
    "pos_energy_mj": "pos_energy",
    "pos_saving_percent": "pos_saving",
    "pos_country": "pos_country_id",
}
GHG_TERMS = ("eec", "el", "ep", "etd", "eu", "esca", "eccs", "eccr")


class LotCertificateReport(models.AbstractModel):
    """The values of the printed certificate: what stands in the snapshot, in words.

    An issued certificate is printed from its stored snapshot alone; a draft from a preview of it.
    """

    _name = "report.lot_certificate.document"
    _description = "Printed certificate"

    @api.model
    def _get_report_values(self, docids, data=None):
        certificates = self.env["lot.certificate"].browse(docids)
        certificates.check_access("read")
        layout = self.env["lot.certificate.layout"].browse((data or {}).get("layout_id"))
        pages = layout._get_sample_pages if layout else self._get_pages
        return {
            "docs": certificates,
            "pages": pages(certificates),
            "page_style": self._get_style(),
        }

    @api.model
    def _get_pages(self, certificates):
        return [self._get_page(certificate) for certificate in certificates]

    @api.model
    def _get_style(self):
        """Return the style sheet of the document; a file of ours, so it may stand unescaped."""
        path = file_path("lot_certificate/static/src/certificate.css")
        with open(path, encoding="utf-8") as file:
            return Markup(file.read())  # noqa: S704

    @api.model
    def _get_page(self, certificate, sample=None):
        """Return everything the template shows of one certificate, or of a `sample` of it."""
        language = sample["language"] if sample else certificate.language
        certificate = certificate.with_context(lang=language)
        snapshot = sample or self._get_snapshot(certificate)
        is_preview = bool(sample) or not certificate.snapshot
        locale = wording.get_locale(snapshot["language"])
        url = snapshot["verification"]["url"]
        layout = snapshot.get("layout") or {}
        return {
            "certificate": certificate,
            "snapshot": snapshot,
            "company": certificate.company_id.sudo(),
            "is_preview": is_preview,
            "hash": (not is_preview and certificate.snapshot_hash) or "",
            "accent": self._get_accent(certificate.company_id, layout),
            "layout": layout,
            "logo": self._get_logo(certificate.company_id)
            if layout.get("with_logo", True)
            else None,
            "qr": qr.svg_data_uri(url) if url else None,
            "declaration": self._get_declaration_blocks(certificate, snapshot, locale),
            "ghg": self._get_ghg(snapshot, locale, certificate.env),
            "claims": self._get_claims(certificate, snapshot),
            **self._get_words(certificate.env, locale),
            "summary": summary.summarise,
            "exceptions": summary.gather,
        }

    @api.model
    def _get_snapshot(self, certificate):
        if certificate.snapshot:
            return json.loads(certificate.sudo().snapshot)
        snapshots = certificate.env["lot.certificate.snapshot"]
        return snapshots._build(certificate, certificate._get_authority())

    @api.model
    def _get_accent(self, company, layout):
        """Return the layout's or the company's colour, if it is one: it goes into a style sheet."""
        colour = layout.get("accent") or company.sudo().primary_color
        return colour if contrast.is_colour(colour) else ACCENT

    @api.model
    def _get_logo(self, company):
        company = company.sudo()
        return image_data_uri(company.logo) if not company.uses_default_logo else None

    @api.model
    def _get_claims(self, certificate, snapshot):
        """Return the claims of the snapshot with the picture of each logo, if it is still that."""
        images = {
            document.sha256(claim.image): image_data_uri(claim.image)
            for claim in certificate.sudo().claim_ids
            if claim.image
        }
        return [
            {**claim, "image": images.get(claim["image_sha256"])}
            for claim in snapshot.get("claims") or []
        ]

    # -- the declaration ----------------------------------------------------------------------

    @api.model
    def _get_declaration_blocks(self, certificate, snapshot, locale):
        """Return block → [(label, text)] of the sustainability declaration; no empty rows."""
        declared = snapshot.get("sustainability_declaration")
        if not declared:
            return None
        model = certificate.env["sustainability.declaration"]
        return {
            block: [
                (self._get_field_label(model, name), text)
                for name in names
                if (text := self._get_field_text(model, name, declared, locale))
            ]
            for block, names in DECLARATION_BLOCKS.items()
        }

    @api.model
    def _get_field(self, model, name):
        return model._fields[FIELDS.get(name, name)]

    @api.model
    def _get_field_label(self, model, name):
        return self._get_field(model, name)._description_string(model.env)

    @api.model
    def _get_field_text(self, model, name, declared, locale):
        value = declared.get(name)
        field = self._get_field(model, name)
        if field.type == "boolean" and declared.get("scheme") == "iscc_eu":
            return model.env._("Yes") if value else model.env._("No")
        if value in (None, "", False):
            return ""
        if field.type == "many2one" and field.comodel_name == "res.country":
            country = model.env["res.country"].search([("code", "=", value)], limit=1)
            return f"{country.name} ({value})" if country else value
        if field.type == "selection":
            return dict(field._description_selection(model.env)).get(value, value)
        if field.type == "boolean":
            return model.env._("Yes")
        if field.type == "date":
            return wording.day(value, locale)
        if field.type == "float":
            return wording.number(value, locale)
        return value

    @api.model
    def _get_ghg(self, snapshot, locale, env):
        """Return the declared GHG value and its terms, or None when none is declared."""
        declared = snapshot.get("sustainability_declaration") or {}
        if declared.get("ghg_value") is None:
            return None
        is_actual = declared.get("ghg_type") == "actual"
        terms = [
            (term, wording.number(declared[f"ghg_{term}"], locale))
            for term in GHG_TERMS
            if declared.get(f"ghg_{term}") is not None
            and (is_actual or declared[f"ghg_{term}"].strip("0."))
        ]
        types = env["sustainability.declaration"]._fields["ghg_type"]._description_selection(env)
        return {
            "value": wording.number(declared["ghg_value"], locale),
            "unit": declared.get("ghg_unit") or "",
            "type": dict(types).get(declared.get("ghg_type"), ""),
            "terms": terms,
        }
