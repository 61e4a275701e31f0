r"""Where verify was false once: what is wrong is never proved, what is right never refuted."""

import pytest

from symconv.verification.verify import verify

SIZES = {"H": "input height", "p": "padding", "k": "kernel size", "s": "stride"}
RETURNED = r"\frac{\partial e}{\partial x_{uv}} = "


def verdicts(text, **options):
    return verify(text, repairs=False, **options).verdicts


def statuses(text, **options):
    return [verdict.status for verdict in verdicts(text, **options)]


WRONG = (
    (
        r"L = \frac{N-F}{S}",
        {"letters": {"L": "output size", "N": "input size", "F": "kernel size"}},
    ),
    (r"L = \frac{N-F}{S}", {}),
    (RETURNED + r"\frac{\partial e}{\partial w}", {}),
    ("dX = dW", {}),
    (r"y_{ij} = (x * x)_{ij}", {}),
    (r"\frac{\partial e}{\partial w_{rs}} = (x * w)_{rs}", {}),
    (RETURNED + "0", {}),
    (RETURNED + r"0 \text{ for } i \bmod t < p", {}),
    (
        (
            r"\frac{\partial e}{\partial x} = \begin{bmatrix} \frac{\partial e}{\partial y_{00}} & "
            r"\cdots \\ & \end{bmatrix}"
        ),
        {},
    ),
    (r"H_{out} = \lfloor \frac{H + p - 2k}{s} \rfloor + 1", {}),
    (r"H_{out} = \lfloor \frac{H + p - 2k}{s} \rfloor + 1", {"letters": SIZES}),
    (
        (
            r"\frac{\partial e}{\partial x_u} = \sum_i \frac{\partial e}{\partial y_i} w_{u-it+t}, "
            r"\quad 0 \le it, i \le g - 1"
        ),
        {"index_base": 1},
    ),
    (
        r"g = \lfloor (m-p)/t \rfloor + 1 + \max(\frac{(p-1)(p-2)}{(p-1)(p-2)+1}, 0)",
        {
            "letters": {
                "g": "output size",
                "m": "input size",
                "p": "kernel size",
                "t": "stride",
            }
        },
    ),
    (r"g = \lfloor (m-p)/t \rfloor + 1 + \min(\frac{p-1}{p}, 1)", {}),
    (r"g = \lfloor (m-p)/t \rfloor + 1 + (\frac{p-1}{p} \bmod 1)", {}),
    ("dx[u,v] = sum(dy[u+r,v+s]*w[r,s], r=0..p-1, s=0..q-1)", {"true_convolution": False}),
)
NO_CLAIM = ("E = m + 100", "C = 7", r"m \ge p", "p > 0", r"(g-1)t + p \le m", r"it \le u")
GATHERED = (
    r"\frac{\partial e}{\partial x_u} = \sum_{r=0}^{p-1} \frac{\partial e}{\partial y_{u-r}} w_r"
)
RIGHT = (
    (r"H_{out} = \lfloor \frac{H + 2p - k}{s} \rfloor + 1", {}),
    (r"H_{out} = \lfloor \frac{H + 2p - k}{s} \rfloor + 1", {"letters": SIZES}),
    (r"y_{ij} = \sum_{r,s} x_{i-r,j-s} w_{rs}", {"true_convolution": True}),
    (r"y_i = \sum_{r=-1}^{1} w_r x_{i+r}", {}),
    (r"y_{ij} = \sum_{a=-k}^{k} \sum_{c=-k}^{k} w_{a,c} x_{i+a,j+c}", {}),
    (GATHERED + r" \text{ for all } u, t = 1", {}),
    (
        (
            r"\frac{\partial e}{\partial w_r} = \sum_i \frac{\partial e}{\partial y_i} x_{i+r} "
            r"\text{ for all } r, t = 1"
        ),
        {},
    ),
    (r"y_i = \sum_{r=0}^{2} w_r x_{i+r}", {}),
    (r"y_i = \sum_{r=0}^{2} w_r x_{2i+r}", {}),
    (
        r"\frac{\partial e}{\partial w_r} = \sum_{i=0}^{3} \frac{\partial e}{\partial y_i} x_{i+r}",
        {},
    ),
    (
        (
            r"\frac{\partial e}{\partial x_{2k}} = \sum_{a=0}^{\lceil p/2 \rceil-1} "
            r"\frac{\partial e}{\partial y_{k-a}} w_{2a}"
        ),
        {"assume": "t = 2"},
    ),
    ("text\n\n% $$ y_i = x_i + 7 x_{i+1} w_0 $$\n\n$$ y_i = \\sum_r x_{i+r} w_r $$\n", {}),
    ("Text.\n\n    $$ y_i = x_i + 7 $$\n\n$$ y_i = \\sum_r x_{i+r} w_r $$\n", {}),
)
SAID = (
    (
        RETURNED + r"\sum_{i,j} \frac{\partial e}{\partial y_{ij}} w_{u-it,v-jt}, "
        r"\quad -5 \le it \le m - 1",
        "what sums read outside the output is 0",
    ),
    (r"y_{ij} = x_{ij} w_{00}", "kernel of 1×1"),
    (r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{p-1} x_{i+r,j+s} w_{rs}", "kernel of p×p"),
    (
        r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{i+d_h r,j+s} w_{rs}",
        "the dilation is 1 along the width",
    ),
    (
        r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{i+r-P_h,j+s} w_{rs}",
        "nothing is padded along the width",
    ),
    (
        r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{s_h i+r,j+s} w_{rs}",
        "the stride is 1 along the width",
    ),
    (
        r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{it+r,j+s} w_{rs}",
        "t is the stride of one axis only",
    ),
    ("dx[u,v] = sum(dy[u-r,v-s]*w[r,s], r=0..p-1, s=0..q-1)", "the stride is 1"),
)


@pytest.mark.parametrize(("text", "options"), WRONG)
def test_what_is_wrong_is_never_proved(text, options):
    assert not {"proved", "right_when"} & set(statuses(text, **options))


@pytest.mark.parametrize("text", NO_CLAIM)
def test_a_definition_or_a_lone_condition_claims_nothing(text):
    assert statuses(text) == ["no_claim"]


@pytest.mark.parametrize(("text", "options"), RIGHT)
def test_what_is_right_is_never_refuted(text, options):
    assert set(statuses(text, **options)) <= {"proved", "right_when"}
    assert statuses(text, **options)


@pytest.mark.parametrize(("text", "words"), SAID)
def test_what_a_claim_is_narrowed_to_is_said(text, words):
    (verdict,) = verdicts(text)
    assert words in f"{verdict.reading} {verdict.condition}"


def test_side_conditions_are_no_claims_and_do_not_refute():
    text = (
        r"\frac{\partial e}{\partial w_{00}} = \sum_{i,j} \frac{\partial e}{\partial y_{ij}} x_{ij}"
    )
    assert "refuted" not in statuses(text + ", m = p, n = q")


def test_cases_that_leave_a_place_out_are_not_proved():
    text = (
        r"\frac{\partial e}{\partial x_u} = \begin{cases} \sum_r \frac{\partial e}{\partial "
        r"y_{u-r}} w_r & u < p \\ \sum_r \frac{\partial e}{\partial y_{u-r}} w_r & u > p "
        r"\end{cases}"
    )
    assert "proved" not in statuses(text)


@pytest.mark.parametrize(
    ("forward", "condition"),
    [("x_{i+r-P} w_r", "nothing is padded"), ("x_{ti+r} w_r", "the stride is 1")],
)
def test_a_gradient_that_leaves_out_what_y_has_beside_it_says_so(forward, condition):
    text = (
        rf"\begin{{aligned}} y_i &= \sum_r {forward} \\ \frac{{\partial e}}{{\partial x_u}} &= "
        r"\sum_i \frac{\partial e}{\partial y_i} w_{u-i} \end{aligned}"
    )
    one, other = verdicts(text)
    assert one.status == "proved"
    assert other.status == "right_when"
    assert condition in other.condition


FORWARD = r"y_{i} = \sum_{u=0}^{p-1} x_{it+u} w_u, \quad "
BY_INPUT = r"\frac{\partial L}{\partial x_u} = "
BY_TAP = r"\frac{\partial L}{\partial w_u} = \sum_i dy_i x_{u+it}, \quad "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FORWARD + r"-5 \le it \le m-p", "refuted"),
        (FORWARD + r"-5 \le i", "refuted"),
        (FORWARD + r"-1 \le i \le g-1", "refuted"),
        (FORWARD + r"i=-1,\dots,g-1", "refuted"),
        (FORWARD + r"0 \le i \le g", "refuted"),
        (FORWARD + r"0 \le i \le g-1", "proved"),
        (FORWARD + r"i \ge 0", "proved"),
        (BY_INPUT + r"\sum_i dy_i w_{u-it}, \quad 0 \le u \le m", "refuted"),
        (BY_INPUT + r"\sum_i dy_i w_{u-it}, \quad -1 \le u \le m-1", "refuted"),
        (BY_INPUT + r"\sum_i dy_i w_{u-it}, \quad 0 \le u < m", "proved"),
        (BY_INPUT + r"\sum_i dy_i w_{u-it}, \quad u < t", "proved"),
        (BY_TAP + r"0 \le u \le p", "refuted"),
        (BY_TAP + r"u = 0, \dots, p-1", "proved"),
    ],
)
def test_a_range_must_not_lead_out_of_the_array_on_the_left(text, expected):
    assert statuses(text) == [expected]


