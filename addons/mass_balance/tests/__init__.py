# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_access
from . import test_account
from . import test_certification
from . import test_concurrency
from . import test_conversion
from . import test_declaration_in
from . import test_declaration_out
from . import test_entry
from . import test_intermediate
from . import test_period
from . import test_feedstock
from . import test_import
from . import test_planner
from . import test_production
from . import test_receipt
from . import test_report
from . import test_retention
from . import test_rules_claims
from . import test_segregation
from . import test_sequence
from . import test_transfer
from . import test_tours
from . import test_units
from . import test_views
from . import test_voucher
from . import test_withdrawal
