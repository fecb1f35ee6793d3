# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import functools

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.frozen import OUT
from ..tools import credential, moment, wording

SEARCHED = {
    "name": "name",
    "lot": "lot_id.name",
    "product": "product_id.name",
    "delivery": "picking_id.name",
}
TYPED = ("search", "search_in", "date_begin", "date_end")
LARGEST_ID = 2**31 - 1
VALID = [("state", "=", "issued")]
WITHDRAWN = [("state", "in", ("superseded", "revoked"))]


class CertificatePortal(CustomerPortal):
    """The customer's own certificates: list, page and files."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "certificate_count" in counters:
            values["certificate_count"] = self._get_own_certificates(limit=1, count=True)
        return values

    def _get_certificate_domain(self):
        """Issued documents of the customer's own company; the record rule says the same."""
        customer = request.env.user.partner_id.commercial_partner_id
        return [("partner_id", "child_of", customer.id), ("state", "in", OUT)]

    def _get_own_certificates(self, domain=(), count=False, **kwargs):
        """Search the customer's own documents, whichever of our companies issued them.

        Superuser mode, because a portal user belongs to one company only; so the domain of the
        customer always stands first.
        """
        model = request.env["lot.certificate"].sudo()
        domain = self._get_certificate_domain() + list(domain)
        return (model.search_count if count else model.search)(domain, **kwargs)

    def _get_certificate_sortings(self):
        env = request.env
        return {
            "date": {"label": env._("Newest"), "order": "issued_at_ms desc, id desc"},
            "name": {"label": env._("Number"), "order": "name desc, id desc"},
            "product": {"label": env._("Product"), "order": "product_id, id desc"},
        }

    def _get_certificate_filters(self):
        env = request.env
        return {
            "all": {"label": env._("All"), "domain": []},
            "batch": {
                "label": env._("Batch certificates"),
                "domain": [("kind", "=", "batch")],
            },
            "sustainability": {
                "label": env._("Sustainability declarations"),
                "domain": [("kind", "=", "sustainability")],
            },
            "valid": {"label": env._("Valid"), "domain": VALID},
            "withdrawn": {
                "label": env._("Superseded or revoked"),
                "domain": WITHDRAWN,
            },
        }

    def _get_certificate_inputs(self):
        """Return what the list can be searched by, as people read it."""
        env = request.env
        labels = {
            "all": env._("Search in all"),
            "name": env._("Number"),
            "lot": env._("Lot"),
            "product": env._("Product"),
            "delivery": env._("Delivery"),
        }
        return {key: {"input": key, "label": label} for key, label in labels.items()}

    def _get_certificate_search(self, search, search_in, date_begin, date_end):
        """Return the domain of what was typed; anything else than dates and words is ignored."""
        domain = Domain.TRUE
        if search:
            names = [SEARCHED[search_in]] if search_in in SEARCHED else SEARCHED.values()
            domain &= Domain.OR(Domain(name, "ilike", search[:100]) for name in names)
        for operator, text in ((">=", date_begin), ("<=", date_end)):
            try:
                day = fields.Date.to_date(text) if text else None
            except ValueError:
                day = None
            if day:
                domain &= Domain("issued_at_ms", operator, moment.day_ms(day, operator == "<="))
        return domain

    @http.route(
        ["/my/certificates", "/my/certificates/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_certificates(self, page=1, sortby=None, filterby=None, **typed):
        """List the customer's certificates, searched, filtered and sorted."""
        sortings, filters = self._get_certificate_sortings(), self._get_certificate_filters()
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        # PostgreSQL's texts hold no zero byte
        typed = {name: (typed.get(name) or "").replace("\0", "") for name in TYPED}
        typed["search_in"] = typed["search_in"] if typed["search_in"] in SEARCHED else "all"
        domain = list(Domain(filters[filterby]["domain"]) & self._get_certificate_search(**typed))
        pager = portal_pager(
            url="/my/certificates",
            url_args={"sortby": sortby, "filterby": filterby, **typed},
            total=self._get_own_certificates(domain, count=True),
            page=page,
            step=self._items_per_page,
        )
        certificates = self._get_own_certificates(
            domain,
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        values = {
            **self._prepare_portal_layout_values(),
            "certificates": certificates,
            "page_name": "certificate",
            "pager": pager,
            "default_url": "/my/certificates",
            "searchbar_sortings": sortings,
            "sortby": sortby,
            "searchbar_filters": filters,
            "filterby": filterby,
            "searchbar_inputs": self._get_certificate_inputs(),
            "search": typed["search"],
            "search_in": typed["search_in"],
        }
        return request.render("lot_certificate.portal_my_certificates", values)

    @http.route("/my/certificates/<int:certificate_id>", type="http", auth="public", website=True)
    def portal_my_certificate(self, certificate_id, access_token=None, download=None, **_kwargs):
        """Show one certificate, or download its PDF or document."""
        certificate = self._get_certificate(certificate_id, access_token)
        if not certificate:
            return request.redirect("/my")
        if download in ("pdf", "json", "vc"):
            return self._download_certificate(certificate, download)
        snapshot = certificate._get_snapshot_data()
        locale = wording.get_locale(request.env.lang)
        values = {
            **self._prepare_portal_layout_values(),
            "certificate": certificate,
            "newest": self._get_newest(certificate),
            "snapshot": snapshot,
            "quantity": wording.number(snapshot["identification"]["quantity"], locale),
            "day": functools.partial(wording.day, locale=locale),
            "page_name": "certificate",
            "access_token": certificate.access_token if access_token else None,
        }
        return request.render("lot_certificate.portal_certificate_page", values)

    def _get_newest(self, certificate):
        """Return what took its place, where it is the reader's own; else nothing."""
        newest = certificate.sudo()._get_newest()
        if newest == certificate or request.env.user._is_public():
            return None
        return self._get_own_certificates([("id", "=", newest.id)])

    def _get_certificate(self, certificate_id, access_token):
        """Return the customer's own document, or the one whose link was shared; else nothing."""
        if certificate_id > LARGEST_ID:
            return None
        own = [("id", "=", certificate_id)]
        if not request.env.user._is_public() and (found := self._get_own_certificates(own)):
            return found
        try:
            shared = self._document_check_access("lot.certificate", certificate_id, access_token)
        except (AccessError, MissingError):
            return None
        return shared if shared.state in OUT else None

    def _download_certificate(self, certificate, kind):
        if kind == "pdf":
            content, mimetype = certificate.attachment_id.raw, "application/pdf"
            name = certificate.pdf_name
        elif kind == "vc":
            content, mimetype = (
                certificate.sudo().export_credential().encode(),
                credential.MEDIA_TYPE,
            )
            name = certificate._get_credential_name()
        else:
            content = certificate._get_document_text().encode()
            mimetype, name = "application/json", f"{certificate.pdf_name[:-4]}.json"
        return request.make_response(
            content,
            headers=[
                ("Content-Type", mimetype),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )
