"""Claims computed with numbers: random integer arrays and plain loops, no solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import ceil, floor, prod
from random import Random
from typing import Any, Final

from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Cases,
    Ceiling,
    Compare,
    Divides,
    Entry,
    Equation,
    Expression,
    Floor,
    Integer,
    Largest,
    Letter,
    Negated,
    Not,
    Partial,
    Power,
    Product,
    Quotient,
    Remainder,
    Smallest,
    SumOver,
    SumWhere,
    Total,
)
from symconv.verification.truth.convolution import Model
from symconv.verification.truth.layout import Layout

Number = int | Fraction
Env = Mapping[str, Number]
SAMPLED: Final = 12  # entries of one gradient
LARGEST: Final = {"kernel": 3, "stride": 3, "dilation": 2, "padding": 2, "input": 6}


KERNELS: Final = ("p", "q", "p_3")
INPUTS: Final = ("m", "n", "m_3")
OUTPUTS: Final = ("g", "h", "g_3")
STRIDES: Final = ("t_d", "t_h", "t_w")
DILATIONS: Final = ("d_d", "d_h", "d_w")
BEFORE: Final = ("P_front", "P_top", "P_left")
AFTER: Final = ("P_back", "P_bottom", "P_right")
OF_DEPTH: Final = ("t_d", "d_d", "P_front", "P_back")


@dataclass(frozen=True)
class Case:
    """One convolution with random integers in its arrays.

    Attributes:
        sizes: p, q, t_h, ... and what else a formula may mention.
        arrays: "x", "w", "dy" -> index -> value; everything outside is zero.
        bias: the value of b.
        flipped: whether the convolution turns the kernel round.
        axes: one to three.
        roles: "x", "w", "dy" -> what its indices are: "batch", "input", "output", "0", "1", "2".
    """

    sizes: Mapping[str, int]
    arrays: Mapping[str, Mapping[tuple[int, ...], int]]
    bias: int
    flipped: bool
    axes: int
    roles: Mapping[str, tuple[str, ...]]

    def per_axis(self, *names: str) -> tuple[int, ...]:
        """Return a size for each axis."""
        return tuple(self.sizes[name] for name in _of_axes(names, self.axes))

    def pairs(self) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]]:
        """Yield (output, entry of w, cell) for every product in the forward sum."""
        sizes, depthwise = self.sizes, "input" not in self.roles["w"]
        size, kernel = self.per_axis(*OUTPUTS), self.per_axis(*KERNELS)
        stride, dilation = self.per_axis(*STRIDES), self.per_axis(*DILATIONS)
        before = self.per_axis(*BEFORE)
        counted = product(
            range(sizes["N"]), range(sizes["G"]), range(sizes["K_g"]), range(sizes["C_g"])
        )
        for n, group, o, c in counted:
            channels = {"batch": n, "output": group * sizes["K_g"] + o}
            read = channels["output"] if depthwise else group * sizes["C_g"] + c
            for output in product(*map(range, size)):
                for tap in product(*map(range, kernel)):
                    cell = tuple(
                        a * t + r * d - b
                        for a, t, r, d, b in zip(output, stride, tap, dilation, before, strict=True)
                    )
                    entry = tuple(k - 1 - r for k, r in zip(kernel, tap, strict=True))
                    yield (
                        self._index("dy", output, channels),
                        self._index("w", entry if self.flipped else tap, {**channels, "input": c}),
                        self._index("x", cell, {**channels, "input": read}),
                    )

    def _index(
        self, array: str, along: tuple[int, ...], others: Mapping[str, int]
    ) -> tuple[int, ...]:
        by_role = {**others, **dict(zip("012", along, strict=False))}
        return tuple(by_role[role] for role in self.roles[array])

    def gradient(self, array: str) -> dict[tuple[int, ...], int]:
        """Return de/dx or de/dw, index -> value."""
        x, w, dy = (self.arrays[name] for name in ("x", "w", "dy"))
        found = dict.fromkeys(self.arrays[array], 0)
        for o, r, u in self.pairs():
            if u in x:
                found[u if array == "x" else r] += dy[o] * (w[r] if array == "x" else x[u])
        return found


NO_CASE: Final = Case({}, {}, 0, False, 1, {})


def _of_axes(names: Sequence[str], axes: int) -> Sequence[str]:
    """Return the names of so many axes; where there is a depth, its name comes first."""
    return names[1:][:axes] if names[0] in OF_DEPTH and axes < len(names) else names[:axes]


def case_of(model: Model, *, seed: int) -> Case:
    """Return a random convolution of those that a model is about."""
    random, layout = Random(seed), model.layout
    for _ in range(1000):
        sizes = _sizes(random, model)
        if all(sizes[name] > 0 for name in OUTPUTS[: layout.axes]):
            break
    else:
        raise AssertionError("no window fits")
    roles = {array: layout.roles(array) for array in ("x", "w", "dy")}
    sizes |= _channels(random, layout, grouped=model.grouped)
    lengths = {
        "x": {"batch": "N", "input": "C", **dict(zip("012", INPUTS, strict=True))},
        "w": {"output": "K", "input": "C_g", **dict(zip("012", KERNELS, strict=True))},
        "dy": {"batch": "N", "output": "K", **dict(zip("012", OUTPUTS, strict=True))},
    }
    arrays = {
        name: {
            index: random.randint(-99, 99)
            for index in product(*(range(sizes[lengths[name][role]]) for role in roles[name]))
        }
        for name in roles
    }
    return Case(sizes, arrays, random.randint(-99, 99), model.flipped, layout.axes, roles)


def _sizes(random: Random, model: Model) -> dict[str, int]:
    """Return numbers for the letters of a model, and for the sizes of each of its axes."""
    letters = {name: _picked(random, name) for name in model.sizes if name not in model.derived}
    sizes = dict(letters)
    count = model.layout.axes
    names = (KERNELS, STRIDES, DILATIONS, BEFORE, AFTER, INPUTS, OUTPUTS)
    for axis, own in zip(
        model.axes, zip(*(_of_axes(n, count) for n in names), strict=True), strict=True
    ):
        parts = (axis.kernel, axis.stride, axis.dilation, axis.before, axis.after, axis.input)
        p, t, d, lo, hi, m = (_number(part, letters) for part in parts)
        room = m + lo + hi - d * (p - 1) - 1
        fits = room >= 0 and min(p, t, d, m) >= 1 and min(lo, hi) >= 0
        values = (p, t, d, lo, hi, m, room // t + 1 if fits else 0)
        sizes |= dict(zip(own, values, strict=True))
    return sizes


def _picked(random: Random, name: str) -> int:
    kinds = {"p": "kernel", "q": "kernel", "t": "stride", "d": "dilation", "P": "padding"}
    kind = kinds.get(name[0], "input")
    return random.randint(0 if kind == "padding" else 1, LARGEST[kind])


def _number(size: Expression, letters: Mapping[str, int]) -> int:
    value = _Machine(NO_CASE, 0).value(size, letters)
    assert value == int(value)
    return int(value)


def _channels(random: Random, layout: Layout, *, grouped: bool) -> dict[str, int]:
    """Return how many images, channels and groups there are; 1 where there is no index."""
    sizes = {"N": random.randint(1, 2) if layout.batch else 1}
    sizes["G"] = random.randint(1, 2) if grouped else 1
    sizes["C_g"] = random.randint(1, 3) if layout.inputs and not layout.depthwise else 1
    sizes["K_g"] = random.randint(1, 3) if layout.outputs else 1
    sizes["C"], sizes["K"] = sizes["G"] * sizes["C_g"], sizes["G"] * sizes["K_g"]
    if layout.depthwise:
        sizes["C"] = sizes["K"]
    return sizes


def agrees(claim: Equation, case: Case, *, index_base: int) -> bool:
    """Return whether a claim on de/dx or de/dw, in symconv's letters, holds for a case."""
    assert isinstance(claim.left, Partial)
    entry = claim.left.by
    assert isinstance(entry, Entry)
    free = sorted(name for name in entry.names if name.startswith("_"))
    array = entry.array
    shape = [1 + max(column) for column in zip(*case.arrays[array], strict=True)]
    reach = range(index_base, max(shape) + index_base)
    gradient = case.gradient(array)
    places = list(product(reach, repeat=len(free)))
    for values in Random(0).sample(places, min(len(places), SAMPLED)):
        env: Env = {**case.sizes, **dict(zip(free, values, strict=True))}
        machine = _Machine(case, index_base)
        index = tuple(machine.value(part, env) - index_base for part in entry.indices)
        if index not in case.arrays[array]:
            continue
        if not all(machine.holds(condition, env) for condition in claim.conditions):
            continue
        true = gradient[tuple(map(int, index))]
        if any(machine.value(right, env) != true for right in claim.rights):
            return False
    return True


