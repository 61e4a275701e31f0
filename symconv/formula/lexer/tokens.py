"""Tokens: the smallest pieces of a formula that mean something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Kind: TypeAlias = str
"""One of the kinds below; a kind says what may stand beside it, the text says which one it is.

number letter word        operands; a letter may carry digits: W1
plus minus times star slash floordiv mod    signs between operands; "star" is any doubtful one
script prime transpose method factorial     behind an operand
open close brace unbrace  brackets by their names in symbols.py; braces only group
comma semicolon colon row cell quad         what separates
relation compare in mid bar logic forall    between sides and in conditions
big frac over root partial nabla indicator accent begin end    what opens a construction
key prose label quoted dots infinity tag unknown    the rest; "key" is a word that joins
"""


@dataclass(frozen=True, slots=True)
class Token:
    r"""A piece of the text.

    Attributes:
        kind: see Kind.
        text: its name without spelling: "<=" for \leq, "delta" for \delta.
        start: offset of the first character.
        end: offset behind the last character.
        spaced: whether white space stands before it.
    """

    kind: Kind
    text: str
    start: int
    end: int
    spaced: bool = False
