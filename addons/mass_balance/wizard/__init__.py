# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import mass_balance_report
from . import mass_balance_report_figures
from . import mass_balance_report_sheet
from . import mass_balance_report_pack
from . import mass_balance_import_mixin
from . import mass_balance_planner
from . import mass_balance_planner_line
from . import partner_certification_import
from . import partner_certification_import_line
from . import sustainability_declaration_import
from . import sustainability_declaration_import_line
