# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Takes orders over MQTT and answers: `plant/<site>/<line>/simulator/run` and `…/done`."""

import json
import queue
import time
from collections.abc import Callable
from pathlib import Path

from . import idle, recording
from .publisher import Publisher
from .replay import Order, Replayer

RECORDINGS = Path(__file__).resolve().parents[2] / "data" / "recordings"


def find_recording(name: str) -> str:
    """A path, or the name of a file in data/recordings with or without its .csv."""
    for path in (Path(name), RECORDINGS / name, RECORDINGS / f"{name}.csv"):
        if path.is_file():
            return str(path)
    raise ValueError(f"there is no recording {name}")


class Line:
    """One line of one site: its orders, its meters, its quiet values."""

    def __init__(self, publisher: Publisher, site: str, line: str, is_idle: bool):
        meters = recording.Meters(idle.standing(site, line, time.time()))
        self.replayer = Replayer(publisher, site, line, meters)
        self.idler = idle.Idler(self.replayer) if is_idle else None
        self.prefix = f"plant/{site}/{line}"
        self.publisher = publisher

    def handlers(self, orders: queue.SimpleQueue) -> dict[str, Callable[[str, bytes], None]]:
        """What to listen to: orders for the simulator, and others who speak for this line."""
        wanted = {f"{self.prefix}/simulator/run": lambda _t, data: orders.put((self, data))}
        if self.idler:
            wanted[f"{self.prefix}/+"] = lambda _topic, _data: self.idler.give_way()
        return wanted

    def carry_out(self, data: bytes, is_stopping: Callable[[], bool]) -> dict:
        """Replay as ordered and answer; a wrong order is answered with `error`.

        The order `{"quiet": true}` only silences the idle values: whoever replays the past wants
        no values of now in between.
        """
        try:
            document = json.loads(data)
            if document == {"quiet": True}:
                return self._fall_quiet()
            order = Order.from_json(document)
            order = Order(**{**order.__dict__, "recording": find_recording(order.recording)})
            if self.idler:
                self.idler.give_way()
            answer = self.replayer.replay(order, is_stopping)
            if self.idler:
                self.idler.give_way()
        except (ValueError, OSError) as error:
            answer = {"error": str(error), "published": 0}
        self.publisher.tell(f"{self.prefix}/simulator/done", answer)
        return answer

    def _fall_quiet(self) -> dict:
        if self.idler:
            self.idler.give_way()
        answer = {"quiet": True, "published": 0}
        self.publisher.tell(f"{self.prefix}/simulator/done", answer)
        return answer


def serve(lines: list[Line], publisher: Publisher, is_stopping: Callable[[], bool], say) -> None:
    """Carry out orders one by one, and keep the idle lines alive in between."""
    orders: queue.SimpleQueue = queue.SimpleQueue()
    handlers = {}
    for line in lines:
        handlers.update(line.handlers(orders))
    publisher.listen(handlers)
    while not is_stopping():
        try:
            line, data = orders.get(timeout=0.2)
        except queue.Empty:
            for line in lines:
                if line.idler:
                    line.idler.tick()
            continue
        answer = line.carry_out(data, is_stopping)
        say(f"{line.prefix}: {json.dumps(answer)}")
