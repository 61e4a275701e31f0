"""The tokens of a display -> those of its statements; what only separates or labels is dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lark import Token

from symconv.formula.arrangements import commas_for_wide, split_at, stripped
from symconv.formula.moduli import with_moduli
from symconv.formula.targets import with_targets
from symconv.formula.terminals import CLOSING, OPENING, RELATIONS
from symconv.formula.words import word_set

_LOGIC = word_set("AND OR IFF IMPLIES WHEN THEN")
_OPERATORS = word_set("PLUS MINUS TIMES SLASH FLOORDIV MOD POW")
_GOES_ON_AFTER = RELATIONS | _OPERATORS | (_LOGIC - {"THEN"})
_GOES_ON_WITH = RELATIONS | (_OPERATORS - {"MINUS"}) | (_LOGIC - {"WHEN"})
_NUMBERING = word_set("NUMBER PERIOD TIMES MINUS UNKNOWN")


def statements(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the tokens of each statement.

    Lines that begin or end with an operator or a relation go on; a label in brackets at the end of
    a line, and a line that only names an operation, like f(D, W): say nothing.
    """
    waiting: list[Token] = []
    for line in _lines(tokens):
        cleaned = _cleaned(line)
        if not cleaned or _is_heading(cleaned):
            continue
        if waiting and not _goes_on(waiting, cleaned):
            yield _settled(waiting)
            waiting = []
        waiting += cleaned
    if waiting:
        yield _settled(waiting)


def _lines(tokens: Sequence[Token]) -> Iterable[list[Token]]:
    """Return the lines; a line end in brackets ends none, unless the brackets are never closed."""
    depth = sum((token.type in OPENING) - (token.type in CLOSING) for token in tokens)
    if depth:
        return _split_everywhere(tokens)
    return split_at(tokens, "LINE")


def _split_everywhere(tokens: Sequence[Token]) -> list[list[Token]]:
    lines: list[list[Token]] = [[]]
    for token in tokens:
        if token.type == "LINE":
            lines.append([])
        else:
            lines[-1].append(token)
    return lines


def _cleaned(line: Sequence[Token]) -> list[Token]:
    visible = [token for token in line if token.type != "LINE"]
    unlabelled = _without_label(stripped(visible))
    return _with_pairs(stripped(commas_for_wide(unlabelled)))


def _with_pairs(line: Sequence[Token]) -> list[Token]:
    """Return the line with += for a + before a =, and = for :=."""
    result: list[Token] = []
    for token in line:
        before = result[-1].type if result else ""
        if token.type == "EQ" and before == "PLUS":
            result[-1] = result[-1].update(type="PLUSEQ", value="+=")
        elif token.type == "EQ" and before == "COLON" and result[-1].end_pos == token.start_pos:
            result[-1] = result[-1].update(type="EQ", value=":=")
        else:
            result.append(token)
    return result


def _without_label(line: list[Token]) -> list[Token]:
    """Return the line without "(condition 1)" or, behind a wide space or dots, "(1)" at its end."""
    if not line or line[-1].type != "RPAR":
        return line
    opening = max((place for place, token in enumerate(line) if token.type == "LPAR"), default=-1)
    inner = {token.type for token in line[opening + 1 : -1]}
    before = line[opening - 1].type if opening > 0 else ""
    if "PROSE" in inner or (inner <= _NUMBERING and before in ("WIDE", "DOTS")):
        kept = line[:opening]
        while kept and kept[-1].type in ("WIDE", "DOTS", "COMMA"):
            kept.pop()
        return kept
    return line


def _is_heading(line: Sequence[Token]) -> bool:
    return line[-1].type == "COLON" and line[0].type == "CALL" and line[-2].type == "RPAR"


def _goes_on(before: Sequence[Token], line: Sequence[Token]) -> bool:
    """Return whether the line belongs to the statement before it."""
    if before[-1].type in _GOES_ON_AFTER or line[0].type in _GOES_ON_WITH:
        return True
    if _ends_with_sum_sign(before):
        return True
    return line[0].type == "MINUS" and not any(token.type in RELATIONS for token in line)


def _ends_with_sum_sign(tokens: Sequence[Token]) -> bool:
    depth = 0
    for token in reversed(tokens):
        depth += (token.type in CLOSING) - (token.type in OPENING)
        if depth == 0 and token.type not in ("LSUB", "LSUP"):
            return token.type == "SUM"
    return False


def _settled(tokens: list[Token]) -> list[Token]:
    """Return the statement with its ranges, moduli and commas in the grammar's shape."""
    return with_moduli(with_targets(list(_with_commas(_with_ranges(tokens)))))


def _with_ranges(tokens: Sequence[Token]) -> list[Token]:
    """Replace ", ..., " by TO; the second number of 0, 1, ..., n says nothing."""
    result: list[Token] = []
    place = 0
    while place < len(tokens):
        kinds = [token.type for token in tokens[place : place + 3]]
        if kinds[:2] == ["COMMA", "DOTS"]:
            if len(result) > 2 and result[-2].type == "COMMA" and _follow(result[-3], result[-1]):
                del result[-2:]
            result.append(tokens[place + 1].update(type="TO"))
            place += 3 if kinds[2:] == ["COMMA"] else 2
        else:
            result.append(tokens[place])
            place += 1
    return result


def _follow(first: Token, second: Token) -> bool:
    if first.type != "NUMBER" or second.type != "NUMBER":
        return False
    return int(second) == int(first) + 1


def _with_commas(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens without the commas that stand beside a word or another comma."""
    for place, token in enumerate(tokens):
        if token.type == "COMMA":
            before = tokens[place - 1].type if place else "COMMA"
            behind = tokens[place + 1].type if place + 1 < len(tokens) else "COMMA"
            if {before, behind} & _LOGIC or behind == "COMMA" or behind in CLOSING:
                continue
        yield token
