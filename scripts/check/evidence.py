# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The evidence folder: what came out of one drive of the chain, written as it was received."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class Failed(Exception):
    """A statement about the result that must hold does not."""


class Evidence:
    """Collects the steps and files of one plant and writes `summary.json` at the end."""

    def __init__(self, plant: str, folder: Path):
        self.plant = plant
        self.folder = folder
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        self._steps: list[dict[str, Any]] = []
        self._started = time.monotonic()

    def step(self, name: str, record: str = "", **figures: Any) -> None:
        """Note one step with the name of its record and its figures, and say it."""
        elapsed = time.monotonic() - self._started
        entry = {
            "step": name,
            "record": record,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "elapsed_s": f"{elapsed:.1f}",
            **figures,
        }
        self._steps.append(entry)
        shown = ", ".join(f"{key} {_short(value)}" for key, value in figures.items())
        print(f"[{self.plant} {elapsed:6.1f} s] {name}: {record} {shown}".rstrip(), flush=True)

    def write(self, name: str, content: bytes | str) -> Path:
        """Write one file of the folder as it came."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def finish(self) -> None:
        """Write `summary.json`: every step, the SHA-256 of every file beside it, and its own seal.

        The seal is the SHA-256 of this very file while the seal still reads 64 zeros.
        """
        files = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.iterdir())
        }
        unsealed = "0" * 64
        summary = {"plant": self.plant, "steps": self._steps, "files": files, "seal": unsealed}
        text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
        seal = hashlib.sha256(text.encode()).hexdigest()
        head, _, tail = text.rpartition(unsealed)
        self.write("summary.json", head + seal + tail)


def require(condition: Any, sentence: str) -> None:
    """Raise `Failed` with the sentence unless the condition holds."""
    if not condition:
        print(f"FAILED: {sentence}", file=sys.stderr, flush=True)
        raise Failed(sentence)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    return text if len(text) <= 160 else text[:157] + "…"
