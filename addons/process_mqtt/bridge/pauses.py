# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How long to wait before something that failed is tried again."""

import random

PAUSES_S = (0.1, 15.0)


class Pauses:
    """Growing pauses with jitter: up to 0.1 s, 0.2 s, 0.4 s ... 15 s."""

    def __init__(self):
        self._count = 0

    def next(self) -> float:
        low, high = PAUSES_S
        self._count += 1
        longest = min(high, low * 2 ** min(self._count - 1, 20))
        return random.uniform(longest / 2, longest)

    def reset(self) -> None:
        self._count = 0
