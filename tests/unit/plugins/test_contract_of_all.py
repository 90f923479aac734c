"""Every built-in plugin keeps the contract, also on a whole classroom."""

from collections.abc import Mapping
from typing import Final

import pytest
from scenarios import OPTIONS, SCENARIOS

from emporion.plugins.host import BUILT_INS
from emporion.plugins.testing import check_plugin

# They have nothing that could be played: they give schedulers and estimators only.
WITHOUT_SCENARIO: Final = {"estimators", "simulcast"}


def test_every_built_in_has_a_scenario() -> None:
    assert set(BUILT_INS) == set(SCENARIOS) | WITHOUT_SCENARIO


@pytest.mark.parametrize("name", SCENARIOS)
def test_contract(name: str) -> None:
    options: Mapping[str, object] = OPTIONS.get(name, {})
    check_plugin(BUILT_INS[name], options, name=name, scenario=SCENARIOS[name])
