"""The scheduler `equal_share`, to compare with: every picture gets the same part of the link.

What a picture shows does not count, nor what the others leave of theirs. A node in a process of its
own finds the plugin by the entry point that `install` writes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from emporion.engine.media import LOWEST_LAYER, Kind, Layer
from emporion.plugins.api import Scheduler, Situation, SlotDecision, hookimpl
from emporion.plugins.schedulers.placement import place
from emporion.plugins.schedulers.ranking import Ranking
from emporion.plugins.schedulers.rates import audio_bps
from emporion.plugins.schedulers.steps import ladder

NAME: Final = "equal_share"
START_BPS: Final = 6_000_000  # Until the first estimate comes, as of the others.


class EqualShareScheduler:
    """Voices first, as of all schedulers; the rest of the link divided by the pictures."""

    def schedule(
        self, situation: Situation, previous: Sequence[SlotDecision]
    ) -> tuple[SlotDecision, ...]:
        """Decide for one viewer; see `Scheduler.schedule`."""
        ranking = Ranking(situation, hosts_first=False)
        held = {decision.track_id: decision.slot for decision in previous if decision.track_id}
        audio = [slot for slot in situation.slots if slot.kind is Kind.AUDIO]
        video = [slot for slot in situation.slots if slot.kind is Kind.VIDEO]
        heard = place(audio, ranking.voices(), held)
        seen = place(video, ranking.pictures(), held)
        link_bps = START_BPS if situation.available_bps is None else situation.available_bps
        share_bps = (link_bps - sum(map(audio_bps, heard.values()))) // max(1, len(seen))
        layers: dict[int, Layer | None] = dict.fromkeys(heard, LOWEST_LAYER)
        for index, track in seen.items():
            rungs = ladder(track, ranking.height_px(track))
            costs = zip(rungs.layers, rungs.costs_bps, strict=True)
            layers[index] = max(
                ((bps, layer) for layer, bps in costs if bps <= share_bps),
                default=(0, None),
                key=lambda affordable: affordable[0],
            )[1]
        shown = heard | seen
        return tuple(
            SlotDecision(
                slot=slot.index,
                track_id=shown[slot.index].track_id if slot.index in shown else None,
                target=layers.get(slot.index),
                reason="" if layers.get(slot.index) or slot.index not in shown else "bandwidth",
            )
            for slot in situation.slots
        )


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It has none."""


class EqualShare:
    """Plugin `equal_share`."""

    options_type = Options

    def __init__(self, options: Options) -> None:
        """The host makes one."""

    @hookimpl
    def schedulers(self) -> Mapping[str, Scheduler]:
        return {NAME: EqualShareScheduler()}


def install(folder: Path) -> None:
    """Write what pip would: a Python with this folder on its path has the plugin."""
    metadata = folder / "emporion_equal_share-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: emporion-equal-share\nVersion: 1\n"
    )
    (metadata / "entry_points.txt").write_text(
        f"[emporion.plugins]\n{NAME} = {__name__}:{EqualShare.__name__}\n"
    )
