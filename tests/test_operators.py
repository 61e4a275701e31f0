"""Claims with whole arrays: what is right is never refuted, what is wrong is never proved."""

from __future__ import annotations

import pytest

from symconv.formula.notation import Statement
from symconv.formula.reader import read
from symconv.verification.outcome import Outcome
from symconv.verification.questions.operators import statements as operators
from symconv.verification.reading.roles import Told

GRAD_X = r"\frac{\partial J}{\partial X}"
GRAD_Y = r"\frac{\partial J}{\partial Y}"
GRAD_K = r"\frac{\partial J}{\partial K}"

RIGHT = (
    r"\frac{\partial C}{\partial z} = \frac{\partial C}{\partial a} * \sigma'(z)",
    # gradients by the input: full, with the kernel turned round
    rf"{GRAD_X} = {GRAD_Y} *_{{full}} \mathrm{{rot180}}(K)",
    rf"{GRAD_X} = {GRAD_Y} \star_{{\text{{full}}}} \operatorname{{flip}}(K)",
    rf"{GRAD_X} = {GRAD_Y} *_{{full}} K",
    rf"{GRAD_X} = \text{{pad}}({GRAD_Y}) ⋆ K^{{rot}}",
    rf"{GRAD_X} = {GRAD_Y} \underset{{full}}{{*}} \text{{rot}}_{{180^\circ}} \{{ K \}}",
    rf"{GRAD_X} = \left. ({GRAD_Y} \circledast rot180(K)) \right|_{{\text{{full}}}}",
    r"\nabla_x J = \nabla_y J \star_{full} rot180(w)",
    "dX = conv2(dY, rot180(F), 'full')",
    "dx = scipy.signal.convolve2d(dy, w, mode='full')",
    "dX = F.conv2d(dY, W.flip(2, 3), padding=k-1)",
    "dX = conv_transpose2d(dY, W, stride=s, padding=p)",
    r"\frac{\partial J}{\partial X} = \text{Convolution}(rotated K, \frac{\partial J}{\partial Y})",
    "∂E/∂x = ∂E/∂y ∗ rot180(w)  (full)",
    rf"{GRAD_X} = \text{{dilate}}({GRAD_Y}, t) *_{{full}} rot180(K)",
    r"dX_c = \sum_{f=1}^{F} dY_f *_{full} rot180(W_{f,c})",
    # layers with an activation
    r"\delta^{l} = (\delta^{l+1} *_{full} rot180(W^{l+1})) \odot f'(z^{l})",
    r"\delta^{l-1} = \phi'(u^{l-1}) \odot conv2(\delta^{l}, rot180(k^{l}), 'full')",
    r"\delta^{(2)} = \delta^{(3)} * rot180(W^{(3)}) \odot \sigma'(z^{(2)})",
    r"δ[l] = (rot180(W[l+1]) * δ[l+1]) ⊙ g'(z[l])",
    r"\frac{\partial C}{\partial a^{l-1}} = \delta^l * rot180(w^l)",
    r"\frac{\partial C}{\partial w^l} = a^{l-1} \star \delta^l",
    r"\frac{\partial C}{\partial w^l} = a^{l} \star \delta^{l+1}",
    r"\delta^L = \nabla_a C \odot \sigma'(z^L)",
    r"\frac{\partial C}{\partial z^l} = \frac{\partial C}{\partial a^l} \odot f'(z^l)",
    # gradients by the kernel
    rf"{GRAD_K} = X \star {GRAD_Y}",
    rf"{GRAD_K} = {GRAD_Y} * X",
    rf"{GRAD_K} = X * rot180({GRAD_Y})",
    rf"{GRAD_K} = rot180(X) * {GRAD_Y}",
    "dW = correlate2d(x, dY, mode='valid')",
    "dW = X * dilate(dY, s)",
    "dw = conv2d(x, g; stride=dilation, dilation=stride)",
    r"\frac{\partial E}{\partial K_{ij}} = X_j \star \frac{\partial E}{\partial Y_i}",
    # forward passes and identities
    r"Y = W \otimes X = \text{rot180}(W) * X",
    r"y = rot180(w) * x + b",
    r"Z_i = B_i + \sum_{j=1}^{n} X_j \star K_{ij}",
    r"f * g = g * f",
    r"(f * g) * h = f * (g * h)",
    r"rot180(x * w) = rot180(x) * rot180(w)",
    r"(x_1 + x_2) * w = x_1 * w + x_2 * w",
    r"a^1 = \sigma(b + \sum_{l=0}^2 w_l a_{j+l}^0) = \sigma(b + w * a^0)",
    # bilinearity
    "dY = conv2d(dX, W) + conv2d(X, dW) + db",
    "conv(X + εdX, W + εdW) = conv(X, W) + ε(conv(dX, W) + conv(X, dW)) + O(ε²)",
    # matrices of windows
    "dW = dY @ X.T",
    r"dW = \delta\, \text{cols}^\top, \quad dX = \text{col2im}(W^\top \delta)",
    r"\frac{\partial z}{\partial F} = \phi(x)^T \frac{\partial z}{\partial Y}",
    r"\nabla_x L = C^T \nabla_y L",
    r"Y = X_{col} W^T + b",
    r"X_{col} \in \mathbb{R}^{C k_h k_w \times H_{out} W_{out}}",
    r"X_{col} \in \mathbb{R}^{C k^2 \times H' W'}",
    r"X_{col} \in \mathbb{R}^{N H_{out} W_{out} \times C K K}",
    # adjoints, spectra, shapes
    r"\langle x \star w, y \rangle = \langle x, y *_{full} w \rangle",
    r"[A^T]_{i,j} = w_{j-i}",
    r"\mathcal{F}(x * k) = \mathcal{F}(x) \cdot \mathcal{F}(k)",
    "tconv(conv(X)).shape == X.shape",
)