@pytest.mark.parametrize("joined", [r" \text{ and } ", ", "])
def test_a_range_that_begins_before_the_first_output_says_what_is_there(joined):
    text = BY_INPUT + rf"\sum_i dy_i w_{{u-it+t}}, \quad 0 \le it{joined}i \le g"
    (verdict,) = verdicts(text, index_base=1)
    assert (verdict.status, verdict.condition) == (
        "right_when",
        "what sums read outside the output is 0",
    )


@pytest.mark.parametrize(
    ("below", "above", "inside"),
    [
        (r"\substack{i \\ 0 \le u-it \le p}", "", False),
        (r"\substack{i \\ 0 \le u-it < p}", "", True),
        (r"i=\lceil (u-p)/t \rceil", r"\lfloor u/t \rfloor", False),
        (r"i=\lfloor (u-p)/t \rfloor", r"\lfloor u/t \rfloor", False),
        (r"i=\lceil (u-p+1)/t \rceil", r"\lfloor u/t \rfloor", True),
        (r"i=\lfloor (u-p)/t \rfloor + 1", r"\lfloor u/t \rfloor", True),
        (r"i=\max(0, \lceil (u-p)/t \rceil)", r"\min(g-1, \lfloor u/t \rfloor)", False),
    ],
)
def test_a_sum_that_names_the_kernels_size_and_leaves_the_kernel_says_so(below, above, inside):
    text = BY_INPUT + rf"\sum_{{{below}}}^{{{above}}} dy_i w_{{u-it}}"
    (verdict,) = verdicts(text, letters={"p": "kernel size"})
    assert verdict.condition == ("" if inside else "what sums read outside the kernel is 0")
    assert verdict.status == ("proved" if inside else "right_when")


