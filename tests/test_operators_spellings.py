"""Any spelling of a right claim on whole arrays is right, and a planted fault never is."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.formula.notation import Statement
from symconv.formula.reader import read
from symconv.verification.questions.operators import statements as operators
from symconv.verification.reading.roles import Told

INPUTS, KERNELS, OUTPUTS = ("X", "x", "I", "A"), ("W", "w", "K", "k"), ("Y", "y", "O", "Z")
LOSSES = ("L", "E", "J", r"\mathcal{L}", "C")
SIGNS = ("*", r"\ast", r"\star", r"\circledast", r"\otimes", "⋆")
TURNS = (
    "rot180({})",
    r"\text{{rot}}_{{180^\circ}}({})",
    "{}^{{rot180}}",
    r"\operatorname{{flip}}({})",
    r"\mathrm{{rot180}} \left\{{ {} \right\}}",
)


@dataclass(frozen=True)
class Spelling:
    """How a claim is written.

    Attributes:
        input, kernel, output, loss: the letters.
        derivative: how a gradient is written, with the loss and the array in it.
        sign: the sign of the convolution.
        turn: how a rotation is written.
        text: whether modes stand in \\text.
        swapped: whether the operands are exchanged.
    """

    input: str
    kernel: str
    output: str
    loss: str
    derivative: str
    sign: str
    turn: str
    text: bool
    swapped: bool

    def gradient(self, array: str) -> str:
        """Return the gradient with respect to an array."""
        return self.derivative.format(loss=self.loss, array=array)

    def star(self, left: str, right: str, mode: str) -> str:
        """Return two operands with the sign between them."""
        if self.swapped:
            left, right = right, left
        mark = f"_{{\\text{{{mode}}}}}" if self.text else f"_{{{mode}}}"
        return f"{left} {self.sign}{mark} {right}"

    def turned(self, operand: str) -> str:
        """Return an operand rotated."""
        return self.turn.format(operand)


spellings = st.builds(
    Spelling,
    st.sampled_from(INPUTS),
    st.sampled_from(KERNELS),
    st.sampled_from(OUTPUTS),
    st.sampled_from(LOSSES),
    st.sampled_from(
        [
            r"\frac{{\partial {loss}}}{{\partial {array}}}",
            "∂{loss}/∂{array}",
            r"\nabla_{{{array}}} {loss}",
        ]
    ),
    st.sampled_from(SIGNS),
    st.sampled_from(TURNS),
    st.booleans(),
    st.booleans(),
)


def statuses(text: str, told: Told | None = None) -> list[str | None]:
    """Return the statuses of a display."""
    statements = [part for part in read(text) if isinstance(part, Statement)]
    found = operators.decide(statements, told or Told())
    return [outcome.status if outcome else None for outcome in found]


@settings(max_examples=50)
@given(spelling=spellings)
def test_a_right_gradient_of_the_input_is_right_in_every_spelling(spelling: Spelling) -> None:
    upstream = spelling.gradient(spelling.output)
    right = spelling.star(upstream, spelling.turned(spelling.kernel), "full")
    (status,) = statuses(f"{spelling.gradient(spelling.input)} = {right}")
    assert status in ("proved", "right_when")


@settings(max_examples=50)
@given(spelling=spellings)
def test_a_right_gradient_of_the_kernel_is_right_in_every_spelling(spelling: Spelling) -> None:
    right = spelling.star(spelling.input, spelling.gradient(spelling.output), "valid")
    (status,) = statuses(f"{spelling.gradient(spelling.kernel)} = {right}")
    assert status in ("proved", "right_when")


@settings(max_examples=30)
@given(spelling=spellings, forward=st.sampled_from([None, False, True]))
def test_planted_faults_are_refuted_in_every_spelling(
    spelling: Spelling, forward: bool | None
) -> None:
    upstream = spelling.gradient(spelling.output)
    kernel, cells = spelling.kernel, spelling.input
    full = spelling.star(upstream, spelling.turned(kernel), "full")
    valid = spelling.star(cells, upstream, "valid")
    of_input, of_kernel = spelling.gradient(cells), spelling.gradient(kernel)
    wrong = [
        f"{of_input} = {spelling.star(upstream, spelling.turned(kernel), 'valid')}",
        f"{of_input} = -({full})",
        f"{of_input} = 2 ({full})",
        f"{of_input} = {spelling.star(cells, spelling.turned(kernel), 'full')}",
        f"{of_kernel} = {spelling.star(cells, upstream, 'full')}",
        f"{of_kernel} = {spelling.star(cells, kernel, 'valid')}",
        f"{of_kernel} = 3 ({valid})",
    ]
    told = Told(true_convolution=forward)
    for claim in wrong:
        assert statuses(claim, told) == ["refuted"], claim


@settings(max_examples=50)
@given(spelling=spellings)
def test_a_sense_that_was_said_decides_whether_the_kernel_is_turned(spelling: Spelling) -> None:
    upstream = spelling.gradient(spelling.output)
    plain = Spelling(**{**vars(spelling), "sign": r"\star"})
    right = plain.star(upstream, plain.turned(plain.kernel), "full")
    wrong = plain.star(upstream, plain.kernel, "full")
    left = plain.gradient(plain.input)
    told = Told(true_convolution=False)
    assert statuses(f"{left} = {right}", told)[0] in ("proved", "right_when")
    assert statuses(f"{left} = {wrong}", told) == ["refuted"]
