"""What we seal, libsrtp opens, and the other way round (RFC 3711, RFC 7714)."""

import pytest
from pylibsrtp import Policy, Session

from emporion.engine.rtp.extensions import build_block
from emporion.engine.rtp.packet import RtpPacket, build_packet
from emporion.engine.rtp.rtcp import PictureLoss, ReceiverReport, build_compound
from emporion.engine.rtp.srtp import (
    MAX_DATAGRAM_BYTES,
    MAX_RTCP_BYTES,
    MAX_STREAMS,
    SRTCP_OVERHEAD_BYTES,
    TAG_BYTES,
    SrtpReceiver,
    SrtpSender,
    derive_session_keys,
)

KEY = bytes(range(16))
SALT = bytes(range(100, 112))
SSRC = 0xDEADBEEF


def packet_of(index: int, *, size: int = 1000, ssrc: int = SSRC, padding_bytes: int = 0) -> bytes:
    return build_packet(
        payload_type=96,
        sequence_number=index,
        timestamp=index * 3000,
        ssrc=ssrc,
        payload=bytes(index % 256 for _ in range(size)),
        extension=build_block([(2, bytes(3)), (9, b"0")]) if index % 2 else b"",
        padding_bytes=padding_bytes,
    )


def header_bytes(packet: bytes) -> int:
    parsed = RtpPacket.parse(packet)
    assert parsed is not None
    return parsed.header_bytes


def libsrtp(ssrc_type: int) -> Session:
    policy = Policy(
        key=KEY + SALT,
        ssrc_type=ssrc_type,
        srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    )
    return Session(policy)


def test_the_derivation_of_rfc_3711_appendix_b3() -> None:
    """Its salt has 112 bits as AES-CM wants it; AES-GCM uses the first 96 of the derived one."""
    key = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE4139")
    salt = bytes.fromhex("0EC675AD498AFEEBB6960B3AABE6")
    keys = derive_session_keys(key, salt)
    assert keys.rtp_key == bytes.fromhex("C61E7A93744F39EE10734AFE3FF7A087")
    assert keys.rtp_salt == bytes.fromhex("30CBBC08863D8C85D49DB34A")


@pytest.mark.parametrize("padding_bytes", [0, 1, 200])
def test_libsrtp_opens_what_we_seal_across_the_wrap(padding_bytes: int) -> None:
    sender, session = SrtpSender(KEY, SALT), libsrtp(Policy.SSRC_ANY_INBOUND)
    for index in range(0xFFF8, 0x1_0008):
        plain = packet_of(index, padding_bytes=padding_bytes)
        sealed = sender.seal(plain, header_bytes=header_bytes(plain), ssrc=SSRC, index=index)
        assert len(sealed) == len(plain) + TAG_BYTES
        assert session.unprotect(sealed) == plain


def test_ssrcs_have_nonces_of_their_own() -> None:
    sender = SrtpSender(KEY, SALT)
    bases = [sender.nonce_base(ssrc) for ssrc in (0, 1, 0xFFFF_FFFF)]
    # The 48 bits of the index never reach up to where the SSRC stands.
    assert [(base ^ bases[0]) >> 48 for base in bases] == [0, 1, 0xFFFF_FFFF]
    assert {base & (1 << 48) - 1 for base in bases} == {bases[0] & (1 << 48) - 1}


def test_we_open_what_libsrtp_seals() -> None:
    receiver, session = SrtpReceiver(KEY, SALT), libsrtp(Policy.SSRC_ANY_OUTBOUND)
    for index in range(0xFFFA, 0x1_0006):
        plain = packet_of(index)
        assert receiver.open_rtp(session.protect(plain)) == plain


def test_rtcp_goes_there_and_back() -> None:
    sender, receiver = SrtpSender(KEY, SALT), SrtpReceiver(KEY, SALT)
    plain = build_compound([ReceiverReport(1), PictureLoss(1, 2)])
    sealed = sender.seal_rtcp(plain)
    assert sealed is not None
    assert len(sealed) == len(plain) + SRTCP_OVERHEAD_BYTES
    assert sealed[8:] != plain[8:]
    assert receiver.open_rtcp(sealed) == plain
    assert receiver.open_rtcp(sealed) is None
    assert receiver.replayed == 1


