"""SRTP and SRTCP with AEAD_AES_128_GCM (RFC 3711, RFC 7714).

What we send is sealed with AES-GCM of `cryptography`: a viewer's packets are sealed in the
innermost loop of the server, and pylibsrtp's `protect` costs 1.2 µs of Python around 0.26 µs of
work (facts/fanout.md 8). What comes in goes through libsrtp, which keeps the replay windows.

The nonce of a packet is salt xor (00 00 | SSRC | ROC | SEQ) (RFC 7714 §8.1). With the unwrapped
sequence number as index, which is 2**16 * ROC + SEQ, that is `nonce_base(ssrc) ^ index`. That of
RTCP is made in the same way of SSRC and SRTCP index (§9.1).
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pylibsrtp import Error, Policy, Session

MASTER_KEY_BYTES: Final = 16
MASTER_SALT_BYTES: Final = 12
TAG_BYTES: Final = 16  # RFC 7714 §13.2: the GCM tag is always whole.
SRTCP_OVERHEAD_BYTES: Final = TAG_BYTES + 4  # The tag and the E flag with the index.
MAX_DATAGRAM_BYTES: Final = 1500  # The buffer of a pylibsrtp session (facts/webrtc.md 20).
MAX_RTCP_BYTES: Final = MAX_DATAGRAM_BYTES - 148  # It keeps room for the longest trailer there is.
MAX_STREAMS: Final = 128  # libsrtp keeps a state for each SSRC; an honest browser uses under 20.
REPLAY_WINDOW: Final = 1024  # Packets; libsrtp's 128 are 40 ms of a screen's key frame.

# RFC 3711 §4.3.2: keys and salts of SRTP and SRTCP; between them stand those of authentication.
_LABELS: Final = (0x00, 0x02, 0x03, 0x05)
_SRTCP_HEADER_BYTES: Final = 8  # Readable: the first fixed header of the compound, with its SSRC.
_E_FLAG: Final = 1 << 31  # The packet is encrypted.

Encrypt = Callable[[bytes, bytes | bytearray | memoryview, bytes | bytearray | memoryview], bytes]


class SessionKeys(NamedTuple):
    """Keys of 16 bytes and salts of 12."""

    rtp_key: bytes
    rtp_salt: bytes
    rtcp_key: bytes
    rtcp_salt: bytes


def derive_session_keys(master_key: bytes, master_salt: bytes) -> SessionKeys:
    """Return what SRTP and SRTCP seal with.

    Spec:
        RFC 3711 §4.3.1 and §4.3.3 with a key derivation rate of 0: AES in counter mode, of which
        one block is enough for each key. RFC 7714 §11: the 96-bit master salt stands left in the
        112 bits that the derivation uses.
    """
    padded_salt = int.from_bytes(master_salt.ljust(14, b"\0"), "big")
    counters = [((padded_salt ^ label << 48) << 16).to_bytes(16, "big") for label in _LABELS]
    cipher = Cipher(algorithms.AES(master_key), modes.ECB())  # Of blocks that are counters.
    blocks = cipher.encryptor().update(b"".join(counters))
    return SessionKeys(blocks[:16], blocks[16:28], blocks[32:48], blocks[48:60])


class SrtpSender:
    """Seals what we send to one participant.

    Nothing here remembers which indices were used: the caller must never seal two packets with one
    SSRC and index, because AES-GCM gives away its key when a nonce returns. A retransmission of the
    very same bytes is safe, and RTX has its own SSRC and numbers anyway.

    Attributes:
        encrypt: (nonce, payload, header) → ciphertext and tag, for loops that build headers.
        rtcp_refused: RTCP that was none, or over `MAX_RTCP_BYTES`.
    """

    __slots__ = ("_encrypt_rtcp", "_rtcp_index", "_rtcp_salt", "_salt", "encrypt", "rtcp_refused")

    def __init__(self, master_key: bytes, master_salt: bytes) -> None:
        """Derive the session keys.

        Args:
            master_key: 16 bytes, our side of the DTLS exporter (RFC 5764 §4.2).
            master_salt: 12 bytes.

        Raises:
            ValueError: A key or salt of another size.
        """
        _check_sizes(master_key, master_salt)
        keys = derive_session_keys(master_key, master_salt)
        self.encrypt: Encrypt = AESGCM(keys.rtp_key).encrypt
        self._salt = int.from_bytes(keys.rtp_salt, "big")
        self._encrypt_rtcp: Encrypt = AESGCM(keys.rtcp_key).encrypt
        self._rtcp_salt = int.from_bytes(keys.rtcp_salt, "big")
        self._rtcp_index = 0
        self.rtcp_refused = 0

    def nonce_base(self, ssrc: int) -> int:
        """Return salt xor SSRC; `(base ^ index).to_bytes(12, "big")` is the nonce of a packet."""
        return self._salt ^ ssrc << 48

    def seal(self, packet: bytes, *, header_bytes: int, ssrc: int, index: int) -> bytes:
        """Return a plain packet sealed.

        Args:
            packet: With its padding.
            header_bytes: Fixed header, CSRCs and extension block; they stay readable.
            ssrc: As in the header.
            index: Unwrapped sequence number, in [0, 2**48); its low 16 bits are in the header.
        """
        header = packet[:header_bytes]
        nonce = (self.nonce_base(ssrc) ^ index).to_bytes(12, "big")
        return header + self.encrypt(nonce, packet[header_bytes:], header)

    def seal_rtcp(self, packet: bytes) -> bytes | None:
        """Return a compound RTCP packet sealed; None if it is none or over `MAX_RTCP_BYTES`.

        Spec:
            RFC 7714 §9.2. One index counts the packets of all SSRCs (RFC 3711 §3.4 has one for
            each): 2**31 are enough for 50 a second over a year.
        """
        if not _SRTCP_HEADER_BYTES <= len(packet) <= MAX_RTCP_BYTES:
            self.rtcp_refused += 1
            return None
        self._rtcp_index = index = self._rtcp_index + 1
        header = packet[:_SRTCP_HEADER_BYTES]
        ssrc = int.from_bytes(header[4:], "big")
        trailer = (_E_FLAG | index).to_bytes(4, "big")
        nonce = (self._rtcp_salt ^ ssrc << 48 ^ index).to_bytes(12, "big")
        sealed = self._encrypt_rtcp(nonce, packet[_SRTCP_HEADER_BYTES:], header + trailer)
        return header + sealed + trailer


class SrtpReceiver:
    """Opens what one participant sends. Nothing raises; what is not opened is counted.

    Attributes:
        unauthentic: The tag was wrong, or the packet was no SRTP at all.
        replayed: Its index had been opened before, or fell out of the window.
        oversize: Longer than `MAX_DATAGRAM_BYTES`.
        surplus_streams: From one SSRC more than `MAX_STREAMS`.
    """

    __slots__ = (
        "_session",
        "_ssrcs",
        "oversize",
        "replayed",
        "surplus_streams",
        "unauthentic",
    )

    def __init__(self, master_key: bytes, master_salt: bytes) -> None:
        """Derive the session keys; arguments as in `SrtpSender`, of the remote side."""
        _check_sizes(master_key, master_salt)
        self._session = Session(_inbound_policy(master_key + master_salt))
        self._ssrcs: set[bytes] = set()
        self.unauthentic = 0
        self.replayed = 0
        self.oversize = 0
        self.surplus_streams = 0

    def open_rtp(self, data: bytes) -> bytes | None:
        """Return the plain RTP packet; None if it is not authentic, a replay, or too long."""
        return self._open(data, data[8:12], self._session.unprotect)

    def open_rtcp(self, data: bytes) -> bytes | None:
        """Return the plain compound RTCP packet; None as in `open_rtp`."""
        return self._open(data, data[4:8], self._session.unprotect_rtcp)

    def _open(self, data: bytes, ssrc: bytes, unprotect: Callable[[bytes], bytes]) -> bytes | None:
        if ssrc not in self._ssrcs and len(self._ssrcs) >= MAX_STREAMS:
            self.surplus_streams += 1
            return None
        try:
            plain = unprotect(data)
        except Error as error:
            if str(error).startswith(("replay", "packet index")):
                self.replayed += 1
            else:
                self.unauthentic += 1
            return None
        except ValueError:
            self.oversize += 1
            return None
        self._ssrcs.add(ssrc)  # Only now: an outsider must not fill the set.
        return plain


def _inbound_policy(key: bytes) -> Policy:
    policy = Policy(
        key=key,
        ssrc_type=Policy.SSRC_ANY_INBOUND,
        srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    )
    policy.window_size = REPLAY_WINDOW
    return policy


def _check_sizes(master_key: bytes, master_salt: bytes) -> None:
    if len(master_key) != MASTER_KEY_BYTES or len(master_salt) != MASTER_SALT_BYTES:
        raise ValueError(
            f"a master key of {MASTER_KEY_BYTES} and a salt of {MASTER_SALT_BYTES} bytes are"
            f" needed, got {len(master_key)} and {len(master_salt)}"
        )
