# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_access
from . import test_api
from . import test_api_examples
from . import test_api_history
from . import test_api_monitoring
from . import test_api_refused
from . import test_api_repeated
from . import test_approval
from . import test_chain
from . import test_cost
from . import test_delegation
from . import test_forgery
from . import test_entry_batch
from . import test_disposition
from . import test_limits_gate
from . import test_plan
from . import test_plan_compare
from . import test_plan_editor
from . import test_plan_observed
from . import test_plan_template
from . import test_record
from . import test_schedule
from . import test_states
from . import test_tours
from . import test_two_workers
from . import test_wall