WRONG = (
    (rf"{GRAD_K} = X *_{{full}} {GRAD_Y}", "valid is needed, full is said"),
    (rf"{GRAD_X} = {GRAD_Y} *_{{valid}} rot180(K)", "full is needed, valid is said"),
    (rf"{GRAD_X} = rot180({GRAD_Y} *_{{full}} K)", "the result is turned, not the kernel"),
    (rf"{GRAD_X} = X * K", "without the upstream gradient"),
    (r"\frac{\partial e}{\partial w} = (x * w)", "without the upstream gradient"),
    ("dX = conv_transpose2d(dY, rot180(W))", "rotated twice"),
    (rf"{GRAD_X} = -{GRAD_Y} *_{{full}} rot180(K)", "another sign"),
    (rf"{GRAD_X} = 2 ({GRAD_Y} *_{{full}} rot180(K))", "another factor"),
    (rf"{GRAD_K} = \text{{dilate}}(X, s) * {GRAD_Y}", "the wrong operand is spread"),
    (r"\delta^{l} = (\delta^{l+1} * rot180(w^{l+1})) \odot f'(z^{l+1})", "the slope of above"),
    (r"\delta^{l} = (\delta^{l-1} * rot180(w^{l+1})) \odot f'(z^{l})", "delta of below"),
    (r"\delta^{l} = (\delta^{l+1} * rot180(w^{l+2})) \odot f'(z^{l})", "the kernel of above"),
    (r"\delta^l = \frac{\partial C}{\partial a^l} \odot f'(z^{l+1})", "the slope of above"),
    (r"\frac{\partial C}{\partial w^l} = a^{l+1} \star \delta^l", "reads the layer above"),
    (r"z^{l} = a^{l+1} * w^{l} + b^{l}", "reads the layer above"),
    (r"Y = W \otimes X = rot180(W * X)", "the result is turned"),
    (r"rot180(x * w) = rot180(x) * w", "one operand is turned"),
    (r"out_i = b_i + \sum_{j=0}^{C} x_j \star w_{ij}", "one channel too many"),
    (r"dX_c = \sum_{f=0}^{F} dY_f *_{full} rot180(W_{f,c})", "one channel too many"),
    ("dY = conv2d(dX, W) - conv2d(X, dW)", "another sign"),
    ("conv(X + εdX, W + εdW) = conv(X, W) + ε(conv(dX, W) + conv(X, dW))", "ε² is left out"),
    ("dX = im2col(W^T dY)", "taken apart instead of added up"),
    (r"dW = \text{col}^T dY^T", "no layout has these shapes"),
    (r"X_{col} \in \mathbb{R}^{C H_{out} W_{out} \times k_h k_w}", "windows and positions mixed"),
    (
        r"\frac{\partial E}{\partial x} = rot180 \{ \sum_m \sum_n \delta_{i+m,j+n} w_{m,n} \}",
        "the sum is turned",
    ),
)

NO_CLAIM = ("Y = X * W", r"z^{l} = w^{l} * a^{l-1} + b^{l}", "y = conv(x, w) + b")

LEFT_TO_OTHERS = (
    r"\frac{\partial E}{\partial w_1} = x_1 * d_1 + x_2 * d_2",
    "dW = (a - y) * x",
    r"\nabla W = x * \delta * \eta",
    r"r_{l-1} = s_l * r_l + (k_l - s_l)",
    r"S_l = S_{l+1} * s_l",
    r"p_l = p_{l+1} * s_l + q_l",
    "n_out = n_in * s",
    "M = N * K",
    "a * b = c * b",
    "X * W = Y",
    "f' * g = f * g'",
    "a(f * g) = (af) * g",
    r"x \star w = x * \bar{w}",
    "dX = dY * W^T * V",
    "dX = dW",
    r"\frac{\partial e}{\partial x} = 0",
    "y_{ij} = (x * x)_{ij}",
    r"(I * K)(i,j) = \sum_m \sum_n I(i+m, j+n) K(m, n)",
    r"\frac{\partial L}{\partial w_{m}} = \sum_i \delta_i * x_{i+m}",
    r"H_{out} = (H - k) / s + 1",
    "params = k * k * C_in * C_out",
    "dX = dY * quarter(W)",
    "dX = F.conv2d(dY, W, stride=2)",
    "dX = conv2d(dY, rot90(W))",
)


