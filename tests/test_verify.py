"""Verdicts: what is right is proved for all sizes, what is wrong is refuted and repaired."""

from __future__ import annotations

import json
from typing import Any

import pytest

from symconv.errors import FormulaError, OptionError
from symconv.verification.report.report import Report
from symconv.verification.verify import verify


def asked(source: str, **options: Any) -> Report:
    """Ask in symconv's own letters, from 0, about a cross-correlation, unless told otherwise."""
    usual = {"notation": "article", "index_base": 0, "true_convolution": False, "repairs": False}
    return verify(source, formula=True, **{**usual, **options})


def statuses(source: str, **options: Any) -> list[str]:
    """Return what is found out about each statement that claims something."""
    found = [str(verdict.status) for verdict in asked(source, **options).verdicts]
    return [status for status in found if status != "no_claim"] or found


THEOREMS = {
    "output": r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{it+r,\,jt+s} w_{rs} + b",
    "output, padded and dilated": (
        r"y_{i,j} = b + \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} w_{r,s} x_{it+rd-P,\;jt+sd-P}"
    ),
    "output size": r"g = \left\lfloor\frac{m + 2P - d(p-1) - 1}{t}\right\rfloor + 1",
    "chain rule": (
        r"\frac{\partial e}{\partial x_{uv}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
        r"\frac{\partial e}{\partial y_{ij}}\frac{\partial y_{ij}}{\partial x_{uv}}"
    ),
    "scatter over windows": (
        r"\frac{\partial e}{\partial x_{uv}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
        r"\frac{\partial e}{\partial y_{ij}} w_{u-it,\,v-jt}"
    ),
    "gather with floor bounds": (
        r"\frac{\partial e}{\partial x_{uv}} ="
        r"\sum_{a=0}^{\lfloor (p-1-(u \bmod t))/t \rfloor}"
        r"\sum_{c=0}^{\lfloor (q-1-(v \bmod t))/t \rfloor}"
        r"\frac{\partial e}{\partial y_{\lfloor u/t \rfloor - a,\,\lfloor v/t \rfloor - c}}"
        r"w_{(u \bmod t) + at,\,(v \bmod t) + ct}"
    ),
    "weight": (
        r"\frac{\partial e}{\partial w_{rs}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
        r"\frac{\partial e}{\partial y_{ij}} x_{it+r,\,jt+s}"
    ),
    "bias": r"\frac{\partial e}{\partial b} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}}",
    "overlap": r"\text{windows overlap} \iff t \le p-1",
}
FULL = (
    r"\frac{\partial e}{\partial x_{uv}} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1}"
    r"\frac{\partial e}{\partial y_{u-r,\,v-s}} w_{rs}"
)


@pytest.mark.parametrize("name", THEOREMS)
def test_the_theorems_of_the_project_are_proved_for_all_sizes(name: str) -> None:
    for verdict in asked(THEOREMS[name]).verdicts:
        assert verdict.status == "proved", verdict.reach


def test_a_formula_of_stride_one_is_right_when_the_stride_is_one() -> None:
    (verdict,) = asked(FULL).verdicts
    assert (verdict.status, verdict.condition) == ("right_when", "the stride is 1")


