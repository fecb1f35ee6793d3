# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Start, watch and end programs; never touch one that was not started here."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import time

from .console import Failure, say


def catch_signals():
    """Let SIGTERM and SIGHUP unwind the program as Ctrl-C does, also in the background."""

    def interrupt(*_args):
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)


@contextlib.contextmanager
def undisturbed():
    """Finish cleaning up although the person presses Ctrl-C again."""
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {kind: signal.signal(kind, signal.SIG_IGN) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def start_time(pid):
    """The kernel's start time of a process: tells it from a later one with the same id."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


def describe(pid):
    """What is noted about a process to recognise it later."""
    return {"pid": pid, "started": start_time(pid)}


def is_same(note):
    """True while the noted process is still that process."""
    return bool(note and note.get("started")) and start_time(note["pid"]) == note["started"]


def start(args, *, log=None, env=None, cwd=None, stdin=subprocess.DEVNULL):
    """Start a program in a process group of its own."""
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(open(log, "ab")) if log else None
        return subprocess.Popen(
            [str(arg) for arg in args],
            stdin=stdin,
            stdout=out,
            stderr=subprocess.STDOUT if log else None,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )


def end(process, kind=signal.SIGTERM, patience=15):
    """End a program of ours with its whole group; ask first, then insist."""
    for attempt in (kind, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, attempt)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            break
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def end_noted(note, patience=30, group=False):
    """End a process (or its group) that an earlier run noted, if it is still that one."""
    kill = os.killpg if group else os.kill
    for kind in (signal.SIGTERM, signal.SIGKILL):
        if not is_same(note):
            return
        with contextlib.suppress(ProcessLookupError):
            kill(note["pid"], kind)
        deadline = time.monotonic() + patience
        while is_same(note) and time.monotonic() < deadline:
            time.sleep(0.1)


def run(args, *, log=None, env=None, cwd=None, check=True, stdin=None):
    """Run a program to its end; an interruption ends it too."""
    process = start(args, log=log, env=env, cwd=cwd, stdin=stdin or subprocess.DEVNULL)
    try:
        code = process.wait()
    except BaseException:
        with undisturbed():
            end(process)
        raise
    if check and code:
        raise Failure(f"{_name(args)} failed (exit {code}).{tail(log)}")
    return code


def output(args, *, env=None, check=True):
    """What a short program prints; its complaints are shown only when it fails."""
    done = subprocess.run([str(arg) for arg in args], env=env, capture_output=True, text=True)
    if check and done.returncode:
        raise Failure(f"{_name(args)} failed: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout


def tail(log, lines=15):
    """The end of a log file, for an error message."""
    if not log or not os.path.exists(log):
        return ""
    with open(log, encoding="utf-8", errors="replace") as file:
        last = file.read().splitlines()[-lines:]
    return "\n".join(["", f"The end of {log}:", *(f"    {line}" for line in last)])


def _name(args):
    return " ".join(os.path.basename(str(arg)) for arg in args[:3])


@contextlib.contextmanager
def lock(path, waiting="another run"):
    """Hold a lock file; say for whom we wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  Waiting for {waiting} ({path}) ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def slot(folder, count):
    """Hold one of ``count`` places, so that heavy runs do not starve one another."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(open(folder / f"slot-{n}", "w")) for n in range(count)]
        told = False
        while not any(_try_lock(file) for file in files):
            if not told:
                say(f"  Waiting: {count} other test runs are under way ...")
            told = True
            time.sleep(0.5)
        yield


def _try_lock(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_json(path, default=None):
    """A JSON file, or the default where there is none (or half of one)."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {} if default is None else default


def write_json(path, value, mode=0o600):
    """Replace a JSON file in one go, readable for its owner only."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2, sort_keys=True)
        file.write("\n")
    new.replace(path)
