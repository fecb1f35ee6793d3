# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`certificate.pdf`: the signature over the file, what came after it, and the file inside it."""

import hashlib
import logging
from io import BytesIO

from . import authorities, declaration, lasting, signature_form, stamp
from .report import Fault, Item

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

NAME = "declaration.json"


def check(item: Item, trusted: list) -> None:
    """Verify one signed PDF and the declaration embedded in it."""
    if not item.content.startswith(b"%PDF-"):
        raise Fault("byte 0", "not a PDF file")
    try:
        _check(item, trusted)
    except Fault:
        raise
    except Exception as exc:  # a damaged file makes the parsers raise anything
        sentence = f"the file cannot be read: {exc or type(exc).__name__}"
        raise Fault("structure", sentence) from exc


def _check(item: Item, trusted: list) -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(BytesIO(item.content), strict=True)
    signatures = list(reader.embedded_signatures)
    if len(signatures) != 1:
        raise Fault("signatures", f"one is expected and {len(signatures)} were found")
    _check_signature(item, reader, signatures[0], trusted)
    inside = item.open_part(NAME, _get_embedded(reader))
    inside.facts["companions"] = item.facts["companions"]
    try:
        declaration.check(inside, trusted)
    except Fault as fault:
        inside.report.bad("", str(fault))
    item.take(inside, "embedded")
    if item.facts.get("certificate") != item.facts["pdf_certificate"]:
        item.report.bad("certificate", f"the PDF and its {NAME} were signed with different ones")


def _check_signature(item: Item, reader, embedded, trusted: list) -> None:
    where = f"signature {embedded.field_name}"
    _check_coverage(item.content, embedded, where)
    signature_form.check_space(embedded, item.content)
    _check_key(embedded, where)
    signature_form.check(bytes(signature_form.load(embedded.pkcs7_content).dump()), where)
    leaf, *others = (
        authorities.x509.load_der_x509_certificate(each.dump())
        for each in (embedded.signer_cert, *embedded.other_embedded_certs)
    )
    item.facts["pdf_sha256"] = item.sha256
    item.facts["pdf_certificate"] = authorities.fingerprint(leaf)
    moment = embedded.self_reported_timestamp
    when = f" at {moment:%Y-%m-%d %H:%M:%S %Z} by the signer's clock" if moment else ""
    item.report.good(f"{where}: made{when}; it covers every byte and the file is unchanged since")
    witness = _check_stamp(item, embedded, trusted)
    item.facts["companions"] = others
    moment = witness.moment if witness else moment
    authorities.describe(item.report, leaf, trusted, moment, others)
    authorities.check_companions(item.report, leaf, others, trusted)
    lasting.check_level(item.report, reader, embedded, witness, trusted)
    lasting.expire(item, leaf)


def _check_coverage(content: bytes, embedded, where: str) -> None:
    """The signature must cover the file from its first byte to its last, but for itself."""
    start, _length, resume, rest = (int(number) for number in embedded.byte_range)
    end = resume + rest
    if end < len(content):
        sentence = f"{where}: bytes {end} to {len(content)} came after it was signed"
        raise Fault(f"byte {end}", sentence)
    if start != 0 or end != len(content):
        sentence = f"{where}: it covers bytes {start} to {end} of a file of {len(content)}"
        raise Fault(f"byte {start}", sentence)


def _check_key(embedded, where: str) -> None:
    """The key of the certificate inside has signed exactly this; whose it is comes later."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    nobody = ValidationContext(trust_roots=[], allow_fetching=False)
    status = validate_pdf_signature(embedded, nobody, skip_diff=True)
    if not status.intact:
        raise Fault(where, "the file was changed: it does not have the digest that was signed")
    if not status.valid:
        raise Fault(where, "the signature does not belong to the certificate in it")


def _check_stamp(item: Item, embedded, trusted: list):
    """Return the stamp of an outside witness over the signature, if there is one."""
    signer = embedded.signer_info
    for attribute in signer["unsigned_attrs"] or ():
        if attribute["type"].native == signature_form.STAMP:
            token = attribute["values"][0].dump()
            digest = hashlib.sha256(signer["signature"].native).digest()
            found = stamp.check(token, digest, item.report, "time stamp", trusted)
            lasting.bear(item, found, "time stamp", trusted)
            return found
    item.report.note(
        "no outside witness has stamped when it was signed: the time is the signer's own"
    )
    return None


def _get_embedded(reader) -> bytes:
    """Return the content of the embedded declaration."""
    names, found = reader.root["/Names"]["/EmbeddedFiles"]["/Names"], []
    for index in range(0, len(names), 2):
        # by index: a slice of pyHanko's array does not follow references
        name, spec = names[index], names[index + 1]
        if NAME in (str(name), str(spec.get("/UF", "")), str(spec.get("/F", ""))):
            found.append(spec["/EF"]["/F"].data)
    if len(found) != 1:
        # of two, another reader might show the other one
        raise Fault("attachment", f"one {NAME} is expected in the file and {len(found)} were found")
    return found[0]