ALL_LETTERS = {
    "output": (
        "y[i,j] = sum(x[i*t_h + r*d_h - P_top, j*t_w + s*d_w - P_left]*w[r,s],"
        " r=0..p-1, s=0..q-1) + b"
    ),
    "output rows": "g = (m + P_top + P_bottom - d_h*(p-1) - 1)//t_h + 1",
    "gather": (
        "dx[u,v] = sum(dy[(u+P_top)//t_h - a, (v+P_left)//t_w - c]"
        "*w[(u+P_top)%t_h + a*t_h, (v+P_left)%t_w + c*t_w],"
        " a=0..(p-1-(u+P_top)%t_h)//t_h, c=0..(q-1-(v+P_left)%t_w)//t_w)"
    ),
    "weight": (
        "dw[r,s] = sum(dy[i,j]*x[i*t_h + r*d_h - P_top, j*t_w + s*d_w - P_left],"
        " i=0..g-1, j=0..h-1)"
    ),
    "bias": "db = sum(dy[i,j], i=0..g-1, j=0..h-1)",
    "operation f": "dx[i*t_h : i*t_h+p, j*t_w : j*t_w+q] += dy[i,j]*w",
    "operation f, dilated": (
        "dx[i*t_h : i*t_h+d_h*(p-1)+1 : d_h, j*t_w : j*t_w+d_w*(q-1)+1 : d_w] += dy[i,j]*w"
    ),
}


@pytest.mark.parametrize("name", ALL_LETTERS)
def test_the_theorems_hold_for_all_letters_of_each_axis(name: str) -> None:
    assert statuses(ALL_LETTERS[name]) == ["proved"]


# Tap u + i*t of a phase u < t is one of the kernel for as many i as the phase has taps.
TAPS = "0 <= u and u < t and 0 <= u + i*t and u + i*t <= p-1 iff "
STEPS = "0 <= u and u < t and 0 <= i and i <= "


def test_the_tap_counts_are_proved_for_all_sizes() -> None:
    """A phase has the taps u, u + t, ..., floor((p-1-u)/t) + 1 of them, none if u >= p."""
    assert statuses(f"{TAPS} {STEPS} (p-1-u)//t") == ["proved"]


@pytest.mark.parametrize("last", ["(p-u)//t", "(p-1)//t", "(p-1-u)//t - 1"])
def test_other_tap_counts_are_refuted(last: str) -> None:
    assert statuses(f"{TAPS} {STEPS} {last}") == ["refuted"]


WRONG = {
    "K for K - 1": r"g = \left\lfloor\frac{m-p-1}{t}\right\rfloor + 1",
    "axes swapped": r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{it+s,\,jt+r} w_{rs} + b",
    "kernel not flipped": (
        r"\frac{\partial e}{\partial x_{uv}} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1}"
        r"\frac{\partial e}{\partial y_{u+r-p+1,\,v+s-q+1}} w_{rs}"
    ),
    "extra factor": r"\frac{\partial e}{\partial b} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
    r"2\frac{\partial e}{\partial y_{ij}}",
    "bound one short": (
        r"\frac{\partial e}{\partial b} = \sum_{i=0}^{g-2}\sum_{j=0}^{h-1}"
        r"\frac{\partial e}{\partial y_{ij}}"
    ),
    "sum that is none": r"y_{ij} = \sum_{i=0}^{g-1}(x_{i,j}w_{00} + x_{i,j+1}w_{01}) + b",
    "stride and dilation swapped": (
        r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{id+rt,\,jd+st} w_{rs} + b"
    ),
}
NO_FLOOR = r"g = \frac{m-p}{t} + 1"


@pytest.mark.parametrize("name", WRONG)
def test_wrong_formulas_are_refuted_with_a_counterexample(name: str) -> None:
    refuted = [found for found in asked(WRONG[name]).verdicts if found.status == "refuted"]
    assert refuted
    for verdict in refuted:
        assert verdict.counterexample
        assert verdict.counterexample.claimed != verdict.counterexample.true
        assert " = " in str(verdict.counterexample)


def test_a_stride_that_is_forgotten_along_one_axis_is_said() -> None:
    """It may have been forgotten, or be 1 there."""
    source = THEOREMS["weight"].replace("x_{it+r", "x_{i+r")
    (verdict,) = asked(source).verdicts
    assert verdict.status == "depends"
    assert "the stride along the other axis is 1" in verdict.condition


