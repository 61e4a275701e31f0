"""The batched convolution in letters: images, channels and groups beside the plane's axes.

Source: the definition, with C_g input and O_g output channels per group and group number kappa,

    y[n, O_g*kappa + o, i, j] = b[O_g*kappa + o] + sum over c, r, s of
        x[n, C_g*kappa + c, i*t + r*d - lo, ...] * w[O_g*kappa + o, c, r, s].

It is differentiated like the plane, by one generic entry of each array. The deltas of image, group
and channel are resolved here; what is left of the derivative is the plane's, so its phases are the
plane's PhaseTable. Letters that no delta fixes are those the chain rule still sums over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from sympy import Expr, Indexed, Integer, Sum, Symbol, diff

from symconv.algebra.channel_entries import PLACES, ChannelRead, written_batch
from symconv.algebra.channel_reading import (
    CHANNEL_LIMITS,
    FREE_CHANNELS,
    resolved_channels,
)
from symconv.algebra.derivation import DerivedGradients, Letters, WrittenOut
from symconv.algebra.gradients import Partials
from symconv.algebra.phases import Phase
from symconv.algebra.reading import read_equations, read_tap_inputs
from symconv.algebra.symbols import (
    B_CHANNELS,
    BLOCK_INDEX,
    DY,
    FREE_CHANNEL_INDEX,
    FREE_TAP_INDEX,
    GROUP,
    GROUP_INPUTS,
    GROUP_OUTPUTS,
    IMAGE,
    INPUT_CHANNEL,
    INPUT_INDEX,
    OUTPUT_CHANNEL,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    TAP_INDEX,
    B,
    W,
    X,
)
from symconv.errors import DerivationError, SpecError


class ChannelSums(NamedTuple):
    """Which of image, output channel and input channel each result still sums over.

    Read off y (forward) and off its derivatives (the gradients).
    """

    forward: tuple[Symbol, ...]
    grad_input: tuple[Symbol, ...]
    grad_weight: tuple[Symbol, ...]
    grad_bias: tuple[Symbol, ...]


@dataclass(frozen=True)
class BatchedGradients:
    """What differentiating a convolution of batches gives, every part an exact object.

    Attributes:
        plane: the derivation of one image with one channel; it holds the phases.
        output: y[n, o, i, j], a sum over the group's input channels and the taps.
        partials: its derivatives by one entry of x, of w and of b.
        sums: which channel letters each result sums over.
    """

    plane: DerivedGradients
    output: Expr
    partials: Partials
    sums: ChannelSums

    def phase_gradient(self, phase: Phase) -> Expr:
        """Return de/dx[n, c, u, v] at the cells of one phase, with block indices K, L."""
        inner = sum(
            DY[(*self._of_output(), *blocks)] * W[(*self._of_weight(), *tap.index)]
            for tap in phase.taps
            for blocks in [tuple(BLOCK_INDEX[a] - shift for a, shift in enumerate(tap.shifts))]
        )
        return Sum(inner, *(CHANNEL_LIMITS[letter] for letter in self.sums.grad_input))

    @property
    def grad_weight(self) -> Expr:
        """de/dw[o, c, r, s]: the sum over all images and outputs of dy times the input read."""
        index = tuple(
            read.stride * OUTPUT_INDEX[axis] + read.dilation * TAP_INDEX[axis] + read.offset
            for axis, read in enumerate(self.plane.tap_inputs)
        )
        return self._over_outputs(X[(*self._of_input(), *index)], self.sums.grad_weight)

    @property
    def grad_bias(self) -> Expr:
        """de/db[o]: the sum of dy over all images and outputs."""
        return self._over_outputs(Integer(1), self.sums.grad_bias)

    def written_out(
        self,
        input_shape: Sequence[int],
        *,
        images: int,
        inputs: int,
        outputs: int,
        letters: Letters,
    ) -> WrittenOut:
        """Return every entry of y and of the gradients for one small batch.

        Args:
            input_shape: the spatial sizes (m, n).
            images: N.
            inputs: C, the number of input channels.
            outputs: O, the number of output channels.
            letters: what stands for the entries; here b is looked up by (o,).

        Returns:
            The entries by (n, o, i, j), (n, c, u, v), (o, c, r, s); grad_bias by (o,).

        Raises:
            SpecError: the groups do not divide the channels, or as for a plane.
        """
        groups = self.plane.spec.groups
        if inputs % groups or outputs % groups:
            raise SpecError(f"groups must divide the channels, got {inputs}, {outputs}, {groups}")
        return written_batch(
            self.plane.written_out(input_shape, letters=PLACES),
            list(self._reads(inputs=inputs // groups, outputs=outputs // groups)),
            images=images,
            letters=letters,
        )

    def _reads(self, *, inputs: int, outputs: int) -> Iterator[ChannelRead]:
        """Yield which output channel reads which input channel, with that many in each group."""
        (_, of_output), (_, of_input) = self._of_output(), self._of_input()
        for group, o, c in product(range(self.plane.spec.groups), range(outputs), range(inputs)):
            numbers = {
                GROUP: Integer(group),
                GROUP_OUTPUTS: Integer(outputs),
                GROUP_INPUTS: Integer(inputs),
                OUTPUT_CHANNEL: Integer(o),
                INPUT_CHANNEL: Integer(c),
            }
            yield ChannelRead(int(of_output.xreplace(numbers)), int(of_input.xreplace(numbers)), c)

    def _of_output(self) -> tuple[Expr, Expr]:
        return IMAGE, _channel(OUTPUT_CHANNEL, GROUP_OUTPUTS, groups=self.plane.spec.groups)

    def _of_input(self) -> tuple[Expr, Expr]:
        return IMAGE, _channel(INPUT_CHANNEL, GROUP_INPUTS, groups=self.plane.spec.groups)

    def _of_weight(self) -> tuple[Expr, Expr]:
        return self._of_output()[1], INPUT_CHANNEL

    def _over_outputs(self, factor: Expr, letters: Sequence[Symbol]) -> Expr:
        axes = self.plane.spec.axes
        limits = [(OUTPUT_INDEX[axis], 0, OUTPUT_SIZE[axis] - 1) for axis in reversed(range(axes))]
        limits += [CHANNEL_LIMITS[letter] for letter in letters]
        return Sum(DY[(*self._of_output(), *OUTPUT_INDEX[:axes])] * factor, *limits)


def derive_channels(plane: DerivedGradients) -> BatchedGradients:
    """Return the derivation of batches, whose spatial axes are those of a plane's derivation.

    Raises:
        DerivationError: the derivatives do not have the plane's equations.

    Example:
        >>> from symconv.algebra.derivation import derive_gradients
        >>> from symconv.spec import ConvSpec
        >>> batched = derive_channels(derive_gradients(ConvSpec(kernel_shape=(2,), stride=3)))
        >>> batched.output
        b[o] + Sum(w[o, c, r]*x[n, c, 3*i + r], (r, 0, 1), (c, 0, C_g - 1))
        >>> for phase in batched.plane.phases:
        ...     print(batched.phase_gradient(phase))
        Sum(dy[n, o, K]*w[o, c, 0], (o, 0, O_g - 1))
        Sum(dy[n, o, K]*w[o, c, 1], (o, 0, O_g - 1))
        >>> batched.grad_weight
        Sum(dy[n, o, i]*x[n, c, 3*i + r], (i, 0, g - 1), (n, 0, N - 1))
        >>> batched.sums.grad_input, batched.sums.grad_weight
        ((o,), (n,))
    """
    output, partials = _differentiated(plane)
    axes = plane.spec.axes
    by_input, fixed_by_input = resolved_channels(partials.by_input, of=W)
    by_weight, fixed_by_weight = resolved_channels(partials.by_weight, of=X)
    _, fixed_by_bias = resolved_channels(partials.by_bias, of=None)
    if read_equations(by_input, axes=axes) != plane.equations:
        raise DerivationError(f"derivative by x must meet the plane's cells, got {by_input}")
    if read_tap_inputs(by_weight, axes=axes) != plane.tap_inputs:
        raise DerivationError(f"derivative by w must read the plane's cells, got {by_weight}")
    of_output = (IMAGE, OUTPUT_CHANNEL)
    return BatchedGradients(
        plane=plane,
        output=output,
        partials=partials,
        sums=ChannelSums(
            forward=_summed(output),
            grad_input=tuple(a for a in of_output if a not in fixed_by_input),
            grad_weight=tuple(a for a in of_output if a not in fixed_by_weight),
            grad_bias=tuple(a for a in of_output if a not in fixed_by_bias),
        ),
    )


def _differentiated(plane: DerivedGradients) -> tuple[Expr, Partials]:
    """Return y[n, o, i, j], made from the plane's y[i, j], and its derivatives."""
    groups, axes = plane.spec.groups, plane.spec.axes
    outputs = _channel(OUTPUT_CHANNEL, GROUP_OUTPUTS, groups=groups)
    inputs = _channel(INPUT_CHANNEL, GROUP_INPUTS, groups=groups)
    sums = [part for part in plane.output.args if isinstance(part, Sum)]
    if len(sums) != 1 or plane.output - sums[0] != B:
        raise DerivationError(f"output must be a sum over taps plus b, got {plane.output}")
    with_channels = {
        factor: (
            X[(IMAGE, inputs, *factor.indices)]
            if factor.base == X
            else W[(outputs, INPUT_CHANNEL, *factor.indices)]
        )
        for factor in sums[0].function.atoms(Indexed)
    }
    bias = B_CHANNELS[outputs]
    output = bias + Sum(
        sums[0].function.xreplace(with_channels), *sums[0].limits, CHANNEL_LIMITS[INPUT_CHANNEL]
    )
    n, _, c, _ = FREE_CHANNEL_INDEX
    other_outputs, other_inputs = outputs.xreplace(FREE_CHANNELS), inputs.xreplace(FREE_CHANNELS)
    return output, Partials(
        by_input=diff(output, X[(n, other_inputs, *INPUT_INDEX[:axes])]),
        by_weight=diff(output, W[(other_outputs, c, *FREE_TAP_INDEX[:axes])]),
        by_bias=diff(output, B_CHANNELS[other_outputs]),
    )


def _summed(output: Expr) -> tuple[Symbol, ...]:
    """Return the channel letters that an output sums over."""
    limits = [limit for part in output.atoms(Sum) for limit in part.limits]
    return tuple(letter for letter, *_ in limits if letter in CHANNEL_LIMITS)


def _channel(within: Symbol, size: Symbol, *, groups: int) -> Expr:
    """Return the channel of a group: size*kappa + within, or `within` where there is one group."""
    return within if groups == 1 else size * GROUP + within
