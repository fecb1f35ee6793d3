# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A whole local plant: set it up, start it, tell others how to use it."""

import shutil
import sys

from . import broker, credentials, installation, odoo, paths, processes, pyenv, supervisor
from .console import Failure, say, step, warn
from .odoo import Odoo
from .postgres import Cluster
from .supervisor import Service

# the sensor simulator; {access} is the file that says how to reach the plant
SIMULATOR = ("{python}", str(paths.SCRIPTS / "simulate"), "--idle", "--access", "{access}")


class Plant:
    """The services and files of one state folder."""

    def __init__(self, state):
        self.state = state
        self.url = f"http://localhost:{paths.port('http')}"
        self.supervisor = supervisor.Supervisor(state.root / "processes.json")
        self.cluster = None

    def set_up(self, fresh=False):
        """Everything up to a provisioned database; long on the first start only."""
        supervisor.end_leftovers(self.supervisor.ledger)
        self.source, venv = odoo.ensure()
        paths.require_free_ports()
        pyenv.link(self.state, "venv", venv)
        self.secrets = credentials.ensure(self.state)
        self.odoo = Odoo(self.source, venv, self.state.conf, installation.DATABASE)
        self.environment = self.odoo.environment()
        self._make_keys()
        self.cluster = Cluster(self.state)
        with step("PostgreSQL"):
            self.cluster.start()
        self.odoo.write_conf(
            self.state, self.cluster.socket, paths.port("http"), master=self.secrets["master"]
        )
        installation.prepare(self, self.cluster, fresh)
        self.known = installation.provision(self)

    def _make_keys(self):
        self.broker_command = broker.prepare(self.state, self.odoo.python, self.secrets)
        self.authority = broker.authority(self.state)
        if not (self.state.signing / "signing.crt").exists():
            shutil.rmtree(self.state.signing, ignore_errors=True)
            self.state.signing.mkdir(mode=0o700)
            script = paths.SCRIPTS / "plant" / "certificates.py"
            processes.run([self.odoo.python, script, "signing", self.state.signing])

    def start(self):
        """Start the services; the access file appears before the simulator needs it."""
        for service in (self._broker(), self._mail(), self._odoo()):
            self.supervisor.start(service)
        if self._has_bridge():
            self.supervisor.start(self._bridge())
        else:
            warn("addons/process_mqtt brings no bridge command: no sensor reading will arrive.")
        processes.write_json(self.state.access, self.describe())
        if (paths.SCRIPTS / "simulate").exists():
            self.supervisor.start(self._simulator())
        else:
            warn("scripts/simulate does not exist: no sensor is simulated.")
        self._have_drafts_approved()

    def _have_drafts_approved(self):
        """Once: the demo's people approve what the data brought as drafts, as people do."""
        mark = self.state.root / "drafts.approved"
        made = (self.state.root / "installed.json").stat().st_mtime
        if mark.exists() and mark.stat().st_mtime > made:
            return
        command = [self.odoo.python, paths.SCRIPTS / "check", "--prepare"]
        log = self.state.log / "approvals.log"
        with step("Plans, mappings and carbon drafts approved by the demo's people"):
            processes.run([*command, "--access", self.state.access], log=log)
        mark.touch()

    def stop(self):
        """Stop what this plant started."""
        with processes.undisturbed():
            self.state.access.unlink(missing_ok=True)
            if self.cluster:
                say("Stopping ...")
                self.supervisor.stop()
                self.cluster.stop()

    def describe(self):
        """What other programs need to use the plant."""
        return {
            "url": self.url,
            "database": installation.DATABASE,
            "logins": credentials.logins(self.secrets),
            "api_keys": self.known["api_keys"],
            "mqtt": {
                "host": "localhost",
                "port": paths.port("mqtt"),
                "user": "plant",
                "password": self.secrets["mqtt"]["plant"],
                "ca": str(self.authority),
            },
            "mail_dir": str(self.state.mail),
            "example_batch": self.known["example_batch"],
            "signing_ca": str(self.state.signing / "ca.crt"),
        }

    def _service(self, name, title, command, **more):
        env = {**self.environment, **more.pop("env", {})}
        return Service(name, title, command, env, self.state.log / f"{name}.log", **more)

    def _broker(self):
        port = paths.port("mqtt")
        return self._service(
            "mosquitto",
            "MQTT broker",
            self.broker_command,
            ready=lambda: supervisor.answers(port),
        )

    def _mail(self):
        port = paths.port("smtp")
        script = paths.SCRIPTS / "plant" / "mail_catcher.py"
        return self._service(
            "mail",
            "Mail catcher",
            [self.odoo.python, script, port, self.state.mail],
            ready=lambda: supervisor.answers(port),
        )

    def _odoo(self):
        port = paths.port("http")
        return self._service(
            "odoo",
            "Odoo",
            self.odoo.command(),
            ready=lambda: supervisor.healthy(port),
            patience=120,
            # Odoo's threads for scheduled actions end with the database and do not come back
            leans_on=self.cluster.identity,
        )

    @staticmethod
    def _has_bridge():
        return (paths.ADDONS / "process_mqtt" / "cli" / "mqtt_bridge.py").exists()

    def _bridge(self):
        return self._service(
            "bridge",
            "MQTT bridge",
            self.odoo.command(name="mqtt_bridge"),
            env={"BATCHPROOF_MQTT_PASSWORD": self.secrets["mqtt"]["bridge"]},
        )

    def _simulator(self):
        values = {"python": self.odoo.python, "access": self.state.access}
        command = [part.format(**values) for part in SIMULATOR]
        return self._service("simulator", "Sensor simulator", command)


def summary(access):
    """What to open, for a person."""
    lines = ["", f"  Open {access['url']} and log in:", ""]
    for role, login in access["logins"].items():
        title = role.replace("_", " ")
        lines.append(f"    {title:24} {login['user']:30} {login['password']}")
    mqtt = access["mqtt"]
    lines += [
        "",
        f"  MQTT over TLS on {mqtt['host']}:{mqtt['port']}, user {mqtt['user']}, "
        f"password {mqtt['password']}",
        f"  Mails are kept in {access['mail_dir']}",
        "",
    ]
    return "\n".join(lines)


def require_supported():
    """Refuse an unsupported system in one sentence, before anything is written."""
    pyenv.require_python()
    if not sys.platform.startswith("linux"):
        raise Failure("This needs Linux; elsewhere use docker-compose.yml.")
