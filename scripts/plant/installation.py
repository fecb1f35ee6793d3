# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The plant's database: installed once, updated when the addons change, provisioned."""

import json
import os

from . import credentials, odoo, paths, processes
from .console import Failure, step, warn

DATABASE = "batchproof"
DEMO = "process_demo"


def prepare(plant, cluster, fresh=False):
    """Bring the database up to date with the addons."""
    mark = plant.state.root / "installed.json"
    content = odoo.content_hash()
    known = processes.read_json(mark)
    if fresh or not known or not cluster.exists(DATABASE):
        mark.unlink(missing_ok=True)
        cluster.drop(DATABASE)
        _drop_mails(plant.state.mail)
        _change(plant, "Install the demo plants (about two minutes)", "-i", _wanted())
    elif (known["addons"], known["odoo"]) != (content, plant.source.version):
        names = ["base"] if known["odoo"] != plant.source.version else odoo.in_order()
        _change(plant, "Update the demo plants", "-i", _wanted(), "-u", ",".join(names))
    processes.write_json(mark, {"addons": content, "odoo": plant.source.version})


def _drop_mails(folder):
    """Forget what an older database sent: the new one gives the same numbers again."""
    for path in folder.glob("*.eml"):
        path.unlink()


def _wanted():
    """The demo brings everything; without it, whatever is there."""
    modules = odoo.in_order()
    if DEMO in modules:
        return DEMO
    if not modules:
        raise Failure(f"There is no module in {paths.ADDONS}.")
    warn(f"addons/{DEMO} does not exist: installing {', '.join(modules)} without demo plants.")
    return ",".join(modules)


def _change(plant, title, *options):
    log = plant.state.log / "install.log"
    log.unlink(missing_ok=True)
    with step(title):
        lines = plant.odoo.run(*options, "--stop-after-init", "--no-http", log=log)
    if lines:
        warn(f"{len(lines)} warnings, the first: {lines[0]}")


def provision(plant):
    """Passwords, keys and addresses; return what only the database knows."""
    result = plant.state.root / "provisioned.json"
    wanted = _settings(plant, result)
    done = processes.read_json(result)
    stamp = _stamp(plant, wanted)
    if done.get("stamp") == stamp:
        return done
    result.unlink(missing_ok=True)
    log = plant.state.log / "provision.log"
    log.unlink(missing_ok=True)
    env = {**plant.environment, "BATCHPROOF_PROVISION": json.dumps(wanted)}
    script = paths.SCRIPTS / "plant" / "provision.py"
    with step("Users, keys, mail and broker"), open(script, "rb") as stdin:
        plant.odoo.run("--no-http", name="shell", log=log, env=env, stdin=stdin)
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("PROVISION: "):
            warn(line.removeprefix("PROVISION: "))
    done = processes.read_json(result)
    if not done:
        raise Failure(f"Setting up users and keys failed.{processes.tail(log)}")
    processes.write_json(result, {**done, "stamp": stamp})
    return done


def _settings(plant, result):
    return {
        "users": plant.secrets["users"],
        "admin": plant.secrets["admin"],
        "api_roles": credentials.API_ROLES,
        "api_keys": processes.read_json(result).get("api_keys", {}),
        "url": plant.url,
        "smtp_host": "localhost",
        "smtp_port": paths.port("smtp"),
        "broker": {
            "host": "localhost",
            "port": paths.port("mqtt"),
            "username": "bridge",
            "ca_file": str(plant.authority),
        },
        "signing": str(plant.state.signing),
        "result": str(result),
    }


def _stamp(plant, wanted):
    """Changes whenever provisioning must run again."""
    lasting = {name: value for name, value in wanted.items() if name != "api_keys"}
    made = os.stat(plant.state.root / "installed.json").st_mtime_ns
    return odoo.digest([json.dumps(lasting, sort_keys=True), str(made)])
