"""Claims about gradients and forward passes as whole arrays, tried under every convention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from symconv.verification.outcome import Outcome
from symconv.verification.questions.operators.casting import (
    Casting,
    Context,
    free_castings,
    gradient_castings,
    names_of,
    without_bias,
)
from symconv.verification.questions.operators.channels import free_labels, unsummed
from symconv.verification.questions.operators.conventions import (
    Convention,
    Settler,
    conventions,
    forward_pass,
    sense,
)
from symconv.verification.questions.operators.labels import miscounted
from symconv.verification.questions.operators.layers import Layering, layering
from symconv.verification.questions.operators.trials import Question, Trial, tried
from symconv.verification.questions.operators.verdicts import verdict
from symconv.verification.reading.operators.names import Named
from symconv.verification.reading.operators.priors import INPUT, KERNEL, OUTPUT
from symconv.verification.reading.operators.sketches import (
    Activated,
    Sketch,
    Sloped,
    Stretched,
    arrays_of,
    within,
)

STRIDES: Final = (1, 2, 3)
"""Index maps are affine in the stride: what holds for two strides holds for all."""
FINDINGS: Final = ("meaningless", "refuted", "undecided", "proved")


# Gradients


def gradient_claim(left: Named, right: Sketch, context: Context) -> Outcome | None:
    """Return the verdict on left = right, where the left side is a gradient; None: no operators."""
    found = layering(left, right, context.told)
    if found.wrong:
        return _refuted_layers(left, right, found)
    missing = unsummed(left, right)
    if missing is None:
        return None
    if missing:
        text = f"it is summed over {', '.join(missing)}, or there is one such channel"
        found = replace(found, assumes=(*found.assumes, text))
    if counted := miscounted(left, right, context.told):
        found = replace(found, assumes=(*found.assumes, *counted))
    trials: list[tuple[Trial, Casting]] = []
    for casting in gradient_castings(left, arrays_of(right), context.told):
        trials += [(trial, casting) for trial in _trials(right, casting, context, found)]
    if not trials:
        return None
    return verdict(trials, (right,), "gradient", found, left)


def _trials(right: Sketch, casting: Casting, context: Context, found: Layering) -> Iterator[Trial]:
    names = names_of(casting.roles)
    sloped = any(isinstance(part, Sloped) for part in _top(right)) and casting.by == INPUT
    strides = STRIDES if any(isinstance(part, Stretched) for part in within(right)) else (1,)
    tries: dict[tuple[Question, Convention], Trial] = {}
    meanings = conventions(
        (right,),
        forward=context.forward,
        known=context.known or {},
        defining=context.defining,
    )
    for convention in meanings:
        if strides != (1,) and convention.kept != "valid":
            continue
        trials = []
        for stride in strides:
            strided = replace(convention, stride=stride)
            settler = Settler(strided, casting.roles, result=casting.by or OUTPUT)
            question = Question(settler.operand(right), by=casting.by, sloped=sloped)
            neutral = replace(strided, flips=(), slides="kernel", mode="valid", cost=0.0)
            if "same" in (convention.mode, convention.kept):
                neutral = replace(neutral, mode="same")
            key = (question, neutral)
            if key not in tries:
                tries[key] = tried(question, strided, names)
            trials.append(tries[key])
        worst = min(trials, key=lambda trial: FINDINGS.index(trial.finding))
        yield replace(
            worst, convention=convention, cost=convention.cost + casting.cost + found.cost
        )


def _top(sketch: Sketch) -> Iterator[Sketch]:
    while isinstance(sketch, Sloped):
        yield sketch
        sketch = sketch.operand


def _refuted_layers(left: Named, right: Sketch, found: Layering) -> Outcome:
    reading = ", ".join(array.shown for array in (left, *dict.fromkeys(arrays_of(right))))
    return Outcome(
        kind="gradient" if left.gradient else "output",
        status="refuted",
        reading=f"{reading}; layers are numbered from the input",
        reach=found.wrong,
        condition="",
    )


# Verdicts


# Forward passes and identities


def identity_claim(
    sides: Sequence[Sketch], context: Context, *, kind: str, left: Named | None = None
) -> Outcome | None:
    """Return the verdict on sides that are claimed to be equal, as results of operators."""
    bare_sides = [without_bias(side) for side in sides]
    arrays = [array for side in bare_sides for array in arrays_of(side)]
    if any(array.gradient or "'" in array.base for array in arrays):
        return None
    if not _alike_activated(bare_sides):
        return None
    if len({free_labels(side) for side in bare_sides}) > 1:
        return None
    castings = list(free_castings(bare_sides, context.told))
    trials: list[tuple[Trial, Casting]] = []
    for casting in castings:
        names = names_of(casting.roles)
        for convention in conventions(bare_sides, forward=None, known=dict(context.known or {})):
            if convention.kept != "valid" or convention.forward:
                continue
            worst = _worst(bare_sides, casting, convention, names)
            trials.append((replace(worst, cost=identity_cost(convention) + casting.cost), casting))
    if not trials:
        return None
    return verdict(trials, bare_sides, kind, Layering(), left, with_forward=False)


def _alike_activated(sides: Sequence[Sketch]) -> bool:
    """Return whether an activation stands around all sides or around none, and nowhere inside."""
    counts = [sum(isinstance(part, Activated) for part in within(side)) for side in sides]
    outside = [isinstance(side, Activated) for side in sides]
    return counts == [int(flag) for flag in outside] and len(set(outside)) == 1


def _worst(
    sides: Sequence[Sketch], casting: Casting, convention: Convention, names: Mapping[str, str]
) -> Trial:
    settler = Settler(convention, casting.roles)
    first, *others = (settler.operand(side) for side in sides)
    found = [
        tried(Question(other, true=first, alike=casting.alike), convention, names)
        for other in others
    ]
    return min(found, key=lambda trial: FINDINGS.index(trial.finding))


def identity_cost(convention: Convention) -> float:
    """Different signs stand for different operations; nobody says which operand slides."""
    cost = sum(
        sense(sign).flips if flips else sense(sign).stays for sign, flips in convention.flips
    )
    senses = [flips for _, flips in convention.flips]
    alike = len(senses) > 1 and len(set(senses)) == 1
    slides = {"kernel": 9.0, "right": 0.0, "left": 0.0}[convention.slides]
    if all(senses):
        slides = 0.0
    modes = {"valid": 0.0, "full": 0.25, "same": 1.0}[convention.mode]
    return cost + slides + modes + (0.5 if alike else 0.0)


def forward_claim(left: Named, right: Sketch, context: Context) -> Outcome | None:
    """Return the verdict on y = operators, where the forward pass is said elsewhere or usual."""
    found = layering(left, right, context.told)
    if found.wrong:
        return _refuted_layers(left, right, found)
    right = without_bias(right)
    trials: list[tuple[Trial, Casting]] = []
    for casting in free_castings((right,), context.told):
        names = names_of(casting.roles)
        if set(casting.roles.values()) != {INPUT, KERNEL}:
            return None
        for convention in conventions((right,), forward=context.forward, known=context.known or {}):
            if convention.kept == "full":
                continue
            claimed = Settler(convention, casting.roles).operand(right)
            question = Question(claimed, true=forward_pass(convention))
            trial = tried(question, convention, names)
            trials.append((replace(trial, cost=convention.cost + casting.cost), casting))
    return verdict(trials, (right,), "output", found, left) if trials else None
