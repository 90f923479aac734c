"""A play for each built-in plugin: its module here has `SCENARIO`, and may have `OPTIONS`.

`tests/unit/plugins/test_contract_of_all.py` gives them to `check_plugin`. The property test of
convergence takes `STRATEGY` of the same module, if there is one.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

from emporion.plugins.testing import Scenario

MODULES: Final[Mapping[str, ModuleType]] = {
    module.name: importlib.import_module(f"{__name__}.{module.name}")
    for module in pkgutil.iter_modules(__path__)
}
SCENARIOS: Final[Mapping[str, Scenario]] = {
    name: module.SCENARIO for name, module in MODULES.items()
}
# Any: what TOML holds.
OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    name: module.OPTIONS for name, module in MODULES.items() if hasattr(module, "OPTIONS")
}
