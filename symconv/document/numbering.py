"""The numbers of steps and equations, in the order of the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symconv.document.blocks import Display, Outline


@dataclass(frozen=True)
class Numbering:
    """Numbers from 1 on.

    Attributes:
        steps: the number of each step, by its name.
        equations: the number of each labelled equation, by its label.
    """

    steps: Mapping[str, int]
    equations: Mapping[str, int]


def numbering_of(outline: Outline) -> Numbering:
    """Return the numbers of an outline."""
    labels = (
        equation.label
        for block in outline.blocks()
        if isinstance(block, Display)
        for equation in block.equations
        if equation.label
    )
    return Numbering(
        steps={step.name: number for number, step in enumerate(outline.steps, start=1)},
        equations={label: number for number, label in enumerate(labels, start=1)},
    )
