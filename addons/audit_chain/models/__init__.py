# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import audit_chain_head
from . import audit_chain_mixin
from . import audit_record
from . import audit_signature
from . import audit_signature_attempt
from . import audit_signable_mixin
from . import audit_anchor
from . import audit_chain_check
from . import audit_chain_check_result
from . import res_company
from . import res_config_settings
