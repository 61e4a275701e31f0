"""Which window an operator runs over: its size, stride, dilation and first cell, along each axis.

Along an axis the entry stands at an index that is affine in the output's index and in the letter
that the operator runs over, or it is that letter and its bounds are affine in the output's index.
Either way output o starts at first(o) = stride*o + offset and reads `count` cells. Which name is
the window's size and which the stride is inferred from that; names and what was said are a prior.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from symconv.formula.tree import Expression, Floor, Integer, Letter, Quotient
from symconv.verification.reading.pooling.elements import Bound
from symconv.verification.reading.pooling.polynomials import (
    NOTHING,
    Polynomial,
    letter,
    number,
    polynomial,
)
from symconv.verification.reading.pooling.roles import (
    DILATION,
    KERNEL,
    PADDING,
    STRIDE,
    assigned,
    fit,
)
from symconv.verification.reading.roles import Told
from symconv.verification.truth.algebra import ONE, ZERO, minus, plus, times

NOTHING_NAMED: Mapping[str, Expression] = MappingProxyType({})
UNSUITED = 5.0


@dataclass(frozen=True)
class Slot:
    """One axis of the statement, as it is written.

    Attributes:
        output: the letter of the output's index.
        cell: the index of the entry.
        bound: what the operator runs over along this axis; None for nothing.
    """

    output: str
    cell: Expression
    bound: Bound | None


@dataclass(frozen=True)
class Option:
    """What one size of an axis may be.

    Attributes:
        size: the size.
        roles: the names that it gives a role.
        cost: beyond that of the roles.
        note: what the reading says of it.
        assumes: what it takes for granted.
        named: names that are replaced, so that the window has a name of its own.
    """

    size: Expression
    roles: tuple[tuple[str, str], ...] = ()
    cost: float = 0.0
    note: str = ""
    assumes: str = ""
    named: Mapping[str, Expression] = field(default_factory=lambda: NOTHING_NAMED)


@dataclass(frozen=True)
class AxisReading:
    """The sizes of one axis under one reading."""

    kernel: Option
    stride: Option
    dilation: Option
    before: Option

    @property
    def options(self) -> tuple[Option, ...]:
        """All of them."""
        return (self.kernel, self.stride, self.dilation, self.before)

    @property
    def roles(self) -> tuple[tuple[str, str], ...]:
        """The names that get a role."""
        roles = tuple(pair for option in self.options for pair in option.roles)
        kernels = {name for name, role in roles if role == KERNEL}
        tiling = self.kernel.size == self.stride.size  # stride = window: one name for both
        return tuple(p for p in roles if not (tiling and p[1] == STRIDE and p[0] in kernels))

    @property
    def cost(self) -> float:
        """What its options cost beside the names."""
        return sum(option.cost for option in self.options)


def axis_readings(slot: Slot, base: int, told: Told, names: Sequence[str]) -> list[AxisReading]:
    """Return the readings of an axis, the likeliest first.

    Args:
        slot: the axis as it is written; a bound without ends must have got some.
        base: the first index.
        told: what was said of the names.
        names: all names of sizes in the statement.
    """
    span = _Span.of(slot)
    found = [
        AxisReading(kernel, stride, dilation, before)
        for kernel in _kernels(span, told, names)
        for stride in _strides(span, told, names)
        for dilation in _dilations(span, told, names)
        for before in _paddings(span, kernel, base, told)
    ]
    found.sort(key=lambda reading: reading.cost + assigned(reading.roles, told))
    return found


@dataclass(frozen=True)
class _Span:
    """The window of an output o: first(o) = slope*o + offset, count cells in steps.

    Attributes:
        slope, offset: of the first cell; slope None if it is not affine.
        count: how many cells.
        step: from one to the next, without its sign.
        output: o.
    """

    slope: Polynomial | None
    offset: Polynomial
    count: Polynomial
    step: Polynomial
    output: str

    @classmethod
    def of(cls, slot: Slot) -> _Span:
        """Return the window that is written along an axis."""
        cell, bound = polynomial(slot.cell), slot.bound
        count, step = number(1), number(1)
        if bound is not None and bound.lower is not None and bound.upper is not None:
            lower, upper = polynomial(bound.lower), polynomial(bound.upper)
            count = upper - lower + number(1)
            split = cell.linear_in(bound.letter)
            if split is None:
                return cls(None, NOTHING, count, step, slot.output)
            if split[0] == NOTHING:  # the entry does not use what the operator runs over
                cell = lower if slot.output in lower.letters else cell
            else:
                back = _is_negative(split[0])
                step = split[0].scaled(-1) if back else split[0]
                cell = split[0] * (upper if back else lower) + split[1]
        parts = cell.linear_in(slot.output)
        if parts is None:
            return cls(None, NOTHING, count, step, slot.output)
        return cls(parts[0], parts[1], count, step, slot.output)


def _is_negative(value: Polynomial) -> bool:
    return bool(value.terms) and all(coefficient < 0 for _, coefficient in value.terms)


def _single(value: Polynomial) -> str | None:
    """Return the name of the letter that a polynomial is."""
    unknowns = value.unknowns
    if len(unknowns) == 1 and isinstance(unknowns[0], Letter):
        name = unknowns[0].name
        return name if value == letter(name) else None
    return None


def _whole(value: Polynomial) -> int | None:
    constant = value.constant
    return int(constant) if constant is not None and constant.denominator == 1 else None


def _kernels(span: _Span, told: Told, names: Sequence[str]) -> Iterator[Option]:
    """Yield what the window's size may be: the number of cells, or a name that stands in it."""
    for name in names:
        if fit(name, KERNEL, told) == 0 and span.slope == letter(name):
            yield Option(Letter(name), ((name, KERNEL),))
    whole = _whole(span.count)
    if whole is not None:
        yield Option(Integer(max(whole, 1)))
        return
    inside = [u.name for u in span.count.unknowns if isinstance(u, Letter)]
    for name in dict.fromkeys((*inside, *sorted(span.count.letters))):
        if name == span.output:
            continue
        yield Option(Letter(name), ((name, KERNEL),))
        rest = span.count - letter(name)
        shift = _whole(rest)
        if shift:
            window = f"{name}{shift:+d}"
            yield Option(
                Letter(window), (), _against_size(name, told), "",
                f"windows have {window} cells, not {name}",
                named={name: minus(Letter(window), Integer(shift)) if shift > 0
                       else plus(Letter(window), Integer(-shift))},
            )  # fmt: skip
        if span.count == letter(name).scaled(2) + number(1):
            kernel = plus(times(Integer(2), Letter(name)), ONE)
            cost = _against_size(name, told)
            yield Option(kernel, (), cost if cost > UNSUITED else 0.0, f"{name} is the radius")


