"""Running text with formulas between dollar signs and code between backquotes, split up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_PIECE: Final = re.compile(r"\$(?P<formula>[^$]+)\$|`(?P<code>[^`]+)`|(?P<text>[^$`]+)")


@dataclass(frozen=True)
class Piece:
    """A piece of running text; its kind is "text", "formula" (LaTeX) or "code"."""

    kind: str
    content: str


def pieces(text: str) -> Iterator[Piece]:
    """Yield the pieces of running text.

    Example:
        >>> [piece.kind for piece in pieces("Let $x$ be the input of `forward`.")]
        ['text', 'formula', 'text', 'code', 'text']
    """
    for match in _PIECE.finditer(text):
        kind = match.lastgroup or "text"
        yield Piece(kind, match[kind])


def spelled(
    text: str,
    *,
    words: Callable[[str], str],
    formula: Callable[[str], str],
    code: Callable[[str], str],
) -> str:
    """Return running text with every piece spelled by the function of its kind."""
    spell = {"text": words, "formula": formula, "code": code}
    return "".join(spell[piece.kind](piece.content) for piece in pieces(text))
