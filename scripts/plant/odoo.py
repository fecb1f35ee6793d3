# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo's configuration, command line, and the modules of this project."""

import ast
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from . import machine, pyenv, source
from .console import Failure
from .paths import ADDONS
from .processes import run

CONF = """[options]
addons_path = {addons}
data_dir = {data}
db_host = {socket}
db_port = 5432
db_user = odoo
db_name = {database}
dbfilter = ^{database}(-gw[0-9]+)?$
list_db = False
http_interface = 127.0.0.1
http_port = {port}
gevent_port = {port}
proxy_mode = True
workers = 0
max_cron_threads = {crons}
without_demo = True
admin_passwd = {master}
"""
TROUBLE = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")
SKIPPED_FOLDERS = {"tests", "__pycache__", "readme"}


@dataclass
class Odoo:
    """An Odoo with its Python environment and one configuration file."""

    source: source.Source
    venv: Path
    conf: Path
    database: str

    @property
    def python(self):
        """The interpreter of the environment."""
        return self.venv / "bin" / "python"

    def command(self, *args, name=None):
        """The command line of ``odoo``, or of one of its sub-commands."""
        start = [self.python, "-m", "odoo"]
        if name:
            start += [f"--addons-path={addons_path(self.source)}", name]
        return [*start, "-c", self.conf, "-d", self.database, *args]

    def environment(self):
        """What the Odoo process needs to know."""
        return machine.environment()

    def run(self, *args, log, name=None, env=None, stdin=None):
        """Run Odoo to its end; return the troubling lines it logged."""
        start = log.stat().st_size if log.exists() else 0
        run(self.command(*args, name=name), log=log, env=env or self.environment(), stdin=stdin)
        return troubles(log, start)

    def change(self, option, modules, log):
        """Install (-i) or update (-u) modules; return the troubling lines of the log."""
        names = ",".join(modules)
        return self.run(option, names, "--stop-after-init", "--no-http", log=log)

    def write_conf(self, state, socket, port, crons=2, master="disabled"):
        """Write the configuration file."""
        text = CONF.format(
            addons=addons_path(self.source),
            data=state.root / "data",
            socket=socket,
            database=self.database,
            port=port,
            crons=crons,
            master=master,
        )
        self.conf.touch(mode=0o600)
        self.conf.write_text(text, encoding="utf-8")


def ensure():
    """The Odoo source and its Python environment, set up if need be."""
    machine.ensure("plant")
    found = source.ensure()
    machine.write_fonts_conf(*found.fonts)
    return found, pyenv.runtime(found)


def addons_path(found):
    """Where modules are looked for."""
    return ",".join(str(path) for path in (*found.addons, ADDONS))


def troubles(log, start=0):
    """Lines of a log that report a warning or worse."""
    with open(log, encoding="utf-8", errors="replace") as file:
        file.seek(start)
        return [line.rstrip() for line in file if TROUBLE.match(line)]


def manifests():
    """The manifest of each module of this project."""
    found = {}
    for path in sorted(ADDONS.glob("*/__manifest__.py")):
        try:
            found[path.parent.name] = ast.literal_eval(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError) as error:
            raise Failure(f"{path} cannot be read: {error}") from None
    return found


def in_order(names=None):
    """Modules of this project, each after the ones it depends on."""
    known = manifests()
    ordered = []

    def visit(name):
        if name in ordered or name not in known:
            return
        for needed in known[name].get("depends", []):
            visit(needed)
        ordered.append(name)

    for name in names or known:
        visit(name)
    return ordered


def content_hash():
    """Identify what a database must be updated for: all of addons/ but tests and readmes."""
    digest = hashlib.sha256()
    for path in sorted(ADDONS.rglob("*")):
        parts = path.relative_to(ADDONS).parts
        if path.is_file() and not SKIPPED_FOLDERS.intersection(parts):
            digest.update(f"{path.relative_to(ADDONS)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def digest(texts):
    """One hash for several texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