def _against_size(name: str, told: Told) -> float:
    """Return what it costs that a name in the bounds is not the window's size."""
    if told.names.get(name, "index") != "index":
        return 9.0
    return UNSUITED if fit(name, KERNEL, told) == 0 and name[:1] in "kKfFpq" else 0.5


def _strides(span: _Span, told: Told, names: Sequence[str]) -> Iterator[Option]:
    slope = span.slope if span.slope is not None else number(1)
    plain = [n for n in names if fit(n, STRIDE, told) == 0 and n not in (span.output,)]
    whole, name = _whole(slope), _single(slope)
    if name is not None:
        yield Option(Letter(name), ((name, STRIDE),))
    elif whole is not None and whole >= 1:
        yield Option(Integer(whole))
    for other in plain:
        if other != name:
            yield Option(Letter(other), ((other, STRIDE),))
    if name is None and (whole is None or whole < 1) and not plain:
        yield Option(ONE)


def _dilations(span: _Span, told: Told, names: Sequence[str]) -> Iterator[Option]:
    whole, name = _whole(span.step), _single(span.step)
    plain = [n for n in names if fit(n, DILATION, told) == 0 < fit(n, KERNEL, told)]
    if name is not None:
        yield Option(Letter(name), ((name, DILATION),))
        if fit(name, STRIDE, told) == 0:  # it stands at the wrong letter
            yield Option(ONE, (), 1.0)
    elif whole is not None and whole >= 1:
        yield Option(Integer(whole))
    elif not plain:
        yield Option(ONE)
    for other in plain:
        if other != name:
            yield Option(Letter(other), ((other, DILATION),))


def _paddings(span: _Span, kernel: Option, base: int, told: Told) -> Iterator[Option]:
    """Yield how many cells the first window starts before the first one."""
    slope = span.slope if span.slope is not None else NOTHING
    start = slope.scaled(base) + span.offset - number(base)
    ahead = start.scaled(-1)
    radius = _centred(ahead, kernel)
    if ahead == NOTHING:
        yield Option(ZERO)
    elif radius is not None:
        yield Option(radius, (), 0.0, "windows are centred")
    else:
        yield from _uneven(ahead, kernel, told)


def _centred(ahead: Polynomial, kernel: Option) -> Expression | None:
    """Return the radius of the windows, where they are centred on the output's own cell."""
    size = kernel.size
    if isinstance(size, Integer):
        whole = _whole(ahead)
        return Integer(whole) if whole is not None and 2 * whole + 1 == size.value > 1 else None
    if polynomial(size) == ahead.scaled(2) + number(1):
        whole = isinstance(size, Letter)  # an odd window; else a radius
        return Floor(Quotient(minus(size, ONE), Integer(2))) if whole else ahead.expression()
    half = Floor(Quotient(size, Integer(2)))
    return half if ahead == polynomial(half) else None


def _uneven(ahead: Polynomial, kernel: Option, told: Told) -> Iterator[Option]:
    whole, name = _whole(ahead), _single(ahead)
    if name is not None:
        yield Option(Letter(name), ((name, PADDING),))
    elif whole is not None and whole > 0:
        fits = isinstance(kernel.size, Integer) and 2 * whole <= kernel.size.value
        yield Option(Integer(whole), (), 0.5 if fits else UNSUITED, f"padding {whole}")
        yield Option(ZERO, (), 0.0 if not fits else 0.75)
    else:
        named = [
            unknown.name for unknown in ahead.unknowns
            if isinstance(unknown, Letter) and fit(unknown.name, PADDING, told) == 0
        ]  # fmt: skip
        for other in named:
            yield Option(Letter(other), ((other, PADDING),))
        if ahead == polynomial(kernel.size) - number(1) and isinstance(
            kernel.size, Letter | Integer
        ):
            behind = minus(kernel.size, ONE)
            yield Option(behind, (), 0.5, "", "the window of an output ends at its own cell")
        if not named:
            yield Option(ZERO, (), 1.0)
