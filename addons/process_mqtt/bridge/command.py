# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The command line of the bridge: options, signals, and one supervisor."""

import logging
import optparse
import signal
import sys

from odoo.service.server import load_server_wide_modules
from odoo.tools import config

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
    """Odoo's own options, and which of several bridges this one is."""
    config.parser.prog = program
    group = optparse.OptionGroup(config.parser, "MQTT bridge options")
    group.add_option(
        "--bridge-instance",
        dest="bridge_instance",
        type="int",
        my_default=1,
        help="Number of this bridge among several that work side by side; those above 1 take "
        "part in shared subscriptions ($share/...) only.",
    )
    config.parser.add_option_group(group)
    config.parse_config(arguments, setup_logging=True)
    names = config["db_name"]
    if len(names) != 1:
        sys.exit("Give the bridge one database: -d DATABASE.")
    instance = int(config["bridge_instance"] or 1)
    if not 1 <= instance < 1000:
        sys.exit("--bridge-instance is a number from 1 to 999.")
    return names[0], instance
