# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError

from ..tools.typed import Typed, read_number

# From here on not every whole number can be kept as a number with decimals.
MAX_WHOLE = 2**53


class ProcessCycleEntryContent(models.Model):
    """What is accepted as an entry: a number as it is written here, an answer of the plan, a device
    that is in calibration. Whether it conforms is not entered."""

    _inherit = "process.cycle"

    # -- content ------------------------------------------------------------------------------

    def _read_content(self, value, answer) -> dict:
        """Return what was entered; an answer from the frozen list, or a number."""
        answers = [row["answer"] for row in self._get_snapshot()["answers"]]
        if self.sudo().sensor_id.kind == "state":
            if value or answer not in answers:
                raise UserError(
                    self.env._(
                        "“%(name)s” is observed. Choose one of: %(answers)s.",
                        name=self.requirement_id.name,
                        answers=", ".join(answers),
                    )
                )
            return {"answer": answer}
        if answer:
            raise UserError(
                self.env._("“%s” is measured: enter a number.", self.requirement_id.name)
            )
        unit = self.sudo().sensor_id.unit
        return {"unit": unit, **self._read_number(value)}

    def _read_number(self, value) -> dict:
        is_given = isinstance(value, int | float) and not isinstance(value, bool)
        if is_given and isinstance(value, int) and abs(value) > MAX_WHOLE:
            raise UserError(self._get_number_sentence(value, Typed(problem="long"), "."))
        if is_given:
            return {"typed": repr(value), "value": float(value)}
        decimal = self.env["res.lang"]._get_data(code=self.env.lang or "en_US").decimal_point or "."
        found = read_number(value if isinstance(value, str) else "", decimal)
        if found.problem:
            raise UserError(self._get_number_sentence(value, found, decimal))
        return {"typed": value.strip(), "value": found.value}

    def _get_number_sentence(self, text, found, decimal: str) -> str:
        return {
            "empty": self.env._(
                "Nothing is entered for “%s”. What was not measured stays empty; it is not 0.",
                self.requirement_id.name,
            ),
            "sign": self.env._(
                "“%(text)s” could be misread: your language writes decimals with “%(sign)s”. Write "
                "it as %(hint)s.",
                text=text,
                sign=decimal,
                hint=found.hint,
            ),
            "grouped": self.env._("“%s”: write the number without separators of thousands.", text),
            "number": self.env._("“%s” is not a number.", text),
            "long": self.env._("This is too long for a measured value."),
        }[found.problem]

    # -- device -------------------------------------------------------------------------------

    @api.model
    def _get_device(self, device_id):
        device = self.env["process.sensor"].browse(device_id or ())
        if device:
            device.check_access("read")
        return device

    def _check_device(self, device, measured_ms: int) -> None:
        """Refuse a device that does not fit, or is not in calibration (A11)."""
        cycle = self.sudo()
        if device and device.sudo().parameter_id != cycle.sensor_id.parameter_id:
            raise UserError(
                self.env._(
                    "%(device)s does not measure %(parameter)s.",
                    device=device.display_name,
                    parameter=cycle.sensor_id.parameter_id.name,
                )
            )
        used = device.sudo() or cycle.sensor_id
        state = used._get_calibration_state(measured_ms)
        if state not in ("overdue", "failed") or cycle._accepts_uncalibrated():
            return
        states = dict(used._fields["calibration_state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "Device %(device)s is not in calibration (%(state)s, valid until %(due)s). For a "
                "%(class)s nothing measured with it is accepted: use another device.",
                device=used.display_name,
                state=states[state].lower(),
                due=used.calibration_due or "–",
                **{"class": self.control_class.upper()},
            )
        )

    def _accepts_uncalibrated(self) -> bool:
        """Tell whether a device out of calibration may be used: never for a CCP."""
        if self.control_class == "oprp":
            return bool(self._get_snapshot()["device_verification"])
        return self.control_class != "ccp"

    def _is_uncalibrated(self, at_ms):
        """An OPRP whose device is verified in another way relies on no calibration."""
        if self.control_class == "oprp" and self._get_snapshot()["device_verification"]:
            return False
        return super()._is_uncalibrated(at_ms)
