"""DTLS without sockets: two sessions and a lossy, reordering hand between them."""

from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from OpenSSL import SSL

from emporion.engine.transport.certificate import Certificate, generate_certificate
from emporion.engine.transport.dtls import (
    MAX_DATAGRAM_BYTES,
    SRTP_PROFILE,
    DtlsSession,
    DtlsState,
    make_context,
    split_records,
)

_SERVER, _CLIENT = generate_certificate(), generate_certificate()
_SERVER_CONTEXT, _CLIENT_CONTEXT = make_context(_SERVER), make_context(_CLIENT)


def _fingerprints(certificate: Certificate) -> dict[str, str]:
    return {"sha-256": certificate.fingerprint}


def _pair(
    *, expected_by_server: Certificate = _CLIENT, client_context: SSL.Context = _CLIENT_CONTEXT
) -> tuple[DtlsSession, DtlsSession]:
    server = DtlsSession(_SERVER_CONTEXT, _fingerprints(expected_by_server))
    client = DtlsSession(client_context, _fingerprints(_SERVER), is_client=True)
    client.start(0.0)
    return server, client


def _exchange(
    server: DtlsSession, client: DtlsSession, *, lose: Callable[[int], bool] = lambda _: False
) -> None:
    """Pass datagrams to and fro until both are silent; `lose` is asked by running number."""
    number = 0
    for _ in range(20):
        quiet = True
        for sender, receiver in ((client, server), (server, client)):
            for datagram in sender.take_datagrams():
                quiet = False
                number += 1
                if not lose(number - 1):
                    receiver.handle_datagram(datagram, 0.0)
        if quiet:
            return


def test_both_ends_have_the_same_keys_crosswise() -> None:
    server, client = _pair()
    _exchange(server, client)

    assert server.state is client.state is DtlsState.CONNECTED
    assert server.keys is not None
    assert client.keys is not None
    assert (server.keys.local_key, server.keys.local_salt) == (
        client.keys.remote_key,
        client.keys.remote_salt,
    )
    assert len(server.keys.remote_key) == 16
    assert len(server.keys.remote_salt) == 12
    assert server.keys.remote_key == client.keys.local_key


def _large_certificate() -> Certificate:
    """Its flight takes several datagrams."""
    small = generate_certificate()
    ballast = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), bytes(3000))
    large = (
        x509.CertificateBuilder()
        .subject_name(small.x509.subject)
        .issuer_name(small.x509.issuer)
        .public_key(small.private_key.public_key())
        .serial_number(1)
        .not_valid_before(small.x509.not_valid_before_utc)
        .not_valid_after(small.x509.not_valid_after_utc)
        .add_extension(ballast, critical=False)
        .sign(small.private_key, hashes.SHA256())
    )
    fingerprint = large.fingerprint(hashes.SHA256()).hex(":").upper()
    return Certificate(small.private_key, large, fingerprint)


def test_flights_are_cut_at_records_into_datagrams_that_fit() -> None:
    """webrtc.md 1: a memory BIO has no datagram boundaries."""
    large = _large_certificate()
    server, client = _pair(expected_by_server=large, client_context=make_context(large))
    seen: list[bytes] = []
    for _ in range(4):
        for sender, receiver in ((client, server), (server, client)):
            for datagram in sender.take_datagrams():
                seen.append(datagram)
                receiver.handle_datagram(datagram, 0.0)

    assert server.state is DtlsState.CONNECTED
    assert sum(map(len, seen)) > 3 * MAX_DATAGRAM_BYTES
    assert max(map(len, seen)) <= MAX_DATAGRAM_BYTES
    for datagram in seen:
        position = 0
        while position < len(datagram):
            position += 13 + int.from_bytes(datagram[position + 11 : position + 13], "big")
        assert position == len(datagram)


def test_split_records_packs_what_fits_and_never_cuts_a_record() -> None:
    record = bytes(11) + (500).to_bytes(2, "big") + bytes(500)
    large = bytes(11) + (1400).to_bytes(2, "big") + bytes(1400)

    assert split_records(record * 3) == [record * 2, record]
    assert split_records(large + record) == [large, record]
    assert split_records(b"") == []
    assert b"".join(split_records(record[:40])) == record[:40]


