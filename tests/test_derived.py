"""The formula shown beside a wrong claim is right: it is proved as a claim of its own."""

from __future__ import annotations

import pytest

from symconv.formula.notation import Statement
from symconv.formula.reader import read
from symconv.verification.deciding.counterexample_search import search
from symconv.verification.questions.array_verdicts import Reading, outcome_of
from symconv.verification.questions.arrays import _readings
from symconv.verification.questions.claims import Reader
from symconv.verification.reading.telling import Saying, told
from symconv.verification.repair.author_letters import in_author_letters
from symconv.verification.repair.derived import derived
from symconv.verification.repair.shown import latex_of, text_of
from symconv.verification.verify import verify

READS = {
    "plain": ("it + r", "jt + s"),
    "padded": ("it + r - P", "jt + s - P"),
    "dilated": ("it + rd - P", "jt + sd - P"),
    "a stride per axis": ("i t_h + r", "j t_w + s"),
}
SUMS = {
    "y": r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{ROW,\,COLUMN} w_{r+1,s} + b",
    "y without b": r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{ROW,\,COLUMN} w_{r,s+1}",
    "dy/dw": r"\frac{\partial y_{ij}}{\partial w_{rs}} = 2x_{ROW,\,COLUMN}",
    "de/dw": r"\frac{\partial e}{\partial w_{rs}} = 2\sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}} x_{ROW,\,COLUMN}",
}
OTHERS = {
    "dy/dx": r"\frac{\partial y_{ij}}{\partial x_{uv}} = w_{u-it+1,\,v-jt}",
    "dy/dx, dilated": r"\frac{\partial y_i}{\partial x_u} = w_{u-i\,d+P}",
    "de/dx": r"\frac{\partial e}{\partial x_{uv}} = 3\sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}} w_{u-it,\,v-jt}",
    "de/dx, padded": r"\frac{\partial e}{\partial x_{uv}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}} w_{u-it+P+1,\,v-jt+P}",
    "de/dx, stride 1": r"\frac{\partial L}{\partial x_u} = \sum_{k=0}^{K-1}"
    r"\frac{\partial L}{\partial y_{u-k-1}} w_k",
    "de/dx, one axis": r"\frac{\partial e}{\partial x_u} = \sum_{i=0}^{g-1}"
    r"\frac{\partial e}{\partial y_i} w_{u-is-s}",
    "de/db": r"\frac{\partial L}{\partial b} = 4\sum_{i=0}^{H-1}\sum_{j=0}^{W-1}"
    r"\frac{\partial L}{\partial y_{ij}}",
    "channels, de/dw": r"\frac{\partial L}{\partial w_{k,c,r,s}} = 2\sum_n\sum_i\sum_j"
    r"\delta_{n,k,i,j}\, x_{n,c,i+r,j+s}",
    "channels, de/dx": r"\frac{\partial L}{\partial x_{n,c,u}} = 2\sum_k\sum_{r=0}^{R-1}"
    r"\delta_{n,k,u-r}\, w_{k,c,r}",
    "channels, y": r"y_{o,i} = \sum_c\sum_{r=0}^{R-1} x_{c,iS+r+2} w_{o,c,r} + b_o",
    "channels last": r"y_{i,o} = \sum_c\sum_{r=0}^{R-1} x_{iS+r+2,c} w_{r,c,o}",
    "from 1": r"\frac{\partial L}{\partial K_{m,n}} = 2\sum_{i=1}^{H}\sum_{j=1}^{W}"
    r"\frac{\partial L}{\partial O_{i,j}} I_{i+m-1,j+n-1}",
    "from the centre": r"\frac{\partial E}{\partial w_m} = 2\sum_{i=0}^{N-1} \delta_i x_{i+m},"
    r"\quad -k \le m \le k",
}
CLAIMS = OTHERS | {
    f"{name}, {reads}": claim.replace("ROW", row).replace("COLUMN", column)
    for name, claim in SUMS.items()
    for reads, (row, column) in READS.items()
}


