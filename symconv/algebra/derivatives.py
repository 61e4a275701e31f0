"""The derivatives of the derivatives: a closed algebra, found by differentiating once more.

Everything is a derivative of one trilinear form, e = sum of dy * (y - b), linear in x, in w and in
dy. Its derivatives by dy, x and w are the three primitives forward, grad_input and grad_weight.
A primitive is bilinear in the other two arrays. Weighed with a cotangent and differentiated by
either of them, it becomes a primitive again, the cotangent in the place of the array that the
primitive is the derivative by. Each result is recognised by comparing expressions exactly.
Source: derived here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sympy import Expr, IndexedBase, Sum, Symbol, diff

from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.forward import read_base
from symconv.algebra.symbols import (
    DY,
    FREE_CELL_INDEX,
    FREE_OUTPUT_INDEX,
    FREE_TAP_INDEX,
    INPUT_INDEX,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    B,
    W,
)
from symconv.errors import DerivationError

TANGENT: Final = IndexedBase("tangent")
_STEP: Final = Symbol("epsilon", real=True)

SLOTS: Final = {"forward": "grad_output", "grad_input": "input", "grad_weight": "weight"}


@dataclass(frozen=True)
class Product:
    """One primitive applied to two of input, weight, grad_output and the tangent.

    Attributes:
        operation: "forward", "grad_input" or "grad_weight".
        operands: which array stands where, by the name of the primitive's argument.
    """

    operation: str
    operands: Mapping[str, str]

    def __str__(self) -> str:
        words = (f"{place}={array}" for place, array in self.operands.items())
        return f"{self.operation}({', '.join(words)})"


def trilinear_form(derivation: DerivedGradients) -> Expr:
    """Return e, the sum over all outputs of dy * (y - b).

    Example:
        >>> from symconv.algebra.derivation import derive_gradients
        >>> from symconv.spec import ConvSpec
        >>> trilinear_form(derive_gradients(ConvSpec(kernel_shape=(2,), stride=3)))
        Sum(dy[i]*w[r]*x[3*i + r], (r, 0, 1), (i, 0, g - 1))
    """
    axes = derivation.spec.axes
    outputs = (INPUT_INDEX if derivation.spec.transposed else OUTPUT_INDEX)[:axes]
    weighed = derivation.output - B
    if not isinstance(weighed, Sum):
        raise DerivationError(f"y - b must be one sum, got {weighed}")
    limits = [(letter, 0, size - 1) for letter, size in zip(outputs, OUTPUT_SIZE, strict=False)]
    return Sum(weighed.function * DY[outputs], *weighed.limits, *reversed(limits))


def primitives(derivation: DerivedGradients) -> dict[str, Expr]:
    """Return the three primitives, each the derivative of e by one generic entry of an array."""
    form = trilinear_form(derivation)
    return {operation: diff(form, _generic(derivation, slot)) for operation, slot in SLOTS.items()}


def directional(derivation: DerivedGradients, operation: str, *, along: str) -> Product:
    """Return the derivative of a primitive along a tangent of one of its operands.

    Args:
        derivation: the derivation.
        operation: the primitive.
        along: the operand that moves: "input", "weight" or "grad_output".

    Raises:
        DerivationError: the derivative is no primitive: a fault of symconv.

    Example:
        >>> from symconv.algebra.derivation import derive_gradients
        >>> from symconv.spec import ConvSpec
        >>> d = derive_gradients(ConvSpec(kernel_shape=(3,)))
        >>> print(directional(d, "forward", along="weight"))
        forward(input=input, weight=tangent)
    """
    moving = _arrays(derivation)[along]
    primitive = primitives(derivation)[operation]
    moved = primitive.replace(
        lambda part: getattr(part, "base", None) == moving,
        lambda part: part + _STEP * TANGENT[part.indices],
    )
    return _recognised(derivation, diff(moved, _STEP), replaced=along)


def pulled_back(derivation: DerivedGradients, operation: str, *, by: str) -> Product:
    """Return the derivative of a primitive, weighed with a cotangent, by one of its operands.

    Args:
        derivation: the derivation.
        operation: the primitive.
        by: the operand: "input", "weight" or "grad_output".

    Raises:
        DerivationError: the derivative is no primitive: a fault of symconv.

    Example:
        >>> from symconv.algebra.derivation import derive_gradients
        >>> from symconv.spec import ConvSpec
        >>> d = derive_gradients(ConvSpec(kernel_shape=(3,)))
        >>> print(pulled_back(d, "grad_input", by="weight"))
        grad_weight(input=tangent, grad_output=grad_output)
    """
    slot = SLOTS[operation]
    weighed = trilinear_form(derivation).xreplace({_arrays(derivation)[slot]: TANGENT})
    return _recognised(derivation, diff(weighed, _generic(derivation, by)), replaced=slot)


def _arrays(derivation: DerivedGradients) -> dict[str, IndexedBase]:
    return {"input": read_base(derivation.spec), "weight": W, "grad_output": DY}


def _generic(derivation: DerivedGradients, array: str) -> Expr:
    """Return one generic entry of an array, with letters that no sum uses."""
    at_windows, at_cells = FREE_OUTPUT_INDEX, FREE_CELL_INDEX
    index = {
        "input": at_windows if derivation.spec.transposed else at_cells,
        "grad_output": at_cells if derivation.spec.transposed else at_windows,
        "weight": FREE_TAP_INDEX,
    }[array]
    return _arrays(derivation)[array][index[: derivation.spec.axes]]


def _recognised(derivation: DerivedGradients, derivative: Expr, *, replaced: str) -> Product:
    """Return the primitive that an expression is, with the tangent in place of one array."""
    tangent = {_arrays(derivation)[replaced]: TANGENT}
    for operation, primitive in primitives(derivation).items():
        if primitive.xreplace(tangent) == derivative:
            return Product(
                operation,
                {
                    place: "tangent" if place == replaced else place
                    for place in _arrays(derivation)
                    if place != SLOTS[operation]
                },
            )
    raise DerivationError(f"derivative must be a primitive, got {derivative}")
