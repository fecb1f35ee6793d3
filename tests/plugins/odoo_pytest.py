# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A pytest plugin for the tests inside the addons.

- A test during which Odoo logs a warning or worse has failed. What a test provokes on purpose it
  says by `mute_logger` or `assertLogs`; both keep the record from this handler.
- Each parallel worker has a filestore of its own. pytest-odoo lets them share one, but Odoo's test
  classes collect garbage at their end, and one worker's files are garbage to the other's database.
"""

import contextlib
import logging
import os
import re
import shutil
from pathlib import Path

import pytest

# what Odoo itself warns of in tests, through no doing of a module
EXPECTED = re.compile(r"^$")


class Collector(logging.Handler):
    """Keeps what was logged since the last look."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        """Keep a warning or error, unless it is an expected one."""
        message = record.getMessage()
        if not EXPECTED.search(message):
            self.lines.append(f"{record.levelname} {record.name}: {message[:300]}")


COLLECTOR = Collector()


def pytest_configure(config):
    """Take the place of pytest-odoo's sharing."""
    import pytest_odoo

    pytest_odoo._shared_filestore = own_filestore


@contextlib.contextmanager
def own_filestore(original, name):
    """Give a worker's database a copy of the files, by hard links, and take it away at the end."""
    from odoo.tools import config

    folder = Path(config["data_dir"]) / "filestore"
    if name == original:
        yield
        return
    shutil.rmtree(folder / name, ignore_errors=True)
    if (folder / original).is_dir():
        shutil.copytree(folder / original, folder / name, copy_function=os.link)
    try:
        yield
    finally:
        shutil.rmtree(folder / name, ignore_errors=True)


def pytest_sessionstart(session):
    """Listen to everything that reaches the root logger."""
    logging.getLogger().addHandler(COLLECTOR)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a test that passed, but not quietly."""
    COLLECTOR.lines.clear()
    result = yield
    if COLLECTOR.lines:
        pytest.fail("Odoo logged during this test:\n" + "\n".join(COLLECTOR.lines), pytrace=False)
    return result
