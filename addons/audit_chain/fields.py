# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Field types that Odoo lacks: 64-bit integers, exact decimals, lines that are read whole."""

from odoo import fields
from odoo.fields import Domain


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


class Lines(fields.One2many):
    """Lines that are always looked at whole: the list and its columns come in one query, not two.

    For lines with few and short columns, of which a document has tens, not thousands.
    """

    def read(self, records):  # pylint: disable=method-required-super
        """Search and fetch at once; Odoo's own searches and leaves the columns for later."""
        comodel = records.env[self.comodel_name].with_context(active_test=False, **self.context)
        domain = self.get_comodel_domain(records) & Domain(self.inverse_name, "in", records.ids)
        lines = comodel.search_fetch(domain)
        found = {record.id: group.ids for record, group in lines.grouped(self.inverse_name).items()}
        self._insert_cache(records, [tuple(found.get(id_, ())) for id_ in records.ids])
