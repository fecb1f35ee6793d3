# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points of origin: how many are audited, and which (ISCC's update of 1 October 2019)."""

import hashlib
import math


def sample_size(count: int) -> int:
    """Return how many of the points an auditor verifies: the square root, rounded up.

    >>> [sample_size(count) for count in (0, 1, 2, 49, 50)]
    [0, 1, 2, 7, 8]
    """
    return math.isqrt(count - 1) + 1 if count > 0 else 0


def draw(keys: list[str], seed: str) -> list[str]:
    """Return the sample: who repeats it with the same seed and list finds the same points.

    >>> draw(["a", "b", "c", "d"], "2026") == draw(["d", "c", "b", "a"], "2026")
    True
    >>> len(draw([str(n) for n in range(50)], "2026"))
    8
    """
    ranked = sorted(keys, key=lambda key: hashlib.sha256(f"{seed}/{key}".encode()).hexdigest())
    return ranked[: sample_size(len(keys))]