FOUR = r"""\frac{\partial e}{\partial x_{uv}} = \left\{ \begin{array}{rr}
(\partial e/\partial y_{ij}) w_{u-it,\,v-jt}, & t \ge p,\; t \ge q\\
\sum_{a=0}^{p-t}(\partial e/\partial y_{i-at,\,j}) w_{u-it,\,v-jt}, & 1\le t\le p-1,\; t\ge q\\
\sum_{c=0}^{q-t}(\partial e/\partial y_{i,\,j-ct}) w_{u-it,\,v-jt}, & t\ge p,\; 1\le t\le q-1\\
\sum_{a=0}^{p-t}\sum_{c=0}^{q-t}(\partial e/\partial y_{i-at,\,j-ct}) w_{u-it,\,v-jt},
& 1\le t\le p-1,\; 1\le t\le q-1
\end{array} \right."""


def test_the_published_four_cases_are_wrong_where_windows_overlap() -> None:
    (verdict,) = asked(FOUR).verdicts
    assert verdict.status == "refuted"
    assert "case 2" in verdict.kind


def test_the_repaired_four_cases_are_proved() -> None:
    right = FOUR
    for old, new in (
        ("y_{i-at,\\,j}) w_{u-it,", "y_{i-a,\\,j}) w_{u-it+at,"),
        ("y_{i,\\,j-ct}) w_{u-it,\\,v-jt}", "y_{i,\\,j-c}) w_{u-it,\\,v-jt+ct}"),
        ("y_{i-at,\\,j-ct}) w_{u-it,\\,v-jt}", "y_{i-a,\\,j-c}) w_{u-it+at,\\,v-jt+ct}"),
    ):
        assert old in right
        right = right.replace(old, new)
    assert statuses(right) == ["proved"]


def test_the_reading_is_said() -> None:
    stride_one = r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{i+r,\,j+s} w_{rs} + b"
    (verdict,) = asked(stride_one).verdicts
    assert verdict.status == "proved"
    for words in ("y output", "x input", "w kernel of p×q", "b bias", "first index 0", "stride 1"):
        assert words in verdict.reading
    one_based = r"y_{ij} = \sum_{r=1}^{p}\sum_{s=1}^{q} x_{i+r-1,\,j+s-1} w_{rs} + b"
    assert statuses(one_based, index_base=1) == ["proved"]
    assert statuses(one_based) == ["refuted"]
    turned = r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{i+r,\,j+s} w_{p-1-r,\,q-1-s} + b"
    assert statuses(turned, true_convolution=True) == ["proved"]
    assert statuses(turned) == ["refuted"]


def test_letters_are_declared_in_words() -> None:
    source = (
        r"\frac{\partial C}{\partial f_{rs}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
        r" \delta_{ij} A_{it+r,jt+s}"
    )
    given = {"C": "the loss", "f": "filter", "A": "input", r"\delta": "upstream gradient"}
    assert statuses(source, letters=given) == ["proved"]
    with pytest.raises(OptionError, match="did you mean"):
        verify(source, letters={"C": "los"})
    with pytest.raises(OptionError, match="index_base must be 0 or 1"):
        verify(source, index_base=2)
    with pytest.raises(OptionError, match="notation must be one of"):
        verify(source, notation="dumulin")


def test_a_size_that_is_no_integer_says_when_it_holds() -> None:
    (verdict,) = asked(NO_FLOOR).verdicts
    assert verdict.status == "right_when"
    assert "t divides m - p" in verdict.condition


def test_implications_and_equivalences() -> None:
    assert statuses(r"t \ge p \implies t > p - 1") == ["proved"]
    assert statuses(r"t > p \iff t \ge p") == ["refuted"]
    assert statuses(r"g = m \text{ if } t = 1, 2P = p - 1") == ["proved"]
    assert statuses(r"2P = p \text{ and } t = 1 \implies g = m") == ["refuted"]


