# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import process_stamped_mixin
from . import process_parameter
from . import process_sensor
from . import process_sensor_unchanged
from . import process_requirement
from . import process_limit
from . import process_reading
from . import process_reading_judge
from . import process_reading_door
from . import process_reading_unchanged
from . import process_cycle
from . import process_cycle_evaluation
from . import process_cycle_unchanged
from . import process_cycle_display
from . import process_cycle_export
from . import process_alert
from . import process_alert_escalation
from . import process_deviation
from . import process_deviation_decision
from . import process_deviation_signature
from . import res_company
from . import res_users
from . import stock_lot
from . import stock_quant
from . import stock_move
