"""The derivation as an ordered list of steps: what is said, before any language or format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from symconv.algebra.derivation import DerivedGradients
from symconv.document.blocks import Outline, Step, message
from symconv.document.choices import Level
from symconv.document.notation import short_sizes, sizes_of
from symconv.document.scene import Scene
from symconv.document.sizes import telling_input_shape
from symconv.document.steps.chain import by_phase, chain, resolved
from symconv.document.steps.channels import channels
from symconv.document.steps.closed import closed
from symconv.document.steps.copies import folded, padded
from symconv.document.steps.example import example
from symconv.document.steps.exercises import exercises
from symconv.document.steps.flattened import flattened
from symconv.document.steps.kernel import kernel
from symconv.document.steps.output import output
from symconv.document.steps.overlap import general, overlap
from symconv.document.steps.parameters import by_bias, by_weight
from symconv.document.steps.partials import partials
from symconv.document.steps.scatter import scatter
from symconv.document.steps.setting import setting
from symconv.document.steps.transposed import definition, gathering, gradients, spread
from symconv.document.steps.transposed import example as in_numbers
from symconv.document.steps.transposed import exercises as to_solve
from symconv.document.steps.transposed import flattened as of_transposed
from symconv.document.steps.written import written_out
from symconv.document.steps.zero import zero

STEPS: Final[tuple[tuple[Level, Callable[[Scene], Step | None]], ...]] = (
    (Level.BRIEF, setting),
    (Level.BRIEF, padded),
    (Level.BRIEF, output),
    (Level.BRIEF, partials),
    (Level.BRIEF, overlap),
    (Level.FULL, general),
    (Level.BRIEF, chain),
    (Level.BRIEF, resolved),
    (Level.BRIEF, by_phase),
    (Level.BRIEF, closed),
    (Level.FULL, written_out),
    (Level.BRIEF, folded),
    (Level.BRIEF, zero),
    (Level.BRIEF, by_weight),
    (Level.BRIEF, by_bias),
    (Level.FULL, scatter),
    (Level.FULL, flattened),
    (Level.FULL, channels),
    (Level.FULL, example),
    (Level.FULL, kernel),
    (Level.CLASSROOM, exercises),
)

TRANSPOSED_STEPS: Final[tuple[tuple[Level, Callable[[Scene], Step | None]], ...]] = (
    (Level.BRIEF, definition.setting),
    (Level.BRIEF, definition.output),
    (Level.BRIEF, overlap),
    (Level.BRIEF, gathering.resolved),
    (Level.BRIEF, gathering.by_phase),
    (Level.BRIEF, gathering.closed),
    (Level.FULL, gathering.written_out),
    (Level.BRIEF, gathering.unreached),
    (Level.FULL, spread.scatter),
    (Level.FULL, spread.inserted),
    (Level.BRIEF, gradients.partials),
    (Level.BRIEF, gradients.by_input),
    (Level.BRIEF, gradients.adjoint),
    (Level.BRIEF, by_weight),
    (Level.BRIEF, by_bias),
    (Level.FULL, of_transposed.flattened),
    (Level.FULL, channels),
    (Level.FULL, in_numbers.example),
    (Level.FULL, kernel),
    (Level.CLASSROOM, to_solve.exercises),
)


def outline(
    derivation: DerivedGradients,
    *,
    level: Level = Level.FULL,
    input_shape: Sequence[int] | None = None,
    kernel_source: str = "",
) -> Outline:
    """Return the document of a derivation as steps.

    Args:
        derivation: the derivation.
        level: how much to say.
        input_shape: the image on which everything is written out; by default the smallest that
            shows every phase, both borders and an unread tail.
        kernel_source: the emitted NumPy kernel to show; empty for none.

    Raises:
        SpecError: a window does not fit into the image, or the image is too large.
    """
    shape = tuple(input_shape) if input_shape else telling_input_shape(derivation)
    scene = Scene(derivation, shape, level, kernel_source)
    transposed = derivation.spec.transposed
    steps = TRANSPOSED_STEPS if transposed else STEPS
    made = (step(scene) for least, step in steps if level.includes(least))
    return Outline(
        title=message(
            "The transposed convolution and its gradients: kernel {kernel}, stride {stride}",
            kernel=sizes_of(derivation.spec.kernel_shape),
            stride=short_sizes(derivation.spec.stride),
        )
        if transposed
        else message(
            "The gradients of a convolution: kernel {kernel}, stride {stride}",
            kernel=sizes_of(derivation.spec.kernel_shape),
            stride=short_sizes(derivation.spec.stride),
        ),
        steps=tuple(step for step in made if step is not None),
    )
