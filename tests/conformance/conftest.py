"""Every conformance test runs once for each forwarder there is."""

from collections.abc import Callable

import pytest
from conformance.rig import Rig

from emporion.engine.forward.api import Forwarder
from emporion.engine.forward.reference import ReferenceForwarder

FORWARDERS: dict[str, Callable[[], Forwarder]] = {"reference": ReferenceForwarder}


@pytest.fixture(params=sorted(FORWARDERS))
def forwarder(request: pytest.FixtureRequest) -> Forwarder:
    """A new forwarder of each kind."""
    return FORWARDERS[request.param]()


@pytest.fixture
def rig(forwarder: Forwarder) -> Rig:
    """Participants and a clock around it."""
    return Rig(forwarder)
