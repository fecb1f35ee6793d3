# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_access
from . import test_alert_escalation
from . import test_alerts
from . import test_archive
from . import test_answers
from . import test_browser
from . import test_calibration
from . import test_cycle
from . import test_delivery
from . import test_deviation
from . import test_display
from . import test_entry
from . import test_entry_due
from . import test_evaluation
from . import test_ingest
from . import test_lot_hold
from . import test_monitoring_lost
from . import test_reading_table
from . import test_reevaluation
from . import test_requirement
from . import test_rollup
from . import test_two_workers
from . import test_unchanged
from . import test_frequency
from . import test_lethality
from . import test_limits
