"""The batched convolution in letters: images, channels and groups beside the plane's axes.

Source: the definition, with C_g input and O_g output channels per group and group number kappa,

    y[n, O_g*kappa + o, i, j] = b[O_g*kappa + o] + sum over c, r, s of
        x[n, C_g*kappa + c, i*t + r*d - lo, ...] * w[O_g*kappa + o, c, r, s],

transposed with w[C_g*kappa + c, o, r, s], and with xp for x where padding is copied.

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
from symconv.algebra.channel_letters import Channels, channels_of
from symconv.algebra.channel_reading import (
    CHANNEL_LIMITS,
    FREE_CHANNELS,
    resolved_channels,
)
from symconv.algebra.derivation import DerivedGradients, Letters, WrittenOut
from symconv.algebra.forward import read_base
from symconv.algebra.gradients import Partials, index_of
from symconv.algebra.phases import Phase
from symconv.algebra.reading import (
    AxisRead,
    read_adjoint_equations,
    read_adjoint_taps,
    read_equations,
    read_tap_inputs,
)
from symconv.algebra.symbols import (
    B_CHANNELS,
    BLOCK_INDEX,
    DY,
    FREE_OUTPUT_INDEX,
    FREE_TAP_INDEX,
    GROUP,
    GROUP_INPUTS,
    GROUP_OUTPUTS,
    IMAGE,
    INPUT_CHANNEL,
    INPUT_INDEX,
    INPUT_SIZE,
    OUTPUT_CHANNEL,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
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
        output: y[n, o, i, j], a sum over the group's input channels and the taps; of a transposed
            spec y[n, o, u, v].
        partials: its derivatives by one entry of x, of w and of b.
        sums: which channel letters each result sums over.
    """

    plane: DerivedGradients
    output: Expr
    partials: Partials
    sums: ChannelSums

    def phase_gradient(self, phase: Phase) -> Expr:
        """Return what the cells of one phase gather, with block indices K, L.

        It is de/dx[n, c, u, v] (de/dxp, where padding is copied), of a transposed spec
        y[n, o, u, v] - b[o].
        """
        windows, letters = (
            (X[IMAGE, self._channels.of_input], self.sums.forward)
            if self.plane.spec.transposed
            else (DY[IMAGE, self._channels.of_output], self.sums.grad_input)
        )
        inner = sum(
            windows.base[(*windows.indices, *blocks)] * W[(*self._channels.of_weight, *tap.index)]
            for tap in phase.taps
            for blocks in [tuple(BLOCK_INDEX[a] - shift for a, shift in enumerate(tap.shifts))]
        )
        return Sum(inner, *(CHANNEL_LIMITS[letter] for letter in letters))

    @property
    def grad_weight(self) -> Expr:
        """de/dw[o, c, r, s]: the sum over all images and outputs of dy times the input read.

        Of a transposed spec de/dw[c, o, r, s]: over all inputs of x times the dy that it meets.
        """
        spec, channels = self.plane.spec, self._channels
        windows, cells = OUTPUT_INDEX[: spec.axes], index_of(self.plane.tap_inputs)
        at_output, at_input = (cells, windows) if spec.transposed else (windows, cells)
        term = (
            DY[(IMAGE, channels.of_output, *at_output)]
            * read_base(spec)[(IMAGE, channels.of_input, *at_input)]
        )
        sizes = INPUT_SIZE if spec.transposed else OUTPUT_SIZE
        return _over(term, windows, sizes, self.sums.grad_weight)

    @property
    def grad_bias(self) -> Expr:
        """de/db[o]: the sum of dy over all images and outputs."""
        spec = self.plane.spec
        letters = (INPUT_INDEX if spec.transposed else OUTPUT_INDEX)[: spec.axes]
        dy = DY[(IMAGE, self._channels.of_output, *letters)]
        return _over(dy, letters, OUTPUT_SIZE, self.sums.grad_bias)

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
            The entries by (n, o, ...), (n, c, ...), and (o, c, r, s), transposed (c, o, r, s);
            grad_bias by (o,).

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

    @property
    def _channels(self) -> Channels:
        return channels_of(self.plane.spec)

    def _reads(self, *, inputs: int, outputs: int) -> Iterator[ChannelRead]:
        """Yield which output channel reads which input channel, with that many in each group."""
        for group, o, c in product(range(self.plane.spec.groups), range(outputs), range(inputs)):
            numbers = {
                GROUP: Integer(group),
                GROUP_OUTPUTS: Integer(outputs),
                GROUP_INPUTS: Integer(inputs),
                OUTPUT_CHANNEL: Integer(o),
                INPUT_CHANNEL: Integer(c),
            }
            of_output, of_input, first, second = (
                int(channel.xreplace(numbers))
                for channel in (*self._channels[:2], *self._channels.of_weight)
            )
            yield ChannelRead(of_output, of_input, (first, second))


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
    by_input, fixed_by_input = resolved_channels(partials.by_input, of=W)
    by_weight, fixed_by_weight = resolved_channels(partials.by_weight, of=read_base(plane.spec))
    _, fixed_by_bias = resolved_channels(partials.by_bias, of=None)
    equations, tap_inputs = _read(plane, by_input, by_weight)
    if equations != plane.equations:
        raise DerivationError(f"derivative by x must meet the plane's cells, got {by_input}")
    if tap_inputs != plane.tap_inputs:
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
    """Return y with channels, made from the plane's y, and its derivatives."""
    axes, cells, channels = plane.spec.axes, read_base(plane.spec), channels_of(plane.spec)
    sums = [part for part in plane.output.args if isinstance(part, Sum)]
    if len(sums) != 1 or plane.output - sums[0] != B:
        raise DerivationError(f"output must be a sum over taps plus b, got {plane.output}")
    leading = {cells: (IMAGE, channels.of_input), W: channels.of_weight}
    with_channels = {
        factor: factor.base[(*leading[factor.base], *factor.indices)]
        for factor in sums[0].function.atoms(Indexed)
    }
    output = B_CHANNELS[channels.of_output] + Sum(
        sums[0].function.xreplace(with_channels), *sums[0].limits, CHANNEL_LIMITS[INPUT_CHANNEL]
    )
    other = FREE_CHANNELS
    cell = (FREE_OUTPUT_INDEX if plane.spec.transposed else INPUT_INDEX)[:axes]
    of_cells, of_weight = (
        [index.xreplace(other) for index in leading[base]] for base in (cells, W)
    )
    return output, Partials(
        by_input=diff(output, cells[(*of_cells, *cell)]),
        by_weight=diff(output, W[(*of_weight, *FREE_TAP_INDEX[:axes])]),
        by_bias=diff(output, B_CHANNELS[channels.of_output.xreplace(other)]),
    )


