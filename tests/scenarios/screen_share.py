"""Somebody shares a screen."""

from emporion.engine.media import Source
from emporion.plugins.testing import Scenario, Stage


async def play(stage: Stage) -> None:
    track_id = await stage.publish("ana", Source.SCREEN)
    await stage.pass_time(1)
    await stage.unpublish("ana", track_id)
    await stage.publish("li", Source.SCREEN)


SCENARIO = Scenario(play=play)
