"""The formula shown beside a wrong claim is right: it is proved as a claim of its own."""

import pytest

from symconv.algebra.overlap import general_conditions
from symconv.formula.reading import read_formula
from symconv.formula.spelling import spell_latex, spell_text
from symconv.verification.judge import judge
from symconv.verification.reading.letters import Letters
from symconv.verification.reading.resolving import resolve
from symconv.verification.repair.derived import derived

READS = {
    "plain": ("it + r", "jt + s"),
    "padded": ("it + r - P", "jt + s - P"),
    "dilated": ("it + rd - P", "jt + sd - P"),
    "a stride per axis": ("i t_h + r", "j t_w + s"),
}
SUMS = {
    "y": r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{ROW,\,COLUMN} w_{rs} + 2b",
    "y without b": r"y_{ij} = 2\sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{ROW,\,COLUMN} w_{rs}",
    "dy/dw": r"\frac{\partial y_{ij}}{\partial w_{rs}} = 2x_{ROW,\,COLUMN}",
    "de/dw": r"\frac{\partial e}{\partial w_{rs}} = 2\sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}} x_{ROW,\,COLUMN}",
}
OTHERS = {
    "dy/dx": r"\frac{\partial y_{ij}}{\partial x_{uv}} = w_{u-i,\,v-jt}",
    "dy/dx, dilated": r"\frac{\partial y_i}{\partial x_u} = w_{u-id+P}",
    "dy/db": r"\frac{\partial y_{ij}}{\partial b} = 2",
    "de/dx": r"\frac{\partial e}{\partial x_{uv}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}} w_{u-it,\,v-it}",
    "de/dx, padded": r"\frac{\partial e}{\partial x_{uv}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}} w_{u-it,\,v-jt-P}",
    "de/dx, dilated": r"\frac{\partial e}{\partial x_u} = \sum_{r=0}^{p-1}"
    r"\frac{\partial e}{\partial y_{u-rd-P}} w_r",
    "de/dx, one axis": r"\frac{\partial e}{\partial x_u} = \sum_{i=0}^{g-1}"
    r"\frac{\partial e}{\partial y_i} w_{u-i-t}",
    "de/db": r"\frac{\partial e}{\partial b} = \sum_{i=0}^{g-2}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}}",
    "size": "g = (m - p)/t + 1",
    "transposed size": "m = (g - 1)t + p",
    "overlap": r"i(t+1) \le it + p - 1",
    "operation f": r"D[it:it+p,\,jt+1:jt+1+q] +\!= (\partial e/\partial y_{ij}) W_{p\times q}",
}
CLAIMS = OTHERS | {
    f"{name}, {reads}": claim.replace("ROW", row).replace("COLUMN", column)
    for name, claim in SUMS.items()
    for reads, (row, column) in READS.items()
}
WITH_CONVENTIONS = (
    "y, padded",
    "dy/dw, padded",
    "de/dw, padded",
    "de/dx",
    "de/dx, dilated",
    "dy/dx",
)


def beside(source, letters):
    """The derived formulas for all refuted questions of a claim, in the author's letters."""
    (claim,) = read_formula(source)
    restored = resolve(claim, letters).restored
    for finding in judge(claim, letters):
        if finding.status == "refuted":
            yield restored(derived(finding.question, finding.model, index_base=letters.index_base))


def assert_proved(source, letters):
    (claim,) = read_formula(source)
    for finding in judge(claim, letters):
        assert finding.status == "proved", (source, finding.reach)


@pytest.mark.parametrize("name", CLAIMS)
def test_every_kind_of_wrong_claim_has_a_derived_formula_that_is_proved(name):
    found = list(beside(CLAIMS[name], Letters()))
    assert found
    for right in found:
        assert_proved(spell_latex(right), Letters())
        assert read_formula(spell_text(right)) == read_formula(spell_latex(right))


@pytest.mark.parametrize("name", WITH_CONVENTIONS)
@pytest.mark.parametrize(("base", "flipped"), [(1, False), (0, True), (1, True)])
def test_derived_formulas_keep_the_authors_conventions(name, base, flipped):
    letters = Letters({}, base, flipped)
    found = list(beside(CLAIMS[name], letters))
    assert found
    for right in found:
        assert_proved(spell_latex(right), letters)


def test_derived_formulas_use_the_authors_letters():
    letters = Letters({"L": "e", "K": "w", "s": "t"})
    (right,) = beside(
        r"\frac{\partial L}{\partial x_u} = \sum_{i=0}^{g-1}"
        r"\frac{\partial L}{\partial y_i} K_{u-i-s}",
        letters,
    )
    text = spell_latex(right)
    assert r"\partial L" in text
    assert "K_{" in text
    assert_proved(text, letters)


def test_the_gather_formula_is_the_closed_form_of_the_algebra():
    (right,) = beside(OTHERS["de/dx"], Letters())
    assert spell_text(right) == (
        "dx[u, v] = sum(dy[u//t - alpha, v//t - beta]*w[u%t + alpha*t, v%t + beta*t], "
        "alpha=0..(p - u%t - 1)//t, beta=0..(q - v%t - 1)//t)"
    )
    (overlap,) = beside(OTHERS["overlap"], Letters())
    assert spell_text(overlap) == str(general_conditions()[0].overlap)


def test_a_matrix_from_1_is_answered_by_its_corners_from_0():
    source = (
        r"\frac{de}{dY} = \begin{pmatrix} \partial e/\partial y_{11} & \partial e/\partial y_{1h}\\"
        r"\partial e/\partial y_{g1} & \partial e/\partial y_{gh} \end{pmatrix}"
    )
    (right,) = beside(source, Letters())
    text = spell_latex(right)
    assert [f"y_{{{corner}}}" in text for corner in ("0, 0", "0, h - 1", "g - 1, 0")] == [True] * 3
