"""Is an expression the number of weights or of operations that its left side names?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from symconv.formula.spelling import spell_latex
from symconv.formula.tree import Expression, Floor, Letter, Quotient
from symconv.verification.outcome import SMALLEST, Outcome, Status
from symconv.verification.questions.scalars.examples import smallest
from symconv.verification.questions.scalars.forms import same_value
from symconv.verification.questions.scalars.roles import role_costs
from symconv.verification.questions.scalars.sizes import EACH, Judged, operations
from symconv.verification.questions.scalars.values import NoValueError, Number, value_of
from symconv.verification.questions.scalars.words import in_text
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars.size_priors import (
    BATCH,
    EXTENT,
    GROUPS,
    IN_CHANNELS,
    INPUT,
    KERNEL,
    OUT_CHANNELS,
    OUTPUT,
    PLAIN,
    taken_apart,
)
from symconv.verification.reading.scalars.trees import names_of
from symconv.verification.truth.algebra import rebuild, substitute, times
from symconv.verification.truth.counts import Count, counts

_SYMBOLS: Final[Mapping[str, str]] = {
    KERNEL: "k",
    EXTENT: "k",
    OUTPUT: "s",
    INPUT: "s",
    IN_CHANNELS: "i",
    OUT_CHANNELS: "o",
    GROUPS: "g",
    BATCH: "n",
}
_WORDS: Final[Mapping[str, str]] = {
    "k": "kernel size",
    "s": "output size",
    "i": "input channels",
    "o": "output channels",
    "g": "groups",
    "n": "batch size",
}
_MOST: Final[Mapping[str, int]] = {"k": 3, "s": 3}  # names of one kind; of others, one
_VALUES: Final[Mapping[str, tuple[tuple[int, int], ...]]] = {
    "k": ((7, 5), (11, 3), (13, 8)),
    "s": ((17, 29), (19, 31), (23, 37)),
    "i": ((41, 53),),
    "o": ((43, 59),),
    "g": ((2, 6),),
    "n": ((47, 61),),
}
_NAMED: Final[Mapping[str, str]] = {
    "param": "parameters", "paramètre": "parameters", "parámetro": "parameters",
    "parâmetro": "parameters", "weight": "parameters", "gewicht": "parameters",
    "参数": "parameters", "パラメータ": "parameters", "파라미터": "parameters",
    "параметр": "parameters", "flop": "operations", "mac": "operations", "mult": "operations",
    "madd": "operations", "ops": "operations", "operation": "operations", "cost": "operations",
    "计算量": "operations", "ratio": "ratio", "reduction": "ratio",
}  # fmt: skip
_TWO: Final = ("flop",)
_THIRD: Final = 0.6  # the cost of a third axis
_LAYER: Final = re.compile(r"[_^]\^?[\[({]*[lLikt](?P<step>[-+]\d)?[\])}]*$")
MAX_TRIED: Final = 4000
MAX_NAMES: Final = 9
WITHIN: Final = 6.0


@dataclass(frozen=True)
class _Assigned:
    """Names with the symbols they stand for, in order, and what that costs."""

    cost: float
    symbols: Mapping[str, str]

    def places(self) -> dict[str, tuple[str, int]]:
        """Return name -> (symbol, which of several)."""
        seen: dict[str, int] = {}
        found = {}
        for name, symbol in self.symbols.items():
            found[name] = (symbol, seen.get(symbol, 0))
            seen[symbol] = seen.get(symbol, 0) + 1
        return found


def judged_count(
    left: str | None, expression: Expression, told: Told, hints: str = ""
) -> Judged | None:
    """Return what is found out about an expression as a count of weights or operations, or None."""
    kind = counted_kind(left or hints)
    if left is not None and kind is None and (len(left) > 1 or taken_apart(left).tags):
        return None
    unnamed = kind is None
    names = names_of(expression)
    if not 1 < len(names) <= MAX_NAMES:
        return None
    expression = _in_whole_groups(expression, told)
    try:
        claimed = value_of(expression)
    except NoValueError:
        return None
    best: tuple[float, _Assigned, Count, tuple[int, int]] | None = None
    for assigned in islice(_assignments(names, told), MAX_TRIED):
        if best is not None and assigned.cost >= best[0]:
            continue
        places = assigned.places()
        try:
            key = tuple(
                claimed({name: _VALUES[s][nth][point] for name, (s, nth) in places.items()})
                for point in (0, 1)
            )
        except ArithmeticError:
            continue
        for count, powers in _known(_how_many(places, "k"), _how_many(places, "s")).get(key, ()):
            if kind in (None, count.kind) and _same(expression, assigned, count, powers):
                best = (assigned.cost, assigned, count, powers)
                break
    if best is None or best[0] > EACH * operations(expression):
        return None
    cost, assigned, count, _ = best
    extra = 0.0 if not unnamed else 0.3 if left is None else 2.0
    return Judged(cost + extra, _outcome(left, assigned, count, told, unnamed=unnamed))


def counted_kind(text: str) -> str | None:
    """Return what a name or a heading counts: "parameters", "operations", "ratio"; or None."""
    lower = text.lower()
    return next((kind for stem, kind in _NAMED.items() if stem in lower), None)


def _in_whole_groups(expression: Any, told: Told) -> Any:
    """Return an expression without the rounding of channels // groups, which divide them."""
    match expression:
        case Floor(operand=Quotient(numerator=above, denominator=Letter(name=name) as groups)):
            costs = [role_costs(part, told).get(IN_CHANNELS, PLAIN) for part in names_of(above)]
            if role_costs(name, told).get(GROUPS, PLAIN) < 1.0 and min(costs, default=PLAIN) < 1.0:
                return Quotient(_in_whole_groups(above, told), groups)
    return rebuild(expression, lambda part: _in_whole_groups(part, told))


