"""The text form; what is read is compared with its LaTeX, or with the form's own spelling."""

import pytest

from symconv.formula import read_formula, spell_latex, spell_text
from symconv.formula import tree as t
from symconv.formula.tree import NotUnderstood


def text(source, **options):
    (claim,) = read_formula(source, form="plain", **options)
    return f"<{claim.reason}>" if isinstance(claim, NotUnderstood) else spell_text(claim)


GATHER = (
    r"\frac{\partial e}{\partial x_u} = \sum_{a=0}^{\lfloor\frac{p-1-u\bmod t}{t}\rfloor}"
    r"\frac{\partial e}{\partial y_{i-a}} w_{u \bmod t + at}"
)


@pytest.mark.parametrize(
    ("source", "latex"),
    [
        (
            "dx[u] = sum(dy[i-a]*w[u%t+a*t], a=0..(p-1-u%t)//t)",
            GATHER,
        ),
        ("D[i*t:i*t+p] += dy[i,j]*W", r"D[it:it+p]+\!=(\partial e/\partial y_{ij})W"),
        ("dy[i,j]/dx[u,v] = 0", r"\frac{\partial y_{ij}}{\partial x_{uv}} = 0"),
        ("de/dK[r,s] = 0", r"\frac{\partial e}{\partial K_{rs}} = 0"),
        ("db = diff(e, b)", r"\frac{\partial e}{\partial b} = \frac{\partial e}{\partial b}"),
        (
            "y = a if i < 3 else b if i = 4 else c",
            r"y = \begin{cases} a & i<3 \\ b & i=4 \\ c & else \end{cases}",
        ),
        ("t | u iff u % t = 0", r"t \mid u \iff u \bmod t = 0"),
        ("a <= b and not c = d or e != f => g < h", r"a \le b ∧ \neg c=d ∨ e \ne f \implies g<h"),
        ("y = x when 0 <= i < g, j >= 0", r"y = x, \quad 0 \le i < g,\; j \ge 0"),
        ("y = x if i < 3", r"y = x \text{ if } i < 3"),
        ("α = ⌊u/t⌋ · ρ", r"\alpha = \lfloor u/t \rfloor \rho"),
        ("M = matrix(a, b; c, d)", r"M = \begin{pmatrix} a & b \\ c & d \end{pmatrix}"),
        ("z = sum(y[i], i where i*t <= u)", r"z = \sum_{i: it \le u} y_i"),
        ("f(D, W, i) = g(x,)", r"f(D,W,i) = \operatorname{g}(x)"),
        ("e = forward(Y)", "e = forward(Y)"),
    ],
)
def test_both_forms_say_the_same(source, latex):
    assert read_formula(source, form="plain") == read_formula(latex, form="latex")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("z = u % t * a", "z = (u%t)*a"),
        ("z = a**-b**c", "z = a**(-b**c)"),
        ("z = -u % t", "z = (-u)%t"),
        ("z = -u // t", "z = (-u)//t"),
        ("z = a - u // t", "z = a - u//t"),
        ("z = a*b // c", "z = (a*b)//c"),
        ("z = -x**2", "z = -x**2"),
        ("z = 3 * -2", "z = 3*(-2)"),
        ("z = i t + 2 r", "z = i*t + 2*r"),
        ("z = i (t + 1)", "z = i*(t + 1)"),
        ("z = t_h + x'", "z = t_h + x'"),
        ("z = `w^(l)`[r]", "z = `w^(l)`[r]"),
        ("z = cases(a if b < c, (d) otherwise)", "z = cases(a if b < c, d otherwise)"),
        ("z = max(0, a) + ceil(b) + floor(b)", "z = max(0, a) + ceil(b) + floor(b)"),
        ("dx[i*t:i*t+p] += dy[i]*w", "dx[i*t:i*t + p] += dy[i]*w"),
        ("z = a  # a comment", "z = a"),
        ("z == a && b <= c || d >= e", "z = a and b <= c or d >= e"),
    ],
)
def test_the_order_of_operations_is_pythons(source, expected):
    assert text(source) == expected


def test_lines_and_semicolons_separate_claims():
    claims = read_formula("g = m - p + 1; h = n - q + 1\ny = (a +\n  b)\n\n")
    assert [spell_text(claim) for claim in claims] == [
        "g = m - p + 1",
        "h = n - q + 1",
        "y = a + b",
    ]


@pytest.mark.parametrize(
    ("source", "is_latex"),
    [("y = it + r", False), (r"y = it \cdot r", True), ("y_{i} = it", True), ("$y = it$", True)],
)
def test_the_form_is_found_out(source, is_latex):
    (claim,) = read_formula(source)
    names = {node.name for node in t.walk(claim.rights[0]) if isinstance(node, t.Letter)}
    assert ("it" not in names) == is_latex


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("z = a / b c", "a / b c may be (a / b) c or a / (b c): write brackets"),
        ("z = x[1:2]", "a slice stands only left of +="),
        ("z = 1.5", "the decimal number 1.5 cannot be read"),
        ("z = max(a)", "max needs two values or more"),
        ("z = a ? b", "the sign '?' cannot be read"),
        ("z = __import__", "the sign '_' cannot be read"),
    ],
)
def test_what_is_not_understood_says_why(source, reason):
    assert text(source) == f"<{reason}>"


def test_latex_of_the_text_form_reads_well():
    (claim,) = read_formula("dx[u,v] = sum(dy[i,j]*w[u-i*t, v-j*t], i=0..g-1, j=0..h-1)")
    assert spell_latex(claim) == (
        r"\frac{\partial e}{\partial x_{u, v}} = \sum_{i=0}^{g - 1} \sum_{j=0}^{h - 1} "
        r"\frac{\partial e}{\partial y_{i, j}} w_{u - i t, v - j t}"
    )
