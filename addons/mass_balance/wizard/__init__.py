# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import mass_balance_report
from . import mass_balance_report_figures
from . import mass_balance_report_sheet
from . import mass_balance_report_pack