def _how_many(places: Mapping[str, tuple[str, int]], symbol: str) -> int:
    return sum(1 for own, _ in places.values() if own == symbol)


def _assignments(names: tuple[str, ...], told: Told) -> Iterator[_Assigned]:
    """Yield the symbols of all names within WITHIN of the cheapest choice."""
    options: list[tuple[str, list[tuple[str, float]]]] = []
    for name in names:
        cheapest: dict[str, float] = {}
        for role, cost in role_costs(name, told).items():
            symbol = _SYMBOLS.get(role)
            if symbol and cost < PLAIN:
                cheapest[symbol] = min(cost, cheapest.get(symbol, PLAIN))
        if not cheapest:
            return
        options.append((name, sorted(cheapest.items(), key=lambda option: option[1])))
    least = [0.0]
    for _, choices in reversed(options):
        least.append(least[-1] + choices[0][1])
    least.reverse()
    symbols: dict[str, str] = {}
    used: dict[str, int] = {}

    def go(place: int, cost: float) -> Iterator[_Assigned]:
        if place == len(options):
            if not _is_turned(symbols, told):
                yield _Assigned(cost, dict(symbols))
            return
        name, choices = options[place]
        for symbol, price in choices:
            if cost + price + least[place + 1] > least[0] + WITHIN:
                break
            held = used.get(symbol, 0)
            if held >= _MOST.get(symbol, 1):
                continue
            price += _THIRD if held == 2 else 0.0
            symbols[name] = symbol
            used[symbol] = used.get(symbol, 0) + 1
            yield from go(place + 1, cost + price)
            used[symbol] -= 1
            del symbols[name]

    yield from go(0, 0.0)


def _is_turned(symbols: Mapping[str, str], told: Told) -> bool:
    """Return whether the input channels are of a later layer than the output channels."""
    layers = {
        own: int(found["step"] or 0)
        for name, own in symbols.items()
        if own in ("i", "o") and name not in told.names and (found := _LAYER.search(name))
    }
    return len(layers) == 2 and layers["i"] > layers["o"]


@lru_cache(maxsize=64)
def _known(
    kernels: int, sizes: int
) -> Mapping[tuple[Number, ...], tuple[tuple[Count, tuple[int, int]], ...]]:
    """Return the values of all counts at both points, with the powers of a lone kernel or size."""
    found: dict[tuple[Number, ...], tuple[tuple[Count, tuple[int, int]], ...]] = {}
    for powers in _powers(kernels, sizes):
        for count in counts():
            used = names_of(count.value)
            if ("K" in used) != bool(kernels) or ("S" in used) != bool(sizes):
                continue
            key = []
            for point in (0, 1):
                env = {s: _VALUES[s][0][point] for s in ("i", "o", "g", "n")}
                env["K"] = _volume("k", kernels, powers[0], point)
                env["S"] = _volume("s", sizes, powers[1], point)
                key.append(value_of(count.value)(env))
            entry = tuple(key)
            found[entry] = (*found.get(entry, ()), (count, powers))
    return found


