"""The convolution that a claim is about: which letters are its sizes, and what is true of it.

Everything is spelled in the nodes of the syntax tree, so that the exact check and the proof read
the same objects. Indices count from 0; along axis a the true statement is

    output i reads input i*t + r*d - lo through tap r;

and output channel o reads the input channels of its group, floor(o / K_g) * C_g + c.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from symconv.formula.tree import Compare, Condition, Expression, Floor, Letter, Quotient, walk
from symconv.verification.truth.algebra import ONE, ZERO, all_of, between, equal, minus, plus, times
from symconv.verification.truth.layout import AXES, Layout

ARRAYS: Final = ("dy", "x", "w", "b")  # the order of atoms in a term
KERNEL: Final = ("p", "q", "p_3")
INPUT: Final = ("m", "n", "m_3")
OUTPUT: Final = ("g", "h", "g_3")
STRIDES: Final = ("t_d", "t_h", "t_w")  # of three axes; of fewer the last ones
DILATIONS: Final = ("d_d", "d_h", "d_w")
PADDINGS: Final = (("P_front", "P_back"), ("P_top", "P_bottom"), ("P_left", "P_right"))
EVEN_PADDINGS: Final = ("P_d", "P_h", "P_w")
BATCH, INPUTS, OUTPUTS, GROUPS = map(Letter, ("N", "C", "K", "G"))
INPUTS_OF_GROUP, OUTPUTS_OF_GROUP = map(Letter, ("C_g", "K_g"))


def letters_in_order(size: Expression) -> list[str]:
    """Return the letters of a size, in their order."""
    return [part.name for part in walk(size) if isinstance(part, Letter)]


@dataclass(frozen=True)
class Axis:
    """The sizes of one axis; a letter, a number, or an expression such as 2k + 1.

    Attributes:
        kernel, stride, dilation: at least 1.
        before, after: padding; its letters are at least 0.
        input: at least 1.
        output: defined by the others.
    """

    kernel: Expression
    stride: Expression
    dilation: Expression
    before: Expression
    after: Expression
    input: Expression
    output: Letter

    @property
    def extent(self) -> Expression:
        """How many cells a window spans, d(p-1)+1."""
        return plus(times(self.dilation, minus(self.kernel, ONE)), ONE)

    @property
    def room(self) -> Expression:
        """By how much the padded input is larger than a window; 0 or more."""
        return minus(plus(self.input, self.before, self.after), self.extent)

    @property
    def windows(self) -> Expression:
        """The true number of outputs, floor(room / t) + 1."""
        return plus(Floor(Quotient(self.room, self.stride)), ONE)

    def read(self, output: Expression, tap: Expression) -> Expression:
        """Return the input that an output reads through a tap."""
        return minus(plus(times(output, self.stride), times(tap, self.dilation)), self.before)


@dataclass(frozen=True)
class Model:
    """The convolution that a claim is about.

    Attributes:
        axes: one to three.
        flipped: a true convolution: tap r of the window is w[p-1-r].
        layout: the dimensions of the arrays.
        grouped: whether the channels are in G groups, of C_g inputs and K_g outputs each.
    """

    axes: tuple[Axis, ...]
    flipped: bool
    layout: Layout
    grouped: bool = False

    @property
    def sizes(self) -> tuple[str, ...]:
        """The letters that are sizes, those that others define last."""
        names: dict[str, None] = {}
        for axis in self.axes:
            for size in (
                axis.kernel,
                axis.stride,
                axis.dilation,
                axis.before,
                axis.after,
                axis.input,
            ):
                names |= dict.fromkeys(letters_in_order(size))
        names |= dict.fromkeys(self.channels)
        return (*names, *self.derived)

    @property
    def channels(self) -> tuple[str, ...]:
        """The letters that say how many images and channels there are."""
        used = {role for array in ("x", "dy", "w") for role in self.layout.roles(array)}
        letters = [BATCH] if "batch" in used else []
        if self.grouped:
            letters += [GROUPS, INPUTS_OF_GROUP, OUTPUTS_OF_GROUP]
        else:
            letters += [INPUTS] if "input" in used else []
            letters += [OUTPUTS] if "output" in used and not self.layout.depthwise else []
        return tuple(letter.name for letter in letters)

    @property
    def derived(self) -> Mapping[str, Expression]:
        """The sizes that others define: the outputs, and all channels of the groups."""
        found = {axis.output.name: axis.windows for axis in self.axes}
        if self.grouped:
            found[INPUTS.name] = times(GROUPS, INPUTS_OF_GROUP)
            found[OUTPUTS.name] = times(GROUPS, OUTPUTS_OF_GROUP)
        return found

    @property
    def facts(self) -> tuple[Condition, ...]:
        """What every convolution satisfies: sizes in range, a window that fits, its outputs."""
        facts: list[Condition] = []
        for axis in self.axes:
            facts += [
                Compare(">=", size, ONE) for size in (axis.kernel, axis.stride, axis.dilation)
            ]
            padding = {name for end in (axis.before, axis.after) for name in letters_in_order(end)}
            facts += [Compare(">=", Letter(name), ZERO) for name in sorted(padding)]
            facts += [Compare(">=", axis.input, ONE), Compare(">=", axis.room, ZERO)]
            facts.append(equal(axis.output, axis.windows))
        facts += [Compare(">=", Letter(name), ONE) for name in self.channels]
        return tuple(facts)

    # Arrays

    def shape(self, array: str) -> tuple[Expression, ...]:
        """Return the sizes of an array."""
        return tuple(self._size(array, role) for role in self.layout.roles(array))

    def _size(self, array: str, role: str) -> Expression:
        if role in AXES:
            axis = self.axes[AXES.index(role)]
            return {"x": axis.input, "w": axis.kernel, "dy": axis.output}[array]
        if role == "batch":
            return BATCH
        if self.layout.depthwise:
            return INPUTS
        if self.grouped and (role, array) == ("input", "w"):
            return INPUTS_OF_GROUP
        all_channels = INPUTS if role == "input" else OUTPUTS
        return self.derived[all_channels.name] if self.grouped else all_channels

    def by_role(self, array: str, indices: Sequence[Expression]) -> dict[str, Expression]:
        """Return role -> index."""
        return dict(zip(self.layout.roles(array), indices, strict=True))

    def in_order(self, array: str, index: Mapping[str, Expression]) -> tuple[Expression, ...]:
        """Return the indices of an array from role -> index; other roles do not matter."""
        return tuple(index[role] for role in self.layout.roles(array))

    def along_axes(self, array: str, indices: Sequence[Expression]) -> list[Expression]:
        """Return the indices that run along the axes."""
        index = self.by_role(array, indices)
        return [index[role] for role in AXES[: len(self.axes)]]

    def inside(self, array: str, indices: Sequence[Expression]) -> Condition:
        """Return the condition that an index lies inside an array."""
        return all_of(
            *(
                between(ZERO, index, minus(size, ONE))
                for index, size in zip(indices, self.shape(array), strict=True)
            )
        )

    # What is read

    def reads(
        self, output: Mapping[str, Expression], tap: Mapping[str, Expression]
    ) -> dict[str, Expression]:
        """Return the cell, role -> index, that an output reads through a tap of its window."""
        cell = {
            role: axis.read(output[role], tap[role])
            for role, axis in zip(AXES, self.axes, strict=False)
        }
        if "batch" in output:
            cell["batch"] = output["batch"]
        if self.layout.depthwise:
            cell["input"] = output["output"]
        elif self.layout.inputs:
            group = Floor(Quotient(output["output"], OUTPUTS_OF_GROUP)) if self.grouped else ZERO
            cell["input"] = plus(times(group, INPUTS_OF_GROUP), tap["input"])
        return cell

    def turned(self, tap: Mapping[str, Expression]) -> dict[str, Expression]:
        """Return the entry of w that a tap of the window is: itself, or its mirror image."""
        if not self.flipped:
            return dict(tap)
        mirrored = {
            role: minus(minus(axis.kernel, ONE), tap[role])
            for role, axis in zip(AXES, self.axes, strict=False)
        }
        return {**tap, **mirrored}
