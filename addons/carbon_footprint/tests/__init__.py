# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_access
from . import test_carbon_comparison
from . import test_carbon_aspects
from . import test_carbon_bill
from . import test_carbon_factor
from . import test_carbon_factor_import
from . import test_carbon_footprint
from . import test_carbon_instrument_claim
from . import test_carbon_lca
from . import test_carbon_materials
from . import test_carbon_meter
from . import test_carbon_picture
from . import test_carbon_record
from . import test_carbon_report
from . import test_carbon_target
from . import test_carbon_red
from . import test_carbon_red_chain
from . import test_carbon_scenario
from . import test_carbon_versions
from . import test_carbon_ways
from . import test_reprocess
from . import test_sustainability_declaration
