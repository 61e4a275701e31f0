"""The rows and cells of case distinctions and matrices, in the shape that the grammar reads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain

from lark import Token

from symconv.formula import commands as known
from symconv.formula.terminals import CLOSING, OPENING, RELATIONS, VALUE_ENDS, VALUE_STARTS

_STOPS = frozenset({"COMMA", "PERIOD", "WIDE", "FILLER", "AMP"})
_BEFORE_CASES = RELATIONS | OPENING | {"PLUS", "MINUS", "TIMES", "SLASH", "COMMA", "AMP"}


def arrangement_of(
    environment: str, before: Sequence[Token], inner: Sequence[Token], closer: str
) -> str:
    """Return CASES, MATRIX, LINES or UNKNOWN: what an environment is, where it stands.

    Args:
        environment: its name.
        before: the tokens before it.
        inner: the tokens in it.
        closer: the sign behind it.
    """
    last = before[-1].type if before else ""
    if environment in known.CASES:
        return "CASES"
    if last == "LSET" and closer not in ("}", "rbrace"):
        is_value = len(before) > 1 and before[-2].type in _BEFORE_CASES
        return "CASES" if is_value or _begins_with_values(inner) else "LINES"
    if environment in known.MATRICES:
        return "MATRIX"
    if last in ("LPAR", "LBRACK") and closer in (")", "]"):
        return "MATRIX"
    return "LINES" if environment in known.LINES else "UNKNOWN"


def _begins_with_values(inner: Sequence[Token]) -> bool:
    """Return whether each row begins with a cell that says nothing by itself."""
    rows = [_cells(row) for row in split_at(inner, "LINE") if stripped(row)]
    return all(len(row) > 1 and _is_value(row[0], row[1]) for row in rows)


def _is_value(cell: Sequence[Token], following: Sequence[Token]) -> bool:
    return _first(cell, RELATIONS) is None and _first(following[:1], RELATIONS) is None


def _cells(row: Sequence[Token]) -> list[list[Token]]:
    """Return the cells of a row; before a value and a wide space, an & only aligns."""
    cells = split_at(row, "AMP")
    if len(cells) == 2 and not stripped(cells[0]):
        place = _first(cells[1], {"WIDE"})
        if place and cells[1][0].type in VALUE_STARTS and _is_value(cells[1][:place], ()):
            return [cells[1][:place], cells[1][place:]]
    return cells


def case_tokens(tokens: Sequence[Token]) -> list[Token]:
    """Return value GUARD condition ROW value GUARD condition ... for a case distinction.

    A row without a value goes on with the condition of the row above it.
    """
    rows: list[tuple[list[Token], list[Token]]] = []
    for row in split_at(tokens, "LINE"):
        if not stripped(row):
            continue
        value, condition = _value_and_condition(row)
        if value or not rows:
            rows.append((value, condition))
        else:
            _go_on(rows[-1][1], condition)
    shaped = [[*value, *_guarded(value, condition)] for value, condition in rows]
    return _joined(shaped, "ROW")


def _value_and_condition(row: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    cells = _cells(row)
    if len(cells) > 1:
        condition = list(chain.from_iterable(cells[1:]))
        if stripped(cells[0]) and not stripped(condition):
            return _value_and_condition(cells[0])
        return stripped(cells[0]), stripped(condition)
    cell = stripped(row)
    for kinds in ({"WHEN", "OTHERWISE"}, {"WIDE"}, {"COMMA"}):
        place = _first(cell, kinds)
        if place is not None:
            return stripped(cell[:place]), stripped(cell[place:])
    return cell, []


def _go_on(condition: list[Token], more: list[Token]) -> None:
    """Append a row's condition to that of the row above; nothing between them means "and"."""
    joins = {"AND", "OR"}
    if condition and more and condition[-1].type not in joins and more[0].type not in joins:
        condition.append(Token.new_borrow_pos("COMMA", ",", more[0]))
    condition += more


def _guarded(value: Sequence[Token], condition: Sequence[Token]) -> list[Token]:
    words = [token for token in condition if token.type == "OTHERWISE"]
    others = [token for token in condition if token.type not in {"OTHERWISE", "AND", *_STOPS}]
    if words and not others:
        return [Token.new_borrow_pos("GUARD", str(words[0]), words[0]), words[0]]
    kept = [token for token in condition if token.type != "THEN"]
    if kept and kept[0].type == "WHEN":
        kept = kept[1:]
    if not kept:
        reason = "a case without a condition"
        return [Token.new_borrow_pos("UNKNOWN", reason, value[-1])] if value else []
    return [Token.new_borrow_pos("GUARD", str(kept[0]), kept[0]), *commas_for_wide(kept)]


def matrix_tokens(tokens: Sequence[Token]) -> list[Token]:
    """Return value CELL value ... ROW value ... for a matrix; cells of dots are left out."""
    rows: list[list[Token]] = []
    for row in split_at(tokens, "LINE"):
        cells = [stripped(cell) for cell in split_at(row, "AMP")]
        shown = [cell for cell in cells if cell and {token.type for token in cell} != {"DOTS"}]
        if shown and not all(cells):
            reason = "an empty place in a matrix"
            return [Token.new_borrow_pos("UNKNOWN", reason, shown[0][0])]
        if shown:
            rows.append(_joined(shown, "CELL"))
    return _joined(rows, "ROW")


def split_at(tokens: Sequence[Token], kind: str) -> list[list[Token]]:
    """Return the tokens between those of a kind that stand in no bracket."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.type in OPENING) - (token.type in CLOSING)
        if token.type == kind and depth <= 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def stripped(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens without punctuation and wide spaces at both ends."""
    first, last = 0, len(tokens)
    while first < last and tokens[first].type in _STOPS:
        first += 1
    while last > first and tokens[last - 1].type in _STOPS:
        last -= 1
    return list(tokens[first:last])


def commas_for_wide(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with a comma for each space or & between two values, and no other one."""
    kept: list[Token] = []
    for place, token in enumerate(tokens):
        if token.type not in ("WIDE", "FILLER", "AMP"):
            kept.append(token)
            continue
        following = tokens[place + 1].type if place + 1 < len(tokens) else ""
        before = kept[-1].type if kept else ""
        if before in VALUE_ENDS and following in VALUE_STARTS | {"NOT"}:
            kept.append(token.update(type="COMMA"))
    return kept


def _first(tokens: Sequence[Token], kinds: Collection[str]) -> int | None:
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token.type in OPENING) - (token.type in CLOSING)
        if depth == 0 and token.type in kinds:
            return place
    return None


def _joined(parts: Sequence[list[Token]], kind: str) -> list[Token]:
    joined: list[Token] = []
    for part in parts:
        if joined and part:
            joined.append(Token.new_borrow_pos(kind, str(part[0]), part[0]))
        joined += part
    return joined
