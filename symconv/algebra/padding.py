"""The padded input in letters, differentiated: which padded cells are copies of x[u,v].

    xp[u_p, v_p] = x[source(u_p), source(v_p)]

with one piecewise affine source per axis. dxp[u_p, v_p]/dx[u,v] is one Kronecker delta per axis;
each is read off and solved for the padded cell. The chain rule then *folds* the gradient back:
de/dx[u,v] is the sum of de/dxp over all copies of x[u,v]. Source: derived here.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import (
    Add,
    And,
    Eq,
    Expr,
    Integer,
    KroneckerDelta,
    Le,
    Lt,
    Mul,
    Piecewise,
    Sum,
    Symbol,
    diff,
    true,
)
from sympy.logic.boolalg import Boolean

from symconv.algebra.affine import coefficients
from symconv.algebra.copies import Copy, InSize
from symconv.algebra.symbols import INPUT_INDEX, INPUT_SIZE, PADDED_INDEX, X
from symconv.errors import DerivationError
from symconv.padding import PaddingMode
from symconv.spec import ConvSpec


def padded_input(mode: PaddingMode, *, axes: int) -> Expr:
    """Return xp[u_p, v_p] as an entry of x; with zeros, x is zero outside.

    Example:
        >>> padded_input("replicate", axes=1)
        x[Piecewise((0, u_p < 0), (m - 1, m <= u_p), (u_p, True))]
    """
    places = zip(PADDED_INDEX[:axes], INPUT_SIZE, strict=False)
    return X[tuple(_source(mode, cell, size=size) for cell, size in places)]


def read_copies(padded: Expr, spec: ConvSpec) -> tuple[tuple[Copy, ...], ...]:
    """Return the pieces of every axis, off the derivative of the padded input by x[u,v].

    Args:
        padded: xp[u_p, v_p].
        spec: the sizes; they say which padded cells there are.

    Raises:
        DerivationError: the derivative is not one delta of a piecewise affine cell per axis.

    Example:
        >>> spec = ConvSpec(kernel_shape=(3,), padding=((0, 1),), padding_mode="reflect")
        >>> [(piece,)] = [read_copies(padded_input("reflect", axes=1), spec)[0][1:]]
        >>> piece.slope, piece.offset
        (-1, InSize(constant=-2, sizes=2))
    """
    axes = spec.axes
    sources: dict[Symbol, Expr] = {}
    for delta in Mul.make_args(diff(padded, X[INPUT_INDEX[:axes]])):
        if not isinstance(delta, KroneckerDelta):
            raise DerivationError(f"derivative of xp must be deltas, got {delta}")
        letter, source = sorted(delta.args, key=lambda side: side not in INPUT_INDEX)
        sources[letter] = source
    if set(sources) != set(INPUT_INDEX[:axes]):
        raise DerivationError(f"derivative of xp must have a delta per axis, got {sources}")
    return tuple(
        _axis_copies(sources[INPUT_INDEX[axis]], axis=axis, padding=padding)
        for axis, padding in enumerate(spec.padding_pairs)
    )


def folded(gradient: Expr, copies: Sequence[Sequence[Copy]]) -> Expr:
    """Return de/dx[u,v]: the gradient by the padded input, summed over the copies of x[u,v].

    Args:
        gradient: de/dxp at padded cell (u, v).
        copies: the pieces of every axis.
    """
    for axis, pieces in enumerate(copies):
        if len(pieces) > 1:
            gradient = Add(*(_through(gradient, axis, piece) for piece in pieces))
    return gradient


def _source(mode: PaddingMode, cell: Symbol, *, size: Symbol) -> Expr:
    if mode == "zeros":
        return cell
    before, after = {
        "reflect": (-cell, 2 * (size - 1) - cell),
        "replicate": (Integer(0), size - 1),
        "circular": (cell + size, cell - size),
    }[mode]
    return Piecewise((before, cell < 0), (after, size <= cell), (cell, True))


def _axis_copies(source: Expr, *, axis: int, padding: tuple[int, int]) -> tuple[Copy, ...]:
    """Return the pieces of one axis, the input itself first; those without cells are left out."""
    lo, hi = padding
    cell, size = PADDED_INDEX[axis], INPUT_SIZE[axis]
    inside = (InSize(max(0, -lo)), InSize(min(0, hi) - 1, 1))
    if not isinstance(source, Piecewise):
        return (_copy(source, inside, axis=axis),)
    ranges: dict[Boolean, tuple[int, tuple[InSize, InSize]]] = {
        true: (1, inside),
        Lt(cell, 0): (lo, (InSize(-lo), InSize(-1))),
        Le(size, cell): (hi, (InSize(0, 1), InSize(hi - 1, 1))),
    }
    found = []
    for value, condition in reversed(source.args):
        if condition not in ranges:
            raise DerivationError(f"padded cells must be in front or after, got {condition}")
        cells, bounds = ranges[condition]
        if cells:
            found.append(_copy(value, bounds, axis=axis))
    return tuple(found)


def _copy(source: Expr, bounds: tuple[InSize, InSize], *, axis: int) -> Copy:
    slope, sizes, constant = coefficients(source, (PADDED_INDEX[axis], INPUT_SIZE[axis]))
    return Copy(*bounds, slope=int(slope), offset=InSize(int(constant), int(sizes)))


def _through(gradient: Expr, axis: int, piece: Copy) -> Expr:
    """Return what reaches x[u] through one piece: the gradient at its copies, 0 without any."""
    letter, size = INPUT_INDEX[axis], INPUT_SIZE[axis]
    first, last, offset = (
        number.constant + number.sizes * size for number in (piece.first, piece.last, piece.offset)
    )
    if piece.slope == 0:
        padded = PADDED_INDEX[axis]
        total = Sum(gradient.xreplace({letter: padded}), (padded, first, last))
        return Piecewise((total, Eq(letter, offset)), (Integer(0), True), evaluate=False)
    copy = piece.slope * (letter - offset)
    reached = And(Le(first, copy), Le(copy, last))
    return Piecewise((gradient.xreplace({letter: copy}), reached), (Integer(0), True))
