"""Verdicts: what is right is proved for all sizes, what is wrong is refuted and repaired."""

import json

import pytest

from symconv.errors import FormulaError, OptionError
from symconv.formula.reading import read_formula
from symconv.verification.deciding.counterexample_search import search
from symconv.verification.deciding.prove import prove
from symconv.verification.judge import judge
from symconv.verification.reading.letters import Letters
from symconv.verification.report.wording import example
from symconv.verification.verify import verify


def findings(source, **options):
    letters = Letters(
        options.pop("letters", {}), options.pop("index_base", 0), options.pop("flipped", False)
    )
    return [found for claim in read_formula(source) for found in judge(claim, letters, **options)]


def statuses(source, **options):
    return [found.status for found in findings(source, **options)]


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
    "full correlation": (
        r"\frac{\partial e}{\partial x_{uv}} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1}"
        r"\frac{\partial e}{\partial y_{u-r,\,v-s}} w_{rs}"
    ),
    "weight": (
        r"\frac{\partial e}{\partial w_{rs}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
        r"\frac{\partial e}{\partial y_{ij}} x_{it+r,\,jt+s}"
    ),
    "bias": r"\frac{\partial e}{\partial b} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
    r"\frac{\partial e}{\partial y_{ij}}",
    "operation f": r"D[it:it+p,\,jt:jt+q] +\!= (\partial e/\partial y_{ij}) W_{p\times q}",
    "overlap": r"1 \le t \le p-1 \text{ or } 1 \le t \le q-1",
    "no window": r"\frac{\partial e}{\partial x_{uv}} = 0",
}


@pytest.mark.parametrize("name", THEOREMS)
def test_the_theorems_of_the_project_are_proved_for_all_sizes(name):
    found = findings(THEOREMS[name])
    assert found
    for finding in found:
        assert finding.status == "proved", finding.reach
        assert finding.proof.proved
        assert all(query.answer == "unsat" for query in finding.proof.queries)


ALL_LETTERS = {
    "output": (
        "y[i,j] = sum(x[i*t_h + r*d_h - P_top, j*t_w + s*d_w - P_left]*w[r,s],"
        " r=0..p-1, s=0..q-1) + b"
    ),
    "output rows": "g = (m + P_top + P_bottom - d_h*(p-1) - 1)//t_h + 1",
    "output columns": "h = (n + P_left + P_right - d_w*(q-1) - 1)//t_w + 1",
    "dy/dx": (
        "diff(y[i,j], x[u,v]) = w[u+P_top-i*t_h, v+P_left-j*t_w]"
        " if 0 <= u+P_top-i*t_h and u+P_top-i*t_h < p"
        " and 0 <= v+P_left-j*t_w and v+P_left-j*t_w < q else 0"
    ),
    "dy/dw": "diff(y[i,j], w[r,s]) = x[i*t_h + r*d_h - P_top, j*t_w + s*d_w - P_left]",
    "dy/db": "diff(y[i,j], b) = 1",
    "scatter over windows": (
        "dx[u,v] = sum(dy[i,j]*w[r,s], i=0..g-1, j=0..h-1, r=0..p-1, s=0..q-1"
        " where i*t_h + r*d_h = u + P_top and j*t_w + s*d_w = v + P_left)"
    ),
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
    "overlap": "t_h <= p-1 or t_w <= q-1",
}


@pytest.mark.parametrize("name", ALL_LETTERS)
def test_the_theorems_hold_for_all_letters_of_each_axis(name):
    found = findings(ALL_LETTERS[name])
    assert [finding.status for finding in found] == ["proved"] * max(1, len(found))


# Tap u + i*t of a phase u < t is one of the kernel for as many i as the phase has taps.
TAPS = "0 <= u and u < t and 0 <= u + i*t and u + i*t <= p-1 iff "
STEPS = "0 <= u and u < t and 0 <= i and i <= "


def test_the_tap_counts_are_proved_for_all_sizes():
    """A phase has the taps u, u + t, ..., floor((p-1-u)/t) + 1 of them, none if u >= p."""
    assert statuses(f"{TAPS} {STEPS} (p-1-u)//t") == ["proved"]


@pytest.mark.parametrize("last", ["(p-u)//t", "(p-1)//t", "(p-1-u)//t - 1"])
def test_other_tap_counts_are_refuted(last):
    assert statuses(f"{TAPS} {STEPS} {last}") == ["refuted"]


