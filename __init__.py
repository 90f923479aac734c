"""Emporion: a self-hosted, real-time room engine for training merchants."""

__version__ = "0.1.0"
