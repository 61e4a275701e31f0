"""Templates only spell: their variables are their context's fields, and they hold no logic."""

from dataclasses import dataclass, fields

import pytest
from jinja2 import meta, nodes

from symconv import RenderError
from symconv.auditing.page import AuditPage
from symconv.codegen.c.batched_contexts import CBatched
from symconv.codegen.c.contexts import CModule
from symconv.codegen.c.direct import CDirect
from symconv.codegen.c.element import CElement
from symconv.codegen.c.fixed import CFixed
from symconv.codegen.c.main import Main
from symconv.codegen.c.winograd import CWinograd
from symconv.codegen.model import LayersTable
from symconv.codegen.numpy import contexts
from symconv.codegen.numpy.unrolled.contexts import UnrolledBatched, UnrolledPlane
from symconv.codegen.numpy.winograd import WinogradModule
from symconv.codegen.runtime.calls import PythonCalls
from symconv.document.figure.svg import SvgFigure
from symconv.document.figure.tikz import TikzFigure
from symconv.document.html import HtmlDocument
from symconv.document.latex import LatexDocument
from symconv.document.markdown import MarkdownHead, MarkdownStep
from symconv.document.notebook import (
    CHECKS,
    FIGURE,
    TRANSPOSED_CHECKS,
    CheckCells,
    FigureCell,
)
from symconv.render import environment_of, render
from symconv.verification.report.errata import Errata

CONTEXTS = {
    "svg/figure.svg.jinja": SvgFigure,
    "tikz/figure.tex.jinja": TikzFigure,
    "numpy/plane.py.jinja": contexts.PlaneModule,
    "numpy/unrolled/plane.py.jinja": UnrolledPlane,
    "numpy/unrolled/batched.py.jinja": UnrolledBatched,
    "numpy/element.py.jinja": contexts.ElementModule,
    "latex/document.tex.jinja": LatexDocument,
    "html/document.html.jinja": HtmlDocument,
    "markdown/title.md.jinja": MarkdownHead,
    "markdown/step.md.jinja": MarkdownStep,
    "report/page.html.jinja": Errata,
    "report/fragment.html.jinja": Errata,
    "report/errata.md.jinja": Errata,
    "report/audit.html.jinja": AuditPage,
    "report/audit.md.jinja": AuditPage,
    "numpy/batched.py.jinja": contexts.BatchedModule,
    "numpy/winograd.py.jinja": WinogradModule,
    "model/layers.md.jinja": LayersTable,
    "c/python.c.jinja": PythonCalls,
    "c/main.c.jinja": Main,
}
PARTS = {  # templates whose context another one has too, with fields that they leave alone
    FIGURE: FigureCell,
    "latex/fragment.tex.jinja": LatexDocument,
    **dict.fromkeys([*CHECKS.values(), *TRANSPOSED_CHECKS.values()], CheckCells),
    "c/plane.c.jinja": CModule,  # the two share their context
    "c/plane.h.jinja": CModule,
    "c/direct.c.jinja": CDirect,
    "c/element.c.jinja": CElement,
    "c/fixed.h.jinja": CFixed,
    "c/batched.c.jinja": CBatched,
    "c/batched.h.jinja": CBatched,
    "c/winograd.c.jinja": CWinograd,
}
FROM_AROUND = {
    "statement",
    "term",
    "blocks",
    "head",
    "gather",
    "case",
    "type",
}  # what included templates are given
TEMPLATES = sorted(environment_of("").list_templates())


def parsed(template):
    environment = environment_of(template)
    return environment.parse(environment.loader.get_source(environment, template)[0])


def included(template, seen=frozenset()):
    """A template and everything it includes."""
    names = seen | {template}
    for name in meta.find_referenced_templates(parsed(template)):
        if name not in names:
            names = included(name, names)
    return names


@pytest.mark.parametrize("template", CONTEXTS)
def test_the_variables_are_the_fields_of_the_context(template):
    used = set()
    for name in included(template):
        used |= meta.find_undeclared_variables(parsed(name))
    given = {field.name for field in fields(CONTEXTS[template])}
    assert used - (FROM_AROUND - given) == given


@pytest.mark.parametrize("template", PARTS)
def test_a_part_uses_fields_of_its_context_only(template):
    used = set().union(*(meta.find_undeclared_variables(parsed(t)) for t in included(template)))
    assert used - FROM_AROUND <= {field.name for field in fields(PARTS[template])}


def test_every_template_is_used():
    assert set(TEMPLATES) == set().union(*map(included, [*CONTEXTS, *PARTS]))


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_holds_no_logic(template):
    tree = parsed(template)
    computing = (nodes.Assign, nodes.BinExpr, nodes.Compare, nodes.CondExpr)
    calling = (nodes.Macro, nodes.Call, nodes.CallBlock, nodes.Import, nodes.FromImport)
    forbidden = computing + calling
    assert not list(tree.find_all(forbidden))
    for condition in tree.find_all(nodes.If):
        assert isinstance(condition.test, nodes.Name | nodes.Getattr)


def test_an_undefined_name_is_an_error():
    @dataclass(frozen=True)
    class Empty:
        pass

    with pytest.raises(RenderError, match="undefined"):
        render("numpy/plane.py.jinja", Empty())
    with pytest.raises(RenderError, match=r"none\.jinja"):
        render("none.jinja", Empty())
