# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A private PostgreSQL on a Unix socket; as root the server runs as 'nobody'."""

import contextlib
import fcntl
import os
import shutil

from . import machine
from .console import Failure, step
from .processes import lock, output, run, undisturbed

SETTINGS = """listen_addresses = ''
unix_socket_directories = '{socket}'
shared_buffers = 256MB
max_wal_size = 2GB
max_connections = 150
jit = off
"""


def as_service(args):
    """The command that runs ``args`` without root's rights."""
    if os.geteuid() != 0:
        return [str(arg) for arg in args]
    drop = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    return [*drop, *map(str, args)]


def give_to_service(folder):
    """Make a folder that only the unprivileged servers (and root) may enter."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")


class Cluster:
    """The database server of one state folder."""

    def __init__(self, state):
        self.state = state
        self.data = state.service / "pg" / "data"
        self.socket = state.socket
        self.log = state.service / "pg" / "server.log"
        self.bin = machine.postgres_folder()
        self.env = {
            **machine.environment(),
            "PGHOST": str(self.socket),
            "PGPORT": "5432",
            "PGUSER": "odoo",
            "LC_ALL": "C.UTF-8",
        }

    def _server(self, program, *args):
        """Run a server program as the unprivileged user, in a folder it may enter."""
        command = as_service([self.bin / program, "-D", self.data, *args])
        return run(command, log=self.state.log / "postgres.log", env=self.env, cwd="/", check=False)

    def running(self):
        """True while the server answers."""
        return (self.data / "PG_VERSION").exists() and self._server("pg_ctl", "status") == 0

    def identity(self):
        """Which run of the server answers now, None while none does."""
        with contextlib.suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            if lines[7:] and lines[7].startswith("ready"):
                return lines[0], lines[2]
        return None

    def start(self):
        """Start the server if it is not running; make its data first if need be."""
        if self.state.service != self.state.root:
            give_to_service(self.state.service)
        for folder in (self.state.service / "pg", self.socket):
            give_to_service(folder)
        self._create()
        if self.running():
            return
        if self._server("pg_ctl", "-w", "-t", "60", "-s", "-l", self.log, "start"):
            raise Failure(f"PostgreSQL did not start; see {self.log}.")

    def _create(self):
        mark = self.state.root / "pg.ready"
        if mark.exists() and (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        options = ("-U", "odoo", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        if self._server("initdb", *options):
            raise Failure(f"PostgreSQL's initdb failed; see {self.state.log / 'postgres.log'}.")
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(SETTINGS.format(socket=self.socket))
        mark.touch()

    def stop(self):
        """Stop the server if it runs."""
        if self.bin and self.running():
            self._server("pg_ctl", "-w", "-m", "fast", "-s", "stop")

    def query(self, sql):
        """The rows of a query on the maintenance database, one line each."""
        command = [self.bin / "psql", "-d", "postgres", "-qtAc", sql]
        return output(command, env=self.env).splitlines()

    def names(self, start):
        """The databases whose name starts so."""
        names = self.query("select datname from pg_database")
        return [name for name in names if name.startswith(start)]

    def exists(self, name):
        """True if there is such a database."""
        return bool(self.query(f"select 1 from pg_database where datname = '{name}'"))

    def clone(self, template, name):
        """Copy a database and its files (hard links: Odoo never writes a stored file twice)."""
        output([self.bin / "createdb", "-T", template, name], env=self.env)
        source = self.files(template)
        if source.is_dir():
            shutil.copytree(source, self.files(name), copy_function=os.link)

    def drop(self, name):
        """Remove a database and its files."""
        output([self.bin / "dropdb", "--if-exists", "--force", name], env=self.env)
        shutil.rmtree(self.files(name), ignore_errors=True)

    def rename(self, old, new):
        """Give a database and its files another name."""
        self.query(f'alter database "{old}" rename to "{new}"')
        if self.files(old).is_dir():
            self.files(old).rename(self.files(new))

    def files(self, name):
        """Folder of a database's attachments."""
        return self.state.root / "data" / "filestore" / name


@contextlib.contextmanager
def shared(cluster):
    """Use a server together with other runs; the last one to leave stops it."""
    root = cluster.state.root
    with open(root / "pg.users", "w", encoding="utf-8") as users:
        with lock(root / "pg.lock"):
            fcntl.flock(users, fcntl.LOCK_SH)
            if not cluster.running():
                with step("PostgreSQL"):
                    cluster.start()
        try:
            yield cluster
        finally:
            with undisturbed(), lock(root / "pg.lock"):
                _leave(cluster, users)


def _leave(cluster, users):
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    cluster.stop()
