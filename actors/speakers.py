"""Who is heard now and who spoke last, from what the forwarder hears. Sans-IO."""

from dataclasses import dataclass, field
from typing import Final

from ..engine.ids import ParticipantId

HOLD_S: Final = 1.0  # A pause between two sentences is shorter; the forwarder tells each 0.2 s.
REMEMBERED: Final = 16  # More recent speakers than any template has slots to compete for.


@dataclass(slots=True)
class Speakers:
    """Takes `handle_heard`; `current` and `recent` tell. Levels are dBov, 0 the loudest."""

    _last_heard_s: dict[ParticipantId, float] = field(default_factory=dict)
    _level_dbov: dict[ParticipantId, int] = field(default_factory=dict)
    _recent: list[ParticipantId] = field(default_factory=list)

    def handle_heard(self, participant_id: ParticipantId, level_dbov: int, now_s: float) -> None:
        """Take in that a participant was above the voice threshold just now."""
        was_silent = now_s - self._last_heard_s.get(participant_id, -HOLD_S) >= HOLD_S
        self._last_heard_s[participant_id] = now_s
        self._level_dbov[participant_id] = level_dbov
        if was_silent or participant_id not in self._recent:
            # Only who begins to speak moves to the front: two who talk at once do not swap places.
            self._recent = [participant_id, *(p for p in self._recent if p != participant_id)]
            del self._recent[REMEMBERED:]

    def forget(self, participant_id: ParticipantId) -> None:
        """The participant has left, or its microphone is muted: it is not heard any more."""
        self._last_heard_s.pop(participant_id, None)
        self._level_dbov.pop(participant_id, None)

    def drop(self, participant_id: ParticipantId) -> None:
        """The participant has left for good."""
        self.forget(participant_id)
        self._recent = [p for p in self._recent if p != participant_id]

    def current(self, now_s: float) -> tuple[ParticipantId, ...]:
        """Return who is heard now, the loudest first; ties in the order of ids."""
        heard = [p for p, at_s in self._last_heard_s.items() if now_s - at_s < HOLD_S]
        return tuple(sorted(heard, key=lambda p: (-self._level_dbov[p], p)))

    def recent(self) -> tuple[ParticipantId, ...]:
        """Return who spoke, the latest first."""
        return tuple(self._recent)
