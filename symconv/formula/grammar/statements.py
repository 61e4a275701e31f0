"""What a display says: sides and relations, conditions beside them, headings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from symconv.formula.grammar.conditions import Conditions
from symconv.formula.grammar.cursor import Stopped
from symconv.formula.lexer.tokens import Token
from symconv.formula.notation import Dots, ForAll, Member, Statement, Unread, Words
from symconv.formula.source import between
from symconv.formula.tree import AllOf, AnyOf, Compare, Divides, Node, Not

_SEPARATORS = frozenset({"row", "comma", "semicolon", "quad", "cell", "key", "prose", "label", "stop"})
_CLAIMABLE = (Compare, AllOf, AnyOf, Divides, Not, Member, ForAll)


@dataclass
class _Part:
    """What stands between two separators."""

    before: Token | None
    sides: tuple[Node, ...]
    relations: tuple[str, ...]
    span_from: int


@dataclass
class _Page:
    """The statements so far."""

    statements: list[Statement | Unread] = field(default_factory=list)
    pending: list[Node] = field(default_factory=list)
    label: str = ""
    conditional: bool = False
    fresh_row: bool = True


class Statements(Conditions):
    """Reads the whole display."""

    def display(self) -> tuple[Statement | Unread, ...]:
        """Read all statements."""
        page = _Page()
        while self.peek().kind != "end of text":
            place = self.at
            try:
                self._step(page)
            except Stopped as stopped:
                self._give_up(page, stopped, place)
        _close(page)
        return tuple(page.statements)

    def _step(self, page: _Page) -> None:
        token = self.peek()
        if token.kind == "tag":
            self.next()
            _tag(page, token.text)
        elif token.kind in _SEPARATORS:
            self._separator(page, self.next())
        elif token.kind in {"close", "unbrace", "colon", "bar", "question", "factorial"}:
            self.next()
        else:
            self._part(page)

    def _separator(self, page: _Page, token: Token) -> None:
        if token.kind == "row":
            page.fresh_row, page.conditional = True, False
        elif token.kind in {"semicolon", "quad", "stop"}:
            page.conditional = False
        elif token.kind == "label":
            page.label = token.text
        elif token.kind == "prose":
            self._remark(page, token)
        elif token.kind == "key":
            page.conditional = token.text in {"if", "for", "where"} or (
                page.conditional and token.text in {"and", "or"}
            )

    def _remark(self, page: _Page, token: Token) -> None:
        words = Words(token.text, span=self.span(self.at - 1))
        last = page.statements[-1] if page.statements else None
        if page.fresh_row or not isinstance(last, Statement):
            page.label = f"{page.label} {token.text}".strip()
        else:
            page.statements[-1] = replace(last, conditions=(*last.conditions, words))

    def _part(self, page: _Page) -> None:
        first = self.at
        sides: list[Node] = []
        relations: list[str] = []
        self.equals = False
        if not self.is_next("relation"):
            sides.append(self.condition())
        if self.is_next("colon") and not relations:
            self._heading(page, first)
            return
        while self.is_next("relation"):
            relations.append(self.next().text)
            self.skip({"cell", "row", "quad"})
            sides.append(self._side())
        self._check_end()
        self._place(page, tuple(sides), tuple(relations), first)

    def _side(self) -> Node:
        return self.condition()

    def _heading(self, page: _Page, first: int) -> None:
        """Take a part before a colon as a heading."""
        span = self.span(first)
        page.label = self.source.text[span.start : span.end] + ":"
        self.next()

    def _check_end(self) -> None:
        kind = self.peek().kind
        if kind in _SEPARATORS or kind in {"end of text", "tag", "close", "unbrace", "colon"}:
            return
        raise self.failure("a sign, a relation or the end")

    def _place(
        self, page: _Page, sides: tuple[Node, ...], relations: tuple[str, ...], first: int
    ) -> None:
        span = self.span(first)
        last = page.statements[-1] if page.statements else None
        if len(relations) == len(sides):
            if isinstance(last, Statement) and last.relations or isinstance(last, Statement):
                page.statements[-1] = _continued(last, sides, relations, span)
                return
            sides = (Dots(), *sides)
        if page.conditional or (_is_beside(sides, relations) and not page.fresh_row):
            node = self._as_condition(sides, relations)
            if isinstance(last, Statement) and not page.fresh_row:
                conditions = self.gathered((*last.conditions, node))
                page.statements[-1] = replace(last, conditions=conditions)
            else:
                page.pending.append(node)
            return
        self._begin(page, sides, relations, first)

    def _begin(
        self, page: _Page, sides: tuple[Node, ...], relations: tuple[str, ...], first: int
    ) -> None:
        statement = Statement(
            sides, relations, tuple(page.pending), page.label.strip(), span=self.span(first)
        )
        page.pending, page.label, page.fresh_row = [], "", False
        page.statements.append(statement)

    def _as_condition(self, sides: tuple[Node, ...], relations: tuple[str, ...]) -> Node:
        if not relations:
            return sides[0]
        pairs = [
            Compare("=" if relation in {":=", "="} else relation, left, right)
            for relation, left, right in zip(relations, sides, sides[1:], strict=False)
        ]
        return pairs[0] if len(pairs) == 1 else AllOf(tuple(pairs))

    def _give_up(self, page: _Page, stopped: Stopped, place: int) -> None:
        """Note what could not be read and go on at the next row."""
        self.depth = 0
        self.at = max(self.at, place + 1)
        while self.peek().kind not in {"row", "end of text"}:
            self.at += 1
        at = stopped.at
        end = self.tokens[self.at - 1].end
        start = at.start if at.end else end
        page.statements.append(Unread(stopped.reason, self.source.span(start, end)))
        page.label = ""


def _is_beside(sides: tuple[Node, ...], relations: tuple[str, ...]) -> bool:
    return not relations and isinstance(sides[0], _CLAIMABLE)


def _continued(
    last: Statement, sides: tuple[Node, ...], relations: tuple[str, ...], span: object
) -> Statement:
    return replace(
        last,
        sides=(*last.sides, *sides),
        relations=(*last.relations, *relations),
        span=between(last.span, span),  # type: ignore[arg-type]
    )


def _tag(page: _Page, text: str) -> None:
    if page.statements and isinstance(page.statements[-1], Statement) and not page.fresh_row:
        page.statements[-1] = replace(page.statements[-1], tag=text)
    else:
        page.label = page.label


def _close(page: _Page) -> None:
    """Make statements of conditions that had none to stand beside."""
    for node in page.pending:
        page.statements.append(Statement((node,), (), span=node.span))
    statements = [
        item
        for item in page.statements
        if not (isinstance(item, Statement) and item.sides == (Dots(),) and not item.relations)
    ]
    if statements:
        page.statements[:] = statements
