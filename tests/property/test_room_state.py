"""The core fold: pure, indifferent to what it does not know, and true to the entries."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from emporion.actors import entries as kinds
from emporion.actors.room_snapshot import decode_snapshot, encode_snapshot
from emporion.actors.room_state import RoomFold
from emporion.engine.ids import ParticipantId
from emporion.engine.journal import ALL, HOSTS, RECORD_ONLY, Entry, fold_entries

FOLD = RoomFold()
PEOPLE = st.sampled_from(["PA_a", "PA_b", "PA_c"])
TRACKS = st.sampled_from(["TR_1", "TR_2", "TR_3"])


def _joined(person: str, hidden: bool) -> dict[str, Any]:
    info = {
        "participant_id": person,
        "identity": person.lower(),
        "name": person,
        "role": "merchant",
        "joined_at_us": 1,
    }
    return {"participant": info, "hidden": hidden}


def _published(track: str, person: str, muted: bool) -> dict[str, Any]:
    info = {
        "track_id": track,
        "participant_id": person,
        "source": "camera",
        "muted": muted,
    }
    return {"track": info, "encodings": 3}


FACTS = st.one_of(
    st.builds(lambda p, h: (kinds.PARTICIPANT_JOINED, _joined(p, h)), PEOPLE, st.booleans()),
    st.builds(lambda p: (kinds.PARTICIPANT_LEFT, {"participant_id": p, "cause": "left"}), PEOPLE),
    st.builds(lambda p: (kinds.PARTICIPANT_DISCONNECTED, {"participant_id": p}), PEOPLE),
    st.builds(lambda p: (kinds.PARTICIPANT_RECONNECTED, {"participant_id": p}), PEOPLE),
    st.builds(
        lambda t, p, m: (kinds.TRACK_PUBLISHED, _published(t, p, m)), TRACKS, PEOPLE, st.booleans()
    ),
    st.builds(lambda t: (kinds.TRACK_UNPUBLISHED, {"track_id": t}), TRACKS),
    st.builds(lambda t, m: (kinds.TRACK_MUTED, {"track_id": t, "muted": m}), TRACKS, st.booleans()),
    st.builds(
        lambda p, d, s: (
            kinds.GRANTS_CHANGED,
            {
                "participant_id": p,
                "identity": p.lower(),
                "changes": {"can_draw": d, "can_publish_sources": s},
            },
        ),
        PEOPLE,
        st.sampled_from([True, False, None]),
        st.sampled_from([None, [], ["camera"]]),
    ),
    st.just(("future.something", {"x": 1})),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    facts = draw(st.lists(FACTS, max_size=30))
    return [
        Entry(
            seq=seq,
            at_us=seq,
            author=ParticipantId("PA_a"),
            kind=kind,
            body=msgspec.Raw(msgspec.msgpack.encode(body)),
            audience=draw(st.sampled_from([ALL, HOSTS, RECORD_ONLY])),
        )
        for seq, (kind, body) in enumerate(facts, start=1)
    ]


@given(histories())
def test_fold_changes_no_earlier_state(history: list[Entry]) -> None:
    states = [FOLD.initial()]
    frozen = [encode_snapshot(states[0])]
    for entry in history:
        states.append(FOLD.apply(states[-1], entry))
        frozen.append(encode_snapshot(states[-1]))
    later = [msgspec.msgpack.decode(encode_snapshot(state)) for state in states]
    assert later == [msgspec.msgpack.decode(snapshot) for snapshot in frozen]


@given(histories(), st.integers(0, 30))
def test_snapshot_and_tail_give_the_whole(history: list[Entry], cut: int) -> None:
    whole = fold_entries(FOLD, history)
    restored = decode_snapshot(encode_snapshot(fold_entries(FOLD, history[:cut])))
    assert fold_entries(FOLD, history[cut:], restored) == whole
    assert whole.seq == len(history)


@given(histories())
def test_who_left_has_no_track_and_who_is_here_joined(history: list[Entry]) -> None:
    state = fold_entries(FOLD, history)
    here: set[str] = set()
    connected: dict[str, bool] = {}
    for entry in history:
        body = msgspec.msgpack.decode(entry.body)
        match entry.kind:
            case kinds.PARTICIPANT_JOINED:
                here.add(body["participant"]["participant_id"])
                connected[body["participant"]["participant_id"]] = True
            case kinds.PARTICIPANT_LEFT:
                here.discard(body["participant_id"])
            case kinds.PARTICIPANT_DISCONNECTED | kinds.PARTICIPANT_RECONNECTED:
                connected[body["participant_id"]] = entry.kind == kinds.PARTICIPANT_RECONNECTED
    assert set(state.participants) == here
    for participant_id, view in state.participants.items():
        assert view.connected == connected[participant_id]
    assert not any(
        t.participant_id in connected and t.participant_id not in here
        for t in state.tracks.values()
        if _left_after(history, t.track_id, t.participant_id)
    )


def _left_after(history: list[Entry], track_id: str, person: str) -> bool:
    """Whether the person left after the track was published last."""
    published = left = 0
    for entry in history:
        body = msgspec.msgpack.decode(entry.body)
        if entry.kind == kinds.TRACK_PUBLISHED and body["track"]["track_id"] == track_id:
            published = entry.seq
        if entry.kind == kinds.PARTICIPANT_LEFT and body["participant_id"] == person:
            left = entry.seq
    return left > published


@given(histories())
def test_indices_agree_with_the_people(history: list[Entry]) -> None:
    state = fold_entries(FOLD, history)
    people = state.participants
    assert {state.identities[view.identity] for view in people.values()} == set(people)
    assert len(state.identities) == len(people)
    assert state.public == {
        key: view for key, view in people.items() if view.is_public and not view.hidden
    }
    for view in people.values():
        assert view == state.with_identity(view.identity)
        changes = state.grant_changes.get(view.identity)
        if changes is not None and changes.can_draw is True:
            assert view.grants.can_draw
