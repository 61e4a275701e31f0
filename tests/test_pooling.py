"""Claims about pooling: what is right is never refuted, what is wrong is never proved."""

from __future__ import annotations

import pytest

from symconv.formula.notation import Statement
from symconv.formula.reader import read
from symconv.verification.outcome import Outcome
from symconv.verification.questions.pooling import statements as pooling
from symconv.verification.reading.roles import Told

RIGHT = (
    # windows of every kind of bound
    r"P_{c,i,j} = \max_{0 \le a < F} \max_{0 \le b < F} A_{c, iS+a, jS+b}",
    r"O(i,j) = \max_{(a,b)\in\{0,1,2\}^2} A(2i+a, 2j+b)",
    r"h_{i''j''c} = \max_{1\leq i' \leq F, 1 \leq j' \leq G} a_{i''+i'-1,j''+j'-1,c}",
    r"a_i = \max_{0 \le r \le p-1} z_{it+r}",
    r"a_i = \max_{it \le m < it+p} z_m",
    r"a_i = \max_{0 \le r < k} z_{is+dr}",
    r"a_i = \min_{0 \le r < k} z_{is+r}",
    "A(i,j) = max{z(i·s+u, j·s+v) : 0 ≤ u,v < K}",
    (
        r"y(c,h,w) = \frac{1}{k_h k_w} \sum_{m=0}^{k_h-1}\sum_{n=0}^{k_w-1}"
        r" x(c, s_h h + m - p_h, s_w w + n - p_w)"
    ),
    "y[i,j] = sum(x[i*s+u, j*s+v], u=0..k-1, v=0..k-1)/(k*k)",
    r"q_{i} = (\sum_{u=0}^{k-1} |x_{si+u}|^p)^{1/p}",
    # centred windows, and windows written out
    r"B[m,n] = \frac{1}{(2r+1)^2} \sum_{a=-r}^{r} \sum_{b=-r}^{r} A[m+a, n+b]",
    r"g[x,y] = \frac{1}{9}\sum_{k=-1}^{1}\sum_{l=-1}^{1} f[x+k,y+l]",
    r"o_{i,j} = \max(x_{2i,2j}, x_{2i,2j+1}, x_{2i+1,2j}, x_{2i+1,2j+1})",
    r"o_{i,j} = \max\{x_{2i-1,2j-1}, x_{2i-1,2j}, x_{2i,2j-1}, x_{2i,2j}\}",
    r"o_{i,j} = \frac{1}{4}(x_{2i,2j} + x_{2i,2j+1} + x_{2i+1,2j} + x_{2i+1,2j+1})",
    r"y(w,h) = \max_{0 \le a < k_w, 0 \le b < k_h} x(s_w w + a, s_h h + b)",
    r"o_{x,y} = \max_{0 \le a < k_w, 0 \le b < k_h} z_{s_w x + a, s_h y + b}",
    # windows that are only named
    r"s_{ij} = \max_{(p,q) \in R_{ij}} x_{pq}",
    r"s_j = \frac{1}{|R_j|}\sum_{i \in R_j} a_i",
    # the whole input
    r"z_c = \frac{1}{H \times W} \sum_{i=1}^{H} \sum_{j=1}^{W} u_{c}(i,j)",
    r"z_c = \frac{1}{HW} \sum_{i=0}^{H-1} \sum_{j=0}^{W-1} u_{cij}",
    # gradients of averages
    (
        r"\frac{\partial L}{\partial x_{m,n}} ="
        r" \frac{1}{k^2} \frac{\partial L}{\partial y_{\lfloor m/k \rfloor, \lfloor n/k\rfloor}}"
    ),
    r"\delta^{l-1}_{m,n} = \frac{1}{4}\delta^{l}_{\lfloor m/2\rfloor,\lfloor n/2\rfloor}",
    (
        r"\frac{\partial L}{\partial x_{m}} ="
        r" \frac{1}{k}\sum_{i=\lceil (m-k+1)/s\rceil}^{\lfloor m/s \rfloor}"
        r" \frac{\partial L}{\partial y_i}"
    ),
    (
        r"\frac{\partial L}{\partial x_{m}} = \frac{1}{k}\sum_{u=0}^{k-1}"
        r" \frac{\partial L}{\partial y_{m-u}}"
    ),
    (
        r"\frac{\partial L}{\partial x_{m}} ="
        r" \frac{1}{k}\sum_{u=0}^{k-1} \frac{\partial L}{\partial y_{(m-u)/s}}"
    ),
    (
        r"\frac{\partial L}{\partial x_{m}} ="
        r" \frac{1}{k}\sum_{i: is \le m < is+k} \frac{\partial L}{\partial y_i}"
    ),
    r"\delta^{l-1}_{c,i,j} = \delta^{l}_{c}/(H^{l-1} W^{l-1})",
    "dX[i*s+u, j*s+v] += dY[i,j]/(k*k)",
    r"\delta^l = \mathrm{upsample}(\delta^{l+1}) \odot \sigma'(z^l)",
    (
        r"\frac{\partial L}{\partial x_{m,n}} ="
        r" \frac{1}{k^2} \frac{\partial L}{\partial y_{\lceil m/k \rceil, \lceil n/k\rceil}}"
    ),
    r"\frac{\partial L}{\partial x_{mn}} = \frac{1}{k^2}\frac{\partial L}{\partial y_{ij}}",
    # functions of arrays, slices, dots, roots
    r"\text{MaxPool}(X)_{i,j} = \max_{m,n} X_{si+m, sj+n}",
    "out[i,j] = np.max(X[i*s:i*s+k, j*s:j*s+k])",
    "out[i, j] = X[i*s:i*s+k, j*s:j*s+k].mean()",
    "dX[i*s:i*s+k, j*s:j*s+k] += dout[i,j]/(k*k)",
    "h_i = max(x_i, x_{i+1}, ..., x_{i+k-1})",
    r"y_i = \frac{x_i + x_{i+1} + \cdots + x_{i+k-1}}{k}",
    r"y_{i} = \sqrt[p]{\sum_{u=0}^{k-1} x_{is+u}^p}",
    r"o_{h,w} = \operatorname{avg}_{0 \le i < k, 0 \le j < k} x_{sh+i, sw+j}",
    # one output by one input
    r"\frac{\partial y_{ij}}{\partial x_{mn}} = \frac{1}{k^2}",
    r"\frac{\partial y}{\partial x_i} = \mathbb{1}[x_i = y]",
    # arrays by definition
    (
        r"\tilde\delta_{i,j} = \begin{cases}\delta_{i/s,j/s} & s \mid i, s \mid j\\"
        r" 0 & \text{otherwise}\end{cases}"
    ),
    r"\tilde x_{u} = \begin{cases} x_{u-p} & p \le u < m+p \\ 0 & \text{sonst}\end{cases}",
    r"\tilde w_{a,b} = w_{k-1-a,k-1-b}",
    r"\tilde w_{a,b} = w_{k+1-a,k+1-b}",
    # adaptive windows
    "start = floor(i * input_size / output_size)",
    "end = ceil((i+1) * input_size / output_size)",
    "end = ((i+1) * input_size + output_size - 1) // output_size",
    "e_n = K + (n-1)S",
)

