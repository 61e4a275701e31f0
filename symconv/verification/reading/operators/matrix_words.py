"""Products of matrices by their names: the words of im2col, dW = dY col^T, dX = col2im(W^T dY)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from symconv.formula.notation import (
    Juxtaposed,
    Mark,
    Marked,
    Multiplied,
    Name,
    Run,
    Starred,
    Transposed,
    Words,
)
from symconv.formula.tree import Integer, Partial, Quotient, walk
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.names import Named, bare, named, told_role
from symconv.verification.reading.operators.priors import (
    BIASES,
    DELTAS,
    INPUT,
    KERNEL,
    OUTPUT,
    TRANSPOSES,
    prior,
)
from symconv.verification.reading.operators.sketches import UnknownOperatorError
from symconv.verification.reading.operators.words import FROM_COLUMNS, TO_COLUMNS, plain
from symconv.verification.reading.roles import Told

COLUMNS: Final = re.compile(
    r"^(col|cols|columns|unf|unfold|unfolded|im2col|patches|cl)$|_col$|_cols$", re.I
)
FLAT: Final = re.compile(r"^(row|rows|mat|flat|matrix|2d|reshaped|r|m)$|_mat$|_row$|_flat$", re.I)
RESHAPES: Final = frozenset(["reshape", "view", "flatten", "vec", "mat", "permute"])


@dataclass(frozen=True)
class Factor:
    """One matrix of a product.

    Attributes:
        role: "kernel", "columns", "output", "grad_output", "grad_weight", "grad_columns".
        transposed: whether it stands there transposed.
        text: its name.
        image: whether it is named as an image, X, where its matrix of columns is needed.
    """

    role: str
    transposed: bool
    text: str
    image: bool = False


@dataclass(frozen=True)
class Product:
    """A product of matrices.

    Attributes:
        factors: from left to right.
        folded: whether col2im adds it up to an image.
        unfolded: whether im2col is applied to it.
    """

    factors: tuple[Factor, ...]
    folded: bool = False
    unfolded: bool = False


def multiplies_matrices(node: Any) -> bool:
    """Return whether a node has a transpose, a matrix product @ or a matrix of columns in it."""
    for part in walk(node):
        match part:
            case Transposed() | Starred(sign="@"):
                return True
            case Mark(kind="sup", items=(Name(text=text),)) if text in TRANSPOSES:
                return True
            case Name(text=text) if COLUMNS.search(text) or plain(text) in _UNFOLDING:
                return True
            case Run() if COLUMNS.search(part.text) or plain(part.text) in _UNFOLDING:
                return True
    return False


_UNFOLDING: Final = TO_COLUMNS | FROM_COLUMNS - {"fold", "unfold"}


@dataclass(frozen=True)
class MatrixReader:
    """Reads products of matrices; told what names mean."""

    told: Told

    def product(self, node: Any) -> Product:
        """Return a product of matrices.

        Raises:
            UnknownOperatorError: there is something else in it.
        """
        node = bare(node)
        call = _call(node)
        if call is not None:
            name, items = call
            inner = self.product(items[0])
            if name in FROM_COLUMNS:
                return Product(inner.factors, folded=True)
            if name in TO_COLUMNS:
                if len(inner.factors) == 1 and not inner.folded:
                    (factor,) = inner.factors
                    role = {"input": "columns", "columns": "columns"}.get(factor.role, "")
                    if role:
                        return Product((Factor(role, factor.transposed, factor.text),))
                return Product(inner.factors, inner.folded, unfolded=True)
            return inner
        return Product(tuple(self._factors(node, turned=False)))

    def _factors(self, node: Any, *, turned: bool) -> Iterator[Factor]:
        node = bare(node)
        match node:
            case Juxtaposed(factors=factors) | Multiplied(factors=factors):
                yield from self._all(factors, turned=turned)
            case Starred(sign="@" | "*" | "times", left=left, right=right, marks=()):
                yield from self._all((left, right), turned=turned)
            case Transposed(operand=operand):
                yield from self._factors(operand, turned=not turned)
            case _:
                yield self._factor(node, turned=turned)

    def _all(self, parts: Sequence[Any], *, turned: bool) -> Iterator[Factor]:
        for part in reversed(parts) if turned else parts:
            yield from self._factors(part, turned=turned)

    def _factor(self, node: Any, *, turned: bool) -> Factor:
        inner, flipped = without_transpose(node)
        call = _call(bare(inner))
        if call is not None and (call[0] in RESHAPES or call[0] in TO_COLUMNS):
            product = self.product(inner)
            if len(product.factors) != 1:
                raise UnknownOperatorError("a product is reshaped")
            (factor,) = product.factors
            return Factor(factor.role, factor.transposed != (flipped != turned), factor.text)
        found = named(_unmarked(inner), self.told)
        if found is None:
            raise UnknownOperatorError(f"{flat(node)} is no matrix")
        role = self.role(found)
        return Factor(role, flipped != turned, found.shown, image=role == "input")

    def left(self, node: Any) -> Factor | None:
        """Return the matrix on the left; the gradient of im2col(x) is one of columns."""
        target, turned = without_transpose(node)
        call = _call(bare(target.by)) if isinstance(target, Partial) else None
        if call is not None and call[0] in TO_COLUMNS:
            return Factor("grad_columns", turned, f"∂L/∂{flat(target.by)}")
        array = named(target, self.told)
        return Factor(self.role(array), turned, array.shown) if array else None

    def role(self, array: Named) -> str:
        """Return what a matrix is; an image is "input", its gradient "grad_input"."""
        columns = COLUMNS.search(array.base) or any(COLUMNS.search(x) for x in array.labels)
        said = told_role(array, self.told)
        if array.gradient:
            if array.base in DELTAS or _is_output(array, said):
                return "grad_output"
            if columns:
                return "grad_columns"
            return {KERNEL: "grad_weight", INPUT: "grad_input"}.get(self._side(array, said), "")
        if columns and not _is_output(array, said):
            return "columns" if prior(_stem(array.base), KERNEL) > 0 else KERNEL
        if _is_output(array, said):
            return OUTPUT
        return KERNEL if self._side(array, said) == KERNEL else "input"

    def _side(self, array: Named, said: str | None) -> str:
        if said in (KERNEL, INPUT):
            return said
        if array.base.rstrip("'0123456789") in BIASES:
            return "bias"
        return min((INPUT, KERNEL), key=lambda role: prior(array.base, role))


def _stem(name: str) -> str:
    return name.split("_")[0]


def _is_output(array: Named, said: str | None) -> bool:
    if said is not None:
        return said == OUTPUT
    roles = (KERNEL, INPUT, OUTPUT)
    return min(roles, key=lambda role: prior(array.base, role)) == OUTPUT


def _call(node: Any) -> tuple[str, tuple[Any, ...]] | None:
    """Return (function, arguments) of im2col(X), col2im(...), reshape(...), or None."""
    if not isinstance(node, Marked) or not isinstance(node.base, Name | Run | Words):
        return None
    name = "im2col" if node.base.text in ("phi", "Phi") else plain(node.base.text)
    if name in FROM_COLUMNS | TO_COLUMNS | RESHAPES and node.marks[-1].kind == "paren":
        items = node.marks[-1].items
        return (name, items) if items else None
    return None


def without_transpose(node: Any) -> tuple[Any, bool]:
    """Return a node without its transpose, and whether it had one."""
    node = bare(node)
    match node:
        case Transposed(operand=operand):
            return operand, True
        case Marked(base=base, marks=marks):
            kept = tuple(mark for mark in marks if not _transposes(mark))
            if len(kept) != len(marks):
                return (Marked(base, kept) if kept else base), (len(marks) - len(kept)) % 2 == 1
        case Partial(of=of, by=by):
            inner, turned = without_transpose(by)
            if turned:
                return Partial(of, inner), True
    return node, False


def _transposes(mark: Mark) -> bool:
    return (
        mark.kind == "sup"
        and len(mark.items) == 1
        and isinstance(mark.items[0], Name)
        and mark.items[0].text in TRANSPOSES
    )


def _unmarked(node: Any) -> Any:
    """Return a name without the label that says that it is a matrix: W_mat, W_row."""
    match node:
        case Marked(base=base, marks=marks):
            kept = tuple(m for m in marks if not all(FLAT.search(flat(i)) for i in m.items))
            if len(kept) != len(marks):
                return Marked(base, kept) if kept else base
        case Name(text=text) if "_" in text and FLAT.search(text.split("_", 1)[1]):
            return Name(text.split("_", 1)[0], spelled=text.split("_", 1)[0])
    return node


def scale_of(node: Any) -> tuple[str, Any]:
    """Return (factor, rest) of a product with a quotient 1/N in front; ("", node) without."""
    node = bare(node)
    match node:
        case (
            Juxtaposed(factors=(Quotient(numerator=Integer(value=1)) as first, *rest))
            | Multiplied(factors=(Quotient(numerator=Integer(value=1)) as first, *rest))
        ):
            inner = rest[0] if len(rest) == 1 else Juxtaposed(tuple(rest))
            return f"1/{flat(first.denominator)}", inner
    return "", node
