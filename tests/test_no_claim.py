"""What claims nothing about a convolution is no claim, and what claims something is left alone."""

from __future__ import annotations

import pytest

from symconv.formula.notation import Statement
from symconv.formula.reader import read
from symconv.verification.outcome import Outcome
from symconv.verification.questions import no_claim
from symconv.verification.reading.roles import Told
from symconv.verification.verify import verify

NO_CLAIMS = (
    # other layers
    r"y_{a,b} = \sum_{m,n} w_{a,b,m,n} x_{a+m,b+n}",
    r"y_{i,j} = \sum_{m,n} x_{i+m,j+n} w_{m,n,i \bmod t, j \bmod t}",
    # initialisation, design, training
    r"k = \frac{g}{C_{in} \prod_{i=0}^{1} \text{kernel\_size}[i]}",
    r"R_i = \max(R_{i+1} - 2 r_i, r_i - R_{i+1}, r_i)",
    r"W \leftarrow W - \eta \frac{\partial L}{\partial W}",
    r"L = \frac{1}{2}\sum_i (y_i - t_i)^2",
    # numbers, fragments, conditions
    "k = 3",
    "(H, W) = (28, 28)",
    "(N-k+1)^2",
    "p > 0",
    r"m \ge p",
    r"X \in \mathbb{R}^{H \times W}",
)
CLAIMS = (
    r"y_{i} = \sum_{m} w_{m} x_{i+m}",
    r"y_{o,i} = \sum_{c,m} w_{o,c,m} x_{c,i+m}",
    r"\frac{\partial L}{\partial w_m} = \sum_i \delta_i x_{i+m}",
    r"\frac{\partial L}{\partial x_u} = \sum_i \delta_i w_{u-i}",
    r"g = \lfloor (m-p)/t \rfloor + 1",
    r"H_{out} = \lfloor\frac{28+2-3}{1}\rfloor+1=28",
    r"y_i = \max_{0 \le r < k} x_{is+r}",
)


def outcome(formula: str) -> Outcome | None:
    """Return what is found about the one statement of a formula."""
    statements = [part for part in read(formula) if isinstance(part, Statement)]
    (found,) = no_claim.decide(statements, Told())
    return found


@pytest.mark.parametrize("formula", NO_CLAIMS)
def test_what_claims_nothing_is_no_claim_and_says_why(formula: str) -> None:
    found = outcome(formula)
    assert found is not None
    assert found.status == "no_claim"
    assert found.reach


@pytest.mark.parametrize("formula", CLAIMS)
def test_claims_are_left_to_others(formula: str) -> None:
    assert outcome(formula) is None


@pytest.mark.parametrize(
    "source", ["m_1 = (d_0 - d_2) g_0", r"m_2 = (d_1 + d_2) \frac{g_0 + g_1 + g_2}{2}"]
)
def test_a_step_of_a_fast_algorithm_by_itself_is_not_refuted(source):
    (verdict,) = verify(source, formula=True).verdicts
    assert verdict.status in ("no_claim", "not_understood")
