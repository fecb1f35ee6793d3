# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The sensors of the demo plants: replays recordings over MQTT, with faults on request."""