WRONG = {
    "remainder dropped": r"g = \frac{m-p}{t} + 1",
    "K for K - 1": r"g = \left\lfloor\frac{m-p-1}{t}\right\rfloor + 1",
    "axes swapped": r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{it+s,\,jt+r} w_{rs} + b",
    "stride forgotten": (
        r"\frac{\partial e}{\partial w_{rs}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
        r"\frac{\partial e}{\partial y_{ij}} x_{i+r,\,jt+s}"
    ),
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
    "overlap": r"i(t+1) \le it + p - 1 \text{ or } j(t+1) \le jt + q - 1",
    "stride and dilation swapped": (
        r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{id+rt,\,jd+st} w_{rs} + b"
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_formulas_are_refuted_with_a_counterexample(name):
    refuted = [found for found in findings(WRONG[name]) if found.status == "refuted"]
    assert refuted
    for finding in refuted:
        assert finding.counterexample.claimed != finding.counterexample.true
        assert " = " in str(example(finding.counterexample))


def test_the_counterexample_is_the_smallest_and_says_what_is_missing():
    (found,) = findings(WRONG["stride forgotten"])
    assert found.counterexample.sizes == {"p": 1, "t": 2, "q": 1, "m": 3, "n": 1, "g": 2, "h": 1}
    assert str(example(found.counterexample)).endswith(
        "r = 0, s = 0: misplaced beside ∂e/∂y[1, 0]: cell x[1, 0] should be x[2, 0] "
        "(claimed ∂e/∂y[0, 0]·x[0, 0] + ∂e/∂y[1, 0]·x[1, 0], "
        "true ∂e/∂y[0, 0]·x[0, 0] + ∂e/∂y[1, 0]·x[2, 0])"
    )


FOUR = r"""\frac{\partial e}{\partial x_{uv}} = \left\{ \begin{array}{rr}
(\partial e/\partial y_{ij}) w_{u-it,\,v-jt}, & t \ge p,\; t \ge q\\
\sum_{a=0}^{p-t}(\partial e/\partial y_{i-at,\,j}) w_{u-it,\,v-jt}, & 1\le t\le p-1,\; t\ge q\\
\sum_{c=0}^{q-t}(\partial e/\partial y_{i,\,j-ct}) w_{u-it,\,v-jt}, & t\ge p,\; 1\le t\le q-1\\
\sum_{a=0}^{p-t}\sum_{c=0}^{q-t}(\partial e/\partial y_{i-at,\,j-ct}) w_{u-it,\,v-jt},
& 1\le t\le p-1,\; 1\le t\le q-1
\end{array} \right."""


def test_the_published_four_cases_are_wrong_where_windows_overlap():
    report = verify(FOUR, formula=True)
    assert [verdict.status for verdict in report.verdicts] == ["proved", *["refuted"] * 3]
    for verdict in report.verdicts[1:]:
        assert verdict.counterexample
        assert verdict.repair.count(r"\boxed") in (2, 4)  # both axes share an edit
    assert not report.ok


def test_the_repaired_four_cases_are_proved():
    right = FOUR
    for old, new in (
        ("y_{i-at,\\,j}) w_{u-it,", "y_{i-a,\\,j}) w_{u-it+at,"),
        ("y_{i,\\,j-ct}) w_{u-it,\\,v-jt}", "y_{i,\\,j-c}) w_{u-it,\\,v-jt+ct}"),
        ("y_{i-at,\\,j-ct}) w_{u-it,\\,v-jt}", "y_{i-a,\\,j-c}) w_{u-it+at,\\,v-jt+ct}"),
    ):
        assert old in right
        right = right.replace(old, new)
    found = findings(right)
    assert [finding.status for finding in found] == ["proved"] * 4
    assert "last window" in found[0].reading


def test_index_ranges_below_a_formula_are_claims_of_their_own():
    source = THEOREMS["output"] + r"\\ i \le (m-p)/t \\ j \le (n-q)/t"
    assert statuses(source) == ["proved", "proved"]
    assert statuses(source.replace("(n-q)/t", "(n-q+1)/t")) == ["proved", "refuted"]


def test_the_reading_is_said():
    stride_one = r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{i+r,\,j+s} w_{rs} + b"
    (found,) = findings(stride_one)
    assert (found.status, found.reading) == (
        "proved",
        "cross-correlation, indices from 0, stride 1",
    )
    one_based = r"y_{ij} = \sum_{r=1}^{p}\sum_{s=1}^{q} x_{i+r-1,\,j+s-1} w_{rs} + b"
    assert statuses(one_based, index_base=1) == ["proved"]
    assert statuses(one_based) == ["refuted"]
    turned = r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{i+r,\,j+s} w_{p-1-r,\,q-1-s} + b"
    assert statuses(turned, flipped=True) == ["proved"]
    assert statuses(turned) == ["refuted"]


def test_letters_may_be_declared():
    source = (
        r"\frac{\partial C}{\partial f_{rs}} = \sum_{i=0}^{g-1}\sum_{j=0}^{h-1}"
        r" \delta_{ij} A_{i+r,j+s}"
    )
    given = {"C": "e", "f": "w", "A": "x", r"\delta": "dy"}
    assert statuses(source, letters=given) == ["proved"]
    with pytest.raises(OptionError, match="must mean one of"):
        Letters({"C": "loss"})
    with pytest.raises(OptionError, match="index_base must be 0 or 1"):
        Letters({}, 2)


def test_conditions_may_be_assumed():
    assert [v.status for v in verify(WRONG["remainder dropped"], formula=True).verdicts] == [
        "refuted"
    ]
    (verdict,) = verify(WRONG["remainder dropped"], formula=True, assume="t = 1").verdicts
    assert verdict.status == "proved"


def test_a_wrong_claim_says_when_it_holds():
    (verdict,) = verify(WRONG["remainder dropped"], formula=True).verdicts
    assert "t divides m − p" in verdict.holds_when
    assert "t = 1" in verdict.holds_when


def test_implications_and_equivalences():
    assert statuses(r"t \ge p \implies t > p - 1") == ["proved"]
    assert statuses(r"t > p \iff t \ge p") == ["refuted"]


@pytest.mark.parametrize(
    "source",
    [
        r"z_{ij} = \int x_{ij} dt",
        r"\frac{\partial e}{\partial x_{uv}} = \frac{\partial e}{\partial y_{k l}} w_{rs}",
    ],
)
def test_what_is_not_understood_gets_a_place_and_a_reason(source):
    (verdict,) = verify(source, formula=True).verdicts
    assert verdict.status == "not_understood"
    assert verdict.reach
    assert verdict.line == 1


def test_a_huge_bound_is_undecided_or_judged_but_never_counted_out():
    source = (
        r"\frac{\partial e}{\partial b} = \sum_{i=0}^{10^{100}}\sum_{j=0}^{h-1}"
        r"\frac{\partial e}{\partial y_{ij}}"
    )
    assert set(statuses(source)) <= {"undecided", "refuted"}


def test_a_short_time_limit_never_proves():
    (found,) = findings(THEOREMS["gather with floor bounds"], timeout=0.001, bound=2)
    assert found.status in ("undecided", "proved")
    assert (found.status == "proved") == found.proof.proved


def test_an_article_is_read_display_by_display():
    text = "\n".join(
        ["# Notes", "", "$$", THEOREMS["weight"], "$$", "and", r"\[", WRONG["K for K - 1"], r"\]"]
    )
    report = verify(text, repairs=False)
    assert [(v.index, v.status) for v in report.verdicts] == [(1, "proved"), (2, "refuted")]
    assert [v.line for v in report.verdicts] == [4, 8]
    assert json.loads(json.dumps(report.to_json()))["verdicts"][0]["status"] == "proved"


def test_certificates_agree_with_a_second_solver():
    cvc5 = pytest.importorskip("cvc5")
    checked = 0
    for name in ("output", "scatter over windows", "weight", "operation f", "output size"):
        for finding in findings(THEOREMS[name]):
            for query in finding.proof.queries:
                assert "(set-info :status unsat)" in query.smtlib
                answer = second_opinion(cvc5, query.smtlib)
                assert answer in ("unsat", "unknown"), (name, query.name)
                checked += answer == "unsat"
    assert checked > 15


FROM_ONE = r"""---
title: Gradients
letters: L=e, K=w, E=index
index_base: {base}
---
$$\frac{{\partial L}}{{\partial K_{{rs}}}} = \sum_{{i=1}}^{{g}}\sum_{{j=1}}^{{h}}
\frac{{\partial L}}{{\partial y_{{ij}}}} x_{{(i-1)t+r,\,(j-1)t+s}}$$
"""


def test_the_front_matter_says_what_letters_mean_and_options_come_before_it():
    text = FROM_ONE.format(base=1)
    assert [v.status for v in verify(text, repairs=False).verdicts] == ["proved"]
    assert [v.status for v in verify(text, repairs=False, index_base=0).verdicts] == ["refuted"]
    with pytest.raises(OptionError, match="must be 0 or 1, got 'two'"):
        verify(FROM_ONE.format(base="two"))


@pytest.mark.parametrize(
    ("claim", "repaired"),
    [
        (r"g = \frac{m-p}{t} + 1", r"g = \boxed{\lfloor \frac{m - p}{t} \rfloor} + 1"),
        (r"g = \lceil (m-p)/t \rceil + 1", r"g = \boxed{\lfloor \frac{m - p}{t} \rfloor} + 1"),
    ],
)
def test_the_repair_of_a_size(claim, repaired):
    (verdict,) = verify(claim, formula=True).verdicts
    assert (verdict.status, verdict.repair) == ("refuted", repaired)


def test_letters_with_primes_are_names_in_certificates():
    cvc5 = pytest.importorskip("cvc5")
    source = (
        r"\frac{\partial e}{\partial w_{r',s'}} = \sum_{i,j} \frac{\partial e}{\partial y_{ij}} "
    )
    (found,) = findings(source + "x_{i+r',j+s'}")
    primed = [query.smtlib for query in found.proof.queries if "'|" in query.smtlib]
    assert primed
    assert {second_opinion(cvc5, smtlib) for smtlib in primed} == {"unsat"}


def second_opinion(cvc5, smtlib):
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", "3000")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, smtlib, "query")
    symbols, answer = parser.getSymbolManager(), ""
    while not (command := parser.nextCommand()).isNull():
        answer = command.invoke(solver, symbols) or answer
    return str(answer).strip()


def test_a_formula_that_breaks_a_limit_is_an_error_with_its_place():
    with pytest.raises(FormulaError) as caught:
        verify("{" * 100_000 + "x", formula=True)
    assert caught.value.line == 1


# Channels


GROUPED = "y[o,i] = sum(w[o,c,r]*x[(o//(K//G))*(C//G) + c, i*t + r], c=0..C//G-1, r=0..p-1) + b[o]"


def test_channels_are_found_from_the_ranks_and_proved():
    (found,) = findings(GROUPED)
    assert found.status == "proved"
    assert found.model.sizes == ("p", "t", "m", "G", "C_g", "K_g", "g", "C", "K")
    (found,) = findings(GROUPED.replace("(o//(K//G))*(C//G) + c", "c"))
    assert found.status == "refuted"
    sizes = found.counterexample.sizes
    assert sizes["G"] == 2
    assert sizes["C"] == sizes["G"] * sizes["C_g"]


@pytest.mark.parametrize(
    ("source", "roles"),
    [
        ("y[n,o,i] = sum(w[o,c,r]*x[n,c,i*t+r], c, r)", ("batch", "input", "0")),
        ("y[n,i,o] = sum(w[r,c,o]*x[n,i*t+r,c], c, r)", ("batch", "0", "input")),
        ("y[c,i,j] = sum(w[c,r,s]*x[c,i*t+r,j*t+s], r, s)", ("input", "0", "1")),
        ("y[n,i,j] = sum(w[r,s]*x[n,i*t+r,j*t+s], r, s)", ("batch", "0", "1")),
        ("y[i,j] = sum(w[c,r,s]*x[c,i*t+r,j*t+s], c, r, s)", ("input", "0", "1")),
        ("y[o,i,j] = sum(w[o,r,s]*x[i*t+r,j*t+s], r, s)", ("0", "1")),
    ],
)
def test_layouts(source, roles):
    (found,) = findings(source)
    assert found.status == "proved"
    assert found.model.layout.roles("x") == roles


def test_a_letter_counts_what_it_bounds():
    source = "dx[c,u] = sum(dy[o,i]*w[o,c,u-i*t], o=0..M-1, i=0..g-1)"
    assert statuses(source) == ["proved"]
    assert statuses(source.replace("M-1", "M-2")) == ["refuted"]


# What stands beside a formula


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dx[u] = sum(dy[i]*w[r], i=0..g-1) where u = i*t + r", "proved"),
        ("dx[u] = sum(dy[i]*w[r], i=0..g-1) where u = i + r*t", "refuted"),
        ("dx[u] = sum(dy[i]*w[u-i*t], i) where i < g - 1", "refuted"),
        ("dx[u] = sum(dy[i]*w[u-i*t], i) where 0 <= i < g", "proved"),
        ("m = t*(g-1) + a + p; a = (m - p) % t", "proved"),
        ("m = t*(g-1) - a + p; a = (m - p) % t", "refuted"),
        ("dx[u] = sum(d_i[i]*w[u-i*t], i=0..g-1) where d_i[k] = diff(e, y[k])", "proved"),
        ("d_i[k] = diff(e, y[k]); dw[r] = sum(d_i[i]*x[i+r*t], i=0..g-1)", "refuted"),
        ("g = (m - 3)//t + 1; p = 3", "proved"),
        ("g = (m - 3)//t + 1; p = 4", "refuted"),
        ("g = (m - 11)//t + 1; p = 11", "proved"),
    ],
)
def test_definitions_conditions_and_values_beside_a_formula(source, expected):
    (verdict,) = verify(source, formula=True, repairs=False).verdicts
    assert verdict.status == expected


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        (r"it \le u < it+p", "proved"),
        (r"it \le u < it+p-1", "refuted"),
        (r"i < g", "proved"),
        (r"p < t", "not_understood"),
    ],
)
def test_a_sum_binds_what_nothing_else_explains(below, expected):
    source = rf"\frac{{\partial e}}{{\partial x_u}} = \sum_{{{below}}} \delta_i w_{{u-it}}"
    (verdict,) = verify(source, letters={"delta": "dy"}, formula=True, repairs=False).verdicts
    assert verdict.status == expected


