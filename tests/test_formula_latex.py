"""LaTeX as people write it; each formula is compared with the text form of what was read."""

import pytest

from symconv.formula import read_formula, spell_text
from symconv.formula import tree as t
from symconv.formula.tree import NotUnderstood


def texts(source, **options):
    """The claims in the text form; a reason in brackets for what was not understood."""
    claims = read_formula(source, form="latex", **options)
    return [
        f"<{claim.reason}>" if isinstance(claim, NotUnderstood) else spell_text(claim)
        for claim in claims
    ]


def text(source, **options):
    (only,) = texts(source, **options)
    return only


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (r"it+r", "i*t + r"),
        (r"i \cdot t+r", "i*t + r"),
        (r"i \times t * r \ast s", "i*t*r*s"),
        (r"i(t+1)", "i*(t + 1)"),
        (r"\frac{m-p}{t}", "(m - p)/t"),
        (r"\dfrac12 m", "1/2*m".replace("1/2", "(1/2)")),
        (r"(m-p)/t", "(m - p)/t"),
        (r"m \div t", "m/t"),
        (r"\lfloor u/t \rfloor", "u//t"),
        (r"\left\lfloor \frac{u}{t} \right\rfloor", "u//t"),
        (r"⌊u/t⌋ · x", "(u//t)*x"),
        (r"\lceil (u-p+1)/t\rceil", "ceil((u - p + 1)/t)"),
        (r"u \bmod t + a t", "u%t + a*t"),
        (r"-u \bmod t", "(-u)%t"),
        (r"u \operatorname{mod} t", "u%t"),
        (r"u \% t", "u%t"),
        (r"\max(0, a, b)", "max(0, a, b)"),
        (r"\min\{a,b\}", "min(a, b)"),
        (r"\max\left(0, u\right)", "max(0, u)"),
        (r"-a+b-cd", "-a + b - c*d"),
        (r"a-(b+c)", "a - (b + c)"),
        (r"{a+b}c", "a + b*c"),
        (r"(a+b)^2", "(a + b)**2"),
        (r"x_i^2", "x[i]**2"),
        (r"2^{k}", "2**k"),
        (r"[t \mid u]x", "cases(1 if t | u, 0 otherwise)*x"),
        (r"\mathbb{1}[t \mid u]", "1*cases(1 if t | u, 0 otherwise)"),
        (r"𝑥 + 𝜌", "x + rho"),
        (r"a\,b\;c\quad", "a*b*c"),
        (r"\big( a \big) \left. b \right.", "a*b"),
    ],
)
def test_values(value, expected):
    assert text(f"z = {value}") == f"z = {expected}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (r"x_{ij}", "x[i, j]"),
        (r"x_{i,j}", "x[i, j]"),
        (r"x_{i j}", "x[i, j]"),
        (r"x_{(i,j)}", "x[i, j]"),
        (r"w_{00}", "w[0, 0]"),
        (r"y_{1h}", "y[1, h]"),
        (r"x_i", "x[i]"),
        (r"x_{12}", "x[1, 2]"),
        (r"x_{1,12}", "x[1, 12]"),
        (r"x_{i\cdot t}", "x[i*t]"),
        (r"x_{i\cdot t+r,\;j\cdot t+s}", "x[i*t + r, j*t + s]"),
        (r"x_{it+r,jt+s}", "x[i*t + r, j*t + s]"),
        (r"x[i t + r, j t + s]", "x[i*t + r, j*t + s]"),
        (r"\boldsymbol{x}_{ij}", "x[i, j]"),
        (r"\mathbf x_{ij}", "x[i, j]"),
        (r"\delta_{ij}", "delta[i, j]"),
        (r"\mathrm{dy}_{ij}", "dy[i, j]".replace("dy", "`dy`")),
        (r"w_{r_1 r_2}", "w[r[1], r[2]]"),
        (r"\hat{y}_{ij}", "y_hat[i, j]"),
        (r"W_{p \times q}", "W"),
        (r"X_{(m+2P)\times n}", "X"),
        (r"t_h k_w", "t_h*k_w"),
        (r"P_{top} + P_{\text{left}} + C_{in}", "P_top + P_left + C_in"),
        (r"\mathrm{stride}", "stride"),
        (r"\text{grad\_input}_{uv}", "grad_input[u, v]"),
        (r"x' + x'' + e^\prime", "x' + x'' + e'"),
        (r"x'_{ij} + x_{ij}'", "x'[i, j] + x'[i, j]"),
        (r"w^{(l)}_{rs}", "`w^(l)`[r, s]"),
        (r"w_{rs}^{(l)}", "`w^(l)`[r, s]"),
        (r"W^T", "`W^T`"),
        (r"\left(W^T\right)_{rs}", "`W^T`[r, s]"),
        (r"f(D,W,i,j)", "f(D, W, i, j)"),
        (r"forward(Y)", "forward(Y)"),
        (r"\operatorname{f}(Y)", "f(Y,)"),
        (r"\mathrm{ReLU}(x)", "ReLU(x)"),
        (r"\exp(x)", "exp(x)"),
    ],
)
def test_names_and_entries(value, expected):
    assert text(f"z = {value}") == f"z = {expected}"


