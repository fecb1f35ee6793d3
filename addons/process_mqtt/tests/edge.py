# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The Sparkplug edge node of scripts/simulator/edge.py, as its own process."""

import json
import os
import queue
import subprocess
import threading
from pathlib import Path

from .mosquitto import PASSWORD, USER

PROGRAM = Path(__file__).resolve().parents[3] / "scripts" / "simulator" / "edge.py"
PATIENCE_S = 30


def find_edge_python() -> str | None:
    """The interpreter of the edge's environment; scripts/test makes it and names it here."""
    python = os.environ.get("BATCHPROOF_EDGE_PYTHON")
    return python if python and PROGRAM.exists() else None


class Edge:
    def __init__(self, port, group, node="edge1", device="htst"):
        self.port = port
        self.process = subprocess.Popen(
            [find_edge_python(), str(PROGRAM), group, node, device],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.rebirths = 0
        self._done = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            event = json.loads(line)["event"]
            if event == "rebirth":
                self.rebirths += 1
            elif event == "done":
                self._done.put(event)

    def do(self, order, **values):
        """Give an order, and wait until it is carried out."""
        self.process.stdin.write(json.dumps({"do": order, **values}) + "\n")
        self.process.stdin.flush()
        self._done.get(timeout=PATIENCE_S)

    def connect(self, bd_seq=0):
        self.do("connect", port=self.port, user=USER, password=PASSWORD, bd_seq=bd_seq)

    def kill(self):
        """As power loss would: the broker publishes the NDEATH that the node left with it."""
        self.process.kill()
        self.process.wait(10)

    def close(self):
        if self.process.poll() is None:
            self.kill()
        self.process.stdin.close()
        self.process.stdout.close()