def best_reading(source: str, *, index_base: int | None = None, flipped: bool | None = None):
    """The likeliest reading of a formula that poses a question."""
    (statement,) = read(source)
    assert isinstance(statement, Statement)
    said = told([Saying("option", (), index_base, flipped)])
    readings = sorted(_readings(statement, said), key=lambda reading: reading.cost)
    return next(reading for reading in readings if outcome_of(reading) is not None)


def asking(reading: Reading) -> Reader:
    geometry = reading.geometry
    return Reader(geometry.model, geometry.index_base, (), reading.window)


def right_beside(reading: Reading):
    """The right formula in our letters, and in the author's."""
    asks = asking(reading)
    (question, *_) = asks.questions(reading.geometry.claim)
    right = derived(question, asks.model, index_base=asks.index_base)
    assert right is not None
    return right, in_author_letters(right, reading.words.authored).claim


@pytest.mark.parametrize("name", CLAIMS)
def test_every_kind_of_wrong_claim_has_a_derived_formula_that_holds(name):
    reading = best_reading(CLAIMS[name])
    right, _ = right_beside(reading)
    asks = asking(reading)
    for question in asks.questions(right):
        found = search(question, asks.model, bound=2, cases=4000)
        assert found.cases
        assert found.counterexample is None
    for question in asks.questions(reading.geometry.claim)[:1]:
        assert search(question, asks.model, bound=2, cases=4000).counterexample


@pytest.mark.parametrize("name", CLAIMS)
def test_a_derived_formula_is_right_as_it_is_printed_in_both_forms(name):
    reading = best_reading(CLAIMS[name])
    _, own = right_beside(reading)
    for printed in (latex_of(own), text_of(own)):
        (verdict,) = verify(printed, formula=True).verdicts
        assert verdict.status in ("proved", "right_when"), (printed, verdict)


@pytest.mark.parametrize("name", ["y, padded", "dy/dw, padded", "de/dw, padded", "de/dx", "dy/dx"])
@pytest.mark.parametrize(("base", "flipped"), [(1, False), (0, True), (1, True)])
def test_derived_formulas_keep_the_authors_conventions(name, base, flipped):
    reading = best_reading(CLAIMS[name], index_base=base, flipped=flipped)
    _, own = right_beside(reading)
    printed = latex_of(own)
    (verdict,) = verify(printed, formula=True, index_base=base, true_convolution=flipped).verdicts
    assert verdict.status in ("proved", "right_when"), (printed, verdict)


def test_derived_formulas_use_the_authors_letters_and_leave_out_what_has_no_name():
    source = (
        r"\frac{\partial J}{\partial K_{m,n}} = \sum_a\sum_b"
        r"\frac{\partial J}{\partial Z_{a,b}} V_{m+a,n-b}"
    )
    _, own = right_beside(best_reading(source))
    assert latex_of(own) == (
        r"\frac{\partial J}{\partial K_{m, n}} = "
        r"\sum_{a} \sum_{b} \frac{\partial J}{\partial Z_{a, b}} V_{a + m, b + n}"
    )


def test_derived_formulas_of_1_based_authors_sum_from_1():
    _, own = right_beside(best_reading(CLAIMS["from 1"]))
    assert text_of(own) == (
        "∂L/∂K[m, n] = sum(∂L/∂O[i, j]*I[i + m - 1, j + n - 1], i=1..H, j=1..W)"
    )


def test_at_stride_1_the_gather_formula_is_a_sum_over_taps():
    _, own = right_beside(best_reading(CLAIMS["de/dx, stride 1"]))
    assert text_of(own) == "∂L/∂x[u] = sum(∂L/∂y[u - k]*w[k], k=0..K - 1)"


def test_a_remainder_in_a_sum_has_brackets():
    _, own = right_beside(best_reading(CLAIMS["de/dx, one axis"]))
    assert r"(u \bmod s) + \alpha s" in latex_of(own)


def test_there_is_none_for_groups_of_channels():
    source = r"y_{o,i} = \sum_{c=0}^{C/G-1}\sum_{r=0}^{R-1} w_{o,c,r} x_{c,iS+r}"
    verdicts = verify(source, formula=True, letters={"G": "groups"}).verdicts
    assert all(not verdict.derived for verdict in verdicts)
