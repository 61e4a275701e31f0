"""The author's names -> ours: entries however they are written, derivatives, sizes, indices.

Indices get a "_" in front, so that none is taken for a size.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from symconv.formula.tree import (
    Call,
    Entry,
    Expression,
    Floor,
    Integer,
    Letter,
    Node,
    Partial,
    Product,
    Quotient,
    Scatter,
    SumOver,
    SumWhere,
)
from symconv.verification.reading.letters import PER_AXIS, Letters
from symconv.verification.truth.algebra import rebuild, times
from symconv.verification.truth.convolution import (
    GROUPS,
    INPUTS,
    INPUTS_OF_GROUP,
    OUTPUTS,
    OUTPUTS_OF_GROUP,
)


def with_entries(node: Any, letters: Letters) -> Any:
    """Return a claim, its names still the author's, with x(i, j) as an entry and padding[0] as P_h.

    The entries of a derivative, dX[u, v], become the derivative by an entry.
    """
    if not isinstance(node, Node):
        return node
    if isinstance(node, Call) and letters.array(node.function) in ("x", "w", "y", "dy"):
        node = Entry(node.function, node.arguments, span=node.span)
    changed = rebuild(node, lambda part: with_entries(part, letters))
    return _entry(changed, letters) if isinstance(changed, Entry) else changed


def _entry(entry: Entry, letters: Letters) -> Expression:
    own = _size_of_axis(entry, letters)
    by = letters.derivative(entry.array)
    if own:
        return Letter(own, span=entry.span)
    if by in ("x", "w", "b"):
        return Partial(Letter("e"), Entry(by, entry.indices, span=entry.span), span=entry.span)
    if by == "dy" and letters.array(entry.array) != "dy":
        return replace(entry, array="dy")
    return entry


def _size_of_axis(entry: Entry, letters: Letters) -> str:
    """Return a name for the size of one axis, stride[1] or k_1; "" if it is none."""
    if len(entry.indices) == 1 and isinstance(entry.indices[0], Integer):
        name = f"{entry.array}_{entry.indices[0].value}"
        known = letters.array(entry.array) == entry.array and letters.size(name, frozenset())
        if known or name in letters.given:
            return name
    size = letters.size(entry.array, frozenset())
    if letters.array(entry.array) != entry.array or size not in PER_AXIS:
        return ""
    match entry.indices:
        case (Integer(value=0 | 1 as axis),):
            return PER_AXIS[size][axis]
    return ""


@dataclass(frozen=True)
class Renaming:
    """Gives the nodes of one claim our names.

    Attributes:
        letters: what the author's letters mean.
        indices: those that are indices.
        used: all letters of the claim.
        grouped: whether its channels are in groups.
    """

    letters: Letters
    indices: AbstractSet[str]
    used: AbstractSet[str]
    grouped: bool = False

    def letter(self, name: str) -> str:
        """Return our name of a letter."""
        if name in self.indices:
            return f"_{name}"
        if self.letters.array(name) in ("b", "e") and self.letters.size(name, self.used) is None:
            return self.letters.array(name)
        return self.letters.size(name, self.used) or f"_{name}"

    def apply(self, part: Any) -> Any:
        """Return a node with our names."""
        match part:
            case Letter():
                return self._size(self.letter(part.name), part)
            case Partial():
                return self._partial(rebuild(part, self.apply))
            case Entry():
                inner = rebuild(part, self.apply)
                return replace(inner, array=self.letters.array(part.array))
            case SumOver():
                return replace(rebuild(part, self.apply), letter=f"_{part.letter}")
            case SumWhere():
                names = tuple(f"_{name}" for name in part.letters)
                return replace(rebuild(part, self.apply), letters=names)
            case Scatter():
                whole = replace(part, value=self._with_whole_kernel(part.value))
                return replace(rebuild(whole, self.apply), array=self._target(part.array))
            case Quotient() | Floor():
                return _cancelled(rebuild(part, self.apply))
            case Node():
                return rebuild(part, self.apply)
        return part

    def _size(self, name: str, letter: Letter) -> Expression:
        if self.grouped and name == INPUTS.name:
            return times(INPUTS_OF_GROUP, GROUPS)
        if self.grouped and name == OUTPUTS.name:
            return times(OUTPUTS_OF_GROUP, GROUPS)
        return Letter(name, span=letter.span)

    def _partial(self, partial: Partial) -> Expression:
        """Return de/dy[i,j] as an entry of dy, every other derivative as it is."""
        of, by = partial.of, partial.by
        if isinstance(of, Letter) and self.letters.array(of.name.lstrip("_")) == "e":
            of = Letter("e", span=of.span)
            if isinstance(by, Entry) and by.array == "y":
                return Entry("dy", by.indices, span=partial.span)
        if isinstance(by, Letter) and self.letters.array(by.name.lstrip("_")) == "b":
            by = Letter("b", span=by.span)
        return Partial(of, by, span=partial.span)

    def _target(self, name: str) -> str:
        """Return what a slice is taken of: dx, unless the name says dw, db or y."""
        by = self.letters.derivative(name)
        if by in ("w", "b"):
            return f"d{by}"
        return "y" if self.letters.array(name) == "y" else "dx"

    def _with_whole_kernel(self, value: Any) -> Any:
        """Return a value with the letter of the kernel, W, as an array without indices."""
        if isinstance(value, Letter):
            kernel = self.letters.array(value.name) == "w"
            return Entry(value.name, (), span=value.span) if kernel else value
        if not isinstance(value, Node):
            return value
        return rebuild(value, self._with_whole_kernel)


def _cancelled(part: Any) -> Any:
    """Return a quotient of channels by groups as the channels of one group, C_g G / G = C_g."""
    if isinstance(part, Floor):
        return part.operand if part.operand in (INPUTS_OF_GROUP, OUTPUTS_OF_GROUP) else part
    below = _factors(part.denominator)
    if GROUPS not in below:
        return part
    above = _factors(part.numerator)
    if GROUPS not in above:
        return part
    above.remove(GROUPS)
    below.remove(GROUPS)
    if not below:
        return times(*above)
    return replace(part, numerator=times(*above), denominator=times(*below))


def _factors(node: Expression) -> list[Expression]:
    return [*node.factors] if isinstance(node, Product) else [node]
