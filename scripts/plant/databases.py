# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Databases for test runs: templates by content hash, and clones of them that vanish after use."""

import contextlib
import hashlib
import os
import re

from . import odoo, paths, processes, pyenv
from .console import Failure, step, warn
from .postgres import Cluster, shared

# Odoo's own modules that ours build on: installing them takes a minute, cloning them a second
CORE = (
    "barcodes",
    "certificate",
    "mail",
    "maintenance",
    "mrp",
    "mrp_product_expiry",
    "portal",
    "purchase_stock",
    "sale_stock",
    "spreadsheet_dashboard",
)
OWNED = re.compile(r"_(\d+)(-gw\d+)?$")  # a clone carries its process, and the worker's number
TEMPLATES = {"core": CORE, "base": ("base",)}


class TestBench:
    """A database server and an Odoo for tests; use as a context manager."""

    __test__ = False

    def __init__(self):
        self.state = paths.test_state().create()
        self.source, self.venv = odoo.ensure()
        self.cluster = Cluster(self.state)

    def __enter__(self):
        self._stack = contextlib.ExitStack()
        self._stack.enter_context(shared(self.cluster))
        return self

    def __exit__(self, *failure):
        self._stack.close()

    def odoo(self, database):
        """An Odoo on this database, with a port and a configuration of its own."""
        conf = self.state.root / f"{database}.conf"
        found = odoo.Odoo(self.source, self.venv, conf, database)
        found.write_conf(self.state, self.cluster.socket, paths.free_port(), crons=0)
        return found

    def template(self, kind="core"):
        """The name of a ready template database; made on first use."""
        modules = TEMPLATES[kind]
        content = f"{modules} {self.source.version} {pyenv.key()}"
        name = f"tpl_{kind}_{hashlib.sha256(content.encode()).hexdigest()[:10]}"
        with processes.lock(self.state.root / f"template-{kind}.lock", "the template database"):
            if not self.cluster.exists(name):
                with step(f"Template database with Odoo's own modules ({kind})"):
                    self._make_template(kind, name)
        return name

    def _make_template(self, kind, name):
        for old in self.cluster.names(f"tpl_{kind}_"):
            self.cluster.drop(old)
        new = f"{name}_new"
        maker = self.odoo(new)
        maker.change("-i", TEMPLATES[kind], self.state.log / f"template-{kind}.log")
        self.cluster.rename(new, name)
        maker.conf.unlink()

    @contextlib.contextmanager
    def clone(self, label, kind="core"):
        """An Odoo on a fresh copy of a template; the copy is dropped in the end."""
        template = self.template(kind)
        name = f"t_{label[:40]}_{os.getpid()}"
        with processes.lock(self.state.root / "clone.lock", "another clone"):
            self._drop_abandoned()
            self.cluster.clone(template, name)
        found = self.odoo(name)
        try:
            yield found
        finally:
            with processes.undisturbed():
                for copy in self.cluster.names(f"{name}-gw"):  # of parallel workers
                    self.cluster.drop(copy)
                self._discard(name)

    def _discard(self, name):
        (self.state.root / f"{name}.conf").unlink(missing_ok=True)
        self.cluster.drop(name)

    def _drop_abandoned(self):
        """Remove what killed runs left behind."""
        for name in self.cluster.names("t_"):
            owner = OWNED.search(name)
            if not (owner and os.path.exists(f"/proc/{owner[1]}")):
                self._discard(name)


def change(found, option, modules, log):
    """Install or update; any warning in the log is a failure."""
    verb = "Install" if option == "-i" else "Update"
    with step(f"{verb} {', '.join(modules)}"):
        lines = found.change(option, modules, log)
    for line in lines:
        warn(line)
    if lines:
        raise Failure(f"{verb} logged {len(lines)} warnings or errors; see {log}.")
