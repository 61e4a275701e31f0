"""Comparisons, membership, divisibility, and what joins them."""

from __future__ import annotations

from dataclasses import replace

from symconv.formula.grammar import build
from symconv.formula.grammar.lists import NAMES, container, elements, gathered, modulo
from symconv.formula.grammar.operators import Operators
from symconv.formula.notation import (
    Conditional,
    Evaluated,
    ForAll,
    Group,
    Indicator,
    Mark,
    Member,
    Name,
    Range,
)
from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Branch,
    Cases,
    Compare,
    Divides,
    Node,
    Not,
)

_VALUES = frozenset({"number", "letter", "word", "open", "frac", "minus", "big", "rounding"})
_BEHIND_NAMES = frozenset(
    {"comma", "end of text", "row", "close", "in", "quad", "colon", "key", "prose", "semicolon"}
)


class Conditions(Operators):
    """Reads conditions; an expression alone is what it is."""

    def condition(self) -> Node:
        """Read an expression, a comparison, or several joined by and/or."""
        first = self.at
        parts = [self._conjunction()]
        while self._joins("or"):
            self.next()
            parts.append(self._conjunction())
        node = parts[0] if len(parts) == 1 else build.any_of(tuple(parts), span=self.span(first))
        if self.is_next("question"):
            return self._ternary(node, first)
        if self.is_next("key", "if") and self._else_follows():
            return self._if_else(node, first)
        return node

    def _conjunction(self) -> Node:
        first = self.at
        parts = [self.comparison()]
        while self._joins("and"):
            self.next()
            parts.append(self.comparison())
        return (
            parts[0]
            if len(parts) == 1
            else replace(self.all_of(tuple(parts)), span=self.span(first))
        )

    def _joins(self, word: str) -> bool:
        token = self.peek()
        if token.kind not in {"logic", "key"} or token.text != word or not self._begins(1):
            return False
        return self.equals or word == "or" or not self._equation_follows()

    def _equation_follows(self) -> bool:
        """Return whether an equation of its own stands behind "and"."""
        place = self.place_of("relation")
        if place >= min(self.stop, self.place_of("row", "comma", "semicolon", "colon")):
            return False
        return self.tokens[place].text in {"=", ":=", "+="}

    def _begins(self, ahead: int) -> bool:
        return self.peek(ahead).kind not in {"end of text", "row", "comma", "close", "prose"}

    def _ternary(self, node: Node, first: int) -> Node:
        self.next()
        with self.nested():
            value = self.condition()
            if not self.take("colon"):
                raise self.failure("the colon of a choice")
            return Conditional(value, node, self.condition(), span=self.span(first))

    def _if_else(self, node: Node, first: int) -> Node:
        self.next()
        with self.nested(), self.inside():
            condition = self.condition()
            self.skip({"key", "comma"})
            place = self.at
            otherwise = self.expression()
            if self.is_next("key", "if") and self._else_follows():
                otherwise = self._if_else(otherwise, place)
        return Conditional(node, condition, otherwise, span=self.span(first))

    def _else_follows(self) -> bool:
        """Return whether the choice goes on with an "else" and a value."""
        place = self.place_of("key otherwise")
        if place > min(self.place_of("row"), self.stop - 2):
            return False
        depth = 0
        comma = self.tokens[place - 1].kind == "comma"  # a if c, else b
        for token in self.tokens[self.at : place - comma]:
            depth += {"open": 1, "brace": 1, "close": -1, "unbrace": -1}.get(token.kind, 0)
            if depth < 0 or (token.kind == "comma" and depth == 0):
                return False
        return depth == 0 and self.tokens[place + 1].kind in _VALUES

    def comparison(self) -> Node:
        """Read expressions with comparisons between them, or a membership."""
        first = self.at
        if self.is_next("forall"):
            return self._for_all()
        if self.take("logic", "not"):
            with self.nested():
                return build.negation(self.comparison(), span=self.span(first))
        left = self.expression()
        left = self._evaluated(left, first)
        parts: list[Node] = []
        while self._compares():
            left = self._compared(left, parts, first)
        if not parts:
            return left
        parts = self.congruent(parts)
        return parts[0] if len(parts) == 1 else build.all_of(tuple(parts), span=self.span(first))

    def congruent(self, parts: list[Node]) -> list[Node]:
        r"""Read \pmod t or (mod t) behind equations, which then hold between remainders."""
        bracket = self.is_next("open", "(") and self.peek(1).kind == "mod"
        if not bracket and not self.is_next("mod", "pmod"):
            return parts
        self.at += 2 if bracket else 1
        modulus = self.expression() if bracket else self.factor()
        if bracket:
            self.take("close")
        return [modulo(part, modulus) for part in parts]

    def _compares(self) -> bool:
        token = self.peek()
        if token.kind == "relation":
            return self.equals and token.text in {"=", ":=", "equiv", "arrow"}
        if token.kind == "mid" and not self.divides:
            return False
        return token.kind in {"compare", "in", "mid"}

    def _compared(self, left: Node, parts: list[Node], first: int) -> Node:
        token = self.next()
        span = self.span(first)
        right = self.term() if token.kind == "in" else self.expression()
        if token.kind == "relation" and (values := self.dotted_range(right)):
            parts.append(Member(elements(left), values, span=self.span(first)))
            return right
        span = self.span(first)
        if token.kind == "in":
            member = Member(elements(left), container(right), span=span)
            parts.append(build.negation(member, span=span) if token.text == "notin" else member)
        elif token.kind == "mid":
            divides = build.divides(left, right, span=span)
            parts.append(build.negation(divides, span=span) if token.text == "!|" else divides)
        else:
            operator = "=" if token.kind == "relation" else token.text
            parts.append(build.compare(operator, left, right, span=span))
        return right

    def dotted_range(self, low: Node) -> Range | None:
        r"""Read the rest of 1, \ldots, n or of 0, 1, ..., n - 1 as an interval."""
        ahead = 0
        if self.peek(0).kind == "comma" and self.peek(1).kind == "number":
            ahead = 2
        if self.peek(ahead).kind == "comma":
            ahead += 1
        if self.peek(ahead).kind != "dots" or self.peek(ahead + 1).kind != "comma":
            return None
        if self.peek(ahead + 2).kind in {"dots", "end of text", "row", "close"}:
            return None
        self.at += ahead + 2
        return Range(low, self.expression())

    def _evaluated(self, node: Node, first: int) -> Node:
        r"""Read the bar with a condition below it: |_{x=0}."""
        if self.is_next("close", "|") or (self.is_next("bar") and self.peek(1).kind == "script"):
            self.next()
            below: tuple[Node, ...] = ()
            while self.take("script"):
                below += self.group_items()
            return Evaluated(node, below, span=self.span(first))
        return node

    def _for_all(self) -> Node:
        first = self.at
        self.next()
        names = [self.comparison()]
        while self.is_next("comma") and self.peek(1).kind == "letter":
            if self.peek(2).kind not in _BEHIND_NAMES:
                break
            self.next()
            names.append(self.comparison())
        gathered = self.gathered(tuple(names))
        if len(gathered) == 1 and not isinstance(gathered[0], NAMES):
            return gathered[0]
        return ForAll(gathered, span=self.span(first))

    def gathered(self, conditions: tuple[Node, ...]) -> tuple[Node, ...]:
        """Join lists of names with the condition they belong to."""
        return gathered(conditions)

    def all_of(self, items: tuple[Node, ...]) -> Node:
        """Return several conditions as one."""
        if len(items) == 1:
            return items[0]
        flat: list[Node] = []
        for item in items:
            flat.extend(item.conditions if isinstance(item, AllOf) else (item,))
        return build.all_of(tuple(flat)) if items else Name("true", word=True)

    def _closed(self, opening: object, items: tuple[Node, ...], closing: object) -> Node:
        node = super()._closed(opening, items, closing)  # type: ignore[arg-type]
        if isinstance(node, Group) and node.bracket == "[" and len(node.items) == 1:
            condition = node.items[0]
            if isinstance(condition, Compare | AllOf | AnyOf | Divides | Not):
                return Indicator(condition)
        return node

    def _set(self) -> Node:
        """Read a set, or a case distinction in one line: {a if c, 0 otherwise}."""
        if not self._has_choice():
            return super()._set()
        branches: list[Branch] = []
        ends = frozenset({"close", "comma", "semicolon", "end of text", "unbrace"})
        while self.peek().kind not in {"close", "end of text", "unbrace"}:
            value = self.expression()
            conditions = self.beside(ends)
            branches.append(build.branch(value, self.all_of(conditions) if conditions else None))
            self.skip({"comma", "semicolon"})
        self.take("close")
        return Cases(tuple(branches))

    def _has_choice(self) -> bool:
        depth = 0
        ahead = 0
        while depth >= 0 and (token := self.peek(ahead)).kind != "end of text":
            depth += {"open": 1, "brace": 1, "close": -1, "unbrace": -1}.get(token.kind, 0)
            if depth == 0 and token.kind == "key" and token.text in {"if", "otherwise"}:
                return True
            ahead += 1
        return False

    def _brackets(self, token: object) -> Mark:
        mark = super()._brackets(token)  # type: ignore[arg-type]
        if mark.kind == "paren":
            return replace(mark, items=tuple(self.keyword(item) for item in mark.items))
        return mark