def _read(
    plane: DerivedGradients, by_input: Expr, by_weight: Expr
) -> tuple[tuple[AxisRead, ...], tuple[AxisRead, ...]]:
    """Return the equations and what the taps read, as they are read off a plane's derivatives."""
    axes, spec = plane.spec.axes, plane.spec
    if spec.transposed:
        return read_adjoint_equations(by_input, axes=axes), read_adjoint_taps(by_weight, axes=axes)
    cells = read_base(spec)
    return (
        read_equations(by_input, axes=axes),
        read_tap_inputs(by_weight, axes=axes, cells=cells),
    )


def _summed(output: Expr) -> tuple[Symbol, ...]:
    """Return the channel letters that an output sums over."""
    limits = [limit for part in output.atoms(Sum) for limit in part.limits]
    return tuple(letter for letter, *_ in limits if letter in CHANNEL_LIMITS)


def _over(
    term: Expr, letters: Sequence[Symbol], sizes: Sequence[Symbol], channels: Sequence[Symbol]
) -> Expr:
    """Return the sum over all cells of a plane, and over some channel letters."""
    limits = [(letter, 0, size - 1) for letter, size in zip(letters, sizes, strict=False)]
    return Sum(term, *reversed(limits), *(CHANNEL_LIMITS[letter] for letter in channels))
