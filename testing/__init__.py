"""For tests: a whole classroom without a network, and the kit that checks a plugin on it."""