def test_a_declared_function_is_called():
    assert text("e = g(x)") == "e = g*x"
    assert text("e = g(x)", functions=["g"]) == "e = g(x,)"
    assert text(r"e = \sigma(x)", functions=["sigma"]) == "e = sigma(x)"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (r"\frac{\partial e}{\partial x_{uv}}", "dx[u, v]"),
        (r"\partial e/\partial y_{ij} w", "dy[i, j]*w"),
        (r"(\partial e/ \partial y_{11})", "dy[1, 1]"),
        (r"\frac{\partial y_{ij}}{\partial x_{uv}}", "diff(y[i, j], x[u, v])"),
        (r"\frac{\partial}{\partial x_{uv}} e", "dx[u, v]"),
        (r"\frac{\partial}{\partial b}\sum_i y_i", "diff(sum(y[i], i), b)"),
        (r"\frac{de}{dY}", "dY"),
        (r"\frac{\mathrm{d}L}{\mathrm{d}x_{ij}}", "diff(L, x[i, j])"),
        (r"de/dY", "dY"),
        (r"\nabla e_{(Y)}", "dY"),
        (r"\nabla_{W} e", "dW"),
        (r"\nabla_{w_{rs}} e", "dw[r, s]"),
        (r"\partial_{x} e", "dx"),
        (r"\left(\frac{\partial e}{\partial X}\right)_{uv}", "dX[u, v]"),
        (r"\nabla_{ij}", "nabla[i, j]"),
        (r"\frac{d r}{t}", "d*r/t".replace("d*r", "(d*r)")),
    ],
)
def test_derivatives(value, expected):
    assert text(f"z = {value}") == f"z = {expected}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            r"\sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_r w_s + b",
            "sum(x[r]*w[s], r=0..p - 1, s=0..q - 1) + b",
        ),
        (r"\sum\limits_{r=0}^{p-1} w_r", "sum(w[r], r=0..p - 1)"),
        (r"\sum^{p-1}_{r=0} w_r", "sum(w[r], r=0..p - 1)"),
        (r"\sum_{r,s} w_{rs}", "sum(w[r, s], r, s)"),
        (r"\sum_{rs} w_{rs}", "sum(w[r, s], r, s)"),
        (r"\sum_{(r,s)} w_{rs}", "sum(w[r, s], r, s)"),
        (r"\sum_{i,j=0}^{n} x_{ij}", "sum(x[i, j], i=0..n, j=0..n)"),
        (
            r"\sum_{\substack{i,j \\ it \le u \\ jt \le v}} y_{ij}",
            "sum(y[i, j], i, j where i*t <= u and j*t <= v)",
        ),
        (r"\sum_{i:\, (u-i)/t \in \mathbb{Z}} y_i", "sum(y[i], i where t | u - i)"),
        (r"\sum_{i:\, i \in \mathbb{N}_0} y_i", "sum(y[i], i where 1 | i and i >= 0)"),
        (r"\sum_{i: it \le u} y_i", "sum(y[i], i where i*t <= u)"),
        (r"\sum_{i,j:\, 0\le u-it<p} y_{ij}", "sum(y[i, j], i, j where 0 <= u - i*t < p)"),
        (
            r"\sum_{0\le r<p,\,0\le s<q} w_{rs}",
            "sum(w[r, s] where 0 <= r < p and 0 <= s < q)",
        ),
        (r"\sum_{0 \le r, s < p} w_{rs}", "sum(w[r, s] where 0 <= r < p and 0 <= s < p)"),
        (
            r"\sum_{\substack{r=0\\ r\equiv u\,(\mathrm{mod}\,t)}}^{p-1} w_r",
            "sum(w[r], r where 0 <= r <= p - 1 and t | r - u)",
        ),
        (
            r"\sum_{\begin{subarray}{c} 0\le r<p \\ t \mid r \end{subarray}} w_r",
            "sum(w[r] where 0 <= r < p and t | r)",
        ),
        (r"\sum_{r \equiv u \pmod t} w_r", "sum(w[r] where t | r - u)"),
        (r"\sum_{r=0}^{10^{100}} w_r", "sum(w[r], r=0..10**100)"),
        (r"\sum_{0\le r<p} w_{p-r}", "sum(w[p - r] where 0 <= r < p)"),
        (
            r"\sum_{0\le r<p,\, r \equiv u \pmod t} w_r x_u",
            "sum(w[r]*x[u] where 0 <= r < p and t | r - u)",
        ),
    ],
)
def test_sums(value, expected):
    assert text(f"z = {value}") == f"z = {expected}"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (r"1\leqslant t\leqslant p-1 \;\;or\;\; t \geqslant q", "1 <= t <= p - 1 or t >= q"),
        (r"a \le b \& c < d", "a <= b and c < d"),
        (r"a \leq b \text{ and } c > d", "a <= b and c > d"),
        (r"a &lt; b,\; c &gt; d", "a < b and c > d"),
        (r"a < b \land (c < d \lor \neg (e < f))", "a < b and (c < d or not (e < f))"),
        (r"t \mid u - r", "t | u - r"),
        (r"t \nmid u", "not (t | u)"),
        (r"u \equiv r \pmod t", "t | u - r"),
        (r"u \equiv r (\bmod t)", "t | u - r"),
        (r"u \equiv r \mod t,\; a < b", "t | u - r and a < b"),
        (r"u \not\equiv r \pmod{t}", "not (t | u - r)"),
        (r"a \neq b", "a != b"),
        (r"i, j \ge 0", "i >= 0 and j >= 0"),
        (r"0 \le i, j < n", "0 <= i < n and 0 <= j < n"),
        (r"i \in \{0, \dots, g-1\}", "0 <= i <= g - 1"),
        (r"i \in [0, g)", "0 <= i < g"),
        (r"k \in \{1, 2\}", "k = 1 or k = 2"),
        (r"i = 0, 1, \ldots, g-1", "0 <= i <= g - 1"),
        (r"a<b\;\;(条件1)", "a < b"),
        (r"a<b \quad (1)", "a < b"),
        (r"a<b \tag{3}", "a < b"),
    ],
)
def test_conditions(condition, expected):
    (claim,) = read_formula(condition, form="latex")
    assert spell_text(claim).strip("()") == expected.strip("()")
    assert isinstance(claim, t.Assertion)


