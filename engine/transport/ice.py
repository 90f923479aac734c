"""ICE as a lite agent (RFC 8445 sections 2.5 and 7.3): follow the path that the peer nominates.

Theory of operation. A transport knows its peer by credentials, never by address. Whatever address
sends a check that passes MESSAGE-INTEGRITY becomes one of the transport's paths. The first such
path is used at once: browsers run DTLS on the first pair that works, before they nominate one
(facts/webrtc.md 8). Later a nomination moves the transport, if it is news: a peer that nominates
several paths in turn (aggressive nomination) must not make us flap between them.
"""

import secrets
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from .stun import Check, SocketAddress, write_role_conflict, write_success

MAX_PATHS: Final = 16  # A browser with IPv4, IPv6 and a VPN tries 4 to 9.

# Nominations come with every check, each 2.5 s at the latest (Chromium). A path that was not
# nominated for longer than that and then is, was chosen anew.
_NOMINATION_FRESH_AFTER_S: Final = 4.0

# Two check intervals: afterwards a NAT may have handed the address on to somebody else.
_PATH_HELD_S: Final = 5.0

# 4 characters are the least of RFC 8445 section 5.3; the ufrag is also our key for finding the
# transport, so it has 12 (70 bits).
_UFRAG_BYTES: Final = 9
_PASSWORD_BYTES: Final = 18


class Path(NamedTuple):
    """One way to the peer: our socket, by number, and the peer's address as that socket sees it."""

    socket_index: int
    address: SocketAddress


@dataclass(frozen=True, slots=True)
class Credentials:
    """Both ends' user fragments and our password, for one generation of ICE."""

    ufrag: str
    password: str
    remote_ufrag: str


def new_credentials(remote_ufrag: str) -> Credentials:
    return Credentials(_ice_chars(_UFRAG_BYTES), _ice_chars(_PASSWORD_BYTES), remote_ufrag)


def _ice_chars(count: int) -> str:
    # ice-char is ALPHA / DIGIT / "+" / "/" (RFC 8839 section 5.4).
    return secrets.token_urlsafe(count).replace("-", "+").replace("_", "/")


@dataclass(slots=True)
class _PathState:
    checked_at_s: float
    nominated_at_s: float = float("-inf")


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What a check did. `reply` None: it was not authentic; nothing changed."""

    reply: bytes | None = None
    learned: Path | None = None
    forgotten: Path | None = None
    moved: bool = False
    retired_ufrag: str | None = None


REJECTED: Final = CheckOutcome()


@dataclass(slots=True)
class IceLite:
    """One transport's ICE state.

    Attributes:
        selected: Where to send; None until the first check.
        checked_at_s: The last authentic check on any path; consent (RFC 7675) hangs on it.
    """

    credentials: Credentials
    checked_at_s: float
    selected: Path | None = None
    retiring: Credentials | None = None  # Before a restart; valid until the new ones are used.
    paths: dict[Path, _PathState] = field(default_factory=dict)

    def restart(self, remote_ufrag: str) -> str | None:
        """Take new credentials (RFC 8445 section 9); the path stays until another is nominated.

        Returns:
            The user fragment that is void from now on. None at the first restart: the old
            credentials stay valid until the peer uses the new ones. At a second one before that,
            it is the generation between, which was never used.
        """
        void = None
        if self.retiring is None:
            self.retiring = self.credentials
        else:
            void = self.credentials.ufrag
        self.credentials = new_credentials(remote_ufrag)
        return void

    def holds(self, path: Path, now_s: float) -> bool:
        """This path was checked a moment ago: nobody else's check may take it over.

        Otherwise a participant who can forge source addresses could cut off another.
        """
        state = self.paths.get(path)
        return state is not None and now_s - state.checked_at_s <= _PATH_HELD_S

    def handle_check(self, check: Check, path: Path, now_s: float) -> CheckOutcome:
        """Authenticate a check and follow it."""
        credentials = self._authenticate(check)
        if credentials is None:
            return REJECTED
        transaction_id = check.transaction_id
        if check.claims_to_be_controlled:
            return CheckOutcome(reply=write_role_conflict(transaction_id, credentials.password))
        retired = self._retire(credentials)
        self.checked_at_s = now_s
        state = self.paths.get(path)
        learned, forgotten = None, None
        if state is None:
            learned, forgotten = path, self._make_room()
            state = self.paths[path] = _PathState(now_s)
        state.checked_at_s = now_s
        return CheckOutcome(
            reply=write_success(transaction_id, path.address, credentials.password),
            learned=learned,
            forgotten=forgotten,
            moved=self._select(path, state, check.is_nominating, now_s),
            retired_ufrag=retired,
        )

    def _authenticate(self, check: Check) -> Credentials | None:
        for credentials in (self.credentials, self.retiring):
            if (
                credentials is not None
                and check.local_ufrag == credentials.ufrag
                and check.remote_ufrag == credentials.remote_ufrag
                and check.is_authentic(credentials.password)
            ):
                return credentials
        return None

    def _retire(self, used: Credentials) -> str | None:
        if self.retiring is None or used is self.retiring:
            return None
        retired, self.retiring = self.retiring.ufrag, None
        return retired

    def _make_room(self) -> Path | None:
        """Forget the path that was silent longest, never the one in use."""
        if len(self.paths) < MAX_PATHS:
            return None
        others = (path for path in self.paths if path != self.selected)
        oldest = min(others, key=lambda path: self.paths[path].checked_at_s)
        del self.paths[oldest]
        return oldest

    def _select(self, path: Path, state: _PathState, nominating: bool, now_s: float) -> bool:
        is_news = now_s - state.nominated_at_s > _NOMINATION_FRESH_AFTER_S
        if nominating:
            state.nominated_at_s = now_s
        if self.selected is None:
            self.selected = path
            return False
        if not nominating or path == self.selected:
            return False
        used = self.paths[self.selected]
        if not is_news and now_s - used.nominated_at_s <= _NOMINATION_FRESH_AFTER_S:
            return False
        self.selected = path
        return True
