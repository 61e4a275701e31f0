"""Templates only spell: their variables are their context's fields, and they hold no logic."""

from dataclasses import dataclass, fields

import pytest
from jinja2 import Environment, FileSystemLoader, meta, nodes

from symconv import RenderError
from symconv.codegen.numpy import contexts
from symconv.render import render, template_folder

CONTEXTS = {
    "numpy/plane.py.jinja": contexts.PlaneModule,
    "numpy/element.py.jinja": contexts.ElementModule,
    "numpy/batched.py.jinja": contexts.BatchedModule,
}
ENVIRONMENT = Environment(loader=FileSystemLoader(template_folder()), autoescape=False)
TEMPLATES = sorted(ENVIRONMENT.list_templates())


def parsed(template):
    return ENVIRONMENT.parse(ENVIRONMENT.loader.get_source(ENVIRONMENT, template)[0])


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