def _powers(kernels: int, sizes: int) -> Iterator[tuple[int, int]]:
    """Yield how often a lone kernel or size stands for an axis; both as often where both do."""
    for axes in (2, 1, 3):
        kernel = axes if kernels == 1 else 1
        size = axes if sizes == 1 else 1
        fits = kernels in (0, 1, axes) and sizes in (0, 1, axes)
        if fits and (kernels == 1 or sizes == 1 or axes == 2):
            yield kernel, size


def _volume(symbol: str, many: int, power: int, point: int) -> int:
    product = 1
    for nth in range(many):
        product *= _VALUES[symbol][nth][point] ** power
    return product


def _same(
    expression: Expression, assigned: _Assigned, count: Count, powers: tuple[int, int]
) -> bool:
    return same_value(expression, _in_names(assigned, count, powers))


def _in_names(assigned: _Assigned, count: Count, powers: tuple[int, int]) -> Expression:
    """Return a count in the author's names."""
    values: dict[str, Expression] = {}
    for symbol, volume, power in (("k", "K", powers[0]), ("s", "S", powers[1])):
        names = [Letter(n) for n, own in assigned.symbols.items() if own == symbol]
        values[volume] = times(*(name for name in names for _ in range(power)))
    for name, own in assigned.symbols.items():
        if own not in ("k", "s"):
            values[own] = Letter(name)
    result: Expression = substitute(count.value, values)
    return result


def _outcome(
    left: str | None, assigned: _Assigned, count: Count, told: Told, *, unnamed: bool
) -> Outcome:
    said = ", ".join(f"{name} {_WORDS[own]}" for name, own in assigned.symbols.items())
    reading = f"{left or 'the number'} is the number of {count.words}: {said}"
    if count.kind == "ratio":
        reading = f"{left or 'the ratio'} is {count.words}: {said}"
    conditions = []
    if unnamed:
        conditions.append(
            f"{left or 'it'} is {'' if count.kind == 'ratio' else 'the number of '}{count.words}"
        )
    if count.rule and not (left and "mac" in left.lower()):
        conditions.append(count.rule)
    inputs = [
        name
        for name, own in assigned.symbols.items()
        if own == "s" and role_costs(name, told).get(OUTPUT, PLAIN) > 1.5
    ]
    conditions += [f"{name} is the output size too" for name in inputs]
    status: Status = "right_when" if conditions else "proved"
    reach = "for all sizes under the condition" if conditions else "for all sizes, by exact algebra"
    return Outcome(count.kind, status, reading, reach, condition=", ".join(conditions))


def refuted_count(left: str, expression: Expression, told: Told) -> Judged | None:
    """Return that a number of parameters is wrong, where every name is plain; else None.

    The layer must be a usual one: kernel and both channels are named.
    """
    if counted_kind(left) != "parameters":
        return None
    names = names_of(expression)
    if len(names) > MAX_NAMES:
        return None
    expression = _in_whole_groups(expression, told)
    assigned = min(islice(_assignments(names, told), 200), key=lambda a: a.cost, default=None)
    if assigned is None or assigned.cost > 0.25 * len(names):
        return None
    if not {"k", "i", "o"} <= set(assigned.symbols.values()) <= {"k", "i", "o", "g"}:
        return None
    grouped = "g" in assigned.symbols.values()
    lone = sum(own == "k" for own in assigned.symbols.values()) == 1
    usual = [c for c in counts() if c.kind == "parameters" and "layer" in c.words.split(",")[0]]
    usual = [c for c in usual if ("g" in names_of(c.value)) == grouped][:2]
    truths = [_in_names(assigned, count, (2 if lone else 1, 1)) for count in usual]
    examples = [smallest(names, {}, value_of(expression), value_of(truth)) for truth in truths]
    if not examples or any(example is None for example in examples):
        return None
    said = ", ".join(f"{name} {_WORDS[own]}" for name, own in assigned.symbols.items())
    outcome = Outcome(
        "parameters", "refuted", f"{left} is the number of weights of a layer: {said}",
        SMALLEST, counterexample=examples[-1],
        derived=f"{spell_latex(Letter(left))} = {spell_latex(truths[-1])}",
        derived_text=f"{left} = {in_text(truths[-1])}",
    )  # fmt: skip
    return Judged(assigned.cost, outcome)