TAPS = r"\begin{cases} w_0 dy_u & p=1 \\ w_0 dy_u + w_1 dy_{u-1} & p=2 \end{cases}"
TOLD = {"w": "kernel", "x": "input", "p": "kernel size"}


@pytest.mark.parametrize("letters", [TOLD, {}], ids=["told", "bare"])
def test_cases_by_the_size_of_the_kernel_are_read_as_such(letters):
    (verdict,) = verdicts(BY_INPUT + TAPS, letters=letters)
    assert verdict.status == "right_when"
    assert "w kernel of p" in verdict.reading
    assert "where none of the cases holds" in verdict.condition


def test_a_role_that_contradicts_an_option_is_never_shown():
    text = BY_INPUT + r"\sum_r dy_{u-r} x_r"
    for verdict in verdicts(text, letters={"w": "kernel", "x": "input", "dy": "bias"}):
        assert verdict.status == "not_understood"


@pytest.mark.parametrize(
    "cases",
    [
        r"\sum_i dy_i w_{u-it} & u<p",
        r"\sum_i dy_i w_{u-it} & u<p \\ \sum_i dy_i w_{u-it} & u > p",
    ],
)
@pytest.mark.parametrize("letters", [TOLD, {}], ids=["told", "bare"])
def test_what_cases_leave_out_is_said(cases, letters):
    (verdict,) = verdicts(BY_INPUT + rf"\begin{{cases}} {cases} \end{{cases}}", letters=letters)
    assert verdict.status == "right_when"
    assert "where none of the cases holds" in verdict.condition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\text{windows overlap iff } t < p", "proved"),
        (r"\text{Windows overlap if and only if } t < p", "proved"),
        (r"\text{no overlap iff } s \ge k", "proved"),
        (r"\text{windows are disjoint iff } s \ge k", "proved"),
        (r"\text{windows overlap iff } s \le k", "refuted"),
        (r"\text{windows never overlap iff } s < k", "refuted"),
    ],
)
def test_words_that_end_in_iff_say_what_a_condition_is_about(text, expected):
    assert statuses(text) == [expected]


def test_a_wrong_kernel_of_many_taps_is_refuted_though_no_repair_is_looked_for():
    text = r"y_{ij} = \sum_{r=0}^{99}\sum_{s=0}^{99} x_{i+r,j+s+1} w_{rs}"
    (verdict,) = verify(text).verdicts
    assert verdict.status == "refuted"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\frac{1}{s^2}\sum_{a=0}^{k-1}\sum_{b=0}^{k-1} x_{is+a,js+b}", "s = k"),
        (r"\frac{1}{n^2}\sum_{a=0}^{k-1}\sum_{b=0}^{k-1} x_{is+a,js+b}", "n·n is the number"),
        (r"\frac{1}{s}\sum_{a=0}^{k-1}\sum_{b=0}^{k-1} x_{is+a,js+b}", ""),
    ],
)
def test_an_average_says_what_its_divisor_must_be(text, expected):
    (verdict,) = verdicts("y_{i,j} = " + text)
    assert verdict.status == ("right_when" if expected else "refuted")
    assert expected in verdict.condition


GROUPED = r"y_{o,i,j} = \sum_{c=0}^{C_g-1}\sum_{r,s} x_{%s + c, i+r, j+s} w_{o,c,r,s}"


@pytest.mark.parametrize(
    ("first", "expected"),
    [(r"\lfloor o/K_g \rfloor C_g", "proved"), (r"\lfloor o/K_g \rfloor", "refuted")],
)
def test_channels_that_are_divided_into_groups_are_those_of_a_group(first, expected):
    (verdict,) = verdicts(GROUPED % first)
    assert verdict.status == expected
    assert "K_g output channels of a group" in verdict.reading


SCATTERED = "for i in range(g):\n    for j in range(h):\n        dX[i*s:i*s+k, j*s:j*s+k] += "


@pytest.mark.parametrize(
    ("value", "expected"),
    [("dY[i,j]*W", "proved"), ("dY[i,j]*W.T", "refuted"), ("dY[i,j]*np.transpose(W)", "refuted")],
)
def test_a_transposed_kernel_is_another_one(value, expected):
    assert statuses(SCATTERED + value) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dW = correlate2d(X, dY, 'valid')", "proved"),
        ("dW = np.rot90(correlate2d(dY, X, 'valid'), 2)", "proved"),
        ("dW = correlate2d(dY, X, 'valid')", "right_when"),
        ("dX = correlate2d(dY, rot180(W), 'full')", "proved"),
        ("dX = correlate2d(rot180(W), dY, 'full')", "refuted"),
        ("dX = signal.correlate2d(W, dY, 'full')", "refuted"),
    ],
)
def test_the_order_of_operands_counts_where_a_function_correlates(text, expected):
    assert statuses(text) == [expected]


def test_a_sum_over_axes_by_number_says_which_these_must_be():
    (verdict,) = verdicts("db = np.sum(dout, axis=(0,2,3))")
    assert "axes 0, 2, 3 of dout are those of the images and positions" in verdict.condition


@pytest.mark.parametrize(
    ("set_to", "expected"),
    [("k - 2p", "proved"), ("k + 2p", "right_when"), ("d(k-1) + 1 - 2p", "proved")],
)
def test_a_size_that_the_display_sets_is_what_it_is_set_to(set_to, expected):
    first, *_ = verdicts(rf"o = \lfloor (i-q)/s \rfloor + 1 \\ q = {set_to}")
    assert first.status == expected
    assert ("q = k + 2*p is the kernel size" in first.condition) == (expected == "right_when")