def outcomes(text: str, told: Told | None = None) -> list[Outcome | None]:
    """Return the outcomes of a display."""
    statements = [part for part in read(text) if isinstance(part, Statement)]
    assert statements, text
    return operators.decide(statements, told or Told())


@pytest.mark.parametrize("text", RIGHT)
def test_right_claims_are_proved_or_right_under_a_condition(text: str) -> None:
    for outcome in outcomes(text):
        assert outcome is not None
        assert outcome.status in ("proved", "right_when")
        assert outcome.reading
        assert (outcome.status == "right_when") == bool(outcome.condition)


@pytest.mark.parametrize(("text", "why"), WRONG)
def test_wrong_claims_are_refuted(text: str, why: str) -> None:
    found = [outcome for outcome in outcomes(text) if outcome is not None]
    assert [outcome.status for outcome in found if outcome.status != "no_claim"] == ["refuted"], why


@pytest.mark.parametrize("text", NO_CLAIM)
def test_a_definition_of_a_star_is_no_claim(text: str) -> None:
    (outcome,) = outcomes(text)
    assert outcome is not None
    assert outcome.status == "no_claim"


@pytest.mark.parametrize("text", LEFT_TO_OTHERS)
def test_statements_without_operators_on_whole_arrays_are_left_to_others(text: str) -> None:
    assert outcomes(text) == [None]


def test_the_sense_of_a_star_is_named_as_the_condition() -> None:
    (outcome,) = outcomes("dX = dY *_{full} W")
    assert outcome is not None
    assert outcome.condition == (
        "* is a true convolution and the forward pass is a cross-correlation"
    )


def test_a_rotated_kernel_is_right_if_the_forward_pass_has_the_same_sense() -> None:
    (outcome,) = outcomes("dX = dY *_{full} rot180(W)")
    assert outcome is not None
    assert outcome.condition.startswith("* is the operation of the forward pass")


def test_an_unmarked_star_is_right_in_the_mode_that_is_named() -> None:
    (outcome,) = outcomes(r"dX = dY \star rot180(W)", Told(true_convolution=False))
    assert outcome is not None
    assert "full" in outcome.condition


def test_a_cross_correlation_that_was_said_needs_no_condition() -> None:
    (outcome,) = outcomes(
        r"\frac{\partial L}{\partial W} = X \star \frac{\partial L}{\partial Y}",
        Told(true_convolution=False),
    )
    assert outcome is not None
    assert outcome.status == "proved"


def test_what_was_said_of_the_forward_pass_can_refute() -> None:
    claim = r"\frac{\partial C}{\partial w} = \delta * rot180(a)"
    (free,) = outcomes(claim)
    (bound,) = outcomes(claim, Told(true_convolution=False))
    assert free is not None
    assert bound is not None
    assert (free.status, bound.status) == ("right_when", "refuted")
    assert bound.counterexample is not None


def test_roles_that_were_said_are_kept() -> None:
    claim = r"\frac{\partial L}{\partial q} = p \star \frac{\partial L}{\partial r}"
    told = Told(names={"q": "kernel", "p": "input", "r": "output"}, true_convolution=False)
    (outcome,) = outcomes(claim, told)
    assert outcome is not None
    assert outcome.kind == "grad_weight"
    assert "p input" in outcome.reading


def test_statements_of_a_display_share_the_layout_of_their_matrices() -> None:
    good = outcomes(r"dW = X_{col}^T dY, \quad dX_{col} = dY W^T")
    mixed = outcomes(r"dW = X_{col}^T dY, \quad dX_{col} = W^T dY")
    assert [outcome and outcome.status for outcome in good] == ["proved", "proved"]
    assert [outcome and outcome.status for outcome in mixed] == ["right_when", "right_when"]


def test_a_layer_that_its_author_may_number_otherwise_is_a_condition() -> None:
    (outcome,) = outcomes(r"\frac{\partial C}{\partial w^l} = a^{l} \star \delta^l")
    assert outcome is not None
    assert outcome.status == "right_when"
    assert "a^l is what layer l reads" in outcome.condition


def test_a_kernel_with_an_accent_is_taken_for_the_turned_one_and_this_is_said() -> None:
    (outcome,) = outcomes(r"dX = dY *_{full} \tilde{w}")
    assert outcome is not None
    assert outcome.condition.startswith(r"\tilde{w} is w rotated by half a turn")


def test_a_missing_sum_over_channels_is_a_condition() -> None:
    (outcome,) = outcomes("dX_c = dY_f *_{full} rot180(W_{f,c})")
    assert outcome is not None
    assert outcome.condition.startswith("it is summed over f")
