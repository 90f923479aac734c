"""The node's DTLS certificate: self-signed, made at each start, known by fingerprint (RFC 8122)."""

import datetime
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Browsers never look at the dates (RFC 8827 section 6.5 trusts the fingerprint alone);
# a year outlives any process.
_LIFETIME: Final = datetime.timedelta(days=365)
_BACKDATED: Final = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A private key with its certificate; `fingerprint` is as `a=fingerprint:sha-256` writes it."""

    private_key: ec.EllipticCurvePrivateKey
    x509: x509.Certificate
    fingerprint: str


def generate_certificate() -> Certificate:
    """Make a P-256 key and its certificate (0.4 ms; once for each process)."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "emporion")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + _LIFETIME)
        .sign(private_key, hashes.SHA256())
    )
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    return Certificate(private_key, certificate, fingerprint)
