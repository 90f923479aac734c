"""Gives the estimators `gcc` and `remb`: what a viewer's link carries.

The one built-in plugin that reaches below the contract: engine/congestion is too near to the wire
to be written twice.
"""

from ..engine.congestion.gcc import GccEstimator
from ..engine.congestion.remb import RembEstimator
from .api import Estimators, NoOptions, hookimpl


class EngineEstimators:
    """Plugin `estimators`. A room does not name it: `[media] estimator` does."""

    options_type = NoOptions

    def __init__(self, options: NoOptions) -> None:
        self._options = options

    @hookimpl
    def estimators(self) -> Estimators:
        return {"gcc": GccEstimator, "remb": RembEstimator}
