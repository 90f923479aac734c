"""Every version of a `PersistentDict` is what a dict copied at that moment would be."""

from hypothesis import given
from hypothesis import strategies as st

from emporion.engine.persistent import PersistentDict

STEPS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 5), st.one_of(st.none(), st.integers(0, 3))),
    max_size=60,
)


@given(STEPS, st.lists(st.integers(0, 60), max_size=10))
def test_versions_are_values(steps: list[tuple[int, int, int | None]], reads: list[int]) -> None:
    versions = [PersistentDict[int, int]()]
    models: list[dict[int, int]] = [{}]
    for base, key, value in steps:
        base %= len(versions)  # Usually not the newest.
        if value is None:
            versions.append(versions[base].without(key))
            models.append({k: v for k, v in models[base].items() if k != key})
        else:
            versions.append(versions[base].with_item(key, value))
            models.append(models[base] | {key: value})
    for index in reads:  # In any order: reading one must not disturb the others.
        assert versions[index % len(versions)] == models[index % len(versions)]
    for version, model in zip(versions, models, strict=True):
        assert version == model
        assert sorted(version.values()) == sorted(model.values())
        assert len(version) == len(model)
        assert [key in version for key in range(6)] == [key in model for key in range(6)]


def test_iteration_goes_over_what_was_there() -> None:
    numbers = PersistentDict({1: "a", 2: "b"})
    later = numbers
    seen = []
    for key in numbers:
        later = later.with_item(key + 10, "c")
        seen.append(numbers[key])
    assert seen == ["a", "b"]
    assert list(later) == [1, 2, 11, 12]
    assert list(numbers.values()) == ["a", "b"]
