"""The host finds plugins and refuses, at the start, what cannot work."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from emporion.engine.errors import ConfigError
from emporion.engine.media import Source
from emporion.plugins.api import (
    Deny,
    JoinAttempt,
    NoOptions,
    PublishRequest,
    RoomView,
    Scheduler,
    hookimpl,
)
from emporion.plugins.host import BUILT_INS, PluginHost
from emporion.plugins.schedulers.filling import SchedulerOptions
from emporion.plugins.schedulers.teaching import TeachingScheduler

ROOM = RoomView(room_id="RM_x", name="x", template="class", participants={}, tracks={})  # type: ignore[arg-type]  # An id.
ATTEMPT = JoinAttempt(identity="ana", name="Ana", role="host")
PUBLISH = PublishRequest(participant_id="PA_x", source=Source.CAMERA)  # type: ignore[arg-type]  # An id.


class Plain:
    """Has nothing but options."""

    options_type: Any = NoOptions

    def __init__(self, options: NoOptions) -> None:
        self.options = options


def denying(code: str) -> type:
    class Denying(Plain):
        @hookimpl
        def before_join(self, room: RoomView) -> Deny | None:
            return Deny(code, "No.")

    return Denying


class Allowing(Plain):
    @hookimpl
    def before_join(self, room: RoomView, attempt: JoinAttempt) -> Deny | None:
        return None


def error_of(load: Callable[[], object]) -> str:
    with pytest.raises(ConfigError) as refused:
        load()
    return str(refused.value)


def test_built_ins_are_found_and_load_with_defaults() -> None:
    host = PluginHost.load()
    assert set(host.names) >= set(BUILT_INS)
    assert isinstance(host.schedulers_with("class", "teaching")["teaching"], TeachingScheduler)


def test_options_are_validated() -> None:
    assert "max_text_chars" in error_of(lambda: PluginHost.load({"chat": {"max_text_char": 10}}))
    assert "[plugins.chat]" in error_of(lambda: PluginHost.load({"chat": {"rate_messages": "x"}}))
    assert "did you mean 'chat'" in error_of(lambda: PluginHost.load({"chatt": {}}))


def test_templates_name_what_is_there() -> None:
    host = PluginHost.load()
    assert "did you mean 'screen_share'" in error_of(
        lambda: host.for_template("class", ["chat", "screenshare"])
    )
    assert "did you mean 'teaching'" in error_of(lambda: host.schedulers_with("class", "teachin"))


def test_order_of_the_template_is_the_order_of_policies() -> None:
    classes = {"a": denying("a.no"), "b": denying("b.no"), "c": Allowing}
    host = PluginHost.load(classes=classes)
    for names, code in ((("c", "b", "a"), "b.no"), (("a", "b"), "a.no"), (("c",), None)):
        denial = host.for_template("t", names).policies.before_join(ROOM, ATTEMPT)
        assert (denial.code if denial is not None else None) == code


def test_policy_that_raises_denies_and_is_counted() -> None:
    class Broken(Plain):
        @hookimpl
        def before_publish(self, request: PublishRequest) -> Deny | None:
            raise ValueError("a bug")

    host = PluginHost.load(classes={"broken": Broken})
    denial = host.for_template("t", ["broken"]).policies.before_publish(ROOM, PUBLISH)
    assert denial is not None
    assert (denial.code, denial.retryable) == ("plugin.failed", True)
    assert host.counters.failures == 1


def test_slow_policy_is_counted() -> None:
    class Slow(Plain):
        @hookimpl
        def before_publish(self) -> Deny | None:
            sum(range(1_000_000))
            return None

    host = PluginHost.load(classes={"slow": Slow})
    assert host.for_template("t", ["slow"]).policies.before_publish(ROOM, PUBLISH) is None
    assert host.counters.overruns == 1


def test_a_hook_with_a_typing_error_is_refused() -> None:
    class Typo(Plain):
        @hookimpl
        def before_publsh(self, request: PublishRequest) -> None: ...

    assert "before_publsh" in error_of(lambda: PluginHost.load(classes={"typo": Typo}))


def test_an_argument_that_the_hook_has_not_is_refused() -> None:
    class Greedy(Plain):
        @hookimpl
        def before_publish(self, engine: object) -> None: ...

    assert "engine" in error_of(lambda: PluginHost.load(classes={"greedy": Greedy}))


def test_hook_wrappers_are_refused() -> None:
    class Wrapping(Plain):
        @hookimpl(wrapper=True)
        def before_publish(self) -> Any:
            return (yield)

    assert "wrapper" in error_of(lambda: PluginHost.load(classes={"wrapping": Wrapping}))


def test_newer_api_and_missing_options_type_are_refused() -> None:
    class Newer(Plain):
        api_version = 2

    class Bare:
        def __init__(self, options: object) -> None: ...

    assert "API 2" in error_of(lambda: PluginHost.load(classes={"newer": Newer}))
    assert "options_type" in error_of(lambda: PluginHost.load(classes={"bare": Bare}))


def test_two_schedulers_of_one_name_are_refused() -> None:
    class Other(Plain):
        @hookimpl
        def schedulers(self) -> Mapping[str, Scheduler]:
            return {"teaching": TeachingScheduler(SchedulerOptions())}

    classes = {**BUILT_INS, "other": Other}
    assert "teaching" in error_of(lambda: PluginHost.load(classes=classes))


def test_who_has_an_actor() -> None:
    class Watching(Plain):
        @hookimpl
        async def on_entry(self, entry: object) -> None: ...

    host = PluginHost.load(classes={**BUILT_INS, "watching": Watching})
    names = ("chat", "simulcast", "watching")
    plugins = host.for_template("t", names).plugins
    assert [plugin.name for plugin in plugins if plugin.has_actor] == ["chat", "watching"]


def test_request_types_that_cannot_be_decoded_are_refused() -> None:
    class One(msgspec.Struct):
        x: int

    class Two(msgspec.Struct):
        x: int

    class Ambiguous(Plain):
        request_type = One | Two

        async def handle_request(self, context: object, request: object) -> None: ...

    assert "request_type" in error_of(lambda: PluginHost.load(classes={"ambiguous": Ambiguous}))


def test_options_from_the_environment_are_words() -> None:
    host = PluginHost.load({"chat": {"rate_pages": "500", "rate_window_s": "2.5"}})
    assert host is not None
    assert "Expected `int`" in error_of(lambda: PluginHost.load({"chat": {"rate_pages": "many"}}))
