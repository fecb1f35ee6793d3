# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two column types that Odoo lacks and a ledger needs: 64-bit integers and exact decimals."""

from odoo import fields


class BigInt(fields.Integer):
    """A 64-bit integer; milliseconds since the epoch do not fit the int4 of `fields.Integer`."""

    _column_type = ("int8", "int8")

    def convert_to_read(self, value, record, use_display_name=True):
        """Stay an integer: Odoo turns big ones into floats for XML-RPC's sake only."""
        return value


class Quantity(fields.Float):
    """A quantity stored as PostgreSQL numeric with every digit it was given.

    `fields.Float(digits=...)` rounds when it writes and again when it reads; here the column has
    no scale. Sums belong to `tools.decimals.to_decimal`, which starts from the shortest text.
    """

    def __init__(self, string=None, **kwargs):
        kwargs.setdefault("digits", False)
        if string is not None:
            kwargs["string"] = string
        super().__init__(**kwargs)
