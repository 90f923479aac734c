"""Estimators come from plugins, and the configuration names one."""

import pytest

from emporion.engine.config import Config
from emporion.engine.congestion.gcc import GccEstimator
from emporion.engine.congestion.remb import RembEstimator
from emporion.engine.errors import ConfigError
from emporion.plugins.api import Estimators, NoOptions, hookimpl
from emporion.plugins.estimators import EngineEstimators
from emporion.plugins.host import PluginHost


class Strangers:
    options_type = NoOptions

    def __init__(self, options: NoOptions) -> None:
        self.options = options

    @hookimpl
    def estimators(self) -> Estimators:
        return {"remb": RembEstimator}


def test_what_a_node_uses_unless_told_otherwise_is_gcc() -> None:
    assert isinstance(PluginHost.load().make_estimator(Config().media.estimator), GccEstimator)


def test_a_stranger_may_give_one() -> None:
    host = PluginHost.load(classes={"strangers": Strangers})
    assert isinstance(host.make_estimator("remb"), RembEstimator)


def test_each_node_has_an_instance_of_its_own() -> None:
    host = PluginHost.load()
    assert host.make_estimator("gcc") is not host.make_estimator("gcc")


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"\[media\] estimator.*'gcc'"):
        PluginHost.load().make_estimator("gc")


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="estimator remb again"):
        PluginHost.load(classes={"strangers": Strangers, "theirs": EngineEstimators})
