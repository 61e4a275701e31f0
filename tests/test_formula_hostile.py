"""Whatever is given to the reader: an answer with a place, or a FormulaError with a place.

FUZZ_INPUTS=100000 .venv/bin/python -m pytest tests/test_formula_hostile.py tries many more.
"""

import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.errors import FormulaError
from symconv.formula import read_article, read_formula, spell_latex, spell_text
from symconv.formula.source import MAX_FORMULA
from symconv.formula.tree import NotUnderstood

INPUTS = int(os.environ.get("FUZZ_INPUTS", "2000"))


def words(text):
    return text.split()


LATEX = words(r"""
\frac { } _ ^ ( ) [ ] \{ \} \left \right . , ; : = < \le \mid \nmid \equiv \pmod \bmod \sum
\partial \nabla \max \text{if} \text{ and } \text{otherwise} or and if & \\ \quad \; \cdot / + -
' x y w i j 0 12 \alpha \hat \mathrm{ab} \begin{cases} \end{cases} \begin{array}{rr} \end{array}
\lfloor \rfloor \begin{pmatrix} \end{pmatrix} \begin{aligned} \end{aligned} \substack \iff
\implies \forall \dots 当 时 其他 \operatorname{f} f( forward( de/dY \not \neg
$ $$ \text{ \mathbf W_{p\times q} D[it:jt]+= %
é &amp; &lt; \tag{1} (条件1) ∑ ≤ \limits e \sqrt x_{ij} y_{i,j} = = 0
""")
PLAIN = words("""
x y w i j t u 0 12 ( ) [ ] , ; : = == < <= != | // / * + - % ** ^ .. ... += => <=> and or not if
else when mod sum( max( floor( cases( matrix( diff( dx[ dy[ db otherwise f( g(a, dx/dy de/dK[ ` `a`
# é 其他 α ∑ ! & x[i] = = y[j]
""")


def sentences(words):
    separators = st.sampled_from(["", " "])
    return st.tuples(separators, st.lists(st.sampled_from(words), max_size=30)).map(
        lambda drawn: drawn[0].join(drawn[1])
    )


SOURCES = st.one_of(
    sentences(LATEX),
    sentences(PLAIN),
    st.text(max_size=60),
    st.text("\\{}$&_^()[]=a ", max_size=60),
)
FORMS = st.sampled_from([None, "latex", "plain"])


def outcome(source, form):
    """Return the claims, or the one error."""
    try:
        return read_formula(source, form=form)
    except FormulaError as error:
        return (error,)


def check(source, form):
    """Read the source; what is understood can be spelled and read again."""
    for claim in outcome(source, form):
        if isinstance(claim, FormulaError):
            assert claim.line >= 1
            assert claim.column >= 1
            continue
        assert 0 <= claim.span.start <= claim.span.end <= len(source)
        assert claim.span.line >= 1
        if isinstance(claim, NotUnderstood):
            assert claim.reason
            assert claim.reason.isprintable()
        else:
            assert read_formula(spell_latex(claim), form="latex") == (claim,)
            assert read_formula(spell_text(claim), form="plain") == (claim,)


@settings(max_examples=INPUTS)
@given(SOURCES, FORMS)
def test_anything_is_read_or_refused(source, form):
    check(source, form)


@settings(max_examples=300)
@given(st.lists(sentences(LATEX) | st.sampled_from(["$$", "\n\n", "```", "---\n", "\\["])))
def test_any_article_is_read(parts):
    article = read_article("\n".join(parts))
    assert [display.index for display in article.displayed] == [
        number for number, _ in enumerate(article.displayed, 1)
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("(" * 100, "more than 64 brackets in each other"),
        ("{" * 100, "more than 64 braces in each other"),
        (r"\frac" * 200, "more than 128 arguments in each other"),
        ("^_" * 200, "more than 128 arguments in each other"),
        (r"\begin{cases} a &" * 200 + r"\end{cases}" * 200, "groups in each other"),
        ("y = " + r"\sum_i " * 300 + "a", "more than 160 values or conditions in each other"),
        (r"\neg " * 300 + "a = b", "more than 160 values or conditions in each other"),
        ("y = " + "9" * 5000, "a number of more than 1000 digits"),
        ("a" * (MAX_FORMULA + 1), "a formula of more than 100,000 characters"),
    ],
)
def test_limits(source, reason):
    with pytest.raises(FormulaError, match=f"line 1, column [0-9]+: .*{reason}") as info:
        read_formula(source, form="latex")
    assert (info.value.line, info.value.exit_code) == (1, 2)


@pytest.mark.parametrize(
    "unit",
    [
        r"y_{ij} = x_{i+1,j} w_{00} \\ ", "a", "x[", "f(a,", "{", "}", "$", "\\", "&", r"\\", "é",
        "其", r"\text{if }", r"\begin{cases}", r"\end{cases}", r"\left(", "'", "a/", r"a \bmod ",
        "a<b or ",
        "de/", r"\sum_{0\le r<p} w_r +", "\0", "\ud800", "a if b<c else ", "sum(", "`", "dx[i]/",
    ],
)  # fmt: skip
def test_time_grows_with_the_length_not_faster(unit):
    def seconds(length):
        source = (unit * (length // len(unit) + 1))[:length]
        times = []
        for _ in range(3):  # the least of three: other work on the machine only ever adds
            started = time.process_time()
            for form in ("latex", "plain"):
                outcome(source, form)
            times.append(time.process_time() - started)
        return min(times)

    short, long = seconds(1_000), seconds(8_000)  # 8 times as long: linear is 8, quadratic 64
    assert long < 30 * max(short, 0.02)
