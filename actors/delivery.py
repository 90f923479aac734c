"""Who in a room is pushed what. It outlives a crash of the RoomActor.

Only the RoomActor changes the seats; plugins' actors push signals and summaries past it. The seats,
the seq up to which entries were pushed, and the answers that wait for the disk are what a restarted
RoomActor could not read from the journal.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from ..engine.ids import ConnectionId, ParticipantId
from ..engine.journal import Audience, Entry
from ..engine.protocol.codec import encode_server
from ..engine.protocol.envelope import ServerMessage
from ..engine.protocol.server import Entries, PluginSignalled
from ..engine.protocol.things import EntryInfo
from .counters import ClassroomCounters
from .outlets import Outlets


@dataclass(frozen=True, slots=True)
class Seat:
    """A participant that is pushed entries."""

    participant_id: ParticipantId
    connection_id: ConnectionId
    is_host: bool

    def may_see(self, entry: Entry) -> bool:
        return entry.audience.admits(self.participant_id, is_host=self.is_host)


NOTHING: Final = b""  # In a summary: this class of viewers is told nothing.


@dataclass(frozen=True, slots=True)
class Summary:
    """A plugin's state, or something of the room, in short, encoded for both classes of viewers."""

    for_hosts: bytes
    for_others: bytes

    def for_viewer(self, *, is_host: bool) -> bytes:
        return self.for_hosts if is_host else self.for_others


@dataclass(frozen=True, slots=True)
class _Waiting:
    seq: int
    connection_id: ConnectionId
    payload: bytes


@dataclass(slots=True)
class Delivery:
    """See the module."""

    outlets: Outlets
    counters: ClassroomCounters
    pushed_seq: int = 0
    _seats: dict[ParticipantId, Seat] = field(default_factory=dict)
    _host_seats: dict[ParticipantId, Seat] = field(default_factory=dict)  # Of `_seats`.
    _summaries: dict[str, Summary] = field(default_factory=dict)  # The latest of each plugin.
    _everybody: tuple[ConnectionId, ...] | None = None  # None: the seats have changed.
    _waiting: deque[_Waiting] = field(default_factory=deque)  # In the order of seq, nearly.
    # Signals of a block of `gathering`, in order; None: there is none.
    _gathered: list[tuple[tuple[ConnectionId, ...], list[bytes]]] | None = None

    def take_seat(self, seat: Seat, missed: Iterable[Entry]) -> None:
        """Push to a connection from now on, first of all what it missed."""
        self._seats[seat.participant_id] = seat
        if seat.is_host:
            self._host_seats[seat.participant_id] = seat
        self._everybody = None
        visible = tuple(to_entry_info(entry) for entry in missed if seat.may_see(entry))
        if visible:
            self.outlets.send(seat.connection_id, encode_server(Entries(entries=visible)))
        for summary in self._summaries.values():
            # A joiner's view may be older, and there may be no further change to tell of.
            payload = summary.for_viewer(is_host=seat.is_host)
            if payload:
                self.outlets.send(seat.connection_id, payload)

    def leave_seat(self, participant_id: ParticipantId) -> None:
        self._host_seats.pop(participant_id, None)
        if self._seats.pop(participant_id, None) is not None:
            self._everybody = None

    def push(self, entry: Entry) -> None:
        """Push one entry to all who may see it; encoded once."""
        if entry.seq <= self.pushed_seq:
            return
        self.pushed_seq = entry.seq
        receivers = self._receivers(entry.audience)
        if receivers:
            payload = encode_server(Entries(entries=(to_entry_info(entry),)))
            self.outlets.broadcast(receivers, payload)
            self.counters.entries_pushed += len(receivers)

    def tell_everybody(self, message: ServerMessage) -> None:
        """Push something that is no entry."""
        receivers = self._all_connections()
        if receivers:
            self.outlets.broadcast(receivers, encode_server(message))

    def signal(self, audience: Audience, message: PluginSignalled) -> None:
        """Push what may be lost to whom an audience names."""
        receivers = self._receivers(audience)
        if not receivers:
            return
        self.counters.signals_pushed += len(receivers)
        payload = encode_server(message)
        if self._gathered is None:
            self.outlets.broadcast(receivers, payload, may_drop=True)
        elif self._gathered and self._gathered[-1][0] is receivers:
            self._gathered[-1][1].append(payload)
        else:
            self._gathered.append((receivers, [payload]))

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Push the signals of a block together at its end: one write for each receiver.

        Nothing in the block may wait: whatever else is pushed meanwhile would overtake them.
        """
        gathered = self._gathered = []
        try:
            yield
        finally:
            self._gathered = None
            for receivers, payloads in gathered:
                self.outlets.broadcast(receivers, *payloads, may_drop=True)

    def summarize(self, name: str, summary: Summary) -> None:
        """Push a state in short to those for whom it has changed, and to who comes.

        Args:
            name: The plugin's, or the room's own for something.
        """
        before = self._summaries.get(name)
        self._summaries[name] = summary
        if before is None or before.for_hosts != summary.for_hosts:
            hosts = tuple(seat.connection_id for seat in self._host_seats.values())
            if hosts:
                self.outlets.broadcast(hosts, summary.for_hosts)
                self.counters.summaries_pushed += len(hosts)
        told_others = NOTHING if before is None else before.for_others
        if told_others != summary.for_others:
            others = tuple(s.connection_id for s in self._seats.values() if not s.is_host)
            if others:
                self.outlets.broadcast(others, summary.for_others)
                self.counters.summaries_pushed += len(others)

    def tell(self, participant_id: ParticipantId, message: ServerMessage) -> None:
        """Push something that is no entry to one participant, if it is connected."""
        seat = self._seats.get(participant_id)
        if seat is not None:
            self.outlets.send(seat.connection_id, encode_server(message))

    def acknowledge(
        self, connection_id: ConnectionId, seq: int, payload: bytes, *, durable_seq: int
    ) -> None:
        """Send an answer as soon as its entry is on disk."""
        if seq <= durable_seq:
            self.outlets.send(connection_id, payload)
        else:
            self._waiting.append(_Waiting(seq, connection_id, payload))

    def settle(self, durable_seq: int) -> None:
        """Send the answers whose entries are on disk now."""
        # Nearly in order: two participants may acknowledge the other way round.
        for _ in range(len(self._waiting)):
            waiting = self._waiting.popleft()
            if waiting.seq <= durable_seq:
                self.outlets.send(waiting.connection_id, waiting.payload)
            else:
                self._waiting.append(waiting)

    def dismiss(self) -> None:
        """Push nothing more to anybody."""
        self._seats.clear()
        self._host_seats.clear()
        self._summaries.clear()
        self._waiting.clear()
        self._everybody = None

    def _receivers(self, audience: Audience) -> tuple[ConnectionId, ...]:
        match audience.scope:
            case "all":
                return self._all_connections()
            case "hosts":
                return tuple(seat.connection_id for seat in self._host_seats.values())
            case "people":
                named = (self._seats.get(person) for person in dict.fromkeys(audience.people))
                return tuple(seat.connection_id for seat in named if seat is not None)
            case "record":
                return ()

    def _all_connections(self) -> tuple[ConnectionId, ...]:
        if self._everybody is None:
            self._everybody = tuple(seat.connection_id for seat in self._seats.values())
        return self._everybody


def to_entry_info(entry: Entry) -> EntryInfo:
    """Return an entry as clients see it."""
    return EntryInfo(
        seq=entry.seq, at_us=entry.at_us, author=entry.author, kind=entry.kind, body=entry.body
    )