def test_a_client_hello_in_two_datagrams_is_put_together() -> None:
    """webrtc.md 2: Chromium's has 1413 bytes (post-quantum key share), so it comes in two."""
    server, client = _pair()
    (hello,) = client.take_datagrams()
    message_head, body = hello[13:19], hello[25:]
    half = len(body) // 2
    for sequence, (offset, part) in enumerate(((0, body[:half]), (half, body[half:]))):
        fragment = message_head + offset.to_bytes(3, "big") + len(part).to_bytes(3, "big") + part
        record_head = hello[:3] + bytes(2) + sequence.to_bytes(6, "big")
        server.handle_datagram(record_head + len(fragment).to_bytes(2, "big") + fragment, 0.0)

    assert server.take_datagrams(), "the server did not answer the reassembled hello"


def test_a_lost_server_flight_is_sent_again_after_100_ms() -> None:
    """webrtc.md 3b: OpenSSL alone would wait for 1 s."""
    server, client = _pair()
    for datagram in client.take_datagrams():
        server.handle_datagram(datagram, 10.0)
    lost = server.take_datagrams()
    assert server.deadline_s == pytest.approx(10.1)

    server.handle_timeout(10.05)
    assert server.take_datagrams() == []
    server.handle_timeout(10.1)

    assert server.take_datagrams() == lost
    assert server.deadline_s == pytest.approx(10.3)
    server.handle_timeout(10.3)
    assert server.take_datagrams() == lost
    server.handle_timeout(10.71)
    assert server.take_datagrams() == lost
    for datagram in lost:
        client.handle_datagram(datagram, 10.71)
    _exchange(server, client)
    assert server.state is DtlsState.CONNECTED


def test_resent_records_that_were_not_lost_do_no_harm() -> None:
    server, client = _pair()
    for datagram in client.take_datagrams():
        server.handle_datagram(datagram, 0.0)
    flight = server.take_datagrams()
    for datagram in flight + flight:
        client.handle_datagram(datagram, 0.0)
    _exchange(server, client)

    assert server.state is client.state is DtlsState.CONNECTED


def test_a_close_is_told() -> None:
    """webrtc.md 3: it is how a closed page shows."""
    server, client = _pair()
    _exchange(server, client)

    client.close()
    _exchange(server, client)

    assert server.state is DtlsState.CLOSED


def test_another_certificate_than_the_offer_named_fails() -> None:
    """webrtc.md 6: accepted in the handshake, compared after it, before there are keys."""
    server, client = _pair(expected_by_server=_SERVER)
    _exchange(server, client)

    assert server.state is DtlsState.FAILED
    assert server.keys is None


def test_one_matching_fingerprint_of_several_is_enough() -> None:
    server = DtlsSession(_SERVER_CONTEXT, {"sha-512": "00:11", "sha-256": _CLIENT.fingerprint})
    client = DtlsSession(_CLIENT_CONTEXT, _fingerprints(_SERVER), is_client=True)
    client.start(0.0)
    _exchange(server, client)

    assert server.state is DtlsState.CONNECTED


def test_a_client_without_our_srtp_profile_fails() -> None:
    """webrtc.md 4: the server picks the profile; we offer AES-128-GCM only."""
    other = make_context(_CLIENT)
    other.set_tlsext_use_srtp(b"SRTP_AES128_CM_SHA1_80")
    server, client = _pair(client_context=other)
    _exchange(server, client)

    assert server.state is DtlsState.FAILED


def test_the_server_prefers_gcm_whatever_the_client_lists_first() -> None:
    """webrtc.md 4: Chromium lists SHA1_80 first."""
    other = make_context(_CLIENT)
    other.set_tlsext_use_srtp(b"SRTP_AES128_CM_SHA1_80:" + SRTP_PROFILE)
    server, client = _pair(client_context=other)
    _exchange(server, client)

    assert server.state is client.state is DtlsState.CONNECTED


@pytest.mark.parametrize("rubbish", [b"", b"\x16", bytes(40), b"\x16\xfe\xfd" + bytes(60)])
def test_rubbish_before_and_after_the_handshake_is_dropped(rubbish: bytes) -> None:
    server, client = _pair()
    server.handle_datagram(rubbish, 0.0)
    _exchange(server, client)
    server.handle_datagram(rubbish, 0.0)

    assert server.state is DtlsState.CONNECTED


def test_a_handshake_that_never_starts_can_be_closed() -> None:
    server = DtlsSession(_SERVER_CONTEXT, _fingerprints(_CLIENT))

    server.close()

    assert server.state is DtlsState.CLOSED
    assert server.take_datagrams() == []
    server.handle_datagram(b"\x16" * 50, 0.0)
    server.handle_timeout(99.0)
