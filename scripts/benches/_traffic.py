# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Clients of the bench of the bridge: publishers, processes of their own, and a bare receiver."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

SENSORS = 20
WINDOW = 2_000
LINE = "bench"
KEPT = 600
"""Seconds for which the broker keeps a session that nobody serves."""
BREACHES_A_SECOND = 2


def wait_for(probe, what, seconds=120, pause=0.05):
    """Return the first truthy answer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = probe()
        if found:
            return found
        time.sleep(pause)
    raise SystemExit(f"waited {seconds} s in vain for {what}")


def read_memory(pid):
    """Resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise SystemExit("The bridge has ended.")


# -- clients ----------------------------------------------------------------------------------


def make_client(client_id):
    """A client of the broker, as the bridge is one."""
    client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5
    )
    client.username_pw_set("bridge", os.environ["BATCHPROOF_MQTT_PASSWORD"])
    client.max_inflight_messages_set(WINDOW)
    return client


def connect(client, port):
    """Connect to a session that is kept, with the bridge's own Receive Maximum."""
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = KEPT
    properties.ReceiveMaximum = 2_000
    client.connect("localhost", port, clean_start=False, properties=properties)


def subscribe(port, client_id, topic_filter):
    """Open a session with a subscription and leave it to the broker."""
    done = threading.Event()
    client = make_client(client_id)
    client.on_connect = lambda *_arguments: client.subscribe(topic_filter, qos=1)
    client.on_subscribe = lambda *_arguments: done.set()
    connect(client, port)
    client.loop_start()
    if not done.wait(10):
        raise SystemExit("The broker accepts no subscription.")
    client.disconnect()
    client.loop_stop()


def drain(port, client_id, count):
    """Messages a second that a client receives which does nothing else."""
    seen, done, begin = [0], threading.Event(), [0.0]

    def on_message(_client, _userdata, _message):
        begin[0] = begin[0] or time.perf_counter()
        seen[0] += 1
        if seen[0] == count:
            done.set()

    client = make_client(client_id)
    client.on_message = on_message
    connect(client, port)
    client.loop_start()
    if not done.wait(300):
        raise SystemExit(f"Only {seen[0]} of {count} messages were received.")
    rate = count / (time.perf_counter() - begin[0])
    client.disconnect()
    client.loop_stop()
    return rate


def publish(port, count, begin=0, processes=1):
    """Publish numbered readings with QoS 1 from processes of their own; wait for them."""
    command = [sys.executable, __file__, str(port)]
    share = count // processes
    running = [
        subprocess.Popen([*command, str(begin + number * share), str(share)], env=os.environ)
        for number in range(processes)
    ]
    if any(process.wait() for process in running):
        raise SystemExit("A publisher failed.")


def make_reading(number, value=72.6, at_ms=None):
    """A reading as a source sends it; a thousand numbers share a millisecond of the past."""
    moment = at_ms or START_MS + number
    return json.dumps({"ts": moment, "seq": number, "value": value, "unit": "degC"}).encode()


START_MS = (time.time_ns() // 1_000_000) // 86_400_000 * 86_400_000 - 30 * 86_400_000
"""The time of reading 0: a whole day, so that all processes of a run agree on it."""


def publish_here(port, begin, count):
    """What a publisher's process does."""
    taken = threading.Semaphore(WINDOW)
    client = make_client(f"publisher-{os.getpid()}")
    client.on_publish = lambda *_arguments: taken.release()
    client.connect("localhost", port)
    client.loop_start()
    for number in range(begin, begin + count):
        taken.acquire()
        client.publish(f"plant/{LINE}/s{number % SENSORS}", make_reading(number), qos=1)
    for _number in range(WINDOW):
        taken.acquire()
    client.disconnect()
    client.loop_stop()


def publish_breaches(port, alerts, rate, published):
    """Publish at a rate, with a breach every now and then; note when each was published."""
    client = make_client("breaches")
    client.connect("localhost", port)
    client.loop_start()
    number, begin = 0, time.monotonic()
    every = rate // BREACHES_A_SECOND
    while len(published) < alerts:
        code, value = f"{LINE}-s{number % SENSORS}", 72.6
        if number % every == every - 1:
            code, value = f"{LINE}-w{len(published)}", 60.0
            published[code] = time.time()
        body = make_reading(number, value, time.time_ns() // 1_000_000)
        client.publish(f"plant/{code.replace('-', '/')}", body, qos=1)
        number += 1
        time.sleep(max(0.0, begin + number / rate - time.monotonic()))
    client.disconnect()
    client.loop_stop()


if __name__ == "__main__":
    publish_here(*map(int, sys.argv[1:]))
