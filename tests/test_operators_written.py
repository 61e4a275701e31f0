"""Matrices that are written out: fast algorithms, Toeplitz matrices, displays entry by entry."""

from __future__ import annotations

import pytest

from symconv.formula.notation import Statement
from symconv.formula.reader import read
from symconv.verification.questions.operators import statements as operators
from symconv.verification.reading.roles import Told

OUTPUT = r"A^T = \begin{bmatrix} 1 & 1 & 1 & 0 \\ 0 & 1 & -1 & -1 \end{bmatrix}"
KERNEL = (
    r"G = \begin{bmatrix} 1 & 0 & 0 \\ \frac12 & \frac12 & \frac12 \\"
    r" \frac12 & -\frac12 & \frac12 \\ 0 & 0 & 1 \end{bmatrix}"
)
INPUT = (
    r"B^T = \begin{bmatrix} 1 & 0 & -1 & 0 \\ 0 & 1 & 1 & 0 \\ 0 & -1 & 1 & 0 \\"
    r" 0 & 1 & 0 & -1 \end{bmatrix}"
)
PRODUCTS = (
    r"m_1 = (d_0 - d_2) g_0 \\ m_2 = (d_1 + d_2) \frac{g_0 + g_1 + g_2}{2} \\"
    r" m_3 = (d_2 - d_1) \frac{g_0 - g_1 + g_2}{2} \\ m_4 = (d_1 - d_3) g_2"
)
DELTA = (
    r"\begin{bmatrix} 0&0&0&0\\ 0&\delta_{11}&\delta_{12}&0\\"
    r" 0&\delta_{21}&\delta_{22}&0\\ 0&0&0&0 \end{bmatrix}"
)
TURNED = r"\begin{bmatrix} w_{22}&w_{21}\\ w_{12}&w_{11} \end{bmatrix}"
PLAIN = (
    r"\begin{bmatrix} x_{11}&x_{12}&x_{13}\\ x_{21}&x_{22}&x_{23}\\"
    r" x_{31}&x_{32}&x_{33} \end{bmatrix}"
)


def statuses(text: str) -> list[str | None]:
    """Return the statuses of the statements of a display."""
    statements = [part for part in read(text) if isinstance(part, Statement)]
    found = operators.decide(statements, Told())
    return [outcome.status if outcome else None for outcome in found]


@pytest.mark.parametrize("text", [OUTPUT, KERNEL, INPUT])
def test_a_matrix_of_an_algorithm_is_right_beside_fitting_ones(text: str) -> None:
    assert statuses(text) == ["right_when"]


def test_the_three_matrices_together_are_proved() -> None:
    assert statuses(rf"{OUTPUT}, \quad {KERNEL}, \quad {INPUT}") == ["proved"] * 3


@pytest.mark.parametrize(
    ("old", "new"),
    [("1 & 1 & 1 & 0", "1 & 1 & -1 & 0"), ("0 & 1 & -1 & -1", "0 & 1 & 1 & -1")],
)
def test_a_matrix_that_belongs_to_no_algorithm_is_refuted(old: str, new: str) -> None:
    assert statuses(OUTPUT.replace(old, new)) == ["refuted"]


def test_three_matrices_of_which_one_has_another_sign_are_refuted() -> None:
    wrong = OUTPUT.replace("-1 & -1", "-1 & 1")
    assert statuses(rf"{wrong}, \quad {KERNEL}, \quad {INPUT}") == ["refuted"] * 3


def test_a_small_matrix_of_another_name_is_no_algorithm() -> None:
    assert statuses(r"M = \begin{bmatrix} 1 & 2 & 1 \\ 2 & 4 & 2 \\ 1 & 2 & 1 \end{bmatrix}") == [
        None
    ]
    assert statuses(r"B = \begin{bmatrix} 1 & 2 & 1 \\ 2 & 4 & 2 \\ 1 & 2 & 1 \end{bmatrix}") == [
        None
    ]


def test_listed_products_are_proved_when_the_outputs_are_combinations_of_them() -> None:
    assert statuses(PRODUCTS)[-1] == "proved"
    assert statuses(PRODUCTS.replace("d_2 - d_1", "d_0 - d_2"))[-1] == "refuted"


