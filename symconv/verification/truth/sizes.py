"""What is true of the sizes of one axis, as laws: which size is what expression of the others.

A law gives the value of one size from those that a formula names. Where the value is another under
some condition - the stride divides, the padding is SAME - each is a variant with its condition. The
letters of all expressions are the roles themselves, Letter("input size").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeAlias

from symconv.formula.tree import (
    Ceiling,
    Expression,
    Floor,
    Integer,
    Largest,
    Letter,
    Quotient,
    Remainder,
    Smallest,
)
from symconv.verification.reading.scalars.size_priors import (
    AFTER,
    BEFORE,
    COUNT,
    DILATION,
    EXTENT,
    EXTRA,
    FIELD,
    HOLES,
    INPUT,
    JUMP,
    KERNEL,
    OUTPUT,
    PADDING,
    PLACE,
    REST,
    STRIDE,
    TOTAL,
    ZEROS,
)
from symconv.verification.truth.algebra import ONE, ZERO, negative, plus, times

LESS_ONE: Final = "kernel size less one"  # a number 2 that stands for a kernel of 3
NAMED: Final = frozenset((KERNEL, EXTENT, LESS_ONE))
PADDINGS: Final = frozenset((PADDING, TOTAL, BEFORE, AFTER))
ROUNDED: Final = "sizes are rounded up, so that a last window may reach over the edge (ceil_mode)"
EVEN_STRIDE: Final = "the stride divides the input size"
UNEVEN_STRIDE: Final = "{stride} does not divide {input size}"
JUMPS: Final = "receptive field stride"
BACKWARD: Final = "the layers are passed from the output back to the input"
TWO: Final = Integer(2)
EXCLUSIVE: Final = (
    frozenset((KERNEL, EXTENT, LESS_ONE)),
    frozenset((EXTENT, DILATION)),
    frozenset((EXTENT, HOLES)),
    frozenset((DILATION, HOLES)),
    frozenset((PADDING, TOTAL, BEFORE)),
    frozenset((PADDING, TOTAL, AFTER)),
    frozenset((STRIDE, ZEROS)),
)

Roles: TypeAlias = frozenset[str]


@dataclass(frozen=True)
class Variant:
    """What a size is, and under which condition.

    Attributes:
        value: in the roles.
        assumes: the condition, with {role} for the name of a role; "" for none.
        cost: how far from what is usually meant.
    """

    value: Expression
    assumes: str = ""
    cost: float = 0.0


@dataclass(frozen=True)
class Law:
    """What one size is by the others.

    Attributes:
        kind: what it is about, in words.
        defines: the role on the left side.
        needs: one role of each set must be named.
        allows: all roles that may be.
        variants: the values, the usual one first, for the roles that are named.
        room: whether a window must fit into the padded input.
        joint: roles that may stand beside what they exclude elsewhere.
    """

    kind: str
    defines: str
    needs: tuple[Roles, ...]
    allows: Roles
    variants: Callable[[Roles], tuple[Variant, ...]]
    room: bool = False
    joint: Roles = frozenset()

    def complete(self, roles: Roles) -> bool:
        """Return whether some roles are enough for it, and do not exclude each other."""
        if not all(roles & group for group in self.needs):
            return False
        return all(len((roles - self.joint) & group) < 2 for group in EXCLUSIVE)


def less(left: Expression, *others: Expression) -> Expression:
    """Return left minus the others."""
    return plus(left, *map(negative, others))


def over(above: Expression, below: Expression) -> Expression:
    """Return a quotient; by one, the numerator."""
    return above if below == ONE else Quotient(above, below)


def extent(roles: Roles) -> Expression:
    """Return how many cells a kernel spans."""
    if EXTENT in roles:
        return Letter(EXTENT)
    if LESS_ONE in roles:
        return plus(times(spacing(roles), Letter(LESS_ONE)), ONE)
    if spacing(roles) == ONE:
        return Letter(KERNEL)
    return plus(times(spacing(roles), less(Letter(KERNEL), ONE)), ONE)


def spacing(roles: Roles) -> Expression:
    """Return the dilation."""
    if HOLES in roles:
        return plus(Letter(HOLES), ONE)
    return Letter(DILATION) if DILATION in roles else ONE


def stride(roles: Roles) -> Expression:
    """Return the stride."""
    if ZEROS in roles:
        return plus(Letter(ZEROS), ONE)
    return Letter(STRIDE) if STRIDE in roles else ONE


def padded(roles: Roles) -> Expression:
    """Return how many cells are added on both sides together."""
    if TOTAL in roles:
        return Letter(TOTAL)
    if PADDING in roles:
        return times(TWO, Letter(PADDING))
    return plus(*(Letter(side) for side in (BEFORE, AFTER) if side in roles))


def room(roles: Roles) -> Expression:
    """Return by how much the padded input is larger than the kernel."""
    return less(plus(Letter(INPUT), padded(roles)), extent(roles))


def outputs(roles: Roles) -> tuple[Variant, ...]:
    """Return the number of outputs along an axis."""
    size, step = Letter(INPUT), stride(roles)
    found: list[Variant] = []
    lone = "" if STRIDE in roles else "the stride is 1"
    if roles & NAMED:
        left = room(roles)
        found.append(Variant(plus(Floor(over(left, step)), ONE) if STRIDE in roles
                             else plus(left, ONE), lone))  # fmt: skip
        if STRIDE in roles:
            found.append(Variant(plus(over(left, step), ONE), "{stride} divides {room}", 0.1))
            found.append(Variant(plus(Ceiling(over(left, step)), ONE), ROUNDED, 0.6))
        elif not roles & PADDINGS:
            half = "half the kernel, rounded down, is padded on both sides; the stride is 1"
            both = times(TWO, Floor(over(extent(roles), TWO)))
            kept = less(plus(size, both), less(extent(roles), ONE))
            found.append(Variant(kept, half, 0.3))
            full = "the padding is full (one less than the kernel on both sides), the stride 1"
            found.append(Variant(less(plus(size, extent(roles)), ONE), full, 0.3))
            causal = "one less than the kernel is padded in all, the stride is 1"
            found.append(Variant(size, causal, 0.3))
            odd = "the kernel spans an odd number of cells and nothing is padded; the stride is 1"
            found.append(Variant(less(size, times(TWO, Floor(over(extent(roles), TWO)))), odd, 0.4))
        if COUNT in roles and STRIDE in roles:
            zones = plus(size, times(Letter(COUNT), less(extent(roles), step)))
            exact = "{number of layers} is the number of overlaps, one less than the outputs, "
            exact += "and the windows cover the input exactly"
            found.append(Variant(over(zones, extent(roles)), exact, 0.3))
    elif roles == {INPUT, STRIDE}:
        found.append(Variant(Ceiling(over(size, step)), "the padding is SAME", 0.5))
        even = "the padding is SAME and {stride} divides {input size}"
        found.append(Variant(over(size, step), even, 0.6))
        tiles = "the kernel is as large as the stride and nothing is padded"
        found.append(Variant(Floor(over(size, step)), tiles, 0.8))
    return tuple(found)


def spread(roles: Roles, size: Expression) -> Expression:
    """Return the size of what some windows reach over, less the padding."""
    whole = plus(times(less(size, ONE), stride(roles)), extent(roles))
    return less(whole, padded(roles))


def transposed(roles: Roles) -> tuple[Variant, ...]:
    """Return the size of the output of a transposed convolution."""
    size = Letter(INPUT)
    extra = Letter(EXTRA) if EXTRA in roles else ZERO
    if not roles & NAMED:
        if STRIDE not in roles:
            return ()
        spread_only = "the kernel size is 1: zeros are put between the cells, and nothing more"
        return (
            Variant(times(size, stride(roles)), "the padding is SAME", 0.2),
            Variant(plus(times(less(size, ONE), stride(roles)), ONE), spread_only, 0.3),
        )
    lone = "" if roles & {STRIDE, ZEROS} else "the stride is 1"
    found = [Variant(plus(spread(roles, size), extra), lone)]
    if STRIDE in roles and not roles & PADDINGS:
        whole = times(less(size, ONE), stride(roles))
        half = times(TWO, Floor(over(extent(roles), TWO)))
        largest = plus(whole, Largest((extent(roles), stride(roles))), extra)
        keras = "a kernel smaller than the stride still leaves {stride} cells for each input"
        found += [
            Variant(largest, keras, 0.5),
            Variant(
                plus(less(plus(whole, extent(roles)), half), extra),
                "half the kernel, rounded down, is padded on both sides",
                0.5,
            ),
            Variant(
                plus(less(plus(whole, ONE), extent(roles)), ONE, extra),
                "nothing is padded around the spread input yet",
                0.8,
            ),
        ]
    return tuple(found)


def inputs(roles: Roles) -> tuple[Variant, ...]:
    """Return the input that some windows cover."""
    extra = Letter(EXTRA) if EXTRA in roles else Letter(REST) if REST in roles else ZERO
    if COUNT in roles or PLACE in roles:
        moves = Letter(COUNT if COUNT in roles else PLACE)
        value = plus(times(moves, stride(roles)), extent(roles), extra)
        steps = "{moves} is the number of steps, one less than the outputs, and no cell is left"
        return (Variant(less(value, padded(roles)), steps, 0.3),)
    if INPUT in roles and STRIDE in roles:
        left = Remainder(room(roles), stride(roles))
        return (Variant(plus(spread(roles, Letter(OUTPUT)), left)),)
    value = plus(spread(roles, Letter(OUTPUT)), extra)
    covered = "" if extra != ZERO or not roles & {STRIDE} else "the windows cover it exactly"
    return (Variant(value, covered),)


def totals(roles: Roles) -> tuple[Variant, ...]:
    """Return the total padding that gives as many outputs as SAME, or as are wanted."""
    if not roles & NAMED:
        return ()
    step, size = stride(roles), Letter(INPUT)
    if not roles & {INPUT, OUTPUT}:
        if roles & {STRIDE, REST}:
            return tuple(_short_totals(roles))
        keeps = "the stride is 1 and the output as large as the input"
        return (Variant(less(extent(roles), ONE), keeps),)
    if INPUT not in roles:
        return ()
    if OUTPUT in roles:
        wanted: Expression = Letter(OUTPUT)
    else:
        wanted = Ceiling(over(size, step))
    least = less(plus(times(less(wanted, ONE), step), extent(roles)), size)
    most = less(plus(times(wanted, step), extent(roles)), size, ONE)
    return (
        Variant(Largest((least, ZERO)), "" if STRIDE in roles else "the stride is 1"),
        Variant(least, "it is not negative", 0.1),
        Variant(most, "it is the largest padding that gives so many outputs", 0.4),
        *(_cropped(roles) if OUTPUT in roles else ()),
        *(_uneven_totals(roles) if STRIDE in roles and OUTPUT not in roles else ()),
    )


def _cropped(roles: Roles) -> Iterator[Variant]:
    """Yield what a transposed convolution cuts off to have as many outputs as are wanted."""
    extra = Letter(EXTRA) if EXTRA in roles else ZERO
    whole = plus(times(less(Letter(INPUT), ONE), stride(roles)), extent(roles), extra)
    yield Variant(less(whole, Letter(OUTPUT)), "the convolution is transposed", 0.3)


def _uneven_totals(roles: Roles) -> Iterator[Variant]:
    left = less(extent(roles), Remainder(Letter(INPUT), stride(roles)))
    uneven = UNEVEN_STRIDE
    yield Variant(Largest((left, ZERO)), uneven, 0.2)
    yield Variant(left, f"{uneven}, and it is not negative", 0.3)


def _short_totals(roles: Roles) -> Iterator[Variant]:
    step = Letter(REST) if REST in roles else stride(roles)
    when = (
        "{remainder} is what {stride} leaves of the input size, and not 0"
        if REST in roles
        else EVEN_STRIDE
    )
    rest = less(extent(roles), step)
    yield Variant(Largest((rest, ZERO)), when)
    yield Variant(rest, f"{when}; and it is not negative", 0.1)


def sides(roles: Roles) -> tuple[Variant, ...]:
    """Return the padding on each side."""
    if TOTAL in roles:
        other_side = roles & {BEFORE, AFTER}
        if other_side:
            return (Variant(less(Letter(TOTAL), Letter(next(iter(other_side))))),)
        half = over(Letter(TOTAL), TWO)
        other = "the other side takes the rest of {total padding}"
        return (
            Variant(Floor(half), other),
            Variant(Ceiling(half), other),
            Variant(half, "{total padding} is even", 0.1),
        )
    if not roles & NAMED:
        return ()
    span = extent(roles)
    one, odd = less(span, ONE), "the stride is 1 and the kernel spans an odd number of cells"
    if PADDING in roles:
        swapped = "it is that of the convolution that undoes one of stride 1"
        return (Variant(less(one, Letter(PADDING)), swapped),)
    if INPUT in roles:
        return _wanted_sides(roles)
    if OUTPUT in roles:
        return ()
    full = "the padding is full or, on one side only, causal; the stride is 1"
    return (
        Variant(over(one, TWO), odd),
        Variant(Floor(over(one, TWO)), odd, 0.1),
        Variant(Floor(over(span, TWO)), odd, 0.1),
        Variant(Ceiling(over(one, TWO)), odd, 0.2),
        Variant(one, full, 0.3),
    )


def _wanted_sides(roles: Roles) -> tuple[Variant, ...]:
    """Return the padding on each side for wanted outputs: a name, those of SAME, or the input."""
    size, step = Letter(INPUT), stride(roles)
    if OUTPUT in roles:
        return tuple(_halves(roles, Letter(OUTPUT), ""))
    kept = tuple(_halves(roles, size, "the output shall be as large as the input; "))
    return (*_halves(roles, Ceiling(over(size, step)), ""), *kept)


def _halves(roles: Roles, wanted: Expression, given: str) -> Iterator[Variant]:
    size = Letter(INPUT)
    least = less(plus(times(less(wanted, ONE), stride(roles)), extent(roles)), size)
    half = over(least, TWO)
    even = f"{given}it is a whole number and not negative"
    yield Variant(half, even)
    yield Variant(Ceiling(half), f"{given}it is not negative, the other side may take less", 0.2)
    yield Variant(Floor(half), f"{given}it is not negative, the other side takes the rest", 0.2)
    yield Variant(Largest((Ceiling(half), ZERO)), f"{given}the other side may take less", 0.2)
    yield Variant(Largest((Floor(half), ZERO)), f"{given}the other side takes the rest", 0.2)


def extents(roles: Roles) -> tuple[Variant, ...]:
    """Return how many cells a dilated kernel spans."""
    return (Variant(extent(roles)),)


def fields(roles: Roles) -> tuple[Variant, ...]:
    """Return the receptive field by that of the layer before or behind."""
    if not roles & NAMED:
        if roles == {FIELD, STRIDE}:
            point = less(times(Letter(STRIDE), Letter(FIELD)), less(Letter(STRIDE), ONE))
            return (Variant(point, "the kernel size is 1", 0.2),)
        return ()
    span, before = extent(roles), Letter(FIELD)
    if COUNT in roles:
        stack = "all layers are alike, of stride 1"
        return (Variant(plus(times(Letter(COUNT), less(span, ONE)), ONE), stack),)
    if FIELD not in roles:
        return (Variant(span, "it is that of one layer", 0.1),) if roles & {DILATION} else ()
    if JUMP in roles:
        return (Variant(plus(before, times(less(span, ONE), Letter(JUMP)))),)
    if STRIDE in roles:
        back = plus(times(less(before, ONE), Letter(STRIDE)), span)
        forth = plus(before, times(less(span, ONE), Letter(STRIDE)))
        single = "{stride} is the product of the strides of all layers before"
        return (Variant(back, BACKWARD), Variant(forth, single, 0.1))
    return (Variant(plus(before, less(span, ONE)), "all strides before are 1"),)


def jumps(roles: Roles) -> tuple[Variant, ...]:
    """Return the distance of neighbouring receptive fields by that of the layer before."""
    return (Variant(times(Letter(JUMP), Letter(STRIDE))),)


def overlaps(roles: Roles) -> tuple[Variant, ...]:
    """Return how many windows at most read one cell."""
    most = "it is how many windows along an axis read one cell at most"
    least = "it is how many windows along an axis read one cell, which {stride} divides exactly"
    ratio = over(extent(roles), stride(roles))
    return (Variant(Ceiling(ratio), most), Variant(ratio, least, 0.2))


def extras(roles: Roles) -> tuple[Variant, ...]:
    """Return by how much an input is larger than the smallest with as many outputs."""
    if OUTPUT in roles:
        return (Variant(less(Letter(INPUT), spread(roles, Letter(OUTPUT)))),)
    if STRIDE in roles:
        return (Variant(Remainder(room(roles), Letter(STRIDE))),)
    return ()


def readers(roles: Roles) -> tuple[Variant, ...]:
    """Return how many windows read one cell, by the last and the first of them."""
    front = Letter(PADDING) if PADDING in roles else ZERO
    cell = plus(Letter(PLACE), front)
    last = Floor(over(cell, stride(roles)))
    first = Ceiling(over(less(plus(cell, ONE), extent(roles)), stride(roles)))
    words = "it is how many windows read cell {index}"
    if OUTPUT not in roles:
        inside = f"{words}, which is not near the border"
        return (Variant(less(plus(last, ONE), first), inside),)
    ends = Smallest((last, less(Letter(OUTPUT), ONE))), Largest((first, ZERO))
    return (Variant(less(plus(ends[0], ONE), ends[1]), words),)


def centres(roles: Roles) -> tuple[Variant, ...]:
    """Return where the first receptive field has its centre, by that of the layer before."""
    half = over(less(extent(roles), ONE), TWO)
    front = Letter(PADDING) if PADDING in roles else ZERO
    return (Variant(plus(Letter(PLACE), times(less(half, front), Letter(JUMP)))),)


def pooled_kernels(roles: Roles) -> tuple[Variant, ...]:
    """Return the window of a pooling that gives a wanted number of outputs."""
    if STRIDE in roles:
        wide = less(Letter(INPUT), times(less(Letter(OUTPUT), ONE), Letter(STRIDE)))
        return (Variant(wide),)
    even = "{output size} divides {input size}"
    ratio = over(Letter(INPUT), Letter(OUTPUT))
    return tuple(Variant(value, even) for value in (Ceiling(ratio), Floor(ratio), ratio))


def pooled_edges(roles: Roles) -> tuple[Variant, ...]:
    """Return where window i of an adaptive pooling begins and ends."""
    first, behind = Letter(PLACE), plus(Letter(PLACE), ONE)
    begin = over(times(first, Letter(INPUT)), Letter(OUTPUT))
    end = over(times(behind, Letter(INPUT)), Letter(OUTPUT))
    return (
        Variant(Floor(begin), "it is where window {index} of an adaptive pooling begins"),
        Variant(Ceiling(end), "it is behind the end of window {index} of an adaptive pooling"),
    )


def remainders(roles: Roles) -> tuple[Variant, ...]:
    """Return what a stride leaves over."""
    found = [Variant(Remainder(Letter(INPUT), Letter(STRIDE)), "", 0.2)]
    if roles & NAMED:
        found = [Variant(Remainder(room(roles), Letter(STRIDE)))]
    return tuple(found)


CLAIMED: Final[Mapping[str, Roles]] = MappingProxyType(  # what makes a size more than a choice
    {
        OUTPUT: frozenset((INPUT,)),
        INPUT: frozenset((OUTPUT,)),
        TOTAL: frozenset((INPUT,)),
        PADDING: frozenset((INPUT,)),
        EXTENT: frozenset((DILATION, HOLES)),
        FIELD: frozenset((FIELD, DILATION, HOLES, COUNT)),
        JUMP: frozenset((JUMP,)),
    }
)
_AXIS: Final = frozenset((INPUT, STRIDE, DILATION, HOLES)) | NAMED | PADDINGS
_NONE: Final[Roles] = frozenset()
_FIELD: Final = frozenset((FIELD, STRIDE, DILATION, HOLES, JUMP, COUNT)) | NAMED
LAWS: Final = (
    Law("output size", OUTPUT, (frozenset((INPUT,)), NAMED | {STRIDE}), _AXIS | {COUNT}, outputs,
        room=True),
    Law("transposed output size", OUTPUT, (frozenset((INPUT,)), NAMED | {STRIDE}),
        _AXIS | {EXTRA, ZEROS}, transposed),
    Law("input size", INPUT, (frozenset((OUTPUT, COUNT, PLACE)), NAMED),
        _AXIS | {OUTPUT, EXTRA, REST, COUNT, PLACE}, inputs),
    Law("total padding", TOTAL, (NAMED,), (_AXIS - PADDINGS) | {OUTPUT, REST, EXTRA}, totals),
    *(
        Law("padding", side, (NAMED | {TOTAL},),
            (_AXIS - {BEFORE, AFTER}) | {OUTPUT} | opposite, sides, joint=frozenset((TOTAL,)))
        for side, opposite in (
            (PADDING, _NONE),
            (BEFORE, _NONE | {AFTER}),
            (AFTER, _NONE | {BEFORE}),
        )
    ),
    Law("effective kernel size", EXTENT,
        (frozenset((KERNEL, LESS_ONE)), frozenset((DILATION, HOLES))),
        frozenset((KERNEL, LESS_ONE, DILATION, HOLES)), extents),
    Law("receptive field", FIELD, (frozenset((FIELD, COUNT, DILATION, HOLES)),), _FIELD, fields),
    Law(JUMPS, JUMP, (frozenset((JUMP,)), frozenset((STRIDE,))),
        frozenset((JUMP, STRIDE)), jumps),
    Law("overlap", "overlap", (NAMED, frozenset((STRIDE,))),
        frozenset((STRIDE, DILATION)) | NAMED, overlaps),
    Law("output padding", EXTRA, (frozenset((INPUT,)), NAMED), _AXIS | {OUTPUT}, extras),
    Law("windows that read a cell", "overlap", (frozenset((PLACE,)), NAMED, frozenset((STRIDE,))),
        frozenset((PLACE, STRIDE, DILATION, OUTPUT, PADDING)) | NAMED, readers),
    Law("centre of a receptive field", PLACE, (frozenset((PLACE,)), NAMED, frozenset((JUMP,))),
        frozenset((PLACE, JUMP, PADDING, DILATION)) | NAMED, centres),
    Law("pooling window", KERNEL, (frozenset((INPUT,)), frozenset((OUTPUT,))),
        frozenset((INPUT, OUTPUT, STRIDE)), pooled_kernels),
    Law("pooling stride", STRIDE, (frozenset((INPUT,)), frozenset((OUTPUT,))),
        frozenset((INPUT, OUTPUT)), pooled_kernels),
    Law("pooling edge", PLACE, (frozenset((INPUT,)), frozenset((OUTPUT,)), frozenset((PLACE,))),
        frozenset((INPUT, OUTPUT, PLACE)), pooled_edges),
    Law("remainder", REST, (frozenset((INPUT,)), frozenset((STRIDE,))), _AXIS, remainders),
)  # fmt: skip


@lru_cache(maxsize=4096)
def variants_of(law: Law, roles: Roles) -> tuple[Variant, ...]:
    """Return the variants of a law for some roles; none where the roles do not suffice."""
    return law.variants(roles) if law.complete(roles) else ()