def test_the_lower_end_of_an_index_range_counts():
    source = "y[i] = sum(w[r]*x[i*t+r], r=0..p-1) where {} <= i <= g - 1"
    assert statuses(source.format(0)) == ["proved", "proved"]
    assert statuses(source.format(1)) == ["proved", "refuted"]


# Slices


def test_setting_a_slice_is_right_only_without_overlap():
    source = "dx[i*t:i*t+p, j*t:j*t+q] = dy[i,j]*w"
    (verdict,) = verify(source, formula=True, repairs=False).verdicts
    assert verdict.status == "refuted"
    assert "missing: ∂e/∂y[0, 0]·w[0, 1]" in verdict.counterexample.difference
    (verdict,) = verify(source, formula=True, repairs=False, assume="t >= p, t >= q").verdicts
    assert verdict.status == "proved"


def test_the_windows_of_a_slice_count():
    source = "dx[i*t:i*t+p] += dy[i]*w for 0 <= i < {}"
    assert statuses(source.format("g")) == ["proved"]
    assert statuses(source.format("g - 1")) == ["refuted"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dw[r,s] += dy[i,j]*x[i*t+r, j*t+s]", "proved"),
        ("db += dy[i,j]", "proved"),
        ("y[i,j] += x[i*t+r, j*t+s]*w[r,s]", "proved"),
        ("dx[n,c,i*t+r] += dy[n,o,i]*w[o,c,r]", "proved"),
        ("dx[n,c,i*t+r] += dy[n,o,i]*w[o,c,p-1-r]", "refuted"),
    ],
)
def test_loops_that_add_one_product_at_a_time(source, expected):
    assert statuses(source) == [expected]


# Limits


def test_how_hard_a_query_may_be_does_not_depend_on_the_clock():
    (found,) = findings(THEOREMS["gather with floor bounds"])
    proofs = [prove(found.question, found.model, timeout=0.02) for _ in range(2)]
    answers = [[query.answer for query in proof.queries] for proof in proofs]
    assert answers[0] == answers[1]
    assert "unknown" in answers[0]


def test_a_search_that_ends_early_says_so():
    (found,) = findings(THEOREMS["weight"])
    assert not search(found.question, found.model, bound=2, cases=10).complete
    assert search(found.question, found.model, bound=2).complete
