"""What a display says: sides and relations, conditions beside them, headings."""

from __future__ import annotations

from dataclasses import replace

from symconv.formula.grammar.conditions import Conditions
from symconv.formula.grammar.cursor import Stop
from symconv.formula.grammar.page import Page
from symconv.formula.grammar.sides import as_condition, between_arrows, implied, is_condition
from symconv.formula.lexer.tokens import Token
from symconv.formula.lexer.wording import plain_words
from symconv.formula.notation import Marked, Name, Run, Statement, Unread, Words
from symconv.formula.tree import AllOf, Compare, Node

_SEPARATORS = frozenset(
    {"row", "comma", "semicolon", "quad", "cell", "key", "prose", "label", "stop"}
)
_STRAY = frozenset({"close", "unbrace", "colon", "bar", "question", "factorial"})
_ENDS = _SEPARATORS | {"end of text", "tag", "close", "unbrace", "colon"}


class Statements(Conditions):
    """Reads the whole display."""

    def display(self) -> tuple[Statement | Unread, ...]:
        """Read all statements."""
        page = Page(self.source)
        while self.peek().kind != "end of text":
            place = self.at
            try:
                self._step(page)
            except Stop as stop:
                self._give_up(page, stop, place)
        return page.finished()

    def _step(self, page: Page) -> None:
        token = self.peek()
        if token.kind == "tag":
            self.next()
            page.tag(token.text)
        elif self._numbered(page) or self._bracketed_remark(page):
            pass
        elif token.kind in _SEPARATORS:
            self._separator(page, self.next())
        elif token.kind in _STRAY and not self._opens_bars():
            self.next()
            page.conditional &= not (token.kind == "colon" and page.fresh_row)
        else:
            self._part(page)

    def _separator(self, page: Page, token: Token) -> None:
        if token.kind == "row":
            page.new_row()
        elif token.kind in {"semicolon", "quad", "stop"}:
            page.conditional = False
        elif token.kind == "label":
            page.label = token.text
        elif token.kind == "prose":
            page.remark(Words(token.text, span=self.span(self.at - 1)))
        elif token.kind == "key":
            joins = page.conditional and token.text in {"and", "or"}
            page.conditional = token.text in {"if", "for", "where"} or joins
            page.premise = self.place_of("key then") < self.place_of("row")

    def _opens_bars(self) -> bool:
        """Return whether the next token is the first of two bars: |x|."""
        if not self.is_next("bar"):
            return False
        self.at += 1
        closed = self.place_of("bar") < self.place_of("row")
        self.at -= 1
        return closed

    def _numbered(self, page: Page) -> bool:
        """Read the number of an equation in brackets behind it: (7)."""
        if page.fresh_row or not self.is_next("open", "(") or self.peek(1).kind != "number":
            return False
        ends = self.peek(3).kind in {"end of text", "row", "cell", "quad"}
        if not ends or self.peek(2).kind != "close":
            return False
        page.tag(self.peek(1).text)
        self.at += 3
        return True

    def _bracketed_remark(self, page: Page) -> bool:
        """Read words in brackets behind a formula: (for 3 x 3 kernels)."""
        opens = self.is_next("open", "(") and self.peek(1).kind in {"key", "prose", "label"}
        if page.fresh_row or not opens:
            return False
        first = self.at
        depth = 0
        while self.peek().kind != "end of text":
            depth += {"open": 1, "close": -1}.get(self.next().kind, 0)
            if depth == 0:
                break
        span = self.source.span(self.tokens[first].end, self.tokens[self.at - 1].start)
        inner = plain_words(self.source.text[span.start : span.end])
        page.beside(Words(" ".join(inner.split()), span=span))
        return True

    def _part(self, page: Page) -> None:
        """Read what stands between two separators."""
        first = self.at
        sides: list[Node] = []
        relations: list[str] = []
        self.equals = False
        if self._boxed():
            self.next()
        if not self.is_next("relation"):
            sides.append(self.condition())
        if self.is_next("colon") and self._heading(page, sides[0], first):
            return
        self._relations(sides, relations)
        if self.is_next("mod", "pmod") or (self.is_next("open") and self.peek(1).kind == "mod"):
            sides = self.congruent([as_condition(tuple(sides), tuple(relations))])
            relations = []
        if self.peek().kind not in _ENDS:
            raise self.failure("a sign, a relation or the end")
        self._place(page, sides, relations, first)

    def _relations(self, sides: list[Node], relations: list[str]) -> None:
        while self.is_next("relation"):
            relations.append(self.next().text)
            self.skip({"cell", "row", "quad"})
            sides.append(self._side())
            if values := self.dotted_range(sides[-1]):
                sides[-1] = values

    def _side(self) -> Node:
        """Read a side; the condition of a choice c ? a : b may be an equation."""
        if self.place_of("question") >= self.place_of("row", "semicolon"):
            return self.condition()
        with self.inside():
            return self.condition()

    def _heading(self, page: Page, side: Node, first: int) -> bool:
        """Take a part before a colon as a heading or condition; a name may get a value by it."""
        if page.conditional or is_condition(side):
            page.pending.append(side)
            return True
        if self._assigns(side):
            self.replace(replace(self.peek(), kind="relation", text=":="))
            return False
        span = self.span(first)
        page.label = self.source.text[span.start : span.end] + ":"
        self.next()
        return True

    def _assigns(self, side: Node) -> bool:
        """Return whether a colon stands for a sign of equality: output_w : (W - F) / S + 1."""
        if isinstance(side, Name):
            if side.text.isupper() or (side.word and "_" not in side.text):
                return False
        elif not isinstance(side, Marked | Run):
            return False
        end = self.place_of("row", "semicolon")
        signs = self.place_of("relation", "compare", "in", "key", "prose")
        return self.at + 1 < end <= signs

    def _boxed(self) -> bool:
        """Return whether braces stand around a whole equation."""
        depth = ahead = 0
        while self.is_next("brace") and (kind := self.peek(ahead).kind) != "end of text":
            depth += {"brace": 1, "open": 1, "unbrace": -1, "close": -1}.get(kind, 0)
            if depth == 0:
                return False
            if depth == 1 and kind == "relation":
                return True
            ahead += 1
        return False

    def _place(self, page: Page, sides: list[Node], relations: list[str], first: int) -> None:
        """Hand the part to the page; equations on both sides of an arrow are conditions."""
        span = self.span(first)
        places = implied(relations) if len(relations) < len(sides) else []
        if places:
            groups = between_arrows(sides, relations, places)
            signs = [relations[place] for place in places]
            if "arrow" not in signs:
                sides, relations = groups, signs
            elif all(isinstance(group, Compare | AllOf) for group in (groups[0], groups[-1])):
                page.lead(groups[:-1])
                sides, relations = sides[places[-1] + 1 :], relations[places[-1] + 1 :]
        page.place(tuple(sides), tuple(relations), span)

    def _give_up(self, page: Page, stop: Stop, place: int) -> None:
        """Note what could not be read and go on at the next row."""
        self.depth = 0
        self.at = max(self.at, place + 1)
        self.at = max(self.at, self.place_of("row"))
        end = self.tokens[self.at - 1].end
        start = min(stop.at.start, end) if stop.at.end else end
        page.give_up(Unread(stop.reason, self.source.span(start, end)))
