"""Claims about gradients and forward passes as whole arrays: roles, layers, conventions, verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from symconv.verification.outcome import Outcome
from symconv.verification.questions.operators_channels import free_labels, unsummed
from symconv.verification.questions.operators_conventions import (
    UPSTREAM,
    Convention,
    Settler,
    conventions,
    forward_pass,
    printed,
    sense,
    signs_of,
)
from symconv.verification.questions.operators_layers import Layering, layering
from symconv.verification.questions.operators_trials import NAMED, Question, Trial, tried
from symconv.verification.reading.operator_names import (
    BIASES,
    DELTAS,
    INPUT,
    KERNEL,
    OUTPUT,
    UPSTREAMS,
    Named,
    prior,
    told_role,
)
from symconv.verification.reading.operator_sketches import (
    Activated,
    Added,
    Array,
    Sketch,
    Sloped,
    Star,
    Stretched,
    UnknownOperatorError,
    arrays_of,
    within,
)
from symconv.verification.reading.roles import Told

SWAPPED: Final = 9.0
STRIDES: Final = (1, 2, 3)
"""Index maps are affine in the stride: what holds for two strides holds for all."""
DIVIDES: Final = "the stride divides input - kernel"
SAME_OPTIONS: Final = (
    "stride and padding are those of the forward pass, and the stride divides "
    "input + 2·padding - kernel"
)
FINDINGS: Final = ("meaningless", "refuted", "undecided", "proved")
KINDS: Final = {KERNEL: "grad_weight", INPUT: "grad_input"}
SWAPPED_STRIDES: Final = (
    "the result is cropped to the kernel's size, which is needed unless "
    "(padded input - dilation·(kernel - 1) - 1) mod stride < dilation"
)
UNNAMED: Final = 4.0  # a gradient claim without an upstream gradient cannot be right
REACH: Final = 2.25  # conventions dearer than the likeliest by more are not used
NEAR: Final = 1.25  # readings that near to the likeliest have to agree for a proof
Roles = Mapping[Named, str]


@dataclass(frozen=True)
class Context:
    """What is known beside the claim.

    Attributes:
        told: what was said of names.
        forward: whether the forward pass is a true convolution, if that is said.
        known: signs whose meaning is said.
    """

    told: Told
    forward: bool | None = None
    known: Mapping[str, bool] | None = None


@dataclass(frozen=True)
class Casting:
    """A role for each array, and what that costs."""

    roles: Roles
    by: str | None
    cost: float
    alike: tuple[tuple[str, str], ...] = ()


def without_bias(sketch: Sketch) -> Sketch:
    """Return a sum without its bias, which nothing convolves."""
    if isinstance(sketch, Activated):
        return Activated(without_bias(sketch.operand))
    if not isinstance(sketch, Added):
        return sketch
    kept = [term for term in sketch.terms if not _is_bias(term)]
    if len(kept) == len(sketch.terms) or not kept:
        return sketch
    return kept[0] if len(kept) == 1 else Added(tuple(kept))


def _is_bias(sketch: Sketch) -> bool:
    return isinstance(sketch, Array) and not sketch.named.gradient and _biased(sketch.named.base)


def _biased(name: str) -> bool:
    return name.split("_")[0].rstrip("'") in BIASES


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
    trials: list[tuple[Trial, Casting]] = []
    for casting in gradient_castings(left, arrays_of(right), context.told):
        trials += [(trial, casting) for trial in _trials(left, right, casting, context, found)]
    if not trials:
        return None
    return verdict(trials, (right,), "gradient", found, left)


def gradient_castings(left: Named, right: Sequence[Named], told: Told) -> Iterator[Casting]:
    """Yield the roles that the arrays on the right of a gradient claim may have."""
    arrays = dict.fromkeys(right)
    upstream = [array for array in arrays if array.gradient]
    values = [array for array in arrays if not array.gradient]
    if any(array.key == left.key for array in upstream):
        raise UnknownOperatorError("the gradient stands on both sides")
    unnamed = (
        [None] if upstream else [None, *(a for a in values if a.base.split("_")[0] in UPSTREAMS)]
    )
    for (by, other), chosen in product(((KERNEL, INPUT), (INPUT, KERNEL)), unnamed):
        cost = cost_of(left, by, told) - (UNNAMED if chosen else 0.0)
        roles: dict[Named, str] = dict.fromkeys(upstream, UPSTREAM)
        for array in values:
            role = UPSTREAM if array == chosen else other
            if len({value.key for value in values if value != chosen}) > 1:
                role = _likeliest(array)
            roles[array] = role
            cost += 0.0 if role == UPSTREAM else cost_of(array, role, told)
        yield Casting(roles, by, cost)


def _likeliest(array: Named) -> str:
    return KERNEL if prior(array.base, KERNEL) < prior(array.base, INPUT) else INPUT


def cost_of(array: Named, role: str, told: Told) -> float:
    """Return what it costs to take an array for a role: what was said, else what names mean."""
    said = told_role(array, told)
    if said == OUTPUT and role == INPUT and (array.layer or array.gradient):
        return 1.0  # what one layer puts out is what the next one reads
    if said is not None:
        return 0.0 if said == role else SWAPPED
    if array.gradient and array.base in DELTAS:
        return 0.0 if role == INPUT else SWAPPED
    return prior(array.base, role)


def _trials(
    left: Named, right: Sketch, casting: Casting, context: Context, found: Layering
) -> Iterator[Trial]:
    names = _names(casting.roles)
    sloped = any(isinstance(part, Sloped) for part in _top(right)) and casting.by == INPUT
    strides = STRIDES if any(isinstance(part, Stretched) for part in within(right)) else (1,)
    tries: dict[tuple[Question, Convention], Trial] = {}
    for convention in conventions((right,), forward=context.forward, known=context.known or {}):
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


def _names(roles: Roles) -> dict[str, str]:
    return {role: array.shown for array, role in roles.items()}


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
        return _wrong(within_reach, sides, kind, found, left)
    trial, casting = right[0]
    conditions = _conditions(right, within_reach, sides, found, with_forward=with_forward)
    return Outcome(
        kind=KINDS.get(casting.by or "", kind),
        status="right_when" if conditions else "proved",
        reading=_reading(casting, trial.convention, sides, left),
        reach=f"for all sizes, any number of axes, by comparing index maps; {_stride(sides)}",
        condition="; ".join(conditions),
    )


def _wrong(
    trials: Sequence[tuple[Trial, Casting]],
    sides: Sequence[Sketch],
    kind: str,
    found: Layering,
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
    conditions = [*found.assumes, *(SWAPPED_STRIDES for s in _stars(sides) if s.swapped)]
    if _strided(sides):
        conditions.append(DIVIDES)
    if any(star.strided for star in _stars(sides)):
        conditions.append(SAME_OPTIONS)
    signs = signs_of(sides)
    conditions += _roles_in_words(right, tried_ones, trial.cost + NEAR)
    if with_forward:
        truths = {_senses(t.convention) for t, _ in right if _alike(t.convention, convention)}
        rivals = {_senses(t.convention) for t in near if _alike(t.convention, convention)}
    else:
        rivals = {_senses(t.convention) for t in near}
        failing = {_senses(t.convention) for t in near if t.finding == "refuted"}
        truths = rivals - failing or {_senses(convention)}
    if rivals - truths:
        conditions.append(_sense_in_words(truths, convention, signs, forward=with_forward))
    rival_slides = {
        t.convention.slides
        for t in near
        if _senses(t.convention) == _senses(convention)
        and t.finding != "proved"
        and (t.convention.mode, t.convention.kept) == (convention.mode, convention.kept)
    }
    if signs and rival_slides:
        conditions.append(_slides_in_words(convention, right[0][1].by))
    if any(star.mode is None for star in _stars(sides)) and convention.mode != convention.kept:
        shown = _listed(signs)
        conditions.append(f"{shown} keeps {_mode_in_words(convention.mode)}")
    if convention.kept != "valid":
        conditions.append(f"the forward pass keeps {_mode_in_words(convention.kept)}")
    return conditions


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


def _senses(convention: Convention) -> tuple[tuple[bool, ...], bool]:
    return tuple(flips for _, flips in convention.flips), convention.forward


def _alike(one: Convention, other: Convention) -> bool:
    """Return whether conventions differ in what flips only."""
    return (one.mode, one.kept) == (other.mode, other.kept) and (
        one.slides == other.slides or "kernel" in (one.slides, other.slides)
    )


def _stars(sides: Sequence[Sketch]) -> list[Star]:
    return [part for side in sides for part in within(side) if isinstance(part, Star)]


def _strided(sides: Sequence[Sketch]) -> bool:
    return any(isinstance(part, Stretched) for side in sides for part in within(side))


def _stride(sides: Sequence[Sketch]) -> str:
    free = any(star.swapped or star.strided for star in _stars(sides))
    return "every stride" if _strided(sides) or free else "stride 1"


def _listed(signs: Sequence[str]) -> str:
    return " and ".join(map(printed, signs)) or "it"


def _kind(flips: bool) -> str:
    return "a true convolution" if flips else "a cross-correlation"


def _sense_in_words(
    truths: set[tuple[tuple[bool, ...], bool]],
    convention: Convention,
    signs: Sequence[str],
    *,
    forward: bool,
) -> str:
    flips, turned = _senses(convention)
    if len(signs) == 1 and forward:
        both = {((False,), False), ((True,), True)}
        sign = printed(signs[0])
        if both <= truths:
            return f"{sign} is the operation of the forward pass, with the same sense of rotation"
        if flips[0] == turned:
            return f"{sign} is {_kind(flips[0])}, in the forward pass too"
        return f"{sign} is {_kind(flips[0])} and the forward pass is {_kind(turned)}"
    if not signs:
        return f"the forward pass is {_kind(turned)}"
    parts = [f"{printed(sign)} is {_kind(flip)}" for sign, flip in zip(signs, flips, strict=True)]
    return " and ".join(parts)


def _slides_in_words(convention: Convention, by: str | None) -> str:
    usual = "the kernel slides" if by == INPUT else "the smaller operand slides over the larger one"
    return {
        "kernel": usual,
        "right": "the operand on the right slides",
        "left": "the operand on the left slides",
    }[convention.slides]


def _mode_in_words(mode: str) -> str:
    return {
        "full": "every position at which the operands overlap (full, zeros of kernel size - 1)",
        "valid": "the positions at which they overlap wholly (valid)",
        "same": "as many positions as the signal has (same, odd kernels)",
    }[mode]


def _reading(
    casting: Casting, convention: Convention, sides: Sequence[Sketch], left: Named | None
) -> str:
    parts = [f"{array.shown} {NAMED.get(role, 'array')}" for array, role in casting.roles.items()]
    if left is not None and casting.by:
        parts.insert(0, f"{left.shown} gradient with respect to the {casting.by}")
    words = [", ".join(dict.fromkeys(parts))]
    for sign, flips in convention.flips:
        words.append(f"{printed(sign)} {_kind(flips)}")
    if casting.by:
        shown = f"{_kind(convention.forward)}, {convention.kept}, {_stride(sides)}"
        words.append(f"forward pass {shown}")
    return "; ".join(words)


# Forward passes and identities


def identity_claim(
    sides: Sequence[Sketch], context: Context, *, kind: str, left: Named | None = None
) -> Outcome | None:
    """Return the verdict on sides that are claimed to be equal, as results of operators."""
    bare_sides = [without_bias(side) for side in sides]
    if len({free_labels(side) for side in bare_sides}) > 1:
        return None
    castings = list(_free_castings(bare_sides, context.told))
    trials: list[tuple[Trial, Casting]] = []
    for casting in castings:
        names = _names(casting.roles)
        for convention in conventions(
            bare_sides, forward=None, known=_told_signs(bare_sides, context)
        ):
            if convention.kept != "valid" or convention.forward:
                continue
            worst = _worst(bare_sides, casting, convention, names)
            trials.append((replace(worst, cost=identity_cost(convention) + casting.cost), casting))
    if not trials:
        return None
    return verdict(trials, bare_sides, kind, Layering(), left, with_forward=False)


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


def _told_signs(sides: Sequence[Sketch], context: Context) -> dict[str, bool]:
    return dict(context.known or {})


def _free_castings(sides: Sequence[Sketch], told: Told) -> Iterator[Casting]:
    arrays = list(dict.fromkeys(array for side in sides for array in arrays_of(side)))
    if len({array.key for array in arrays}) != 2:
        keys = list(dict.fromkeys(array.key for array in arrays))
        roles = {array: f"array {keys.index(array.key)}" for array in arrays}
        yield Casting(roles, None, 0.0, tuple(_alike_sizes(sides, roles)))
        return
    first = arrays[0].key
    for one, other in ((INPUT, KERNEL), (KERNEL, INPUT)):
        roles = {array: one if array.key == first else other for array in arrays}
        cost = sum(cost_of(array, role, told) for array, role in roles.items()) / 2
        yield Casting(roles, None, cost)


def _alike_sizes(sides: Sequence[Sketch], roles: Roles) -> Iterator[tuple[str, str]]:
    """Yield (array, another of the same size) for arrays that are added up."""
    for side in sides:
        for part in within(side):
            if isinstance(part, Added):
                added = [roles[t.named] for t in part.terms if isinstance(t, Array)]
                yield from ((role, added[0]) for role in added[1:])


def forward_claim(left: Named, right: Sketch, context: Context) -> Outcome | None:
    """Return the verdict on y = operators, where the forward pass is said elsewhere or usual."""
    found = layering(left, right, context.told)
    if found.wrong:
        return _refuted_layers(left, right, found)
    right = without_bias(right)
    trials: list[tuple[Trial, Casting]] = []
    for casting in _free_castings((right,), context.told):
        names = _names(casting.roles)
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