WRONG = (
    # one cell too many, too few, beside, or the same cell always
    "y[i,j] = sum(x[i*s+u, j*s+v], u=0..k, v=0..k)/(k*k)",
    r"a_i = \max_{0 \le r \le p} z_{it+r}",
    r"a_i = \max_{1 \le r \le p-1} z_{it+r}",
    r"a_{ij} = \max_{0\le u < K, 0\le v < K} x_{si+u+1, sj+v+1}",
    r"a_{ij} = \max_{is\le m < is+k, js\le n < js+k} x_{ij}",
    # stride and window swapped, axes swapped
    r"a_{ij} = \max_{0\le u < s, 0\le v < s} x_{Ki+u, Kj+v}",
    r"a_{ij} = \max_{0\le u < K, 0\le v < K} x_{Kj+u, Ki+v}",
    r"y(c,h,w) = \max_{0 \le a < k_h, 0 \le b < k_w} x(c, s_w h + a, s_h w + b)",
    r"y(h,w) = \max_{0 \le a < k_w, 0 \le b < k_h} x(s h + a, s w + b)",
    r"y_{ij} = \max_{0 \le a < k_w, 0 \le b < k_h} x_{s_h i + a, s_w j + b}",
    r"y_{ij} = \max_{0\le u,v < k} x_{di+su, dj+sv}",
    # divisors
    r"y_{ij} = \frac{1}{K} \sum_{u=0}^{K-1} \sum_{v=0}^{K-1} x_{si+u, sj+v}",
    r"y(h,w) = \frac{1}{k_h + k_w} \sum_{m=0}^{k_h-1}\sum_{n=0}^{k_w-1} x(s h + m, s w + n)",
    r"g[x,y] = \frac{1}{9}\sum_{k=-1}^{1}\sum_{l=0}^{1} f[x+k,y+l]",
    r"B[m,n] = \frac{1}{r^2} \sum_{a=-r}^{r} \sum_{b=-r}^{r} A[m+a, n+b]",
    r"z_c = \frac{1}{H + W} \sum_{i=1}^{H} \sum_{j=1}^{W} u_{c}(i,j)",
    r"z_c = \frac{1}{HW} \sum_{i=0}^{H} \sum_{j=0}^{W} u_{cij}",
    # gradients
    (
        r"\frac{\partial L}{\partial x_{m,n}} ="
        r" \frac{1}{k} \frac{\partial L}{\partial y_{\lfloor m/k \rfloor, \lfloor n/k\rfloor}}"
    ),
    (
        r"\frac{\partial L}{\partial x_{m}} ="
        r" \frac{1}{k}\sum_{i=\lfloor (m-k+1)/s\rfloor}^{\lfloor m/s \rfloor}"
        r" \frac{\partial L}{\partial y_i}"
    ),
    (
        r"\frac{\partial L}{\partial x_{m}} = \frac{1}{k}\sum_{u=0}^{k-1}"
        r" \frac{\partial L}{\partial y_{m+u}}"
    ),
    r"\delta^{l-1}_{c,i,j} = \delta^{l}_{c}/(H^{l} W^{l})",
    (
        r"\frac{\partial L}{\partial x_{i}} = \begin{cases} \frac{1}{k^2}"
        r"\frac{\partial L}{\partial y_j} &"
        r" i = \arg\max_{k \in R_j} x_k \\ 0 & \text{otherwise}\end{cases}"
    ),
    "dX[i*s+u, j*s+v] += dY[i,j]/k",
    "dX[i*s:i*s+k, j*s:j*s+k] += dout[i,j]/k",
    "out[i,j] = np.max(X[i*s:i*s+k+1, j*s:j*s+k+1])",
    "out[i,j] = np.max(X[i*k:i*k+s, j*k:j*k+s])",
    r"y_i = \frac{x_i + x_{i+1} + \cdots + x_{i+k}}{k}",
    # arrays
    (
        r"\tilde\delta_{i,j} = \begin{cases}\delta_{i/s,j/s} & i \bmod k = 0, j \bmod k = 0\\"
        r" 0 & \text{otherwise}\end{cases}"
    ),
    r"\tilde x_{u} = \begin{cases} x_{u-p} & p \le u \le m+p \\ 0 & \text{sonst}\end{cases}",
    r"\tilde w_{a,b} = w_{k-a,k-b}",
    "start = ceil(i * input_size / output_size)",
    "end = floor((i+1) * input_size / output_size)",
)

