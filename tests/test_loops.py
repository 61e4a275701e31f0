"""Loops that add to an array: what is scattered is a gradient, what is gathered is not."""

from __future__ import annotations

import pytest

from symconv.verification.report.report import Verdict
from symconv.verification.verify import verify


def verdict_on(source: str, **options: object) -> Verdict:
    (verdict,) = verify(source, formula=True, **options).verdicts  # type: ignore[arg-type]
    return verdict


@pytest.mark.parametrize(
    "source",
    [
        "D[i*t : i*t+p] += dy[i] * w",
        "acc[i*s : i*s+k] += g[i] * w",
        "out[i*s : i*s+k] += x[i] * w",
        "D[i*t + r] += dy[i]*w[r]",
    ],
)
def test_a_value_that_is_added_to_a_window_is_no_output_whatever_the_array_is_called(source):
    verdict = verdict_on(source)
    assert (verdict.status, verdict.kind) == ("right_when", "grad_input")
    assert "transposed convolution" in verdict.condition


def test_a_loop_over_the_entries_of_a_gradient_is_proved():
    assert verdict_on("dx[i*t : i*t+p] += dy[i] * w").status == "proved"


def test_a_loop_that_gathers_is_the_output():
    assert verdict_on("out[i] += x[i*t + r] * w[r]").kind == "output without bias"


@pytest.mark.parametrize(
    "source", ["dx[i*t : i*t+p+1] += dy[i] * w", "D[i*t : i*t+p] += dy[i+1] * w"]
)
def test_a_window_that_is_too_long_or_shifted_is_refuted_under_every_name(source):
    assert verdict_on(source).status in ("refuted", "depends")
