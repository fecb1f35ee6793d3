# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The signature object inside a PDF: nothing in it may change unseen.

A signature covers its signed attributes, not the version numbers and lists around them, and a
library reads past those. So the object must be what a plain signature looks like, in DER.
"""

from __future__ import annotations

from .findings import Report, first_difference

SIGNED_ATTRIBUTES = {
    "content_type",
    "message_digest",
    "signing_time",
    "signing_certificate_v2",
    "cms_algorithm_protection",
}
UNSIGNED_ATTRIBUTES = {"signature_time_stamp_token"}


def check(content: bytes, embedded, report: Report) -> bool:
    """Tell whether the space of the signature holds one plain signature and zeros."""
    _start, length, resume, _rest = (int(number) for number in embedded.byte_range)
    given = content[length:resume]
    der = _get_der(bytes(embedded.pkcs7_content))
    digits = der.hex().encode()
    # hexadecimal digits are written in one case or the other, never mixed
    digits = digits.upper() if any(given.count(letter) for letter in b"ABCDEF") else digits
    wanted = b"<" + digits.ljust(len(given) - 2, b"0") + b">"
    if given != wanted:
        report.bad(
            f"byte {length + first_difference(given, wanted)}",
            "altered: the space of the signature holds something else beside it",
        )
        return False
    problem = _find_problem(der, embedded.signer_cert)
    if problem:
        place, sentence = problem
        where = f"bytes {length} to {resume}, {place}" if place else f"bytes {length} to {resume}"
        report.bad(where, f"altered: {sentence}")
    return not problem


def _get_der(padded: bytes) -> bytes:
    """Return the first DER value of bytes that are filled up with zeros.

    >>> _get_der(bytes.fromhex("3003020101000000")).hex()
    '3003020101'
    """
    if len(padded) < 2:
        return padded
    size, first = 2, padded[1]
    if first & 0x80:
        size += first & 0x7F
        length = int.from_bytes(padded[2:size], "big")
    else:
        length = first
    return padded[: size + length]


def _find_problem(der: bytes, leaf) -> tuple[str, str] | None:
    from asn1crypto import cms

    try:
        info = cms.ContentInfo.load(der, strict=True)
        data = info["content"]
        _ = info.native
        if info.copy().dump(force=True) != der:
            return "", "the signature object is not in DER"
        return _find_odd_field(info, data) or _find_odd_signer(data, leaf)
    except (ValueError, TypeError, LookupError) as exc:
        return "", f"the signature object cannot be read: {exc}"


def _find_odd_field(info, data) -> tuple[str, str] | None:
    expected = (
        ("contentType", info["content_type"].native, "signed_data"),
        ("version", data["version"].native, "v1"),
        ("digestAlgorithms", _names(data["digest_algorithms"]), ["sha256"]),
        ("contentType", data["encap_content_info"]["content_type"].native, "data"),
        ("content", data["encap_content_info"]["content"].native, None),
        ("crls", data["crls"].native, None),
        ("signerInfos", len(data["signer_infos"]), 1),
    )
    return _compare(expected)


def _find_odd_signer(data, leaf) -> tuple[str, str] | None:
    signer = data["signer_infos"][0]
    signed = {attribute["type"].native for attribute in signer["signed_attrs"]}
    unsigned = {attribute["type"].native for attribute in signer["unsigned_attrs"] or ()}
    # compared byte by byte: names are equal for a library whatever their case
    sid = signer["sid"].chosen
    is_leaf = sid["issuer"].dump() == leaf.issuer.dump()
    expected = (
        ("signer version", signer["version"].native, "v1"),
        ("signer identifier", signer["sid"].name, "issuer_and_serial_number"),
        ("signer issuer", is_leaf, True),
        ("digestAlgorithm", _names([signer["digest_algorithm"]]), ["sha256"]),
        ("signedAttrs", signed - SIGNED_ATTRIBUTES, set()),
        ("unsignedAttrs", unsigned - UNSIGNED_ATTRIBUTES, set()),
    )
    return _compare(expected)


def _compare(expected) -> tuple[str, str] | None:
    for place, given, wanted in expected:
        if given != wanted:
            return f"field {place}", f"it is {given!r}, a plain signature has {wanted!r}"
    return None


def _names(algorithms) -> list[str]:
    """Return the names of algorithms without parameters; with some, what they are."""
    return [
        algorithm["algorithm"].native
        if algorithm["parameters"].native is None
        else repr(algorithm.native)
        for algorithm in algorithms
    ]
