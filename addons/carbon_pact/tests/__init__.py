# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    test_pact_api,
    test_pact_footprint,
    test_pact_mass_balance,
    test_pact_peer,
    test_pact_supplier,
)
