# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the executables in ``scripts/`` share: set-up, services and test runs of a plant."""