@pytest.mark.parametrize(
    "word",
    [
        r"\text{otherwise}", r"\text{else}", "others", "otherwise", "其他", "否则",
        r"others,\;其他情况", r"\text{sonst}", r"\text{andernfalls}", r"\text{sinon}",
        r"\text{en otro caso}", r"\text{altrimenti}", r"\text{иначе}", r"\mbox{otherwise.}",
        r"\text{caso contrário}", "それ以外",
    ],
)  # fmt: skip
def test_otherwise(word):
    expected = "y = cases(a if b < c, 0 otherwise)"
    assert text(rf"y = \begin{{cases}} a & b < c \\ 0 & {word} \end{{cases}}") == expected


@pytest.mark.parametrize(
    "source",
    [
        r"y = \begin{cases} a, & \text{if } b < c, \\ 0, & \text{otherwise}. \end{cases}",
        r"y = \left\{\begin{array}{rr} a\;, &amp; b &lt; c \\ 0, &amp; others \end{array}\right.",
        r"y = \begin{dcases} a & b < c \\ 0 & else \end{dcases}",
        r"y = \left\{\begin{matrix} a, b < c \\ 0, \text{else} \end{matrix}\right.",
        r"y = \left\{\begin{aligned} & a \quad b < c \\ & 0 \quad \text{else} \end{aligned}\right.",
        r"y = \begin{cases} a \text{ if } b < c \\ 0 \text{ otherwise} \\ \end{cases}",
    ],
)
def test_case_distinctions(source):
    assert text(source) == "y = cases(a if b < c, 0 otherwise)"