# Right formulas that were refuted once, and their wrong neighbours


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"y_t = \sum_{i=0}^{k-1} w_i x_{t-(k-1-i)d}", "right_when"),
        (r"y_t = \sum_{i=0}^{k-1} w_i x_{t-(k-i)d}", "refuted"),
        (r"y_t = \sum_{i=0}^{k-1} w_i x_{t-k+1+i}", "right_when"),
        (r"y_t = \sum_{i=0}^{k-1} w_i x_{t-k+i}", "refuted"),
        (r"y_t = \sum_{i=0}^{k-1} w_{k-1-i} x_{t-i}", "right_when"),
        (r"y_t = \sum_{i=0}^{k-1} w_i x_{st+di-(k-1)}", "refuted"),
        (
            r"y_{i,j} = \sum_{r=0}^{k-1}\sum_{q=0}^{k-1} w_{r,q} x_{i+r-k+1,j+q-k+1}",
            "right_when",
        ),
        (r"y_{i,j} = \sum_{r=0}^{k-1}\sum_{q=0}^{k-1} w_{r,q} x_{i+q-k+1,j+r-k+1}", "refuted"),
        ("y[n] = b_0 x[n] + b_1 x[n-1] + b_2 x[n-2]", "proved"),
        ("y[n] = b_0 x[n] + b_1 x[n-1] + b_2 x[n-3]", "refuted"),
        ("y_t = w_0 x_{t-2} + w_1 x_{t-1} + w_2 x_t", "right_when"),
        ("y_t = w_0 x_{t-2} + w_1 x_{t-1} + w_2 x_{t-1}", "refuted"),
        ("y_i = w_0 x_i + w_1 x_{i+5}", "refuted"),
        ("L_{out} = L_{in} + (k-1)d - (k-1)d", "right_when"),
        ("L_{out} = L_{in} + (k-1)d - kd", "refuted"),
    ],
)
def test_a_causal_convolution_is_padded_in_front(text, expected):
    (verdict,) = verdicts(text)
    assert verdict.status == expected


@pytest.mark.parametrize(
    ("rounded", "expected"),
    [(r"\lfloor k/2\rfloor", "right_when"), (r"\lceil k/2\rceil", "refuted")],
)
def test_a_kernel_whose_half_is_rounded_down_is_odd(rounded, expected):
    (verdict,) = verdicts(rf"H_{{out}} = H_{{in}} - 2{rounded}")
    assert verdict.status == expected
    assert ("an odd number of cells" in verdict.condition) == (expected == "right_when")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            r"y_{i,j} = \sum_{r=0}^{k-1}\sum_{q=0}^{k-1} w_{r,q} x_{ki+r,kj+q}",
            "k is the kernel's size and the stride",
        ),
        (r"y_{i,j} = \sum_{r=0}^{k-1}\sum_{q=0}^{k-1} w_{r,q} x_{ki+q,kj+r}", ""),
        (r"y_{i,j} = \sum_{r=0}^{k-1}\sum_{q=0}^{k-1} w_{r,q} x_{ki+r,j+q}", ""),
        (r"y_i = \sum_{r=0}^{s-1} w_r x_{si+r}", "s is the kernel's size and the stride"),
        ("dx[i*k:(i+1)*k] += dy[i]*w", "k is the kernel's size and the stride"),
        (
            r"\frac{\partial L}{\partial x_u} = \delta_{\lfloor u/k\rfloor} w_{u \bmod k}",
            "k is the kernel's size and the stride",
        ),
        (r"\frac{\partial L}{\partial x_u} = \delta_{\lfloor u/s\rfloor} w_{u \bmod k}", ""),
    ],
)
def test_a_size_that_is_kernel_and_stride_at_once_is_said(text, expected):
    (verdict,) = verdicts(text)
    assert (verdict.status, verdict.condition) == (
        "right_when" if expected else "refuted",
        expected,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"y_{u,v} = \sum_{i,j} x_{i,j} w_{u-si,v-sj}", "right_when"),
        (r"y_{u,v} = \sum_{i,j} x_{i,j} w_{v-si,u-sj}", "refuted"),
        (r"y_{u,v} = \sum_{i,j} x_{i,j} w_{si-u,sj-v}", "refuted"),
        (r"y_{j} = \sum_{i,r:\ si+r-p=j} x_i w_r", "right_when"),
        (r"y_{j} = \sum_{i,r:\ si-r-p=j} x_i w_r", "refuted"),
        (r"Y_{o,u,v} = \sum_c\sum_{i,j} X_{c,i,j} W_{c,o,u-si+p,v-sj+p}", "right_when"),
        (r"Y_{o,u,v} = \sum_c\sum_{i,j} X_{o,i,j} W_{c,o,u-si+p,v-sj+p}", "refuted"),
        (r"y_u = \sum_i x_i w_{u-2i}", "right_when"),
    ],
)
def test_an_output_of_a_transposed_convolution_may_be_gathered(text, expected):
    (verdict,) = verdicts(text, letters={"p": "padding", "s": "stride"})
    assert verdict.status == expected
    assert ("transposed convolution" in verdict.condition) == (expected == "right_when")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("H_out = 1 + (H + 2 * pad - HH) // stride", "proved"),
        ("H_out = (H + 2*pad - dil*(HH-1) - 1)//stride + 1", "proved"),
        (r"H_{out} = \frac{H - HH + 2P}{S} + 1", "right_when"),
        ("W_out = (W - WW)//stride + 1", "proved"),
        ("H_out = (H - HH)//stride", "refuted"),
        ("H_out = 1 + (H + 2 * pad + HH) // stride", "refuted"),
    ],
)
def test_a_doubled_capital_is_a_name_and_no_square(text, expected):
    assert statuses(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        (
            r"y_{i,j,k} = \sum_{r,p,q} w_{r,p,q} x_{s_t i+r, sj+p, sk+q}",
            "proved",
            "s stride along the height, s stride along the width",
        ),
        (
            r"y_{i,j,k} = \sum_{r,p,q} w_{r,p,q} x_{i+r, sj+p, sk+q}",
            "right_when",
            "s is the stride of two axes only",
        ),
        (
            r"y_{t,i,j} = \sum_{\tau,r,q} w_{\tau,r,q} x_{t+\tau, i+r-p, j+q-p}",
            "right_when",
            "p is the padding of two axes only",
        ),
        (r"y_{t,i,j} = \sum_{\tau,r,q} w_{\tau,r,q} x_{t+\tau, i+r-p, j+q-p-1}", "refuted", ""),
        (r"y_{i,j,k} = \sum_{r,p,q} w_{r,p,q} x_{s_t i+r, sj+q, sk+p}", "refuted", ""),
    ],
)
def test_two_of_three_axes_may_share_a_size(text, expected, words):
    (verdict,) = verdicts(text)
    assert verdict.status == expected
    assert words in f"{verdict.reading} {verdict.condition}"


