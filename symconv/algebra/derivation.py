"""One derivation from start to end: spec, y[i,j], its derivatives, the phases, the gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, Final

from sympy import Add, And, Eq, Expr, Integer, Mod, Piecewise, floor

from symconv.algebra.affine import Affine
from symconv.algebra.forward import output_expression
from symconv.algebra.gradients import Partials, differentiate, phase_gradient, sum_over_outputs
from symconv.algebra.overlap import OverlapCase, overlap_case
from symconv.algebra.phases import Phase, PhaseTable
from symconv.algebra.reading import AxisRead, phase_table, read_equations, read_tap_inputs
from symconv.algebra.symbols import (
    BLOCK_INDEX,
    DY,
    INPUT_INDEX,
    OUTPUT_INDEX,
    TAP_INDEX,
    B,
    W,
    X,
)
from symconv.errors import SpecError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

MAX_TAPS: Final = 4096
MAX_ENTRIES: Final = 4096


@dataclass(frozen=True)
class Letters:
    """What x, w, dy and b stand for when entries are written out, and how they are summed.

    Attributes:
        x, w, dy: looked up by index tuple.
        b: the bias.
        add: the sum of its arguments; 0 without any.
    """

    x: Any
    w: Any
    dy: Any
    b: Any
    add: Callable[..., Any]


SYMPY_LETTERS: Final = Letters(x=X, w=W, dy=DY, b=B, add=Add)


@dataclass(frozen=True)
class WrittenOut:
    """Every entry of a small convolution as an explicit polynomial; keys are index tuples."""

    output: Mapping[Shape, Any]
    grad_input: Mapping[Shape, Any]
    grad_weight: Mapping[Shape, Any]
    grad_bias: Any


@dataclass(frozen=True)
class DerivedGradients:
    """What differentiating one convolution gives, every part an exact object.

    Attributes:
        spec: the sizes.
        output: y[i,j], a sum over the taps.
        partials: its derivatives by x[u,v], w[r,s] and b.
        equations: per axis, which inputs meet which outputs; read off the derivative by x.
        tap_inputs: per axis, which input a tap reads; read off the derivative by w.
        phases: the PhaseTable, the equations solved.
    """

    spec: ConvSpec
    output: Expr
    partials: Partials
    equations: tuple[AxisRead, ...]
    tap_inputs: tuple[AxisRead, ...]
    phases: PhaseTable

    @property
    def taps(self) -> tuple[Shape, ...]:
        """Every tap (r, s), in row-major order."""
        return tuple(product(*(range(int(read.kernel)) for read in self.tap_inputs)))

    def reads_through(self, tap: Shape) -> tuple[Affine, ...]:
        """Return the input index that a tap reads, per axis affine in i, j."""
        return tuple(
            read.through(axis, r)
            for axis, (read, r) in enumerate(zip(self.tap_inputs, tap, strict=True))
        )

    @cached_property
    def grad_input(self) -> Expr:
        """de/dx[u,v]: a sum over taps for each phase of (u, v); dy is zero outside y."""
        pieces = [(self._phase_at_cell(phase), self._in_phase(phase)) for phase in self.phases]
        if len(pieces) == 1 and not self.phases.gapped:
            return pieces[0][0]
        return Piecewise(*pieces, (Integer(0), True), evaluate=False)

    @cached_property
    def grad_weight(self) -> Expr:
        """de/dw[r,s]: the sum over all outputs of dy[i,j] times the input that tap reads."""
        index = tuple(
            read.stride * OUTPUT_INDEX[axis] + read.dilation * TAP_INDEX[axis] + read.offset
            for axis, read in enumerate(self.tap_inputs)
        )
        return sum_over_outputs(X[index], axes=self.spec.axes)

    @cached_property
    def grad_bias(self) -> Expr:
        """de/db: the sum of dy over all outputs."""
        return sum_over_outputs(self.partials.by_bias, axes=self.spec.axes)

    @cached_property
    def overlap(self) -> OverlapCase:
        """Which overlap case this is, with its closed form."""
        return overlap_case(self.equations)

    def phase_gradient(self, phase: Phase) -> Expr:
        """Return de/dx at the cells of one phase, with block indices K, L."""
        return phase_gradient(phase)

    def written_out(
        self, input_shape: Sequence[int], *, letters: Letters = SYMPY_LETTERS
    ) -> WrittenOut:
        """Return every entry of y and of the gradients for one small input.

        Args:
            input_shape: the input sizes (m, n).
            letters: what stands for the entries of x, w, dy and for b; SymPy's by default.

        Raises:
            SpecError: a window does not fit, or the image has more than 4096 cells.

        Example:
            >>> d = derive_gradients(ConvSpec(kernel_shape=(2,)))
            >>> d.written_out((3,)).grad_input[(1,)]
            dy[0]*w[1] + dy[1]*w[0]
        """
        outputs = self.spec.output_shape(input_shape)
        cells = tuple(product(*map(range, input_shape)))
        windows = tuple(product(*map(range, outputs)))
        if max(len(cells), len(windows)) > MAX_ENTRIES:
            raise SpecError(
                f"input_shape must have at most {MAX_ENTRIES} cells to be written out, "
                f"got {tuple(input_shape)}"
            )
        x, w, dy, add = letters.x, letters.w, letters.dy, letters.add
        output: dict[Shape, list[Any]] = {window: [letters.b] for window in windows}
        grad_weight: dict[Shape, list[Any]] = {tap: [] for tap in self.taps}
        for tap, (window, cell) in self._reads(windows, frozenset(cells)):
            output[window].append(x[cell] * w[tap])
            grad_weight[tap].append(dy[window] * x[cell])
        meetings = {cell: self.phases.reads(cell, output_shape=outputs) for cell in cells}
        return WrittenOut(
            output={window: add(*terms) for window, terms in output.items()},
            grad_input={
                cell: add(*(dy[window] * w[tap] for window, tap in pairs))
                for cell, pairs in meetings.items()
            },
            grad_weight={tap: add(*terms) for tap, terms in grad_weight.items()},
            grad_bias=add(*(dy[window] for window in windows)),
        )

    def _reads(
        self, windows: Sequence[Shape], cells: frozenset[Shape]
    ) -> Iterator[tuple[Shape, tuple[Shape, Shape]]]:
        """Yield (tap, (window, cell)) wherever a window reads an input cell, not padding."""
        for tap in self.taps:
            reads = self.reads_through(tap)
            for window in windows:
                cell = tuple(
                    read.slope * i + read.constant for read, i in zip(reads, window, strict=True)
                )
                if cell in cells:
                    yield tap, (window, cell)

    def _phase_at_cell(self, phase: Phase) -> Expr:
        blocks = {
            BLOCK_INDEX[axis]: floor((INPUT_INDEX[axis] + table.before) / Integer(table.stride))
            for axis, table in enumerate(self.phases.axes)
        }
        return phase_gradient(phase).xreplace(blocks)

    def _in_phase(self, phase: Phase) -> Expr:
        return And(
            *(
                Eq(Mod(INPUT_INDEX[axis] + table.before, table.stride), residue)
                for axis, (table, residue) in enumerate(
                    zip(self.phases.axes, phase.residues, strict=True)
                )
            )
        )


def derive_gradients(spec: ConvSpec) -> DerivedGradients:
    """Return the derivation of a spec: its output differentiated, the deltas resolved.

    Raises:
        SpecError: the padding depends on the input, or the kernel has more than 4096 taps.

    Example:
        >>> d = derive_gradients(ConvSpec(kernel_shape=(3,), stride=2))
        >>> for phase in d.phases:
        ...     print(phase.residues, d.phase_gradient(phase))
        (0,) dy[K - 1]*w[2] + dy[K]*w[0]
        (1,) dy[K]*w[1]
    """
    if prod(spec.kernel_shape) > MAX_TAPS:
        raise SpecError(
            f"kernel_shape must have at most {MAX_TAPS} taps to be derived, got {spec.kernel_shape}"
        )
    before = tuple(lo for lo, _ in spec.padding_pairs)
    output = output_expression(spec)
    partials = differentiate(output, axes=spec.axes)
    equations = read_equations(partials.by_input, axes=spec.axes)
    return DerivedGradients(
        spec=spec,
        output=output,
        partials=partials,
        equations=equations,
        tap_inputs=read_tap_inputs(partials.by_weight, axes=spec.axes),
        phases=phase_table(equations, before=before),
    )
