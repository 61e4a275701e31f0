"""Which dimensions the arrays of a claim have beside its axes: batch, channels, groups of channels.

A dimension is named by its role: "batch", "input" and "output" for the channels, "0", "1" and
"2" for the axes. Which layout a claim has is found from the ranks of its arrays; where several fit,
from the indices: a batch index is the same everywhere, an output channel is in y what it is in w.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, TypeAlias

from symconv.formula.tree import Entry, Expression, Letter

GUESSED_AXES: Final = 2  # at most, where no layout fits
AXES: Final = ("0", "1", "2")
Entries: TypeAlias = Mapping[str, Sequence[tuple[Expression, ...]]]


@dataclass(frozen=True)
class Layout:
    """The dimensions of all arrays.

    Attributes:
        axes: one to three.
        batch: whether x and y have a batch index.
        inputs: whether x has an index of input channels, and w.
        outputs: whether y has an index of output channels, and w.
        depthwise: every channel has its own kernel; w has one index for both.
        last: whether channels stand last, x[n,u,v,c] and w[r,s,c,o].
        biases: whether b has an index.
    """

    axes: int
    batch: bool = False
    inputs: bool = False
    outputs: bool = False
    depthwise: bool = False
    last: bool = False
    biases: bool = False

    def roles(self, array: str) -> tuple[str, ...]:
        """Return the roles of an array's indices, in their order."""
        axes = AXES[: self.axes]
        if array == "b":
            return ("output",) if self.outputs and self.biases else ()
        inputs = ("input",) if self.inputs else ()
        outputs = ("output",) if self.outputs else ()
        if array == "w":
            inputs = () if self.depthwise else inputs
            return (*axes, *inputs, *outputs) if self.last else (*outputs, *inputs, *axes)
        batch = ("batch",) if self.batch else ()
        channels = inputs if array == "x" else outputs
        return (*batch, *axes, *channels) if self.last else (*batch, *channels, *axes)

    @property
    def is_plain(self) -> bool:
        """Whether there are only axes."""
        return not (self.batch or self.inputs or self.outputs)


def layout_of(entries: Entries, *, default: int) -> Layout:
    """Return the layout of a claim.

    Args:
        entries: array -> the indices of each of its entries; y counts as dy.
        default: how many axes a claim without entries is about.
    """
    ranks = {array: max(map(len, indices)) for array, indices in entries.items() if indices}
    spatial = {array: rank for array, rank in ranks.items() if array != "b"}
    biases = ranks.get("b", 0) > 0
    if not spatial:
        return Layout(default)
    plain = Layout(min(max(spatial.values()), GUESSED_AXES))
    fitting = [layout for layout in _layouts(biases=biases) if _fits(layout, spatial)]
    return max(fitting, key=lambda layout: agreement(layout, entries), default=plain)


def _layouts(*, biases: bool) -> Iterator[Layout]:
    """Yield all layouts, the plainest first, those of three axes last."""
    found = []
    for axes, last in product((2, 1, 3), (False, True)):
        for batch, inputs, outputs, depthwise in product((False, True), repeat=4):
            channels = inputs or outputs
            if (depthwise and not (inputs and outputs)) or (last and not channels):
                continue
            if biases and not outputs:
                continue
            layout = Layout(axes, batch, inputs, outputs, depthwise, last, biases)
            found.append(((axes == 3, batch + inputs + outputs), layout))
    yield from (layout for _, layout in sorted(found, key=lambda pair: pair[0]))


def _fits(layout: Layout, ranks: Mapping[str, int]) -> bool:
    return all(len(layout.roles(array)) == rank for array, rank in ranks.items())


def agreement(layout: Layout, entries: Entries) -> int:
    """Return how well the indices suit their roles."""
    found: dict[str, dict[str, set[Expression]]] = {}
    for array, several in entries.items():
        roles = layout.roles(array)
        for place in several:
            for role, index in zip(roles, place, strict=False):
                found.setdefault(role, {}).setdefault(array, set()).add(index)
    score = 0
    for role, by_array in found.items():
        indices = set().union(*by_array.values())
        if role in AXES:
            shared = by_array.get("x", set()) & by_array.get("dy", set())
            score -= any(isinstance(index, Letter) for index in shared)
        elif len(by_array) > 1:
            same = len(indices) == 1 and isinstance(next(iter(indices)), Letter)
            score += 1 if same else -1
    return score


def entries_by_array(found: Sequence[Entry]) -> dict[str, list[tuple[Expression, ...]]]:
    """Return array -> the indices of its entries; those of y count as those of dy."""
    by_array: dict[str, list[tuple[Expression, ...]]] = {}
    for entry in found:
        array = {"y": "dy", "xp": "x"}.get(entry.array, entry.array)
        if array in ("x", "w", "dy", "b") and entry.indices:
            by_array.setdefault(array, []).append(entry.indices)
    return by_array
