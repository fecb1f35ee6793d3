# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Nobody forges a record (A18, A24, A25): every model, every role, every door, any context.

It does not matter how a door says no: afterwards the rows in PostgreSQL must be the same.
"""

import psycopg2

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .approval_common import ApprovalCase

CONTEXT = {
    "install_mode": True,
    "import_file": True,
    "tracking_disable": True,
    "mail_notrack": True,
    "no_reset_password": True,
    "force_delete": True,
    "_force_unlink": True,
    "module_uninstall": True,
    "default_state": "approved",
    "default_user_id": 1,
    "active_test": False,
    "uid": 1,
    "su": True,
}
# What a door may answer with; anything else is a defect of the door.
REFUSALS = (UserError, AttributeError, TypeError, ValueError, KeyError, psycopg2.Error)
# Columns that are no content.
FREE = ["write_uid", "write_date", "message_main_attachment_id"]
RECORDS = (
    "process.run",
    "process.stage",
    "process.transition",
    "process.approval",
    "process.approval.delegation",
    "audit.signature",
    "audit.record",
    "audit.chain.head",
    "audit.signature.attempt",
)
# The rows of the approved plan, of each table of it.
PLAN = {
    "process.plan": "id = %(plan)s OR state IN ('approved', 'superseded')",
    "process.plan.stage": "plan_id = %(plan)s",
    "process.plan.approval": (
        "plan_stage_id IN (SELECT id FROM process_plan_stage WHERE plan_id = %(plan)s)"
    ),
    "process.requirement": (
        "plan_stage_id IN (SELECT id FROM process_plan_stage WHERE plan_id = %(plan)s)"
    ),
    "process.limit": (
        "requirement_id IN (SELECT r.id FROM process_requirement r JOIN process_plan_stage s"
        " ON s.id = r.plan_stage_id WHERE s.plan_id = %(plan)s)"
    ),
}


@tagged("post_install", "-at_install")
class TestForgery(ApprovalCase):
    def setUp(self):
        super().setUp()
        self.reach_gate()
        approval = self.get_approvals()
        approval.with_user(self.supervisor).action_delegate(
            self.second_supervisor.id, reason="Night shift"
        )
        self.sign(approval, "approve", self.second_supervisor)
        self.env["audit.signature.attempt"].sudo().create(
            {"user_id": self.operator.id, "attempted_at_ms": 1}
        )
        self.env.flush_all()
        groups = {
            "Auditor": "audit_chain.group_audit_chain_auditor",
            "Clerk": "mrp.group_mrp_user",
            "Customer": "base.group_portal",
        }
        others = self.env["res.users"]
        for name, group in groups.items():
            others |= self.env["res.users"].create(
                {
                    "name": name,
                    "login": f"test-forger-{name}",
                    "group_ids": [Command.set(self.env.ref(group).ids)],
                }
            )
        roles = (self.operator, self.supervisor, self.engineer, self.quality_manager)
        self.users = (*roles, self.integration, *others, self.env.ref("base.user_admin"))

    # -- rows -----------------------------------------------------------------------------------

    def get_rows(self, model):
        """Return every row that may not change, as PostgreSQL has it."""
        self.cr.execute(
            SQL(
                "SELECT id, (to_jsonb(t) - %s)::text FROM %s t WHERE %s ORDER BY id",
                FREE,
                SQL.identifier(self.env[model]._table),
                SQL(PLAN.get(model, "true"), plan=self.approval_plan.id),  # pylint: disable=sql-injection
            )
        )
        return self.cr.fetchall()

    def assert_unmoved(self, env, model, method, *args):
        """Try a door; whatever it answers, the rows are the same afterwards."""
        before = self.rows[model]
        label = f"{env.user.login}{' as superuser' if env.su else ''}: {model}.{method}{args}"
        savepoint = self.cr.savepoint()
        try:
            call_kw(env[model], method, list(args), {"context": CONTEXT})
            env.flush_all()
            self.assertEqual(self.get_rows(model), before, label)
        except REFUSALS:
            savepoint.rollback()
            self.assertEqual(self.get_rows(model), before, label)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    # -- what is tried --------------------------------------------------------------------------

    def get_target(self, model):
        self.assertTrue(self.rows[model], f"{model} has a row to attack")
        return self.env[model].sudo().browse(self.rows[model][-1][0])

    def forge(self, field, record):
        """Return a value for a field that is another one than the record has."""
        value = record[field.name]
        if field.type == "many2one":
            others = self.env[field.comodel_name].sudo().search([("id", "!=", value.id)], limit=1)
            return others.id
        if field.type == "selection":
            return next(code for code in field.get_values(self.env) if code != value)
        if field.type in ("integer", "float", "many2one_reference"):
            return (value or 0) + 1
        if field.type == "boolean":
            return not value
        if field.type in ("char", "text"):
            return f"{value or ''} forged"
        return None

    def get_forged(self, record):
        """Return each stored field with a false value."""
        forged = {
            name: self.forge(field, record)
            for name, field in record._fields.items()
            if field.store and field.column_type and name != "id" and name not in FREE
            if not name.startswith("create_")
        }
        return {name: value for name, value in forged.items() if value is not None}

    def get_doors(self, record):
        """Return (method, arguments) of every door that RPC has to a record."""
        vals = self.get_forged(record)
        state = "state" if "state" in vals else next(iter(vals))
        (copied,) = record.copy_data()
        columns = [name for name, value in vals.items() if isinstance(value, str)]
        ids = record.ids
        yield "write", (ids, vals)
        yield "web_save", (ids, {state: vals[state]}, {})
        yield "web_save", ([], copied, {})
        yield "create", ([{**copied, **vals}],)
        yield "name_create", ("forged",)
        yield "copy", (ids,)
        yield "unlink", (ids,)
        yield "load", ([".id", *columns], [[str(record.id), *(vals[name] for name in columns)]])
        if "active" in record._fields:
            yield "action_archive", (ids,)
        if "sequence" in record._fields:
            yield "web_resequence", (ids, {}, "sequence", 5)
        yield "update_field_translations", (ids, "name", {"en_US": "forged"})
        if "message_ids" in record._fields:
            yield "message_post", (ids,)
        yield "_stamp", (ids, vals)

    @mute_logger("odoo.sql_db", "odoo.models.unlink", "odoo.addons.base.models.ir_model")
    def test_no_role_has_a_door(self):
        models = (*RECORDS, *PLAN)
        self.rows = {model: self.get_rows(model) for model in models}
        for model in models:
            doors = list(self.get_doors(self.get_target(model)))
            for user in self.users:
                env = self.env(user=user, su=False, context={})
                for method, args in doors:
                    self.assert_unmoved(env, model, method, *args)

    @mute_logger("odoo.sql_db", "odoo.models.unlink")
    def test_not_one_field_yields_to_the_superuser(self):
        models = (*RECORDS[:6], *PLAN)
        self.rows = {model: self.get_rows(model) for model in models}
        env = self.env(su=True, context={})
        for model in models:
            record = self.get_target(model)
            for name, value in self.get_forged(record).items():
                self.assert_unmoved(env, model, "write", record.ids, {name: value})
            self.assert_unmoved(env, model, "unlink", record.ids)

    def test_every_model_of_the_module_is_attacked(self):
        """A new model of the module must be named here, or be one that people write."""
        written_by_people = {
            "process.plan.import.wizard",
            "process.plan.compare.wizard",
            "process.reason.wizard",
            "process.approval.delegate.wizard",
        }
        self.env.cr.execute(
            "SELECT m.model FROM ir_model m JOIN ir_model_data d ON d.res_id = m.id"
            " AND d.model = 'ir.model' WHERE d.module = 'process_control'"
        )
        own = {
            model
            for (model,) in self.cr.fetchall()
            if model in self.env
            and not self.env[model]._abstract
            and self.env[model]._original_module == "process_control"
        }
        self.assertEqual(own - set(RECORDS) - set(PLAN), written_by_people)