@pytest.mark.parametrize(
    "source",
    [
        r"z_{ij} = \int x_{ij} dt",
        r"\frac{\partial e}{\partial x_{uv}} = \frac{\partial e}{\partial y_{k l}} w_{rs}",
    ],
)
def test_what_is_not_understood_gets_a_place_and_a_reason(source: str) -> None:
    (verdict,) = asked(source).verdicts
    assert verdict.status == "not_understood"
    assert verdict.reach
    assert verdict.line == 1


def test_a_huge_bound_is_undecided_or_judged_but_never_counted_out() -> None:
    source = (
        r"\frac{\partial e}{\partial b} = \sum_{i=0}^{10^{100}}\sum_{j=0}^{h-1}"
        r"\frac{\partial e}{\partial y_{ij}}"
    )
    assert set(statuses(source)) <= {"undecided", "refuted", "not_understood"}


def test_an_article_is_read_display_by_display() -> None:
    text = "\n".join(
        ["# Notes", "", "$$", THEOREMS["weight"], "$$", "and", r"\[", WRONG["K for K - 1"], r"\]"]
    )
    report = verify(text, repairs=False)
    assert [(v.index, v.status) for v in report.verdicts] == [(1, "proved"), (2, "refuted")]
    assert json.loads(json.dumps(report.to_json()))["verdicts"][0]["status"] == "proved"


def test_certificates_agree_with_a_second_solver() -> None:
    cvc5 = pytest.importorskip("cvc5")
    checked = 0
    sources = [THEOREMS[name] for name in ("output", "scatter over windows", "weight")]
    for source in (*sources, ALL_LETTERS["operation f"]):
        for queries in asked(source).queries:
            for query in queries:
                assert "(set-info :status unsat)" in query.smtlib
                answer = second_opinion(cvc5, query.smtlib)
                assert answer in ("unsat", "unknown"), query.name
                checked += answer == "unsat"
    assert checked > 10


def test_letters_with_primes_are_names_in_certificates() -> None:
    cvc5 = pytest.importorskip("cvc5")
    source = (
        r"\frac{\partial e}{\partial w_{r',s'}} = \sum_{i,j} \frac{\partial e}{\partial y_{ij}} "
    )
    report = asked(source + "x_{it+r',jt+s'}")
    smtlib = [query.smtlib for queries in report.queries for query in queries]
    primed = [text for text in smtlib if "'|" in text]
    assert primed
    assert {second_opinion(cvc5, text) for text in primed} == {"unsat"}


def second_opinion(cvc5: Any, smtlib: str) -> str:
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", "3000")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, smtlib, "query")
    symbols, answer = parser.getSymbolManager(), ""
    while not (command := parser.nextCommand()).isNull():
        answer = command.invoke(solver, symbols) or answer
    return str(answer).strip()


def test_a_formula_that_breaks_a_limit_is_not_understood() -> None:
    assert statuses("{" * 100_000 + "x") == ["not_understood"]


# Channels


GROUPED = "y[o,i] = sum(w[o,c,r]*x[(o//(K//G))*(C//G) + c, i*t + r], c=0..C//G-1, r=0..p-1) + b[o]"


def test_groups_of_channels_are_found_and_proved() -> None:
    assert statuses(GROUPED) == ["proved"]
    assert statuses(GROUPED.replace("(o//(K//G))*(C//G) + c", "c")) == ["refuted"]


@pytest.mark.parametrize(
    "source",
    [
        "y[n,o,i] = sum(w[o,c,r]*x[n,c,i*t+r], c, r)",
        "y[n,i,o] = sum(w[r,c,o]*x[n,i*t+r,c], c, r)",
        "y[c,i,j] = sum(w[c,r,s]*x[c,i*t+r,j*t+s], r, s)",
        "y[n,i,j] = sum(w[r,s]*x[n,i*t+r,j*t+s], r, s)",
        "y[i,j] = sum(w[c,r,s]*x[c,i*t+r,j*t+s], c, r, s)",
        "y[o,i,j] = sum(w[o,r,s]*x[i*t+r,j*t+s], r, s)",
    ],
)
def test_layouts_are_found_from_the_indices(source: str) -> None:
    assert statuses(source) == ["proved"]
    assert statuses(source.replace("i*t+r", "i*t+r+1")) == ["refuted"]


