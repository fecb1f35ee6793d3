# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import process_role_mixin
from . import res_company
from . import process_plan
from . import process_plan_stage
from . import process_plan_approval
from . import process_requirement
from . import process_limit
from . import process_run
from . import process_stage
from . import process_stage_gate
from . import process_transition
from . import process_approval
from . import process_cycle
from . import process_deviation
from . import process_run_record
from . import stock_lot
from . import stock_move
from . import mrp_production
from . import mrp_production_gate
from . import mrp_production_one_off
from . import ir_http
