"""Repairs and right formulas as LaTeX and as text, the edits of a repair in boxes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from symconv.formula.commands import GREEK
from symconv.formula.latex_speller import LatexSpeller
from symconv.formula.text_speller import TextSpeller
from symconv.formula.tree import Entry, Equation, Expression, Node, Not, Remainder
from symconv.verification.reading.authored import Authored
from symconv.verification.repair.edit_search import Repair

_NAME: Final = re.compile(
    r"(?P<base>[^'_^(\[]+)(?P<primes>'*)(?P<marks>(?:[_^](?:\([^)]*\)|\[[^\]]*\]|[^_^]+))*)"
)
_MARK: Final = re.compile(r"([_^])(\([^)]*\)|\[[^\]]*\]|[^_^]+)")
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
            return rf"\mathrm{{{_escaped(name)}}}"
        text = _base(found["base"])
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


class _Text(TextSpeller):
    """Spells names as they are."""

    def name(self, name: str) -> str:
        return name


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


def _base(base: str) -> str:
    if base in GREEK:
        return f"\\{base}"
    return base if len(base) == 1 else rf"\mathrm{{{_escaped(base)}}}"


def _label(label: str) -> str:
    plain = len(label) == 1 or not label.isalpha()
    return label if plain else rf"\text{{{label}}}"


def _escaped(name: str) -> str:
    return name.replace("_", r"\_")