def test_a_row_without_a_value_goes_on_with_the_condition_above():
    source = r"y = \begin{cases} a & b < c \\ & \& \; d < f \\ 0 & else \end{cases}"
    assert text(source) == "y = cases(a if b < c and d < f, 0 otherwise)"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"a = b \\ i \le m \\ \;\\ j \le n", ["a = b when i <= m, j <= n"]),
        (r"a = b, \quad 0 \le i < m", ["a = b when 0 <= i < m"]),
        (r"a = b \quad (0 \le i < m)", ["a = b when 0 <= i < m"]),
        (r"a = b \text{ for } i = 0,\dots,m", ["a = b when 0 <= i <= m"]),
        (r"a = b \quad \forall i, j", ["a = b"]),
        (r"a = b \text{ if $c<d$ and } i = 0 \text{ to } g", ["a = b when c < d and 0 <= i <= g"]),
        (r"a := b", ["a = b"]),
        (r"\begin{eqnarray} a &=& b \\ &=& c \end{eqnarray}", ["a = b = c"]),
        (r"a = b \\ \text{where } K = u,\; R = v", ["a = b when K = u, R = v"]),
        (r"当 \; c = d,\; f = g \; 时 \\ a = b", ["a = b when c = d, f = g"]),
        (r"\text{if } c < d \text{ then } a = b", ["a = b when c < d"]),
        (r"若 c < d, 则 a = b", ["a = b when c < d"]),
        (r"\text{since } c < d, \text{ we have } y_i = b", ["y[i] = b when c < d"]),
        (r"\text{if } t \ge p \text{ then } t \ge q", ["t >= p implies t >= q"]),
        (r"a = b = c", ["a = b = c"]),
        (r"\begin{aligned} a &= b \\ &= c \\ d &= f \end{aligned}", ["a = b = c", "d = f"]),
        (
            r"\begin{align} a &= b \\ &\quad + c \label{x} \\ &{}- d \nonumber \end{align}",
            ["a = b + c - d"],
        ),
        (r"a = b + \\ c", ["a = b + c"]),
        (r"a = \sum_{r} \\ w_r", ["a = sum(w[r], r)"]),
        (r"g = m-p+1 \qquad h = n-q+1", ["g = m - p + 1", "h = n - q + 1"]),
        (r"\left\{\begin{aligned} a &= b \\ c &= d \end{aligned}\right.", ["a = b", "c = d"]),
        (r"\begin{array}{ll} a = b & i < m \end{array}", ["a = b when i < m"]),
        (r"a < b \Rightarrow c < d", ["a < b implies c < d"]),
        (r"a < b \implies c = d", ["a < b implies c = d"]),
        (r"a < b \iff c < d \Leftrightarrow t \mid u", ["a < b iff c < d iff t | u"]),
        (r"a<b 当且仅当 c<d", ["a < b iff c < d"]),
        (r"f(D,W):\\ \;\;\; D[it:it+p]+\!=W_{p \times q}", ["D[i*t:i*t + p] += W"]),
        (r"D_{ij} \mathrel{+}= w", ["D[i, j] += w"]),
        (r"D[it:it+p] += W, \; 0 \le i < g", ["D[i*t:i*t + p] += W when 0 <= i < g"]),
        (r"D_{ij} += w \\ \text{for } i < g", ["D[i, j] += w when i < g"]),
        (r"\frac{\partial e}{\partial X}[it:it+p] += W y_i", ["dX[i*t:i*t + p] += W*y[i]"]),
        (r"D[it:it+p] = W y_i", ["D[i*t:i*t + p] = W*y[i]"]),
        (r"S(i,j) = (I * K)(i,j)", ["S(i, j) = (I*K)[i, j]"]),
        (r"(x \star w)_{ij} = y_{ij}", ["(x*w)[i, j] = y[i, j]"]),
        (r"(x \ast w)(n) = (i * t)(n)", ["(x*w)[n] = (i*t)*n"]),
        (r"a<b \text{ genau dann, wenn } c<d", ["a < b iff c < d"]),
        (r"\[ a = b. \]", ["a = b"]),
        (r"$$ a = b $$ $$ c = d $$", ["a = b", "c = d"]),
        (r"a \stackrel{def}{=} b % a comment", ["a = b"]),
        (
            r"M = \begin{bmatrix} a &amp; b & \dots \\ \vdots & & \ddots \\ c & d \end{bmatrix}",
            ["M = matrix(a, b; c, d)"],
        ),
        (r"M = \left[\begin{array}{cc} a & b \end{array}\right]", ["M = matrix(a, b)"]),
    ],
)
def test_statements(source, expected):
    assert texts(source) == expected