def test_a_letter_counts_what_it_bounds() -> None:
    source = "dx[c,u] = sum(dy[o,i]*w[o,c,u-i*t], o=0..M-1, i=0..g-1)"
    assert statuses(source) == ["proved"]
    assert statuses(source.replace("M-1", "M-2")) == ["refuted"]


def test_the_order_of_the_channels_of_a_kernel_is_said() -> None:
    source = "dx[n,c,u] = sum(dy[n,o,i]*w[{},u-i*t], o, i)"
    assert statuses(source.format("o,c")) == ["proved"]
    (verdict,) = asked(source.format("c,o")).verdicts
    assert verdict.status == "right_when"
    assert "input, output" in verdict.condition


# What stands beside a formula


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dx[u] = sum(dy[i]*w[r], i=0..g-1) where u = i*t + r", "proved"),
        ("dx[u] = sum(dy[i]*w[r], i=0..g-1) where u = i + r*t", "refuted"),
        ("dx[u] = sum(dy[i]*w[u-i*t], i) where i < g - 1", "refuted"),
        ("dx[u] = sum(dy[i]*w[u-i*t], i) where 0 <= i < g", "proved"),
        (r"y_i = \sum_r w_r x_k + b, \quad k = it + r", "proved"),
        (r"y_i = \sum_r w_r x_k + b, \quad k = i + rt", "refuted"),
        ("g = (m - 3)//t + 1; p = 3", "proved"),
        ("g = (m - 3)//t + 1; p = 4", "refuted"),
        ("g = (m - 11)//t + 1; p = 11", "proved"),
    ],
)
def test_definitions_conditions_and_values_beside_a_formula(source: str, expected: str) -> None:
    assert statuses(source) == [expected]


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        (r"it \le u < it+p", "proved"),
        (r"it \le u < it+p-1", "refuted"),
        (r"i < g", "proved"),
        (r"p < t", "not_understood"),
    ],
)
def test_a_sum_binds_what_nothing_else_explains(below: str, expected: str) -> None:
    source = rf"\frac{{\partial e}}{{\partial x_u}} = \sum_{{{below}}} \delta_i w_{{u-it}}"
    assert statuses(source, letters={"delta": "upstream gradient"}) == [expected]


def test_the_range_of_an_index_below_a_formula_counts() -> None:
    source = "y[i] = sum(w[r]*x[i*t+r], r=0..p-1) where {} <= i <= g - 1"
    assert statuses(source.format(0)) == ["proved"]
    assert statuses(source.format(1)) == ["refuted"]


# Conditions


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\text{Windows overlap: } t \le p-1", "proved"),
        (r"\text{Windows overlap: } t \le p", "refuted"),
        (r"1 \le s < k \quad \text{(overlap)}", "proved"),
        ("no overlap: t >= p", "proved"),
        ("Index range: 0 <= i <= (m - p)//t", "proved"),
        ("Index range: 0 <= i <= (m - p)//t + 1", "refuted"),
        (r"t \le p", "no_claim"),
        (r"m \ge p", "no_claim"),
    ],
)
def test_a_condition_claims_what_its_words_say_and_nothing_without(
    source: str, expected: str
) -> None:
    assert statuses(source) == [expected]


# Padded inputs


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x_pad[u] = x[u mod n]", "proved"),
        ("x_pad[u] = x[(u - P) mod n]", "proved"),
        ("x_pad[u] = x[u mod (n+1)]", "refuted"),
        ("x_pad[u] = x[min(max(u, 0), n - 1)]", "proved"),
        ("x_pad[u] = x[max(u, 0)]", "refuted"),
    ],
)
def test_a_padded_input_is_reflected_replicated_or_circular(source: str, expected: str) -> None:
    assert statuses(source) == [expected]


