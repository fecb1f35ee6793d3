# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How a certificate is verified: the PDF, its declaration, the ledger. It imports no Odoo."""
