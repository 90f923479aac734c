"""People say how it goes for them, change their minds, and clap."""

from hypothesis import strategies as st

from emporion.plugins.testing import Forbidden, Request, Scenario, Stage

MOODS = ("lost", "slower", "faster", "clear")


async def play(stage: Stage) -> None:
    await stage.request("li", type="feel", mood="lost")
    await stage.request("mo", type="feel", mood="clear")
    stage.signal("li", type="react", reaction="clap")
    await stage.pass_time(3)
    await stage.request("li", type="feel", mood="slower")
    await stage.pass_time(3)
    await stage.request("mo", type="feel", mood="faster")
    await stage.pass_time(1)
    await stage.request("mo", type="feel", mood=None)
    stage.signal("ana", type="react", reaction="heart")
    await stage.pass_time(1)


def _feel(mood: str | None) -> Request:
    return lambda stage: {"type": "feel", "mood": mood}


SCENARIO = Scenario(
    play=play,
    forbidden=(
        Forbidden("ana", {"type": "feel", "mood": "lost"}, "pulse.not_allowed"),
        Forbidden("cai", {"type": "feel", "mood": None}, "pulse.not_allowed"),
    ),
    at_once=[
        ("li", {"type": "feel", "mood": "clear"}),
        ("mo", {"type": "feel", "mood": "lost"}),
        ("li", {"type": "feel", "mood": "lost"}),
        ("ana", {"type": "feel", "mood": "lost"}),
    ],
)

STRATEGY: st.SearchStrategy[Request] = st.builds(
    _feel, st.one_of(st.none(), st.sampled_from(MOODS))
)
