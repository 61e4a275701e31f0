"""The shared nodes, with parts of either tree.

The nodes of `symconv.formula.tree` name the types of their parts, since a settled tree holds no
notation. While notation is read, their parts are nodes of both trees.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Branch,
    Ceiling,
    Compare,
    Divides,
    Floor,
    Largest,
    Matrix,
    Negated,
    Not,
    Partial,
    Quotient,
    Remainder,
    Smallest,
    Total,
)

Maker: TypeAlias = Callable[..., Floor | Ceiling | Largest | Smallest]

all_of: Callable[..., AllOf] = AllOf
any_of: Callable[..., AnyOf] = AnyOf
branch: Callable[..., Branch] = Branch
compare: Callable[..., Compare] = Compare
divides: Callable[..., Divides] = Divides
matrix: Callable[..., Matrix] = Matrix
negated: Callable[..., Negated] = Negated
negation: Callable[..., Not] = Not
partial: Callable[..., Partial] = Partial
quotient: Callable[..., Quotient] = Quotient
remainder: Callable[..., Remainder] = Remainder
total: Callable[..., Total] = Total
rounded: dict[str, Maker] = {"floor": Floor, "ceil": Ceiling}
extremes: dict[str, Maker] = {"max": Largest, "min": Smallest}
