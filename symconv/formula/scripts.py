"""Subscripts, superscripts and primes behind a name: which belong to the name, and which do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lark import Token

from symconv.formula.pieces import Pieces
from symconv.formula.scan import Piece
from symconv.formula.terminals import CLOSING, OPENING
from symconv.formula.words import (
    AXIS_WORDS,
    CAPITALS_SUBSCRIPT_WORDS,
    DEPTH_WORDS,
    NAME,
    SIZES_WITH_DEPTH,
    SUBSCRIPT_WORDS,
)

_MARKS = {
    "*": "*", "ast": "*", "star": "*", "top": "T", "intercal": "T", "dagger": "dagger", "+": "+",
    "-": "-",
}  # fmt: skip
_IN_PARENTHESES = frozenset(("letters", "number"))


class Scripts(NamedTuple):
    """What stands behind a name or a value.

    Attributes:
        primes: how many.
        lower: place of the subscript's opening brace.
        upper: place of the superscript's opening brace.
        twice: place of a second subscript or superscript, which TeX does not allow.
        end: place behind all of it.
    """

    primes: int
    lower: int | None
    upper: int | None
    twice: int | None
    end: int


def scripts_behind(pieces: Pieces, place: int) -> Scripts:
    """Return the scripts that begin at `place`."""
    primes, lower, upper, twice = 0, None, None, None
    while True:
        kind, opening = pieces.kind(place), place + 1
        if kind == "prime":
            primes += 1
            place += 1
            continue
        if kind not in ("sub", "sup") or opening not in pieces.partners:
            return Scripts(primes, lower, upper, twice, place)
        closing = pieces.partners[opening]
        inner = {pieces.kind(at) for at in range(opening + 1, closing)}
        if kind == "sup" and inner == {"prime"}:
            primes += closing - opening - 1
        elif (lower if kind == "sub" else upper) is not None:
            twice = place
        elif kind == "sub":
            lower = opening
        else:
            upper = opening
        place = closing + 1


def subscript_word(base: str, inner: Sequence[Piece]) -> str:
    """Return the word that a subscript adds to a name, P_{top} or t_h; empty if it is an index."""
    if len(inner) != 1:
        return ""
    (piece,) = inner
    word = piece.text.strip().replace("\\_", "_")
    if piece.kind in ("text", "name", "operator"):
        return word if NAME.fullmatch(word) else ""
    if piece.kind != "letters":
        return ""
    is_word = word in SUBSCRIPT_WORDS or word in AXIS_WORDS
    is_word = is_word or (word in CAPITALS_SUBSCRIPT_WORDS and base[:1].isupper())
    is_word = is_word or (word in DEPTH_WORDS and base in SIZES_WITH_DEPTH)
    return word if is_word else ""


def superscript_name(inner: Sequence[Piece], *, indexed: bool) -> str:
    """Return what a superscript adds to a name, as in w^T, w^{(l)}, w^{k,c}; "" if it is a power.

    Args:
        inner: the pieces of the superscript.
        indexed: whether the name has indices, too; then l - 1 is a layer.
    """
    texts = [piece.text.strip() for piece in inner]
    if len(inner) == 1:
        if inner[0].kind in ("letters", "text", "name", "operator"):
            return texts[0] if NAME.fullmatch(texts[0]) else ""
        return _MARKS.get(texts[0], "")
    if indexed and [piece.kind for piece in inner] == ["letters", "sign", "number"]:
        return f"({''.join(texts)})" if texts[1] in ("+", "-") else ""
    if len(inner) > 2 and (texts[0], texts[-1]) == ("(", ")"):
        between = inner[1:-1]
        if all(p.kind in _IN_PARENTHESES or p.text in ("+", "-") for p in between):
            return "".join(texts)
        inner, texts = between, texts[1:-1]
    if (
        all(
            text == "," if place % 2 else inner[place].kind == "letters"
            for place, text in enumerate(texts)
        )
        and len(texts) % 2
    ):
        return f"({''.join(texts)})"  # channels, w^{(k,c)}
    return ""


def name_with(base: str, *, primes: int = 0, word: str = "", upper: str = "") -> str:
    """Return a name in the tree's spelling.

    Example:
        >>> name_with("w", primes=1, word="top", upper="(l)")
        "w'_top^(l)"
    """
    below = f"_{word}" if word else ""
    above = f"^{upper}" if upper else ""
    return base + "'" * primes + below + above


def is_shape(tokens: Sequence[Token]) -> bool:
    """Return whether a subscript is the p x q of a whole array."""
    bare = outermost(tokens)
    crosses = [token for token in bare if token.type == "TIMES" and token in ("\\times", "×")]
    return bool(crosses) and not {"COMMA", "PLUS", "MINUS"} & {token.type for token in bare}


def separated(tokens: Sequence[Token]) -> list[Token]:
    """Return a subscript's indices with commas; x_{ij}, w_{00} have none, and one index a sign."""
    bare = outermost(tokens)
    if not {token.type for token in bare} <= {"NAME", "NUMBER"}:
        return list(tokens)
    places = {token.start_pos for token in bare}
    result: list[Token] = []
    for token in tokens:
        if token.start_pos not in places or token.type not in ("NAME", "NUMBER"):
            result.append(token)
            continue
        for part in _digits(token):
            if result:
                result.append(Token.new_borrow_pos("COMMA", ",", part))
            result.append(part)
    return result


def outermost(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens in no bracket, without the brackets' own."""
    found: list[Token] = []
    depth = 0
    for token in tokens:
        if token.type in OPENING:
            depth += 1
        elif token.type in CLOSING:
            depth -= 1
        elif depth == 0:
            found.append(token)
    return found


def has_comma(tokens: Sequence[Token]) -> bool:
    """Return whether a comma stands in no bracket."""
    return any(token.type == "COMMA" for token in outermost(tokens))


def _digits(token: Token) -> list[Token]:
    """Return a number as one token a digit, a name as it is."""
    if token.type != "NUMBER":
        return [token]
    assert token.start_pos is not None
    assert token.column is not None
    return [
        Token(
            "NUMBER",
            digit,
            start_pos=token.start_pos + offset,
            end_pos=token.start_pos + offset + 1,
            line=token.line,
            column=token.column + offset,
        )
        for offset, digit in enumerate(token)
    ]
