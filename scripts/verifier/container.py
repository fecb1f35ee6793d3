# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The signature object inside a PDF: nothing in it may change unseen.

A signature covers its signed attributes, not the version numbers and lists around them, and a
library reads past those. So the object must be what a plain signature looks like, in DER.
"""

from __future__ import annotations

from dataclasses import dataclass

from .findings import Report, first_difference

SIGNED_ATTRIBUTES = frozenset(
    (
        "content_type",
        "message_digest",
        "signing_time",
        "signing_certificate_v2",
        "cms_algorithm_protection",
    )
)
UNSIGNED_ATTRIBUTES = frozenset(("signature_time_stamp_token",))


def check_space(content: bytes, embedded, report: Report) -> bool:
    """Tell whether the space of the signature holds one object and zeros, in one spelling."""
    length, resume = _get_space(embedded)
    given = content[length:resume]
    digits = _get_der(bytes(embedded.pkcs7_content)).hex().encode()
    # hexadecimal digits are written in one case or the other, never mixed
    digits = digits.upper() if any(given.count(letter) for letter in b"ABCDEF") else digits
    wanted = b"<" + digits.ljust(len(given) - 2, b"0") + b">"
    if given != wanted:
        report.bad(
            f"byte {length + first_difference(given, wanted)}",
            "altered: the space of the signature holds something else beside it",
        )
    return given == wanted


def check_form(embedded, report: Report) -> bool:
    """Tell whether the object is what a plain signature looks like where none covers it."""
    length, resume = _get_space(embedded)
    der = _get_der(bytes(embedded.pkcs7_content))
    problem = _find_problem(der, embedded.signer_cert, SIGNATURE)
    if problem:
        place, sentence = problem
        where = f"bytes {length} to {resume}, {place}" if place else f"bytes {length} to {resume}"
        report.bad(where, f"altered: {sentence}")
    return not problem


def _get_space(embedded) -> tuple[int, int]:
    """Return where the signature itself stands in the file."""
    _start, length, resume, _rest = (int(number) for number in embedded.byte_range)
    return length, resume


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


@dataclass(frozen=True)
class Form:
    """What a plain signature object of one kind looks like where no signature covers it."""

    version: str
    content_type: str
    has_content: bool
    digests: tuple[str, ...]
    signed: frozenset[str]
    unsigned: frozenset[str]


SIGNATURE = Form("v1", "data", False, ("sha256",), SIGNED_ATTRIBUTES, UNSIGNED_ATTRIBUTES)
STAMP = Form(
    "v3",
    "tst_info",
    True,
    ("sha256", "sha384", "sha512"),
    SIGNED_ATTRIBUTES | {"signing_certificate"},
    frozenset(),
)


def find_stamp_problem(der: bytes) -> tuple[str, str] | None:
    """Return place and sentence of what is odd about a time-stamp token, or None."""
    return _find_problem(der, None, STAMP)


def _find_problem(der: bytes, leaf, form: Form) -> tuple[str, str] | None:
    from asn1crypto import cms

    try:
        info = cms.ContentInfo.load(der, strict=True)
        data = info["content"]
        _ = info.native
        if _encode(info) != der:
            return "", "the signature object is not in DER"
        return _find_odd_field(info, data, form) or _find_odd_signer(data, leaf, form)
    except (ValueError, TypeError, LookupError) as exc:
        return "", f"the signature object cannot be read: {exc}"


def _encode(info) -> bytes:
    """Return the DER of a signature object; its certificates may stand in any order."""
    copy = info.copy()
    content = copy.dump(force=True)
    given, sorted_ = info["content"]["certificates"], copy["content"]["certificates"]
    pairs = [(sorted_.contents, given.contents)]
    for one, other in zip(_stamps(copy), _stamps(info), strict=True):
        pairs += [
            (left["content"]["certificates"].contents, right["content"]["certificates"].contents)
            for left, right in zip(one, other, strict=True)
        ]
    for wrong, right in pairs:
        content = content.replace(wrong, right, 1)
    return content


def _stamps(info) -> list:
    """Return the time-stamp tokens that a signature object carries unsigned."""
    return [
        attribute["values"]
        for attribute in info["content"]["signer_infos"][0]["unsigned_attrs"] or ()
        if attribute["type"].native in UNSIGNED_ATTRIBUTES
    ]


def _find_odd_field(info, data, form: Form) -> tuple[str, str] | None:
    signer = data["signer_infos"][0]
    digests = _names(data["digest_algorithms"])
    expected = (
        ("contentType", info["content_type"].native, "signed_data"),
        ("version", data["version"].native, form.version),
        ("digestAlgorithms", digests, _names([signer["digest_algorithm"]])),
        ("digestAlgorithms", set(digests) - set(form.digests), set()),
        ("contentType", data["encap_content_info"]["content_type"].native, form.content_type),
        ("content", data["encap_content_info"]["content"].native is not None, form.has_content),
        ("crls", data["crls"].native, None),
        ("signerInfos", len(data["signer_infos"]), 1),
    )
    return _compare(expected)


def _find_odd_signer(data, leaf, form: Form) -> tuple[str, str] | None:
    signer = data["signer_infos"][0]
    signed = {attribute["type"].native for attribute in signer["signed_attrs"]}
    unsigned = {attribute["type"].native for attribute in signer["unsigned_attrs"] or ()}
    # compared byte by byte: names are equal for a library whatever their case
    sid = signer["sid"].chosen
    issuers = [each.chosen.issuer.dump() for each in data["certificates"]]
    known = [leaf.issuer.dump()] if leaf else issuers
    expected = (
        ("signer version", signer["version"].native, "v1"),
        ("signer identifier", signer["sid"].name, "issuer_and_serial_number"),
        ("signer issuer", sid["issuer"].dump() in known, True),
        ("signedAttrs", signed - form.signed, set()),
        ("unsignedAttrs", unsigned - form.unsigned, set()),
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
