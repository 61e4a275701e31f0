"""Claims that add up convolutions over channels: out_o = bias_o + sum_c weight_{o,c} * input_c."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from symconv.formula.notation import Marked, Name, Run
from symconv.formula.tree import Integer, Negated, Total
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.names import Named
from symconv.verification.reading.operators.sketches import (
    Array,
    Channels,
    Gathers,
    Sketch,
    arrays_of,
    parts_of,
    within,
)

Extent: TypeAlias = Literal["all", "one more", "one less", "unknown"]


def channels_of(sketch: Sketch) -> list[Channels]:
    """Return the sums over channels in a sketch."""
    return [part for part in within(sketch) if isinstance(part, Channels)]


def extent(channels: Channels) -> Extent:
    """Return over how many channels a sum runs, as its limits say it.

    0 .. C-1 and 1 .. C are all; 0 .. C is one more; a number above says nothing.
    """
    low, high = channels.below, channels.above
    if low is None and high is None:
        return "all"
    if not isinstance(low, Integer) or low.value not in (0, 1) or high is None:
        return "unknown"
    less = _one_less(high)
    if less is None:
        return "unknown"
    if low.value == 0:
        return "all" if less else "one more"
    return "one less" if less else "all"


def size_above(channels: Channels) -> str:
    """Return the size that a sum over channels runs up to, C of C - 1; "" where that is none."""
    high = channels.above
    if high is None or _one_less(high) is None:
        return ""
    return flat(high.terms[0] if isinstance(high, Total) else high)


def _one_less(node: Any) -> bool | None:
    """Return True for C-1, False for C, None for anything else."""
    if isinstance(node, Name | Marked | Run):
        return False
    if isinstance(node, Total) and len(node.terms) == 2:
        first, second = node.terms
        if isinstance(first, Name | Marked | Run) and second == Negated(Integer(1)):
            return True
    return None


def wrong_extent(sketch: Sketch) -> str:
    """Return what is wrong with the limits of a sum over channels, or ""."""
    for channels in channels_of(sketch):
        found = extent(channels)
        if found in ("one more", "one less"):
            letters = ", ".join(channels.letters)
            more = f"{found.split()[0]} value {found.split()[1]}"
            limits = f"{flat(channels.below)} to {flat(channels.above)}"
            return f"the sum over {letters} from {limits} runs over {more} than there are channels"
    return ""


def consistent(left: Named, channels: Channels) -> bool:
    """Return whether the letter of a sum over channels is on two arrays and not on the left."""
    arrays = arrays_of(channels.operand)
    return all(
        sum(letter in array.labels for array in arrays) >= 2 and letter not in left.labels
        for letter in channels.letters
    )


def free_labels(sketch: Sketch) -> frozenset[str]:
    """Return the labels in a sketch that no sum binds; indices of sums over taps are none."""
    if isinstance(sketch, Gathers):
        return frozenset()
    if isinstance(sketch, Array):
        return frozenset(sketch.named.labels)
    found = frozenset().union(*(free_labels(part) for part in parts_of(sketch)))
    return found - set(sketch.letters) if isinstance(sketch, Channels) else found


def unsummed(left: Named, right: Sketch) -> tuple[str, ...] | None:
    """Return the channels that a sum over them is missing for; None if labels contradict.

    It is about kernels with two labels, where the other arrays have one each.
    """
    arrays = [left, *dict.fromkeys(arrays_of(right))]
    sizes = sorted(len(array.labels) for array in arrays)
    if sizes != [1, 1, 2]:
        return ()
    kernel = next(array for array in arrays if len(array.labels) == 2)
    others = [array.labels[0] for array in arrays if array is not kernel]
    if sorted(kernel.labels) != sorted(others):
        return None
    bound = {letter for channels in channels_of(right) for letter in channels.letters}
    return tuple(label for label in others if label not in bound and label not in left.labels)
