"""Brackets that are indices because of what stands around them, and what a slice is set to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lark import Token

from symconv.formula.scripts import has_comma, outermost
from symconv.formula.terminals import CLOSING, OPENING

_VALUE_CLOSED = frozenset({"RPAR", "RARG", "RSUB", "RSUP", "RIDX", "ROF"})
_STARS = frozenset({"*", "\\ast", "\\star", "\\circledast", "∗", "⋆"})


def with_targets(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens of a statement with its indices, convolutions and assignments marked.

    The second bracket of (x * w)(i, j) has indices, and so has that of a derivative with a slice;
    D[a:b] = v sets a slice.
    """
    result = list(tokens)
    partners = dict(_brackets(tokens))
    for opening, closing in partners.items():
        before = tokens[opening - 1].type if opening else ""
        slices = before in _VALUE_CLOSED and _has_slice(tokens[opening + 1 : closing])
        if tokens[opening].type == "LBRACK" and slices:
            _index(result, opening, closing)
        behind = closing + 1
        if _is_convolution(tokens, opening, closing) and _has_indices(tokens, partners, behind):
            _index(result, behind, partners[behind])
            for place in range(opening + 2, closing, 2):
                result[place] = result[place].update(type="STAR")
    place = _assignment(result, partners)
    if place:
        result[place] = result[place].update(type="ASSIGN")
    return result


def _brackets(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the places of each bracket and of its partner."""
    waiting: list[int] = []
    for place, token in enumerate(tokens):
        if token.type in OPENING:
            waiting.append(place)
        elif token.type in CLOSING and waiting:
            yield waiting.pop(), place


def _index(tokens: list[Token], opening: int, closing: int) -> None:
    """Make a bracket one of indices; a subscript is one already."""
    if tokens[opening].type != "LSUB":
        tokens[opening] = tokens[opening].update(type="LIDX")
        tokens[closing] = tokens[closing].update(type="RIDX")


def _is_convolution(tokens: Sequence[Token], opening: int, closing: int) -> bool:
    """Return whether a bracket is like the one of (x * w)."""
    inside = tokens[opening + 1 : closing]
    return (
        tokens[opening].type == "LPAR"
        and len(inside) > 2
        and len(inside) % 2 == 1
        and all(token.type == "NAME" for token in inside[::2])
        and all(token.type == "TIMES" and token in _STARS for token in inside[1::2])
    )


def _has_indices(tokens: Sequence[Token], partners: dict[int, int], opening: int) -> bool:
    """Return whether a bracket behind a convolution is beyond doubt one of indices."""
    if opening not in partners:
        return False
    kind = tokens[opening].type
    starred = tokens[opening - 2 - 1] != "*"
    inside = tokens[opening + 1 : partners[opening]]
    return kind in ("LSUB", "LIDX", "LBRACK") or (kind == "LPAR" and (starred or has_comma(inside)))


def _has_slice(tokens: Sequence[Token]) -> bool:
    return any(token.type == "COLON" for token in outermost(tokens))


def _assignment(tokens: Sequence[Token], partners: dict[int, int]) -> int:
    """Return the place of the = behind a slice that the statement begins with, or 0."""
    for opening, closing in partners.items():
        if tokens[opening].type not in ("LIDX", "LSUB") or closing + 1 >= len(tokens):
            continue
        leads = opening == 1 or tokens[0].type == "FRAC"
        follows = tokens[closing + 1].type == "EQ"
        if leads and follows and _has_slice(tokens[opening + 1 : closing]):
            return closing + 1
    return 0