@pytest.mark.parametrize(
    ("assume", "expected"),
    [
        ("k = 3, p = 1, s = 1", "proved"),
        ("k = 3, p = 0, s = 1", "refuted"),
        ("s = 1, p = (k-1)/2", "proved"),
        ("s = 1, p = k/2", "refuted"),
    ],
)
def test_sizes_that_are_equal_under_an_assumption_are_no_indices(assume, expected):
    (verdict,) = verdicts("o = i", assume=assume)
    assert (verdict.status, verdict.kind) == (expected, "implication")
    assert "i input size" in verdict.reading


WHOLE = r"\lfloor\frac{i+2p-k}{s}\rfloor+1 = \frac{i+2p-k}{s}+1"


@pytest.mark.parametrize(
    ("text", "status", "condition"),
    [
        (WHOLE + r" \text{ if } s\mid i+2p-k", "proved", ""),
        (WHOLE + r" \text{ if } s\mid i+p-k", "right_when", "s divides i + 2*p - k"),
        (WHOLE, "right_when", "s divides i + 2*p - k"),
        (WHOLE + "+1", "refuted", ""),
        (r"o = i + 2\lfloor k/2\rfloor - (k-1) = i", "right_when", "k is odd"),
    ],
)
def test_an_identity_is_narrowed_no_more_than_it_must_be(text, status, condition):
    (verdict,) = verdicts(text)
    assert verdict.status == status
    assert verdict.condition.endswith(condition)


def test_what_divides_by_zero_is_undecided_in_plain_words():
    (verdict,) = verdicts(r"y_i = \sum_{r=0}^{k-1} w_r x_{\lfloor i/(k-1)\rfloor+r}")
    assert verdict.status == "undecided"
    assert "it divides by 0 for some sizes" in verdict.reach


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            r"y_{i,j} = \max_{0\le m<k_w,0\le n<k_h} x_{si+m,sj+n}",
            "right if the first index runs along the width; wrong if not",
        ),
        (
            r"y_{i,j} = \sum_{r=0}^{H_{out}-1}\sum_{s=0}^{W_{out}-1} x_{i+r,j+s}w_{r,s}",
            (
                "right if H_out is the kernel size, too, W_out is the kernel size, too; "
                "wrong if what sums read outside the kernel is 0"
            ),
        ),
    ],
)
def test_what_a_verdict_depends_on_is_what_names_are_read_as(text, words):
    (verdict,) = verdicts(text)
    assert (verdict.status, verdict.condition) == ("depends", words)


def test_an_output_that_is_counted_from_1_and_begins_inside_the_image_says_so():
    text = r"y_{i,j} = \sum_{r=1}^{k}\sum_{q=1}^{k} x_{si+r,sj+q}w_{r,q}"
    (verdict,) = verdicts(text)
    assert verdict.status == "right_when"
    assert "the first output, which has the index 1, begins one stride inside" in verdict.condition


@pytest.mark.parametrize(
    ("said", "formula", "expected"),
    [
        ("stride of 2", r"\frac{\partial L}{\partial w_r} = \sum_i\delta_i x_{i+r}", "depends"),
        ("stride of 1", r"\frac{\partial L}{\partial w_r} = \sum_i\delta_i x_{i+r}", "right_when"),
        ("stride of 2", r"\frac{\partial L}{\partial w_r} = \sum_i\delta_i x_{2i+r}", "proved"),
        ("dilation of 2", r"y_i = \sum_r w_r x_{i+3r}", "depends"),
        ("dilation of 2", r"y_i = \sum_r w_r x_{i+2r}", "proved"),
    ],
)
def test_a_number_that_prose_says_is_weighed_against_that_of_the_formula(said, formula, expected):
    assert statuses(f"We use a {said}.\n\n$$ {formula} $$\n") == [expected]


# What is wrong, and was proved; beside it what is right

