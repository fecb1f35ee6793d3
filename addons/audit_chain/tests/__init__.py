# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_audit_access
from . import test_audit_anchor
from . import test_audit_chain
from . import test_audit_concurrency
from . import test_audit_factors
from . import test_audit_http
from . import test_audit_signature
