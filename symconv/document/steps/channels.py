"""Several images and channels: which letters the sums run over besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sympy import Basic, Expr, Indexed, IndexedBase, Sum, Symbol, symbols, true

from symconv.algebra.channels import BatchedGradients, derive_channels
from symconv.algebra.symbols import (
    B_CHANNELS,
    DY,
    GROUP_INPUTS,
    GROUP_OUTPUTS,
    IMAGE,
    INPUT_SIZE,
    W,
    Y,
)
from symconv.document.blocks import (
    Block,
    Display,
    Equation,
    Paragraph,
    Reach,
    Step,
    equation,
    message,
)
from symconv.document.notation import DB_CHANNELS, DW, DX, DXP, cases, sizes_of
from symconv.document.scene import Scene

ALL_CHANNELS: Final[Mapping[Symbol, Symbol]] = {
    GROUP_INPUTS: Symbol("C", integer=True),
    GROUP_OUTPUTS: Symbol("O", integer=True),
}

SIZES: Final = symbols("A B D", integer=True, positive=True)  # for m, n, o: n and o count here
OTHER_LETTERS: Final[Mapping[Symbol, Symbol]] = {
    IMAGE: Symbol("nu", integer=True),
    **dict(zip(INPUT_SIZE, SIZES, strict=True)),
}


def channels(scene: Scene) -> Step:
    """Return y and the gradients with images, channels and groups."""
    layer = _Layer(scene, derive_channels(scene.derivation))
    return Step(
        name="channels",
        title=message("Images and channels"),
        blocks=(
            Paragraph(
                message(
                    "A layer has several images $\\nu$, input channels $c$ and output channels "
                    "$o$, and its inputs are of the size {sizes}, in other letters. Each output "
                    "channel has a kernel for every input channel that goes to it and one bias, "
                    "which all its outputs share:",
                    sizes=sizes_of(SIZES[: scene.axes]),
                )
                if scene.spec.transposed
                else message(
                    "A layer has several images $n$, input channels $c$ and output channels $o$. "
                    "Each output channel has a kernel for every input channel it reads and one "
                    "bias, which all its outputs share:"
                )
            ),
            *_about_groups(scene),
            Display((layer.output,)),
            Paragraph(
                message(
                    "Images and channels bring a delta each, and these fix the image and the "
                    "channels themselves. What they leave open is summed over: the output "
                    "channels in the gradient by the input, the images in the gradients by the "
                    "kernel and the bias. The cells meet as before:"
                )
            ),
            Display(layer.gradients),
        ),
        reason=message("Another image or channel is another entry: its derivative is 0."),
        reach=Reach.PROVED,
    )


def _about_groups(scene: Scene) -> list[Block]:
    if scene.spec.groups == 1:
        return []
    return [
        Paragraph(
            message(
                "The channels are in {groups} groups $\\kappa$ of {inputs} input and {outputs} "
                "output channels; $c$ and $o$ count within a group, and an output channel reads "
                "the input channels of its own group alone:",
                groups=scene.spec.groups,
                inputs=GROUP_INPUTS,
                outputs=GROUP_OUTPUTS,
            )
        )
    ]


@dataclass(frozen=True)
class _Layer:
    """The equations of a batch, read off its derivation."""

    scene: Scene
    batched: BatchedGradients

    @property
    def output(self) -> Equation:
        return self._equation(Y[(*self._of(DY), *self.scene.of_output)], self.batched.output)

    @property
    def _input(self) -> IndexedBase:
        return self.scene.at_windows if self.scene.spec.transposed else self.scene.at_cells

    @property
    def gradients(self) -> tuple[Equation, ...]:
        scene, batched = self.scene, self.batched
        by = DXP if scene.copied else DX
        return (
            self._equation(by[(*self._of(self._input), *scene.of_input)], self._grad_input()),
            self._equation(DW[(*self._of(W), *scene.tap)], batched.grad_weight),
            self._equation(DB_CHANNELS[self._of(B_CHANNELS)], batched.grad_bias),
        )

    def _equation(self, left: Basic, right: Basic) -> Equation:
        """Return an equation; with one group its channels are simply all channels."""
        names = ALL_CHANNELS if self.scene.spec.groups == 1 else {}
        if self.scene.spec.transposed:
            names = {**names, **OTHER_LETTERS}
        return equation(left.xreplace(names), right.xreplace(names))

    def _of(self, array: IndexedBase) -> tuple[Expr, ...]:
        """Return the image and channel of the entries of an array, as they meet."""
        places = {
            entry.base: entry.indices
            for expression in (self.batched.output, self.batched.grad_weight)
            for entry in expression.atoms(Indexed)
        }
        indices = places[array]
        return tuple(indices if array == B_CHANNELS else indices[: len(indices) - self.scene.axes])

    def _grad_input(self) -> Basic:
        """Return the closed form, or the sum over taps if transposed, summed over channels, too."""
        limits: list[Any] = [
            (letter, 0, GROUP_OUTPUTS - 1) for letter in self.batched.sums.grad_input
        ]
        if self.scene.spec.transposed:
            inner = self.scene.derivation.grad_input
            return Sum(self._with_channels(inner.function), *inner.limits, *limits)
        form = self.scene.derivation.overlap.closed_form
        counted = [(axis.counter, 0, axis.last) for axis in reversed(form.axes) if axis.overlaps]
        total = Sum(self._with_channels(form.term), *counted, *limits)
        return total if form.reached == true else cases((total, form.reached))

    def _with_channels(self, term: Expr) -> Expr:
        """Return a product of dy and w with the indices of image and channels in front."""
        dy, w = (
            next(entry for entry in term.atoms(Indexed) if entry.base == base) for base in (DY, W)
        )
        return DY[(*self._of(DY), *dy.indices)] * W[(*self._of(W), *w.indices)]
