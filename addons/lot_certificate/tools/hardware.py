# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A key that never leaves its device (PKCS #11): a smart card, a USB token, an HSM."""

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

from .signing import Identity, SigningError

# A device knows one login a process: whoever signs waits for whoever does.
_LOCK = threading.RLock()


@dataclass(frozen=True)
class HardwareIdentity(Identity):
    """The certificate of a key, and where that key is: library, device and name on it."""

    module: str = ""
    token: str = ""
    label: str = ""
    pin: str = field(default="", repr=False)

    def sign_raw(self, data: bytes, digest: str = "sha256") -> bytes:
        """Return what the device makes of `data`: DER for ECDSA, PKCS #1 v1.5 for RSA."""
        with self.open() as signer:
            return asyncio.run(signer.async_sign_raw(data, digest))

    @contextmanager
    def open(self):
        """Give a pyHanko signer of this key, logged in at the device meanwhile.

        :raises SigningError: no such library, device or key, or a wrong PIN
        """
        try:
            from pkcs11.exceptions import PKCS11Error
            from pyhanko.config.pkcs11 import TokenCriteria
            from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
        except ImportError as error:
            raise SigningError("a key on a device needs the package python-pkcs11") from error
        from pyhanko.pdf_utils.misc import PdfError

        leaf, others = self.load_certificates()
        try:
            with (
                _LOCK,
                open_pkcs11_session(
                    self.module,
                    token_criteria=TokenCriteria(label=self.token),
                    user_pin=self.pin or None,
                ) as session,
            ):
                yield PKCS11Signer(
                    session,
                    key_label=self.label,
                    signing_cert=leaf,
                    ca_chain=others,
                    # every device can do this; not every one hashes by itself
                    use_raw_mechanism=leaf.public_key.algorithm == "ec",
                )
        except (PKCS11Error, PdfError, RuntimeError) as error:
            reason = str(error) or type(error).__name__
            raise SigningError(
                f"the key “{self.label}” on the device “{self.token}” cannot sign: {reason}"
            ) from error
