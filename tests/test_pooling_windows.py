"""Conditions on indices: which outputs read a cell, which cells a window covers."""

from __future__ import annotations

import pytest

from symconv.formula.notation import Statement
from symconv.formula.reader import read
from symconv.verification.outcome import Outcome
from symconv.verification.questions import windows_conditions
from symconv.verification.reading.roles import Told

RIGHT = (
    r"i \cdot s - p \le r \le i\cdot s - p + k - 1",
    r"(i-1)s+1 \le u \le (i-1)s+k",
    r"2i \le u < 2i+3",
    r"\frac{r-k+1}{s} \le i \le \frac{r}{s}",
    r"\frac{r-k}{s} < i \le \frac{r}{s}",
    r"\max(0, \lceil (u+p-k+1)/s\rceil) \le i \le \min(g-1, \lfloor (u+p)/s\rfloor)",
    r"i \in [\max(0, \lfloor (u-k)/s\rfloor + 1), \min(g-1, \lfloor u/s\rfloor)]",
    r"it \le u < it + p \quad\text{and}\quad jt \le v < jt + q",
    "max(0, (r - k)//s + 1) <= i <= min(g - 1, r//s)",
    r"0 \le u - it \le p - 1, \quad 0 \le v - jt \le q - 1",
    # equivalences, also of conditions that are not those of a window
    r"it \le u \le it+p-1 \iff \lceil \frac{u-p+1}{t} \rceil \le i \le \lfloor \frac{u}{t} \rfloor",
    r"it \le u \le it+p \iff \lceil \frac{u-p}{t} \rceil \le i \le \lfloor \frac{u}{t} \rfloor",
)
WRONG = (
    r"i \cdot s \le r \le i\cdot s + k",
    r"i \cdot s < r < i\cdot s + k",
    r"i \cdot k \le r \le i\cdot k + s - 1",
    r"i \cdot s + p \le r \le i\cdot s + p + k - 1",
    r"\frac{r-k}{s} \le i \le \frac{r}{s}",
    r"\lfloor\frac{r-k+1}{s}\rfloor \le i \le \lfloor\frac{r}{s}\rfloor",
    r"it \le u < it + p \quad\text{and}\quad jt \le v \le jt + q",
    "max(0, (r - k + 1)//s) <= i <= min(g - 1, r//s)",
    r"it \le u \le it+p-1 \iff \lceil \frac{u-p}{t} \rceil \le i \le \lfloor \frac{u}{t} \rfloor",
)
NO_CLAIMS_ABOUT_WINDOWS = (
    r"m \ge p",
    r"p > 0",
    r"1 \le t \le p-1",
    r"(g-1)t + p \le m",
    r"it \le u",
    r"i \le j \le 2i",
    r"i \le j < n",
    r"-5 \le it \le m-p",
    r"0 \le i < g",
    r"i \in [0, H-1], j \in [0, W-1]",
    r"\text{for all } r",
    r"y_i = x_i",
)


def outcomes(formula: str, told: Told | None = None) -> list[Outcome | None]:
    """Return what is found about the statements of a formula."""
    statements = [part for part in read(formula) if isinstance(part, Statement)]
    return windows_conditions.decide(statements, told or Told())


@pytest.mark.parametrize("formula", RIGHT)
def test_right_conditions_are_proved(formula: str) -> None:
    (found,) = outcomes(formula)
    assert found is not None
    assert found.status == "proved"


@pytest.mark.parametrize("formula", WRONG)
def test_wrong_conditions_are_refuted(formula: str) -> None:
    (found,) = outcomes(formula)
    assert found is not None
    assert found.status == "refuted"
    assert found.counterexample is not None


@pytest.mark.parametrize("formula", NO_CLAIMS_ABOUT_WINDOWS)
def test_a_condition_that_says_nothing_of_a_window_and_a_cell_is_left(formula: str) -> None:
    assert not any(outcomes(formula))


def test_a_condition_without_a_stride_is_right_when_the_stride_is_1() -> None:
    (found,) = outcomes(r"u - k + 1 \le i \le u")
    assert found is not None
    assert found.status == "right_when"
    assert found.condition == "the stride is 1"


def test_windows_may_be_centred_on_their_own_cell() -> None:
    (found,) = outcomes(r"i - r \le u \le i + r")
    assert found is not None
    assert found.status in ("proved", "right_when")
    (told,) = outcomes(r"i - r \le u \le i + r", Told({"r": "kernel size"}))
    assert told is not None
    assert told.status == "refuted"


def test_a_name_that_may_be_anything_is_not_refuted() -> None:
    (found,) = outcomes(r"is \le u \le is + M")
    assert found is None or found.status != "refuted"
