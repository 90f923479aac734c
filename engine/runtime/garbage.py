"""The garbage collector, set for a process that serves: rarer, and past what will never be garbage.

By default every 700 new containers cost a look at the youngest, and now and then one at all there
are: 100,000 objects of imported modules, 15 ms in which no packet leaves. It took 15 % of the CPU
of joins. Nearly everything here dies by its reference count; cycles come from crashes and ends.
"""

import gc
from typing import Final

# New containers before a look at the youngest; looks at one generation before one at the next.
_THRESHOLDS: Final = (10_000, 20, 20)


def settle_garbage_collection() -> None:
    """Call once, when a server has started: what lives now is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
