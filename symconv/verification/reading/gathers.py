"""Outputs of transposed convolutions, gathered: y_u = sum_i x_i w_{u - si}.

Such a y is what the gradient of an input is: x takes the place of the upstream gradient.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from symconv.formula.tree import Compare, Entry, Equation, walk
from symconv.verification.reading.array_roles import gradient_of, prior
from symconv.verification.reading.index_graph import is_bare
from symconv.verification.reading.roles import Told
from symconv.verification.truth.guarded_terms import letters_bound_in

CLOSE: Final = 1.0  # up to which cost names may be those of an input and a kernel
GATHERED: Final = "{} is the output of a transposed convolution"


def gathered(equation: Equation, told: Told) -> Iterator[tuple[float, str, Told]]:
    """Yield (cost, what is assumed, what is said of the names) where y may be gathered.

    The input is read by summed letters alone, which stand beside those of the output in the
    kernel's indices or in an equation below the sum.
    """
    left = equation.left
    if not isinstance(left, Entry) or gradient_of(left.array):
        return
    if told.names.get(left.array, "output") != "output":
        return
    entries = [part for right in equation.rights for part in walk(right) if isinstance(part, Entry)]
    named = list(dict.fromkeys(entry.array for entry in entries))
    if len(named) != 2 or left.array in named:
        return
    bound, free = letters_bound_in(equation), left.names
    for one, other in (named, named[::-1]):
        read = [index for entry in entries if entry.array == one for index in entry.indices]
        taps = [index for entry in entries if entry.array == other for index in entry.indices]
        cells = frozenset().union(*(index.names for index in read))
        moved = [
            tie.names & cells
            for tie in (*(index for index in taps if not is_bare(index)), *_equations(equation))
            if tie.names & free
        ]
        if cells <= bound and all(map(is_bare, read)) and moved and all(moved):
            roles = {left.array: "grad_input", one: "grad_output", other: "kernel"}
            cost = prior(one, "x", told) + prior(other, "w", told)
            said = replace(told, names={**told.names, **roles})
            if cost <= CLOSE:
                yield cost, GATHERED.format(left.array), said


def _equations(equation: Equation) -> Iterator[Compare]:
    """Yield the equations that the sums run under, si + r - p = u."""
    for right in equation.rights:
        for part in walk(right):
            if isinstance(part, Compare) and part.operator == "=":
                yield part
