"""Sums, products and quotients."""

from __future__ import annotations

from symconv.formula.grammar import build
from symconv.formula.grammar.cursor import MAX_NESTING
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
        terms: list[Node] = []
        while not terms or (self.peek().kind in {"plus", "minus"} and self._continues()):
            start = self.at
            negative = self._sign()
            term = self.term()
            terms.append(self.negated(term, start) if negative else term)
        node = terms[0] if len(terms) == 1 else build.total(tuple(terms), span=self.span(first))
        if self.peek().kind in {"range", "over"}:
            with self.nested():
                return self._low_and_high(node, first)
        return node

    def _low_and_high(self, node: Node, first: int) -> Node:
        if self.next().kind == "range":
            return Range(node, self.expression(), span=self.span(first))
        return build.quotient(node, self.expression(), span=self.span(first))

    def _sign(self) -> bool:
        """Go on behind signs; whether they make a minus."""
        negative = False
        while self.peek().kind in {"plus", "minus"}:
            negative ^= self.next().kind == "minus"
        return negative

    def _continues(self) -> bool:
        """Return whether an operand follows the sign; one at the end is damage."""
        return self._behind_signs() not in {"end of text", "close", "unbrace", "row", "comma"}

    def _behind_signs(self) -> str:
        """Return the kind of the next token that is no sign of a sum."""
        ahead = 1
        while self.peek(ahead).kind in {"plus", "minus"}:
            ahead += 1
        return self.peek(ahead).kind

    def negated(self, node: Node, first: int) -> Node:
        """Return minus the node."""
        return build.negated(node, span=self.span(first))

    def term(self) -> Node:
        """Read a product or quotient."""
        first = self.at
        node = self._side_by_side()
        length = 0
        while self._operates():
            length += not isinstance(node, Multiplied)
            if length > MAX_NESTING:
                raise self.failure(f"the end of a product of {MAX_NESTING} operands")
            node = self._joined(node, first)
        return node

    def _operates(self) -> bool:
        """Return whether a sign of a product comes next."""
        kind = self.peek().kind
        if kind == "accent":
            return self._accented_sign()
        return kind in _SIGNS and self.peek().text != "pmod" and not self._degree()

    def _degree(self) -> bool:
        """Go on behind a degree sign; whether the product ends there."""
        if not self.is_next("star", "circ") or self.peek(1).kind in {"letter", "open", "word"}:
            return False
        self.next()
        return self.peek().kind not in _SIGNS

    def _joined(self, left: Node, first: int) -> Node:
        if self.peek().kind in {"star", "accent"}:
            return self._starred(left, first)
        kind = self.next().kind
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
        negative = self._sign()
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
        factors: list[Node] = []
        while not factors or self._factor_follows():
            start = self.at
            factors.append(self._derived(self.factor(), start))
        return self.juxtaposed(factors, first)

    def _factor_follows(self) -> bool:
        return self.starts_factor() and not (self.is_next("accent") and self._accented_sign())

    def _derived(self, node: Node, first: int) -> Node:
        """Read the rest of a derivative that is written with a slash: dE/dx."""
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
