"""Documents as Jupyter notebooks: the steps, and cells that run the checks again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from symconv.document.blocks import Outline
from symconv.document.language import Language
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
    parts = markdown_parts(outline, language, command=command)
    context = CheckCells(spec=repr(spec), input_shape=input_shape)
    major, minor = FORMAT
    notebook = {
        "cells": list(_cells(parts, context)),
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": major,
        "nbformat_minor": minor,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _cells(parts: dict[str, str], context: CheckCells) -> Iterator[dict[str, Any]]:
    for name, text in parts.items():
        yield {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(text)}
        if name in CHECKS:
            yield {
                "cell_type": "code",
                "execution_count": None,
                "id": f"check-{name}",
                "metadata": {},
                "outputs": [],
                "source": _lines(render(CHECKS[name], context)),
            }


def _lines(text: str) -> list[str]:
    return text.strip().splitlines(keepends=True)
