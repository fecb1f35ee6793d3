# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which fields of a certificate people fill in, which are stamped, and which freeze at issue."""

from odoo.tools import SQL

OUT = ("issued", "superseded", "revoked")
# What a user fills in; open while the certificate is a draft or has failed.
CONTENT = frozenset(
    {
        "kind",
        "lot_id",
        "picking_id",
        "declaration_id",
        "partner_id",
        "company_id",
        "quantity",
        "uom_id",
        "language",
        "claim_ids",
        "scope",
        "period_from",
        "period_to",
        "period_product_id",
        "supersedes_id",
        "supersede_reason",
    }
)
# What is made at the issue and belongs to the document.
DOCUMENT = frozenset(
    {
        "name",
        "snapshot",
        "snapshot_hash",
        "signature",
        "signature_algorithm",
        "signer_certificate",
        "signer_fingerprint",
        "is_development_key",
        "issued_at_ms",
        "verify_token",
        "attachment_id",
        "pdf_sha256",
        "credential",
        "stamped_at_ms",
        "stamped_by",
        "signature_level",
        "rule_id",
    }
)
# What only the code of this room writes.
STAMPED = DOCUMENT | {
    "state",
    "requested_by_id",
    "drafted_by_ids",
    "error",
    "mail_state",
    "mail_error",
    "mail_id",
    "mail_to",
    "mailed_at_ms",
    "bulk_id",
    "revoked_at_ms",
    "revoke_reason",
}
# The language and the quantity's unit may be computed again for drafts only; the columns below
# are compared by PostgreSQL once a certificate is out.
FROZEN = (CONTENT | DOCUMENT) - {"supersedes_id", "claim_ids"}

FUNCTION = """
CREATE OR REPLACE FUNCTION lot_certificate_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    names text[] := TG_ARGV[0]::text[];
    name text;
BEGIN
    IF OLD.issued_at_ms IS NULL OR OLD.issued_at_ms = 0
            OR OLD.state NOT IN ('issued', 'superseded', 'revoked') THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'certificate % is issued: it cannot be deleted', OLD.name
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state NOT IN ('issued', 'superseded', 'revoked') THEN
        RAISE EXCEPTION 'certificate % is issued: it cannot become %', OLD.name, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    FOREACH name IN ARRAY names LOOP
        IF to_jsonb(NEW) -> name IS DISTINCT FROM to_jsonb(OLD) -> name THEN
            RAISE EXCEPTION 'certificate % is issued: % cannot change', OLD.name, name
                USING ERRCODE = 'integrity_constraint_violation',
                      HINT = 'Revoke it, or issue another one that replaces it.';
        END IF;
    END LOOP;
    RETURN NEW;
END $$
"""


def install(cr, table):
    """(Re)create the trigger that keeps issued rows as they were issued."""
    cr.execute(FUNCTION)
    trigger = SQL.identifier(f"{table}_frozen")
    cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", trigger, SQL.identifier(table)))
    cr.execute(
        SQL(
            "CREATE TRIGGER %s BEFORE UPDATE OR DELETE ON %s FOR EACH ROW"
            " EXECUTE FUNCTION lot_certificate_frozen(%s)",
            trigger,
            SQL.identifier(table),
            f"{{{','.join(sorted(FROZEN))}}}",
        )
    )
