"""Links that open: one for the teacher and one for the merchants, for each kind of room."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..engine.config import Config, HttpConfig
from ..engine.grants import RoleName
from .tokens import GrantClaims, make_token

DEFAULT_TTL_S: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Link:
    """Where to click, and who for. The token is in the fragment, which no server logs."""

    room: str
    template: str
    audience: str
    url: str


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Makes links with one key of the node."""

    key_id: str
    secret: str
    base_url: str
    expires_at_unix_s: float

    def links_of_room(self, room: str, template: str) -> Iterator[Link]:
        """The teacher's link, and the merchants', which any number of people may use."""
        # To a briefing come thousands: they listen, and speak when they are called to the stage.
        can_publish = None if template != "briefing" else False
        yield self._link(room, template, "teacher", "host", None)
        yield self._link(room, template, "merchants", "merchant", can_publish)

    def _link(
        self, room: str, template: str, audience: str, role: RoleName, can_publish: bool | None
    ) -> Link:
        token = make_token(
            self.key_id,
            self.secret,
            identity=audience.removesuffix("s"),
            name="Teacher" if role == "host" else None,
            is_shared=role != "host",
            expires_at_unix_s=self.expires_at_unix_s,
            grants=GrantClaims(
                room=room, room_join=True, role=role, template=template, can_publish=can_publish
            ),
        )
        return Link(room, template, audience, f"{self.base_url}/#{token}")


def base_url(http: HttpConfig, port: int) -> str:
    """What links begin with. `localhost` is a secure context, so cameras work without TLS."""
    if http.public_url is not None:
        return http.public_url.rstrip("/")
    scheme = "https" if http.tls_certificate is not None else "http"
    return f"{scheme}://localhost:{port}"


def links_of_all_templates(maker: LinkMaker, config: Config) -> Iterator[Link]:
    """Links of one room for each template, named after it."""
    for template in config.rooms.templates:
        yield from maker.links_of_room(template, template)


def describe(links: Iterator[Link]) -> str:
    """The links as people read them."""
    return "\n".join(f"  {link.room}, {link.audience}:\n    {link.url}" for link in links)
