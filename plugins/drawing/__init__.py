"""Vectors that several people draw at once: the core of the plugins `whiteboard` and `annotate`."""
