"""One shared screen at a time: who shares first goes on until it ends."""

from ..engine.media import Source
from .api import Deny, NoOptions, PublishRequest, RoomView, hookimpl

_SHARED = (Source.SCREEN, Source.SCREEN_AUDIO)


class ScreenShare:
    """Plugin `screen_share`. Keeps no state."""

    options_type = NoOptions

    def __init__(self, options: NoOptions) -> None:
        pass

    @hookimpl
    def before_publish(self, room: RoomView, request: PublishRequest) -> Deny | None:
        """Deny a second screen; the sharer's own sound is part of its screen."""
        if request.source not in _SHARED:
            return None
        for source in _SHARED:
            for track in room.tracks_of_source(source):
                if track.participant_id != request.participant_id:
                    name = room.name_of(track.participant_id)
                    return Deny("screen_share.taken", f"{name} is sharing a screen already.", True)
        return None
