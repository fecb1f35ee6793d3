# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``scripts/run``, ``scripts/stop`` and ``scripts/shell``."""

import argparse
import contextlib
import os
import sys
import time

from . import machine, odoo, paths, plant, processes, supervisor
from .console import Failure, say
from .installation import DATABASE
from .postgres import Cluster

DESCRIPTION = "Set up and start two demo plants on this machine; Ctrl-C stops them."


def guarded(name, work):
    """Run an entry point; failures become one message, Ctrl-C leaves quietly."""
    processes.catch_signals()
    try:
        return work() or 0
    except Failure as failure:
        print(f"{name}: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{name}: stopped.", file=sys.stderr)
        return 130


def run():
    """Entry point of ``scripts/run``."""
    parser = argparse.ArgumentParser(prog="scripts/run", description=DESCRIPTION)
    parser.add_argument("--detach", action="store_true", help="leave the plant running")
    parser.add_argument("--check", action="store_true", help="run the check driver, then stop")
    parser.add_argument("--fresh", action="store_true", help="throw the database away first")
    parser.add_argument("--background", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    work = _check if options.check else _detach if options.detach else _foreground
    return guarded("scripts/run", lambda: work(options))


def _foreground(options):
    """Be the supervisor of the plant until told to stop."""
    plant.require_supported()
    state = paths.state().create()
    with supervisor.only_one(state):
        own = plant.Plant(state)
        (state.root / "ready").unlink(missing_ok=True)
        try:
            say(f"Batchproof: programs in {paths.cache()}, data in {state.root}")
            own.set_up(options.fresh)
            own.start()
            if not options.background:
                say(plant.summary(own.describe()) + "  Press Ctrl-C to stop.\n")
            (state.root / "ready").touch()
            own.supervisor.watch()
        finally:
            (state.root / "ready").unlink(missing_ok=True)
            own.stop()


def _detach(options):
    state = paths.state().create()
    if not _is_ready(state):
        _start_background(state, options)
    say(plant.summary(processes.read_json(state.access)) + "  scripts/stop stops it.\n")


def _is_ready(state):
    """True if a supervisor runs and everything is up."""
    note = processes.read_json(state.root / "supervisor.json")
    return processes.is_same(note) and (state.root / "ready").exists()


def _start_background(state, options):
    """Start a supervisor that outlives us; show its progress until it is ready."""
    (state.root / "ready").unlink(missing_ok=True)
    log = state.log / "run.log"
    log.write_bytes(b"")
    command = [sys.executable, paths.SCRIPTS / "run", "--background"]
    child = processes.start(command + ["--fresh"] * options.fresh, log=log, cwd=paths.ROOT)
    try:
        _follow(child, log, state)
    except BaseException:
        with processes.undisturbed():
            processes.end(child, patience=60)
        raise


def _follow(child, log, state):
    with open(log, encoding="utf-8", errors="replace") as file:
        while True:
            ended = child.poll() is not None
            ready = _is_ready(state)
            sys.stdout.write(file.read())
            sys.stdout.flush()
            if ready:
                return
            if ended:
                raise Failure(f"The plant did not start; see {log}.")
            time.sleep(0.2)


def _check(options):
    """Drive the plant without a person; what we started is stopped again."""
    machine.ensure("check")
    state = paths.state().create()
    started = not _is_ready(state)
    if started:
        _start_background(state, options)
    command = [
        state.root / "venv/bin/python",
        paths.SCRIPTS / "check",
        "--access",
        state.access,
        "--evidence",
        state.root / "evidence",
    ]
    try:
        return processes.run(command, env=machine.environment(), cwd=paths.ROOT, check=False)
    finally:
        if started:
            _stop(state)


def stop():
    """Entry point of ``scripts/stop``."""
    argparse.ArgumentParser(
        prog="scripts/stop", description="Stop the plant of this checkout, if it runs."
    ).parse_args()
    return guarded("scripts/stop", lambda: _stop(paths.state()))


def _stop(state):
    if not state.root.is_dir():
        return
    with processes.undisturbed():
        processes.end_noted(processes.read_json(state.root / "supervisor.json"), patience=90)
        supervisor.end_leftovers(state.root / "processes.json")
        if (state.service / "pg" / "data" / "PG_VERSION").exists():
            Cluster(state).stop()
        for name in ("access.json", "ready", "supervisor.json"):
            (state.root / name).unlink(missing_ok=True)
    say("Stopped.")


def shell():
    """Entry point of ``scripts/shell``: an Odoo shell on the plant's database."""
    return guarded("scripts/shell", _shell)


def _shell():
    state = paths.state()
    cluster = Cluster(state)
    if not state.conf.exists() or not cluster.running():
        raise Failure("The plant is not running; start it with scripts/run --detach.")
    found, venv = odoo.ensure()
    command = odoo.Odoo(found, venv, state.conf, DATABASE).command("--no-http", name="shell")
    with contextlib.suppress(KeyboardInterrupt):
        os.execve(command[0], [str(part) for part in command + sys.argv[1:]], cluster.env)
