"""Repairs and right formulas as LaTeX and as text, the edits of a repair in boxes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from symconv.formula.latex_speller import LatexSpeller, escaped, latex_name
from symconv.formula.text_speller import TextSpeller
from symconv.formula.tree import (
    Cases,
    Compare,
    Condition,
    Divides,
    Entry,
    Equation,
    Expression,
    Letter,
    Node,
    Not,
    Partial,
    Remainder,
    SumOver,
    SumWhere,
    walk,
)
from symconv.verification.reading.authored import Authored
from symconv.verification.repair.edit_search import Repair
from symconv.verification.truth.algebra import all_of, conjuncts

_NAME: Final = re.compile(
    r"(?P<base>[^'_^(\[]+)(?P<primes>'*)(?P<marks>(?:[_^](?:\([^)]*\)|\[[^\]]*\]|[^_^]+))*)"
)
_MARK: Final = re.compile(r"([_^])(\([^)]*\)|\[[^\]]*\]|[^_^]+)")
_NEW_LINE: Final = r" \\ "
_ACCENTS: Final = ("hat", "bar", "tilde", "dot", "vec")


class _Latex(LatexSpeller):
    """Spells names as their author has them, and boxes.

    Attributes:
        boxes: the nodes that stand in a box, by identity.
    """

    def __init__(self, boxes: Mapping[int, Node]) -> None:
        self.boxes = boxes

    def spell(self, node: Node) -> str:
        text = super().spell(node)
        return rf"\boxed{{{text}}}" if id(node) in self.boxes else text

    def name(self, name: str) -> str:
        found = _NAME.fullmatch(name)
        if found is None:
            return rf"\mathrm{{{escaped(name)}}}"
        text = latex_name(found["base"])
        scripts: dict[str, list[str]] = {"_": [], "^": []}
        for sign, label in _MARK.findall(found["marks"]):
            if sign == "_" and label in _ACCENTS:
                text = rf"\{label}{{{text}}}"
            else:
                scripts[sign].append(_label(label))
        text += found["primes"]
        for sign, labels in scripts.items():
            script = ", ".join(labels)
            if labels:
                text += f"{sign}{script}" if len(script) == 1 else f"{sign}{{{script}}}"
        return text

    def entry(self, node: Entry) -> str:
        indices, array = self.list_of(node.indices), self.name(node.array)
        if "_" in array:
            return f"{array}[{indices}]"
        return f"{array}_{{{indices}}}"

    def term(self, node: Expression) -> str:
        """Return a term, a remainder in brackets: a + (b mod c) is no (a + b) mod c."""
        return f"({self.spell(node)})" if isinstance(node, Remainder) else super().term(node)

    def sumover(self, node: SumOver) -> str:
        """Return a sum; letters without limits and their conditions stand under one sign."""
        letters: list[str] = []
        body: Any = node
        while isinstance(body, SumOver) and body.lower is None and id(body) not in self.boxes:
            letters.append(body.letter)
            body = body.body
        if isinstance(body, SumWhere) and id(body) not in self.boxes:
            return self.sumwhere(replace(body, letters=(*letters, *body.letters)))
        return super().sumover(node)

    def sumwhere(self, node: SumWhere) -> str:
        lines = list(map(self.spell, _chained(conjuncts((node.condition,)))))
        if not all(any(_is_bound(name, c) for c in walk(node.condition)) for name in node.letters):
            lines.insert(0, ", ".join(map(self.name, node.letters)))
        below = lines[0] if len(lines) == 1 else rf"\substack{{{_NEW_LINE.join(lines)}}}"
        return rf"\sum_{{{below}}} {self.term(node.body)}"


def _is_bound(name: str, condition: Node) -> bool:
    """Return whether a condition says where a letter lies by itself: r < p."""
    return isinstance(condition, Compare) and Letter(name) in (condition.left, condition.right)


def _chained(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Yield conditions, a <= b and b < c together as a <= b < c."""
    chain: list[Condition] = []
    for condition in conditions:
        last = chain[-1] if chain else None
        linked = isinstance(condition, Compare) and isinstance(last, Compare)
        if chain and not (linked and last.right == condition.left):  # type: ignore[union-attr]
            yield all_of(*chain)
            chain = []
        chain.append(condition)
    if chain:
        yield all_of(*chain)


class _Text(TextSpeller):
    """Spells names as they are, and derivatives as fractions."""

    def name(self, name: str) -> str:
        return name

    def partial(self, node: Partial) -> str:
        return f"∂{self.unit(node.of)}/∂{self.unit(node.by)}"

    def cases(self, node: Cases) -> str:
        """Return a if p else b if q else 0."""
        text = ""
        for branch in node.branches:
            value = self.spell(branch.value)
            guard = f" if {self.spell(branch.condition)} else " if branch.condition else ""
            text += f"{value}{guard}"
        return text if node.branches[-1].condition is None else f"{text}0"

    def divides(self, node: Divides) -> str:
        return f"{self.atom(node.value)} % {self.atom(node.divisor)} == 0"

    def sumover(self, node: SumOver) -> str:
        if isinstance(node.body, Cases):
            first, _, rest = super().sumover(node).partition(f"sum({self.spell(node.body)}")
            return f"{first}sum(({self.spell(node.body)}){rest}"
        return super().sumover(node)


def latex_of(node: Node) -> str:
    """Return a node in LaTeX."""
    return _Latex({}).spell(node)


def text_of(node: Node) -> str:
    """Return a node in the text form."""
    return _Text().spell(node)


def boxed(found: Repair, authored: Authored) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return a repair as LaTeX, what was edited in boxes; and (old, new) for each edit.

    Args:
        found: in our letters.
        authored: how the author writes.
    """
    marked: dict[int, Any] = {}
    changes = []
    for edit in found.edits:
        for old, new in edit.changes:
            shift = authored.shift_of(found.claim, new)
            own = _copy(authored.restored(new, shift=shift))
            marked[id(new)] = own
            before = authored.restored(old, shift=shift)
            changes.append((latex_of(before), latex_of(own)))
    shown = authored.restored(_without_exclusions(found.claim), marked=marked)
    spelled = _Latex({id(node): node for node in marked.values()}).spell(shown)
    return spelled, tuple(changes)


def _copy(node: Any) -> Any:
    """Return an object of its own, which no other place of a tree shares."""
    return replace(node)


def _without_exclusions(claim: Equation) -> Equation:
    """Return a claim without what a branch excludes because an earlier one holds."""
    kept = tuple(condition for condition in claim.conditions if not isinstance(condition, Not))
    return claim if len(kept) == len(claim.conditions) else replace(claim, conditions=kept)


def _label(label: str) -> str:
    plain = len(label) == 1 or not label.isalpha()
    return label if plain else rf"\text{{{label}}}"
