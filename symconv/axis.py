"""One axis of a concrete convolution: how many outputs an input has, and the other way round.

In the letters of the formulas: extent e, stride t, padding (lo, hi). Along an axis of a
convolution an input of n cells has floor((n+lo+hi-e)/t)+1 outputs; along an axis of a transposed
one it has (n-1)t+e-lo-hi, exactly the size whose convolution has n outputs and no remainder.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Protocol

from symconv.padding import PaddingMode, SamePadding, split_same


class AxisByOutput(Protocol):
    """What every kind of axis answers; sizes are in cells."""

    @property
    def possible(self) -> str:
        """Which numbers of outputs an input can have, in words."""
        ...

    def smallest_input(self, outputs: int) -> int | None:
        """Return the smallest input with so many outputs; None where there is none."""
        ...


class Axis(AxisByOutput, Protocol):
    """What an axis answers whose padding is known."""

    @property
    def least_input(self) -> int:
        """The smallest input that has an output."""
        ...

    @property
    def least_copied(self) -> int:
        """The smallest input that the padding can be copied from."""
        ...

    @property
    def reason(self) -> str:
        """What the smallest input is needed for, in words."""
        ...

    def outputs(self, size: int) -> int:
        """Return the number of outputs of an input; less than 1 where it has none."""
        ...

    def unread_tail(self, size: int) -> int:
        """Return how many inputs at the end lie beyond the last window."""
        ...


@dataclass(frozen=True)
class WindowAxis:
    """An axis of a convolution.

    Attributes:
        extent: e, how many padded cells a window spans.
        stride: t.
        before: lo, cells added in front; negative ones are cut off.
        after: hi, cells added at the end.
        mode: what the added cells hold.
    """

    extent: int
    stride: int
    before: int
    after: int
    mode: PaddingMode

    @property
    def least_copied(self) -> int:
        """The smallest input that the padding can be copied from."""
        padding = max(self.before, self.after)
        needed = {"zeros": 0, "reflect": padding + 1, "replicate": 1, "circular": padding}
        return needed[self.mode]

    @property
    def least_input(self) -> int:
        """The smallest input that one window fits, and that the padding can be copied from."""
        return max(0, self.extent - self.before - self.after, self.least_copied)

    @property
    def reason(self) -> str:
        """What the smallest input is needed for, in words."""
        padding = f"padding ({self.before}, {self.after})"
        if self.least_copied and self.least_copied == self.least_input:
            return f"{self.mode} {padding}"
        return f"a window of extent {self.extent} with {padding}"

    @property
    def possible(self) -> str:
        """Which numbers of outputs an input can have, in words."""
        least = self.outputs(self.least_input)
        return f"at least {least} with padding ({self.before}, {self.after})"

    def outputs(self, size: int) -> int:
        """Return the number of windows of an input; less than 1 where none fits."""
        return (size + self.before + self.after - self.extent) // self.stride + 1

    def smallest_input(self, outputs: int) -> int | None:
        """Return the smallest input with so many outputs; None where there is none."""
        room = (outputs - 1) * self.stride + self.extent
        size = max(self.least_input, room - self.before - self.after)
        return size if self.outputs(size) == outputs else None

    def unread_tail(self, size: int) -> int:
        """Return how many inputs at the end the last window does not span, nor any copy of them."""
        last = (self.outputs(size) - 1) * self.stride + self.extent - self.before - 1
        if last >= size - 1:
            return 0
        copied = {
            "zeros": last,
            "reflect": self.before,
            "replicate": 0,
            "circular": size + min(-1, last),
        }
        furthest = max(last, copied[self.mode]) if self.before > 0 else last
        return min(size, size - 1 - furthest)


@dataclass(frozen=True)
class TransposedAxis:
    """An axis of a transposed convolution, whose inputs are the windows of its outputs.

    Attributes:
        extent: e, how many cells an input is spread over.
        stride: t, how far neighbouring inputs are spread apart.
        before: lo, cells cut off in front; negative ones are added.
        after: hi, cells cut off at the end.
    """

    extent: int
    stride: int
    before: int
    after: int

    @property
    def least_copied(self) -> int:
        """The smallest input that the padding can be copied from: any, nothing is copied."""
        return 0

    @property
    def least_input(self) -> int:
        """The smallest input that has an output."""
        missing = self.before + self.after - self.extent
        return 1 if missing < 0 else missing // self.stride + 2

    @property
    def reason(self) -> str:
        """What the smallest input is needed for, in words."""
        return (
            f"one output of a transposed convolution with stride {self.stride}, "
            f"extent {self.extent} and padding ({self.before}, {self.after})"
        )

    @property
    def possible(self) -> str:
        """Which numbers of outputs an input can have, in words."""
        least = self.outputs(self.least_input)
        return f"{least} or a multiple of the stride {self.stride} more"

    def outputs(self, size: int) -> int:
        """Return the number of outputs of an input."""
        return (size - 1) * self.stride + self.extent - self.before - self.after

    def smallest_input(self, outputs: int) -> int | None:
        """Return the one input with so many outputs; None where there is none."""
        windows, rest = divmod(outputs + self.before + self.after - self.extent, self.stride)
        return None if rest or windows < 0 else windows + 1

    def unread_tail(self, size: int) -> int:
        """Return how many inputs at the end are spread over cells that are all cut off."""
        reached = -(-(self.outputs(size) + self.before) // self.stride)
        return min(size, max(0, size - reached))


@dataclass(frozen=True)
class SameAxis:
    """An axis of a convolution whose padding depends on the input: ceil(n/t) outputs.

    Attributes:
        extent: e.
        stride: t.
        rule: which side an odd cell of padding goes to.
        mode: what the added cells hold.
    """

    extent: int
    stride: int
    rule: SamePadding
    mode: PaddingMode

    def padding_at(self, size: int) -> tuple[int, int]:
        """Return the padding (before, after) for one input."""
        room = (-(-size // self.stride) - 1) * self.stride + self.extent
        return split_same(max(room - size, 0), rule=self.rule)

    def _can_copy(self, size: int) -> bool:
        axis = WindowAxis(self.extent, self.stride, *self.padding_at(size), self.mode)
        return size >= axis.least_copied

    @property
    def possible(self) -> str:
        """Which numbers of outputs an input can have, in words."""
        return f"more for {self.mode} padding of a window of extent {self.extent}"

    def smallest_input(self, outputs: int) -> int | None:
        """Return the smallest input with so many outputs; None where there is none."""
        sizes = range((outputs - 1) * self.stride + 1, outputs * self.stride + 1)
        place = bisect_left(sizes, True, key=self._can_copy)
        return sizes[place] if place < len(sizes) else None
