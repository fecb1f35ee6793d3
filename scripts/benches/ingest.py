# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Messages a second from broker to committed and judged, beside what bounds it; alert latency.

``ingest_vs_receive``: the bridge, beside a loop that only receives (wanted: 0.5);
``ingest_vs_copy``: beside a bare ``COPY`` of the same rows; ``ingest_vs_create``: beside one
``create()`` and commit for each message (wanted: 15); ``two_bridges_vs_one``: two in a shared
group (the note says on how many cores); ``memory_growth``: of the bridge's process, from the first
tenth of the messages to the last; ``alert_latency_p99``: from the publication of a breach, among
500 messages a second, to its alert with an activity (wanted: 2000 ms).

Sizes: ``scripts/bench ingest -- --messages 20000 --long 1000000 --alerts 100``.
"""

import argparse
import contextlib
import math
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

import _bridges
import _plant
import _processes
import _traffic

MODULES = ["process_mqtt"]
ROUNDS = 3
CREATED = 300
WATCHED = 4
"""Sensors of the throughput runs that a critical limit watches, of 20."""


def main():
    """Measure one after the other, each baseline in turns with what it is compared to."""
    parser = argparse.ArgumentParser(prog="scripts/bench ingest --")
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--long", type=int, default=100_000)
    parser.add_argument("--alerts", type=int, default=100)
    sizes = parser.parse_args()
    _plant.start_odoo()
    with tempfile.TemporaryDirectory(prefix="bench-ingest-") as folder:
        bench = Bench(Path(folder))
        try:
            bench.compare(sizes.messages)
            bench.share(2 * sizes.messages)
            bench.last(sizes.long)
            bench.alarm(sizes.alerts)
        finally:
            bench.close()


class Bench:
    """A broker, twenty sensors, and bridges."""

    def __init__(self, folder):
        self.folder = folder
        self.stack = contextlib.ExitStack()
        self.database = os.environ["BATCHPROOF_DATABASE"]
        self.broker = self.stack.enter_context(_processes.running_broker(folder))
        self.plant = _bridges.Plant(self.database, self.broker.port)
        self.stack.callback(self.plant.close)

    def close(self):
        self.stack.close()

    # -- one bridge beside its bounds ---------------------------------------------------------

    def compare(self, count):
        """One round is one queue of messages, drained by each in turn."""
        self.plant.set_up(watched=WATCHED)
        rates = {"receive": [], "ingest": [], "copy": [], "create": []}
        for number in range(ROUNDS + 1):
            _traffic.subscribe(self.broker.port, "bare", "plant/#")
            self.plant.subscribe()
            _traffic.publish(self.broker.port, count, begin=number * count)
            found = {
                "receive": _traffic.drain(self.broker.port, "bare", count),
                "ingest": self.plant.drain_in_process(count),
                "copy": self.plant.copy_newest(count),
                "create": self.plant.create_each(CREATED),
            }
            _plant.say(", ".join(f"{name} {rate:.0f}/s" for name, rate in found.items()))
            if number:  # the first one warms up
                for name, rate in found.items():
                    rates[name].append(rate)
        middle = {name: statistics.median(values) for name, values in rates.items()}
        for name in ("receive", "copy", "create"):
            _plant.report(f"ingest_vs_{name}", middle["ingest"], "messages/s", middle[name])

    # -- two bridges --------------------------------------------------------------------------

    def share(self, count):
        """A full queue through one process and through two, each with a shared subscription."""
        self.plant.share()
        rates = {1: [], 2: []}
        # a bridge that was once in the group keeps its share at the broker: so not in turns
        for bridges in (1, 2):
            for number in range(ROUNDS):
                rates[bridges].append(self._drain_shared(count, bridges, number))
        one, two = (statistics.median(rates[bridges]) for bridges in (1, 2))
        _plant.say(f"two bridges: on {os.cpu_count()} cores, which also bear broker and database")
        _plant.report("two_bridges_vs_one", two, "messages/s", one)

    def _drain_shared(self, count, bridges, number):
        """Messages a second from a full queue, which waits for bridges that are held meanwhile."""
        begin = (100 + 2 * number + bridges) * count
        with contextlib.ExitStack() as stack:
            running = [
                stack.enter_context(self.plant.running_bridge(self.folder, instance))
                for instance in range(1, bridges + 1)
            ]
            with _processes.held(running):
                target = self.plant.get_given() + count
                _traffic.publish(self.broker.port, count, begin, 2)
            start = time.perf_counter()
            self.plant.wait_stored(begin, count, target)
            return count / (time.perf_counter() - start)

    # -- memory -------------------------------------------------------------------------------

    def last(self, count):
        """Many messages through one process; its memory must not grow with them."""
        self.plant.share(alone=True)
        begin = 10_000_000
        with self.plant.running_bridge(self.folder) as bridge:
            sizes, given = [], self.plant.get_given()
            sender = threading.Thread(
                target=_traffic.publish, args=(self.broker.port, count), kwargs={"begin": begin}
            )
            sender.start()
            for tenth in range(1, 11):
                first, last = count * (tenth - 1) // 10, count * tenth // 10
                self.plant.wait_stored(begin + first, last - first, given + last, 7200)
                sizes.append(_traffic.read_memory(bridge.pid))
                _plant.say(f"{last} messages: {sizes[-1]:.1f} MB")
            sender.join()
        _plant.report("memory_growth", max(sizes[1:]), "MB", sizes[0])

    # -- latency ------------------------------------------------------------------------------

    def alarm(self, alerts):
        """Breaches among 500 messages a second, each on a monitored sensor of its own."""
        self.plant.watch(alerts)
        published, seen = {}, {}
        with self.plant.running_bridge(self.folder), self.plant.running_odoo(self.folder):
            watcher = threading.Thread(target=self.plant.watch_alerts, args=(alerts, seen))
            watcher.start()
            _traffic.publish_breaches(self.broker.port, alerts, 500, published)
            watcher.join()
        missing = len(set(published) - set(seen))
        if missing:
            raise SystemExit(f"{missing} of {alerts} breaches were not told of.")
        delays = sorted(1000 * (seen[code] - at) for code, at in published.items())
        nearest = delays[math.ceil(0.99 * len(delays)) - 1]
        _plant.say(f"median {statistics.median(delays):.0f} ms, longest {delays[-1]:.0f} ms")
        _plant.report("alert_latency_p99", round(nearest), "ms", 2_000)


if __name__ == "__main__":
    main()
