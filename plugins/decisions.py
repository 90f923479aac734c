"""What policies are asked and what they answer."""

from typing import Final

import msgspec

from ..engine.grants import Grants
from ..engine.ids import FileId, ParticipantId
from ..engine.media import Kind, Source


class Deny(msgspec.Struct, frozen=True):
    """A policy's no. `code` is stable, `<plugin>.<why>`; `message` is for people."""

    code: str
    message: str
    retryable: bool = False


class Wait(msgspec.Struct, frozen=True):
    """A policy's not yet: who wants to join waits at the door until it is let in or refused.

    `code` begins with the plugin's name, `<plugin>.<why>`: the policies are asked again when this
    plugin has new entries, and when somebody joins or leaves.
    """

    code: str
    message: str
    places: int | None = None  # Of a room that is full: how many it has.


class JoinAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody with a valid token wants to join. `grants`: the token's, before any change."""

    identity: str
    name: str
    role: str
    hidden: bool = False
    grants: Grants = Grants()

    @property
    def is_host(self) -> bool:
        """Would run the room."""
        return self.role in ("host", "assistant")


class PublishRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A participant who has the grant for the source wants to publish a track."""

    participant_id: ParticipantId
    source: Source
    muted: bool = False
    width_px: int = 0
    height_px: int = 0

    @property
    def kind(self) -> Kind:
        return self.source.kind


class UploadRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin takes: its `upload_rules`. Media types are told by content, not by name."""

    media_types: tuple[str, ...]
    max_bytes: int


class UploadRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A participant wants to bring a file for a plugin, within its `upload_rules`.

    `size_bytes` is what the client says, 0 if it says nothing; no more than that is taken.
    """

    participant_id: ParticipantId
    purpose: str
    name: str
    size_bytes: int = 0


IMAGES: Final = UploadRules(
    media_types=("image/png", "image/jpeg", "image/webp", "image/gif"),
    max_bytes=5_000_000,
)


class RenderedPages(msgspec.Struct, frozen=True, kw_only=True):
    """How far the rendering of a file is, `on_pages`.

    Attributes:
        done: So many of its `pages` can be fetched; `pages` is 0 while it is not known.
        sizes: Of the pages from the first on, in pixels, width first, up to the last one that can
            be fetched; (0, 0): this one cannot yet.
        is_over: Nothing more is told of it.
        error: The code of what went wrong, `pages.…`; then nothing can be fetched.
    """

    file_id: FileId
    done: int = 0
    pages: int = 0
    sizes: tuple[tuple[int, int], ...] = ()
    is_over: bool = False
    error: str | None = None
