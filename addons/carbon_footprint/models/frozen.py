# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rows that PostgreSQL itself keeps from changing, once they have left a state."""

from odoo.tools import SQL

FUNCTION = """
CREATE OR REPLACE FUNCTION carbon_footprint_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed text[] := TG_ARGV[0]::text[];
BEGIN
    IF to_jsonb(OLD) ->> 'state' = NULLIF(TG_ARGV[1], '') THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (to_jsonb(NEW) - allowed) = (to_jsonb(OLD) - allowed) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'frozen: % on table % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation',
              HINT = 'A result keeps what it was computed from. Make a new version.';
END $$
"""


def install(cr, table: str, mutable: set[str], free_state: str) -> None:
    """(Re)create the trigger; rows in `free_state` may change, others only in `mutable`."""
    cr.execute(FUNCTION)
    drop(cr, table)
    columns = sorted(mutable | {"write_uid", "write_date"})
    cr.execute(
        SQL(
            "CREATE TRIGGER %s BEFORE UPDATE OR DELETE ON %s FOR EACH ROW"
            " EXECUTE FUNCTION carbon_footprint_frozen(%s, %s)",
            SQL.identifier(f"{table}_frozen"),
            SQL.identifier(table),
            f"{{{','.join(columns)}}}",
            free_state,
        )
    )


def drop(cr, table: str) -> None:
    """Remove the trigger, if the table is there."""
    cr.execute("SELECT to_regclass(%s)", [table])
    if cr.fetchone()[0] is not None:
        cr.execute(
            SQL(
                "DROP TRIGGER IF EXISTS %s ON %s",
                SQL.identifier(f"{table}_frozen"),
                SQL.identifier(table),
            )
        )
