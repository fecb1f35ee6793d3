# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A client of an RFC 3161 server that believes no answer before it has read it.

Imported when the first stamp is asked for: pyHanko takes its time to load.
"""

import asyncio
import os
from functools import lru_cache

from pyhanko.sign.timestamps.common_utils import TimestampRequestError, dummy_digest
from pyhanko.sign.timestamps.requests_client import HTTPTimeStamper

from .tools import timestamp

TIMEOUT_S = 10
USER, PASSWORD = "BATCHPROOF_TSA_USER", "BATCHPROOF_TSA_PASSWORD"


class Stamper(HTTPTimeStamper):
    """Asks for stamps and checks each: digest, signature, and the authority if one is named."""

    def __init__(self, url: str, authority: str, auth: tuple | None):
        super().__init__(url, timeout=TIMEOUT_S, auth=auth)
        self.authorities = (authority.encode(),) if authority else ()
        self._last = None

    async def async_timestamp(self, message_digest, md_algorithm):
        """Return a token that holds.

        :raises TimestampRequestError: an OSError: out of reach, refused, or a bad answer
        """
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            stamp = timestamp.read(token.dump(), message_digest, self.authorities)
        except (ValueError, TypeError, LookupError) as error:
            raise TimestampRequestError(f"its answer cannot be used: {error}") from error
        if self.authorities and not stamp.is_trusted:
            raise TimestampRequestError(
                f"the time stamp is by {stamp.authority}, whom the settings do not trust"
            )
        self._last = stamp
        return token

    def get_last(self):
        """Return the stamp made last, which shows the key that the server uses; ask for the first.

        :raises TimestampRequestError: an OSError: out of reach, refused, or a bad answer
        """
        if self._last is None:
            self.stamp(dummy_digest("sha256"))
        return self._last

    def stamp(self, digest: bytes) -> bytes:
        """Return a token (DER) over a SHA-256 digest, where no loop is running."""
        return asyncio.run(self.async_timestamp(digest, "sha256")).dump()


@lru_cache(maxsize=16)
def _make(url: str, authority: str, auth: tuple | None) -> Stamper:
    return Stamper(url, authority, auth)


def make(url: str, authority: str) -> Stamper:
    """Return the client of a server; kept, because it asks once how large an answer is.

    User and password, where the server wants them, come from the environment alone.
    """
    auth = (os.environ[USER], os.environ.get(PASSWORD, "")) if os.environ.get(USER) else None
    return _make(url, authority, auth)
