"""A short play for `check_plugin`: it fills a plugin's state, and names what must be refused."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from ..engine.ids import FileId, ParticipantId, TrackId
from ..engine.media import Source

# Who is in the room, by name, with the role of each. Whoever is not named here has no part.
CAST: Final[Mapping[str, str]] = {
    "ana": "host",
    "ben": "host",
    "cai": "assistant",
    "li": "merchant",
    "mo": "merchant",
    "ob": "observer",
}

# Any: bodies are what msgpack can encode.
Body = Mapping[str, Any]


class Stage(Protocol):
    """What a play may do. `who` is a name of `CAST`."""

    async def request(self, who: str, **body: Any) -> int | None:
        """Send the plugin a request; return the seq of its entry. A refusal ends the play."""
        ...

    def signal(self, who: str, **body: Any) -> None:
        """Send the plugin a signal."""
        ...

    def participant_id(self, who: str) -> ParticipantId: ...

    async def publish(self, who: str, source: Source) -> TrackId: ...

    async def unpublish(self, who: str, track_id: TrackId) -> None: ...

    async def bring(self, who: str, name: str, content: bytes) -> FileId:
        """Bring a file for the plugin. Its pages, if it has them drawn, are three of a PDF and one
        of a picture; with the word `broken` in it there are none.
        """
        ...

    def bodies(self, who: str, kind: str) -> list[Any]:
        """Return the bodies of the entries of a kind that somebody was sent, oldest first."""
        ...

    async def pass_time(self, seconds: float) -> None:
        """Let time pass; it costs none."""
        ...


Play = Callable[[Stage], Awaitable[None]]
# Makes a body when it is its turn: bodies often name ids.
Request = Callable[[Stage], Body]


@dataclass(frozen=True)
class Forbidden:
    """A request that must be refused with a code, and change nothing.

    `body` may be a function of the stage, called after the play: bodies often name ids.
    """

    who: str
    body: Body | Request
    code: str


@dataclass(frozen=True)
class Scenario:
    """What the kit plays with a plugin.

    Attributes:
        play: Fills the state: requests that succeed. Either a function, or steps `(who, body)`.
        forbidden: What is refused after the play.
        at_once: Requests `(who, body)` of which any may fail, sent at the same moment after the
            play; None: all those of the play once more, by both hosts.
        grants: What tokens say besides the role's defaults, by name.
        in_groups: Whether the play is played in a group of the room as well, with the same checks.
            False: the plugin does other things there; its own tests say what.
    """

    play: Play | Sequence[tuple[str, Body]] = ()
    forbidden: Sequence[Forbidden] = ()
    at_once: Sequence[tuple[str, Body]] | Callable[[Stage], Sequence[tuple[str, Body]]] | None = (
        None
    )
    grants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    in_groups: bool = True

    async def run(self, stage: Stage) -> None:
        """Play it."""
        if callable(self.play):
            await self.play(stage)
            return
        for who, body in self.play:
            await stage.request(who, **body)
