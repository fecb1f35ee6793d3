# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Ask the authorities whether a certificate is revoked, and keep their answers for the PDF.

What they answer (CRL, OCSP) goes into the document, so that a signature can be judged when its
certificate is long out of its time. An answer is asked for once and kept in this process until its
own next update, a day at most: then a newer one is wanted, and the old one serves only while that
is out of reach. Imported when the first document is signed: pyHanko takes its time to load.
"""

import asyncio
import datetime
import hashlib
from collections.abc import Sequence

from asn1crypto import crl, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend
from pyhanko_certvalidator.util import get_declared_revinfo

from .tools.pades import Evidence, RevocationMissing
from .tools.signing import SigningError

TIMEOUT_S = 5
KEEP = datetime.timedelta(days=1)
# an authority out of reach is not asked anew for each certificate of a long queue
PAUSE = datetime.timedelta(minutes=1)
# an answer that names no next update is good for the documents of this moment
UNSTATED = datetime.timedelta(minutes=10)

# what was asked -> (when to ask again, the answer or why there was none)
_KEPT: dict[str, tuple[datetime.datetime, Evidence | RevocationMissing | None]] = {}


def get_evidence(
    leaf: bytes,
    others: Sequence[bytes],
    *,
    trusted: Sequence[bytes] = (),
    lists: Sequence[bytes] = (),
    may_fetch: bool = True,
    purpose: str | None = None,
) -> Evidence | None:
    """Return what shows that a certificate is not revoked; None where nobody could tell.

    :param leaf: the certificate (DER) in question, `others` those that came with it
    :param trusted: where its path may end; otherwise at the top of those that came with it
    :param lists: revocation lists (DER) at hand
    :param purpose: the extended key usage it must have
    :raises SigningError: it is revoked, or no path leads from it to an authority
    :raises RevocationMissing: nobody could be asked
    """
    asked = hashlib.sha256()
    for part in (leaf, *others, b"trusted", *trusted, b"lists", *lists):
        asked.update(len(part).to_bytes(4, "big") + part)
    key = asked.hexdigest()
    now = datetime.datetime.now(datetime.UTC)
    until, kept = _KEPT.get(key, (now, None))
    if until <= now:
        until, kept = _ask(now, kept, leaf, others, trusted, lists, may_fetch, purpose)
        _KEPT[key] = until, kept
    if isinstance(kept, RevocationMissing):
        raise RevocationMissing(str(kept))
    return kept


def forget() -> None:
    """Ask anew what was asked before: a certificate was replaced, or a test begins."""
    _KEPT.clear()


def _ask(now, kept, leaf, others, trusted, lists, may_fetch, purpose) -> tuple:
    """Return when to ask again, and the answer: a new one, or one that is still good."""
    try:
        found = _collect(leaf, others, trusted, lists, may_fetch, purpose)
    except RevocationMissing as missing:
        if isinstance(kept, Evidence) and kept.good_until > now:
            return now + PAUSE, kept
        return now + PAUSE, missing
    if found is None:
        return now + KEEP, None
    if found.good_until <= now:
        return now, found
    return min(now + KEEP, found.good_until), found


def _collect(leaf, others, trusted, lists, may_fetch, purpose) -> Evidence | None:
    certificate, *rest = (x509.Certificate.load(each) for each in (leaf, *others))
    anchors = [x509.Certificate.load(each) for each in trusted] or _get_top(rest)
    ends = {each.sha256 for each in anchors}
    below = [each for each in (certificate, *rest) if each.sha256 not in ends]
    declared = [any(get_declared_revinfo(each)) for each in below]
    if not anchors or certificate.sha256 in ends or not (lists or any(declared)):
        return None
    # all of them or it is not complete: then what is declared is asked, and no more is promised
    is_complete = bool(lists) or all(declared)
    context = ValidationContext(
        trust_roots=anchors,
        other_certs=rest,
        crls=[crl.CertificateList.load(each) for each in lists],
        allow_fetching=may_fetch,
        fetcher_backend=RequestsFetcherBackend(per_request_timeout=TIMEOUT_S),
        revocation_mode="require" if is_complete else "hard-fail",
    )
    path = _validate(certificate, rest, context, purpose)
    return Evidence(
        certificates=tuple(each.dump() for each in path),
        crls=tuple(each.dump() for each in context.crls),
        ocsps=tuple(each.dump() for each in context.ocsps),
        good_until=_get_end(context),
        is_complete=is_complete,
    )


def _validate(certificate, rest, context, purpose):
    """Return the path to an authority, none of whose certificates is revoked."""
    name, usage = certificate.subject.human_friendly, {purpose} if purpose else None
    try:
        validator = CertificateValidator(certificate, rest, context)
        return asyncio.run(validator.async_validate_usage(set(), usage))
    except RevokedError as error:
        raise SigningError(f"the certificate of {name} is revoked: {error}") from error
    except (PathBuildingError, ValidationError) as error:
        raise RevocationMissing(str(error)) from error


def _get_top(certificates: list) -> list:
    """Return the authorities that none of the others has issued."""
    names = {each.subject.hashable for each in certificates}
    return [each for each in certificates if each.self_issued or each.issuer.hashable not in names]


def _get_end(context) -> datetime.datetime:
    """Return until when all answers are good by their own word."""
    unstated = datetime.datetime.now(datetime.UTC) + UNSTATED
    ends = [each["tbs_cert_list"]["next_update"].native for each in context.crls]
    for each in context.ocsps:
        answers = each.basic_ocsp_response["tbs_response_data"]["responses"]
        ends.extend(answer["next_update"].native for answer in answers)
    return min((end or unstated for end in ends), default=unstated)