COMMA_BESIDE_OR = 'a comma beside "or" may group either way: write brackets, or "and"'
ROUNDING = "[ ] around a quotient may round or not: write \\lfloor \\rfloor or ( )"
NO_RELATION = (
    "it ends where a relation like = or <=, an operator, a comma, / or a subscript could stand"
)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (r"y = a / b c", "a / b c may be (a / b) c or a / (b c): write brackets"),
        (r"y = a \bmod b \cdot c", "a mod b c may be (a mod b) c or a mod (b c): write brackets"),
        (r"a<b, c<d \text{ or } t<u", COMMA_BESIDE_OR),
        (r"y = [\frac{a}{b}]", ROUNDING),
        (r"y = \sum_r w_r \bmod t", "the sum may stand inside the remainder or around it"),
        (r"y = x_ij", "the script ij without braces cannot be read"),
        (r"y = \prod_i a", "\\prod cannot be read"),
        (r"y = 0.5 x", "the decimal number 0.5 cannot be read"),
        (r"y = \text{see above}", "the words 'see above' cannot be read"),
        (r"y = ", "it ends where a value could stand"),
        (r"y = \begin{cases} a \end{cases}", "a case without a condition cannot be read"),
        (r"y = {a", "an opening brace without a closing one cannot be read"),
        (r"y = x_{i}_{j}", "a second subscript or superscript cannot be read"),
        (r"\text{if } a < b", "a condition without a claim"),
        (r"a", NO_RELATION),
    ],
)  # fmt: skip
def test_what_is_not_understood_says_why(source, reason):
    assert text(source) == f"<{reason}>"


def test_what_is_not_understood_has_its_place_and_spares_the_rest():
    source = "a = b \\\\\n c = ? d \\\\\n f = g"
    first, refused, last = read_formula(source)
    assert (spell_text(first), spell_text(last)) == ("a = b", "f = g")
    assert (refused.span.line, refused.span.column) == (2, 6)
    assert source[refused.span.start : refused.span.end] == "?"


def test_a_condition_below_what_was_not_understood_is_no_claim_of_its_own():
    assert texts(r"y = ? \\ i \le m") == [
        "<the sign '?' cannot be read>",
        "<it may belong to what could not be read above>",
    ]


def test_equal_trees_are_equal_wherever_they_stand():
    assert read_formula(r"y_{ij} = x") == read_formula("\n  y_{i, j}\\,= {x}")
