"""Settings of every test: actor messages are encoded and decoded (strict mode)."""

import os

os.environ.setdefault("EMPORION_STRICT", "1")
