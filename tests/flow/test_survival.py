# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule A31, whole: four sources, and bridge, broker, Odoo and PostgreSQL killed at random.

Each reading is in the table exactly once; count and checksum are those of the sources. With
`--faults` it is the long run: 100 000 messages and 40 kills, about twelve minutes.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from client import Refused, wait_for

SOURCES = 4
SHORT = {"messages": 5_000, "kills": 4, "rate": 60}
LONG = {"messages": 100_000, "kills": 40, "rate": 50}
TARGETS = ("bridge", "mosquitto", "odoo", "postgres")
SUMS = """SELECT sensor.code, count(*),
       md5(string_agg(sequence || ':' || source_ms || ':' || round(raw_value * 10)::int, ','
                      ORDER BY sequence))
  FROM process_reading JOIN process_sensor sensor ON sensor.id = sensor_id
 WHERE sensor.code LIKE '{line}-%' GROUP BY 1"""


class Killer:
    """Ends parts of a plant as power loss would; the supervisor starts them again."""

    def __init__(self, plant):
        from plant import paths, postgres

        self.plant = plant
        self.cluster = postgres.Cluster(paths.State(plant.state))
        self.done: dict[str, int] = dict.fromkeys(TARGETS, 0)

    def kill(self, target: str) -> None:
        pids = self._find_postgres() if target == "postgres" else [self._find(target)]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.done[target] += 1
        if target == "postgres":
            self._forget_postgres(pids[0])
            wait_for("PostgreSQL", self._start_postgres, seconds=60)

    def _find(self, name: str) -> int:
        """The process of a service, once it runs (again)."""
        from plant import processes

        def running():
            note = processes.read_json(self.plant.state / "processes.json").get(name)
            return note["pid"] if processes.is_same(note) else None

        return wait_for(name, running, seconds=60)

    def _find_postgres(self) -> list[int]:
        """The postmaster first, then its children: none is to finish anything."""
        master = int((self.cluster.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return [master, *map(int, children)]

    def _forget_postgres(self, master: int) -> None:
        """A killed server that nobody has reaped yet still looks alive to `pg_ctl`."""
        from plant import processes

        wait_for("PostgreSQL's end", lambda: processes.start_time(master) is None, seconds=30)
        (self.cluster.data / "postmaster.pid").unlink(missing_ok=True)

    def _start_postgres(self) -> bool:
        from plant.console import Failure

        with contextlib.suppress(Failure):  # remains of the killed one may still be going
            self.cluster.start()
        return self.cluster.running()

    def query(self, sql: str) -> list[list[str]]:
        command = [self.cluster.bin / "psql", "-d", "batchproof", "-qtAF", " ", "-c", sql]
        done = subprocess.run(command, env=self.cluster.env, capture_output=True, text=True)
        return [line.split() for line in done.stdout.splitlines()]


def _make_sensors(plant, line: str) -> None:
    engineer = plant.dairy().person("process_engineer")
    temperature = engineer.search_read(
        "process.sensor", [("code", "=", "d1-pasteur-temp")], ["parameter_id"], limit=1
    )[0]["parameter_id"][0]
    values = [
        {"name": f"Fault run {number}", "code": f"{line}-s{number}", "parameter_id": temperature}
        for number in range(SOURCES)
    ]
    engineer.call("process.sensor", "create", values)


def _start_sources(plant, line: str, size: dict) -> list[subprocess.Popen]:
    program = Path(__file__).with_name("sources.py")
    count = str(size["messages"] // SOURCES)
    return [
        subprocess.Popen(
            [sys.executable, program, plant.access_file, topic, count, str(size["rate"])],
            stdout=subprocess.PIPE,
            text=True,
        )
        for topic in (f"plant/dairy/{line}/s{number}" for number in range(SOURCES))
    ]


def _wreck(killer: Killer, size: dict, seconds: float) -> None:
    """Kill at random times until the sources are done with their numbers."""
    chance = random.Random(size["kills"])
    targets = [*TARGETS, *chance.choices(TARGETS, k=size["kills"] - len(TARGETS))]
    chance.shuffle(targets)
    begin = time.monotonic()
    moments = sorted(chance.uniform(1, seconds) for _target in targets)
    for moment, target in zip(moments, targets, strict=True):
        time.sleep(max(0.0, begin + moment - time.monotonic()))
        killer.kill(target)


@pytest.fixture
def size(request):
    """How long a run: see --faults."""
    return LONG if request.config.getoption("--faults") else SHORT


def test_a31_every_reading_exactly_once_whatever_is_killed(plant, size):
    """Count and checksum of the table are those of the sources, after every kind of kill."""
    line = f"f{uuid.uuid4().hex[:6]}"
    _make_sensors(plant, line)
    killer = Killer(plant)
    begin = time.monotonic()
    sources = _start_sources(plant, line, size)
    _wreck(killer, size, 0.8 * size["messages"] / SOURCES / size["rate"])
    told = [json.loads(source.communicate(timeout=1800)[0]) for source in sources]
    expected = {
        f"{line}-s{number}": (one["count"], one["checksum"]) for number, one in enumerate(told)
    }

    def stored() -> dict:
        rows = killer.query(SUMS.format(line=line))
        return {code: (int(count), checksum) for code, count, checksum in rows}

    with contextlib.suppress(Refused, AssertionError, TimeoutError):
        wait_for("every reading", lambda: stored() == expected, seconds=600)
    print(
        f"\n{size['messages']} messages, kills {killer.done}, "
        f"sent again {sum(one['resent'] for one in told)}, {time.monotonic() - begin:.0f} s"
    )
    assert stored() == expected
    assert min(killer.done.values()) >= 1
    letters = f"SELECT count(*) FROM mqtt_dead_letter WHERE topic LIKE 'plant/dairy/{line}/%'"
    assert killer.query(letters) == [["0"]]
