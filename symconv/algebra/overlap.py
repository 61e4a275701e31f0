"""The four overlap cases and their closed forms, for symbolic sizes and for given ones.

Along one axis the derivative of y[i] by x[u] is the sum over r of w[r] * delta(u, t*i + d*r - lo).
With u + lo = t*K + rho and i = K - shift, the delta asks for d*r = t*shift + rho: a linear
Diophantine equation. Let c = gcd(d, t). It has solutions when c divides rho, namely

    r = r0 + alpha*t/c,    shift = shift0 + alpha*d/c,    0 <= r0 < t/c,

so the sum over taps is a sum over alpha from 0 to floor((p-1-r0) / (t/c)). Dense kernels have
d = c = 1, r0 = rho and shift0 = 0. Some phase has two terms exactly when t/c <= p-1 (*overlap*);
an axis without overlap has at most the term alpha = 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import gcd

from sympy import (
    And,
    Eq,
    Expr,
    Ge,
    Gt,
    IndexedBase,
    Integer,
    Le,
    Mod,
    Piecewise,
    Sum,
    Symbol,
    floor,
    true,
)
from sympy.logic.boolalg import Boolean

from symconv.algebra.forward import general_output
from symconv.algebra.gradients import differentiate
from symconv.algebra.reading import AxisRead, read_equations
from symconv.algebra.symbols import BLOCK_INDEX, COUNTER, DY, INPUT_INDEX, INPUT_SIZE, PHASE, W


@dataclass(frozen=True)
class AxisClosedForm:
    """de/dx[u] along one axis: the sum of dy[output] * w[tap] for alpha = 0 ... last.

    All fields are in terms of K, rho and alpha; `definitions` says what K and rho are.

    Attributes:
        overlaps: whether alpha may exceed 0; without overlap the sum is its term alpha = 0.
        counter: alpha.
        last: floor((p-1-r0) / (t/c)); negative in a gap.
        output: the output index K - shift.
        tap: the tap r0 + alpha*t/c; p-1 less that where the kernel is flipped.
        reached: the condition for the sum to have a term; false in a gap, where it is 0.
        definitions: K and rho in terms of u; empty for stride 1, where K is u + lo itself.
    """

    overlaps: bool
    counter: Symbol
    last: Expr
    output: Expr
    tap: Expr
    reached: Boolean
    definitions: Mapping[Symbol, Expr]


@dataclass(frozen=True)
class ClosedForm:
    """de/dx[u,v] as one explicit sum: the product of its axes.

    Attributes:
        axes: the sum along each axis.
        windows: what the windows hold: dy, or x where the sum is y - b of a transposed one.
    """

    axes: tuple[AxisClosedForm, ...]
    windows: IndexedBase = DY

    @property
    def term(self) -> Expr:
        """The summand dy[...] * w[...], in terms of K, rho and alpha."""
        output = tuple(axis.output for axis in self.axes)
        return self.windows[output] * W[tuple(axis.tap for axis in self.axes)]

    @property
    def reached(self) -> Boolean:
        """The condition on the phase for the sum to have a term."""
        return And(*(axis.reached for axis in self.axes))

    @property
    def definitions(self) -> dict[Symbol, Expr]:
        """K and rho of every axis in terms of u, v."""
        return {letter: value for axis in self.axes for letter, value in axis.definitions.items()}

    @cached_property
    def expression(self) -> Expr:
        """The sum in terms of u, v alone, 0 where no window reaches; dy is zero outside y."""
        limits = [(axis.counter, 0, axis.last) for axis in reversed(self.axes) if axis.overlaps]
        total = Sum(self.term, *limits) if limits else self.term
        if self.reached != true:
            total = Piecewise((total, self.reached), (Integer(0), True))
        return total.xreplace(self.definitions)


@dataclass(frozen=True)
class OverlapCase:
    """One of the cases {rows overlap or not} x {columns overlap or not}.

    Attributes:
        overlaps: per axis, whether the windows overlap.
        condition: on the sizes; true for a given spec.
        closed_form: the gradient by the input in this case.
    """

    overlaps: tuple[bool, ...]
    condition: Boolean
    closed_form: ClosedForm

    @property
    def name(self) -> str:
        """The case in words, "no overlap" or "rows and columns overlap"."""
        return overlap_name(self.overlaps)


@dataclass(frozen=True)
class AxisConditions:
    """What holds along one axis with symbolic sizes: kernel p, stride t, input m.

    Attributes:
        overlap: windows overlap, t <= p-1.
        tiling: windows touch without overlap, t = p.
        gap: inputs between windows are never read, t > p.
        tail: the number of inputs after the last window, (m-p) mod t.
    """

    overlap: Boolean
    tiling: Boolean
    gap: Boolean
    tail: Expr


def general_cases() -> tuple[OverlapCase, ...]:
    """Return the four cases for a dense p x q kernel with stride t, all letters symbolic.

    Example:
        >>> [str(case.condition) for case in general_cases()][1]
        '(t >= p) & (t <= q - 1)'
    """
    reads = _general_reads()
    return tuple(
        _case(reads, overlaps=overlaps, condition=_case_condition(reads, overlaps))
        for overlaps in product((False, True), repeat=len(reads))
    )


def general_conditions() -> tuple[AxisConditions, ...]:
    """Return the conditions of rows (kernel p, input m) and of columns (kernel q, input n).

    Example:
        >>> general_conditions()[1].overlap
        t <= q - 1
    """
    return tuple(
        AxisConditions(
            overlap=Le(read.stride, read.kernel - 1),
            tiling=Eq(read.stride, read.kernel),
            gap=Gt(read.stride, read.kernel),
            tail=Mod(size - read.kernel, read.stride),
        )
        for read, size in zip(_general_reads(), INPUT_SIZE, strict=False)
    )


def overlap_case(reads: Sequence[AxisRead], *, windows: IndexedBase = DY) -> OverlapCase:
    """Return which case a spec is, with the closed form specialised to its sizes.

    Args:
        reads: the equation of each axis, with integer coefficients.
        windows: what the windows hold, dy or x.

    Example:
        >>> from sympy import Integer
        >>> rows = AxisRead(stride=Integer(4), dilation=1, offset=0, kernel=Integer(3))
        >>> columns = AxisRead(stride=Integer(4), dilation=1, offset=0, kernel=Integer(5))
        >>> overlap_case([rows, columns]).name
        'columns overlap'
    """
    overlaps = tuple(read.stride / _common(read) <= read.kernel - 1 for read in reads)
    return _case(reads, overlaps=tuple(map(bool, overlaps)), condition=true, windows=windows)


def any_case(reads: Sequence[AxisRead]) -> ClosedForm | None:
    """Return one closed form for all cases, sizes may be letters; None if a dilation is one.

    A sum that ends at alpha = -1 is the gap; one that ends at 0 has no overlap.

    Example:
        >>> any_case(_general_reads()).axes[0].last
        floor((p - rho - 1)/t)
    """
    if any(read.dilation != 1 for read in reads):
        return None
    return _case(reads, overlaps=(True,) * len(reads), condition=true).closed_form


def overlap_name(overlaps: Sequence[bool]) -> str:
    """Return an overlap case in words, given which axes overlap.

    Example:
        >>> overlap_name([True, True]), overlap_name([False])
        ('rows and columns overlap', 'no overlap')
    """
    axes = ("rows", "columns") if len(overlaps) == 2 else ("axis 0", "axis 1", "axis 2")
    words = [axis for axis, overlap in zip(axes, overlaps, strict=False) if overlap]
    return f"{' and '.join(words)} overlap" if words else "no overlap"


def _general_reads() -> tuple[AxisRead, ...]:
    return read_equations(differentiate(general_output(), axes=2).by_input, axes=2)


def _case_condition(reads: Sequence[AxisRead], overlaps: Sequence[bool]) -> Boolean:
    return And(
        *(
            Le(read.stride, read.kernel - 1) if overlap else Ge(read.stride, read.kernel)
            for read, overlap in zip(reads, overlaps, strict=True)
        )
    )


def _case(
    reads: Sequence[AxisRead],
    *,
    overlaps: tuple[bool, ...],
    condition: Boolean,
    windows: IndexedBase = DY,
) -> OverlapCase:
    forms = (
        _axis_form(axis, read, overlaps=overlap)
        for axis, (read, overlap) in enumerate(zip(reads, overlaps, strict=True))
    )
    return OverlapCase(overlaps, condition, ClosedForm(tuple(forms), windows))


def _axis_form(axis: int, read: AxisRead, *, overlaps: bool) -> AxisClosedForm:
    """Solve u = t*i + d*r - lo of one axis for the taps and outputs that meet at input u.

    A flipped kernel is solved for p-1-r, which steps forward.
    """
    flipped = read.dilation < 0
    if flipped:
        read = AxisRead(
            stride=read.stride,
            dilation=-read.dilation,
            offset=read.offset + read.dilation * (read.kernel - 1),
            kernel=read.kernel,
        )
    common = _common(read)
    step, skip = read.stride / common, read.dilation / common
    cell = INPUT_INDEX[axis] - read.offset
    block, phase = BLOCK_INDEX[axis], PHASE[axis]
    definitions = {block: floor(cell / read.stride), phase: Mod(cell, read.stride)}
    if read.stride == 1:
        block, phase, definitions = cell, Integer(0), {}
    first_tap = _first_tap(phase, step=step, skip=skip, common=common)
    first_shift = (read.dilation * first_tap - phase) / read.stride
    last = (read.kernel - 1 - first_tap) / step
    counter = COUNTER[axis] if overlaps else Integer(0)
    tap = first_tap + counter * step
    divisible = true if common == 1 else Eq(Mod(phase, common), 0)
    in_kernel = true if overlaps or step == read.kernel else Le(first_tap, read.kernel - 1)
    return AxisClosedForm(
        overlaps=overlaps,
        counter=COUNTER[axis],
        last=floor(last, evaluate=not last.free_symbols),  # SymPy would tear it apart
        output=block - first_shift - counter * skip,
        tap=read.kernel - 1 - tap if flipped else tap,
        reached=And(divisible, in_kernel),
        definitions=definitions,
    )


def _first_tap(phase: Expr, *, step: Expr, skip: Expr, common: int) -> Expr:
    """Return r0, the smallest tap >= 0 with d*r = rho modulo t, for a phase that has one.

    SymPy 1.14 takes Mod(3*Mod(v, 4), 4) for 3*Mod(v, 4), so the remainder is spelled with floor.
    """
    if step == 1:
        return Integer(0)
    if skip == 1:
        return phase / common
    inverse = pow(int(skip), -1, int(step))
    multiple = phase * inverse / common
    return multiple if inverse == 1 else multiple - step * floor(multiple / step)


def _common(read: AxisRead) -> int:
    """Return gcd(d, t); 1 for symbolic strides, whose kernels are dense."""
    return gcd(int(read.dilation), int(read.stride)) if read.stride.is_Integer else 1
