"""Templates only spell: their variables are their context's fields, and they hold no logic."""

from dataclasses import dataclass, fields

import pytest
from jinja2 import FileSystemLoader, meta, nodes

from symconv import RenderError
from symconv.codegen.numpy import contexts
from symconv.document.figure.svg import SvgFigure
from symconv.document.figure.tikz import TikzFigure
from symconv.render import environment_of, render, template_folder

CONTEXTS = {
    "svg/figure.svg.jinja": SvgFigure,
    "tikz/figure.tex.jinja": TikzFigure,
    "numpy/plane.py.jinja": contexts.PlaneModule,
    "numpy/element.py.jinja": contexts.ElementModule,
}
TEMPLATES = sorted(FileSystemLoader(template_folder()).list_templates())


def parsed(template):
    environment = environment_of(template)
    return environment.parse(environment.loader.get_source(environment, template)[0])


def included(template):
    """A template and everything it includes."""
    names = {template}
    for name in meta.find_referenced_templates(parsed(template)):
        names |= included(name)
    return names


@pytest.mark.parametrize("template", CONTEXTS)
def test_the_variables_are_the_fields_of_the_context(template):
    used = set()
    for name in included(template):
        used |= meta.find_undeclared_variables(parsed(name))
    used.discard("statement")  # the loop variable that _sum.py.jinja spells
    assert used == {field.name for field in fields(CONTEXTS[template])}


def test_every_template_is_used():
    assert set(TEMPLATES) == set().union(*map(included, CONTEXTS))


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
