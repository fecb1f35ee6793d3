# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a signature is worth for long: revocation, and who had seen it before its key expired.

An expired certificate proves nothing by itself: whoever finds its key later can sign with any date.
A witness from before its end settles that: the time stamp on the signature, or an anchor over the
ledger that records the issue. The witness's own key expires too; a later anchor renews it.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from . import authorities
from .report import Item, Report


@dataclass(frozen=True)
class Witness:
    """Who had seen something, when, and until when that word can be checked."""

    what: str
    moment: datetime
    until: datetime


def bear(item: Item, stamp, what: str, trusted: list) -> Witness | None:
    """Return a stamp as a witness; with `--trust` only one that leads to a trusted authority."""
    if trusted and not stamp.is_trusted:
        return None
    leaf = authorities.x509.load_der_x509_certificate(stamp.certificate)
    witness = Witness(f"{what} by {stamp.authority}", stamp.moment, leaf.not_valid_after_utc)
    item.facts.setdefault("witnesses", []).append(witness)
    return witness


def expire(item: Item, leaf) -> None:
    """Remember that the signer's certificate is out of its time today: a witness is needed."""
    end = leaf.not_valid_after_utc
    if datetime.now(UTC) > end:
        item.facts["expired"] = min(end, item.facts.get("expired", end))


def judge(items: list[Item]) -> None:
    """Decide about each expired signature by all that was given together."""
    for item in items:
        if "expired" in item.facts:
            _judge(item, [*_get_stamps(item, items), *_get_anchors(item, items)])
        else:
            _tell_expired_stamp(item, _get_anchors(item, items))


def _judge(item: Item, witnesses: list[Witness]) -> None:
    end = item.facts["expired"]
    said = f"the signer's certificate expired on {end:%Y-%m-%d}"
    before = [each for each in witnesses if each.moment <= end]
    if not before:
        item.report.bad(
            "certificate",
            f"{said}, and nothing given shows that it signed before: give a stamped PDF, or the "
            "ledger with an anchor that was stamped before that day",
        )
        return
    first = min(before, key=lambda each: each.moment)
    item.report.good(f"{said}; {first.what} shows that it had signed by {first.moment:%Y-%m-%d}")
    _tell_expired_stamp(item, witnesses)


def _tell_expired_stamp(item: Item, others: list[Witness]) -> None:
    """A stamp outlives its own key when a later witness, still in its time, has seen it."""
    now = datetime.now(UTC)
    for stamp in item.facts.get("witnesses", ()):
        later = [each for each in others if each.until > now and each.moment <= stamp.until]
        if stamp.until > now:
            continue
        said = f"the certificate of the {stamp.what} expired on {stamp.until:%Y-%m-%d}"
        if later:
            item.report.good(f"{said}; {later[0].what} had seen it by {later[0].moment:%Y-%m-%d}")
        else:
            item.report.note(f"{said}: the ledger with a newer anchor would renew it")


def _get_stamps(item: Item, items: list[Item]):
    """Yield the stamps on this file; what is said in a declaration, a PDF's stamp covers too."""
    yield from item.facts.get("witnesses", ())
    for other in items:
        # never from one PDF to another: their pages may differ
        if other is not item and "pdf_sha256" not in item.facts and _is_same(item, other):
            yield from other.facts.get("witnesses", ())


def _is_same(item: Item, other: Item) -> bool:
    digest = item.facts.get("snapshot_sha256")
    return bool(digest) and other.facts.get("snapshot_sha256") == digest


def _get_anchors(item: Item, items: list[Item]):
    """Yield the anchors over the entry that records the issue of exactly this file."""
    digest, pdf = item.facts.get("snapshot_sha256"), item.facts.get("pdf_sha256")
    for ledger in items:
        details = ledger.facts.get("issued", {}).get(digest, {})
        if pdf and details.get("pdf_sha256") != pdf:
            continue
        chain, seq = ledger.facts.get("places", {}).get(digest, (None, 0))
        for head, witness in ledger.facts.get("anchored", ()):
            if head.chain == chain and seq <= head.seq:
                yield witness


# -- what the authorities said of revocation, inside the PDF ------------------------------------


def check_level(report: Report, reader, embedded, stamp, trusted: list) -> None:
    """State the level of the signature (ETSI EN 319 142-1), as far as it can be shown."""
    from pyhanko.sign.validation.dss import DocumentSecurityStore
    from pyhanko.sign.validation.errors import NoDSSFoundError

    if stamp is None:
        return
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        report.good("level PAdES B-T: signed and stamped; what was revoked is not said inside")
        return
    if not trusted:
        report.note("it brings what its authorities said of revocation: --trust judges that")
        return
    stamping = authorities.x509.load_der_x509_certificate(stamp.certificate)
    problems = [
        _find_problem(words, leaf, purpose, store, trusted, stamp.moment)
        for words, leaf, purpose in (
            ("signer", embedded.signer_cert, None),
            ("stamp", _load(stamping), "time_stamping"),
        )
    ]
    for problem in problems:
        if isinstance(problem, Revoked):
            report.bad("certificate", str(problem))
        elif problem:
            report.note(str(problem))
    if not any(problems):
        report.good(
            "level PAdES B-LT: what its authorities said of revocation is inside; neither the "
            "signer's certificate nor that of the stamp was revoked then"
        )


class Revoked(ValueError):
    """An authority says that a certificate must not be believed."""


def _find_problem(words: str, leaf, purpose, store, trusted: list, moment):
    """Return why the file does not show that a certificate was good at a moment, or None."""
    from pyhanko_certvalidator import CertificateValidator, ValidationContext
    from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError

    certificates = list(store.load_certs())
    context = ValidationContext(
        trust_roots=[_load(each) for each in trusted],
        other_certs=certificates,
        moment=moment,
        crls=[each.get_object().data for each in store.crls],
        ocsps=[each.get_object().data for each in store.ocsps],
        revocation_mode="require",
    )
    try:
        validator = CertificateValidator(leaf, certificates, context)
        asyncio.run(validator.async_validate_usage(set(), {purpose} if purpose else None))
    except RevokedError as error:
        return Revoked(f"that of the {words} was revoked: {error}")
    except (PathError, ValidationError) as error:
        return ValueError(f"that the {words}'s certificate was not revoked is not shown: {error}")
    return None


def _load(certificate):
    from asn1crypto import x509

    der = authorities.serialization.Encoding.DER
    return x509.Certificate.load(certificate.public_bytes(der))
