# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""PostgreSQL itself keeps an approved plan revision as it was approved, whoever is connected.

One function for each table of a plan. What may still change is named: the state may go from
approved to superseded, and the log columns of Odoo move with it.
"""

from odoo.tools import SQL

TABLES = (
    "process_plan",
    "process_plan_stage",
    "process_plan_approval",
    "process_requirement",
    "process_limit",
    "process_answer",
)
# The way from a row to the plan it belongs to, for OLD and for NEW.
OWNER = {
    "process_plan": "SELECT {row}.id",
    "process_plan_stage": "SELECT {row}.plan_id",
    "process_plan_approval": (
        "SELECT plan_id FROM process_plan_stage WHERE id = {row}.plan_stage_id"
    ),
    "process_requirement": (
        "SELECT plan_id FROM process_plan_stage WHERE id = {row}.plan_stage_id"
    ),
    "process_limit": (
        "SELECT s.plan_id FROM process_requirement r"
        " JOIN process_plan_stage s ON s.id = r.plan_stage_id WHERE r.id = {row}.requirement_id"
    ),
}
OWNER["process_answer"] = OWNER["process_limit"]
# Columns that are no content: Odoo's log, and how a superseded revision is marked.
FREE = ("write_uid", "write_date", "message_main_attachment_id")

FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := TG_ARGV[0]::text[];
    frozen text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (to_jsonb(NEW) - free) = (to_jsonb(OLD) - free) THEN
            RETURN NEW;
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        SELECT p.code || ' revision ' || p.revision INTO frozen FROM process_plan p
         WHERE p.id = ({old}) AND p.state IN ('approved', 'superseded');
    END IF;
    IF frozen IS NULL AND TG_OP <> 'DELETE' THEN
        SELECT p.code || ' revision ' || p.revision INTO frozen FROM process_plan p
         WHERE p.id = ({new}) AND p.state IN ('approved', 'superseded');
    END IF;
    IF frozen IS NOT NULL {unless} THEN
        RAISE EXCEPTION 'plan % is approved: % on table % refused', frozen, TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation',
                  HINT = 'Make a new revision of the plan.';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$
"""
# A plan is stored as approved from "in review", and goes on to superseded: nothing else moves.
PLAN_UNLESS = """
    AND NOT (TG_OP = 'UPDATE' AND OLD.state = 'approved' AND NEW.state = 'superseded'
             AND (to_jsonb(NEW) - free - 'state') = (to_jsonb(OLD) - free - 'state'))
"""


def install(cr, table: str) -> None:
    """(Re)create the trigger of one table of a plan."""
    name = f"{table}_plan_frozen"
    # a plan that is inserted or becomes approved is judged by the row as it was before
    own = table == "process_plan"
    # nothing of it comes from outside: the names are constants of this file
    cr.execute(  # pylint: disable=sql-injection
        FUNCTION.format(
            name=name,
            old=OWNER[table].format(row="OLD"),
            new="SELECT NULL::int" if own else OWNER[table].format(row="NEW"),
            unless=PLAN_UNLESS if own else "",
        )
    )
    drop(cr, table)
    cr.execute(
        SQL(
            "CREATE TRIGGER %s BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW"
            " EXECUTE FUNCTION %s(%s)",
            SQL.identifier(name),
            SQL.identifier(table),
            SQL.identifier(name),
            f"{{{','.join(FREE)}}}",
        )
    )


def drop(cr, table: str) -> None:
    """Remove the trigger of a table, if the table is there."""
    cr.execute("SELECT to_regclass(%s)", [table])
    if cr.fetchone()[0]:
        cr.execute(
            SQL(
                "DROP TRIGGER IF EXISTS %s ON %s",
                SQL.identifier(f"{table}_plan_frozen"),
                SQL.identifier(table),
            )
        )


def drop_all(cr) -> None:
    """Remove every trigger and its function: an uninstall leaves nothing on foreign tables."""
    for table in TABLES:
        drop(cr, table)
        cr.execute(SQL("DROP FUNCTION IF EXISTS %s()", SQL.identifier(f"{table}_plan_frozen")))