# Loops


def test_setting_a_slice_is_right_only_without_overlap() -> None:
    source = "dx[i*t:i*t+p, j*t:j*t+q] = dy[i,j]*w"
    assert statuses(source) == ["refuted"]
    assert statuses(source, assume="t >= p, t >= q") == ["proved"]


def test_the_windows_of_a_slice_count() -> None:
    source = "dx[i*t:i*t+p] += dy[i]*w for 0 <= i < {}"
    assert statuses(source.format("g")) == ["proved"]
    assert statuses(source.format("g - 1")) == ["refuted"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dw[r,s] += dy[i,j]*x[i*t+r, j*t+s]", "proved"),
        ("dw += dy[i,j]*x[i*t:i*t+p, j*t:j*t+q]", "proved"),
        ("dw += dy[i,j]*x[i*t:i*t+p, j*t:j*t+q-1]", "refuted"),
        ("db += dy[i,j]", "proved"),
        ("y[i,j] += x[i*t+r, j*t+s]*w[r,s]", "proved"),
        ("dx[n,c,i*t+r] += dy[n,o,i]*w[o,c,r]", "proved"),
        ("dx[n,c,i*t+r] += dy[n,o,i]*w[o,c,p-1-r]", "refuted"),
    ],
)
def test_loops_that_add_a_product_at_a_time(source: str, expected: str) -> None:
    assert statuses(source) == [expected]


@pytest.mark.parametrize("assume", ["nonsense", "foo bar", "s", "s = = 1"])
def test_what_is_no_condition_is_not_assumed(assume):
    with pytest.raises(FormulaError, match="assume must be conditions such as"):
        verify("$$ o = (i - k)/s + 1 $$", assume=assume)
    with pytest.raises(FormulaError, match="assume must be conditions such as"):
        verify(f"% symconv: assume: {assume}\n\n$$ o = (i - k)/s + 1 $$")


@pytest.mark.parametrize(
    "claim",
    [
        r"y_{-i} = \sum_{r=0}^{k-1} x_{i+r} w_r",
        r"\partial L/\partial x_{-u} = \sum_i δ_i w_{u-i}",
        r"\partial L/\partial w_{-r} = \sum_i δ_i x_{i+r}",
    ],
)
def test_entries_that_are_counted_down_are_not_proved_for_the_first_alone(claim):
    assert statuses(claim) == ["not_understood"]


@pytest.mark.parametrize("claim", ["dW += a_slice * dZ[h, w]", "dW[c] += a_slice * dZ[h, w, c]"])
def test_a_window_without_indices_is_no_number(claim):
    assert statuses(claim) != ["refuted"]


# Notes


def test_what_is_passed_over_is_said(tmp_path):
    (tmp_path / "a.tex").write_text("x")
    text = r"\input{nowhere} \[ g = \lfloor (m-p)/t \rfloor + 1 \]"
    found = verify(text, folder=tmp_path)
    assert found.notes == (r"\input{nowhere} is missing; not followed",)
    assert found.to_json()["notes"] == list(found.notes)
    assert found.notes[0] in found.to_html()
    assert r"nowhere" in found.to_markdown()


@pytest.mark.parametrize(
    ("name", "met"), [("g", True), ("k", False), ("F", False), (r"\delta", False), ("t", True)]
)
def test_a_name_that_was_told_and_stands_nowhere_is_named(name, met):
    found = verify(r"g = \lfloor \frac{m-p}{t} \rfloor + 1", letters={name: "stride"})
    assert bool(found.notes) is not met
    assert all(name in note for note in found.notes)


def test_a_text_with_formulas_in_its_lines_only_is_told_how_to_display_them():
    found = verify("It holds that $g = m - p + 1$.\n\nWords.\n", formula=False)
    assert not found.verdicts
    assert "between $$" in found.notes[0]
