# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    test_authority,
    test_credential,
    test_guard,
    test_issue,
    test_mail,
    test_proof,
    test_sustainability,
    test_web,
)
