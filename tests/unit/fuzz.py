# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How long the fuzz tests try: some hundred examples, or BATCHPROOF_FUZZ_SECONDS for each."""

import os
import time

from hypothesis import HealthCheck, given, settings

SECONDS = float(os.environ.get("BATCHPROOF_FUZZ_SECONDS") or 0)
EXAMPLES = 200


def fuzz(*strategies, examples=EXAMPLES):
    """Run a test function on arbitrary input: `@fuzz(strategy, …)`, its arguments in order."""

    def decorate(check):
        def attempt(count):
            quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]
            limited = settings(
                max_examples=count, deadline=None, database=None, suppress_health_check=quiet
            )
            limited(given(*strategies)(check))()

        def run():
            attempt(examples)
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                attempt(10 * examples)

        run.__name__, run.__doc__ = check.__name__, check.__doc__
        return run

    return decorate
