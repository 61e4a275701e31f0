"""The place in the tokens that comes next, and the limits of nesting."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from symconv.formula.lexer.tokens import Token
from symconv.formula.source import Source
from symconv.formula.tree import Node, Span

MAX_NESTING = 48
Reader: TypeAlias = Callable[[], Node]
END = Token("end of text", "", 0, 0)


class Stop(Exception):  # noqa: N818  it is no error of the user
    """Reading cannot go on.

    Attributes:
        reason: what was met and what could have stood there.
        at: the token that was met.
    """

    def __init__(self, reason: str, at: Token) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


class Cursor:
    """A walk over tokens; the grammar's parts add the constructions.

    Attributes:
        source: the text, for spans.
        tokens: all tokens.
        at: number of the next one.
        stop: number of the first one that does not belong to what is read.
        depth: how many constructions are open.
        equals: whether "=" compares two sides here, as it does within brackets.
        slices: whether a colon makes a slice here.
        alone: whether a nabla with a script stands for itself, with no operand of its own.
        divides: whether a bar says that one number divides another here.
    """

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self.source = source
        self.tokens = tokens
        self.at = 0
        self.stop = len(tokens)
        self.depth = 0
        self._places: dict[str, list[int]] = {}
        for place, token in enumerate(tokens):
            self._places.setdefault(token.kind, []).append(place)
            if token.kind == "key":
                self._places.setdefault(f"key {token.text}", []).append(place)
        self.equals = True
        self.slices = True
        self.divides = True
        self.alone = False

    def peek(self, ahead: int = 0) -> Token:
        """Return the next token, or one behind it, or END."""
        place = self.at + ahead
        return self.tokens[place] if place < self.stop else END

    def next(self) -> Token:
        """Return the next token and go on behind it."""
        token = self.peek()
        if token is not END:
            self.at += 1
        return token

    def is_next(self, kind: str, text: str | None = None) -> bool:
        """Return whether the next token is of that kind, and that text if one is given."""
        token = self.peek()
        return token.kind == kind and (text is None or token.text == text)

    def take(self, kind: str, text: str | None = None) -> Token | None:
        """Return the next token if it is of that kind and go on behind it, else None."""
        return self.next() if self.is_next(kind, text) else None

    def place_of(self, *kinds: str) -> int:
        """Return the number of the next token of one of these kinds, or that of the end."""
        found = self.stop
        for kind in kinds:
            places = self._places.get(kind, [])
            number = bisect_left(places, self.at)
            if number < len(places):
                found = min(found, places[number])
        return found

    def skip(self, kinds: Collection[str]) -> None:
        """Go on behind tokens of these kinds."""
        while self.peek().kind in kinds:
            self.at += 1

    def replace(self, token: Token) -> None:
        """Put another token in the place of the next one."""
        self.tokens[self.at] = token

    def span(self, first: int) -> Span:
        """Return the span from the token of that number to the last one read."""
        last = max(self.at - 1, first)
        if first >= len(self.tokens):
            return self.source.span(len(self.source.text), len(self.source.text))
        return self.source.span(self.tokens[first].start, self.tokens[last].end)

    def failure(self, expected: str) -> Stop:
        """Return the exception that says what could have stood at the next token."""
        token = self.peek()
        if token is END:
            return Stop(f"the formula ends where {expected} was expected", token)
        met = self.source.text[token.start : token.end].strip() or token.kind
        return Stop(f"{met[:40]!r} stands where {expected} was expected", token)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Count a level of nesting; beyond the limit reading stops."""
        self.depth += 1
        try:
            if self.depth > MAX_NESTING:
                raise Stop(f"more than {MAX_NESTING} levels of nesting", self.peek())
            yield
        finally:
            self.depth -= 1

    @contextmanager
    def inside(self, *, slices: bool = False, divides: bool = True) -> Iterator[None]:
        """Within brackets "=" compares; a colon makes slices only in those of an index."""
        before = self.equals, self.slices, self.divides
        self.equals, self.slices, self.divides = True, slices, divides
        try:
            yield
        finally:
            self.equals, self.slices, self.divides = before

    # The constructions that the parts of the grammar use of each other.

    def expression(self) -> Node:
        """Read a sum of terms."""
        raise NotImplementedError

    def term(self) -> Node:
        """Read a product or quotient."""
        raise NotImplementedError

    def factor(self) -> Node:
        """Read one operand with its marks."""
        raise NotImplementedError

    def condition(self) -> Node:
        """Read an expression, a comparison of expressions, or several joined by and/or."""
        raise NotImplementedError

    def items(self, until: Collection[str]) -> tuple[Node, ...]:
        """Read items between commas up to a token of these kinds."""
        raise NotImplementedError

    def group_items(self) -> tuple[Node, ...]:
        """Read the items of a brace group or of one token behind _ or ^."""
        raise NotImplementedError

    def starts_factor(self) -> bool:
        """Return whether an operand may begin at the next token."""
        raise NotImplementedError
