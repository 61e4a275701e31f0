"""Claims with Fourier transforms: a product of spectra is a circular convolution.

On a ring of n places a transform turns a convolution into a product of spectra, a turned real array
into a conjugate spectrum. So both sides become products of spectra, conjugated or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from symconv.formula.notation import (
    Group,
    Juxtaposed,
    Mark,
    Marked,
    Multiplied,
    Name,
    Run,
    SetOf,
    Starred,
    Statement,
)
from symconv.formula.tree import Integer, Negated, Total, walk
from symconv.verification.outcome import Outcome
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.names import bare
from symconv.verification.reading.operators.priors import TURNED
from symconv.verification.reading.operators.sketches import UnknownOperatorError
from symconv.verification.reading.operators.words import FOURIER, INVERSES, SIGNS, plain

Spectrum: TypeAlias = tuple[tuple[str, bool], ...]  # (array, conjugated), sorted
_INVERSES: Final = frozenset(map(plain, INVERSES))
_FOURIER: Final = frozenset(plain(name) for name in FOURIER if name != "F")


@dataclass(frozen=True)
class Value:
    """A product of spectra, or the array that it belongs to."""

    spectrum: Spectrum
    transformed: bool


def spectral_claim(statement: Statement) -> Outcome | None:
    """Return the verdict on an equation with Fourier transforms; None where there are none."""
    if len(statement.sides) < 2 or not any(_transforms(side) for side in statement.sides):
        return None
    outcomes = []
    for flips in (True, False):
        try:
            sides = [_value(side, flips) for side in statement.sides]
        except UnknownOperatorError as error:
            return _no_number(statement, str(error))
        outcomes.append((flips, sides))
    signs = _signs(statement, between_spectra=False)
    if not any(sign in SIGNS for sign in signs):
        return _defined(outcomes[0][1])
    outcome = _compared(outcomes)
    twice = sorted(signs & _signs(statement, between_spectra=True))
    if outcome is None or outcome.status != "right_when" or not twice:
        return outcome
    words = f"{twice[0]} between spectra multiplies them entry by entry"
    return replace(outcome, condition=f"{outcome.condition}; {words}")


def _no_number(statement: Statement, reason: str) -> Outcome | None:
    """Return that an equation is about transforms, which nobody must read as factors."""
    parts = [part for side in statement.sides for part in walk(side)]
    if not any(map(_is_fast, parts)) and len(list(filter(_is_applied, parts))) < 2:
        return None
    return Outcome("fourier", "not_understood", "", f"an equation of Fourier transforms: {reason}")


def _is_fast(node: Any) -> bool:
    """Return whether a node is called as a transform is, fft, whatever stands behind it."""
    return isinstance(node, Name | Run) and plain(node.text.split(".")[-1]) in _FOURIER | _INVERSES


def _is_applied(node: Any) -> bool:
    """Return whether a node is F(f g) or F{f}; F(n - 1) may be a product."""
    match node:
        case Marked(marks=(*_, Mark(items=(Total(),)))):
            return False
        case Marked():
            return _transform(node) is not None
        case Juxtaposed(factors=factors):
            return len(_applied(factors)) < len(factors)
    return False


def _signs(statement: Statement, *, between_spectra: bool) -> set[str]:
    """Return the signs of stars between spectra, or of those between arrays."""
    stars = [p for side in statement.sides for p in walk(side) if isinstance(p, Starred)]
    return {
        star.sign
        for star in stars
        if any(map(_transforms, (star.left, star.right))) == between_spectra
    }


def _transforms(side: Any) -> bool:
    return any(
        (isinstance(part, Marked) and _transform(part) is not None)
        or (isinstance(part, Juxtaposed) and len(_applied(part.factors)) < len(part.factors))
        for part in walk(side)
    )


def _transform(node: Marked) -> bool | None:
    """Return True for a transform, False for an inverse one, None for anything else."""
    if not isinstance(node.base, Name | Run) or node.marks[-1].kind not in ("paren", "bracket"):
        return None
    if len(node.marks[-1].items) < 1:
        return None
    text = node.base.text.split(".")[-1]
    if text in INVERSES or plain(text) in _INVERSES:
        return False
    if text not in FOURIER and plain(text) not in _FOURIER:
        return None
    raised = any(mark.kind == "sup" and mark.items == (Negated(Integer(1)),) for mark in node.marks)
    return not raised


def _value(node: Any, flips: bool) -> Value:
    node = bare(node)
    match node:
        case Marked() if _transform(node) is not None:
            inner = _value(node.marks[-1].items[0], flips)
            forward = bool(_transform(node))
            if inner.transformed == forward:
                raise UnknownOperatorError("transformed twice")
            return Value(inner.spectrum, forward)
        case Marked(base=base, marks=(mark,)) if mark.kind == "sup" and flat(mark.items[0]) in (
            "*",
            "star",
            "dagger",
            "H",
        ):
            return _conjugated(_value(base, flips))
        case Marked(base=Name(text="conj" | "overline")) as call:
            return _conjugated(_value(call.marks[-1].items[0], flips))
        case Name(text=text) if text.endswith("_bar"):
            return Value(((text.removesuffix("_bar"), True),), transformed=True)
        case Starred(sign=sign, left=left, right=right):
            return _pair(sign, _value(left, flips), _value(right, flips), flips)
        case Juxtaposed(factors=factors) | Multiplied(factors=factors):
            values = [_value(factor, flips) for factor in _applied(factors)]
            return values[0] if len(values) == 1 else _product(values)
        case Marked(base=base, marks=marks) if any(
            flat(m.items[0]) in TURNED for m in marks if m.items
        ):
            inner = _value(base, flips)
            return _conjugated(inner)
        case Name() | Run() | Marked():
            return Value(((flat(node), False),), transformed=False)
    raise UnknownOperatorError(f"{flat(node)} is no spectrum")


def _applied(factors: Sequence[Any]) -> list[Any]:
    """Return factors with transforms joined to the braces behind them: F{x}."""
    joined: list[Any] = []
    for factor in factors:
        last = joined[-1] if joined else None
        name = last.base if isinstance(last, Marked) else last
        if isinstance(factor, SetOf | Group) and isinstance(name, Name) and name.text in FOURIER:
            marks = last.marks if isinstance(last, Marked) else ()
            joined[-1] = Marked(name, (*marks, Mark("paren", factor.items)))
        else:
            joined.append(factor)
    return joined


def _conjugated(value: Value) -> Value:
    return Value(tuple((name, not turned) for name, turned in value.spectrum), value.transformed)


def _product(values: Sequence[Value]) -> Value:
    if not all(value.transformed for value in values):
        raise UnknownOperatorError("arrays are multiplied entry by entry")
    return Value(tuple(sorted(f for value in values for f in value.spectrum)), transformed=True)


def _pair(sign: str, left: Value, right: Value, flips: bool) -> Value:
    if left.transformed and right.transformed and sign in ("odot", "circ", "*"):
        return _product([left, right])
    if sign in SIGNS and not left.transformed and not right.transformed:
        sliding = right if flips else _conjugated(right)
        return Value(tuple(sorted((*left.spectrum, *sliding.spectrum))), transformed=False)
    raise UnknownOperatorError("a spectrum meets an array")


def _compared(outcomes: Sequence[tuple[bool, list[Value]]]) -> Outcome | None:
    reading = ""
    for flips, sides in outcomes:
        computed = [side for side in sides if len(side.spectrum) > 1]
        if len(computed) < 2 or len({side.transformed for side in sides}) != 1:
            return None
        arrays = ", ".join(sorted({name for side in computed for name, _ in side.spectrum}))
        kind = "true convolution" if flips else "cross-correlation"
        reading = reading or f"{arrays} real arrays of one size; Fourier transforms of that size"
        if len({side.spectrum for side in computed}) == 1:
            condition = (
                f"the star is a circular {kind}: indices are taken modulo the size, or the arrays "
                "are padded with zeros to the size of the full result"
            )
            return Outcome("fourier", "right_when", reading, "for all sizes", condition=condition)
    return Outcome(
        "fourier", "refuted", reading, "neither a convolution nor a cross-correlation has it"
    )


def _defined(sides: Sequence[Value]) -> Outcome | None:
    """Return the verdict on y = F^-1(F(x) F(k)): y is the circular convolution."""
    computed = [side for side in sides if len(side.spectrum) > 1]
    if len(computed) != 1 or any(side.transformed for side in sides):
        return None
    turned = [flag for _, flag in computed[0].spectrum]
    kind = "cross-correlation" if any(turned) else "convolution"
    if all(turned):
        return None
    arrays = ", ".join(name for name, _ in computed[0].spectrum)
    condition = (
        f"{sides[0].spectrum[0][0]} is the circular {kind}, indices modulo the size; it is the "
        "plain one if both arrays are padded with zeros to the size of the full result first"
    )
    reading = f"{sides[0].spectrum[0][0]} output, {arrays} real arrays of one size"
    return Outcome("fourier", "right_when", reading, "for all sizes", condition=condition)
