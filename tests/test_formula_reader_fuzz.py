"""Whatever is given to the reader, it answers: no crash, no hang, and places within the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.formula.notation import Statement, Unread
from symconv.formula.reader import read
from symconv.formula.tree import walk
from tests.test_formula_reader import strip
from tests.work import calls_of

FORMULAS = (
    r"u_{ab} = \sum_{k=0}^{K-1}\sum_{l} v_{a s+k, b s+l}\, \theta_{k,l} + c, \quad 0 \le a < n",
    r"\frac{\partial E}{\partial \theta_{kl}} = \sum_{a,b} \delta_{ab} v_{a+k,b+l} \tag{3}",
    r"H_{out} = \left\lfloor \frac{H_{in} + 2 \times \text{pad} - K}{\text{st}} \right\rfloor + 1",
    r"\begin{cases} \theta_{u - as} & \text{if } 0 \le u < K \\ 0 & \text{otherwise} \end{cases}",
    r"\begin{bmatrix} 1 & 0 \\ 0 & -1 \end{bmatrix} \circledast \mathbf{V}^{\top}",
    "out = floor((in + 2*pad - dil*(k-1) - 1)/stride) + 1  # as documented",
    "dv[i*t:i*t+p] += du[i] * w for 0 <= i < g",
    "∂E/∂v[a,b] = ∑∑ ∂E/∂u[i,j] · θ[a−i·s, b−j·s]\n             i j",
    "输出尺寸 = (输入尺寸 - 核 + 2*填充)/步长 + 1，其中步长 = 2",
    "v = a if s == 1 else max(b, 0); w = {c if i = 0, 0 otherwise}",
    r"The size is $o = (i - k)/s + 1$ where $s$ is the stride",
)
PIECES = (
    *r"{}()[]_^\&$|,;:=+-*/%<>'.! ?~#01anixL",
    *("\\\\", "\\frac", "\\left", "\\right", "\\sum", "\\begin{cases}", "\\end{cases}", "\\text{"),
    *(
        "\\partial",
        "\\over",
        "\\substack{",
        "\\pmod",
        "\\tilde",
        "\\mid",
        "\\in",
        "\\not",
        "\\forall",
    ),
    *("^{", "_{", "\n", "∑", "⌊", "⌋", "∂", "步", " if ", " for ", " and ", "...", "sum(", "max("),
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Return a formula with pieces left out, put in and doubled."""
    text = draw(st.sampled_from(FORMULAS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        kind = draw(st.sampled_from(("delete", "insert", "double", "splice")))
        if kind == "delete":
            text = text[:start] + text[end:]
        elif kind == "insert":
            text = text[:start] + draw(st.sampled_from(PIECES)) + text[start:]
        elif kind == "double":
            text = text[:end] + text[start:end] + text[end:]
        else:
            other = draw(st.sampled_from(FORMULAS))
            text = text[:start] + other[start : start + 15] + text[start:]
    return text


def check(text: str) -> None:
    """Read the text and look at all that comes back."""
    for found in read(text):
        assert 0 <= found.span.start <= found.span.end <= len(text)
        if isinstance(found, Unread):
            assert found.reason
        else:
            assert isinstance(found, Statement)
            assert len(found.relations) == len(found.sides) - 1
            for node in walk(found):
                assert 0 <= node.span.start <= node.span.end <= len(text)
            hash(found)


@given(damaged())
@settings(max_examples=250, deadline=2_000)
def test_damaged_formulas_are_answered(text: str) -> None:
    check(text)


@given(st.lists(st.sampled_from(PIECES), max_size=80).map("".join))
@settings(max_examples=150, deadline=2_000)
def test_heaps_of_signs_are_answered(text: str) -> None:
    check(text)


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=2_000)
def test_any_text_is_answered(text: str) -> None:
    check(text)


@pytest.mark.parametrize("piece", [*PIECES, "(x)", "a=", "x_{", "[x]", "a ", "\\frac{", "x?y:"])
def test_long_heaps_of_one_sign_take_little_work(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    assert calls_of(lambda: check(text)) < 1_000 * len(text)


SPACES = ("", " ", r"\,", r"\;", r"\!", " \n ")
TOKENS = (
    (r"\sum", "_", "{", "k", "=", "0", "}", "^", "{", "n", "-", "1", "}"),
    (r"\frac", "{", "a", "+", "b", "}", "{", "2", "}", r"\cdot", "(", "c", "-", "1", ")"),
    (r"\lfloor", "v", "_", "{", "i", ",", "j", "}", r"\rfloor", "=", "w", "^", "{", "2", "}"),
)


@given(st.sampled_from(TOKENS), st.lists(st.sampled_from(SPACES), min_size=20, max_size=20))
@settings(max_examples=100, deadline=2_000)
def test_white_space_changes_nothing(tokens: tuple[str, ...], spaces: list[str]) -> None:
    plain = " ".join(tokens) + r" \beta"
    spaced = "".join(
        token + (space or (" " if token.startswith("\\") else ""))
        for token, space in zip(tokens, spaces, strict=False)
    )
    assert strip(read(plain)) == strip(read(spaced + r" \beta"))
