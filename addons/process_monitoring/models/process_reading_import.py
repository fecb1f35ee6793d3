# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_partner import _tz_get

from ..tools import history_file, local_time

TRANSITIONS = {
    ("draft", "checked"),
    ("checked", "checked"),
    ("checked", "draft"),
    ("checked", "running"),
    ("running", "done"),
}
GUESSED = 200


class ProcessReadingImport(models.Model):
    """One file of a historian that is to become readings: how it is read, what came of it.

    Set up by a process engineer: the columns and the way numbers and times are written are
    guessed from the file and can be corrected. A check reads the whole file and stores nothing;
    the import hands it to the readings' door in parts, in the background where it is long, and can
    be repeated: what is stored already is not stored twice. Nothing changes once it is done.
    """

    _name = "process.reading.import"
    _inherit = ["process.stamped.mixin", "mail.thread"]
    _description = "Import of readings"
    _order = "id desc"

    name = fields.Char(string="File name")
    file = fields.Binary(required=True, attachment=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda s: s.env.company
    )
    user_id = fields.Many2one(
        "res.users", string="Imported by", readonly=True, default=lambda s: s.env.user
    )
    delimiter = fields.Selection(
        [("semicolon", "Semicolon"), ("comma", "Comma"), ("tab", "Tabulator"), ("pipe", "Bar |")]
    )
    decimal = fields.Selection([(",", "Comma: 72,4"), (".", "Point: 72.4")])
    time_format = fields.Selection(
        list(local_time.FORMATS.items()),
        help="Empty where the file can be read in two ways: choose.",
    )
    tz = fields.Selection(
        _tz_get,
        string="Time zone",
        required=True,
        default=lambda s: s.env.user.tz or "UTC",
        help="Of times that do not say their offset.",
    )
    ambiguous_time = fields.Selection(
        [
            ("refuse", "Refuse the line"),
            ("first", "The first: summer time"),
            ("second", "The second: winter time"),
        ],
        string="Hour that is twice",
        required=True,
        default="refuse",
        help="When the clocks go back, an hour of local time comes twice.",
    )
    encoding = fields.Char(readonly=True)
    column_ids = fields.One2many("process.reading.import.column", "import_id", string="Columns")
    state = fields.Selection(
        [
            ("draft", "Set up"),
            ("checked", "Checked"),
            ("running", "Being imported"),
            ("done", "Imported"),
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
    )
    line_count = fields.Integer(string="Lines", readonly=True)
    position = fields.Integer(string="Lines done", readonly=True)
    progress = fields.Float(compute="_compute_progress")
    stored_count = fields.Integer(string="New readings", readonly=True)
    duplicate_count = fields.Integer(string="Known readings", readonly=True)
    refused_count = fields.Integer(string="Refused", readonly=True)
    findings = fields.Text(readonly=True, help="The first lines that are refused, and why.")
    refused_file = fields.Binary(string="Refused lines", attachment=True, readonly=True)
    refused_name = fields.Char(compute="_compute_refused_name")

    @api.depends("line_count", "position")
    def _compute_progress(self):
        for record in self:
            record.progress = 100 * record.position / (record.line_count or 1)

    @api.depends("name")
    def _compute_refused_name(self):
        for record in self:
            record.refused_name = f"refused-{record.name or 'readings.csv'}"

    @api.model_create_multi
    def create(self, vals_list):
        """Read the file's head and propose how it is read."""
        stamped = ("state", "position", "stored_count", "duplicate_count", "refused_count")
        typed = self._get_settings() | {"name", "file", "column_ids"}
        if any(set(vals) & set(stamped) for vals in vals_list):
            self._refuse_write(list(stamped))
        kept = [{name: vals[name] for name in typed & set(vals)} for vals in vals_list]
        records = super().create(kept)
        for record, vals in zip(records, vals_list, strict=True):
            record._guess(vals)
        return records

    def _get_settings(self) -> set[str]:
        return {"delimiter", "decimal", "time_format", "tz", "ambiguous_time"}

    def _get_user_fields(self):
        if self.state in ("running", "done"):
            return set()
        return self._get_settings() | {"name", "column_ids"}

    def write(self, vals):
        """Ask for a new check when what was checked is read in another way."""
        result = super().write(vals)
        if vals.keys() & (self._get_settings() | {"column_ids"}):
            self._need_check()
        return result

    def _need_check(self) -> None:
        for record in self.filtered(lambda r: r.state == "checked"):
            record._stamp({"state": "draft", "findings": False})

    # -- guess --------------------------------------------------------------------------------

    def _get_text(self) -> tuple[str, str]:
        self.ensure_one()
        file = self.with_context(bin_size=False).file
        return history_file.decode(history_file.from_base64(file or b""))

    def _guess(self, given: dict) -> None:
        """Propose delimiter, columns, decimal sign and times, where the caller has not said."""
        text, encoding = self._get_text()
        delimiter = history_file.DELIMITERS.get(given.get("delimiter"))
        delimiter = delimiter or history_file.guess_delimiter(text)
        rows = history_file.head(text, delimiter, GUESSED)
        if len(rows) < 2:
            raise UserError(
                self.env._("The file has no lines to import: a header and readings are expected.")
            )
        columns = history_file.guess_roles(rows[0], self._get_codes())
        names = {sign: name for name, sign in history_file.DELIMITERS.items()}
        vals = {
            "encoding": encoding,
            "delimiter": names[delimiter],
            "decimal": history_file.guess_decimal(_cells(rows, columns, "value", "series")),
            "time_format": local_time.guess_format(_cells(rows, columns, "time")) or False,
            "line_count": max(0, len(list(history_file.read_rows(text, delimiter))) - 1),
        }
        self._stamp({name: value for name, value in vals.items() if not given.get(name)})
        if not given.get("column_ids"):
            self._stamp({"column_ids": self._prepare_columns(rows, columns)})

    def _get_codes(self) -> set[str]:
        sensors = self.env["process.sensor"].search([("company_id", "=", self.company_id.id)])
        return set(sensors.mapped("code"))

    def _prepare_columns(self, rows, columns) -> list:
        sensors = self.env["process.sensor"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("code", "in", [column.sensor for column in columns]),
            ]
        )
        by_code = {sensor.code: sensor.id for sensor in sensors}
        return [
            fields.Command.create(
                {
                    "sequence": place,
                    "header": header,
                    "sample": rows[1][place] if place < len(rows[1]) else "",
                    "role": column.role,
                    "sensor_id": by_code.get(column.sensor),
                    "unit": column.unit,
                }
            )
            for place, (header, column) in enumerate(zip(rows[0], columns, strict=True))
        ]

    # -- layout -------------------------------------------------------------------------------

    def _get_layout(self) -> history_file.Layout:
        """Return how the file is read; refuse a layout from which no reading can come."""
        self.ensure_one()
        columns = tuple(column._to_tool() for column in self.column_ids.sorted("sequence"))
        roles = [column.role for column in columns]
        missing = []
        if roles.count("time") != 1:
            missing.append(self.env._("one column with the time"))
        is_long = "sensor" in roles and "value" in roles and "series" not in roles
        is_wide = "series" in roles and "sensor" not in roles
        if not (is_long or is_wide):
            missing.append(
                self.env._("either a sensor code and a value, or columns with one sensor each")
            )
        if not self.time_format:
            missing.append(self.env._("how times are written"))
        if missing:
            raise UserError(self.env._("Say first: %s.", "; ".join(missing)))
        return history_file.Layout(
            history_file.DELIMITERS[self.delimiter],
            self.decimal,
            self.time_format,
            self.tz,
            self.ambiguous_time,
            columns,
            f"file:{self.name or ''}"[:255],
        )


def _cells(rows: list[list[str]], columns, *roles: str) -> list[str]:
    """Return the cells of the columns of some roles, without the header."""
    places = [place for place, column in enumerate(columns) if column.role in roles]
    return [row[place] for row in rows[1:] for place in places if place < len(row)]
