# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The third layer of append-only: PostgreSQL itself refuses, whoever is connected."""

from odoo.tools import SQL

# arguments: the columns that may change, the state in which a row is still free ('': none), the
# changes of state that are left afterwards, each as "from>to", and the columns that are free in
# that state (none: all of them, and the row may be deleted)
FUNCTION = """
CREATE OR REPLACE FUNCTION audit_chain_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed text[] := COALESCE(TG_ARGV[0], '{}')::text[];
    moves text[] := COALESCE(TG_ARGV[2], '{}')::text[];
    answer text[] := COALESCE(TG_ARGV[3], '{}')::text[];
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        IF to_jsonb(OLD) ->> 'state' = NULLIF(TG_ARGV[1], '') THEN
            IF answer = '{}' THEN
                RETURN COALESCE(NEW, OLD);
            END IF;
            allowed := allowed || answer;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            IF (to_jsonb(OLD) ->> 'state') || '>' || (to_jsonb(NEW) ->> 'state') = ANY(moves) THEN
                allowed := allowed || 'state'::text;
            END IF;
            IF (to_jsonb(NEW) - allowed) = (to_jsonb(OLD) - allowed) THEN
                RETURN NEW;
            END IF;
        END IF;
    END IF;
    RAISE EXCEPTION 'append-only: % on table % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation',
              HINT = 'Enter a correction as a new record that names the old one.';
END $$
"""


def install(
    cr,
    table: str,
    mutable: set[str],
    free_state: str = "",
    moves: tuple[tuple[str, str], ...] = (),
    answer: tuple[str, ...] = (),
) -> None:
    """(Re)create the triggers of `table`.

    Only the columns `mutable` may be updated, except in rows whose state is `free_state`; the
    state itself only along `moves`, pairs of the old and the new one. With `answer`, a row in its
    free state is a question on record: those columns are written once, and nothing else changes.
    """
    cr.execute(FUNCTION)
    drop(cr, table)
    # who changed a mutable column, and when, is stamped by the ORM beside it
    columns = sorted(mutable | {"write_uid", "write_date"}) if mutable or moves or answer else []
    cr.execute(
        SQL(
            "CREATE TRIGGER %s BEFORE UPDATE OR DELETE ON %s FOR EACH ROW"
            " EXECUTE FUNCTION audit_chain_append_only(%s, %s, %s, %s)",
            SQL.identifier(f"{table}_append_only"),
            SQL.identifier(table),
            "{" + ",".join(columns) + "}",
            free_state,
            "{" + ",".join(f"{old}>{new}" for old, new in moves) + "}",
            "{" + ",".join(answer) + "}",
        )
    )
    cr.execute(
        SQL(
            "CREATE TRIGGER %s BEFORE TRUNCATE ON %s FOR EACH STATEMENT"
            " EXECUTE FUNCTION audit_chain_append_only()",
            SQL.identifier(f"{table}_no_truncate"),
            SQL.identifier(table),
        )
    )


def drop(cr, table: str) -> None:
    """Remove the triggers, if the table is there."""
    cr.execute("SELECT to_regclass(%s)", [table])
    if cr.fetchone()[0] is None:
        return
    for suffix in ("append_only", "no_truncate"):
        cr.execute(
            SQL(
                "DROP TRIGGER IF EXISTS %s ON %s",
                SQL.identifier(f"{table}_{suffix}"),
                SQL.identifier(table),
            )
        )
