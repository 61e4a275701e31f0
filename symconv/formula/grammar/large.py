"""Sums, maxima and integrals with their limits; fractions and derivatives."""

from __future__ import annotations

from symconv.formula.grammar import build
from symconv.formula.grammar.cursor import Reader, Stop
from symconv.formula.grammar.derivatives import derivative, undifferentiated
from symconv.formula.grammar.marks import Marks
from symconv.formula.lexer.tokens import Token
from symconv.formula.notation import (
    Big,
    Differential,
    Group,
    Indicator,
    Mark,
    Marked,
    Name,
    Range,
    SetOf,
    Words,
)
from symconv.formula.tree import Compare, Integer, Node

_CLOSING = frozenset({"close", "colon", "mid", "bar", "unbrace"})


class Large(Marks):
    """Reads what a large sign, a fraction or a derivative opens."""

    def reader_of(self, kind: str) -> Reader | None:
        """Return what reads an operand that begins with a token of that kind."""
        readers = {
            "frac": self._fraction,
            "big": self.big,
            "partial": self._differential,
            "nabla": self._differential,
            "indicator": self._indicator,
        }
        return readers.get(kind) or super().reader_of(kind)

    def _fraction(self) -> Node:
        first = self.at
        token = self.next()
        numerator = self._argument()
        denominator = self._argument()
        if token.text == "binom":
            return Marked(
                Name("binom", word=True),
                (Mark("paren", (numerator, denominator)),),
                span=self.span(first),
            )
        if _is_operator(numerator):
            by = undifferentiated(denominator)
            if by is not None:
                return self._applied(by, first)
        return derivative(numerator, denominator, self.span(first)) or build.quotient(
            numerator, denominator, span=self.span(first)
        )

    def _argument(self) -> Node:
        """Read an argument of a fraction: a brace group, one digit, or one operand."""
        token = self.peek()
        splits = token.kind == "number" and len(token.text) > 1 and token.text[0].isdecimal()
        if splits and not token.spaced:
            self.replace(Token("number", token.text[1:], token.start + 1, token.end))
            where = self.source.span(token.start, token.start + 1)
            return Integer(int(token.text[0]), span=where)
        if token.kind == "letter":
            return self.one_letter()
        return self.atom()

    def _applied(self, by: Node, first: int) -> Node:
        """Read what an operator d/dx is applied to."""
        if not self.starts_factor():
            return build.partial(Words(""), by, span=self.span(first))
        return build.partial(self.factor(), by, span=self.span(first))

    def _differential(self) -> Node:
        r"""Read \partial W, \nabla a, or with a script \nabla_W L, \partial_w L."""
        first = self.at
        sign = self.next()
        by: Node | None = None
        order = ""
        while self.is_next("script"):
            below = self.next().text == "_"
            items = self.group_items()
            order += "" if below else "of higher order"
            if below and items:
                by = items[0] if len(items) == 1 else Group("(", items)
        if not self.starts_factor() or (by is not None and self.alone):
            self.alone |= by is not None
            operand = by if by is not None else Words("")
            return Differential(sign.text, operand, span=self.span(first))
        operand = self.factor()
        if by is not None:
            return build.partial(operand, by, span=self.span(first))
        return Differential(f"{sign.text} {order}".strip(), operand, span=self.span(first))

    def _indicator(self) -> Node:
        first = self.at
        self.next()
        if self.take("script"):
            items = self.group_items()
            if len(items) == 1 and isinstance(items[0], SetOf):
                items = items[0].items
        elif self.is_next("open"):
            items = self.bracketed()
        else:
            return Integer(1, span=self.span(first))
        return Indicator(self.all_of(items), span=self.span(first))

    def all_of(self, items: tuple[Node, ...]) -> Node:
        """Return several conditions as one."""
        raise NotImplementedError

    def big(self) -> Node:
        """Read a large sign with its limits and its body."""
        first = self.at
        sign = self.next()
        below, above = self._limits(sign)
        if not below and above is None:
            special = self._call(sign, first)
            if special is not None:
                return special
        body = self._body(sign)
        return Big(sign.text, below, above, body, span=self.span(first))

    def _limits(self, sign: Token) -> tuple[tuple[Node, ...], Node | None]:
        below: tuple[Node, ...] = ()
        above: Node | None = None
        if self._letter_at_sign(sign):
            below = (self.one_letter(),)
        while self.is_next("script"):
            script = self.next()
            with self.inside():
                items = self.group_items()
            if script.text == "_":
                below += items
            elif items:
                above = items[0]
        if sign.text in {"sum", "prod"} and not below and self._letters_in_brackets():
            below = self.bracketed()
        return below, above

    def _letter_at_sign(self, sign: Token) -> bool:
        """Return whether the limit is a letter right behind the sign: Σm Σn v(m, n)."""
        letter, behind = self.peek(), self.peek(1)
        if sign.end - sign.start > 1 or letter.kind != "letter" or letter.spaced:
            return False
        summed = behind.kind in {"letter", "word", "partial", "open"} and behind.spaced
        return behind.kind == "big" or summed

    def _letters_in_brackets(self) -> bool:
        r"""Return whether limits stand behind the sign in brackets: ∑(m)∑(n)."""
        if not self.is_next("open", "("):
            return False
        ahead = 1
        while self.peek(ahead).kind == "letter" and self.peek(ahead + 1).kind == "comma":
            ahead += 2
        closed = self.peek(ahead).kind == "letter" and self.peek(ahead + 1).kind == "close"
        if not closed:
            return False
        return self.peek(ahead + 2).kind in {"big", "letter", "word", "open", "partial", "frac"}

    def _call(self, sign: Token, first: int) -> Node | None:
        """Read a sign that is called like a function: sum(...), max(a, b), max{...}."""
        if not self.is_next("open"):
            named = sign.text in {"argmax", "argmin", "max", "min"} and not self.starts_factor()
            if named or self.peek().kind in {"relation", "compare"}:
                return Name(sign.text, word=True, span=self.span(first))
            return None
        written = self.source.text[sign.start : sign.end]
        if sign.text in {"sum", "prod"} and not written.isalpha():
            return None
        opening = self.next()
        with self.inside(divides=False):
            items = self.items(_CLOSING)
        conditions: tuple[Node, ...] = ()
        if self.peek().kind in {"colon", "mid", "bar"}:
            self.next()
            conditions = self.items({"close", "unbrace"})
        if not self.take("close") and self.peek().kind != "end of text":
            raise self.failure("a closing bracket")
        return self._called(sign.text, opening, items, conditions, first)

    def _called(
        self,
        operator: str,
        opening: Token,
        items: tuple[Node, ...],
        conditions: tuple[Node, ...],
        first: int,
    ) -> Node:
        span = self.span(first)
        if not items:
            return Name(operator, word=True, span=span)
        if operator in {"sum", "prod"}:
            return _summed(operator, items, conditions)
        if operator in build.extremes and len(items) > 1 and not conditions:
            return build.extremes[operator](items, span=span)
        body = items[0] if len(items) == 1 else Group(opening.text, items)
        return Big(operator, conditions, None, body, span=span)

    def _body(self, sign: Token) -> Node:
        if self.is_next("plus") or self.is_next("times"):
            self.next()
        if self.is_next("minus"):
            first = self.at
            self.next()
            return self.negated(self.term(), first)
        if not self.starts_factor() and not self.is_next("bar"):
            if sign.text in {"argmax", "argmin"}:
                return Words("")
            raise self.failure(f"what the {sign.text} runs over")
        return self.term()

    def term(self) -> Node:
        """Read a product or quotient."""
        raise Stop("no term", self.peek())


def _is_operator(node: Node) -> bool:
    r"""Return whether a numerator is a mere \partial or d."""
    if isinstance(node, Differential):
        return node.operand == Words("")
    return node == Name("d")


def _summed(operator: str, items: tuple[Node, ...], conditions: tuple[Node, ...]) -> Node:
    """Return sum(body, i=0..n, j, k : condition) as sums in sums."""
    body, *limits = items
    bare = [item for item in limits if not _is_range(item)]
    ranges = [item for item in limits if _is_range(item)]
    if bare or (conditions and not ranges):
        body = Big(operator, (*bare, *conditions), None, body)
        conditions = ()
    for limit in reversed(ranges):
        assert isinstance(limit, Compare)
        assert isinstance(limit.right, Range)
        low = build.compare("=", limit.left, limit.right.low)
        body = Big(operator, (low, *conditions), limit.right.high, body)
        conditions = ()
    return body


def _is_range(item: Node) -> bool:
    return isinstance(item, Compare) and item.operator == "=" and isinstance(item.right, Range)
