"""Questions to those who run the room: asked, voted for, published, merged and answered."""

from .plugin import Questions, QuestionsOptions

__all__ = ["Questions", "QuestionsOptions"]
