"""Readings, reaches and counterexamples in the names, first indices and order of their author."""

from __future__ import annotations

import pytest

from symconv.verification.outcome import Candidate, Outcome, weighed
from symconv.verification.report.report import Verdict
from symconv.verification.report.wording import Example
from symconv.verification.verify import verify


def verdict_on(source: str, **options: object) -> Verdict:
    (verdict,) = verify(source, formula=True, **options).verdicts  # type: ignore[arg-type]
    return verdict


@pytest.mark.parametrize(
    ("source", "reading"),
    [
        (
            r"O_{i,j} = \sum_{a=0}^{FS-1}\sum_{b=0}^{FS-1} I_{a+i*s-p,\,b+j*s-p} * F_{a,b}",
            (
                "O output, I input, F kernel of FS×FS, s stride, p padding on both sides; "
                "cross-correlation, first index 0"
            ),
        ),
        (
            r"y_{a,b} = \sum_{m=1}^{k}\sum_{n=1}^{l} x_{a+m-1,b+n-1} f_{m,n}",
            (
                "y output, x input, f kernel of k×l; cross-correlation, first index 1; stride 1, "
                "no padding"
            ),
        ),
        (
            r"\frac{\partial L}{\partial w_{r}} = \sum_{i=0}^{N-1} \delta_{i} a_{iS+r}",
            (
                "a input, w kernel, L loss, δ gradient of the output, N output size, S stride; "
                "cross-correlation, first index 0; no padding"
            ),
        ),
        (
            "Y[n,k,i] = sum(X[n,c,i*s + r*d]*W[k,c,r], c=0..C-1, r=0..R-1) + B[k]",
            (
                "Y output, X input, W kernel of R, B bias, s stride, d dilation, C input channels; "
                "cross-correlation, first index 0; no padding"
            ),
        ),
        (
            r"h_{i} = \sum_{a=-q}^{q} g_{i+a} v_{a}",
            (
                "h output, g input, v kernel of 2*q + 1, q padding on both sides; "
                "cross-correlation, first index 0, taps counted from the kernel's centre; stride 1"
            ),
        ),
        (
            r"y_{i} = \sum_{r} x_{i-r} w_r",
            (
                "y output, x input, w kernel; true convolution, first index 0; stride 1, "
                "padding of kernel size - 1"
            ),
        ),
        (
            r"z_{i,j} = \sum_{m=0}^{R-1}\sum_{n=0}^{S-1} x_{i u+m,\,j v+n} w_{m,n}",
            (
                "z output, x input, w kernel of R×S, u stride along the height, v stride along the "
                "width; cross-correlation, first index 0; no padding"
            ),
        ),
    ],
)
def test_a_reading_says_what_every_name_is(source, reading):
    assert verdict_on(source).reading == reading


@pytest.mark.parametrize(
    ("source", "reach"),
    [
        (
            r"O_{i,j} = \sum_{a=0}^{FS-1}\sum_{b=0}^{FS-1} I_{a+i*s-p,\,b+j*s-p} * F_{a,b}",
            "for all FS, s, p and every input size",
        ),
        (
            r"\frac{\partial L}{\partial W_{m,n}} = \sum_i\sum_j \delta_{ij} a_{i+m,j+n}",
            "for every kernel and input size",
        ),
        (
            "Y[n,k,i] = sum(X[n,c,i*s + r*d]*W[k,c,r], c=0..C-1, r=0..R-1) + B[k]",
            (
                "for all R, s, d, C and every input size and every number of images and output "
                "channels"
            ),
        ),
    ],
)
def test_a_reach_has_the_authors_sizes_and_words_for_the_others(source, reach):
    assert verdict_on(source).reach == reach


def test_a_counterexample_has_the_authors_names_and_words_for_sizes_without_one():
    verdict = verdict_on(r"O_{a,b} = \sum_{m=0}^{K-1}\sum_{n=0}^{K-1} I_{a+m,\,b+n+1} F_{m,n}")
    found = verdict.counterexample
    assert found is not None
    assert found.where == "K = 1, input 1×1, output 1×1, a = 0, b = 0"
    assert found.claimed == "0"
    assert found.true == "F[0, 0]·I[0, 0]"


def test_a_counterexample_counts_from_what_the_author_counts_from():
    verdict = verdict_on(
        r"\frac{\partial J}{\partial K_{m,n}} = \sum_{i=1}^{H}\sum_{j=1}^{W}"
        r"\frac{\partial J}{\partial O_{i,j}} I_{i+m,j+n-1}"
    )
    found = verdict.counterexample
    assert found is not None
    assert found.where == "kernel 1×1, input 1×1, H = 1, W = 1, m = 1, n = 1"
    assert found.true == "∂J/∂O[1, 1]·I[1, 1]"


