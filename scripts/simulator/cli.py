# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The command line of the simulator."""

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path

from . import control, faults, idle, message, recording
from .publisher import NotConnected, Publisher
from .replay import Order, Replayer

DESCRIPTION = """Publish what the sensors of a demo plant say, over MQTT with QoS 1.

Replay a recording:    simulate --access .run/access.json --recording dairy_htst --speed 60
One stage, a fault:    simulate ... --stage pasteurisation --fault pasteur-temp=71.2@120s+20s
Keep the plant alive:  simulate --access .run/access.json --idle
"""
EPILOG = """With --idle or --control it takes orders: publish a JSON object with recording, and
optionally stage, from_ms, until_ms, speed, start_ms and faults (a list), to
plant/<site>/<line>/simulator/run; the answer on .../done has published, broken, sensors, first_ms,
last_ms and a checksum, or error. The order {"quiet": true} only silences the idle values."""


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="simulate",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = parser.add_argument_group("where to publish")
    where.add_argument("--access", type=Path, help="access.json of a running plant")
    where.add_argument("--host", default="localhost")
    where.add_argument("--port", type=int, default=8883)
    where.add_argument("--user", default="")
    where.add_argument("--ca", default="", help="CA file; without it the connection is plain")
    where.add_argument(
        "--password-env",
        default="BATCHPROOF_MQTT_PASSWORD",
        help="environment variable with the password (default: %(default)s)",
    )
    where.add_argument("--site", default="dairy")
    where.add_argument("--line", default="d1")
    what = parser.add_argument_group("what to publish")
    what.add_argument("--recording", help="CSV file, or a name in data/recordings")
    what.add_argument("--stage", default="", help="only this stage of the recording")
    what.add_argument("--from-ms", type=int, default=0, help="begin so far into it")
    what.add_argument("--until-ms", type=int, help="end before this offset")
    what.add_argument("--speed", type=float, default=1.0, help="60 is a minute a second; 0: all")
    what.add_argument("--start-ms", type=int, help="source time of the first value (ms UTC)")
    what.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="TAG=VALUE@20s+20s",
        help="also silence, malformed, bad, nan, comma instead of a value; TAG= may be left out "
        "for these",
    )
    what.add_argument("--idle", action="store_true", help="quiet live values of all demo lines")
    what.add_argument("--control", action="store_true", help="take orders over MQTT")
    return parser.parse_args(argv)


def _publisher(given: argparse.Namespace) -> Publisher:
    password = os.environ.get(given.password_env, "")
    if given.access:
        mqtt = json.loads(given.access.read_text(encoding="utf-8"))["mqtt"]
        given.host, given.port, given.user = mqtt["host"], mqtt["port"], mqtt["user"]
        given.ca, password = mqtt.get("ca") or "", mqtt["password"]
    client_id = f"batchproof-simulator-{os.getpid()}-{message.Sequences().next('')}"
    return Publisher(given.host, given.port, given.user, password, given.ca, client_id)


class _Stop:
    """Whether SIGTERM or SIGINT has come."""

    def __init__(self):
        self.is_set = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._set)

    def _set(self, *_signal) -> None:
        self.is_set = True

    def __call__(self) -> bool:
        return self.is_set


def _say(text: str) -> None:
    print(text, flush=True)


def main(argv: list[str] | None = None) -> int:
    given = _arguments(argv)
    if not (given.recording or given.idle or given.control):
        print("simulate: say --recording, --idle or --control", file=sys.stderr)
        return 2
    stop = _Stop()
    try:
        for text in given.fault:
            faults.parse(text)
        with _publisher(given) as publisher:
            return _run(given, publisher, stop)
    except (NotConnected, ValueError, OSError) as problem:
        print(f"simulate: {problem}", file=sys.stderr)
        return 1


def _run(given: argparse.Namespace, publisher: Publisher, stop: _Stop) -> int:
    if given.recording:
        order = Order(
            recording=control.find_recording(given.recording),
            stage=given.stage,
            from_ms=given.from_ms,
            until_ms=given.until_ms,
            speed=given.speed,
            start_ms=given.start_ms,
            faults=given.fault,
        )
        meters = recording.Meters(idle.standing(given.site, given.line, time.time()))
        replayer = Replayer(publisher, given.site, given.line, meters)
        _say(json.dumps(replayer.replay(order, stop)))
    if given.idle or given.control:
        places = list(idle.LINES)
        if (given.site, given.line) not in places:
            places.append((given.site, given.line))
        lines = [control.Line(publisher, site, line, given.idle) for site, line in places]
        _say("simulate: ready")
        control.serve(lines, publisher, stop, _say)
        publisher.flush(10)
    return 0
