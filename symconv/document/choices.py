"""What can be chosen of documents and figures; names alone, for help texts without algebra."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """What a derivation can be written as: text for a terminal, or a document."""

    TEXT = "text"
    LATEX = "latex"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    NOTEBOOK = "notebook"


class Level(StrEnum):
    """How much a document says: the formulas, the whole derivation, or a lesson with exercises."""

    BRIEF = "brief"
    FULL = "full"
    CLASSROOM = "classroom"

    def includes(self, other: Level) -> bool:
        """Return whether a document of this level says all that one of the other does."""
        levels = list(Level)
        return levels.index(self) >= levels.index(other)


class Picture(StrEnum):
    """What a figure can show of a convolution."""

    WINDOWS = "windows"
    OVERLAP = "overlap"
    PHASES = "phases"
    MEETING = "meeting"
    AXIS = "axis"
    SCATTER = "scatter"
    COPIES = "copies"
