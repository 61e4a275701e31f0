"""Verdicts on whole arrays: what all readings within reach say together, and on what conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.verification.outcome import Outcome
from symconv.verification.questions.operators.casting import (
    Casting,
)
from symconv.verification.questions.operators.conventions import (
    Convention,
    printed,
    signs_of,
)
from symconv.verification.questions.operators.layers import Layering
from symconv.verification.questions.operators.trials import NAMED, Trial
from symconv.verification.questions.operators.wording import (
    is_strided,
    kind_of,
    listed,
    mode_in_words,
    sense_in_words,
    senses_of,
    slides_in_words,
    stars_of,
    stride_of,
)
from symconv.verification.reading.operators.names import Named
from symconv.verification.reading.operators.priors import INPUT, KERNEL
from symconv.verification.reading.operators.sketches import Array, Sketch, Turned, within

DIVIDES: Final = "the stride divides input - kernel"
SAME_OPTIONS: Final = (
    "stride and padding are those of the forward pass, and the stride divides "
    "input + 2·padding - kernel"
)
KINDS: Final = {KERNEL: "grad_weight", INPUT: "grad_input"}
SWAPPED_STRIDES: Final = (
    "the result is cropped to the kernel's size, which is needed unless "
    "(padded input - dilation·(kernel - 1) - 1) mod stride < dilation"
)
REACH: Final = 2.25  # conventions dearer than the likeliest by more are not used
NEAR: Final = 1.25  # readings that near to the likeliest have to agree for a proof


def verdict(
    trials: Sequence[tuple[Trial, Casting]],
    sides: Sequence[Sketch],
    kind: str,
    found: Layering,
    left: Named | None,
    *,
    with_forward: bool = True,
) -> Outcome:
    """Return the verdict that the trials of all readings within reach give together.

    Args:
        trials: what was found under each reading.
        sides: the sides of the claim.
        kind: what it is about.
        found: what its layers say.
        left: the array on its left, if that is one.
        with_forward: whether what the forward pass does matters.
    """
    trials = [item for item in trials if item[0].finding != "meaningless"] or trials
    ranked = sorted(trials, key=lambda item: (item[0].cost, not item[0].fits))
    cheapest = ranked[0][0].cost
    within_reach = [item for item in ranked if item[0].cost <= cheapest + REACH]
    right = [item for item in within_reach if item[0].finding == "proved"]
    if not right:
        return _wrong(within_reach, sides, kind, left)
    trial, casting = right[0]
    conditions = _conditions(right, within_reach, sides, found, with_forward=with_forward)
    return Outcome(
        kind=KINDS.get(casting.by or "", kind),
        status="right_when" if conditions else "proved",
        reading=_reading(casting, trial.convention, sides, left),
        reach=f"for all sizes, any number of axes, by comparing index maps; {stride_of(sides)}",
        condition="; ".join(conditions),
    )


def _wrong(
    trials: Sequence[tuple[Trial, Casting]],
    sides: Sequence[Sketch],
    kind: str,
    left: Named | None,
) -> Outcome:
    fitting = [item for item in trials if item[0].fits] or list(trials)
    trial, casting = next((item for item in fitting if item[0].example), fitting[0])
    reading = _reading(casting, trial.convention, sides, left)
    kind = KINDS.get(casting.by or "", kind)
    undecided = any(item[0].finding != "refuted" for item in trials)
    if undecided or trial.example is None:
        return Outcome(kind, "undecided", reading, "no proof and no counterexample was found")
    reach = "under every meaning that its signs may have; the likeliest is shown"
    return Outcome(kind, "refuted", reading, reach, counterexample=trial.example)


def _conditions(
    right: Sequence[tuple[Trial, Casting]],
    tried_ones: Sequence[tuple[Trial, Casting]],
    sides: Sequence[Sketch],
    found: Layering,
    *,
    with_forward: bool,
) -> list[str]:
    """Return what a right reading takes for granted that others, as near, do not."""
    trial = right[0][0]
    convention = trial.convention
    near = [t for t, _ in tried_ones if t.cost <= trial.cost + NEAR]
    conditions = [*found.assumes, *(SWAPPED_STRIDES for s in stars_of(sides) if s.swapped)]
    if is_strided(sides):
        conditions.append(DIVIDES)
    if any(star.strided for star in stars_of(sides)):
        conditions.append(SAME_OPTIONS)
    signs = signs_of(sides)
    conditions += _assumed_turns(sides)
    conditions += _roles_in_words(right, tried_ones, trial.cost + NEAR)
    if with_forward:
        truths = {senses_of(t.convention) for t, _ in right if _alike(t.convention, convention)}
        rivals = {senses_of(t.convention) for t in near if _alike(t.convention, convention)}
    else:
        rivals = {senses_of(t.convention) for t in near}
        failing = {senses_of(t.convention) for t in near if t.finding == "refuted"}
        truths = rivals - failing or {senses_of(convention)}
    if rivals - truths:
        conditions.append(sense_in_words(truths, convention, signs, forward=with_forward))
    rival_slides = {
        t.convention.slides
        for t in near
        if senses_of(t.convention) == senses_of(convention)
        and t.finding != "proved"
        and (t.convention.mode, t.convention.kept) == (convention.mode, convention.kept)
    }
    if signs and rival_slides:
        conditions.append(slides_in_words(convention, right[0][1].by))
    if any(star.mode is None for star in stars_of(sides)) and convention.mode != convention.kept:
        shown = listed(signs)
        conditions.append(f"{shown} keeps {mode_in_words(convention.mode)}")
    if convention.kept != "valid":
        conditions.append(f"the forward pass keeps {mode_in_words(convention.kept)}")
    return conditions


def _assumed_turns(sides: Sequence[Sketch]) -> list[str]:
    """Return which names are taken for a rotated array."""
    turns = [part for side in sides for part in within(side) if isinstance(part, Turned)]
    texts = [
        f"{turn.assumed} is {turn.operand.named.shown} rotated by half a turn"
        for turn in turns
        if turn.assumed and isinstance(turn.operand, Array)
    ]
    return list(dict.fromkeys(texts))


def _roles_in_words(
    right: Sequence[tuple[Trial, Casting]], tried_ones: Sequence[tuple[Trial, Casting]], upto: float
) -> list[str]:
    """Return which roles are taken for granted where others are as plausible, and wrong."""
    casting = right[0][1]
    good = {tuple(found.roles.items()) for _, found in right}
    near = {tuple(found.roles.items()) for t, found in tried_ones if t.cost <= upto}
    if not near - good:
        return []
    named = [f"{a.shown} is the {NAMED.get(r, r)}" for a, r in casting.roles.items()]
    return [" and ".join(dict.fromkeys(named))]


def _alike(one: Convention, other: Convention) -> bool:
    """Return whether conventions differ in what flips only."""
    return (one.mode, one.kept) == (other.mode, other.kept) and (
        one.slides == other.slides or "kernel" in (one.slides, other.slides)
    )


def _reading(
    casting: Casting, convention: Convention, sides: Sequence[Sketch], left: Named | None
) -> str:
    parts = [f"{array.shown} {NAMED.get(role, 'array')}" for array, role in casting.roles.items()]
    if left is not None and casting.by:
        parts.insert(0, f"{left.shown} gradient with respect to the {casting.by}")
    words = [", ".join(dict.fromkeys(parts))]
    for sign, flips in convention.flips:
        words.append(f"{printed(sign)} {kind_of(flips)}")
    if casting.by:
        shown = f"{kind_of(convention.forward)}, {convention.kept}, {stride_of(sides)}"
        words.append(f"forward pass {shown}")
    return "; ".join(words)
