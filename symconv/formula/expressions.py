"""The grammar's rules for values -> nodes of the tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lark import Token, Transformer

from symconv.formula.children import Child, MisreadError, span_over, values_in
from symconv.formula.products import Folding, negate_first
from symconv.formula.source import between, span_of
from symconv.formula.tree import (
    Branch,
    Call,
    Cases,
    Ceiling,
    Convolved,
    Entry,
    Expression,
    Floor,
    Integer,
    Interval,
    Largest,
    Letter,
    Matrix,
    Negated,
    Partial,
    Power,
    Quotient,
    Remainder,
    Smallest,
    Span,
    Total,
)


class Expressions(Transformer[Token, Any]):
    """One method a rule; each gets the rule's tokens and the results of its parts."""

    def integer(self, children: list[Child]) -> Integer:
        return Integer(int(children[0]), span=span_of(children[0]))

    def letter(self, children: list[Child]) -> Letter:
        return Letter(str(children[0]), span=span_of(children[0]))

    def parts(self, children: list[Child]) -> list[Child]:
        return list(values_in(children))

    def values(self, children: list[Child]) -> tuple[Expression, ...]:
        return values_in(children)

    def interval(self, children: list[Child]) -> Interval:
        ends: list[Expression | None] = [None, None, None]
        place = 0
        for child in children:
            if isinstance(child, Token):
                place += 1
            elif child is not None:
                ends[place] = child
        present = [child for child in children if child is not None]
        return Interval(*ends, span=span_over(present))

    def entry(self, children: list[Child]) -> Entry:
        name, _, parts, _ = children
        return Entry(str(name), self._indices(parts), span=span_over(children))

    def _indices(self, parts: list[Child]) -> tuple[Expression, ...]:
        for part in parts:
            if isinstance(part, Interval):
                raise MisreadError("a slice stands only left of +=", part.span)
        return tuple(parts)

    def grouped_entry(self, children: list[Child]) -> Entry | Partial:
        _, inner, _, _, parts, _ = children
        indices, span = self._indices(parts), span_over(children)
        if isinstance(inner, Letter):
            return Entry(inner.name, indices, span=span)
        if isinstance(inner, Partial) and isinstance(inner.by, Letter):
            by = Entry(inner.by.name, indices, span=inner.by.span)
            return Partial(inner.of, by, span=span)
        raise MisreadError("only an array has indices, not a value in brackets", span)

    def convolved(self, children: list[Child]) -> Convolved:
        names = children[1:-4:2]
        arrays = tuple(map(str, names))
        return Convolved(arrays, self._indices(children[-2]), span=span_over(children))

    def call(self, children: list[Child]) -> Call:
        name, _, arguments, _ = children
        return Call(str(name), arguments or (), span=span_over(children))

    def grouped(self, children: list[Child]) -> Expression:
        node: Expression = children[1]
        return replace(node, span=span_over(children))

    def bracketed(self, children: list[Child]) -> Expression:
        if isinstance(children[1], Quotient):
            reason = "[ ] around a quotient may round or not: write \\lfloor \\rfloor or ( )"
            raise MisreadError(reason, span_over(children))
        return self.grouped(children)

    # Sums and products

    def total(self, children: list[Child]) -> Expression:
        terms: list[Expression] = []
        sign: Token | None = None
        for child in children:
            if isinstance(child, Token):
                sign = child
                continue
            if sign is not None and sign.type == "MINUS":
                child = self._minus(sign, child, leading=not terms)
            terms.append(child)
        if len(terms) == 1:
            return replace(terms[0], span=span_over(children))
        return Total(tuple(terms), span=span_over(children))

    def _minus(self, sign: Token, term: Expression, *, leading: bool) -> Expression:
        span = between(span_of(sign), term.span)
        return (negate_first(term, sign) if leading else None) or Negated(term, span=span)

    def product(self, children: list[Child]) -> Expression:
        present = [child for child in children if child is not None]
        folded = Folding(present[0])
        operator: Token | None = None
        sign: Token | None = None
        for child in present[1:]:
            if isinstance(child, Token):
                operator, sign = (operator, child) if child.type == "MINUS" else (child, None)
                continue
            if sign is not None:
                child = Negated(child, span=between(span_of(sign), child.span))
            folded.append(operator, child)
            operator = sign = None
        return folded.result()

    def power(self, children: list[Child]) -> Power:
        return Power(children[0], _exponent(children), span=span_over(children))

    def integer_power(self, children: list[Child]) -> Power:
        return Power(self.integer(children[:1]), _exponent(children), span=span_over(children))

    def quotient(self, children: list[Child]) -> Quotient:
        above, below = values_in(children)
        return Quotient(above, below, span=span_over(children))

    def floor(self, children: list[Child]) -> Floor:
        return Floor(*values_in(children), span=span_over(children))

    def ceiling(self, children: list[Child]) -> Ceiling:
        return Ceiling(*values_in(children), span=span_over(children))

    def remainder(self, children: list[Child]) -> Remainder:
        value, modulus = values_in(children)
        return Remainder(value, modulus, span=span_over(children))

    def extreme(self, children: list[Child]) -> Largest | Smallest:
        name, _, operands, _ = children
        if len(operands) < 2:
            raise MisreadError(f"{name} needs two values or more", span_over(children))
        kind = Largest if name.type == "MAX" else Smallest
        return kind(operands, span=span_over(children))

    # Derivatives

    def partial(self, children: list[Child]) -> Partial:
        of, by = values_in(children)
        return Partial(of, by, span=span_over(children))

    def partial_of_loss(self, children: list[Child]) -> Partial:
        """Return the derivative of e, which is not written: its span is empty."""
        name = children[0]
        start = span_of(name)
        loss = Letter("e", span=replace(start, end=start.start))
        behind = Span(start.line, start.column + 1, start.start + 1, start.end)
        by: Expression = Letter(name[1:], span=behind)
        if children[-1] is not None and len(children) > 1:
            span = between(behind, span_over(children[-1:]))
            by = Entry(name[1:], self._indices(children[2]), span=span)
        return Partial(loss, by, span=between(start, by.span))

    def gradient(self, children: list[Child]) -> Partial | Call:
        if len(children) == 2:
            return Call("nabla", (children[1],), span=span_over(children))
        _, name, _, by, _ = children
        return Partial(Letter(str(name), span=span_of(name)), by, span=span_over(children))

    def derivation(self, children: list[Child]) -> Expression:
        """Return what is derived by; the span is that of the whole operator."""
        by: Expression = values_in(children)[0]
        return replace(by, span=span_over(children))

    def applied(self, children: list[Child]) -> Partial:
        by, of = children
        return Partial(of, by, span=span_over(children))

    # Arrangements

    def matrix(self, children: list[Child]) -> Matrix:
        return Matrix(values_in(children), span=span_over(children))

    def row(self, children: list[Child]) -> tuple[Expression, ...]:
        return values_in(children)

    def cases(self, children: list[Child]) -> Cases:
        branches = tuple(child for child in children if isinstance(child, Branch))
        return Cases(branches, span=span_over(children))


def _exponent(children: Sequence[Child]) -> Expression:
    sign, exponent = children[-2], children[-1]
    if isinstance(exponent, Token):  # the end of a superscript
        exponent, sign = sign, None
    if sign is not None and sign.type == "MINUS":
        exponent = Negated(exponent, span=between(span_of(sign), exponent.span))
    found: Expression = exponent
    return found
