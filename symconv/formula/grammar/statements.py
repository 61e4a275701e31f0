"""What a display says: sides and relations, conditions beside them, headings."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field, replace

from symconv.formula.grammar import build
from symconv.formula.grammar.conditions import Conditions
from symconv.formula.grammar.cursor import Stopped
from symconv.formula.grammar.derivatives import in_brackets
from symconv.formula.lexer.tokens import Token
from symconv.formula.lexer.wording import plain_words
from symconv.formula.notation import (
    Dots,
    ForAll,
    Marked,
    Member,
    Name,
    Range,
    Run,
    Statement,
    Unread,
    Words,
)
from symconv.formula.source import between
from symconv.formula.tree import AllOf, AnyOf, Compare, Divides, Node, Not

_SEPARATORS = frozenset(
    {"row", "comma", "semicolon", "quad", "cell", "key", "prose", "label", "stop"}
)
_CLAIMABLE = (Compare, AllOf, AnyOf, Divides, Not, Member, ForAll)


@dataclass
class _Page:
    """The statements so far."""

    statements: list[Statement | Unread] = field(default_factory=list)
    pending: list[Node] = field(default_factory=list)
    label: str = ""
    conditional: bool = False
    fresh_row: bool = True
    row_start: int = 0


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
        elif self._numbered(page) or self._bracketed_remark(page):
            pass
        elif token.kind in _SEPARATORS:
            self._separator(page, self.next())
        elif token.kind in {"close", "unbrace", "colon", "bar", "question", "factorial"}:
            self.next()
            page.conditional &= not (token.kind == "colon" and page.fresh_row)
        else:
            self._part(page)

    def _numbered(self, page: _Page) -> bool:
        """Read the number of an equation in brackets behind it: (7)."""
        if page.fresh_row or not self.is_next("open", "(") or self.peek(1).kind != "number":
            return False
        ends = self.peek(3).kind in {"end of text", "row", "cell", "quad"}
        if not ends or self.peek(2).kind != "close":
            return False
        _tag(page, self.peek(1).text)
        self.at += 3
        return True

    def _bracketed_remark(self, page: _Page) -> bool:
        """Read words in brackets behind a formula: (for 3 x 3 kernels)."""
        if page.fresh_row or not self.is_next("open", "("):
            return False
        if self.peek(1).kind not in {"key", "prose", "label"}:
            return False
        first = self.at
        self._skip_bracket()
        span = self.source.span(self.tokens[first].end, self.tokens[self.at - 1].start)
        inner = self.source.text[span.start : span.end]
        self._beside(page, Words(" ".join(plain_words(inner).split()), span=span))
        return True

    def _skip_bracket(self) -> None:
        depth = 0
        while self.peek().kind != "end of text":
            depth += {"open": 1, "close": -1}.get(self.next().kind, 0)
            if depth == 0:
                break

    def _beside(self, page: _Page, node: Node) -> None:
        """Put a condition beside the last statement."""
        last = page.statements[-1] if page.statements else None
        if isinstance(last, Statement):
            old = last.conditions
            kept = len(old) - 1
            while kept > 0 and isinstance(old[kept], Name | Run):
                kept -= 1
            joined = self.gathered(self._with_words(old[max(kept, 0) :], node))
            conditions = (*old[: max(kept, 0)], *joined)
            page.statements[-1] = replace(last, conditions=conditions)
        else:
            page.pending.append(node)

    def _with_words(self, conditions: tuple[Node, ...], node: Node) -> tuple[Node, ...]:
        """Put words and the name before them together: W is the width."""
        if not conditions or not isinstance(node, Words):
            return (*conditions, node)
        before = conditions[-1]
        if isinstance(before, _CLAIMABLE) or not before.span.line:
            return (*conditions, node)
        span = between(before.span, node.span)
        text = " ".join(self.source.text[span.start : span.end].replace("$", "").split())
        return (*conditions[:-1], Words(text, span=span))

    def _separator(self, page: _Page, token: Token) -> None:
        if token.kind == "row":
            page.fresh_row, page.conditional = True, False
            page.row_start = len(page.statements)
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
            self._beside(page, words)

    def _part(self, page: _Page) -> None:
        first = self.at
        sides: list[Node] = []
        relations: list[str] = []
        self.equals = False
        if self._boxed():
            self.next()
        if not self.is_next("relation"):
            sides.append(self.condition())
        if self.is_next("colon") and not relations:
            if page.conditional or _is_condition(sides[0]):
                page.pending.extend(sides)
                return
            if not self._assigns(sides):
                self._heading(page, first)
                return
            self.replace(dataclasses.replace(self.peek(), kind="relation", text=":="))
        while self.is_next("relation"):
            relations.append(self.next().text)
            self.skip({"cell", "row", "quad"})
            sides.append(self._side())
            if values := self.dotted_range(sides[-1]):
                sides[-1] = values
        if self.is_next("mod", "pmod") or (self.is_next("open") and self.peek(1).kind == "mod"):
            sides = self.congruent([self._as_condition(tuple(sides), tuple(relations))])
            relations = []
        self._check_end()
        sides, relations = self._implied(page, sides, relations)
        self._place(page, tuple(sides), tuple(relations), first)

    def _implied(
        self, page: _Page, sides: list[Node], relations: list[str]
    ) -> tuple[list[Node], list[str]]:
        """Join what stands on either side of an implication, and take off what leads to it."""
        places = [n for n, sign in enumerate(relations) if sign in {"implies", "iff", "arrow"}]
        if not places or len(places) == len(relations) or len(relations) == len(sides):
            return sides, relations
        cuts = [0, *(place + 1 for place in places), len(sides)]
        groups = [
            self._as_condition(tuple(sides[a:b]), tuple(relations[a : b - 1]))
            for a, b in zip(cuts, cuts[1:], strict=False)
        ]
        if "arrow" not in (relations[place] for place in places):
            return groups, [relations[place] for place in places]
        if not isinstance(groups[0], Compare | AllOf) or not isinstance(
            groups[-1], Compare | AllOf
        ):
            return sides, relations
        self._lead(page, groups[:-1])
        return sides[cuts[-2] :], relations[cuts[-2] :]

    def _lead(self, page: _Page, groups: list[Node]) -> None:
        """Make conditions of the equations of this row that lead to another one."""
        while len(page.statements) > page.row_start:
            last = page.statements.pop()
            if isinstance(last, Statement):
                groups.insert(0, self._as_condition(last.sides, last.relations))
                page.label = last.label or page.label
        page.pending.extend(groups)
        page.fresh_row = True

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

    def _side(self) -> Node:
        if not self._chooses():
            return self.condition()
        with self.inside():
            return self.condition()

    def _chooses(self) -> bool:
        """Return whether a choice c ? a : b comes, whose condition may be an equation."""
        return self.place_of("question") < self.place_of("row", "semicolon")

    def _assigns(self, sides: list[Node]) -> bool:
        """Return whether a colon stands for a sign of equality: output_w : (W - F) / S + 1."""
        name = sides[0]
        plain = isinstance(name, Marked | Run) or (
            isinstance(name, Name) and not name.text.isupper()
        )
        if not plain or (isinstance(name, Name) and name.word and "_" not in name.text):
            return False
        end = self.place_of("row", "semicolon")
        signs = self.place_of("relation", "compare", "in", "key", "prose")
        return self.at + 1 < end <= signs

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
            if (isinstance(last, Statement) and last.relations) or isinstance(last, Statement):
                page.statements[-1] = _continued(last, sides, relations, span)
                return
            sides = (Dots(), *sides)
        if page.conditional and page.fresh_row and page.pending and relations:
            page.conditional = False
        if page.conditional or (_is_beside(sides, relations) and not page.fresh_row):
            node = self._as_condition(sides, relations)
            if page.fresh_row:
                page.pending.append(node)
            else:
                self._beside(page, node)
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
            return in_brackets(sides[0])
        pairs: list[Node] = []
        for relation, left, right in zip(relations, sides, sides[1:], strict=False):
            if isinstance(right, Range):
                pairs.append(Member((left,), right, span=right.span))
                continue
            operator = "=" if relation in {":=", "=", "equiv"} else relation
            inner = _first_operand(right)
            pairs.append(build.compare(operator, left, inner, span=right.span))
            if inner is not right:
                pairs.append(right)
        return pairs[0] if len(pairs) == 1 else build.all_of(tuple(pairs))

    def _give_up(self, page: _Page, stopped: Stopped, place: int) -> None:
        """Note what could not be read and go on at the next row."""
        self.depth = 0
        self.at = max(self.at, place + 1)
        while self.peek().kind not in {"row", "end of text"}:
            self.at += 1
        at = stopped.at
        end = self.tokens[self.at - 1].end
        start = min(at.start, end) if at.end else end
        page.statements.append(Unread(stopped.reason, self.source.span(start, end)))
        page.label = ""


def _first_operand(node: Node) -> Node:
    """Return b of b in S or b <= c, which goes on from a = b."""
    if isinstance(node, Member) and len(node.elements) == 1:
        return node.elements[0]
    return node.left if isinstance(node, Compare) else node


def _is_beside(sides: tuple[Node, ...], relations: tuple[str, ...]) -> bool:
    """Return whether a part says for which values something holds: 0 <= i < n, i = 1, ..., n."""
    if relations:
        return relations == ("=",) and isinstance(sides[-1], Range)
    return _is_condition(in_brackets(sides[0]))


def _is_condition(node: Node) -> bool:
    """Return whether the node may be claimed or stand beside a claim."""
    if isinstance(node, AllOf | AnyOf):
        return all(_is_condition(part) for part in node.conditions)
    return isinstance(node, _CLAIMABLE)


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
    page.statements[:] = _without_sentences(page.statements)


def _without_sentences(items: list[Statement | Unread]) -> list[Statement | Unread]:
    """Make words of statements that are sentences: W and H must be integers."""
    result: list[Statement | Unread] = []
    for item in items:
        last = result[-1] if result else None
        sentence = isinstance(item, Statement) and _is_sentence(item)
        if sentence and isinstance(item, Statement) and isinstance(last, Statement):
            words = tuple(node for node in item.conditions if isinstance(node, Words))
            result[-1] = replace(last, conditions=(*last.conditions, *words))
        else:
            result.append(item)
    return result


def _is_sentence(statement: Statement) -> bool:
    if statement.relations or not any(isinstance(node, Words) for node in statement.conditions):
        return False
    side = statement.sides[0]
    return not _is_condition(side)
