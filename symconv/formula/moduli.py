r"""The modulus of a congruence, however it is written: a = b (mod t), a = b mod t, \pmod t."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lark import Token

from symconv.formula.terminals import CLOSING, OPENING
from symconv.formula.words import word_set

_CONGRUENCES = frozenset({"EQUIV", "NOTEQUIV"})
_ENDS = word_set("COMMA AND OR IFF IMPLIES WHEN THEN GUARD ROW CELL") | _CONGRUENCES


@dataclass
class _Level:
    """What is known inside one bracket: a congruence was met, its modulus has begun."""

    congruence: bool = False
    modulus: bool = False
    bracketed: bool = False


def with_moduli(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with PMOD { t } for the modulus of each congruence."""
    if not any(token.type in _CONGRUENCES for token in tokens):
        return list(tokens)
    result: list[Token] = []
    levels = [_Level()]
    place = 0
    while place < len(tokens):
        place += _step(tokens, place, levels, result)
    if levels[-1].modulus:
        result.append(_mark("RARG", tokens[-1]))
    return result


def _step(tokens: Sequence[Token], place: int, levels: list[_Level], result: list[Token]) -> int:
    """Append what one token becomes; return how many tokens that used up."""
    token, level = tokens[place], levels[-1]
    following = tokens[place + 1].type if place + 1 < len(tokens) else ""
    if level.modulus and (token.type in _ENDS or token.type in CLOSING):
        result.append(_mark("RARG", token))
        level.modulus = False
        if level.bracketed and token.type == "RPAR":
            return 1
    if token.type in _ENDS:
        level.congruence = token.type in _CONGRUENCES
    elif level.congruence and not level.modulus:
        bracketed = token.type == "LPAR" and following == "MOD"
        if bracketed or token.type == "MOD":
            result += [_mark("PMOD", token), _mark("LARG", token)]
            level.modulus, level.bracketed = True, bracketed
            return 2 if bracketed else 1
    if token.type in OPENING:
        levels.append(_Level())
    elif token.type in CLOSING and len(levels) > 1:
        levels.pop()
    result.append(token)
    return 1


def _mark(kind: str, token: Token) -> Token:
    return Token.new_borrow_pos(kind, str(token), token)
