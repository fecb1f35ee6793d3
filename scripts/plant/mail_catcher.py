# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A mail server that delivers nothing: each mail becomes a file, as it was received.

Run as a program with the plant's Python: ``mail_catcher.py PORT FOLDER [ADDRESS]``.
"""

import asyncio
import contextlib
import datetime
import itertools
import re
import signal
import sys
from pathlib import Path

from aiosmtpd.controller import UnthreadedController

LARGEST = 50 * 1024 * 1024


class Catcher:
    """Write ``<UTC time>-<number>-<recipient>.eml`` for each recipient."""

    def __init__(self, folder):
        self.folder = folder
        self.number = itertools.count(1)

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 (aiosmtpd's name)
        """Store a mail; it appears in the folder only when it is whole."""
        for recipient in envelope.rcpt_tos:
            time = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S.%fZ")
            safe = re.sub(r"[^A-Za-z0-9@._+-]", "_", recipient)[:80]
            path = self.folder / f"{time}-{next(self.number):04d}-{safe}.eml"
            new = path.with_suffix(".part")
            new.write_bytes(envelope.original_content)
            new.rename(path)
        return "250 Message accepted"


async def serve(port, folder, address="127.0.0.1"):
    """Catch mails until told to stop."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for kind in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(kind, stopped.set)
    server = UnthreadedController(
        Catcher(folder), hostname=address, port=port, loop=loop, data_size_limit=LARGEST
    )
    with contextlib.closing(await server._create_server()):
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
