# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The signature object (CMS) inside a PDF or a stamp: nothing in it may change unseen.

A signature covers its signed attributes, not the version numbers and lists around them, and a
library reads past those. So the object is built once more from what its signer signed and from
the certificates, which are judged elsewhere: it must be the same bytes.
"""

from .report import Fault, first_difference

STAMP = "signature_time_stamp_token"
DIGESTS = ("sha256", "sha384", "sha512")


def check_space(embedded, content: bytes) -> None:
    """The space of the signature holds one object and zeros, its digits in one case."""
    _start, length, resume, _rest = (int(number) for number in embedded.byte_range)
    given = content[length:resume]
    digits = load(bytes(embedded.pkcs7_content)).dump().hex().encode()
    wanted = b"<" + digits.ljust(len(given) - 2, b"0") + b">"
    wanted = wanted if given.islower() else wanted.upper()
    if given != wanted:
        raise Fault(
            f"byte {length + first_difference(given, wanted)}",
            "altered: the space of the signature holds something else beside it",
        )


def check(der: bytes, where: str) -> None:
    """The object is what it is when it is built anew, with a stamp as its only addition."""
    try:
        info = load(der)
        wanted = _rebuild(info).dump()
    except (ValueError, TypeError, LookupError, AttributeError) as exc:
        raise Fault(where, f"altered: the signature object cannot be read: {exc}") from exc
    if der != wanted:
        place = first_difference(der, wanted)
        raise Fault(
            f"{where}, byte {place} of the object",
            "altered: it is not what a plain signature looks like",
        )


def load(data: bytes):
    """Return the CMS object at the beginning of bytes that may be filled up with zeros."""
    from asn1crypto import cms

    return cms.ContentInfo.load(data)


def _rebuild(info):
    """Return the object that the same signer would make of the same content today."""
    from asn1crypto import cms, core

    data = info["content"]
    (signer,) = data["signer_infos"]
    digest = signer["digest_algorithm"]["algorithm"].native
    content = data["encap_content_info"]
    is_stamp = content["content_type"].native == "tst_info"
    leaf = _find_leaf(data["certificates"], signer["sid"].chosen["serial_number"].native)
    by = {"issuer": leaf.issuer, "serial_number": leaf.serial_number}
    stamps = [] if is_stamp else [each["values"][0] for each in signer["unsigned_attrs"] or ()]
    rebuilt = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(by)),
        "digest_algorithm": _plain(signer["digest_algorithm"], digest),
        "signed_attrs": _to_der(signer["signed_attrs"]),
        "signature_algorithm": _to_der(signer["signature_algorithm"]),
        "signature": signer["signature"].native,
    }
    if stamps:
        rebuilt["unsigned_attrs"] = [{"type": STAMP, "values": [_rebuild(each) for each in stamps]}]
    signed = {"content_type": "data"}
    if is_stamp:
        stated = core.ParsableOctetString(bytes(content["content"]))
        signed = {"content_type": "tst_info", "content": stated}
    return cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": {
                "version": "v3" if is_stamp else "v1",
                "digest_algorithms": [_plain(each, digest) for each in data["digest_algorithms"]],
                "encap_content_info": signed,
                "certificates": data["certificates"],
                "signer_infos": [rebuilt],
            },
        }
    )


def _find_leaf(certificates, serial: int):
    """Return the signer's certificate, whose name is compared with the other bytes."""
    (leaf,) = [each.chosen for each in certificates if each.chosen.serial_number == serial]
    return leaf


def _plain(given, name: str):
    """Return a digest algorithm without parameters, which may be absent or NULL."""
    from asn1crypto import algos, core

    for parameters in ({}, {"parameters": core.Null()}) if name in DIGESTS else ():
        plain = algos.DigestAlgorithm({"algorithm": name, **parameters})
        if plain.dump() == given.dump():
            return plain
    raise ValueError(f"{given.native} is not one of {', '.join(DIGESTS)}")


def _to_der(value):
    copy = value.copy()
    copy.dump(force=True)
    return copy
