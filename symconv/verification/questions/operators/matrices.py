"""Claims about a convolution as a product of matrices: Y = W col, dW = dY col^T, dX = col2im(…).

The statements of a display are about one layout: which matrices their author stores transposed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from symconv.formula.notation import Slice, Statement
from symconv.formula.tree import Total, walk
from symconv.verification.outcome import Outcome, Status
from symconv.verification.questions.operators.bias import bias_claim
from symconv.verification.reading.operators.matrix_words import (
    Factor,
    MatrixReader,
    Product,
    multiplies_matrices,
    scale_of,
)
from symconv.verification.reading.operators.names import bare, named
from symconv.verification.reading.operators.priors import BIASES
from symconv.verification.reading.operators.sketches import UnknownOperatorError
from symconv.verification.reading.roles import Told
from symconv.verification.truth.matrices import Layout, Word, layouts, transposed

_WORDS = {
    "output": "output",
    "kernel": "kernel",
    "columns": "matrix of windows (im2col)",
    "grad_output": "upstream gradient",
    "grad_weight": "gradient of the kernel",
    "grad_columns": "gradient of the matrix of windows",
    "grad_input": "gradient of the input",
    "input": "input",
}
KINDS = {
    "output": "output",
    "grad_weight": "grad_weight",
    "grad_columns": "im2col",
    "grad_input": "grad_input",
}


@dataclass(frozen=True)
class MatrixClaim:
    """left = product of matrices.

    Attributes:
        left: the matrix on the left; an image where it is "grad_input".
        right: the product.
        factor: a scalar in front of it, "1/N", or "".
    """

    left: Factor
    right: Product
    factor: str = ""

    def holds(self, layout: Layout) -> bool:
        """Return whether it is true in a layout."""
        role = {"grad_input": "grad_columns"}.get(self.left.role, self.left.role)
        if role not in ("output", "grad_weight", "grad_columns") or self.right.unfolded:
            return False
        word: Word = tuple((_as_columns(f.role), f.transposed) for f in self.right.factors)
        wanted = layout.word(role)
        if self.left.transposed:
            wanted = transposed(wanted)
        if word == wanted:
            return role != "grad_columns" or self._folds
        alone = (("grad_columns", False),)
        return word == alone and self.left.role == "grad_input" and self.right.folded

    @property
    def _folds(self) -> bool:
        """Whether col2im stands where it has to: only an image is folded from its columns."""
        return not self.right.folded or self.left.role == "grad_input"

    @property
    def assumes(self) -> tuple[str, ...]:
        """What it takes for granted beside the layout."""
        found = []
        images = [f.text for f in self.right.factors if f.role == "input"]
        if images:
            found.append(f"{images[0]} is the matrix of its windows (im2col)")
        if self.left.role == "grad_input" and not self.right.folded:
            found.append(f"{self.left.text} is the gradient of the unfolded input, before col2im")
        if self.factor:
            found.append("the loss is a mean and the upstream gradient is without that factor")
        return tuple(found)

    @property
    def reading(self) -> str:
        """Every matrix in words."""
        factors = (self.left, *self.right.factors)
        return ", ".join(dict.fromkeys(f"{f.text} {_WORDS.get(f.role, f.role)}" for f in factors))


def _as_columns(role: str) -> str:
    return {"input": "columns", "grad_input": "grad_columns"}.get(role, role)


def matrix_claims(statements: Sequence[Statement], told: Told) -> list[Outcome | None]:
    """Return the outcome of each statement that multiplies matrices; None for others."""
    claims = [_claim(statement, told) for statement in statements]
    held = [claim for claim in claims if claim is not None]
    found: list[Outcome | None] = []
    common = [layout for layout in layouts() if all(claim.holds(layout) for claim in held)]
    for claim, statement in zip(claims, statements, strict=True):
        if claim is not None:
            found.append(_decided(claim, common))
        else:
            found.append(bias_claim(statement, told, indexed=bool(held)))
    return found


def _claim(statement: Statement, told: Told) -> MatrixClaim | None:
    if len(statement.sides) < 2 or not any(map(multiplies_matrices, statement.sides)):
        return None
    reader = MatrixReader(told)
    sides = list(statement.sides)
    if statement.relations[-1].startswith("arrow:"):
        sides = sides[:-1]
    if len(sides) != 2:
        return None
    try:
        left = reader.left(sides[0])
        if left is None or left.role not in KINDS or _is_sliced(sides[0]):
            return None
        factor, rest = scale_of(sides[1])
        right = reader.product(_without_bias(rest, told))
        return MatrixClaim(left, _with_columns(left, right), factor)
    except UnknownOperatorError:
        return None


def _is_sliced(side: Any) -> bool:
    """Return whether a side is a window of an array, dX[i:i+k, j:j+k], and no matrix."""
    return any(isinstance(part, Slice) for part in walk(side))


def _with_columns(left: Factor, right: Product) -> Product:
    """Return a product in which what stands beside the upstream gradient is the input."""
    if left.role != "grad_weight":
        return right
    factors = tuple(replace(f, role="input") if f.role == "output" else f for f in right.factors)
    return replace(right, factors=factors)


def _without_bias(node: Any, told: Told) -> Any:
    node = bare(node)
    if isinstance(node, Total) and len(node.terms) == 2:
        last = named(node.terms[1], told)
        if last is not None and last.base.rstrip("'0123456789") in BIASES:
            return node.terms[0]
    return node


def _decided(claim: MatrixClaim, common: Sequence[Layout]) -> Outcome | None:
    kind = KINDS[claim.left.role]
    reach = "for all sizes, strides, paddings and dilations, by the calculus of matrices"
    own = [layout for layout in layouts() if claim.holds(layout)]
    if not own:
        if not _is_product(claim) or claim.left.role == "output":
            return _operator(claim)
        return Outcome(kind, "refuted", claim.reading, _why(claim))
    layout = next(iter(common), own[0])
    conditions = list(claim.assumes)
    if layout not in common or layout.cost:
        conditions.append(_in_words(layout))
    status: Status = "right_when" if conditions else "proved"
    reading = f"{claim.reading}; {_in_words(layout)}"
    return Outcome(kind, status, reading, reach, condition="; ".join(conditions))


def _operator(claim: MatrixClaim) -> Outcome | None:
    """Return the verdict on dx = C^T dy, where C is the convolution itself as a matrix."""
    factors = claim.right.factors
    if claim.left.role != "grad_input" or len(factors) != 2 or claim.factor:
        return None
    matrix, upstream = factors
    if upstream.role != "grad_output" or upstream.transposed or not matrix.transposed:
        return None
    reading = f"{claim.left.text} and {upstream.text} as vectors, {matrix.text} a matrix"
    condition = f"{matrix.text} is the matrix of the forward pass: output = {matrix.text} · input"
    reach = "for every linear operation, whatever its sizes, strides and paddings"
    return Outcome("grad_input", "right_when", reading, reach, condition=condition)


def _is_product(claim: MatrixClaim) -> bool:
    """Return whether the right matrices stand there, in whatever order."""
    role = {"grad_input": "grad_columns"}.get(claim.left.role, claim.left.role)
    wanted = sorted(name for name, _ in layouts()[0].word(role))
    return sorted(_as_columns(factor.role) for factor in claim.right.factors) == wanted


def _why(claim: MatrixClaim) -> str:
    if claim.right.unfolded:
        return "a gradient of windows is added up by col2im, not taken apart by im2col"
    role = {"grad_input": "grad_columns"}.get(claim.left.role, claim.left.role)
    words = [_spelled(layout.word(role), claim) for layout in layouts()[:2]]
    return f"{claim.left.text} is {words[0]}, or {words[1]} if every matrix is stored transposed"


def _spelled(word: Word, claim: MatrixClaim) -> str:
    names = {_as_columns(f.role): f.text for f in claim.right.factors}
    usual = {"kernel": "W", "columns": "col", "grad_output": "dY"}
    return " ".join(
        f"{names.get(role, usual.get(role, role))}{'^T' if turned else ''}" for role, turned in word
    )


def _in_words(layout: Layout) -> str:
    ((one, first), (other, second)) = layout.word("output")
    names = {"kernel": "kernel", "columns": "windows"}
    turned = ("ᵀ" if flag else "" for flag in (first, second))
    return f"output = {names[one]}{next(turned)} · {names[other]}{next(turned)}"
