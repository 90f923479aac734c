"""SRTP of the modelled participants, by libsrtp."""

from typing import Final

from pylibsrtp import Policy, Session

from ...engine.forward.api import SrtpKeys

_WINDOW: Final = 2048


def make_keys(number: int) -> SrtpKeys:
    """Return keys for a participant; `local` is the server's side."""
    seed = number.to_bytes(2, "big")
    return SrtpKeys(
        local_key=(b"server" + seed).ljust(16, b"."),
        local_salt=(b"server" + seed).ljust(12, b"."),
        remote_key=(b"client" + seed).ljust(16, b"."),
        remote_salt=(b"client" + seed).ljust(12, b"."),
    )


class Sealing:
    """Seals what one participant sends."""

    def __init__(self, key: bytes, salt: bytes) -> None:
        policy = Policy(
            key=key + salt,
            ssrc_type=Policy.SSRC_ANY_OUTBOUND,
            srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
        )
        policy.allow_repeat_tx = True
        policy.window_size = _WINDOW
        self._session = Session(policy)

    def seal(self, packet: bytes) -> bytes:
        return bytes(self._session.protect(packet))

    def seal_rtcp(self, packet: bytes) -> bytes:
        return bytes(self._session.protect_rtcp(packet))
