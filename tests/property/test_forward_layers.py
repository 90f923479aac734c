"""A slot changes spatial layer only where its receiver can start to decode."""

from hypothesis import given
from hypothesis import strategies as st

from emporion.engine.forward.layer_selector import LayerSelector, choose_spatial
from emporion.engine.media import Layer

FLOWING = st.lists(st.booleans(), min_size=1, max_size=3)


@given(target=st.integers(0, 2), usable=FLOWING)
def test_the_choice_flows_and_is_the_nearest_from_below(target: int, usable: list[bool]) -> None:
    chosen = choose_spatial(target, usable)
    if chosen is None:
        assert not any(usable)
        return
    assert usable[chosen]
    if chosen <= target:
        assert not any(usable[chosen + 1 : target + 1])
    else:
        assert not any(usable[:chosen])


@given(
    packets=st.lists(
        st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 2), FLOWING), max_size=60
    )
)
def test_spatial_switch_waits_for_a_keyframe(
    packets: list[tuple[int, bool, int, list[bool]]],
) -> None:
    selector = LayerSelector(Layer(spatial=0, temporal=2))
    for index, is_keyframe, target, usable in packets:
        selector.target = Layer(spatial=target, temporal=2)
        needs_keyframe = selector.update((usable * 3)[:3])
        assert needs_keyframe == (
            selector.wanted is not None and selector.wanted != selector.current
        )
        before = selector.current
        forwarded = selector.accept(index, is_keyframe=is_keyframe)
        if selector.current != before:
            assert is_keyframe, "switched in the middle of a group of pictures"
            assert forwarded, "the key frame that allowed the switch was dropped"
            assert selector.current == index == selector.wanted
        assert forwarded == (index == selector.current)


@given(frames=st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 2)), max_size=60))
def test_temporal_layers_never_exceed_the_target_and_rise_at_switch_points(
    frames: list[tuple[int, bool, int]],
) -> None:
    selector = LayerSelector(Layer(spatial=0, temporal=0))
    selector.update([True])
    selector.accept(0, is_keyframe=True)
    for temporal, is_switch_point, target in frames:
        selector.target = Layer(spatial=0, temporal=target)
        before = selector.temporal
        forwarded = selector.accept_temporal(temporal, is_switch_point=is_switch_point)
        if forwarded:
            assert temporal <= target
        if selector.temporal > before:
            assert is_switch_point
        if temporal == 0:
            assert forwarded, "the base layer is never left out"
