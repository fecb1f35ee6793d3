# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The machinery of the bridge: its own process between the broker and the one door of readings.

worker.py has the contract; the command that starts it is cli/mqtt_bridge.py.
"""
