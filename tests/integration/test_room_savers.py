"""Who saves data hears, of the voices that do not all fit, the one that speaks."""

from pathlib import Path

import trio
from classroom_rig import ClassroomRig, Client, open_rig
from trio.testing import MockClock

from emporion.engine.ids import TrackId
from emporion.engine.media import Codec, Source

VOICE_BPS = 52_000  # Of two of them, one fits into 100 kbit/s.


async def _speak(rig: ClassroomRig, voice: TrackId, seconds: float = 1.0) -> None:
    for _ in range(round(seconds * 5)):
        rig.media.hear(voice)
        await trio.sleep(0.2)


async def _conversation(rig: ClassroomRig) -> tuple[Client, Client, TrackId, TrackId]:
    """Return somebody who saves data, and one who does not; and the voices of two others."""
    teacher, merchant = rig.client("ana", "host"), rig.client("li")
    saver, other = rig.client("mo"), rig.client("wu")
    for client in (teacher, merchant, saver, other):
        await client.join()
    voices = []
    for speaker in (teacher, merchant):
        voices.append(await speaker.publish(Source.MICROPHONE))
        rig.media.measure(voices[-1], VOICE_BPS, codec=Codec.OPUS)
    await trio.sleep(5)
    await saver.view(saves_data=True)
    await rig.settle()
    return saver, other, voices[0], voices[1]


async def test_it_goes_from_voice_to_voice(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        saver, other, teacher, merchant = await _conversation(rig)
        assert set(saver.shown().values()) == {teacher}
        for voice in (merchant, teacher, merchant):
            await trio.sleep(1.5)
            await _speak(rig, voice)
            assert set(saver.shown().values()) == {voice}
            assert set(other.shown().values()) == {teacher, merchant}
        assert rig.media.savers == {saver.transport_id}
        await saver.view()
        await rig.settle()
        assert rig.media.savers == set()
        assert set(saver.shown().values()) == {teacher, merchant}


async def test_two_who_talk_at_once_do_not_take_turns(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        saver, _, teacher, merchant = await _conversation(rig)
        await _speak(rig, teacher)
        heard = []
        for _ in range(20):
            for voice in (merchant, teacher):
                await _speak(rig, voice, 0.2)
                heard.append(set(saver.shown().values()))
        assert heard[10:] == [{merchant}] * 30, "who began last"
