r"""Indices that stand for several, X_\beta with \beta = (\beta_0, \beta_1, ...), written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from symconv.formula.notation import Big, Mark, Marked, Name, Statement
from symconv.formula.tree import Integer, Node, walk
from symconv.verification.truth.algebra import rebuild

MOST: Final = 6  # components of one index


def written_out(statement: Statement) -> Statement:
    r"""Return a statement in which every index that has components is replaced by them.

    An index has components where \beta_0, \beta_1, ... stand beside a bare \beta that is the whole
    subscript of an array, or below a sum.
    """
    components = _components(statement)
    used = {name for node in walk(statement) for name in _bare(node) if name in components}
    if not used:
        return statement
    known = {name: components[name] for name in sorted(used)}
    changed: Statement = _expanded(statement, known)
    return changed


def _components(statement: Statement) -> dict[str, tuple[Marked, ...]]:
    """Return index -> its components, from the smallest number that stands anywhere."""
    found: dict[str, dict[int, Marked]] = {}
    for node in walk(statement):
        match node:
            case Marked(
                base=Name(text=name), marks=(Mark(kind="sub", items=(Integer(value=value),)),)
            ):
                found.setdefault(name, {}).setdefault(value, node)
    return {
        name: tuple(_numbered(own, number) for number in range(min(own), max(own) + 1))
        for name, own in found.items()
        if len(own) > 1 and max(own) < MOST
    }


def _numbered(own: Mapping[int, Marked], number: int) -> Marked:
    """Return a component; one that stands nowhere is made from another."""
    if number in own:
        return own[number]
    model = next(iter(own.values()))
    mark = replace(model.marks[0], items=(Integer(number),), text=str(number))
    return replace(model, marks=(mark,))


def _bare(node: Any) -> list[str]:
    """Return the index that is a whole subscript, or stands below a sum by itself."""
    match node:
        case Mark(kind="sub", items=(Name(text=text),)) | Big(below=(Name(text=text),)):
            return [text]
    return []


def _expanded(node: Any, known: Mapping[str, tuple[Marked, ...]]) -> Any:
    if not isinstance(node, Node):
        return node
    changed = rebuild(node, lambda part: _expanded(part, known))
    match changed:
        case Mark(kind="sub", items=(Name(text=text),)) if text in known:
            return replace(changed, items=known[text])
        case Big(below=(Name(text=text),)) if text in known:
            return replace(changed, below=known[text])
    return changed
