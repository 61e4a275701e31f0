"""Sums, products and quotients."""

from __future__ import annotations

from symconv.formula.grammar import build
from symconv.formula.grammar.derivatives import derivative, undifferentiated
from symconv.formula.grammar.tables import Tables
from symconv.formula.notation import Mark, Multiplied, Name, Range, Starred
from symconv.formula.tree import Node

_SIGNS = frozenset({"times", "star", "slash", "floordiv", "mod"})


class Operators(Tables):
    """Reads what stands between operands."""

    def expression(self) -> Node:
        """Read a sum of terms, or low..high."""
        first = self.at
        with self.nested():
            terms = [self._signed()]
            while self.peek().kind in {"plus", "minus"} and self._continues():
                terms.append(self._signed())
            node = terms[0] if len(terms) == 1 else build.total(tuple(terms), span=self.span(first))
            if self.take("range"):
                node = Range(node, self.expression(), span=self.span(first))
            elif self.take("over"):
                node = build.quotient(node, self.expression(), span=self.span(first))
            return node

    def _continues(self) -> bool:
        """Return whether an operand follows the sign; one at the end is damage."""
        ahead = 1
        while self.peek(ahead).kind in {"plus", "minus"}:
            ahead += 1
        return self.peek(ahead).kind not in {"end of text", "close", "unbrace", "row", "comma"}

    def _signed(self) -> Node:
        first = self.at
        negative = False
        while self.peek().kind in {"plus", "minus"}:
            negative ^= self.next().kind == "minus"
        node = self.term()
        return self.negated(node, first) if negative else node

    def negated(self, node: Node, first: int) -> Node:
        """Return minus the node."""
        return build.negated(node, span=self.span(first))

    def term(self) -> Node:
        """Read a product or quotient."""
        first = self.at
        with self.nested():
            node = self._side_by_side()
            while True:
                kind = self.peek().kind
                if kind == "accent" and self._accented_sign():
                    node = self._starred(node, first)
                elif kind not in _SIGNS or self.peek().text == "pmod" or self._degree():
                    return node
                elif kind == "star":
                    node = self._starred(node, first)
                else:
                    self.next()
                    node = self._joined(kind, node, first)

    def _degree(self) -> bool:
        """Go on behind a degree sign; whether the product ends there."""
        if not self.is_next("star", "circ") or self.peek(1).kind in {"letter", "open", "word"}:
            return False
        self.next()
        return self.peek().kind not in _SIGNS

    def _joined(self, kind: str, left: Node, first: int) -> Node:
        right = self._right_operand()
        span = self.span(first)
        if kind == "times":
            factors = left.factors if isinstance(left, Multiplied) else (left,)
            return Multiplied((*factors, right), span=span)
        if kind == "slash":
            return build.quotient(left, right, span=span)
        if kind == "floordiv":
            return build.rounded["floor"](build.quotient(left, right, span=span), span=span)
        return build.remainder(left, right, span=span)

    def _right_operand(self) -> Node:
        first = self.at
        negative = False
        while self.peek().kind in {"plus", "minus"}:
            negative ^= self.next().kind == "minus"
        node = self._side_by_side()
        return self.negated(node, first) if negative else node

    def _accented_sign(self) -> bool:
        return self.peek(1).kind == "star" or (
            self.peek(1).kind == "brace" and self.peek(2).kind == "star"
        )

    def _starred(self, left: Node, first: int) -> Node:
        marks: list[Mark] = []
        accent = self.take("accent")
        braced = accent is not None and self.take("brace") is not None
        sign = self.next().text
        if braced:
            self.take("unbrace")
        if accent:
            marks.append(Mark("sup", (Name(accent.text),), accent.text))
        while self.is_next("script"):
            mark = self._script()
            if mark.items:
                marks.append(mark)
        return Starred(sign, left, self._right_operand(), tuple(marks), span=self.span(first))

    def _side_by_side(self) -> Node:
        first = self.at
        factors = [self._factor()]
        while self.starts_factor() and not (self.is_next("accent") and self._accented_sign()):
            factors.append(self._factor())
        return self.juxtaposed(factors, first)

    def _factor(self) -> Node:
        """Read a factor; a derivative may be written with a slash: dE/dx."""
        first = self.at
        node = self.factor()
        if self.is_next("slash") and undifferentiated(node) and self._differential_next():
            self.next()
            lower = self.factor()
            span = self.span(first)
            return derivative(node, lower, span) or build.quotient(node, lower, span=span)
        return node

    def _differential_next(self) -> bool:
        token = self.peek(1)
        if token.kind == "partial":
            return True
        behind = self.peek(2)
        return token.kind == "letter" and token.text == "d" and not behind.spaced
