"""Operators on whole arrays for all sizes at once: every result is one index map.

An array a of size n is the polynomial A(z) = a[0] + a[1] z + ... + a[n-1] z^(n-1). Whatever is made
of arrays by convolving, rotating, padding and cropping has the form

    result[i] = the coefficient of z^(step i + shift) in A(z^a) B(z^b) ...,  0 <= i < length

with integers step, a, b and with shift and length that are affine in the sizes. Two results with
the same form are equal for all sizes, and so are sums of such results. Differentiating by one of
the arrays gives a form again; so the true gradients are found, not typed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from symconv.verification.truth.affine_sizes import Affine, divided
from symconv.verification.truth.operators import (
    Convolved,
    Gated,
    Gathered,
    Operand,
    Padded,
    Rotated,
    Scaled,
    Spread,
    Summed,
    Whole,
)

Factors: TypeAlias = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Form:
    """result[i] = the coefficient of z^(step i + shift) in the product of A(z^power), see above.

    Attributes:
        step: positive once it is normal.
        shift: affine in the sizes.
        length: the size of the result.
        factors: (array, power), sorted.
        whole: whether nothing that is not zero was cropped.
    """

    step: int
    shift: Affine
    length: Affine
    factors: Factors
    whole: bool = True

    @property
    def normal(self) -> Form:
        """The same result with a positive step."""
        if self.step > 0:
            return self
        return Form(-self.step, -self.shift, self.length, _turned(self.factors), self.whole)


Key: TypeAlias = tuple[Form, tuple[str, ...]]
Combination: TypeAlias = dict[Key, int]  # (form, gates) -> how often


class FormlessError(ValueError):
    """A result that is not one index map: something was cropped before it was convolved."""


class ShapeError(ValueError):
    """Operands whose sizes do not go together."""


def _turned(factors: Factors) -> Factors:
    return tuple(sorted((array, -power) for array, power in factors))


def combination(operand: Operand, sizes: Mapping[str, Affine]) -> Combination:
    """Return an operand as a combination of forms.

    Args:
        operand: what is asked for.
        sizes: the size of each array.

    Raises:
        FormlessError: it has no such form.
        ShapeError: sizes do not go together.
    """
    match operand:
        case Whole(role=role):
            return {(Form(1, Affine(), sizes[role], ((role, 1),)), ()): 1}
        case Rotated(operand=inner):
            return _mapped(combination(inner, sizes), _rotated)
        case Padded(operand=inner, by=by):
            return _mapped(combination(inner, sizes), lambda form: _padded(form, sizes[by]))
        case Spread(operand=inner, stride=stride):
            return _mapped(combination(inner, sizes), lambda form: _spread(form, stride))
        case Scaled(factor=factor, operand=inner):
            return {key: factor * many for key, many in combination(inner, sizes).items()}
        case Gated(operand=inner, gate=gate):
            found = combination(inner, sizes)
            return {(form, (*sorted((*gates, gate)),)): n for (form, gates), n in found.items()}
        case Summed(terms=terms):
            return _sum([combination(term, sizes) for term in terms])
        case Convolved():
            return _convolved(operand, sizes)
        case Gathered():
            return _gathered(operand, sizes)


def _mapped(found: Combination, change: Callable[[Form], Form]) -> Combination:
    return {(change(form), gates): many for (form, gates), many in found.items()}


def _sum(parts: list[Combination]) -> Combination:
    total: Combination = {}
    lengths = {form.length for part in parts for form, _ in part}
    if len(lengths) > 1:
        raise ShapeError("terms of a sum have different sizes")
    for part in parts:
        for key, many in part.items():
            total[key] = total.get(key, 0) + many
    return {key: many for key, many in total.items() if many}


def _rotated(form: Form) -> Form:
    turned = replace(form, step=-form.step, shift=form.shift + (form.length - 1) * form.step)
    return turned.normal


def _padded(form: Form, by: Affine) -> Form:
    if not form.whole:
        raise FormlessError("a cropped array is padded")
    return replace(form, shift=form.shift - (by - 1), length=form.length + (by - 1) * 2)


def _spread(form: Form, stride: int) -> Form:
    if not form.whole or form.step != 1:
        raise FormlessError("a cropped array is spread")
    factors = tuple((array, power * stride) for array, power in form.factors)
    return Form(1, form.shift * stride, (form.length - 1) * stride + 1, factors)


def _convolved(operand: Convolved, sizes: Mapping[str, Affine]) -> Combination:
    signal, sliding = combination(operand.signal, sizes), combination(operand.sliding, sizes)
    found: Combination = {}
    for (form, gates), many in signal.items():
        for (other, others), times in sliding.items():
            if gates or others:
                raise FormlessError("a gated array is convolved")
            made = _product(form, other if operand.flips else _rotated(other))
            key = (_strided(_kept(made, form, other, operand.mode), operand.stride), ())
            found[key] = found.get(key, 0) + many * times
    return {key: many for key, many in found.items() if many}


def _product(one: Form, other: Form) -> Form:
    if not one.whole or not other.whole or {one.step, other.step} != {1}:
        raise FormlessError("a cropped array is convolved")
    factors = tuple(sorted((*one.factors, *other.factors)))
    return Form(1, one.shift + other.shift, one.length + other.length - 1, factors)


def _kept(made: Form, signal: Form, sliding: Form, mode: str) -> Form:
    """Return the positions of a full result that a mode keeps."""
    if mode == "full":
        return made
    if mode == "valid":
        first, length = sliding.length - 1, signal.length - sliding.length + 1
    else:
        first, length = _half(sliding.length - 1), signal.length
    return replace(made, shift=made.shift + first, length=length, whole=False)


def _half(value: Affine) -> Affine:
    half = divided(value, 2)
    if half is None:
        raise ShapeError("the sliding operand has to have an odd size")
    return half


def _strided(form: Form, stride: int) -> Form:
    """Return every stride-th entry of a result."""
    if stride == 1:
        return form
    steps = divided(form.length - 1, stride)
    if steps is None:
        raise ShapeError("the stride does not divide")
    return replace(form, step=form.step * stride, length=steps + 1, whole=False)


def _gathered(operand: Gathered, sizes: Mapping[str, Affine]) -> Combination:
    """Entry i sums left[a i + b m + c] right[m]: with u = a i + b m + c, u - b m = a i + c."""
    left, right = combination(operand.left, sizes), combination(operand.right, sizes)
    found: Combination = {}
    for (form, gates), many in left.items():
        for (other, others), times in right.items():
            if gates or others or not form.whole or not other.whole:
                raise FormlessError("a cropped or gated array is summed over")
            tapped = other.factors if operand.tap < 0 else _turned(other.factors)
            factors = tuple(sorted((*form.factors, *tapped)))
            shift = form.shift + other.shift * -operand.tap + operand.offset
            made = Form(operand.slope, shift, sizes[operand.length_of], factors, whole=False)
            found[(made.normal, ())] = many * times
    return found


def gradient(forward: Form, by: str, upstream: str, size_of: Affine) -> Form:
    """Return the derivative of the sum over i of upstream[i] forward[i] by an array, as a form.

    forward[i] pairs entries with c u + d r = step i + shift. Hence u meets the pairs (i, r) with
    step i - d r = c u - shift.

    Args:
        forward: a product of two arrays, one of which is `by`.
        by: the array.
        upstream: the name of the gradient of the result.
        size_of: the size of the array.
    """
    ((_, power),) = (factor for factor in forward.factors if factor[0] == by)
    others = [(array, -other) for array, other in forward.factors if array != by]
    factors = tuple(sorted([(upstream, forward.step), *others]))
    return Form(power, -forward.shift, size_of, factors, whole=False).normal


def same(one: Combination, other: Combination) -> bool:
    """Return whether two combinations are equal for all sizes, term by term."""
    return _plain(one) == _plain(other)


def _plain(found: Combination) -> Combination:
    plain: Combination = {}
    for (form, gates), many in found.items():
        key = (replace(form.normal, whole=True), gates)
        plain[key] = plain.get(key, 0) + many
    return {key: many for key, many in plain.items() if many}
