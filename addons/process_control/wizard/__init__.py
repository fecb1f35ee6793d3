# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import process_approval_delegate_wizard
from . import process_disposition_wizard
from . import process_plan_compare_wizard
from . import process_plan_import_wizard
from . import process_reason_wizard
