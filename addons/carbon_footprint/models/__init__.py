# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import carbon_frozen_mixin
from . import carbon_factor
from . import carbon_factor_version
from . import carbon_meter
from . import carbon_rule
from . import carbon_activity
from . import carbon_activity_facts
from . import carbon_footprint
from . import carbon_footprint_snapshot
from . import carbon_footprint_picture
from . import carbon_footprint_line
from . import carbon_footprint_output
from . import product_template
from . import product_template_picture
from . import product_product
from . import stock_lot
from . import stock_move
from . import stock_move_line
from . import mrp_production
from . import sustainability_declaration
