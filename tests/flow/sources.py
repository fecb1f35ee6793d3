# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One source of the fault run, a process of its own: numbered readings, and their checksum.

    sources.py ACCESS TOPIC COUNT RATE

The checksum is that of the lines `number:time:tenths`, in order, as the table can give it too.
"""

import hashlib
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from simulator.publisher import Publisher


def make_line(number: int, at_ms: int, tenths: int) -> str:
    return f"{number}:{at_ms}:{tenths}"


def main(access: str, topic: str, count: int, rate: float) -> dict:
    mqtt = json.loads(Path(access).read_text())["mqtt"]
    name = f"fault-run-{topic.replace('/', '-')}"
    lines = []
    publisher = Publisher(
        mqtt["host"], mqtt["port"], mqtt["user"], mqtt["password"], mqtt["ca"], name
    )
    with publisher:
        begin = time.monotonic()
        for number in range(count):
            at_ms, tenths = time.time_ns() // 1_000_000, 650 + number % 100
            reading = {"ts": at_ms, "seq": number, "value": tenths / 10, "unit": "degC"}
            publisher.publish(topic, json.dumps(reading).encode())
            lines.append(make_line(number, at_ms, tenths))
            time.sleep(max(0.0, begin + number / rate - time.monotonic()))
        publisher.settle()
        resent = publisher.resent
    checksum = hashlib.md5(",".join(lines).encode(), usedforsecurity=False).hexdigest()
    return {"count": count, "checksum": checksum, "resent": resent}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))