def test_libsrtp_opens_our_rtcp_of_several_ssrcs() -> None:
    sender, session = SrtpSender(KEY, SALT), libsrtp(Policy.SSRC_ANY_INBOUND)
    for ssrc in (SSRC, 1, SSRC, 0xFFFF_FFFF, 0, 1):
        plain = build_compound([ReceiverReport(ssrc), PictureLoss(ssrc, 2)])
        sealed = sender.seal_rtcp(plain)
        assert sealed is not None
        assert session.unprotect_rtcp(sealed) == plain


def test_pitfall_20_rtcp_that_does_not_fit_is_refused_not_raised() -> None:
    sender = SrtpSender(KEY, SALT)
    report = ReceiverReport(1).build()
    fits = report * (MAX_RTCP_BYTES // len(report))
    assert sender.seal_rtcp(fits) is not None
    assert sender.seal_rtcp(fits + report) is None
    assert sender.seal_rtcp(b"") is None
    assert sender.seal_rtcp(report[:7]) is None
    assert sender.rtcp_refused == 3


def test_a_packet_is_opened_once() -> None:
    sender, receiver = SrtpSender(KEY, SALT), SrtpReceiver(KEY, SALT)
    plain = packet_of(7)
    sealed = sender.seal(plain, header_bytes=header_bytes(plain), ssrc=SSRC, index=7)
    assert receiver.open_rtp(sealed) == plain
    assert receiver.open_rtp(sealed) is None
    assert (receiver.replayed, receiver.unauthentic) == (1, 0)


def test_a_packet_many_places_late_is_opened() -> None:
    sender, receiver = SrtpSender(KEY, SALT), SrtpReceiver(KEY, SALT)

    def sealed(index: int) -> bytes:
        plain = packet_of(index, size=10)
        return sender.seal(plain, header_bytes=header_bytes(plain), ssrc=SSRC, index=index)

    assert receiver.open_rtp(sealed(2000)) is not None
    assert receiver.open_rtp(sealed(1000)) is not None
    assert receiver.open_rtp(sealed(900)) is None
    assert receiver.replayed == 1


def test_what_is_not_authentic_is_counted() -> None:
    sender, receiver = SrtpSender(KEY, SALT), SrtpReceiver(KEY, SALT)
    plain = packet_of(7)
    sealed = bytearray(sender.seal(plain, header_bytes=header_bytes(plain), ssrc=SSRC, index=7))
    sealed[-1] ^= 1
    assert receiver.open_rtp(bytes(sealed)) is None
    assert receiver.open_rtp(b"") is None
    assert receiver.open_rtcp(b"\x80\xc8") is None
    assert receiver.unauthentic == 3
    assert receiver.open_rtp(bytes(sealed[:-1]) + bytes((sealed[-1] ^ 1,))) == plain


def test_pitfall_20_a_datagram_longer_than_the_buffer_is_counted() -> None:
    receiver = SrtpReceiver(KEY, SALT)
    assert receiver.open_rtp(bytes(MAX_DATAGRAM_BYTES + 1)) is None
    assert receiver.open_rtcp(bytes(MAX_DATAGRAM_BYTES + 1)) is None
    assert receiver.oversize == 2
    assert receiver.open_rtp(bytes(MAX_DATAGRAM_BYTES)) is None
    assert receiver.oversize == 2


def test_streams_are_bounded_and_only_authentic_ones_count() -> None:
    sender, receiver = SrtpSender(KEY, SALT), SrtpReceiver(KEY, SALT)

    def sealed(ssrc: int, index: int = 5) -> bytes:
        plain = packet_of(index, size=10, ssrc=ssrc)
        return sender.seal(plain, header_bytes=header_bytes(plain), ssrc=ssrc, index=index)

    for ssrc in range(1000, 2000):
        foreign = sealed(ssrc)
        assert receiver.open_rtp(foreign[:-1] + bytes((foreign[-1] ^ 1,))) is None
    for ssrc in range(MAX_STREAMS):
        assert receiver.open_rtp(sealed(ssrc)) is not None
    assert receiver.open_rtp(sealed(MAX_STREAMS)) is None
    assert receiver.surplus_streams == 1
    assert receiver.open_rtp(sealed(0, index=6)) is not None


@pytest.mark.parametrize(("key", "salt"), [(KEY[:-1], SALT), (KEY, SALT + b"x"), (b"", b"")])
def test_keys_of_another_size_are_our_error(key: bytes, salt: bytes) -> None:
    with pytest.raises(ValueError, match="master key of 16"):
        SrtpSender(key, salt)
    with pytest.raises(ValueError, match="master key of 16"):
        SrtpReceiver(key, salt)
