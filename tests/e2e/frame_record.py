"""When the frames were captured that a page sends and receives, as their RTP timestamps say.

They are noted between the network and the decoder, so a machine that is too busy to decode or to
paint loses none of them.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from e2e.guest import WAIT_MS, Guest

CLOCK_RATE_HZ: Final = 90_000
_HALF: Final = 0x8000_0000
_ALL: Final = 0xFFFF_FFFF

RECORD_FRAMES: Final = """(() => {
  const seen = (window.frameTimes = {});
  const recorder = new Worker(URL.createObjectURL(new Blob([`
    onrtctransform = ({ transformer }) => transformer.readable.pipeThrough(new TransformStream({
      transform(frame, out) {
        const { synchronizationSource, rtpTimestamp } = frame.getMetadata();
        const { name = 'sent ' + synchronizationSource } = transformer.options;
        postMessage([name, rtpTimestamp]);
        out.enqueue(frame);
      },
    })).pipeTo(transformer.writable);
  `])));
  recorder.onmessage = ({ data: [name, time] }) => (seen[name] ??= []).push(time);
  const record = (end, name) => {
    end.transform ??= new RTCRtpScriptTransform(recorder, { name });
  };
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    addTransceiver(...given) {
      const line = super.addTransceiver(...given);
      if (line.receiver.track.kind === 'video') {
        record(line.receiver, line.receiver.track.id);
        record(line.sender);
      }
      return line;
    }
  };
})()"""

_SENT: Final = """() => {
  const sent = Object.entries(window.frameTimes).filter(([name]) => name.startsWith('sent'));
  return sent.sort(([, one], [, other]) => other.length - one.length)[0][0];
}"""
_NAME_OF: Final = "(video) => video.srcObject.getVideoTracks()[0].id"
_TIMES: Final = "(name) => window.frameTimes[name] ?? []"


def record_frames(guest: Guest) -> None:
    """Let somebody come in once more, with a page that notes all frames of its video lines."""
    guest.page.add_init_script(RECORD_FRAMES)
    guest.page.reload()
    guest.join()


def name_of(guest: Guest, publisher: str) -> str:
    """Return under which name the frames of the slot are noted that shows somebody's camera."""
    name: str = guest.tile_of(publisher).locator("video").evaluate(_NAME_OF)
    return name


def sent_name(guest: Guest) -> str:
    """Return the name of the encoding of which somebody has sent most: others may be off."""
    name: str = guest.page.evaluate(_SENT)
    return name


def frame_times_s(guest: Guest, name: str) -> list[float]:
    """Return when the frames so far were captured, in order of coming; the first one at zero."""
    times: list[int] = guest.page.evaluate(_TIMES, name)
    steps = [(after - before + _HALF & _ALL) - _HALF for before, after in pairwise(times)]
    return [ticks / CLOCK_RATE_HZ for ticks in accumulate(steps, initial=0)]


def wait_frames(guest: Guest, name: str, *, more: int) -> int:
    """Wait until so many more frames have been noted under a name; return how many there are."""
    before = now = len(frame_times_s(guest, name))
    waited_ms = 0
    while now < before + more:
        assert waited_ms < WAIT_MS, f"{guest.name} got {now - before} frames"
        guest.page.wait_for_timeout(100)
        waited_ms += 100
        now = len(frame_times_s(guest, name))
    return now


def worst_gap_s(times_s: Sequence[float]) -> float:
    """Return the longest time between frames that follow each other."""
    return max(after - before for before, after in pairwise(times_s))
