# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    test_access,
    test_alerts,
    test_browser,
    test_cycle,
    test_deviation,
    test_display,
    test_evaluation,
    test_ingest,
    test_lot_hold,
    test_reading_table,
    test_requirement,
    test_two_workers,
)
