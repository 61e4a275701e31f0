"""Channels and images in a superscript, x^{(c)}_{ij} or w^{k,c}_{rs}: they are indices in front.

A superscript is an index where nobody has said what the name means and it is made of letters
alone. The letter of a layer is told by its neighbours: where l - 1 or l + 1 stands in some
superscript, l is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from symconv.formula.tree import Entry, Letter, Node, walk
from symconv.verification.reading.letters import Letters
from symconv.verification.truth.algebra import rebuild

Upper: TypeAlias = tuple[str, ...]  # the letters above a name

_SCRIPT: Final = re.compile(r"(?P<base>[^^]+)\^\(?(?P<upper>[A-Za-z,]+)\)?")
_SHIFTED: Final = re.compile(r"\^\(([A-Za-z])[+-][0-9]+\)")
_NO_INDEX: Final = frozenset(("T", "top", "dagger", "star", "prime"))


def with_superscripts(claim: Any, letters: Letters) -> Any:
    """Return a claim, its names still the author's, with letters above arrays as their indices.

    Of two above a kernel that of the output channel comes first: it is above y, or not above x.

    Example:
        >>> from symconv.formula import read_formula, spell_text
        >>> (claim,) = read_formula(r"y^{k}_{ij} = x^{(c)}_{ij} w^{ck}_{00}")
        >>> spell_text(with_superscripts(claim, Letters()))
        'y[k, i, j] = x[c, i, j]*w[k, c, 0, 0]'
    """
    named = [part for part in walk(claim) if isinstance(part, Entry | Letter)]
    names = {part.array if isinstance(part, Entry) else part.name for part in named}
    layers = frozenset(letter for name in names for letter in _SHIFTED.findall(name))
    found = {
        name: split
        for name in sorted(names)
        if (split := _split(name, letters, layers)) is not None
    }
    return _replaced(claim, _in_order(found, letters)) if found else claim


def _split(name: str, letters: Letters, layers: frozenset[str]) -> tuple[str, Upper] | None:
    """Return the array and the letters above it; None where they are no indices."""
    match = _SCRIPT.fullmatch(name)
    if match is None or name in letters.given or not _array(match["base"], letters):
        return None
    above = match["upper"].replace(",", "")
    if match["upper"] in _NO_INDEX or layers & set(above):
        return None
    return match["base"], tuple(above)


def _array(base: str, letters: Letters) -> str:
    """Return which array a name without its superscript is, or the derivative by which; or ""."""
    array = letters.derivative(base) or letters.array(base)
    array = "y" if array == "dy" else array
    return array if array in ("x", "w", "y", "b") else ""


def _in_order(
    found: Mapping[str, tuple[str, Upper]], letters: Letters
) -> dict[str, tuple[str, Upper]]:
    """Return the indices of kernels with the output channel in front."""
    above: dict[str, set[str]] = {"x": set(), "y": set()}
    for base, upper in found.values():
        above.setdefault(_array(base, letters), set()).update(upper)
    inputs, outputs = above["x"] - above["y"], above["y"] - above["x"]
    ordered = {}
    for name, (base, upper) in found.items():
        kernel = _array(base, letters) == "w" and len(upper) == 2
        turned = kernel and (upper[0] in inputs or upper[1] in outputs)
        ordered[name] = (base, upper[::-1] if turned else upper)
    return ordered


def _replaced(node: Any, found: Mapping[str, tuple[str, Upper]]) -> Any:
    if not isinstance(node, Node):
        return node
    name = node.array if isinstance(node, Entry) else getattr(node, "name", "")
    if not isinstance(node, Entry | Letter) or name not in found:
        return rebuild(node, lambda part: _replaced(part, found))
    base, upper = found[name]
    indices = node.indices if isinstance(node, Entry) else ()
    below = tuple(_replaced(index, found) for index in indices)
    return Entry(base, (*map(Letter, upper), *below), span=node.span)