@dataclass(frozen=True)
class _Machine:
    case: Case
    index_base: int

    def value(self, node: Any, env: Env) -> Number:
        values = self._values
        match node:
            case Integer():
                return node.value
            case Letter(name="b"):
                return self.case.bias
            case Letter():
                return env[node.name]
            case Entry():
                return self._entry(node, env)
            case Total():
                return sum(values(node.terms, env))
            case Negated():
                return -self.value(node.operand, env)
            case Product():
                return prod(values(node.factors, env))
            case Quotient():
                return Fraction(self.value(node.numerator, env)) / self.value(node.denominator, env)
            case Power():
                return self.value(node.base, env) ** int(self.value(node.exponent, env))
            case Floor():
                return floor(self.value(node.operand, env))
            case Ceiling():
                return ceil(self.value(node.operand, env))
            case Remainder():
                return self.value(node.value, env) % self.value(node.modulus, env)
            case Largest():
                return max(values(node.operands, env))
            case Smallest():
                return min(values(node.operands, env))
            case SumOver() | SumWhere():
                return self._sum(node, env)
            case Cases():
                return self._cases(node, env)
            case Partial():
                return self._partial(node, env)
        raise NotImplementedError(type(node).__name__)

    def _values(self, nodes: Sequence[Any], env: Env) -> list[Number]:
        return [self.value(node, env) for node in nodes]

    def _indices(self, node: Entry, env: Env) -> tuple[Number, ...]:
        return tuple(value - self.index_base for value in self._values(node.indices, env))

    def _entry(self, node: Entry, env: Env) -> int:
        indices = self._indices(node, env)
        whole = tuple(int(index) for index in indices)
        return self.case.arrays[node.array].get(whole, 0) if whole == indices else 0

    def _sum(self, node: SumOver | SumWhere, env: Env) -> Number:
        wide = range(-1, LARGEST["input"] + 2)
        if isinstance(node, SumWhere):
            inner = (
                {**env, **dict(zip(node.letters, v, strict=True))}
                for v in product(wide, repeat=len(node.letters))
            )
            return sum(self.value(node.body, at) for at in inner if self.holds(node.condition, at))
        span = wide
        if node.lower is not None and node.upper is not None:
            span = range(ceil(self.value(node.lower, env)), floor(self.value(node.upper, env)) + 1)
        return sum(self.value(node.body, {**env, node.letter: value}) for value in span)

    def _cases(self, node: Cases, env: Env) -> Number:
        for branch in node.branches:
            if branch.condition is None or self.holds(branch.condition, env):
                return self.value(branch.value, env)
        return 0

    def _partial(self, node: Partial, env: Env) -> int:
        """Return dy[i]/dx[u] or dy[i]/dw[r]."""
        of, by = node.of, node.by
        assert isinstance(of, Entry)
        assert isinstance(by, Entry)
        output, index = self._indices(of, env), self._indices(by, env)
        x, w = self.case.arrays["x"], self.case.arrays["w"]
        if by.array == "x":
            return sum(w[r] for o, r, u in self.case.pairs() if (o, u) == (output, index))
        return sum(x.get(u, 0) for o, r, u in self.case.pairs() if (o, r) == (output, index))

    def holds(self, node: Any, env: Env) -> bool:
        match node:
            case Compare():
                left, right = self.value(node.left, env), self.value(node.right, env)
                return {
                    "=": left == right,
                    "!=": left != right,
                    "<": left < right,
                    "<=": left <= right,
                    ">": left > right,
                    ">=": left >= right,
                }[node.operator]
            case Divides():
                return self.value(node.value, env) % self.value(node.divisor, env) == 0
            case AllOf():
                return all(self.holds(condition, env) for condition in node.conditions)
            case AnyOf():
                return any(self.holds(condition, env) for condition in node.conditions)
            case Not():
                return not self.holds(node.condition, env)
        raise NotImplementedError(type(node).__name__)
