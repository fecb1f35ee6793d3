# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The snapshot as a W3C Verifiable Credential (data model 2.0), secured as a JWT.

The issuer is a `did:web`: whoever verifies it fetches the public keys from the issuer's own host.
What has become of the credential since stands in two bitstring status lists, one for *revoked*
and one for *replaced* (its purpose is `refresh`: a newer one is to be had).
"""

import base64
import gzip
import hashlib
import json
from urllib.parse import quote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from .signing import SigningError

CONTEXT = "https://www.w3.org/ns/credentials/v2"
MEDIA_TYPE = "application/vc+jwt"
TYPES = {"batch": "BatchCertificate", "sustainability": "SustainabilityDeclaration"}
PURPOSES = {"revocation": ("revoked",), "refresh": ("superseded",)}
# The smallest list the standard allows, so that no entry stands out: 16 kB of bits.
LIST_BITS = 17
LIST_SIZE = 1 << LIST_BITS
_CURVES = {"secp256r1": ("P-256", "ES256", "sha256"), "secp384r1": ("P-384", "ES384", "sha384")}


def b64url(data: bytes) -> str:
    """Return base64url without padding, as JOSE writes it.

    >>> b64url(b"\\xff\\xfe")
    '__4'
    """
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def get_did(base_url: str, name: str) -> str:
    """Return the `did:web` of an issuer below a site.

    >>> get_did("https://plant.example:8443/", "dairy")
    'did:web:plant.example%3A8443:did:dairy'
    """
    return f"did:web:{quote(urlsplit(base_url).netloc, safe='')}:did:{quote(name)}"


def get_key(certificate_pem: bytes) -> tuple[dict, str, str]:
    """Return the public key as a JWK, its JOSE algorithm and the digest that goes with it.

    :raises SigningError: of a kind that JOSE does not know
    """
    public = x509.load_pem_x509_certificate(certificate_pem).public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        return {"kty": "RSA", "n": _integer(numbers.n), "e": _integer(numbers.e)}, "RS256", "sha256"
    if isinstance(public, ec.EllipticCurvePublicKey) and public.curve.name in _CURVES:
        curve, algorithm, digest = _CURVES[public.curve.name]
        numbers, size = public.public_numbers(), public.key_size // 8
        key = {"kty": "EC", "crv": curve, "x": _integer(numbers.x, size)}
        return {**key, "y": _integer(numbers.y, size)}, algorithm, digest
    raise SigningError("a verifiable credential needs an RSA key or one on P-256 or P-384")


def is_known(certificate_pem: bytes) -> bool:
    """Tell whether a key can sign credentials."""
    try:
        return bool(get_key(certificate_pem))
    except SigningError:
        return False


def _integer(number: int, size: int = 0) -> str:
    return b64url(number.to_bytes(size or (number.bit_length() + 7) // 8, "big"))


def get_key_id(certificate_pem: bytes) -> str:
    """Return the thumbprint of the key (RFC 7638): the same for every certificate of it."""
    key, _algorithm, _digest = get_key(certificate_pem)
    text = json.dumps(key, sort_keys=True, separators=(",", ":"))
    return b64url(hashlib.sha256(text.encode()).digest())


def build_did_document(did: str, certificates: list[bytes]) -> dict:
    """Return the DID document: every key that ever signed, so that old credentials stay good."""
    methods = {}
    for pem in certificates:
        key, algorithm, _digest = get_key(pem)
        name = f"{did}#{get_key_id(pem)}"
        methods[name] = {
            "id": name,
            "type": "JsonWebKey",
            "controller": did,
            "publicKeyJwk": {**key, "alg": algorithm, "kid": name.partition("#")[2]},
        }
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": list(methods.values()),
        "assertionMethod": list(methods),
    }


def build(did: str, snapshot: dict, snapshot_sha256: str, list_url: str, number: int) -> dict:
    """Return the credential of a snapshot.

    :param list_url: where the issuer's status lists are, without list and purpose
    :param number: which certificate it is, counted over all lists
    """
    kind = TYPES[snapshot["kind"]]
    terms = {name: f"{did}#{name}" for name in (kind, "snapshotSha256")}
    url = snapshot["verification"]["url"]
    return {
        "@context": [CONTEXT, {**terms, "snapshot": {"@id": f"{did}#snapshot", "@type": "@json"}}],
        "id": url,
        "type": ["VerifiableCredential", kind],
        "issuer": {"id": did, "name": snapshot["issuer"]["name"]},
        "name": snapshot["number"],
        "validFrom": snapshot["issued"]["utc"],
        "credentialSubject": {"snapshotSha256": snapshot_sha256, "snapshot": snapshot},
        "credentialStatus": [
            {
                "id": f"{list_url}/{number >> LIST_BITS}/{purpose}#{number % LIST_SIZE}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": purpose,
                "statusListIndex": str(number % LIST_SIZE),
                "statusListCredential": f"{list_url}/{number >> LIST_BITS}/{purpose}",
            }
            for purpose in PURPOSES
        ],
    }


def build_status_list(did: str, url: str, purpose: str, numbers: list[int], moment: str) -> dict:
    """Return the credential of one status list; bit n counts from the left.

    :param numbers: the places in this list that are set
    :param moment: when it was made, ISO 8601
    """
    return {
        "@context": [CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": moment,
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encode_list(numbers),
        },
    }


def encode_list(numbers: list[int]) -> str:
    """Return the bits, packed and in multibase (u: base64url).

    >>> bits = gzip.decompress(base64.urlsafe_b64decode(encode_list([0, 9])[1:] + "=="))
    >>> bits[:3].hex(), len(bits)
    ('804000', 16384)
    """
    bits = bytearray(LIST_SIZE // 8)
    for number in numbers:
        bits[number // 8] |= 0x80 >> number % 8
    return "u" + b64url(gzip.compress(bytes(bits), mtime=0))


def sign(identity, did: str, body: dict) -> str:
    """Return the credential as a JWT, signed by the issuer's key.

    :raises SigningError: the key cannot sign
    """
    _key, algorithm, digest = get_key(identity.certificate_pem)
    header = {
        "alg": algorithm,
        "cty": "vc",
        "kid": f"{did}#{get_key_id(identity.certificate_pem)}",
        "typ": "vc+jwt",
    }
    data = ".".join(b64url(_text(part)) for part in (header, body))
    value = identity.sign_raw(data.encode(), digest)
    if algorithm.startswith("ES"):
        size = {"ES256": 32, "ES384": 48}[algorithm]
        value = b"".join(part.to_bytes(size, "big") for part in decode_dss_signature(value))
    return f"{data}.{b64url(value)}"


def _text(part: dict) -> bytes:
    return json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read(token: str) -> dict:
    """Return what a credential of ours says, without a look at its signature."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
