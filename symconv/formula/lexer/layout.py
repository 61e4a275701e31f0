"""Rows, columns and brackets: where a statement goes on and where it ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from symconv.formula.lexer.balance import balanced
from symconv.formula.lexer.tokens import Token

_LISTS_LIST = (
    "align aligned gather gathered equation eqnarray split multline alignat alignedat math "
    "displaymath flalign document"
)
_LISTS: Final = frozenset(_LISTS_LIST.split())
_OPERATORS: Final = frozenset({"plus", "minus", "times", "star", "slash", "floordiv", "mod"})
_JOINING: Final = _OPERATORS | {"relation", "compare", "in", "mid"}


def laid_out(tokens: list[Token], *, latex: bool) -> list[Token]:
    """Return the tokens without lists' begin and end and without breaks within an expression."""
    tokens = balanced(_repaired(tokens if latex else _sets(tokens)))
    tokens = _flattened(tokens)
    depths = _depths(tokens)
    tables = _in_tables(tokens)
    kept: list[Token] = []
    for place, token in enumerate(tokens):
        if token.kind == "stop" and (depths[place] > 0 or tables[place]):
            continue
        breaks = token.kind in {"row", "cell", "quad"}
        if breaks and not (tables[place] and token.kind != "quad"):
            if _is_inside(tokens, place, depths[place], kept):
                continue
        elif breaks and depths[place] > 0:
            continue
        kept.append(token)
    return kept


def _sets(tokens: list[Token]) -> list[Token]:
    """In text, braces that are no script's are those of a set."""
    result: list[Token] = []
    groups: list[bool] = []
    for token in tokens:
        if token.kind == "brace":
            grouping = bool(result) and result[-1].kind == "script"
            groups.append(grouping)
            token = token if grouping else replace(token, kind="open")
        elif token.kind == "unbrace":
            grouping = groups.pop() if groups else False
            token = token if grouping else replace(token, kind="close")
        result.append(token)
    return result


def _repaired(tokens: list[Token]) -> list[Token]:
    r"""Join {+}= and {=}, and braces around one sign."""
    result: list[Token] = []
    at = 0
    while at < len(tokens):
        three = tokens[at : at + 3]
        kinds = [token.kind for token in three]
        if kinds[:1] == ["brace"] and kinds[2:] == ["unbrace"] and kinds[1] in _JOINING:
            result.append(replace(three[1], start=three[0].start, end=three[2].end))
            at += 3
        else:
            result.append(tokens[at])
            at += 1
        _merge_assignment(result)
    return result


def _merge_assignment(result: list[Token]) -> None:
    if len(result) < 2 or result[-1].kind != "relation" or result[-1].text != "=":
        return
    sign = result[-2]
    if sign.kind in {"plus", "minus"}:
        text = "+=" if sign.kind == "plus" else "-="
        result[-2:] = [Token("relation", text, sign.start, result[-1].end, sign.spaced)]
    elif sign.kind == "colon" and not result[-1].spaced:
        result[-2:] = [Token("relation", ":=", sign.start, result[-1].end, sign.spaced)]


def _flattened(tokens: list[Token]) -> list[Token]:
    """Leave out begin and end of environments that only list statements."""
    result: list[Token] = []
    open_lists: list[bool] = []
    for place, token in enumerate(tokens):
        if token.kind == "begin":
            braced = place > 0 and tokens[place - 1].kind == "open"
            plain = (token.text in _LISTS and not braced) or _lists_equations(tokens, place)
            open_lists.append(plain)
            if plain:
                continue
        elif token.kind == "end" and (not open_lists or open_lists.pop()):
            continue
        result.append(token)
    return result


def _lists_equations(tokens: list[Token], place: int) -> bool:
    """Return whether cases or an array holds an equation in each of its rows."""
    if tokens[place].text not in {"cases", "array", "rcases", "dcases"}:
        return False
    before = [token for token in tokens[:place] if token.kind not in {"tag", "row", "begin"}]
    if before and before[-1].kind in {"relation", *_OPERATORS}:
        return False
    depth = 0
    row_has: list[bool] = [False]
    empty = True
    for token in tokens[place + 1 :]:
        depth += _step(token)
        if token.kind == "begin":
            depth += 1
        if token.kind == "end":
            if depth == 0:
                break
            depth -= 1
        if depth == 0 and token.kind == "row":
            row_has.append(False)
            empty = True
        elif token.kind in {"relation", "colon"} and depth == 0 and not row_has[-1]:
            row_has[-1] = True
        elif token.kind != "row":
            empty = False
    if empty and len(row_has) > 1:
        row_has.pop()
    return all(row_has)


def _step(token: Token) -> int:
    return {"open": 1, "brace": 1, "close": -1, "unbrace": -1}.get(token.kind, 0)


def _depths(tokens: list[Token]) -> list[int]:
    """Return for each token in how many brackets it stands; unmatched ones do not count.

    Within an environment rows and columns count from 0 again.
    """
    partners: dict[int, int] = {}
    waiting: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind in {"open", "brace", "begin"}:
            waiting.append(place)
        elif token.kind in {"close", "unbrace", "end"} and waiting:
            partners[waiting.pop()] = place
    depths: list[int] = []
    levels = [0]
    closing: dict[int, str] = {end: tokens[start].kind for start, end in partners.items()}
    for place, token in enumerate(tokens):
        if place in closing:
            if closing[place] == "begin":
                levels.pop()
            else:
                levels[-1] -= 1
        depths.append(levels[-1])
        if place in partners:
            if token.kind == "begin" or _is_stack(tokens, place):
                levels.append(0)
                if token.kind != "begin":
                    closing[partners[place]] = "begin"
            else:
                levels[-1] += 1
    return depths


def _in_tables(tokens: list[Token]) -> list[bool]:
    """Return for each token whether it stands in a table, whose rows and columns all count."""
    inside: list[bool] = []
    depth = 0
    for token in tokens:
        if token.kind == "end":
            depth = max(depth - 1, 0)
        inside.append(depth > 0)
        if token.kind == "begin":
            depth += 1
    return inside


def _is_stack(tokens: list[Token], place: int) -> bool:
    return place > 0 and tokens[place - 1].kind == "stack"


def _is_inside(tokens: list[Token], place: int, depth: int, kept: list[Token]) -> bool:
    """Return whether a break stands within an expression and separates nothing."""
    if depth > 0:
        return True
    before = kept[-1].kind if kept else ""
    after = next((t for t in tokens[place + 1 :] if t.kind not in {"row", "cell", "quad"}), None)
    if not before or (before in {"row"} and tokens[place].kind == "row"):
        return tokens[place].kind != "cell" or not before
    if before in _JOINING or before in {"open", "big"}:
        return tokens[place].kind != "row" or before in _JOINING
    if tokens[place].text == "line" and before in {"open", "comma"}:
        return True
    if after is None:
        return tokens[place].kind != "row"
    if tokens[place].kind == "row":
        return after.kind in (_OPERATORS | {"compare"})
    return after.kind in _JOINING
