"""Kinds of notation that are met in texts: right ones are never refuted, faults never proved."""

import pytest

from symconv.verification.verify import verify

RIGHT = (
    r"\delta^{l}_{u,v} = \sum_a \sum_b \delta^{l+1}_{u-a,v-b} (\theta')^{l+1}_{a,b}",
    r"\frac{\partial J(W,b)}{\partial b^{l}} = \sum_{i,j} (\delta^l)_{i,j}",
    r"n^* = floor(\frac{n - k + 2p + s}{s})",
    r"(x *_d w)(c) = \sum_{a + d b = c} x(a) w(b)",
    r"dX_{u,v} = \sum_{a=0}^{k-1}\sum_{b=0}^{k-1} dY^{pad}_{u+a,v+b} W_{k-1-a,k-1-b}",
    r"\frac{dY_{o,i,j}}{dX_{c,u,v}} = \sum_{a,b} W_{o,c,a,b} \delta_{u,si+a}\delta_{v,sj+b}",
    r"a_{ij} = \sum_{m=1}^{3}\sum_{n=1}^{3} w_{mn} x_{i+m-1,j+n-1} + w_b",
    r"a^l_{i,j} = \sigma\left(\sum_{m,n} w^l_{m,n} a^{l-1}_{i+m,j+n} + b^l\right)",
    r"dst(n, oc, oh) = \sum_{ic, kh} src(n, ic, oh \cdot SH + kh) \cdot weights(oc, ic, kh)",
    r"\frac{d D}{d Y(l-1, c, u)} = \sum_{o, i} \frac{d D}{d z(l, o, i)} w_l(c, o, u - i)",
    r"params = (kernel_h * kernel_w * in_channels // groups + 1) * out_channels",
    (
        r"P_{total} = \begin{cases}\max(k - s, 0) & n \bmod s = 0\\"
        r"\max(k - (n \bmod s), 0) & \text{otherwise}\end{cases}"
    ),
    r"\text{rot180}(K)_{m,n} = K_{k-1-m,k-1-n}",
    r"\frac{\partial E_d}{\partial w_{m,n}} = \sum_{i,j} \delta_{i,j} a_{i+m,j+n}",
)  # fmt: skip

FAULTS = (  # never proved
    r"dX_{u,v} = \sum_{a=0}^{k-1}\sum_{b=0}^{k-1} dY^{pad}_{u+a,v+b} W_{a,b}",
    r"y_{i,j} = \sum_{m=0}^{F}\sum_{n=0}^{F-1} x_{si+m,sj+n} f_{m,n}",
    r"z^{l}_{i,j} = \sum_{m,n} w^{l}_{m,n} a^{l+1}_{i+m,j+n} + b^l",
    r"num_params = in_channels * out_channels * kernel_size**2 + in_channels",
    r"y_{i,j} = \max_{0\le m<k,\,0\le n<k} x_{i+sm, j s+n}",
    r"K^{flip}_{a,b} = K_{k_w-1-a, k_h-1-b}",
    r"dX_{u,v} = \sum_{i,j} dY_{i,j} W_{u-i, v-j}, \quad stride = 2",
    "y[i, j] = (x[i*s:i*s+k+1, j*s:j*s+k] * w).sum()",
    r"\frac{dL}{dF_{12}} = \frac{dL}{dO_{11}} * X_{12} + \frac{dL}{dO_{12}} * X_{12}",
)  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_a_right_formula_is_proved_or_right_when_something_holds(text: str) -> None:
    verdicts = verify(text, formula=True, repairs=False).verdicts
    assert {verdict.status for verdict in verdicts} <= {"proved", "right_when"}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_is_never_proved(text: str) -> None:
    verdicts = verify(text, formula=True, repairs=False).verdicts
    assert "proved" not in {verdict.status for verdict in verdicts}


def test_strides_of_two_names_are_two_strides() -> None:
    text = r"y_{i,j} = \sum_{a,b} x_{SH i + a, SW j + b} w_{a,b}"
    (verdict,) = verify(text, formula=True, repairs=False).verdicts
    assert verdict.status == "proved"
    assert "SH stride along the height" in verdict.reading
    assert "SW stride along the width" in verdict.reading
