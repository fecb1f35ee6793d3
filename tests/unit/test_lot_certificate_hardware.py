# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A key on a device: what is wrong with it is said; with SoftHSM see the module's own tests."""

import pytest
from conftest import load_tool
from cryptography.hazmat.primitives.asymmetric import ec
from test_lot_certificate_signing import pem_certificate

signing = load_tool("lot_certificate", "signing")
hardware = load_tool("lot_certificate", "hardware")


@pytest.fixture
def identity():
    return hardware.HardwareIdentity(
        key_pem=b"",
        certificate_pem=pem_certificate(ec.generate_private_key(ec.SECP256R1())),
        module="/no/such/library.so",
        token="plant",
        label="signing",
        pin="4711",
    )


def test_a_library_that_is_not_there(identity):
    pytest.importorskip("pkcs11")
    with pytest.raises(signing.SigningError, match="“signing” on the device “plant” cannot sign"):
        signing.sign(identity, b"data")


def test_the_pin_is_shown_nowhere(identity):
    assert "4711" not in repr(identity)
