"""Repairs: what is found, that it is right by brute force, how it is shown, and its limits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.formula.notation import Statement
from symconv.formula.reader import read
from symconv.formula.tree import Entry, Equation, Letter, Partial, Product, Total, walk
from symconv.verification.deciding.counterexample_search import search
from symconv.verification.questions.array_verdicts import Reading, outcome_of
from symconv.verification.questions.arrays import _readings
from symconv.verification.questions.claims import Reader
from symconv.verification.reading.telling import Saying, told
from symconv.verification.repair.conditions import special_conditions
from symconv.verification.repair.edit_search import Edited, Hunt
from symconv.verification.repair.edit_trials import QUICK, Trials
from symconv.verification.repair.edits import apply
from symconv.verification.repair.repair import copied, repair
from symconv.verification.report.report import Verdict
from symconv.verification.truth.algebra import letters_in, rebuild, substitute
from symconv.verification.verify import verify
from tests.corpus.numbers import OUTPUTS, Case, _Machine, agrees, case_of

SEEDS = 12


@dataclass(frozen=True)
class Wrong:
    """A wrong formula.

    Attributes:
        source: the formula.
        edits: (old, new) of its repair.
        reach: for which sizes the repair is proved.
        letters: what its letters mean.
    """

    source: str
    edits: tuple[tuple[str, str], ...]
    reach: str
    letters: dict[str, str] = field(default_factory=dict)


WRONG = {
    "one bound short": Wrong(
        r"\frac{\partial L}{\partial b} = \sum_{i=0}^{H-2}\sum_{j=0}^{W-1}"
        r"\frac{\partial L}{\partial Z_{ij}}",
        (("H - 2", "H - 1"),),
        "for all H, W and every kernel and input size",
        {"b": "bias", "H": "output height", "W": "output width"},
    ),
    "one more in an index": Wrong(
        r"O_{a,b} = \sum_{m=0}^{K-1}\sum_{n=0}^{K-1} I_{as+m,\,bs+n+1} F_{m,n}",
        (("b s + n + 1", "b s + n"),),
        "for all K, s and every input size",
    ),
    "axes swapped": Wrong(
        r"\frac{\partial L}{\partial W_{m,n}} = \sum_i\sum_j \delta_{ij} a_{i+n,j+m}",
        (("i + n", "i + m"), ("j + m", "j + n")),
        "for every kernel and input size, where the stride is 1",
    ),
    "channels": Wrong(
        r"\frac{\partial L}{\partial w_{k,c,r,s}} = \sum_n\sum_i\sum_j"
        r"\delta_{n,k,i,j}\, x_{n,c,i+r,j+s+1}",
        (("j + s + 1", "j + s"),),
        "for every kernel and input size and every number of images, input channels and output "
        "channels, where the stride is 1",
    ),
    "a factor too much": Wrong(
        r"\frac{\partial E}{\partial K_{r}} = 2\sum_{i=0}^{n-1} D_i X_{iS+r}",
        (
            (
                r"2 \sum_{i=0}^{n - 1} D_{i} X_{i S + r}",
                r"\sum_{i=0}^{n - 1} D_{i} X_{i S + r}",
            ),
        ),
        "for all S, n and every kernel and input size",
        {"D": "grad_output", "X": "input", "K": "kernel", "n": "output size"},
    ),
    "a remainder": Wrong(
        r"\frac{\partial e}{\partial x_u} = \sum_{k=0}^{\lfloor (p-1-u \bmod t)/t \rfloor}"
        r"\frac{\partial e}{\partial y_{\lfloor u/t \rfloor - k}} w_{kt + (u \bmod t) + 1}",
        ((r"k t + (u \bmod t) + 1", r"k t + (u \bmod t)"),),
        "for all p, t and every input size",
    ),
    "inside a rounded bound": Wrong(
        r"\frac{\partial e}{\partial x_u} = \sum_{i=\lceil (u-p+2)/t \rceil}^{\lfloor u/t \rfloor}"
        r"\frac{\partial e}{\partial y_i} w_{u-it}",
        ((r"\lceil \frac{u - p + 2}{t} \rceil", r"\lceil \frac{u - p + 1}{t} \rceil"),),
        "for all p, t and every input size",
    ),
    "a condition inside a sum": Wrong(
        r"\frac{\partial e}{\partial x_u} = \sum_{\substack{0 \le r < p \\ t \mid u-r+1}}"
        r"\frac{\partial e}{\partial y_{(u-r)/t}} w_r",
        (("u - r + 1", "u - r"),),
        "for all p, t and every input size",
    ),
    "indices from 1": Wrong(
        r"\frac{\partial L}{\partial K_{m,n}} = \sum_{i=1}^{H}\sum_{j=1}^{W}"
        r"\frac{\partial L}{\partial O_{i,j}} I_{i+m,j+n-1}",
        (("i + m", "i + m - 1"),),
        "for all H, W and every kernel and input size, where the stride is 1",
    ),
    "a kernel counted from its centre": Wrong(
        r"\frac{\partial E}{\partial x_u} = \sum_{m=-k}^{k} \delta_{u-m} w_{m+1}",
        (("m + 1", "m"),),
        "for all k and every input size, where the stride is 1",
    ),
    "the text form": Wrong(
        "dx[u] = sum(dy[i]*w[u - i*t], i=ceil((u + P - p + 1)/t)..(u + P)//t)",
        (("u - i t", "u - i t + P"),),
        "for all p, t, P and every input size",
    ),
}


COUNTED = [name for name in WRONG if "centre" not in name]  # p is half a kernel there


def best_reading(source: str, letters: dict[str, str]) -> Reading:
    """The likeliest reading of a formula that poses a question."""
    (statement,) = read(source)
    assert isinstance(statement, Statement)
    said = told([Saying("option", tuple(letters.items()))])
    readings = sorted(_readings(statement, said), key=lambda reading: reading.cost)
    return next(reading for reading in readings if outcome_of(reading) is not None)


@cache
def verdict_on(name: str) -> Verdict:
    wrong = WRONG[name]
    (verdict,) = verify(wrong.source, formula=True, letters=wrong.letters).verdicts
    return verdict


def asking(reading: Reading) -> Reader:
    geometry = reading.geometry
    return Reader(geometry.model, geometry.index_base, (), reading.window)


def repaired(name: str):
    wrong = WRONG[name]
    reading = best_reading(wrong.source, wrong.letters)
    claim, named = reading.geometry.claim, frozenset(reading.geometry.author)
    return reading, repair(claim, asking(reading), named=named)


# Counted out


def is_right(claim: Equation, reading: Reading) -> bool:
    """Whether a claim holds for random integers, with plain loops."""
    base = reading.geometry.index_base
    tried = [case_of(reading.geometry.model, seed=seed) for seed in range(SEEDS)]
    by = claim.left.by if isinstance(claim.left, Partial) else None
    if isinstance(by, Entry) and by.array != "b":
        return all(agrees(claim, case, index_base=base) for case in tried)
    return all(_agrees(claim, case, base) for case in tried)


def _agrees(claim: Equation, case: Case, base: int) -> bool:
    """Whether a claim on y, or on de/db, holds for a case."""
    machine = _Machine(case, base)
    (right,) = claim.rights
    if not isinstance(claim.left, Entry):
        return machine.value(right, case.sizes) == sum(case.arrays["dy"].values())
    x, w = case.arrays["x"], case.arrays["w"]
    sizes = [case.sizes[name] for name in OUTPUTS[: case.axes]]
    assert all(sizes)
    names = [index.name for index in claim.left.indices if isinstance(index, Letter)]
    for place in case.arrays["dy"]:
        true = sum(w[r] * x.get(u, 0) for o, r, u in case.pairs() if o == place)
        true += case.bias if "b" in letters_in(right) else 0
        env = {**case.sizes, **{n: v + base for n, v in zip(names, place, strict=True)}}
        if machine.value(right, env) != true:
            return False
    return True


@pytest.mark.parametrize("name", COUNTED)
def test_a_repair_is_right_by_brute_force_and_the_original_is_not(name):
    reading, found = repaired(name)
    assert found is not None
    assert not is_right(reading.geometry.claim, reading)
    assert is_right(found.claim, reading)


@pytest.mark.parametrize("name", WRONG)
def test_a_repair_says_what_it_changes_and_for_which_sizes_it_is_proved(name):
    wrong = WRONG[name]
    verdict = verdict_on(name)
    assert verdict.status == "refuted"
    assert tuple((edit.old, edit.new) for edit in verdict.edits) == wrong.edits
    assert verdict.repair_reach == wrong.reach


@pytest.mark.parametrize("name", WRONG)
def test_a_printed_repair_is_a_right_formula_with_a_box_for_each_edit(name):
    wrong = WRONG[name]
    verdict = verdict_on(name)
    assert verdict.repair.count(r"\boxed{") == len(wrong.edits)
    for _, new in wrong.edits:
        assert rf"\boxed{{{new}}}" in verdict.repair
    plain = verdict.repair.replace(r"\boxed", "")
    (again,) = verify(plain, formula=True, letters=wrong.letters).verdicts
    assert again.status in ("proved", "right_when")


@pytest.mark.parametrize("name", WRONG)
def test_a_repair_has_no_letters_but_those_of_the_author(name):
    wrong = WRONG[name]
    verdict = verdict_on(name)
    without_commands = re.compile(r"\\(text|frac|partial|sum|substack|boxed|le|mid|[lr]\w+|[a-z]+)")
    words = {*re.findall("[A-Za-z]+", without_commands.sub(" ", verdict.repair))}
    assert {letter for word in words for letter in word} <= {*wrong.source}


# Faults planted by chance


@settings(max_examples=12, deadline=None)
@given(
    names=st.sampled_from(["O I F i j m n K s", "y x w a b r q k t", "Z A W p q u v f S"]),
    row=st.sampled_from(["+1", "-1", ""]),
    column=st.sampled_from(["+1", "-1", ""]),
    tap=st.sampled_from(["", "+1"]),
)
def test_whatever_is_repaired_is_right_by_brute_force(names, row, column, tap):
    y, x, w, i, j, r, s, k, t = names.split()
    source = (
        rf"{y}_{{{i},{j}}} = \sum_{{{r}=0}}^{{{k}-1}}\sum_{{{s}=0}}^{{{k}-1}} "
        rf"{x}_{{{i}{t}+{r}{row},\,{j}{t}+{s}{column}}} {w}_{{{r}{tap},{s}}}"
    )
    letters = dict(zip((y, x, w, k, t), ("output", "input", "kernel", "kernel size", "stride"),
                       strict=True))  # fmt: skip
    (verdict,) = verify(source, formula=True, letters=letters).verdicts
    assert (verdict.status == "proved") == (not row and not column and not tap)
    if verdict.repair:
        plain = verdict.repair.replace(r"\boxed", "")
        reading = best_reading(plain, letters)
        assert is_right(reading.geometry.claim, reading)


# How the search goes


@pytest.mark.parametrize("name", ["one bound short", "axes swapped", "a condition inside a sum"])
def test_trials_agree_with_the_search_on_every_edit(name):
    wrong = WRONG[name]
    reading = best_reading(wrong.source, wrong.letters)
    asks = asking(reading)
    named = frozenset(reading.geometry.author)
    edited = Edited(copied(reading.geometry.claim), asks.model, asks.index_base, named)
    hunt = Hunt(edited, 0, asks, 1.0)
    trials, met = Trials(asks.model), set()
    for edit in edited.edits(conditions=False)[:80]:
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


@pytest.mark.parametrize("name", ["one more in an index", "inside a rounded bound"])
def test_conditions_agree_with_the_search_under_each_of_them(name):
    wrong = WRONG[name]
    reading = best_reading(wrong.source, wrong.letters)
    asks = asking(reading)
    question = asks.questions(reading.geometry.claim)[0]
    conditions = {s.words: s.condition for s in special_conditions(reading.words)}
    expected = []
    for words, condition in conditions.items():
        narrowed = replace(question, assumptions=(*question.assumptions, condition))
        found = search(narrowed, asks.model, bound=QUICK)
        if found.cases and not found.counterexample:
            expected.append(words)
    assert list(Trials(asks.model).conditions_passed(question, conditions)) == expected


def test_a_repair_changes_what_it_says_and_nothing_else():
    _, found = repaired("one more in an index")
    assert len(found.edits) == 1
    ((old, new),) = found.edits[0].changes
    assert apply(found.claim, ()) == found.claim
    assert new in set(walk(found.claim))
    assert old != new


def test_without_work_there_is_no_repair():
    wrong = WRONG["one bound short"]
    reading = best_reading(wrong.source, wrong.letters)
    claim, named = reading.geometry.claim, frozenset(reading.geometry.author)
    assert repair(claim, asking(reading), named=named, work=0) is None


def test_without_repairs_a_wrong_claim_has_none():
    (verdict,) = verify(WRONG["axes swapped"].source, formula=True, repairs=False).verdicts
    assert verdict.status == "refuted"
    assert not verdict.repair
    assert not verdict.derived


def test_a_formula_that_is_right_at_stride_1_only_is_not_proved_for_all_strides():
    source = "dx[u,v] = sum(dy[u-r-1,v-s]*w[r,s], r=0..p-1, s=0..q-1)"
    (verdict,) = verify(source, formula=True).verdicts
    assert verdict.status == "refuted"
    assert verdict.repair_reach.endswith("where the stride is 1")


def test_what_holds_by_coincidence_is_said_and_stays_wrong():
    source = r"\frac{\partial L}{\partial W_{m,n}} = \sum_i\sum_j \delta_{ij} a_{i+n,j+m}"
    (verdict,) = verify(source, formula=True).verdicts
    assert verdict.status == "refuted"
    assert verdict.reach.endswith("it holds when kernel height = 1 and kernel width = 1")


# Trees


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
    copy = copied(total)
    assert copy == total
    nodes = [id(node) for node in walk(copy)]
    assert len(set(nodes)) == len(nodes) == 5
