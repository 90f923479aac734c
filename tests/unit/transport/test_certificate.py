"""The DTLS certificate."""

import hashlib

from cryptography.hazmat.primitives.serialization import Encoding

from emporion.engine.transport.certificate import generate_certificate


def test_the_fingerprint_is_the_digest_as_sdp_writes_it() -> None:
    certificate = generate_certificate()

    digest = hashlib.sha256(certificate.x509.public_bytes(Encoding.DER)).hexdigest().upper()
    assert certificate.fingerprint.replace(":", "") == digest
    assert certificate.fingerprint.count(":") == 31


def test_every_start_has_another() -> None:
    assert generate_certificate().fingerprint != generate_certificate().fingerprint
