# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Progress and failure messages for a person or a log file."""

import contextlib
import sys
import threading
import time

HEARTBEAT = 20  # seconds between signs of life where there is no terminal
FRAMES = "|/-\\"


class Failure(Exception):
    """Something the person at the keyboard can act on: printed without a traceback."""


def say(text=""):
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


def warn(text):
    """Print a line that must not be overlooked, but does not stop the work."""
    print(f"  ! {text}", flush=True)


@contextlib.contextmanager
def step(title):
    """Show that ``title`` is being worked on, then how long it took."""
    began = time.monotonic()
    done = threading.Event()
    ticker = threading.Thread(target=_tick, args=(title, began, done), daemon=True)
    ticker.start()
    outcome = "interrupted"
    try:
        yield
        outcome = "done"
    except Exception:
        outcome = "failed"
        raise
    finally:
        done.set()
        ticker.join()
        mark = "" if outcome == "done" else f"  ({outcome})"
        start = "\r\033[K" if sys.stdout.isatty() else ""
        say(f"{start}  {time.monotonic() - began:6.1f} s  {title}{mark}")


def _tick(title, began, done):
    """Keep the line of a running step moving; in a log file say now and then that it lives."""
    terminal = sys.stdout.isatty()
    count = 0
    while not done.wait(0.2 if terminal else HEARTBEAT):
        seconds = time.monotonic() - began
        if terminal:
            frame = FRAMES[count % len(FRAMES)]
            print(f"\r\033[K  {seconds:6.0f} s  {title} {frame}", end="", flush=True)
        else:
            say(f"  {seconds:6.0f} s  {title} ...")
        count += 1
