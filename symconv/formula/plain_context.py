"""What a name or an if of the text form is, where that depends on what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from symconv.formula.terminals import CLOSING, OPENING


def with_context(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with calls, side conditions and derivatives told from what looks alike."""
    return _with_derivatives(_with_side_conditions(_with_loops(_with_calls(tokens))))


def _with_calls(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with a CALL for each name before a bracket with a comma, or empty."""
    result = list(tokens)
    waiting: list[int] = []
    for place, token in enumerate(tokens):
        if token.type in OPENING:
            waiting.append(place)
        calls = token.type == "COMMA" or (token.type == "RPAR" and waiting[-1:] == [place - 1])
        if calls and waiting and tokens[waiting[-1]].type == "LPAR":
            name = waiting[-1] - 1
            if name >= 0 and tokens[name].type in ("NAME", "DNAME"):
                result[name] = tokens[name].update(type="CALL")
        if token.type in CLOSING:
            del waiting[-1:]
    return result


def _with_loops(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with an EACH for each "for" of "for i in range(g)"."""
    result = list(tokens)
    for place in range(len(tokens) - 4):
        word, letter, inside, function, bracket = tokens[place : place + 5]
        kinds = (letter.type, inside.type, bracket.type)
        if word == "for" and kinds == ("NAME", "IN", "LPAR") and function == "range":
            result[place] = word.update(type="EACH")
            result[place + 3] = function.update(type="CALL")
    return result


def _with_side_conditions(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with a WHEN for each IF that has no ELSE in the same bracket and line."""
    result = list(tokens)
    waiting: list[list[int]] = [[]]
    for place, token in enumerate(tokens):
        if token.type == "IF":
            waiting[-1].append(place)
            result[place] = token.update(type="WHEN")
        elif token.type == "ELSE" and waiting[-1]:
            result[waiting[-1].pop()] = token.update(type="IF", value="if")
        elif token.type in OPENING:
            waiting.append([])
        elif token.type in CLOSING and len(waiting) > 1:
            waiting.pop()
        elif token.type == "LINE":
            waiting = [[]]
    return result


def _with_derivatives(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with two PARTIALs for each dy[i, j]/dx[u, v]."""
    differentials: set[int] = set()
    for place, token in enumerate(tokens):
        if token.type == "SLASH" and place + 1 < len(tokens) and _is_pair(tokens[place + 1]):
            above = _name_before(tokens, place)
            if above is not None and _is_pair(tokens[above]):
                differentials |= {above, place + 1}
    result: list[Token] = []
    for place, token in enumerate(tokens):
        result += _split_pair(token) if place in differentials else [token]
    return result


def _is_pair(token: Token) -> bool:
    if token.type not in ("NAME", "DNAME") or token.start_pos is None:
        return False
    return len(token) == 2 and token[0] == "d" and token.end_pos == token.start_pos + 2


def _name_before(tokens: Sequence[Token], place: int) -> int | None:
    """Return the place of the name that ends, with its indices, before `place`."""
    place -= 1
    if place >= 0 and tokens[place].type == "RIDX":
        while place >= 0 and tokens[place].type != "LIDX":
            place -= 1
        place -= 1
    return place if place >= 0 else None


def _split_pair(token: Token) -> list[Token]:
    """Return de as the sign of a derivative and e."""
    assert token.start_pos is not None
    assert token.column is not None
    middle = token.start_pos + 1
    sign = Token.new_borrow_pos("PARTIAL", "d", token)
    sign.end_pos = middle
    name = Token(
        "NAME",
        str(token[1:]),
        start_pos=middle,
        end_pos=token.end_pos,
        line=token.line,
        column=token.column + 1,
    )
    return [sign, name]
