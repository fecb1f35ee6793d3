# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The command line of the bridge: options, signals, and one supervisor."""

import argparse
import logging
import signal
import sys

from odoo.service.server import load_server_wide_modules
from odoo.tools import config

from .lease import INSTANCES
from .supervisor import Supervisor

_logger = logging.getLogger(__name__)


def main(program: str, arguments: list[str]) -> int:
    """Run until SIGTERM or SIGINT; returns the exit status."""
    database, instance = _read_options(program, arguments)
    load_server_wide_modules()
    supervisor = Supervisor(database, instance)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, supervisor.stop)
    _logger.info("The MQTT bridge serves database %s.", database)
    supervisor.run()
    _logger.info("The MQTT bridge has stopped.")
    return 0


def _read_options(program: str, arguments: list[str]) -> tuple[str, int]:
    """Our own option is taken out first; the rest are Odoo's own, such as -c and -d."""
    parser = argparse.ArgumentParser(prog=program, add_help=False, allow_abbrev=False)
    parser.add_argument("--bridge-instance", type=int, default=1)
    own, rest = parser.parse_known_args(arguments)
    if not 1 <= own.bridge_instance < INSTANCES:
        sys.exit(f"--bridge-instance is a number from 1 to {INSTANCES - 1}.")
    config.parser.prog = program
    config.parse_config(rest, setup_logging=True)
    names = config["db_name"]
    if len(names) != 1:
        sys.exit("Give the bridge one database: -d DATABASE.")
    return names[0], own.bridge_instance
