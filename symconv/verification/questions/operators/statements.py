"""Claims with whole arrays: convolutions, rotations, full and valid; one outcome a statement."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from symconv.formula.notation import Big, Mark, Marked, Name, Run, Slice, Starred, Statement
from symconv.formula.tree import Partial, Total, walk
from symconv.verification.outcome import Outcome
from symconv.verification.questions.operators.adjoint import adjoint_claim
from symconv.verification.questions.operators.bilinear import bilinear_claim
from symconv.verification.questions.operators.casting import Context, without_bias
from symconv.verification.questions.operators.channels import (
    channels_of,
    wrong_extent,
)
from symconv.verification.questions.operators.claims import (
    forward_claim,
    gradient_claim,
    identity_claim,
)
from symconv.verification.questions.operators.fast import fast_claims
from symconv.verification.questions.operators.labels import layer_claim, misplaced
from symconv.verification.questions.operators.matrices import matrix_claims
from symconv.verification.questions.operators.plausible import look_like_arrays, may_be_products
from symconv.verification.questions.operators.pointwise import pointwise_claim
from symconv.verification.questions.operators.shapes import shape_claim
from symconv.verification.questions.operators.spectra import spectral_claim
from symconv.verification.questions.operators.toeplitz import toeplitz_claim
from symconv.verification.questions.operators.written import written_claim
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.calls import function_of
from symconv.verification.reading.operators.names import Named, bare, with_losses
from symconv.verification.reading.operators.readings import Sketcher, operates
from symconv.verification.reading.operators.sketches import (
    Array,
    Sketch,
    Star,
    Turned,
    UnknownOperatorError,
    arrays_of,
    within,
)
from symconv.verification.reading.operators.words import ROTATIONS
from symconv.verification.reading.roles import Told


def decide(statements: Sequence[Statement], told: Told) -> list[Outcome | None]:
    """Return the outcome of each statement; None where no whole-array operator is in it."""
    told = with_losses(statements, told)
    kinds = (fast_claims(statements), matrix_claims(statements, told))
    defining = frozenset(sign for one in statements if (sign := _defining_sign(one, told)))
    return [
        next((outcome for outcome in found if outcome), None) or _decided(statement, told, defining)
        for statement, *found in zip(statements, *kinds, strict=True)
    ]


def _defining_sign(statement: Statement, told: Told) -> str:
    """Return the sign of a forward pass, Y = X * W + b; "" for any other statement."""
    if not any(operates(side) for side in statement.sides):
        return ""
    match _sketched(statement, told):
        case [Array(named=left), right] if not left.gradient:
            match without_bias(right):
                case Star(sign=sign, left=Array(named=one), right=Array(named=other)):
                    return "" if one.gradient or other.gradient else sign
    return ""


def _decided(statement: Statement, told: Told, defining: frozenset[str]) -> Outcome | None:
    if _cuts(statement):
        return None
    said = told.true_convolution
    context = Context(
        told, forward=said, known={} if said is None else {"star": said}, defining=defining
    )
    written = written_claim(statement, told, context)
    other = (
        written
        or toeplitz_claim(statement, told)
        or adjoint_claim(statement, told, context)
        or bilinear_claim(statement)
        or spectral_claim(statement)
        or shape_claim(statement, told)
        or pointwise_claim(statement, told)
    )
    if other is not None:
        return other
    if not any(operates(side) for side in statement.sides):
        return None
    if not _rotates(statement) and any(map(_multiplies_entries, statement.sides)):
        return None
    sides = _sketched(statement, told)
    if sides is None:
        return None
    try:
        return _claim(sides, context)
    except UnknownOperatorError:
        return None


def _cuts(statement: Statement) -> bool:
    """Return whether a part of an array is cut out, x[i:i+k]: which one matters."""
    return any(
        isinstance(part, Slice) and (part.start is not None or part.stop is not None)
        for side in statement.sides
        for part in walk(side)
    )


def _sketched(statement: Statement, told: Told) -> list[Sketch] | None:
    sketcher = Sketcher(told, sums=_rotates(statement))
    sides: list[Sketch | None] = []
    for side in statement.sides:
        try:
            sides.append(sketcher.sketch(side))
        except UnknownOperatorError:
            if not _applies_the_chain_rule(side) or (
                not sketcher.sums and any(isinstance(part, Big) for part in walk(side))
            ):
                return None
            sides.append(None)
    if sides[0] is None or len(sides) < 2 or all(side is None for side in sides[1:]):
        return None
    return [side for side in sides if side is not None]


def _applies_the_chain_rule(side: Any) -> bool:
    """Return whether a side is a step with derivatives, which the last side is the end of."""
    return any(isinstance(part, Partial) for part in walk(side))


def _multiplies_entries(side: Any) -> bool:
    """Return whether a star stands between entries that a sum picks, sum(w[r]*dy[u-r], r).

    In a sum over channels the letter stands at both operands, x_c * w_c.
    """
    for part in walk(side):
        if isinstance(part, Big) and part.operator == "sum":
            bound = {name for below in part.below for name in _names_in(below)}
            for star in walk(part.body):
                if isinstance(star, Starred) and star.sign == "*":
                    one, other = (_picked(operand, bound) for operand in (star.left, star.right))
                    if one ^ other or _computes_an_index(star, bound):
                        return True
    return False


def _picked(operand: Any, bound: AbstractSet[str]) -> frozenset[str]:
    """Return the bound letters in the indices of an operand."""
    marks = [part for part in walk(operand) if isinstance(part, Mark) and part.kind != "sup"]
    return frozenset(name for mark in marks for name in _names_in(mark)) & bound


def _computes_an_index(star: Starred, bound: AbstractSet[str]) -> bool:
    """Return whether a bound letter stands in an index that is computed, w[u - i*t]."""
    return any(
        not isinstance(item, Name | Run) and _names_in(item) & bound
        for mark in walk(star)
        if isinstance(mark, Mark) and mark.kind != "sup"
        for item in mark.items
    )


def _names_in(node: Any) -> set[str]:
    return {part.text for part in walk(node) if isinstance(part, Name)}


def _rotates(statement: Statement) -> bool:
    """Return whether something is rotated or activated; then sums are part of the expression."""
    for node in (part for side in statement.sides for part in walk(side)):
        name = function_of(node) if isinstance(node, Marked | Name | Run) else None
        if name in ROTATIONS:
            return True
        if isinstance(node, Marked) and _activates(node):
            return True
    return False


def _activates(node: Marked) -> bool:
    """Return whether a node is an activation of a sum, sigma(b + ...)."""
    last = node.marks[-1]
    if last.kind != "paren" or len(last.items) != 1:
        return False
    return flat(node.base) in ("sigma", "f", "phi", "g") and isinstance(bare(last.items[0]), Total)


def _claim(sides: list[Sketch], context: Context) -> Outcome | None:
    first, *others = sides
    wrong = next((text for side in others if (text := wrong_extent(side))), "")
    if wrong:
        arrays = dict.fromkeys(array.shown for side in sides for array in arrays_of(side))
        return Outcome("output", "refuted", ", ".join(arrays), wrong)
    if any(label.isdigit() for side in sides for a in arrays_of(side) for label in a.labels):
        return None  # single entries
    if isinstance(first, Array) and (wrong := misplaced(first.named, others[-1])):
        arrays = dict.fromkeys(array.shown for side in sides for array in arrays_of(side))
        kind = "gradient" if first.named.gradient else "output"
        return Outcome(kind, "refuted", ", ".join(arrays), wrong)
    if isinstance(first, Array) and first.named.gradient:
        return gradient_claim(first.named, others[-1], context)
    if isinstance(first, Array):
        if len(others) > 1:
            return _identity(others, context, kind="output", left=first.named)
        if may_be_products(others) and not look_like_arrays(first.named, others[0], context.told):
            return None
        return _forward(first.named, others[0], context)
    computed = [side for side in sides if not _names_a_result(side, sides)]
    if len(computed) < 2:
        return None
    return _identity(computed, context, kind="identity")


def _identity(
    sides: Sequence[Sketch], context: Context, *, kind: str, left: Named | None = None
) -> Outcome | None:
    """Return the verdict on equal sides; what is wrong of arrays may be right of numbers."""
    outcome = identity_claim(sides, context, kind=kind, left=left)
    if outcome is not None and outcome.status == "refuted" and may_be_products(sides):
        return None
    return outcome


def _names_a_result(side: Sketch, sides: Sequence[Sketch]) -> bool:
    """Return whether a side is a mere name that stands in no other side: X * W = Y."""
    if not isinstance(side, Array):
        return False
    others = {array.key for other in sides if other is not side for array in arrays_of(other)}
    return side.named.key not in others


def _forward(left: Named, right: Sketch, context: Context) -> Outcome | None:
    turned = any(isinstance(part, Turned) for part in within(right))
    outcome = forward_claim(left, right, context)
    if turned or outcome is None or outcome.status == "refuted":
        return outcome
    if channels_of(right):
        return layer_claim(left, right, outcome.reading, context.told)
    stars = [part for part in within(right) if isinstance(part, Star)]
    if not stars:
        return None
    return Outcome(
        "output", "no_claim", outcome.reading, f"says what {left.shown} is: a definition"
    )
