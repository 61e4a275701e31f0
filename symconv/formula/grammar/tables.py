"""Environments within a formula: matrices and case distinctions."""

from __future__ import annotations

from typing import Final

from symconv.formula.grammar import build
from symconv.formula.grammar.cursor import Reader
from symconv.formula.grammar.large import Large
from symconv.formula.notation import Words
from symconv.formula.tree import Branch, Cases, Node

_MATRICES_LIST = "matrix bmatrix pmatrix vmatrix Bmatrix Vmatrix smallmatrix array"
MATRICES: Final = frozenset(_MATRICES_LIST.split())
_ENDS = frozenset({"row", "end", "end of text"})


class Tables(Large):
    """Reads what stands between begin and end."""

    def reader_of(self, kind: str) -> Reader | None:
        """Return what reads an operand that begins with a token of that kind."""
        if kind == "begin":
            return self._table
        if kind == "open" and self.is_next("open", "{") and self.peek(1).kind == "begin":
            return self._braced_cases
        return super().reader_of(kind)

    def _braced_cases(self) -> Node:
        self.next()
        with self.inside():
            node = self._cases(self.at)
        self.take("close")
        return node

    def _table(self) -> Node:
        first = self.at
        with self.inside():
            return self._matrix(first) if self.peek().text in MATRICES else self._cases(first)

    def _matrix(self, first: int) -> Node:
        opening = self.next()
        rows: list[tuple[Node, ...]] = []
        while not self.is_next("end") and self.peek().kind != "end of text":
            row = self._row()
            if any(cell != Words("") for cell in row):
                rows.append(row)
            if not self.take("row") and not self.is_next("end"):
                break
        self._close()
        del opening
        return build.matrix(tuple(rows), span=self.span(first))

    def _row(self) -> tuple[Node, ...]:
        cells: list[Node] = []
        while self.peek().kind not in _ENDS:
            self.skip({"quad"})
            cells.append(Words("") if self.peek().kind in {"cell", *_ENDS} else self._cell())
            if not self.take("cell"):
                break
        return tuple(cells)

    def _cell(self) -> Node:
        node = self.condition()
        self.skip({"comma", "semicolon", "quad"})
        return node

    def _close(self) -> None:
        if not self.take("end") and self.peek().kind != "end of text":
            raise self.failure("the end of the table")

    def _cases(self, first: int) -> Node:
        self.next()
        branches: list[Branch] = []
        while not self.is_next("end") and self.peek().kind != "end of text":
            self.skip({"row"})
            if self.is_next("end"):
                break
            branches.append(self._branch())
            if not self.take("row") and not self.is_next("end"):
                break
        self._close()
        return Cases(tuple(branches), span=self.span(first))

    def _branch(self) -> Branch:
        first = self.at
        self.skip({"cell", "quad"})
        value = self.condition()
        conditions = self.beside(_ENDS)
        condition = self.all_of(conditions) if conditions else None
        return build.branch(value, condition, span=self.span(first))

    def _goes_on_below(self) -> bool:
        """Return whether the next row only goes on with the conditions: & and c."""
        ahead = 1
        while self.is_next("row") and self.peek(ahead).kind in {"cell", "quad"}:
            ahead += 1
        joins = self.peek(ahead).kind in {"logic", "key"} and self.peek(ahead).text == "and"
        return self.is_next("row") and joins

    def beside(self, ends: frozenset[str]) -> tuple[Node, ...]:
        """Read the conditions behind a value; "otherwise" is none."""
        found: list[Node] = []
        otherwise = False
        while self.peek().kind not in ends or self._goes_on_below():
            token = self.peek()
            if token.kind in {
                "row",
                "logic",
                "cell",
                "comma",
                "semicolon",
                "quad",
                "key",
                "label",
                "prose",
                "colon",
            }:
                otherwise |= token.kind == "key" and token.text == "otherwise"
                self.next()
                if token.kind == "prose":
                    found.append(Words(token.text, span=self.span(self.at - 1)))
                continue
            found.append(self.condition())
        return () if otherwise else self.gathered(tuple(found))
