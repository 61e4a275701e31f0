"""What the signs of a claim about whole arrays may mean, and what that makes of its operators.

A sign is a true convolution or a cross-correlation, here and in the forward pass; of a
cross-correlation one operand slides; a result is kept in full or where the operands overlap wholly.
All of this is a convention, and often nobody says which. So every combination is a reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import product
from typing import Final, Literal, TypeAlias

from symconv.verification.reading.operators.names import Named
from symconv.verification.reading.operators.priors import INPUT, KERNEL, OUTPUT
from symconv.verification.reading.operators.sketches import (
    Activated,
    Added,
    Array,
    Channels,
    Framed,
    Gathers,
    Multiple,
    Sketch,
    Sloped,
    Star,
    Stretched,
    Turned,
    UnknownOperatorError,
    Written,
    within,
)
from symconv.verification.reading.operators.words import FUNCTIONS, SIGNS, Sign
from symconv.verification.truth.affine_sizes import Affine, size
from symconv.verification.truth.operators import (
    Convolved,
    Gated,
    Gathered,
    Mode,
    Operand,
    Padded,
    Rotated,
    Scaled,
    Spread,
    Summed,
    Whole,
    roles,
)

Slides: TypeAlias = Literal["kernel", "right", "left"]
UPSTREAM: Final = "grad_output"
SLOPE: Final = "slope"

PRINTED: Final[Mapping[str, str]] = {
    "circledast": "⊛",
    "otimes": "⊗",
    "star": "⋆",
    "times": "×",
    "boxtimes": "⊠",
    "circledcirc": "⊚",
    "oplus": "⊕",
}
MIXED: Final = 1.0  # the cost of another convention in the forward pass than here
UNTOLD: Final = 3.0  # ... of another one than the author says
SLIDES: Final[Mapping[Slides, float]] = {"kernel": 0.0, "right": 0.5, "left": 1.0}
FORWARDS: Final[Mapping[Mode, float]] = {"valid": 0.0, "same": 0.5, "full": 3.0}


@dataclass(frozen=True)
class Convention:
    """One meaning of the signs.

    Attributes:
        flips: (sign, whether it is a true convolution), in the order of the claim.
        forward: whether the forward pass is a true convolution.
        slides: which operand of a cross-correlation slides.
        mode: what signs without a mark keep.
        kept: what the forward pass keeps.
        cost: how implausible it is.
        stride: the stride of the forward pass.
    """

    flips: tuple[tuple[str, bool], ...]
    forward: bool
    slides: Slides
    mode: Mode
    kept: Mode
    cost: float
    stride: int = 1

    def flipped(self, sign: str) -> bool:
        """Return whether a sign is a true convolution."""
        return dict(self.flips).get(sign, self.forward)

    @property
    def sizes(self) -> dict[str, Affine]:
        """The size of each array along an axis."""
        kernel = size("k") * 2 + 1 if "same" in (self.kept, self.mode) else size("k")
        if self.kept == "valid":
            output = size("g")
            return {
                INPUT: (output - 1) * self.stride + kernel,
                KERNEL: kernel,
                UPSTREAM: output,
                OUTPUT: output,
            }
        whole = size("n")
        output = whole if self.kept == "same" else whole + kernel - 1
        return {INPUT: whole, KERNEL: kernel, UPSTREAM: output, OUTPUT: output}


def signs_of(sketches: Sequence[Sketch]) -> tuple[str, ...]:
    """Return the signs and functions that convolve, each once; transposed ones follow others."""
    found = [
        part.sign
        for sketch in sketches
        for part in within(sketch)
        if isinstance(part, Star) and not part.transposed
    ]
    return tuple(dict.fromkeys(found))


def sense(sign: str) -> Sign:
    """Return what is known of a sign."""
    return SIGNS.get(sign) or FUNCTIONS.get(sign) or Sign()


def printed(sign: str) -> str:
    """Return a sign as it is printed."""
    return PRINTED.get(sign, sign)


def conventions(
    sketches: Sequence[Sketch],
    *,
    forward: bool | None,
    known: Mapping[str, bool],
    defining: AbstractSet[str] = frozenset(),
) -> Iterator[Convention]:
    """Yield the meanings that the signs of a claim may have.

    Args:
        sketches: the sides of the claim.
        forward: whether the forward pass is a true convolution, if that is said.
        known: signs whose meaning the display says.
        defining: signs that the display writes the forward pass with.
    """
    signs = signs_of(sketches)
    stars = [p for s in sketches for p in within(s) if isinstance(p, Star)]
    open_modes = any(star.mode is None for star in stars)
    modes: tuple[Mode, ...] = ("valid", "full", "same") if open_modes else ("valid",)
    for flips in product((False, True), repeat=len(signs)):
        pairs = tuple(zip(signs, flips, strict=True))
        for turned, slides, mode, (kept, dear) in product(
            (False, True), SLIDES, modes, FORWARDS.items()
        ):
            if all(flips) and signs and slides != "kernel":
                continue
            if any(flip != turned for sign, flip in pairs if sign in defining):
                continue
            cost = dear + SLIDES[slides] + _cost(pairs, turned, forward, known)
            yield Convention(pairs, turned, slides, mode, kept, cost)


def _cost(
    pairs: tuple[tuple[str, bool], ...],
    turned: bool,
    forward: bool | None,
    known: Mapping[str, bool],
) -> float:
    cost = 0.0
    for sign, flips in pairs:
        said = known.get(sign)
        cost += UNTOLD * 2 if said is not None and said != flips else 0.0
        cost += sense(sign).flips if flips else sense(sign).stays
    if forward is not None:
        cost += 0.0 if turned == forward else 3 * UNTOLD
    agree = any(flips == turned for _, flips in pairs) or not pairs
    return cost + (0.0 if agree else MIXED if not turned else MIXED + 0.5)


@dataclass(frozen=True)
class Settler:
    """Turns a sketch into operators, under a convention and with a role for each array.

    Attributes:
        convention: what the signs mean.
        roles: array -> role.
        written: matrix that is written out -> the name that it is looked up by.
        result: the array that the result has the size of.
    """

    convention: Convention
    roles: Mapping[Named, str]
    written: Mapping[Written, str] = field(default_factory=dict)
    result: str = OUTPUT

    def operand(self, sketch: Sketch) -> Operand:
        """Return the operators of a sketch.

        Raises:
            UnknownOperatorError: a part has no meaning here.
        """
        match sketch:
            case Array(named=named):
                if named not in self.roles:
                    raise UnknownOperatorError(f"{named.text} has no role")
                return Whole(self.roles[named])
            case Star():
                return self._star(sketch)
            case Turned(operand=inner):
                return Rotated(self.operand(inner))
            case Stretched(operand=inner):
                return Spread(self.operand(inner), self.convention.stride)
            case Framed(operand=inner):
                return Padded(self.operand(inner), KERNEL)
            case Added(terms=terms):
                return Summed(tuple(self.operand(term) for term in terms))
            case Multiple(factor=factor, operand=inner):
                return Scaled(factor, self.operand(inner))
            case Sloped(operand=inner):
                if isinstance(inner, Array) and inner.named.gradient:
                    return self.operand(inner)
                return Gated(self.operand(inner), SLOPE)
            case Activated(operand=inner) | Channels(operand=inner):
                return self.operand(inner)
            case Gathers(left=left, right=right):
                return Gathered(
                    self.operand(left),
                    self.operand(right),
                    sketch.slope,
                    sketch.tap,
                    sketch.offset,
                    self.result,
                )
            case Written():
                if sketch in self.written:
                    return Whole(self.written[sketch])
        raise UnknownOperatorError("a matrix is written out beside names")

    def _star(self, star: Star) -> Operand:
        left, right = self.operand(star.left), self.operand(star.right)
        if star.transposed:
            signal, sliding = self._ordered(left, right, "kernel")
            return Convolved(signal, sliding, not self.convention.forward, star.mode or "full")
        flips, mode = self.convention.flipped(star.sign), star.mode or self.convention.mode
        if sense(star.sign).ordered and not flips:
            fits = mode != "valid" or self._ordered(left, right, "kernel")[1] is right
            found = Convolved(*((left, right) if fits else (right, left)), flips, mode)
            return found if fits else Rotated(found)
        signal, sliding = self._ordered(left, right, "kernel" if flips else self.convention.slides)
        return Convolved(signal, sliding, flips, mode)

    def _ordered(self, left: Operand, right: Operand, slides: Slides) -> tuple[Operand, Operand]:
        """Return (signal, sliding)."""
        if slides == "kernel":
            order = {KERNEL: 0, UPSTREAM: 1, OUTPUT: 2, INPUT: 3}
            ranks = [max(order.get(role, 9) for role in roles(side)) for side in (left, right)]
            slides = "left" if ranks[0] < ranks[1] else "right"
        return (left, right) if slides == "right" else (right, left)


def forward_pass(convention: Convention) -> Convolved:
    """Return the forward pass of a convention."""
    return Convolved(
        Whole(INPUT), Whole(KERNEL), convention.forward, convention.kept, convention.stride
    )
