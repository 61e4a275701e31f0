"""What was said of the names of a text, from all places where it is said, as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from symconv.errors import FormulaError
from symconv.formula.notation import Group, Mark, Marked, Statement
from symconv.formula.reader import read
from symconv.formula.tree import Node
from symconv.verification.reading.names import flat
from symconv.verification.reading.roles import ARRAYS, Told

MAX_NAME: Final = 200


@dataclass(frozen=True)
class Saying:
    """What one place says: options, the head of an article, its prose, or a preset.

    Attributes:
        source: "option", "article", "prose" or "preset".
        names: (name as it is written, role), in order.
        index_base: what indices start from; None: not said.
        true_convolution: whether the kernel is turned round; None: not said.
        facts: ("stride", 1) and the like.
    """

    source: str
    names: tuple[tuple[str, str], ...] = ()
    index_base: int | None = None
    true_convolution: bool | None = None
    facts: tuple[tuple[str, int], ...] = ()


def told(sayings: Iterable[Saying]) -> Told:
    """Return what several places say together; what comes later counts more."""
    names: dict[str, str] = {}
    sources: dict[str, str] = {}
    facts: dict[str, int] = {}
    base: int | None = None
    flips: bool | None = None
    for saying in sayings:
        for name, role in saying.names:
            for key in keys_of(name, role):
                names[key], sources[key] = role, saying.source
        facts |= dict(saying.facts)
        base = base if saying.index_base is None else saying.index_base
        flips = flips if saying.true_convolution is None else saying.true_convolution
    fixed: Mapping[str, int] = MappingProxyType(facts)
    return Told(MappingProxyType(names), MappingProxyType(sources), base, flips, fixed)


@lru_cache(maxsize=8_192)
def keys_of(name: str, role: str) -> tuple[str, ...]:
    r"""Return the flat names that a name stands for: \mathbf{X} is X, w_j is w where w is an array.

    Example:
        >>> keys_of(r"\mathbf{X}^{(l)}", "input"), keys_of("dZ_{hw}", "grad_output")
        (('X^(l)', 'X^l'), ('dZ_hw', 'dZ'))
    """
    node = _node(name)
    if node is None:
        return (name.strip(),)
    keys = [flat(node)]
    if isinstance(node, Marked) and (role in ARRAYS or role.startswith("receptive field")):
        kept = tuple(mark for mark in node.marks if not _is_index(mark))
        keys.append(flat(Marked(node.base, kept) if kept else node.base))
    if isinstance(node, Marked):
        keys.append(flat(Marked(node.base, tuple(map(_bare, node.marks)))))
    return tuple(dict.fromkeys(keys))


def _bare(mark: Mark) -> Mark:
    """Return a superscript without brackets: a layer is written x^{(l)} and x^l."""
    if mark.kind != "sup":
        return mark
    items = (part for item in mark.items for part in _within(item))
    return replace(mark, items=tuple(items))


def _within(item: Node) -> tuple[Node, ...]:
    return item.items if isinstance(item, Group) else (item,)


def _node(name: str) -> object | None:
    try:
        statements = read(name.strip()[:MAX_NAME])
    except FormulaError:
        return None
    match statements:
        case (Statement(sides=(side,)),):
            return side
    return None


def _is_index(mark: Mark) -> bool:
    return mark.kind != "sup"
