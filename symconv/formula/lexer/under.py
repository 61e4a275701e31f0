"""Limits that stand on the line below their signs in plain text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from symconv.formula.lexer.tokens import Token

_LETTERS: Final = re.compile(r"\s*[a-z](?:[ \t,]+[a-z])*\s*")


def with_limits(tokens: list[Token], text: str) -> list[Token]:
    """Return the tokens with the letters of a line below large signs as their limits."""
    rows = _rows(tokens)
    for number in range(len(rows) - 1, 0, -1):
        signs = _bare_signs(rows[number - 1])
        below = rows[number]
        if signs and below and _are_limits(below, len(signs), text):
            rows[number - 1] = _placed(rows[number - 1], signs, _shares(below, len(signs)))
            del rows[number]
    return [token for row in rows for token in row]


def _rows(tokens: list[Token]) -> list[list[Token]]:
    """Return the lines; the break stands at the beginning of the line it opens."""
    rows: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "row":
            rows.append([])
        rows[-1].append(token)
    return rows


def _bare_signs(row: list[Token]) -> list[int]:
    return [
        place
        for place, token in enumerate(row)
        if token.kind == "big"
        and token.text in {"sum", "prod", "max", "min"}
        and not (place + 1 < len(row) and row[place + 1].kind in {"script", "open"})
    ]


def _are_limits(row: list[Token], signs: int, text: str) -> bool:
    parts = row[1:]
    if not parts:
        return False
    written = text[parts[0].start : parts[-1].end]
    if parts[0].kind in {"brace", "open"} and parts[0].text == "{":
        return signs == 1 and parts[-1].kind in {"unbrace", "close"}
    return _LETTERS.fullmatch(written) is not None and len(parts) >= signs


def _shares(row: list[Token], signs: int) -> list[list[Token]]:
    """Return which tokens of the line belong to which sign; the last takes what is left."""
    parts = row[1:]
    if parts[0].text == "{" and signs == 1:
        return [parts[1:-1]]
    letters = [token for token in parts if token.kind != "comma"]
    shares = [[letter] for letter in letters[: signs - 1]]
    return [*shares, letters[signs - 1 :]]


def _placed(row: list[Token], signs: list[int], shares: list[list[Token]]) -> list[Token]:
    result: list[Token] = []
    for place, token in enumerate(row):
        result.append(token)
        if place not in signs:
            continue
        share = shares[signs.index(place)]
        first, last = share[0].start, share[-1].end
        result += [Token("script", "_", first, first), Token("brace", "{", first, first)]
        for number, letter in enumerate(share):
            if number and letter.kind == "letter":
                result.append(Token("comma", ",", letter.start, letter.start))
            result.append(replace(letter))
        result.append(Token("unbrace", "{", last, last))
    return result
