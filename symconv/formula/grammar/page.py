"""The statements of a display as they come: which part begins one, and what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from symconv.formula.grammar.lists import NAMES, gathered
from symconv.formula.grammar.sides import as_condition, is_beside, is_condition
from symconv.formula.notation import Dots, Member, Name, Run, Statement, Unread, Words
from symconv.formula.source import Source, between
from symconv.formula.tree import Node, Span

_EQUATIONS = frozenset({"=", ":=", "+="})


@dataclass
class Page:
    """What has been read so far.

    Attributes:
        source: the text.
        items: the statements, and what could not be read.
        pending: conditions that stand before their statement: if s = 1 then ...
        label: a heading for the next statement.
        conditional: whether the next parts are conditions, as behind "for".
        fresh_row: whether this row holds no statement yet.
        row_start: how many items stood above this row.
        premise: whether a "then" comes later in this row.
        labelled: whether the heading stands in this row.
    """

    source: Source
    items: list[Statement | Unread] = field(default_factory=list)
    pending: list[Node] = field(default_factory=list)
    label: str = ""
    conditional: bool = False
    fresh_row: bool = True
    row_start: int = 0
    premise: bool = False
    labelled: bool = False

    @property
    def last(self) -> Statement | None:
        """The statement that comes last, if it could be read."""
        item = self.items[-1] if self.items else None
        return item if isinstance(item, Statement) else None

    def new_row(self) -> None:
        """Begin the next row."""
        self.fresh_row, self.conditional, self.labelled = True, False, False
        self.row_start = len(self.items)

    def tag(self, text: str) -> None:
        """Put a number to the last statement of this row."""
        if self.last and not self.fresh_row:
            self.items[-1] = replace(self.last, tag=text)

    def remark(self, words: Words) -> None:
        """Take words as a heading, or beside the last statement."""
        if self.fresh_row and self.pending:
            self.pending[-1:] = self._with_words((self.pending[-1],), words)
        elif self.fresh_row or not self.last:
            self.label = f"{self.label} {words.text}".strip()
            self.labelled = True
        else:
            self.beside(words)

    def beside(self, node: Node) -> None:
        """Put a condition beside the last statement."""
        if not self.last:
            self.pending.append(node)
            return
        old = self.last.conditions
        kept = max(len(old) - 1, 0)
        while kept > 0 and isinstance(old[kept], Name | Run):
            kept -= 1
        joined = gathered(self._with_words(old[kept:], node))
        self.items[-1] = replace(self.last, conditions=(*old[:kept], *joined))

    def _with_words(self, conditions: tuple[Node, ...], node: Node) -> tuple[Node, ...]:
        """Put words and the name before them together: W is the width."""
        if not conditions or not isinstance(node, Words):
            return (*conditions, node)
        before = conditions[-1]
        if is_condition(before) or not before.span.line:
            return (*conditions, node)
        span = between(before.span, node.span)
        text = " ".join(self.source.text[span.start : span.end].replace("$", "").split())
        return (*conditions[:-1], Words(text, span=span))

    def place(self, sides: tuple[Node, ...], relations: tuple[str, ...], span: Span) -> None:
        """Take a part as a statement, as its continuation, or as a condition beside it."""
        if len(relations) == len(sides):
            if self.fresh_row and self.labelled and not self.label.endswith((":", "：")):
                sides, self.label = (Name(self.label, word=True), *sides), ""
            elif self.last:
                self._continue(self.last, sides, relations, span)
                return
            else:
                sides = (Dots(), *sides)
        if self.conditional and self.fresh_row and self.pending and relations and not self.premise:
            self.conditional = False
        below = self.fresh_row and not (self.last and _EQUATIONS & {*self.last.relations})
        if self.conditional or (is_beside(sides, relations) and not below):
            node = as_condition(sides, relations)
            if self.fresh_row and self.conditional:
                self.pending.append(node)
            else:
                self.beside(node)
            return
        conditions = tuple(self.pending)
        self.items.append(Statement(sides, relations, conditions, self.label.strip(), span=span))
        self.pending, self.label, self.fresh_row = [], "", False

    def _continue(
        self, last: Statement, sides: tuple[Node, ...], relations: tuple[str, ...], span: Span
    ) -> None:
        self.items[-1] = replace(
            last,
            sides=(*last.sides, *sides),
            relations=(*last.relations, *relations),
            span=between(last.span, span),
        )

    def lead(self, conditions: list[Node]) -> None:
        """Make conditions of the equations of this row that lead to another one."""
        while len(self.items) > self.row_start:
            last = self.items.pop()
            if isinstance(last, Statement):
                conditions.insert(0, as_condition(last.sides, last.relations))
                self.label = last.label or self.label
        self.pending.extend(conditions)
        self.fresh_row = True

    def give_up(self, unread: Unread) -> None:
        """Note what could not be read."""
        self.items.append(unread)
        self.label = ""

    def finished(self) -> tuple[Statement | Unread, ...]:
        """Return the statements, without mere dots and sentences."""
        self.items += [Statement((node,), (), span=node.span) for node in self.pending]
        if self.label and not self.items:
            self.items.append(Statement((Words(self.label),), ()))
        items = [item for item in self.items if not _is_dots(item)] or self.items
        return tuple(_with_lists(_without_sentences(items)))


def _is_dots(item: Statement | Unread) -> bool:
    return isinstance(item, Statement) and item.sides == (Dots(),) and not item.relations


def _without_sentences(items: list[Statement | Unread]) -> list[Statement | Unread]:
    """Make words of statements that are sentences: W and H must be integers."""
    result: list[Statement | Unread] = []
    for item in items:
        last = result[-1] if result else None
        if isinstance(item, Statement) and isinstance(last, Statement) and _is_sentence(item):
            words = tuple(node for node in item.conditions if isinstance(node, Words))
            result[-1] = replace(last, conditions=(*last.conditions, *words))
        else:
            result.append(item)
    return result


def _with_lists(items: list[Statement | Unread]) -> list[Statement | Unread]:
    """Join i, j and k in S, which were cut at their commas."""
    result: list[Statement | Unread] = []
    for item in items:
        result.append(item)
        member = item.conditions[0] if isinstance(item, Statement) and item.conditions else None
        if isinstance(member, Member) and all(isinstance(e, NAMES) for e in member.elements):
            names: list[Node] = []
            while result and (name := _bare_name(result[-1], last=not names)):
                names.insert(0, name)
                result.pop()
            if names and isinstance(item, Statement):
                whole = replace(member, elements=(*names, *member.elements))
                result.append(replace(item, sides=(whole,), conditions=item.conditions[1:]))
    return result


def _bare_name(item: Statement | Unread, *, last: bool) -> Node | None:
    """Return the name that is all of a statement, conditions beside the last one aside."""
    if not isinstance(item, Statement) or item.relations or (item.conditions and not last):
        return None
    return item.sides[0] if isinstance(item.sides[0], NAMES) else None


def _is_sentence(statement: Statement) -> bool:
    if statement.relations or not any(isinstance(node, Words) for node in statement.conditions):
        return False
    return not is_condition(statement.sides[0])