CONDITIONS = (
    (r"y_i = \frac{1}{k}\sum_{m=-\lfloor k/2\rfloor}^{\lfloor k/2 \rfloor} x_{i+m}", "k is odd"),
    (r"y_i = \frac1k \sum_{m=-(k-1)/2}^{(k-1)/2} x_{i+m}", "k is odd"),
    (r"a_i = \max_{0 \le r < k} z_{i+r}", "the stride is 1"),
    (r"a_i = \max_{0 \le r \le N} z_{2i+r}", "windows have N+1 cells, not N"),
    (r"o_{i} = \frac{1}{3}(x_{2i} + x_{2i+1})", "a weighted sum is meant"),
    (
        r"g(x,y) = \frac{1}{mn}\sum_{s=-a}^{a}\sum_{t=-b}^{b} f(x+s,y+t)",
        "mn is the number of cells of a window",
    ),
    (r"a_i = \sum_{r=0}^{k-1} z_{is+r}", "a sum over the window is meant"),
    (r"s_j = \frac{1}{N}\sum_{i \in R_j} a_i", "N is the number of its cells"),
    (
        (
            r"\frac{\partial L}{\partial x_{m,n}} ="
            r" \frac{1}{k^2}"
            r" \frac{\partial L}{\partial y_{\lfloor m/s \rfloor, \lfloor n/s\rfloor}}"
        ),
        "k = s",
    ),
    ("dX[i*s+u, j*s+v] = dY[i,j]/(k*k)", "s ≥ k"),
    (
        (
            r"\frac{\partial L}{\partial x_{i}} = \begin{cases} \frac{\partial L}{\partial y_j} &"
            r" i = \arg\max_{k \in R_j} x_k \\ 0 & \text{otherwise}\end{cases}"
        ),
        "windows do not overlap",
    ),
    (
        (
            r"\frac{\partial L}{\partial x_{i}} = \sum_j"
            r" \mathbf{1}[i = \arg\max_{k \in R_j} x_k] \frac{\partial L}{\partial y_j}"
        ),
        "no two cells of a window are equally large",
    ),
    (
        (
            r"\frac{\partial y_j}{\partial x_{i}} ="
            r" \begin{cases} 1 & x_i = y_j \\ 0 & \text{sinon}\end{cases}"
        ),
        "no two cells of a window are equally large",
    ),
    (r"pool\_size = \lceil H_{in} / H_{out} \rceil", "H_out divides H_in"),
)

