# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import carbon_factor_import
from . import carbon_factor_import_line
from . import carbon_comparison
from . import carbon_comparison_line
from . import carbon_lca_import