PYTORCH = (
    r"\text{out}(N_i, C_{out_j}) = \text{bias}(%s) + \sum_{k=0}^{C_{in}-1} "
    r"\text{weight}(C_{out_j}, k) \star \text{input}(%s)"
)
MISPLACED_LABELS = (
    (r"y_k = \sum_{c=1}^{C_{in}} w_{k,c} * x_c + b_c", "c of b stands outside the sum over c"),
    (r"y_k = \sum_{c=1}^{C_{in}} w_{c,c} * x_c + b_k", "w has the index c more than once"),
    (r"y_o = \sum_{c=1}^{C_{in}} (w_{o,c} \star x_c + b_o)", "b is added once for each c"),
    (PYTORCH % ("k", "N_i, k"), "k of bias^k stands outside the sum over k"),
    (
        r"\frac{\partial L}{\partial w_{o,c}} = \sum_o x_c \star \delta_o",
        "it is summed over o, an index of ∂L/∂w",
    ),
    (r"dX_c = \sum_c dY_k * \text{rot180}(W_{k,c})", "it is summed over c, an index of dX_c"),
)
LABELS_IN_PLACE = (
    (r"y_k = \sum_{c=1}^{C_{in}} w_{k,c} * x_c + b_k", "proved"),
    (r"y_o = \sum_{c=1}^{C} (w_{o,c} \star x_c) + b_o", "proved"),
    (r"y_{n,o} = \sum_c w_{o,c} \star x_{n,c} + b_o", "proved"),
    (PYTORCH % ("C_{out_j}", "N_i, k"), "proved"),
    (r"\frac{\partial L}{\partial w_{o,c}} = \sum_n x_{n,c} \star \delta_{n,o}", "right_when"),
    (r"dX_c = \sum_k dY_k * \text{rot180}(W_{k,c})", "right_when"),
)
COUNTED_OTHERWISE = (
    (
        r"y_k = \sum_{c=1}^{C_{out}} w_{k,c} * x_c + b_k",
        "C_out is the number of input channels, too",
    ),
    (
        r"\frac{\partial L}{\partial x_c} = \sum_{o=1}^{C_{in}} \delta_o *_{full} w_{o,c}",
        "C_in is the number of output channels, too",
    ),
    (
        PYTORCH % ("C_{out_j}", "k, N_i"),
        "the indices of input stand in another order than those of out",
    ),
)


@pytest.mark.parametrize(("claim", "reason"), MISPLACED_LABELS)
def test_a_label_that_no_sum_binds_where_it_stands_is_wrong(claim, reason):
    (verdict,) = verdicts(claim)
    assert (verdict.status, verdict.reach) == ("refuted", reason)


@pytest.mark.parametrize(("claim", "status"), LABELS_IN_PLACE)
def test_labels_in_their_place_stay_decided(claim, status):
    assert statuses(claim) == [status]


@pytest.mark.parametrize(("claim", "condition"), COUNTED_OTHERWISE)
def test_a_sum_up_to_another_count_is_right_under_that_condition(claim, condition):
    (verdict,) = verdicts(claim)
    assert verdict.status == "right_when"
    assert condition in verdict.condition


def test_a_label_of_the_output_that_no_operand_has_is_not_proved():
    assert statuses(r"y_{n,o} = \sum_c w_{n,c} \star x_{n,c} + b_o") == ["undecided"]


OVERRULED = (
    (
        r"y_{o,i,j} = \sum_{c=0}^{C_{%s}-1}\sum_{r,s} x_{c,i+r,j+s} w_{o,c,r,s}",
        ("in", "out"),
        "C_out is the number of input channels, too",
    ),
    (
        r"dx_{c,u} = \sum_{o=0}^{C_{%s}-1}\sum_i dy_{o,i} w_{o,c,u-si}",
        ("out", "in"),
        "C_in is the number of output channels, too",
    ),
    (
        r"db_f = \sum_{n=1}^{%s}\sum_{i=1}^{H_{out}}\sum_{j=1}^{W_{out}} dy_{n,f,i,j}",
        ("N", "C_{out}"),
        "C_out is the number of images, too",
    ),
    (
        r"y_{i,j} = \sum_{r=0}^{%s-1}\sum_{q=0}^{k-1} x_{i+r,j+q} w_{r,q}",
        ("k", "C_{in}"),
        "C_in is the kernel size, too",
    ),
    (
        r"\frac{\partial L}{\partial b} = \sum_{i=1}^{H_{%s}} \frac{\partial L}{\partial y_i}",
        ("out", "in"),
        "what sums read outside the output is 0",
    ),
)


@pytest.mark.parametrize(("claim", "names", "condition"), OVERRULED)
def test_a_name_that_says_another_size_is_overruled_only_with_a_condition(claim, names, condition):
    right, wrong = (verdicts(claim % name)[0] for name in names)
    assert right.status == "proved"
    assert wrong.status == "right_when"
    assert condition in wrong.condition


@pytest.mark.parametrize(
    ("jump", "status"), [("j_{in}", "proved"), ("j_{out}", "refuted"), ("j", "proved")]
)
def test_a_receptive_field_grows_by_the_jump_before_the_layer(jump, status):
    first, *_ = verdicts(rf"r_{{out}} = r_{{in}} + (k-1) {jump}, \quad j_{{out}} = j_{{in}} s")
    assert first.status == status


@pytest.mark.parametrize("jump", ["j_l", "j_{l+1}"])
def test_another_jump_is_one_of_the_layers_before_only_by_a_condition(jump):
    (verdict,) = verdicts(f"r_l = r_{{l-1}} + (k_l-1) {jump}")
    assert verdict.status == "right_when"
    assert verdict.condition.endswith("is that of the layers before")
    assert statuses(f"j_l = j_{{l-1}} s_l, r_l = r_{{l-1}} + (k_l-1) {jump}")[1] != "proved"


ONE_LAYER = r"H^{%s} = \lfloor (H^{%s} - k^{%s} + 2p^{%s})/s^{%s} \rfloor + 1"


