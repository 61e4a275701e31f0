"""Which array of a claim about whole arrays is the input, which the kernel, which the gradient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from symconv.verification.questions.operators.conventions import (
    UPSTREAM,
)
from symconv.verification.reading.operators.names import Named, told_role
from symconv.verification.reading.operators.priors import (
    BIASES,
    DELTAS,
    INPUT,
    KERNEL,
    OFTEN,
    OUTPUT,
    UPSTREAMS,
    prior,
)
from symconv.verification.reading.operators.sketches import (
    Activated,
    Added,
    Array,
    Sketch,
    UnknownOperatorError,
    arrays_of,
    within,
)
from symconv.verification.reading.roles import Told

SWAPPED: Final = 9.0
UNNAMED: Final = 4.0  # a gradient claim without an upstream gradient cannot be right
Roles = Mapping[Named, str]


@dataclass(frozen=True)
class Context:
    """What is known beside the claim.

    Attributes:
        told: what was said of names.
        forward: whether the forward pass is a true convolution, if that is said.
        known: signs whose meaning is said.
        defining: signs that the display writes the forward pass with, Y = X * W.
    """

    told: Told
    forward: bool | None = None
    known: Mapping[str, bool] | None = None
    defining: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Casting:
    """A role for each array, and what that costs."""

    roles: Roles
    by: str | None
    cost: float
    alike: tuple[tuple[str, str], ...] = ()


def without_bias(sketch: Sketch) -> Sketch:
    """Return a sum without its bias, which nothing convolves."""
    if isinstance(sketch, Activated):
        return Activated(without_bias(sketch.operand))
    if not isinstance(sketch, Added):
        return sketch
    kept = [term for term in sketch.terms if not _is_bias(term)]
    if len(kept) == len(sketch.terms) or not kept:
        return sketch
    return kept[0] if len(kept) == 1 else Added(tuple(kept))


def _is_bias(sketch: Sketch) -> bool:
    return isinstance(sketch, Array) and not sketch.named.gradient and _biased(sketch.named.base)


def _biased(name: str) -> bool:
    return name.split("_")[0].rstrip("'") in BIASES


def gradient_castings(left: Named, right: Sequence[Named], told: Told) -> Iterator[Casting]:
    """Yield the roles that the arrays on the right of a gradient claim may have."""
    arrays = dict.fromkeys(right)
    upstream = [array for array in arrays if array.gradient]
    values = [array for array in arrays if not array.gradient]
    if any(array.key == left.key for array in upstream):
        raise UnknownOperatorError("the gradient stands on both sides")
    _check_values(left, values, upstream)
    unnamed = (
        [None] if upstream else [None, *(a for a in values if a.base.split("_")[0] in UPSTREAMS)]
    )
    for (by, other), chosen in product(((KERNEL, INPUT), (INPUT, KERNEL)), unnamed):
        cost = cost_of(left, by, told) - (UNNAMED if chosen else 0.0)
        roles: dict[Named, str] = dict.fromkeys(upstream, UPSTREAM)
        for array in values:
            role = UPSTREAM if array == chosen else other
            if len({value.key for value in values if value != chosen}) > 1:
                role = _likeliest(array)
            if role != UPSTREAM and (array.base, array.layer) == (left.base, left.layer):
                role = by  # in dX = X * dY, X is what dX belongs to
            roles[array] = role
            cost += 0.0 if role == UPSTREAM else cost_of(array, role, told)
        yield Casting(roles, by, cost)


def _check_values(left: Named, values: Sequence[Named], upstream: Sequence[Named]) -> None:
    """Check that there is one array beside the upstream gradient, or an input and a kernel.

    What the left side is the gradient of is one of the two, whatever its name; the other one
    then needs no name that usually means it.

    Raises:
        UnknownOperatorError: there are others, which may be numbers or differences.
    """
    keys = list(dict.fromkeys(array.key for array in values))
    if len(keys) > (1 if upstream else 2):
        raise UnknownOperatorError("more arrays than a gradient has")
    if len(keys) == 2 and not any(array.base.split("_")[0] in UPSTREAMS for array in values):
        own = (left.base, left.layer)
        others = [array for array in values if (array.base, array.layer) != own]
        most = OFTEN if len(others) < len(values) else 0.0
        if any(min(prior(array.base, role) for role in (INPUT, KERNEL)) > most for array in others):
            raise UnknownOperatorError("no upstream gradient, and no input and kernel")


def _likeliest(array: Named) -> str:
    return KERNEL if prior(array.base, KERNEL) < prior(array.base, INPUT) else INPUT


def cost_of(array: Named, role: str, told: Told) -> float:
    """Return what it costs to take an array for a role: what was said, else what names mean."""
    said = told_role(array, told)
    if said == OUTPUT and role == INPUT and (array.layer or array.gradient):
        return 1.0  # what one layer puts out is what the next one reads
    if said is not None:
        return 0.0 if said == role else SWAPPED
    if array.gradient and array.base in DELTAS:
        return 0.0 if role == INPUT else SWAPPED
    return prior(array.base, role)


def names_of(roles: Roles) -> dict[str, str]:
    """Return role -> the author's name."""
    return {role: array.shown for array, role in roles.items()}


def free_castings(sides: Sequence[Sketch], told: Told) -> Iterator[Casting]:
    """Yield the roles that the arrays of an identity may have; of two, one is the kernel."""
    arrays = list(dict.fromkeys(array for side in sides for array in arrays_of(side)))
    if len({array.key for array in arrays}) != 2:
        keys = list(dict.fromkeys(array.key for array in arrays))
        roles = {array: f"array {keys.index(array.key)}" for array in arrays}
        yield Casting(roles, None, 0.0, tuple(_alike_sizes(sides, roles)))
        return
    first = arrays[0].key
    for one, other in ((INPUT, KERNEL), (KERNEL, INPUT)):
        roles = {array: one if array.key == first else other for array in arrays}
        cost = sum(cost_of(array, role, told) for array, role in roles.items()) / 2
        yield Casting(roles, None, cost)


def _alike_sizes(sides: Sequence[Sketch], roles: Roles) -> Iterator[tuple[str, str]]:
    """Yield (array, another of the same size) for arrays that are added up."""
    for side in sides:
        for part in within(side):
            if isinstance(part, Added):
                added = [roles[t.named] for t in part.terms if isinstance(t, Array)]
                yield from ((role, added[0]) for role in added[1:])
