# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Processes of the bench of the bridge: started, held, ended."""

import contextlib
import os
import signal
import subprocess


@contextlib.contextmanager
def running_broker(folder):
    """The private Mosquitto of the tests."""
    from odoo.addons.process_mqtt.tests.mosquitto import PASSWORD, Mosquitto

    os.environ["BATCHPROOF_MQTT_PASSWORD"] = PASSWORD
    broker = Mosquitto(folder).start()
    try:
        yield broker
    finally:
        broker.stop()


@contextlib.contextmanager
def ended(process):
    """A process, ended in the end."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


@contextlib.contextmanager
def held(processes):
    """Processes that stand still meanwhile, and then all go on at once."""
    try:
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)
