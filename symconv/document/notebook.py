"""Documents as Jupyter notebooks: the steps, and cells that run the checks again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from symconv.document.blocks import Illustration, Outline, Step
from symconv.document.choices import Picture
from symconv.document.figure import write_svg
from symconv.document.language import ENGLISH, Language
from symconv.document.markdown import markdown_parts
from symconv.render import render
from symconv.sizes import Shape
from symconv.spec import ConvSpec

FORMAT: Final = (4, 5)
CHECKS: Final = {  # the step that a cell follows -> its template
    "setting": "notebook/setting.py.jinja",
    "by-phase": "notebook/by_phase.py.jinja",
    "by-weight": "notebook/by_weight.py.jinja",
    "kernel": "notebook/kernel.py.jinja",
}

TRANSPOSED_CHECKS: Final = {**CHECKS, "by-phase": "notebook/by_phase_transposed.py.jinja"}
FIGURE: Final = "notebook/figure.py.jinja"


@dataclass(frozen=True)
class FigureCell:
    """The context of the template of a cell that draws.

    Attributes:
        picture: which figure.
        axis: the axis of a strip, else "".
        lang: the language of its words, "" for English.
    """

    picture: str
    axis: str
    lang: str


@dataclass(frozen=True)
class CheckCells:
    """The context of the templates of the cells that check.

    Attributes:
        spec: the call that makes the spec.
        input_shape: the image of the examples.
    """

    spec: str
    input_shape: Shape


def notebook_document(
    outline: Outline, language: Language, *, command: str, spec: ConvSpec, input_shape: Shape
) -> str:
    """Return a document as the text of an .ipynb file.

    Args:
        outline: what to say.
        language: in which language.
        command: the command that makes the document.
        spec: the sizes, for the cells that check.
        input_shape: the image of the examples, for the same cells.
    """
    parts = markdown_parts(outline, language, command=command, show=_in_a_cell)
    context = CheckCells(spec=repr(spec.plane), input_shape=input_shape)
    drawings = {step.name: tuple(_illustrations(step)) for step in outline.steps}
    checks = TRANSPOSED_CHECKS if spec.transposed else CHECKS
    cells: list[dict[str, Any]] = []
    for name, text in parts.items():
        cells.append(_markdown_cell(name, text))
        cells += (_figure_cell(figure, language) for figure in drawings.get(name, ()))
        if name in checks:
            cells.append(_code_cell(f"check-{name}", render(checks[name], context)))
    major, minor = FORMAT
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": major,
        "nbformat_minor": minor,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _in_a_cell(illustration: Illustration, caption: str, description: str) -> str:
    """Return nothing in the text: a cell of its own draws the figure."""
    return ""


def _illustrations(step: Step) -> Iterator[Illustration]:
    return (block for block in step.blocks if isinstance(block, Illustration))


def _markdown_cell(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(text)}


def _code_cell(name: str, code: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": list(outputs),
        "source": _lines(code),
    }


def _figure_cell(illustration: Illustration, language: Language) -> dict[str, Any]:
    """Return a cell that draws a figure, with the figure as its output."""
    figure = illustration.drawn(language.translate)
    context = FigureCell(
        picture=illustration.picture.value,
        axis=str(illustration.axis) if illustration.picture is Picture.AXIS else "",
        lang="" if language.code == ENGLISH else language.code,
    )
    data = {"image/svg+xml": _lines(write_svg(figure)), "text/plain": [figure.title]}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    return _code_cell(f"figure-{illustration.name}", render(FIGURE, context), output)


def _lines(text: str) -> list[str]:
    return text.strip().splitlines(keepends=True)
