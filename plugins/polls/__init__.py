"""Polls and quizzes: one choice, several, or free text; live or hidden results; repeats; export."""

from .plugin import Polls, PollsOptions

__all__ = ["Polls", "PollsOptions"]
