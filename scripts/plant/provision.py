# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Make the demo database usable: passwords, API keys, mail, broker and signing key.

Fed to ``odoo shell``. It may run again at any time. What another module has not brought yet
is reported and left out.
"""

import base64
import datetime
import json
import os
from pathlib import Path

KEY_NAME = "Batchproof local plant"
KEY_YEARS = 10
SIGNING_NAME = "Batchproof development key"
COMPANIES = ("process_demo.company_dairy", "process_demo.company_polymer")
BROKERS = ("process_demo.broker_dairy", "process_demo.broker_polymer")


def warn(text):
    """Report what could not be set up."""
    print(f"PROVISION: {text}", flush=True)


def record(env, xmlid):
    """A record by its external id; its absence is reported."""
    found = env.ref(xmlid, raise_if_not_found=False)
    if not found:
        warn(f"{xmlid} does not exist")
    return found


def fill(model, domain, values):
    """Create or update one record; fields that the model lacks are reported."""
    unknown = set(values) - set(model._fields)
    for name in sorted(unknown):
        warn(f"{model._name} has no field {name}")
    known = {name: value for name, value in values.items() if name not in unknown}
    found = model.search(domain, limit=1)
    if found:
        found.write(known)
        return found
    return model.create(known)


def set_passwords(env, wanted):
    """Give each role its password, the administrator too."""
    for role, password in wanted["users"].items():
        user = record(env, f"process_demo.user_{role}")
        if user:
            user.password = password
    env.ref("base.user_admin").password = wanted["admin"]


def api_keys(env, wanted):
    """Role -> API key; keys that still work are kept."""
    keys = {}
    until = datetime.datetime.now() + datetime.timedelta(days=365 * KEY_YEARS)
    model = env["res.users.apikeys"].sudo()
    for role in wanted["api_roles"]:
        user = record(env, f"process_demo.user_{role}")
        if not user:
            continue
        key = wanted["api_keys"].get(role)
        if not key or model._check_credentials(scope="rpc", key=key) != user.id:
            model.search([("user_id", "=", user.id), ("name", "=", KEY_NAME)]).unlink()
            key = model.with_user(user).sudo()._generate("rpc", KEY_NAME, until)
        keys[role] = key
    return keys


def set_addresses(env, wanted):
    """Where this Odoo is reached, and where it sends its mail."""
    parameters = env["ir.config_parameter"]
    parameters.set_param("web.base.url", wanted["url"])
    parameters.set_param("web.base.url.freeze", "True")
    fill(
        env["ir.mail_server"],
        [("name", "=", "Local mail catcher")],
        {
            "name": "Local mail catcher",
            "smtp_host": wanted["smtp_host"],
            "smtp_port": wanted["smtp_port"],
            "smtp_encryption": "none",
        },
    )


def set_broker(env, wanted):
    """The broker the bridge connects to; its password stays outside the database."""
    for xmlid in BROKERS:
        broker = record(env, xmlid)
        if broker:
            broker.write({**wanted["broker"], "use_tls": True})


def set_signing_key(env, wanted):
    """Load the development key into each demo company."""
    if "certificate.certificate" not in env:
        warn("the module certificate is not installed")
        return
    folder = Path(wanted["signing"])
    key = base64.b64encode((folder / "signing.key").read_bytes())
    leaf = base64.b64encode((folder / "signing.crt").read_bytes())
    for xmlid in COMPANIES:
        company = record(env, xmlid)
        if not company:
            continue
        own = [("name", "=", SIGNING_NAME), ("company_id", "=", company.id)]
        values = {"name": SIGNING_NAME, "company_id": company.id}
        secret = fill(env["certificate.key"], own, {**values, "content": key})
        certificate = fill(
            env["certificate.certificate"],
            own,
            {**values, "content": leaf, "private_key_id": secret.id},
        )
        if "certificate_signing_id" in company._fields:
            company.certificate_signing_id = certificate
        else:
            warn("res.company has no field certificate_signing_id")


def provision(env):
    """Do it all; write what only the database knows to the result file."""
    wanted = json.loads(os.environ["BATCHPROOF_PROVISION"])
    set_passwords(env, wanted)
    set_addresses(env, wanted)
    set_broker(env, wanted)
    set_signing_key(env, wanted)
    example = record(env, "process_demo.production_example")
    result = {"api_keys": api_keys(env, wanted), "example_batch": example.id if example else None}
    env.cr.commit()
    path = Path(wanted["result"])
    path.touch(mode=0o600)
    path.write_text(json.dumps(result), encoding="utf-8")


provision(globals()["env"])
