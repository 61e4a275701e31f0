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
