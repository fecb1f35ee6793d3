# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import certificate_list

CHANGEABLE = ("valid_to", "suspended_from", "scope_codes", "materials", "add_ons")


class PartnerCertificationImport(models.TransientModel):
    """The scheme's public list, read from its file; a check shows every row before it counts.

    A certificate that is on file is brought up to date and counts as checked on the day of the
    list; a renewal is a new record that names the old one. A row that cannot be read is refused
    with its number, and nothing of it is taken.
    """

    _name = "partner.certification.import"
    _inherit = ["mass.balance.import.mixin"]
    _description = "Import of the public list of certificates"

    list_day = fields.Date(
        string="Day of the list", required=True, default=fields.Date.context_today
    )
    only_known = fields.Boolean(
        string="Only holders we know",
        default=True,
        help="Otherwise a contact is made for every holder of the list.",
    )
    line_ids = fields.One2many("partner.certification.import.line", "import_id", readonly=True)

    def _get_title(self) -> str:
        return self.env._("Import certificates")

    def _get_role_text(self) -> str:
        return self.env._("Only the sustainability manager imports certificates.")

    def _get_file_texts(self, detail: str) -> dict[str, str]:
        return {
            "kind": self.env._("A CSV or XLSX file is expected, not “%s”.", detail),
            "empty": self.env._("The file has no rows."),
        }

    def _get_summary(self, lines: list[dict]) -> str:
        counts = {o: sum(line["outcome"] == o for line in lines) for o in ("refused", "skipped")}
        return self.env._(
            "%(rows)s rows: %(taken)s taken, %(refused)s refused, %(skipped)s of holders "
            "we do not know.",
            rows=len(lines),
            taken=len(lines) - sum(counts.values()),
            **counts,
        )

    def _read_rows(self, content):
        rows = super()._read_rows(content)
        missing = certificate_list.missing_columns(rows)
        if missing:
            raise UserError(self.env._("The file lacks the columns: %s.", ", ".join(missing)))
        return rows

    def _take_rows(self, content: bytes, is_dry: bool) -> list[dict]:
        rows = self._read_rows(content)
        evidence = f"{self.file_name}, SHA-256 {hashlib.sha256(content).hexdigest()}"
        return [
            self._take(found, evidence, is_dry)
            for found in certificate_list.parse(rows, self.list_day, self.day_order == "day")
        ]

    # -- one row ----------------------------------------------------------------------------------

    def _take(self, found, evidence: str, is_dry: bool) -> dict:
        line = {"row": found.row, "number": found.number}
        if isinstance(found, certificate_list.Refused):
            return {**line, "outcome": "refused", "reason": self._get_reason(found)}
        line["holder"] = found.holder
        partner = self._find_holder(found.holder)
        if not partner and self.only_known:
            return {**line, "outcome": "skipped", "reason": self.env._("Holder not known")}
        if not partner and not self.env["res.partner"].has_access("create"):
            reason = self.env._("Holder not known, and you may not create contacts")
            return {**line, "outcome": "refused", "reason": reason}
        values = self._prepare_values(found, evidence)
        known = self._find_known(found)
        if known:
            return {**line, **self._renew_check(known, values, is_dry)}
        old = self._find_previous(partner, found)
        outcome = "renewal" if old else "new"
        if not is_dry:
            partner = partner or self.env["res.partner"].create(
                {"name": found.holder, "is_company": True}
            )
            self.env["partner.certification"].create(
                {**values, "partner_id": partner.id, "previous_id": old.id}
            )
        reason = self.env._("Renewal of %s", old.number) if old else ""
        return {**line, "outcome": outcome, "reason": reason}

    def _find_holder(self, name: str):
        partners = self.env["res.partner"]
        domain = [("name", "=ilike", name), ("company_id", "in", [self.company_id.id, False])]
        return partners.search([*domain, ("parent_id", "=", False)], limit=1)

    def _find_known(self, found):
        return (
            self.env["partner.certification"]
            .with_context(active_test=False)
            .search(
                [
                    ("number", "=", found.number),
                    ("valid_from", "=", found.valid_from),
                    ("company_id", "in", [self.company_id.id, False]),
                ],
                limit=1,
            )
        )

    def _find_previous(self, partner, found):
        """Return the certificate of the holder that this one renews, if it has one."""
        return self.env["partner.certification"].search(
            [
                ("partner_id", "=", partner.id),
                ("scheme", "=", found.scheme),
                ("company_id", "in", [self.company_id.id, False]),
                ("valid_from", "<", found.valid_from),
                ("renewal_ids", "=", False),
            ],
            order="valid_to desc",
            limit=1,
        )

    def _prepare_values(self, found, evidence: str) -> dict:
        return {
            "number": found.number,
            "company_id": self.company_id.id,
            "scheme": found.scheme,
            "scope_codes": found.scopes,
            "materials": found.materials,
            "add_ons": found.add_ons,
            "certification_body": found.body,
            "valid_from": found.valid_from,
            "valid_to": found.valid_to,
            "suspended_from": found.suspended_from,
            "checked_on": self.list_day,
            "check_evidence": f"{evidence}; {found.evidence}" if found.evidence else evidence,
        }

    def _renew_check(self, known, values: dict, is_dry: bool) -> dict:
        """Bring a certificate on file up to date; what it said before stays in its history."""
        changed = [n for n in CHANGEABLE if (known[n] or False) != (values[n] or False)]
        names = ("checked_on", "check_evidence", *changed)
        if not is_dry and (not known.checked_on or known.checked_on <= self.list_day):
            known.write({name: values[name] for name in names})
        labels = [known._fields[n].get_description(self.env, ["string"])["string"] for n in changed]
        return {"outcome": "update" if changed else "same", "reason": ", ".join(labels)}

    def _get_reason(self, refused) -> str:
        texts = {
            "empty": self.env._("%s is empty", refused.detail),
            "number": self.env._("“%s” is not a number of the scheme", refused.detail),
            "date": self.env._("this is not a date: %s", refused.detail),
            "order": self.env._("it ends before it begins: %s", refused.detail),
            "status": self.env._("the status “%s” is not known", refused.detail),
        }
        return texts[refused.code]
