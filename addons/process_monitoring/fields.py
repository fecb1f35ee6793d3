# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A column type that Odoo lacks: a number that may be missing."""

from odoo import fields


class OptionalFloat(fields.Float):
    """A float that is False where there is none: a temperature of 0 °C is not "no temperature"."""

    falsy_value = None

    def convert_to_column(self, value, record, values=None, validate=True):
        """Store a missing number as NULL, a given one with all its digits."""
        return None if value is None or value is False else float(value)

    def convert_to_cache(self, value, record, validate=True):
        """Keep None for a missing number."""
        return None if value is None or value is False else float(value)

    def convert_to_record(self, value, record):
        """Show a missing number as False, as Odoo does for dates."""
        return False if value is None else value
