# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Until when everything that sources published is stored, as far as a bridge can know."""

from odoo.addons.process_monitoring import clock

from ..tools.settings import Settings

MARGIN_MS = 250
"""How long a message may be on its way through an idle broker."""


class Progress:
    """Follows one connection: a batch that is far from full means that nothing is held back.

    The broker sends on until `receive_maximum` messages are not acknowledged. While fewer than a
    batch are in hand, on a connection that has been up for a while, its queue is empty.
    """

    def __init__(self):
        self.complete_ms: int | None = None
        self._taken_ms: int | None = None

    def take(self, in_hand: int, settings: Settings, *, is_settled: bool) -> None:
        """A batch was taken from the inbox; `in_hand` counts what is not committed yet."""
        is_through = is_settled and in_hand < min(settings.batch_size, settings.receive_maximum)
        self._taken_ms = clock.now_ms() - MARGIN_MS if is_through else None

    def commit(self, *, is_waiting: bool) -> None:
        """It is committed; `is_waiting` if something of before is not told yet."""
        self.complete_ms = None if is_waiting else self._taken_ms