@pytest.mark.parametrize(
    ("labels", "status"),
    [
        (("l", "l-1", "l", "l", "l"), "proved"),
        (("l+1", "l-1", "l", "l", "l"), "right_when"),
        (("l", "l-1", "l-1", "l", "l"), "right_when"),
        (("l", "l-1", "l", "l-1", "l"), "right_when"),
    ],
)
def test_the_names_of_a_size_are_of_one_layer(labels, status):
    (verdict,) = verdicts(ONE_LAYER % labels)
    assert verdict.status == status
    assert ("belong to one layer" in verdict.condition) == (status == "right_when")


@pytest.mark.parametrize(
    ("layer", "condition"),
    [
        ("l", ""),
        ("l+1", "b^l leads from the layer of its label to the next"),
        ("l-1", "b^l, delta^l-1 belong to one layer"),
        ("l+2", "b^l, delta^l+2 belong to one layer"),
    ],
)
def test_a_bias_is_of_the_layer_of_its_upstream_gradient(layer, condition):
    text = r"\frac{\partial E}{\partial b^l} = \sum_{i,j}\delta^{%s}_{i,j}"
    (verdict,) = verdicts(text % layer)
    assert (verdict.status == "proved") == (condition == "")
    assert verdict.condition == condition


def test_a_kernel_with_the_label_of_what_it_reads_is_a_condition():
    text = r"\delta^l_i = \sum_m \delta^{l+1}_{i-m} w^{%s}_m f'(z^l_i)"
    own, lower = (verdicts(text % layer)[0].condition for layer in ("l+1", "l"))
    assert "leads" not in own
    assert "w^l leads from the layer of its label to the next" in lower


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("w)_{i,j} = w_{k-1-i,k-1-j}", ""),
        ("w)_{m,n} = w_{k_h-1-m,k_w-1-n}", ""),
        ("W)_{o,c,i,j} = W_{o,c,k-1-i,k-1-j}", ""),
        ("W)_{c,i} = W_{c,k-1-i}", ""),
        ("w)_{i,j} = w_{k-1-i,j}", "j counts channels"),
        ("W)_{c,i,j} = W_{c,k-1-i,j}", "j counts channels"),
        ("W)_{c,i,j} = W_{C-1-c,k-1-i,k-1-j}", "c counts no channels"),
    ],
)
def test_rotating_turns_every_axis_and_no_channel(text, condition):
    (verdict,) = verdicts(r"\text{rot180}(" + text)
    assert verdict.status == ("right_when" if condition else "proved")
    assert verdict.condition == condition


MAX_POOLING = (
    r"out(N_i, C_j, h, w) = \max_{m=0, \ldots, kH-1} \max_{n=0, \ldots, kW-1} "
    r"\text{input}(N_i, C_j, \text{stride[%s]} \times h + m, \text{stride[%s]} \times w + n)"
)
PADDED = (
    r"\tilde x_{i,j} = \begin{cases} x_{i-p,j-p} & p \le i < %s+p, p \le j < %s+p \\ "
    r"0 & \text{otherwise}\end{cases}"
)
ORDERED = (
    (r"dw_{r,q} = \sum_{i=0}^{%s_{out}-1}\sum_{j=0}^{%s_{out}-1} dy_{i,j} x_{si+r,sj+q}", "HW"),
    (
        r"y_{i,j} = \sum_{r,q} w_{r,q} x_{si+dr-p_{%s}, sj+dq-p_{%s}}",
        ("top", "left"),
    ),
    (MAX_POOLING, "01"),
    (PADDED, "HW"),
)


@pytest.mark.parametrize(("claim", "names"), ORDERED)
def test_names_of_the_other_axis_are_a_condition(claim, names):
    first, second = names
    (right,), (swapped,) = verdicts(claim % (first, second)), verdicts(claim % (second, first))
    assert right.status == "proved"
    assert swapped.status == "right_when"
    assert "first" in swapped.condition


BACKWARD = r"\delta^l_{i,j} = \sum_{m,n}\delta^{l+1}_{i-m,j-n} w^{l+1}_{m,n} f'(%s)"
SLOPES = (
    (BACKWARD % "z^l_{i,j}", ""),
    (BACKWARD % "z_{i,j}", ""),
    (BACKWARD % "z^{l+1}_{i-m,j-n}", ""),
    (BACKWARD % "z^l_{j,i}", "f' is the same at z^l[j, i] as at [i, j]"),
    (BACKWARD % "z^l_{i-m,j-n}", "f' is the same at z^l[i - m, j - n] as at [i, j]"),
    (BACKWARD % "z^l_{m,n}", "f' is the same at z^l[m, n] as at [i, j]"),
    (BACKWARD % "z^{l+1}_{i,j}", "f' is the same at z^l+1[i, j] as at [i - m, j - n]"),
    (BACKWARD % "z^{l+2}_{i,j}", "z^l+2 is of the layer of delta^l or delta^l+1"),
    (r"\frac{\partial L}{\partial w_r} = \sum_i \delta_i f'(z_i) x_{i+r}", ""),
    (
        r"\frac{\partial L}{\partial w_r} = f'(z_r) \sum_i \delta_i x_{i+r}",
        "f' is the same at z[r] as at [i]",
    ),
    (r"\frac{\partial L}{\partial b} = \sum_i \delta_i f'(z_i)", ""),
    (
        r"\frac{\partial L}{\partial b} = \sum_i \delta_i f'(z_0)",
        "f' is the same at z[0] as at [i]",
    ),
)


@pytest.mark.parametrize(("claim", "condition"), SLOPES)
def test_a_slope_stands_at_the_index_and_layer_of_its_gradient(claim, condition):
    (verdict,) = verdicts(claim)
    assert verdict.status in ("proved", "right_when")
    said = [part for part in verdict.condition.split("; ") if part != "the stride is 1"]
    assert "".join(said) == condition


