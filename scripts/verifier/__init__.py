# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What `scripts/verify` knows: one file for each kind of evidence. It imports no Odoo."""