OTHERS = (
    r"y_i = \sum_r w_r x_{i+r}",
    r"H_{out} = \lfloor (H + 2p - k)/s\rfloor + 1",
    r"\delta_{ij} = \sum_{m,n} w_{m,n} \delta_{i-m,j-n}",
    r"\frac{\partial L}{\partial b_k} = \sum_{i,j} \delta_{k,i,j}",
    r"dW[f, c, i, j] = \sum_{n,h,w} X[n,c,h+i,w+j] \cdot dY[n,f,h,w]",
    r"L = \frac{1}{N}\sum_{i=1}^N L_i",
    r"d_{ij} = \sum_k a_{ik}",
    r"Y_{h,w} = 255 \cdot \max_{i,j} X_{h+i,w+j}",
    r"y_{ij} = \sum_{a,b} x_{i+a,j+b}^2",
    r"S_{ij} = \sum_{m=0}^{i}\sum_{n=0}^{j} x_{mn}",
    r"\delta^l_i = \frac{1}{m} \delta^{l+1}_i",
    # a part of an array
    r"\tilde c_{u} = \begin{cases} c_{u+p} & 0 \le u < m-2p \\ 0 & \text{sonst}\end{cases}",
)


def outcome(formula: str, told: Told | None = None) -> Outcome | None:
    """Return what pooling finds about the one statement of a formula."""
    statements = [part for part in read(formula) if isinstance(part, Statement)]
    (found,) = pooling.decide(statements, told or Told())
    return found


@pytest.mark.parametrize("formula", RIGHT)
def test_right_claims_are_proved_or_have_their_condition(formula: str) -> None:
    found = outcome(formula)
    assert found is not None
    assert found.status in ("proved", "right_when"), found


@pytest.mark.parametrize("formula", WRONG)
def test_wrong_claims_are_refuted(formula: str) -> None:
    found = outcome(formula)
    assert found is not None
    assert found.status == "refuted", found
    assert found.counterexample is not None


@pytest.mark.parametrize(("formula", "condition"), CONDITIONS)
def test_what_the_truth_hangs_on_is_said(formula: str, condition: str) -> None:
    found = outcome(formula)
    assert found is not None
    assert found.status == "right_when"
    assert condition in found.condition


@pytest.mark.parametrize("formula", OTHERS)
def test_what_is_no_pooling_is_left_to_others(formula: str) -> None:
    assert outcome(formula) is None


def test_a_sign_of_padding_that_moves_windows_the_wrong_way_is_not_proved() -> None:
    found = outcome(r"y_{i} = \frac{1}{k} \sum_{m=0}^{k-1} x_{s i + m + p}")
    assert found is None or found.status != "proved"


def test_what_was_said_of_a_name_decides() -> None:
    formula = r"y_i = \max_{0 \le u \le N} x_{si+u}"
    said = Told({"N": "kernel size", "s": "stride"})
    bare, told = outcome(formula), outcome(formula, said)
    assert bare is not None
    assert bare.status == "right_when"
    assert bare.condition == "windows have N+1 cells, not N"
    assert told is not None
    assert told.status == "refuted"


def test_a_padding_that_was_said_and_is_not_there_is_a_condition() -> None:
    found = outcome(r"y_i = \max_{0 \le u < k} x_{si+u}", Told({"p": "padding", "s": "stride"}))
    assert found is not None
    assert found.status == "right_when"
    assert found.condition == "p = 0"


def test_the_first_index_that_was_said_decides() -> None:
    formula = r"y_i = \max_{1 \le u \le k} x_{(i-1)s+u}"
    one, zero = (outcome(formula, Told(index_base=base)) for base in (1, 0))
    assert one is not None
    assert one.status == "proved"
    assert zero is not None
    assert zero.status == "refuted"


def test_rounding_up_is_right_only_with_indices_from_1() -> None:
    formula = r"\delta^{l-1}_{m} = \frac{1}{k} \delta^{l}_{\lceil m/k \rceil}"
    one, zero = (outcome(formula, Told(index_base=base)) for base in (1, 0))
    assert one is not None
    assert one.status == "proved"
    assert zero is not None
    assert zero.status == "refuted"


def test_a_counterexample_speaks_in_the_names_of_the_author() -> None:
    found = outcome(r"P_{i} = \max_{0 \le a \le F} Z_{iS+a}")
    assert found is not None
    case = found.counterexample
    assert case is not None
    assert dict(case.sizes)["F"] == 1
    assert case.claimed == "max of Z[0], Z[1]"
    assert case.true == "max of Z[0]"
