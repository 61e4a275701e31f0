"""One statement: its tokens -> the grammar -> what it says, and why not if it cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeAlias

from lark import Lark, Token, UnexpectedInput, UnexpectedToken
from lark.common import LexerConf
from lark.lexer import Lexer

from symconv.formula.children import Child, MisreadError, span_over, values_in
from symconv.formula.listing import Chain, Item, Listing, conditions_of
from symconv.formula.source import span_of
from symconv.formula.sums import Sums
from symconv.formula.terminals import in_words
from symconv.formula.tree import Entry, Letter, NotUnderstood, Partial, Scatter, Span


@dataclass(frozen=True)
class Stated:
    """Equations and conditions, under what is said after "if", "where" or "for"."""

    items: tuple[Item, ...]
    sides: tuple[Listing, ...]
    span: Span


@dataclass(frozen=True)
class Premise:
    """Conditions after "if" without what follows; closed if "then" stands behind."""

    sides: tuple[Listing, ...]
    closed: bool
    span: Span


@dataclass(frozen=True)
class Implied:
    """The parts between the arrows of a => b => c."""

    parts: tuple[Listing, ...]
    span: Span


@dataclass(frozen=True)
class Equivalent:
    """The parts between the double arrows."""

    parts: tuple[Listing, ...]
    span: Span


Sentence: TypeAlias = Stated | Premise | Implied | Equivalent | Scatter


def read_sentence(tokens: Sequence[Token]) -> Sentence | NotUnderstood:
    """Return what the tokens of one statement say."""
    unknown = next((token for token in tokens if token.type in ("UNKNOWN", "PROSE")), None)
    if unknown is not None:
        prose = unknown.type == "PROSE"
        what = f"the words {_quoted(unknown)}" if prose else _printable(unknown)
        return NotUnderstood(f"{what} cannot be read", span_of(unknown))
    try:
        return _parser().parse(tokens)  # type: ignore[return-value]
    except MisreadError as error:
        return NotUnderstood(error.reason, error.span)
    except UnexpectedInput as error:
        return _refusal(error, tokens)


def _refusal(error: UnexpectedInput, tokens: Sequence[Token]) -> NotUnderstood:
    assert isinstance(error, UnexpectedToken)
    expected = in_words(error.accepts or error.expected)
    if error.token.type == "$END":
        return NotUnderstood(f"it ends where {expected} could stand", span_of(tokens[-1]))
    met = _quoted(error.token)
    return NotUnderstood(f"met {met} where {expected} could stand", span_of(error.token))


def _quoted(text: str) -> str:
    return f"'{_printable(text[:60])}'"


def _printable(text: str) -> str:
    return text if text.isprintable() else ascii(text)[1:-1]


class _Sentences(Sums):
    """One method for each form of a statement."""

    def stated(self, children: list[Child]) -> Stated:
        return Stated(children[0].items, (), span_over(children))

    def qualified(self, children: list[Child]) -> Stated:
        items, *sides = values_in(children)
        return Stated(items.items, _listings(sides), span_over(children))

    def side(self, children: list[Child]) -> Listing:
        listing: Listing = children[0]
        return listing

    def all_values(self, children: list[Child]) -> Listing:
        return Listing((), span_over(children[0]))

    def premise(self, children: list[Child]) -> Premise | Stated:
        present = [child for child in children if child is not None]
        closed = isinstance(present[-1], Token)
        sides, span = values_in(present), span_over(present)
        for place, item in enumerate(sides[-1].items):
            if place and not closed and _defines(item):
                premise = Listing(sides[-1].items[:place], sides[-1].span)
                listings = _listings([*sides[:-1], premise])
                return Stated(sides[-1].items[place:], listings, span)
        return Premise(_listings(sides), closed, span)

    def ruled(self, children: list[Child]) -> Stated:
        *sides, items = values_in(children)
        return Stated(items.items, _listings(sides), span_over(children))

    def implied(self, children: list[Child]) -> Implied:
        return Implied(values_in(children), span_over(children))

    def equivalent(self, children: list[Child]) -> Equivalent:
        return Equivalent(values_in(children), span_over(children))

    def scatter(self, children: list[Child]) -> Scatter:
        present = [child for child in children if child is not None]
        target, *_ = present
        slices = next((child for child in present if isinstance(child, list)), [])
        sides = [child for child in present if isinstance(child, Listing)]
        conditions = tuple(condition for side in sides for condition in conditions_of(side))
        kinds = [child.type if isinstance(child, Token) else "" for child in present]
        accumulates = "PLUSEQ" in kinds
        value = present[kinds.index("PLUSEQ" if accumulates else "ASSIGN") + 1]
        return Scatter(
            _array_of(target),
            tuple(slices),
            value,
            conditions,
            accumulates,
            span=span_over(present),
        )


def _array_of(target: Child) -> str:
    """Return the name of the array that a slice is taken of; de/dX is dX."""
    if isinstance(target, Token):
        return str(target)
    if isinstance(target.of, Letter) and isinstance(target.by, Letter):
        return f"d{target.by.name}"
    raise MisreadError("only an array, or the derivative by one, has slices", target.span)


def _listings(sides: Sequence[Listing]) -> tuple[Listing, ...]:
    return tuple(side for side in sides if side.items)


def _defines(item: Item) -> bool:
    if not isinstance(item, Chain) or not item.is_equation:
        return False
    return isinstance(item.lefts[0], Partial | Entry)


class _Tokens(Lexer):
    """Hands the tokens on that are already there."""

    def __init__(self, conf: LexerConf) -> None:
        del conf

    def lex(self, data: Sequence[Token]) -> Iterator[Token]:  # type: ignore[override]
        return iter(data)


@cache
def _parser() -> Lark:
    grammar = files("symconv.formula").joinpath("formula.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=_Tokens, transformer=_Sentences(), strict=True)
