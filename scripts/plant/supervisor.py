# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Start services in order, watch them, restart what dies, stop them in reverse order."""

import contextlib
import fcntl
import http.client
import os
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import processes
from .console import Failure, say, step, warn

CALM = 5  # seconds before a dead service is started again
SETTLED = 1.5  # seconds after which a service that answers no one counts as started


@dataclass
class Service:
    """One program of the plant."""

    name: str
    title: str
    command: list
    env: dict
    log: Path
    ready: object = None
    patience: int = 60
    leans_on: object = None  # tells which server it was started with; None while that is away
    started_with: object = field(default=None, repr=False)
    process: object = field(default=None, repr=False)
    restart_at: float = 0


def answers(port):
    """True if something listens on the port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def healthy(port):
    """True if Odoo says so itself."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/web/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Supervisor:
    """The services of one plant."""

    def __init__(self, ledger):
        self.ledger = ledger
        self.services = []

    def start(self, service):
        """Start a service and wait until it is ready."""
        with step(service.title):
            self._launch(service)
            self.services.append(service)
            self._await(service)

    def _launch(self, service):
        service.started_with = service.leans_on and service.leans_on()
        service.process = processes.start(
            service.command, log=service.log, env=service.env, cwd="/"
        )
        notes = processes.read_json(self.ledger)
        notes[service.name] = processes.describe(service.process.pid)
        processes.write_json(self.ledger, notes)

    def _await(self, service):
        deadline = time.monotonic() + service.patience
        time.sleep(0.1 if service.ready else SETTLED)
        if not service.ready and service.process.poll() is not None:
            warn(f"{service.name} ended at once.{processes.tail(service.log)}")
        while service.ready and not service.ready():
            if service.process.poll() is not None:
                raise Failure(f"{service.name} ended at once.{processes.tail(service.log)}")
            if time.monotonic() > deadline:
                raise Failure(f"{service.name} is not ready after {service.patience} s.")
            time.sleep(0.2)

    def watch(self):
        """Stay until interrupted; a service that dies is started again."""
        while True:
            now = time.monotonic()
            for service in self.services:
                if service.process.poll() is None:
                    self._renew(service)
                    continue
                if not service.restart_at:
                    code = service.process.returncode
                    warn(f"{service.name} ended (exit {code}); see {service.log}")
                    service.restart_at = now + CALM
                elif now >= service.restart_at:
                    service.restart_at = 0
                    self._launch(service)
            time.sleep(0.5)

    def _renew(self, service):
        """Start a service anew whose server is another one than it was started with."""
        present = service.leans_on and service.leans_on()
        if present and present != service.started_with:
            warn(f"{service.name} starts anew: what it leans on did")
            processes.end(service.process, patience=20)
            self._launch(service)

    def stop(self):
        """Stop everything that was started, last first."""
        with processes.undisturbed():
            for service in reversed(self.services):
                if service.process:
                    processes.end(service.process, patience=20)
            self.ledger.unlink(missing_ok=True)


def end_leftovers(ledger):
    """End what a killed supervisor left running; nothing else has these start times."""
    for name, note in reversed(processes.read_json(ledger).items()):
        if processes.is_same(note):
            say(f"  Stopping a left-over {name} (process {note['pid']})")
            processes.end_noted(note, group=True)
    ledger.unlink(missing_ok=True)


@contextlib.contextmanager
def only_one(state):
    """Hold the plant; fail if another program holds it."""
    with open(state.root / "run.lock", "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                "This plant is running or being set up already; scripts/stop ends it."
            ) from None
        note = state.root / "supervisor.json"
        processes.write_json(note, processes.describe(os.getpid()))
        try:
            yield
        finally:
            note.unlink(missing_ok=True)
