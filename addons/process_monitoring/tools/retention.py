# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How long a record is kept, and the packed file that takes its place afterwards.

Terms count in calendar months, UTC; a day that the month lacks becomes its last.

>>> from datetime import UTC, datetime
>>> end = datetime(2024, 1, 31, 12, tzinfo=UTC)
>>> later = add_months(int(end.timestamp() * 1000), 1)
>>> datetime.fromtimestamp(later / 1000, UTC).isoformat()
'2024-02-29T12:00:00+00:00'
"""

import base64
import calendar
import gzip
import hashlib
import io
from datetime import UTC, datetime, timedelta

DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def add_months(moment_ms: int, months: int) -> int:
    """Return the moment some calendar months later."""
    moment = _EPOCH + timedelta(milliseconds=moment_ms)
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    later = moment.replace(year=year, month=month + 1, day=day)
    return (later - _EPOCH) // timedelta(milliseconds=1)


def kept_until(end_ms: int, months: int, expiries_ms: list[int], margin_months: int) -> int:
    """Return until when a batch is kept: its term, or its last lot's expiry with a margin.

    >>> kept_until(0, 1, [], 6) == add_months(0, 1)
    True
    >>> kept_until(0, 1, [DAY_MS, 90 * DAY_MS], 6) == add_months(90 * DAY_MS, 6)
    True
    """
    terms = [add_months(end_ms, months)]
    terms += [add_months(expiry_ms, margin_months) for expiry_ms in expiries_ms]
    return max(terms)


class Packer:
    """A file to write to: packs what is written and takes its SHA-256 on the way.

    >>> packer = Packer()
    >>> packer.write(b"a,b")
    3
    >>> content = packer.finish()
    >>> unpack(content) == (b"a,b", packer.sha256)
    True
    """

    def __init__(self):
        self._target = io.BytesIO()
        # no name and no time in it: the same readings make the same file
        self._packed = gzip.GzipFile(filename="", fileobj=self._target, mode="wb", mtime=0)
        self._digest = hashlib.sha256()

    def write(self, part: bytes) -> int:  # pylint: disable=method-required-super
        """Take a part."""
        self._digest.update(part)
        return self._packed.write(part)

    def finish(self) -> bytes:
        """Return the packed content."""
        self._packed.close()
        return self._target.getvalue()

    @property
    def sha256(self) -> str:
        """Hash of what was written, unpacked."""
        return self._digest.hexdigest()


def unpack(content: bytes) -> tuple[bytes, str] | None:
    """Return the plain text of a packed file and its SHA-256; None if the file is damaged.

    >>> unpack(b"no gzip") is None
    True
    """
    try:
        plain = gzip.decompress(content)
    except (OSError, EOFError, ValueError) as _damaged:
        return None
    return plain, hashlib.sha256(plain).hexdigest()


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def to_base64(content: bytes) -> bytes:
    """Return a file as Odoo's binary fields take it."""
    return base64.b64encode(content)


def count_lines(plain: bytes) -> int:
    """Return the number of lines of a text; what is quoted in it holds no line break.

    >>> count_lines(b"a,b" + bytes([10]) + b"1,2" + bytes([10]))
    2
    """
    return plain.count(b"\n")