def test_outputs_are_checked_as_sums_of_listed_products() -> None:
    outputs = r"Y = \begin{bmatrix} m_1 + m_2 + m_3 \\ m_2 - m_3 - m_4 \end{bmatrix}"
    assert statuses(rf"{outputs} \\ {PRODUCTS}")[0] == "proved"
    assert statuses(rf"{outputs.replace('- m_4', '+ m_4')} \\ {PRODUCTS}")[0] == "refuted"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (r"Y = A^T [(G g G^T) \odot (B^T d B)] A", "right_when"),
        (r"Y = A^T [(G g) \odot (B^T d)]", "right_when"),
        (r"Y = A^T [(G g G) \odot (B^T d B)] A", "refuted"),
        (r"Y = A^T [(G g G^T) \odot (B^T d B)] A^T", "refuted"),
    ],
)
def test_the_form_of_an_algorithm_needs_its_transposes(text: str, status: str) -> None:
    assert statuses(text) == [status]


def test_a_written_gradient_is_compared_entry_by_entry() -> None:
    left = r"\frac{\partial L}{\partial x}"
    assert statuses(rf"{left} = {DELTA} * {TURNED}") == ["right_when"]
    assert statuses(rf"{left} = {DELTA} * {TURNED.replace('w_{21}', 'w_{11}', 1)}") == ["refuted"]


def test_the_left_side_of_a_written_gradient_counts_too() -> None:
    rows = r" \\ ".join("&".join(rf"\nabla x_{{{i}{j}}}" for j in (1, 2, 3)) for i in (1, 2, 3))
    left = rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"
    assert statuses(rf"{left} = {DELTA} * {TURNED}") == ["right_when"]
    swapped = (
        left.replace("x_{12}", "x_{99}").replace("x_{21}", "x_{12}").replace("x_{99}", "x_{21}")
    )
    assert statuses(rf"{swapped} = {DELTA} * {TURNED}") == ["refuted"]


def test_names_of_outputs_are_no_claim_about_them() -> None:
    left = r"\begin{bmatrix} y_{11}&y_{12}\\ y_{21}&y_{22} \end{bmatrix}"
    assert statuses(rf"{left} = {PLAIN} * {TURNED}") == [None]


def test_a_matrix_with_dots_is_not_proved_by_its_corners() -> None:
    dotted = r"\begin{bmatrix} \delta_{11} & \cdots \\ \vdots & \delta_{nn} \end{bmatrix}"
    assert statuses(rf"\frac{{\partial L}}{{\partial x}} = {dotted} * {TURNED}") == [None]


def column(letter: str, count: int) -> str:
    """Return a column of entries, written out."""
    rows = r" \\ ".join(f"{letter}_{place}" for place in range(count))
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        (r"w_0 & w_1 & 0 \\ 0 & w_0 & w_1", "right_when"),
        (r"w_1 & w_0 & 0 \\ 0 & w_1 & w_0", "right_when"),
        (r"w_0 & w_1 & 0 \\ 0 & w_1 & w_0", "refuted"),
        (r"w_0 & w_1 & 0 \\ w_0 & w_1 & 0", "refuted"),
    ],
)
def test_a_toeplitz_matrix_is_multiplied_out(rows: str, status: str) -> None:
    matrix = rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"
    assert statuses(f"{column('y', 2)} = {matrix} {column('x', 3)}") == [status]


def test_the_transposed_toeplitz_matrix_gives_the_gradient() -> None:
    gradient = r" \\ ".join(rf"\frac{{\partial L}}{{\partial x_{i}}}" for i in range(3))
    upstream = r" \\ ".join(rf"\frac{{\partial L}}{{\partial y_{i}}}" for i in range(2))
    matrix = r"\begin{bmatrix} w_0 & 0 \\ w_1 & w_0 \\ 0 & w_1 \end{bmatrix}"
    left, right = (rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}" for rows in (gradient, upstream))
    assert statuses(f"{left} = {matrix} {right}") == ["right_when"]
    assert statuses(f"{left} = {matrix.replace('w_1 & w_0', 'w_1 & w_1')} {right}") == ["refuted"]
