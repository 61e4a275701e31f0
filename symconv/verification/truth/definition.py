"""What is true: y, its derivatives by one entry, and those of e, as sums of guarded terms.

Each is read off the definition, output o reads cell(o, r) through tap r. The derivative of e is the
chain rule over all outputs, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from symconv.formula.tree import Condition, Expression, Letter
from symconv.verification.truth.algebra import ONE, ZERO, equal, minus
from symconv.verification.truth.convolution import Model
from symconv.verification.truth.guarded_terms import Atom, Binder, GuardedTerm


@dataclass
class Truth:
    """The definition of one convolution, and its derivatives; indices count from 0.

    Attributes:
        model: the convolution.
    """

    model: Model
    _fresh: Iterator[int] = field(default_factory=count, repr=False)

    def name(self, stem: str) -> str:
        """Return a name that no binder has yet."""
        return f"{stem}#{next(self._fresh)}"

    def fresh(self, stem: str, array: str) -> tuple[tuple[Binder, ...], dict[str, Expression]]:
        """Return new binders over all indices of an array, and role -> their letters."""
        roles = self.model.layout.roles(array)
        binders = tuple(
            Binder(self.name(f"{stem}{role}"), ZERO, minus(size, ONE))
            for role, size in zip(roles, self.model.shape(array), strict=True)
        )
        letters = (Letter(binder.name) for binder in binders)
        return binders, dict(zip(roles, letters, strict=True))

    def _taps(
        self, output: Mapping[str, Expression]
    ) -> tuple[tuple[Binder, ...], dict[str, Expression]]:
        """Return binders over the taps of an output's window; its channel is the output's."""
        binders, tap = self.fresh("r", "w")
        kept = tuple(b for b, role in zip(binders, tap, strict=True) if role != "output")
        return kept, {**tap, **{role: output[role] for role in tap if role == "output"}}

    def output(self, indices: Sequence[Expression]) -> tuple[GuardedTerm, ...]:
        """Return y at an index: the sum over its taps, and the bias."""
        model = self.model
        output = model.by_role("dy", indices)
        taps, tap = self._taps(output)
        atoms = (
            Atom("x", model.in_order("x", model.reads(output, tap))),
            Atom("w", model.in_order("w", model.turned(tap))),
        )
        bias = Atom("b", model.in_order("b", output))
        return GuardedTerm(1, atoms, taps), GuardedTerm(1, (bias,))

    def output_by_input(
        self, indices: Sequence[Expression], cell: Sequence[Expression]
    ) -> tuple[GuardedTerm, ...]:
        """Return dy/dx: the entry of w for the tap through which the output reads the cell."""
        model = self.model
        output = model.by_role("dy", indices)
        taps, tap = self._taps(output)
        read = model.in_order("x", model.reads(output, tap))
        guards: list[Condition] = [equal(one, other) for one, other in zip(read, cell, strict=True)]
        guards += [model.inside("dy", indices), model.inside("x", cell)]
        weight = Atom("w", model.in_order("w", model.turned(tap)))
        return (GuardedTerm(1, (weight,), taps, tuple(guards)),)

    def output_by_weight(
        self, indices: Sequence[Expression], weight: Sequence[Expression]
    ) -> tuple[GuardedTerm, ...]:
        """Return dy/dw: the cell that the output reads through that entry of w."""
        model = self.model
        output = model.by_role("dy", indices)
        tap = model.turned(model.by_role("w", weight))  # mirroring twice is no mirroring
        guards: list[Condition] = []
        if "output" in tap:
            guards.append(equal(output["output"], tap["output"]))
        guards += [model.inside("dy", indices), model.inside("w", weight)]
        cell = Atom("x", model.in_order("x", model.reads(output, tap)))
        return (GuardedTerm(1, (cell,), (), tuple(guards)),)

    def output_by_bias(
        self, indices: Sequence[Expression], bias: Sequence[Expression]
    ) -> tuple[GuardedTerm, ...]:
        """Return dy/db: 1 where the output has this bias."""
        own = self.model.in_order("b", self.model.by_role("dy", indices))
        guards = tuple(equal(one, other) for one, other in zip(own, bias, strict=True))
        return (GuardedTerm(1, (), (), guards),)

    def loss_by(self, array: str, place: Sequence[Expression]) -> tuple[GuardedTerm, ...]:
        """Return de/dx, de/dw or de/db at an index: the chain rule over all outputs."""
        by_array = {
            "x": self.output_by_input,
            "w": self.output_by_weight,
            "b": self.output_by_bias,
        }
        outputs, output = self.fresh("i", "dy")
        indices = self.model.in_order("dy", output)
        (inner,) = by_array[array](indices, place)
        atoms = (Atom("dy", indices), *inner.atoms)
        return (GuardedTerm(1, atoms, outputs + inner.binders, inner.guards),)
