"""Repairs: what is found, that what is shared between edits changes nothing, and its limits."""

import pytest

from symconv.formula.reading import read_formula
from symconv.formula.tree import Letter, Product, Total, walk
from symconv.verification.deciding.counterexample_search import search
from symconv.verification.questions.claims import Reader
from symconv.verification.questions.questions import WINDOWS
from symconv.verification.reading.geometry import model_of
from symconv.verification.reading.letters import Letters
from symconv.verification.reading.resolving import resolve
from symconv.verification.repair.edit_search import Edited, Hunt
from symconv.verification.repair.edit_trials import QUICK, Trials
from symconv.verification.repair.edits import apply
from symconv.verification.repair.repair import _copied, repair, simple_conditions
from symconv.verification.truth.algebra import rebuild, substitute
from symconv.verification.verify import verify

WRONG = {
    "stride forgotten": r"\frac{\partial e}{\partial w_{rs}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}} x_{i+r,jt+s}",
    "one bound short": r"\frac{\partial e}{\partial b} = \sum_{i=0}^{g-2}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}}",
    "an open window": r"\frac{\partial e}{\partial x_{uv}} = \sum_{a=0}^{p-t}"
    r"\frac{\partial e}{\partial y_{i-at,\,j}} w_{u-it,\,v-jt}, \quad t \le p-1, t \ge q",
    "a sum too many": r"y_{ij} = \sum_{i=0}^{g-1}(x_{i,j}w_{00} + x_{i,j+1}w_{01}) + b",
}


def reader(source):
    (claim,) = read_formula(source)
    resolved = resolve(claim, Letters())
    model = model_of(resolved, general_stride=True, flipped=False)
    return resolved.claim, Reader(model, 0, (), WINDOWS[1])


@pytest.mark.parametrize("name", WRONG)
def test_trials_agree_with_the_search_on_every_edit(name):
    claim, asks = reader(WRONG[name])
    edited = Edited(_copied(claim), asks.model, 0)
    hunt = Hunt(edited, 0, asks, 1.0)
    trials, met = Trials(asks.model), set()
    for edit in edited.edits(conditions=False)[:120]:
        question = hunt.question((edit,))
        quick = hunt.trial((edit,))
        if question is None:
            assert quick is None or not trials.passes(quick)
            continue
        try:
            passes = search(question, asks.model, bound=QUICK).counterexample is None
        except (ArithmeticError, KeyError):
            passes = False
        assert trials.passes(quick) == passes
        met.add(passes)
    assert False in met


@pytest.mark.parametrize("name", ["stride forgotten", "one bound short", "an open window"])
def test_conditions_agree_with_the_search_under_each_of_them(name):
    from dataclasses import replace

    claim, asks = reader(WRONG[name])
    question = asks.questions(claim)[0]
    conditions = simple_conditions(asks.model)
    expected = []
    for words, condition in conditions.items():
        narrowed = replace(question, assumptions=(*question.assumptions, condition))
        found = search(narrowed, asks.model, bound=QUICK)
        if found.cases and not found.counterexample:
            expected.append(words)
    assert list(Trials(asks.model).conditions_passed(question, conditions)) == expected


def test_a_repair_changes_what_it_says_and_nothing_else():
    claim, asks = reader(WRONG["stride forgotten"])
    found = repair(claim, 0, [asks])
    assert found.proof.proved
    assert len(found.edits) == 1
    ((old, new),) = found.edits[0].changes
    assert apply(found.claim, ()) == found.claim
    assert new in set(walk(found.claim))
    assert substitute(new, {}) is new
    assert old != new


def test_no_patience_means_no_repair():
    claim, asks = reader(WRONG["stride forgotten"])
    assert repair(claim, 0, [asks], tries=0) is None


@pytest.mark.parametrize(
    ("name", "replaced"),
    [
        ("stride forgotten", [("i + r", "i t + r")]),
        ("one bound short", [("g - 2", "g - 1")]),
    ],
)
def test_the_edits_are_said_one_by_one(name, replaced):
    (verdict,) = verify(WRONG[name], formula=True).verdicts
    assert [(edit.old, edit.new) for edit in verdict.edits] == replaced


def test_what_does_not_change_stays_the_same_object():
    left, right = Product((Letter("a"), Letter("b"))), Letter("c")
    total = Total((left, right))
    assert rebuild(total, lambda part: part) is total
    changed = substitute(total, {"c": Letter("d")})
    assert changed == Total((left, Letter("d")))
    assert changed.terms[0] is left


def test_a_copy_has_every_node_once():
    letter = Letter("a")
    total = Total((letter, Product((letter, letter))))
    copy = _copied(total)
    assert copy == total
    nodes = [id(node) for node in walk(copy)]
    assert len(set(nodes)) == len(nodes) == 5
