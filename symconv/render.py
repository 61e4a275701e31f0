"""Templates turned into text: strict, plain data in, deterministic bytes out."""

from __future__ import annotations

import re
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from symconv.errors import RenderError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_MARKS: Final = re.compile(r"[\\`*_\[\]#|~$]")
_FLOAT: Final = re.compile(r"\bfloat\b")
_SUFFIX: Final = re.compile(r"_f32\b")


def template_folder() -> Path:
    """Return the folder of the templates: inside an installed package, or beside a checkout."""
    package = Path(__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def render(template: str, context: DataclassInstance) -> str:
    """Return the text of a template filled with the fields of `context`.

    Args:
        template: path under templates/, such as "numpy/plane.py.jinja".
        context: a dataclass of plain data; each field is a variable of the template.

    Raises:
        RenderError: the template is missing, or uses a name that the context lacks.
    """
    variables: dict[str, Any] = {
        field.name: getattr(context, field.name) for field in fields(context)
    }
    try:
        return environment_of(template).get_template(template).render(variables)
    except TemplateError as err:
        raise RenderError(f"template {template}: {err}") from err


def markdown(text: str) -> str:
    r"""Return plain text as Markdown that shows it, whatever signs it has.

    Example:
        >>> print(markdown("dy[0]*w[1] < 2"))
        dy\[0\]\*w\[1\] &lt; 2
    """
    plain = _MARKS.sub(r"\\\g<0>", " ".join(text.split()))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def retyped(text: str, number: str, suffix: str) -> str:
    """Return C written for float, with names that end in _f32, as C for another type.

    Args:
        text: the C.
        number: the type that stands for float.
        suffix: what stands for f32 at the end of names.

    Example:
        >>> print(retyped("static float sum_f32(const float *row);", "double", "f64"))
        static double sum_f64(const double *row);
    """
    return _SUFFIX.sub(f"_{suffix}", _FLOAT.sub(number, text))


def _is_html(template: str | None) -> bool:
    """Return whether what a template is filled with is escaped; source code is not."""
    return template is not None and template.endswith(".html.jinja")


def environment_of(template: str) -> Environment:
    """Return the settings of a template: those of LaTeX for .tex.jinja, else Jinja's own marks."""
    return _environment(latex=template.endswith(".tex.jinja"))


@cache
def _environment(*, latex: bool) -> Environment:
    """Return Jinja's settings; LaTeX, which is full of braces, is filled in at << >> and <% %>."""
    environment = Environment(
        loader=FileSystemLoader(template_folder()),
        undefined=StrictUndefined,
        autoescape=_is_html,  # noqa: S701  most of the output is source code
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        variable_start_string="<<" if latex else "{{",
        variable_end_string=">>" if latex else "}}",
        block_start_string="<%" if latex else "{%",
        block_end_string="%>" if latex else "%}",
        comment_start_string="<#" if latex else "{#",
        comment_end_string="#>" if latex else "#}",
    )
    environment.filters["md"] = markdown
    environment.filters["retyped"] = retyped
    return environment
