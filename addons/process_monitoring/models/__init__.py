# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    process_stamped_mixin,
    process_parameter,
    process_sensor,
    process_requirement,
    process_limit,
    process_reading,
    process_reading_judge,
    process_reading_door,
    process_cycle,
    process_cycle_evaluation,
    process_cycle_display,
    process_alert,
    process_deviation,
    process_deviation_decision,
    res_company,
    res_users,
    stock_lot,
    stock_quant,
    stock_move,
)