@pytest.mark.parametrize(
    ("claim", "condition"),
    [
        (r"y_i = \sum_r x_{i+r}^2 w_r", "x^2 is an array, and no power"),
        (r"y_i = \sum_r x_{i+r} w_r^2", "w^2 is an array, and no power"),
        (r"x^2_i = \sum_r x^1_{i+r} w^2_r", ""),
        (
            r"H_{out} = \lfloor (H_{in}+2p_{top}-k_h)/s_h \rfloor + 1",
            "p_top is the padding of either side",
        ),
        (r"H_{out} = \lfloor (H_{in}+2p_h-k_h)/s_h \rfloor + 1", ""),
        (r"H_{out} = \lfloor (H_{in}+p_{top}+p_{bottom}-k_h)/s_h \rfloor + 1", ""),
    ],
)
def test_a_square_and_a_padding_of_one_side_are_taken_for_another_only_with_a_condition(
    claim, condition
):
    (verdict,) = verdicts(claim)
    assert (verdict.status, verdict.condition) == (
        "right_when" if condition else "proved",
        condition,
    )


CASES = (
    r"dx_u = \begin{cases} dy_{\lfloor u/t \rfloor} w_{u \bmod t} & %s \\ "
    r"0 & \text{else}\end{cases}"
)


@pytest.mark.parametrize(
    ("range_", "said"), [(r"u \bmod t < p", False), (r"u \bmod t \le p", True)]
)
def test_a_case_that_leads_out_of_the_kernel_says_so(range_, said):
    (verdict,) = verdicts(CASES % range_, assume="p <= t")
    assert ("outside the kernel" in verdict.condition) == said
    assert verdict.status in (("right_when", "depends") if said else ("proved", "depends"))


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("dX = X * dY", "refuted"),
        (r"\frac{\partial L}{\partial W} = W * \frac{\partial L}{\partial Y}", "refuted"),
        ("dX = dY * W", "right_when"),
        (r"\frac{\partial L}{\partial W} = X * \frac{\partial L}{\partial Y}", "right_when"),
    ],
)
def test_what_is_differentiated_is_not_the_other_operand(claim, status):
    assert statuses(claim) == [status]


@pytest.mark.parametrize(
    "claim",
    [
        r"y = \text{FFT}(\text{FFT}(x) \cdot \text{FFT}(w))",
        r"\mathcal F(f*g) = \overline{\mathcal F(f)} \cdot \mathcal F(g)",
        r"\mathcal F(f \cdot g) = \mathcal F(f) \cdot \mathcal F(g)",
        r"\mathcal F(f \cdot g) = \mathcal F\{f\} * \mathcal F\{g\}",
        r"f*(g \cdot h) = (f*g) \cdot (f*h)",
        r"n \times n * f \times f = (n-f+1) \times (n-f+1)",
        (
            r"\frac{\partial L}{\partial X} = "
            r"\frac{\partial L}{\partial Y} *_{full} W^T"
        ),
    ],
)
def test_operators_on_arrays_are_not_read_as_numbers(claim):
    assert statuses(claim) == ["not_understood"]


@pytest.mark.parametrize(("sign", "said"), [("*", True), (r"\cdot", False)])
def test_a_star_between_spectra_and_between_arrays_is_said_to_be_two_things(sign, said):
    (verdict,) = verdicts(rf"\mathcal F\{{f*g\}} = \mathcal F\{{f\}} {sign} \mathcal F\{{g\}}")
    assert verdict.status == "right_when"
    assert ("multiplies them entry by entry" in verdict.condition) == said


def test_transforms_of_a_library_are_transforms():
    (verdict,) = verdicts("y = np.fft.ifft(np.fft.fft(x) * np.fft.fft(w))")
    assert (verdict.status, verdict.kind) == ("right_when", "fourier")
    assert "indices modulo the size" in verdict.condition


@pytest.mark.parametrize(
    ("taken", "given", "status"),
    [
        ("i-r", "u+r", "right_when"),
        ("i+r", "u-r", "right_when"),
        ("i-r", "u-r", "refuted"),
        ("i+r", "u+r", "refuted"),
    ],
)
def test_a_gradient_is_of_the_direction_of_the_output_beside_it(taken, given, status):
    first, second = verdicts(
        rf"\begin{{aligned}} y_i &= \sum_r w_r x_{{{taken}}} \\ "
        rf"\frac{{\partial L}}{{\partial x_u}} &= \sum_r \delta_{{{given}}} w_r \end{{aligned}}"
    )
    assert (first.status, second.status) == ("proved", status)


@pytest.mark.parametrize(
    ("gradient", "status"),
    [
        (r"*_{full} \text{rot180}(W)", "right_when"),
        (r"*_{full} W", "refuted"),
        ("* W", "refuted"),
    ],
)
def test_a_star_means_in_a_gradient_what_it_means_in_the_output_beside_it(gradient, status):
    _, kernel, image = verdicts(
        r"Y = X * W, \quad dW = X * \frac{\partial L}{\partial Y}, \quad "
        rf"\frac{{\partial L}}{{\partial X}} = \frac{{\partial L}}{{\partial Y}} {gradient}"
    )
    assert (kernel.status, image.status) == ("right_when", status)


def test_a_lone_h_may_be_the_size_of_any_axis():
    text = r"db = \sum_{i=0}^{%s-1}\sum_{j=0}^{%s-1} dy_{i,j}"
    assert [statuses(text % pair) for pair in (("g", "h"), ("h", "w"), ("w", "h"))] == [
        ["proved"],
        ["proved"],
        ["right_when"],
    ]