def test_a_counterexample_has_the_authors_order_of_dimensions():
    verdict = verdict_on("Y[i,k] = sum(X[i*s + r + 1, c]*W[r,c,k], c, r)")
    found = verdict.counterexample
    assert found is not None
    assert found.true == "W[0, 0, 0]·X[0, 0]"
    assert "Y_{i, k}" in verdict.repair
    assert "W_{r, c, k}" in verdict.repair


def test_an_index_and_a_size_of_the_same_name_are_told_apart():
    example = Example({"m": 3, "input height": 3, "input width": 4}, {"m": 0, "n": 1}, "0", "1", ())
    assert example.where == "size m = 3, input 3×4, index m = 0, n = 1"


def test_only_sizes_that_belong_together_are_written_together():
    sizes = {"input size": 5, "kernel width": 2, "output height": 1, "output width": 2}
    example = Example(sizes, {}, "0", "1", ())
    assert example.where == "input 5, kernel width = 2, output 1×2"
    example = Example({"height of X": 2, "width of X": 3, "size of W": 1}, {}, "0", "1", ())
    assert example.where == "X 2×3, size of W = 1"


def test_a_condition_that_an_author_may_have_meant_is_found():
    verdict = verdict_on(r"y_i = \sum_{r=0}^{p-1} x_{it+r} w_r, \quad 0 \le i < \frac{m-p}{t}+1")
    assert verdict.status == "right_when"
    assert verdict.condition == "t divides m - p"
    assert verdict.reach == "for all p, t, m"


@pytest.mark.parametrize(
    "source",
    [
        r"y_i = \sum_{r=0}^{k-1} x_{i+r-\lfloor k/2 \rfloor} w_r",
        r"y_i = \sum_{r=0}^{k-1} x_{i-r+\lfloor k/2 \rfloor} w_r",
        r"\frac{\partial L}{\partial x_u} = \sum_{r=0}^{k-1} \delta_{u-r+\lfloor k/2 \rfloor} w_r",
        r"\frac{\partial L}{\partial w_m} = \sum_i \delta_i x_{i+m-\lfloor k/2 \rfloor}",
    ],
)
def test_windows_may_begin_half_a_kernel_before_their_output(source):
    verdict = verdict_on(source)
    assert verdict.status == "right_when"
    assert "the padding is half the kernel on both sides" in verdict.condition


@pytest.mark.parametrize("offset", [r"\lfloor k/3 \rfloor", r"\lfloor k/2 \rfloor - 1", "(k+1)/2"])
def test_windows_may_not_begin_just_anywhere(offset):
    verdict = verdict_on(rf"y_i = \sum_{{r=0}}^{{k-1}} x_{{i+r-{offset}}} w_r")
    assert verdict.status == "refuted"


def candidate(cost: float, status: str, names: str, assumes: str = "") -> Candidate:
    reading = f"y output, x input, {names}; first index 0"
    return Candidate(cost, Outcome("output", status, reading, ""), assumes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("right", "wrong", "condition"),
    [
        (
            candidate(2.0, "proved", "d stride"),
            candidate(0.0, "refuted", "t stride"),
            "right if d stride; wrong if t stride",
        ),
        (
            candidate(2.0, "proved", "d stride", "the stride is 1; the kernel is turned"),
            candidate(0.0, "refuted", "d stride", "the stride is 1"),
            "where the stride is 1: right if the kernel is turned; wrong if not",
        ),
        (
            candidate(2.0, "proved", "d stride"),
            candidate(0.0, "refuted", "d stride", "indices start from 1"),
            "wrong if indices start from 1; right if not",
        ),
    ],
)
def test_what_tells_two_readings_apart_is_said_without_what_they_share(right, wrong, condition):
    outcome = weighed([wrong, right])
    assert outcome.status == "depends"
    assert outcome.condition == condition


@pytest.mark.parametrize(
    ("source", "options"),
    [
        (r"\frac{\partial L}{\partial x_u} = \sum_i \delta_i w_{u-i} \text{ when } s = 1", {}),
        (r"\frac{\partial L}{\partial x_u} = \sum_i \delta_i w_{u-i}", {"assume": "s = 1"}),
    ],
)
def test_a_reach_says_under_which_condition_the_claim_is_made(source, options):
    assert verdict_on(source, **options).reach.endswith(", where s = 1")


@pytest.mark.parametrize(
    ("limits", "condition"),
    [
        (r"0 \le r < p", ""),
        (r"0 \le r \le p-1", ""),
        (r"0 \le r < p+1", "what sums read outside the kernel is 0"),
        (r"0 \le r \le p", "what sums read outside the kernel is 0"),
    ],
)
def test_limits_of_a_sum_that_lead_out_of_the_kernel_are_said(limits, condition):
    source = (
        rf"\frac{{\partial L}}{{\partial x_u}} = \sum_{{\substack{{{limits} \\ t \mid u-r}}}}"
        r"\frac{\partial L}{\partial y_{(u-r)/t}} w_r"
    )
    assert verdict_on(source).condition == condition
