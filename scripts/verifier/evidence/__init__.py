# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What else `scripts/verify` reads: anchors, mails, tables with their summary, audit packs."""
