"""The convolutions that an equation may be about: its sizes, its first indices, its direction.

For y itself the convolution is read off the equation: x is read at t·i + d·r − P, and whatever t, d
and P are there defines it. For a gradient the convolution is that of the names: what an equation
does not mention is taken for granted, and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

from symconv.formula.tree import (
    Ceiling,
    Compare,
    Entry,
    Equation,
    Expression,
    Floor,
    Integer,
    Letter,
    Negated,
    Partial,
    Product,
    Quotient,
    SumOver,
    SumWhere,
    Total,
    walk,
)
from symconv.verification.reading.array_roles import Typed
from symconv.verification.reading.index_graph import Placed, array_of, placed
from symconv.verification.reading.roles import Told
from symconv.verification.reading.size_hints import (
    Hints,
    bare_letter,
    family_costs,
    hinted_axes,
    hints_of,
    indices_along,
    letters_along,
)
from symconv.verification.reading.sum_limits import beyond
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    expanded,
    linear_in,
    minus,
    negative,
    plus,
    rebuild,
    substitute,
    times,
)
from symconv.verification.truth.convolution import (
    DILATIONS,
    EVEN_PADDINGS,
    GROUPS,
    INPUT,
    INPUTS_OF_GROUP,
    KERNEL,
    OUTPUT,
    OUTPUTS_OF_GROUP,
    PADDINGS,
    STRIDES,
    Axis,
    Model,
)

MOST: Final = 12  # geometries of one equation
OTHER_BASE: Final = 0.7  # the cost of a first index that nothing says
MIXED_BASES: Final = 1.0  # ... of first indices that differ between arrays
FLIPPED: Final = 2.0  # ... of a true convolution that nobody said
OFFSET: Final = 1.0  # ... of windows that do not begin where y says
STRIDED: Final = 1.0  # ... of a stride that is a number in the indices
OWN_COUNT: Final = "the first output, which has the index 1, begins one stride inside the image"
LONE: Final = 1.5  # ... of a size that is meant for the one axis where it stands
SHARED: Final = ("stride", "dilation", "padding")
NOTHING: Final = {
    "stride": "the stride is 1",
    "dilation": "the dilation is 1",
    "padding": "nothing is padded",
}
COMMON: Final = {"kernel": "p", "stride": "t", "dilation": "d", "padding": "P", "input": "m"}
CHANNELS: Final = {"inputs": "C", "outputs": "K", "batch": "N", "groups": "G"}


HALF_PADDING: Final = "the padding is half the kernel on both sides"


@dataclass(frozen=True)
class Geometry:
    """An equation in our letters, and the convolution that it is about.

    Attributes:
        claim: the equation; indices are marked by a "_".
        model: the convolution.
        index_base: what indices start from, in the equation.
        author: our letter -> the author's.
        families: the author's size -> what it is.
        cost: how implausible it is.
        assumes: what it takes for granted that the equation does not say.
        shown_base: what the author's indices start from, in words.
        firsts: array -> what the author's indices start from, in the order of the layout.
    """

    claim: Equation
    model: Model
    index_base: int
    author: Mapping[str, str]
    families: Mapping[str, str]
    cost: float
    assumes: tuple[str, ...]
    shown_base: str
    firsts: Mapping[str, tuple[Expression, ...]]


def geometries(candidate: Typed, indices: frozenset[str], told: Told) -> list[Geometry]:
    """Return the convolutions that a typed equation may be about, the likeliest first.

    Raises:
        NoLayoutError: the indices fit no convolution.
    """
    laid = placed(candidate.claim, indices)
    hints = hints_of(laid, indices, candidate.names)
    found: list[Geometry] = []
    for cost, families in _families(hints, told):
        for (base_cost, bases, assumes), (share_cost, lone) in product(
            _bases(laid, told), _lone_sizes(families, hints, laid.layout.axes)
        ):
            builder = _Builder(laid, hints, families, bases, indices, told, assumes, lone)
            found += builder.geometries(candidate.cost + cost + base_cost + share_cost)
    if padded := next((name for name, r in candidate.names.items() if _is_padded(name, r)), ""):
        found = [_with_padded_gradient(geometry, padded) for geometry in found]
    found = [_with_limits(geometry) for geometry in found]
    found.sort(key=lambda geometry: geometry.cost)
    distinct: dict[Any, Geometry] = {}
    for geometry in found:
        key = (geometry.claim, geometry.model, geometry.index_base)
        distinct.setdefault(key, geometry)
    return list(distinct.values())[:MOST]


def _with_limits(geometry: Geometry) -> Geometry:
    """Return a geometry that says what it takes for granted of entries outside the arrays."""
    outside = beyond(geometry.claim, geometry.model, geometry.index_base)
    return replace(geometry, assumes=(*geometry.assumes, *outside)) if outside else geometry


def _is_padded(name: str, role: str) -> bool:
    """Return whether a name says that an upstream gradient has zeros around it, dY_pad."""
    return role == "dy" and "pad" in name.lower()


def _with_padded_gradient(geometry: Geometry, name: str) -> Geometry:
    """Return an equation whose upstream gradient has zeros around it, as one of that without."""
    axes, roles = geometry.model.axes, geometry.model.layout.roles("dy")

    def change(node: Any) -> Any:
        if isinstance(node, Entry) and node.array == "dy" and len(node.indices) == len(roles):
            moved = [
                minus(index, minus(axes[int(role)].extent, ONE)) if role.isdigit() else index
                for role, index in zip(roles, node.indices, strict=True)
            ]
            return replace(node, indices=tuple(moved))
        return rebuild(node, change)

    words = f"{name} has one zero less than the kernel has cells on every side"
    return replace(geometry, claim=change(geometry.claim), assumes=(*geometry.assumes, words))


def _families(hints: Hints, told: Told) -> list[tuple[float, dict[str, str]]]:
    """Return what the sizes may be together, the likeliest first."""
    names = list(hints.found)
    options = [family_costs(name, hints.found[name], told)[:3] for name in names[:8]]
    if any(not option for option in options):
        options = [option or [(1.5, "")] for option in options]
    found = []
    for choice in product(*options):
        families = {name: family for name, (_, family) in zip(names, choice, strict=False)}
        found.append((sum(cost for cost, _ in choice), families))
    found.sort(key=lambda pair: pair[0])
    return [pair for pair in found if _is_consistent(pair[1], hints)][:5]


def _is_consistent(families: Mapping[str, str], hints: Hints) -> bool:
    """Return whether no two sizes are the same thing along the same axis."""
    taken: set[tuple[str, int]] = set()
    for name, family in families.items():
        if family in ("input", "output", "", "inputs", "outputs", "batch"):
            continue
        for axis in hinted_axes(hints.found[name], family) or [-1]:
            if (family, axis) in taken:
                return False
            taken.add((family, axis))
    return True


def _lone_sizes(
    families: Mapping[str, str], hints: Hints, axes: int
) -> list[tuple[float, tuple[str, ...]]]:
    """Return (cost, sizes that belong to the axis where they stand, and to no other).

    A stride s that stands along one axis only has most likely been forgotten along the other.
    """
    lone = tuple(
        name
        for name, family in families.items()
        if 0 < len(set(hinted_axes(hints.found[name], family))) < axes
        and is_of_all_axes(name, families, axes)
    )
    return [(0.0, ()), (LONE, lone)] if lone else [(0.0, ())]


_ARRAY: Final = {"x": "the input", "w": "the kernel", "dy": "the output"}


@dataclass(frozen=True)
class _Bases:
    """What the indices of each array start from."""

    x: int
    w: int
    dy: int

    @property
    def common(self) -> int | None:
        return self.x if self.x == self.w == self.dy else None

    def of(self, array: str) -> int:
        return {"x": self.x, "w": self.w, "dy": self.dy}.get(array, 0)


def _bases(laid: Placed, told: Told) -> Iterator[tuple[float, _Bases, tuple[str, ...]]]:
    """Yield (cost, what indices start from, what is assumed); where limits say it, as they say."""
    said = _said_bases(laid)
    for fill in (0, 1) if told.index_base is None else (told.index_base,):
        limits = said if told.index_base is None else {}
        own = {array: limits.get(array, fill) for array in ("x", "w", "dy")}
        cost = MIXED_BASES * (len(set(own.values())) - 1)
        assumes: tuple[str, ...] = ()
        if told.index_base is None and not said:
            cost += OTHER_BASE * fill
            assumes = ("indices start from 1",) if fill else ()
        elif told.index_base is None and len(set(own.values())) > 1:
            counted = [f"{base} for {_ARRAY[array]}" for array, base in own.items()]
            assumes = (f"the first index is {', '.join(counted)}",)
        yield cost, _Bases(**own), assumes


def _said_bases(laid: Placed) -> dict[str, int]:
    found: dict[str, int] = {}
    for axis in range(laid.layout.axes):
        letters = letters_along(laid, axis)
        for array, names in (("w", letters.tap), ("dy", letters.output), ("x", letters.cell)):
            for part in walk(laid.claim):
                if isinstance(part, SumOver) and part.letter in names:
                    low = part.lower
                    if isinstance(low, Integer) and low.value in (0, 1):
                        found.setdefault(array, low.value)
    literal: dict[str, list[int]] = {}
    for axis in range(laid.layout.axes):
        for array, index in indices_along(laid, axis):
            if isinstance(index, Integer):
                literal.setdefault(array, []).append(index.value)
    found |= {array: 0 for array, values in literal.items() if 0 in values}
    if not letters_in_claim(laid):
        base = 0 if any(0 in values for values in literal.values()) else 1
        found |= dict.fromkeys(("x", "w", "dy"), base)
    return found


def letters_in_claim(laid: Placed) -> frozenset[str]:
    """Return the index letters along all axes."""
    return frozenset().union(*laid.axes)


@dataclass(frozen=True)
class _Builder:
    laid: Placed
    hints: Hints
    families: Mapping[str, str]
    bases: _Bases
    indices: frozenset[str]
    told: Told
    assumes: tuple[str, ...]
    lone: tuple[str, ...]

    def geometries(self, cost: float) -> Iterator[Geometry]:
        sizes = self._sizes()
        centres = [self._centre(axis) for axis in range(self.laid.layout.axes)]
        claim = self._renamed(self._shifted(centres), sizes)
        layout = self.laid.layout
        grouped = "groups" in self.families.values() and not self.laid.one_group
        if grouped and not (layout.inputs and layout.outputs):
            return
        if self.laid.one_group:
            claim = _of_one_group(claim)
        common = self.bases.common
        moved = common is None or any(centre is not None for centre in centres)
        base = 0 if moved or common is None else common
        halves = [centre or self._half(axis) for axis, centre in enumerate(centres)]
        axes = [self._axis(axis, sizes, half) for axis, half in enumerate(halves)]
        forward = isinstance(claim.left, Entry)
        shapes = self._forward(claim, axes, base) if forward else self._backward(claim, axes)
        for extra, flipped, found, assumes in shapes:
            if grouped:
                claim = _grouped(claim)
            claim, counted = self._with_counted_outputs(claim)
            yield Geometry(
                claim,
                Model(tuple(found), flipped, self.laid.layout, grouped),
                base,
                self._author(sizes),
                self.families,
                cost + extra,
                (
                    *self.assumes,
                    *assumes,
                    *counted,
                    *self._alone(),
                    *(said for said in self._left_out(found) if not _says(assumes, said)),
                    *self._unusual(forward),
                ),
                self._shown_base(centres),
                self._firsts(centres, sizes),
            )

    def _alone(self) -> list[str]:
        return [f"{name} is the {self.families[name]} of one axis only" for name in self.lone]

    def _left_out(self, axes: Sequence[Axis]) -> list[str]:
        """Return what an axis has not that the others have by name, s_h and s_w of three."""
        found = []
        words = ("depth", "height", "width")[-len(axes) :] if len(axes) > 1 else ()
        for family, nothing in NOTHING.items():
            own = [name for name, other in self.families.items() if other == family]
            said = [axis_said(name, self.told) for name in own]
            if not own or None in said:
                continue
            named = {place + len(axes) - 2 for place in said if place is not None}
            for place, (word, axis) in enumerate(zip(words, axes, strict=False)):
                sizes = {"stride": axis.stride, "dilation": axis.dilation}
                if place not in named and sizes.get(family, ONE) == ONE:
                    found.append(f"{nothing} along the {word}")
        return found

    def _unusual(self, forward: bool) -> list[str]:
        """Return what is unusual in the order of axes and channels, which nothing says."""
        count = self.laid.layout.axes
        misfits: list[tuple[str, int]] = []
        fits = False
        for name, family in self.families.items():
            axes = sorted(set(hinted_axes(self.hints.found[name], family)))
            said = axis_said(name, self.told)
            if count == 2 and len(axes) == 1 and said is not None:
                fits = fits or said == axes[0]
                misfits += [] if said == axes[0] else [(name, axes[0])]
        found = [
            f"{name} belongs to the {('first', 'second')[axis]} axis" for name, axis in misfits
        ]
        if found and not fits:
            found = ["the first index runs along the width"]
        order = [role for role in self.laid.kernel_order if role in ("input", "output")]
        last = self.laid.kernel_order[:1] == ("0",)
        if not forward and len(order) == 2 and order[0] != ("input" if last else "output"):
            found.append(f"the kernel's channels stand in the order {order[0]}, {order[1]}")
        return found

    # Names of sizes

    def _sizes(self) -> dict[str, str]:
        """Return the author's size -> our letter."""
        count = self.laid.layout.axes
        first = 1 if count < len(STRIDES) else 0
        own: Mapping[str, Sequence[str]] = {
            "kernel": KERNEL,
            "stride": STRIDES[first:],
            "dilation": DILATIONS[first:],
            "padding": EVEN_PADDINGS[first:],
            "before": [pair[0] for pair in PADDINGS[first:]],
            "after": [pair[1] for pair in PADDINGS[first:]],
            "input": INPUT,
            "output": OUTPUT,
        }
        found: dict[str, str] = {}
        for name, family in self.families.items():
            if family in CHANNELS:
                found[name] = CHANNELS[family]
            elif family:
                axes = sorted(set(hinted_axes(self.hints.found[name], family)))
                axes = axes or axes_by_name(name, count)
                everywhere = is_of_all_axes(name, self.families, count)
                shared = len(axes) == count or (everywhere and name not in self.lone)
                shared = shared and family in COMMON
                found[name] = COMMON[family] if shared else own[family][axes[0] if axes else 0]
        return found

    def _author(self, sizes: Mapping[str, str]) -> dict[str, str]:
        return {ours: name for name, ours in reversed(list(sizes.items()))}

    def _renamed(self, claim: Equation, sizes: Mapping[str, str]) -> Equation:
        """Return the equation with our letters for sizes and marked index letters."""

        def change(node: Any) -> Any:
            match node:
                case Partial(of=Letter()):
                    return replace(node, by=change(node.by))
                case Letter(name=name):
                    ours = sizes.get(name) if name not in self.indices else None
                    return replace(node, name=ours or f"_{name}")
                case SumOver():
                    return replace(rebuild(node, change), letter=f"_{node.letter}")
                case SumWhere():
                    letters = tuple(f"_{name}" for name in node.letters)
                    return replace(rebuild(node, change), letters=letters)
            return rebuild(node, change)

        renamed: Equation = change(claim)
        return renamed

    # First indices

    def _centre(self, axis: int) -> Expression | None:
        """Return the k of a kernel whose taps run from -k to k; None for others."""
        taps = letters_along(self.laid, axis).tap
        for part in walk(self.laid.claim):
            if isinstance(part, SumOver) and part.letter in taps:
                low, high = part.lower, part.upper
                if isinstance(low, Negated) and low.operand == high:
                    return high
        return None

    def _half(self, axis: int) -> Expression | None:
        """Return the k of a sum from -k to k over taps w[r + k]; None for others."""
        for array, index in indices_along(self.laid, axis):
            for part in walk(self.laid.claim) if array == "w" else ():
                if isinstance(part, SumOver) and part.letter in index.names:
                    low, high = part.lower, part.upper
                    symmetric = isinstance(low, Negated) and low.operand == high
                    if symmetric and expanded(minus(index, Letter(part.letter))) == high:
                        return high
        return None

    def _shifted(self, centres: Sequence[Expression | None]) -> Equation:
        """Return the equation with indices that start from 0, where it mixes first indices."""
        claim = self.laid.claim
        if self.bases.common is not None and not any(c is not None for c in centres):
            return self._with_channels_from_zero(claim, self.bases.common)
        roles = self.laid.layout.roles

        def change(node: Any) -> Any:
            if not isinstance(node, Entry) or array_of(node) == "b" or not node.indices:
                return rebuild(node, change)
            array, moved = array_of(node), []
            for role, index in zip(roles(array), node.indices, strict=True):
                if role.isdigit():
                    centre = centres[int(role)] if array == "w" else None
                    start = (
                        negative(centre) if centre is not None else Integer(self.bases.of(array))
                    )
                    moved.append(minus(index, start))
                else:
                    moved.append(minus(index, Integer(self._channel_base(role))))
            return replace(node, indices=tuple(moved))

        return _bare_on_the_left(change(claim))

    def _firsts(
        self, centres: Sequence[Expression | None], sizes: Mapping[str, str]
    ) -> dict[str, tuple[Expression, ...]]:
        """Return what the author's indices start from, in the order of the layout's dimensions."""
        common = self.bases.common or 0

        def first(array: str, role: str) -> Expression:
            if not role.isdigit():
                return Integer(self._channel_base(role, default=common))
            centre = centres[int(role)] if array == "w" else None
            if centre is not None:
                return negative(self._renamed_size(centre, sizes))
            return Integer(self.bases.of(array))

        roles = self.laid.layout.roles
        return {array: tuple(first(array, r) for r in roles(array)) for array in ("x", "w", "dy")}

    def _with_channels_from_zero(self, claim: Equation, base: int) -> Equation:
        """Return the equation with channels that start from what the other indices start from."""
        wanted = {
            role: own - base
            for role in self.laid.channels
            if (own := self._channel_base(role, default=base)) != base
        }
        if not wanted:
            return claim
        roles = self.laid.layout.roles

        def change(node: Any) -> Any:
            if not isinstance(node, Entry) or not node.indices:
                return rebuild(node, change)
            moved = (
                minus(index, Integer(wanted.get(role, 0))) if role in wanted else index
                for role, index in zip(roles(array_of(node)), node.indices, strict=True)
            )
            return replace(node, indices=tuple(moved))

        return _bare_on_the_left(change(claim))

    def _channel_base(self, role: str, default: int = 0) -> int:
        letters = self.laid.channels.get(role, frozenset())
        for part in walk(self.laid.claim):
            if isinstance(part, SumOver) and part.letter in letters:
                low = part.lower
                if isinstance(low, Integer) and low.value in (0, 1):
                    return low.value
        return default

    def _shown_base(self, centres: Sequence[Expression | None]) -> str:
        if any(centre is not None for centre in centres):
            return "taps counted from the kernel's centre"
        common = self.bases.common
        if common is not None:
            return f"indices from {common}"
        return f"indices of x from {self.bases.x}, w from {self.bases.w}, y from {self.bases.dy}"

    # Axes

    def _axis(self, axis: int, sizes: Mapping[str, str], centre: Expression | None) -> Axis:
        count = self.laid.layout.axes
        first = 1 if count < len(STRIDES) else 0
        used = set(sizes.values())

        def size(common: str, own: str, default: Expression) -> Expression:
            if own in used:
                return Letter(own)
            return Letter(common) if common in used else default

        kernel: Expression = size("p", KERNEL[axis], Letter(KERNEL[axis]))
        if kernel == Letter("p") and axis and KERNEL[axis] not in used:
            kernel = Letter("p") if self._is_common("kernel") else Letter(KERNEL[axis])
        even = size("P", EVEN_PADDINGS[axis + first], ZERO)
        ends = [Letter(n) if n in used else None for n in PADDINGS[axis + first]]
        before, after = (end or (ZERO if any(ends) else even) for end in ends)
        if centre is not None:
            half = self._renamed_size(centre, sizes)
            kernel, before, after = plus(times(Integer(2), half), ONE), half, half
        elif (own := self._counted_kernel(axis, sizes)) is not None:
            kernel = own
        image = Letter("m" if self._is_common("input") else INPUT[axis])
        return Axis(
            kernel=kernel,
            stride=size("t", STRIDES[axis + first], ONE),
            dilation=size("d", DILATIONS[axis + first], ONE),
            before=before,
            after=after,
            input=image,
            output=Letter(OUTPUT[axis]),
        )

    def _is_common(self, family: str) -> bool:
        count = self.laid.layout.axes
        return any(
            own == family and len(set(hinted_axes(self.hints.found[name], family))) == count > 1
            for name, own in self.families.items()
        )

    def _renamed_size(self, size: Expression, sizes: Mapping[str, str]) -> Expression:
        letters = {name: Letter(ours) for name, ours in sizes.items()}
        renamed: Expression = substitute(size, letters)
        return renamed

    def _counted_kernel(self, axis: int, sizes: Mapping[str, str]) -> Expression | None:
        """Return the number of taps where limits or entries give it as a number."""
        taps = letters_along(self.laid, axis).tap
        for part in walk(self.laid.claim):
            if isinstance(part, SumOver) and part.letter in taps:
                low, high = part.lower, part.upper
                if isinstance(low, Integer) and isinstance(high, Integer):
                    return Integer(high.value - low.value + 1)
        own = [index for array, index in indices_along(self.laid, axis) if array == "w"]
        literal = [index.value for index in own if isinstance(index, Integer)]
        left = self.laid.claim.left
        listed = not isinstance(left, Partial) or self._lists_outputs(axis)
        if isinstance(left, Partial) and isinstance(left.of, Letter) and len(set(literal)) > 1:
            listed = set(literal) == {*range(self.bases.w, max(literal) + 1)}  # tap by tap
        if own and len(literal) == len(own) and listed and not self._is_by_weight:
            return Integer(max(literal) + 1 - self.bases.w)
        return None

    def _lists_outputs(self, axis: int) -> bool:
        """Return whether a gradient is written out, output by output."""
        own = [index for array, index in indices_along(self.laid, axis) if array == "dy"]
        return bool(own) and all(isinstance(index, Integer) for index in own)

    def _with_counted_outputs(self, claim: Equation) -> tuple[Equation, tuple[str, ...]]:
        """Return an equation that lists its outputs, with their number as a condition."""
        sizes = []
        for axis in range(self.laid.layout.axes):
            own = [index for array, index in indices_along(self.laid, axis) if array == "dy"]
            literal = [last for index in own if (last := self._last(index)) is not None]
            named = "output" in self.families.values()  # a size that is a letter is no number
            if isinstance(claim.left, Entry) or not own or len(literal) < len(own) or named:
                return claim, ()
            sizes.append(max(literal) + 1 - self.bases.dy)
        conditions = tuple(
            Compare("=", Letter(OUTPUT[axis]), Integer(size)) for axis, size in enumerate(sizes)
        )
        words = f"the output is {' × '.join(map(str, sizes))}"
        added = tuple(condition for condition in conditions if condition not in claim.conditions)
        return replace(claim, conditions=(*claim.conditions, *added)), (words,)

    def _last(self, index: Any) -> int | None:
        """Return the last place that an index of an output takes, where it is a number."""
        if isinstance(index, Integer):
            return index.value
        for part in walk(self.laid.claim) if isinstance(index, Letter) else ():
            match part:
                case SumOver(
                    letter=index.name, lower=Integer(value=low), upper=Integer(value=high)
                ):
                    return high if low == self.bases.dy else None
        return None

    @property
    def _is_by_weight(self) -> bool:
        left = self.laid.claim.left
        return any(isinstance(part, Entry) and part.array == "w" for part in walk(left))

    # Directions

    def _forward(
        self, claim: Equation, axes: Sequence[Axis], base: int
    ) -> Iterator[tuple[float, bool, list[Axis], list[str]]]:
        """Yield the convolutions that an equation of y defines."""
        relations = [_relation(claim, self.laid, place, base) for place in range(len(axes))]
        flips = [relation.flips for relation in relations if relation is not None]
        flipped = any(flips) and all(flips)
        plain = [_counted(axis, found) for axis, found in zip(axes, relations, strict=True)]
        said = self.told.true_convolution
        if said not in (None, flipped):
            yield 0.0, bool(said), plain, []  # what was said counts, not what the indices do
            return
        pairs = zip(plain, relations, strict=True)
        own = [_begun(axis, found, flipped) for axis, found in pairs if found is not None]
        full = [_full(axis) for axis in plain]
        if flipped and [axis.before for axis in own] == [axis.before for axis in full]:
            moved = any(axis.before != ZERO for axis in plain)
            yield 0.0, flipped, full, ["the convolution turns the kernel round"] if moved else []
            return
        yield 0.0, flipped, plain, []
        if not letters_in_claim(self.laid):
            yield from _stepped(plain)
        sided = {"before", "after"} & set(self.families.values())
        if any(flips) != all(flips) or None in relations or sided:
            return
        assumes = self._offset(plain, own, flipped)
        if assumes:
            yield OFFSET, flipped, own, assumes

    def _offset(self, plain: Sequence[Axis], own: Sequence[Axis], flipped: bool) -> list[str]:
        """Return what an equation assumes whose windows begin elsewhere than names say, if it may.

        They may begin in padding that is a number, the same along all axes; or where first indices
        that differ move them.
        """
        moves = [expanded(minus(b.before, a.before)) for a, b in zip(plain, own, strict=True)]
        if all(move == ZERO for move in moves):
            return []
        numbers = {move.value if isinstance(move, Integer) else 0 for move in moves}
        if len(numbers) == 1 and 0 not in numbers:
            return [f"the padding is {min(numbers)}"]
        if all(_is_half(move, axis) for move, axis in zip(moves, plain, strict=True)):
            return [HALF_PADDING]
        mixed = self.told.index_base is None and self.bases.w == 1
        named = [move.operand if isinstance(move, Negated) else move for move in moves]
        steps = [a.dilation if flipped else move for a, move in zip(plain, named, strict=True)]
        ours = [size for a in plain for size in (a.stride, a.dilation)]
        if mixed and all(step in ours for step in steps):
            return ["the first window begins where these indices say"]
        return []

    def _backward(
        self, claim: Equation, axes: Sequence[Axis]
    ) -> Iterator[tuple[float, bool, list[Axis], list[str]]]:
        """Yield the convolutions whose gradient an equation may be."""
        said = self.told.true_convolution
        if _chains(claim) and all(axis.stride == ONE for axis in axes):
            # the chain rule holds whatever the stride is
            yield 0.0, bool(said), [replace(axis, stride=Letter("t")) for axis in axes], []
        for stride in self._strides(claim):
            strided = [
                replace(axis, stride=Integer(stride)) if axis.stride == ONE else axis
                for axis in axes
            ]
            assumes = []
            open_ = [axis for axis in axes if axis.stride == ONE]
            if open_ and self._matters(claim):
                where = "" if len(open_) == len(axes) else " along the other axis"
                assumes = [f"the stride{where} is {stride}"]
            cost = STRIDED * (stride > 1)
            padded = self._padded_by_half(claim, strided)
            if said is not True:
                yield cost, False, strided, assumes
                if padded:
                    yield cost + OFFSET, False, padded, [*assumes, HALF_PADDING]
                if self.bases.dy and self.told.index_base is None and self._matters(claim):
                    own = [replace(a, before=minus(a.before, a.stride)) for a in strided]
                    yield cost + 2 * OFFSET, False, own, [*assumes, OWN_COUNT]
            flip = 0.0 if said else FLIPPED
            words = [] if said else ["the convolution turns the kernel round"]
            if said is not False and self._matters(claim):
                yield cost + flip, True, strided, [*assumes, *words]
                shifted = [
                    replace(a, before=minus(a.extent, ONE), after=minus(a.extent, ONE))
                    for a in strided
                ]
                yield cost + flip, True, shifted, [*assumes, *words]
                turned = [
                    replace(a, before=expanded(minus(minus(a.extent, ONE), a.before)))
                    for a in padded
                ]
                if turned:
                    yield cost + flip + OFFSET, True, turned, [*assumes, *words, HALF_PADDING]

    def _padded_by_half(self, claim: Equation, axes: Sequence[Axis]) -> list[Axis]:
        """Return the axes with half a kernel as padding, where indices have half of it in them."""
        parts = [part for part in walk(claim) if isinstance(part, Quotient | Floor)]
        padded = []
        for axis in axes:
            half = next((part for part in parts if _is_half(part, axis)), None)
            if half is None or axis.before != ZERO:
                return []
            padded.append(replace(axis, before=half, after=half))
        return padded

    def _matters(self, claim: Equation) -> bool:
        """Return whether an equation depends on where windows lie."""
        names = {part.array for part in walk(claim) if isinstance(part, Entry)}
        return len(names & {"x", "w", "dy", "y"}) > 1 and not (
            isinstance(claim.left, Entry) or "b" in names
        )

    def _strides(self, claim: Equation) -> list[int]:
        """Return the strides that the numbers in the indices allow."""
        found = {1}
        for part in walk(claim):
            if isinstance(part, Entry):
                for index in part.indices:
                    found |= {
                        factor.value
                        for inner in walk(index)
                        if isinstance(inner, Product)
                        for factor in inner.factors
                        if isinstance(factor, Integer) and 1 < factor.value <= 4
                    }
        if not letters_in_claim(self.laid):
            found |= {2}
        return sorted(found)


def _says(assumes: Sequence[str], said: str) -> bool:
    """Return whether some assumption is about the same size: the stride along an axis."""
    return any(other.startswith(said.partition(" is ")[0]) for other in assumes)


def _chains(claim: Equation) -> bool:
    """Return whether the right sides are made of derivatives of y alone, as the chain rule says."""
    parts = [part for right in claim.rights for part in walk(right)]
    arrays = {part.array for part in parts if isinstance(part, Entry)}
    local = any(isinstance(part, Partial) and isinstance(part.of, Entry) for part in parts)
    return local and arrays <= {"dy", "y", _derived(claim)}


def _derived(claim: Equation) -> str:
    by = claim.left.by if isinstance(claim.left, Partial) else None
    return by.array if isinstance(by, Entry) else ""


def _is_number(size: Expression) -> bool:
    return isinstance(size, Integer) and size.value > 1


def is_of_all_axes(name: str, families: Mapping[str, str], count: int) -> bool:
    """Return whether a size may be meant for every axis: none other of its kind has a name."""
    family = families[name]
    alone = sum(other == family for other in families.values()) == 1
    return family in SHARED and alone and len(axes_by_name(name, count)) == count


def axes_by_name(name: str, count: int) -> list[int]:
    """Return the axis that the label of a size says, H_out or k_w; all where it says none."""
    label = name.split("_", 1)[1] if "_" in name else name
    if count > 1:
        for axis, marks in enumerate((("h", "H", "1", "x", "top"), ("w", "W", "2", "y"))):
            if label[:1] in marks or (name[:1] in ("H", "W") and name[:1] == marks[1]):
                return [axis]
    return list(range(count))


def axis_said(name: str, told: Told) -> int | None:
    """Return the axis that a size is plainly of: k_h and a told height are of the first of two."""
    words = told.names.get(name, "").split()
    if words[-1:] and told.sources.get(name) != "preset":
        return {"height": 0, "width": 1}.get(words[-1])
    label = name.split("_", 1)[1] if "_" in name else ""
    return {"h": 0, "H": 0, "height": 0, "w": 1, "W": 1, "width": 1}.get(label)


def _bare_on_the_left(claim: Equation) -> Equation:
    """Return an equation with its left letters moved so that its left indices are bare letters."""
    moved: dict[str, Expression] = {}
    for part in walk(claim.left):
        if isinstance(part, Entry):
            for index in part.indices:
                name = bare_letter(index)
                if name and not isinstance(index, Letter):
                    moved[name] = minus(Letter(name), minus(index, Letter(name)))
    if not moved:
        return claim
    changed: Equation = _simplified(substitute(claim, moved))
    return changed


def _simplified(node: Any) -> Any:
    """Return a node whose indices are multiplied out."""
    if isinstance(node, Total | Product) and _is_index(node):
        return expanded(node)
    return rebuild(node, _simplified)


def _is_index(node: Any) -> bool:
    return not any(isinstance(part, Entry | Partial) for part in walk(node))


def _counted(axis: Axis, relation: _Relation | None) -> Axis:
    """Return an axis with the stride and the dilation that are numbers in the indices."""
    if relation is None:
        return axis
    stride = relation.stride if _is_number(relation.stride) else axis.stride
    dilation = relation.dilation if _is_number(relation.dilation) else axis.dilation
    return replace(axis, stride=stride, dilation=dilation)


def _stepped(
    axes: Sequence[Axis],
) -> Iterator[tuple[float, bool, list[Axis], list[str]]]:
    """Yield the axes with small strides and dilations: entries in numbers do not name them."""
    for stride, dilation in product((1, 2, 3), (1, 2, 3)):
        if stride * dilation > 1 and all(a.stride == a.dilation == ONE for a in axes):
            sizes = (("stride", stride), ("dilation", dilation))
            assumes = [f"the {name} is {size}" for name, size in sizes if size > 1]
            own = [replace(a, stride=Integer(stride), dilation=Integer(dilation)) for a in axes]
            yield OFFSET, False, own, assumes


def _full(axis: Axis) -> Axis:
    """Return the axis of a true convolution x[i - r]: the first output reads one cell only."""
    whole = expanded(minus(axis.extent, ONE))
    return replace(axis, before=plus(whole, axis.before), after=plus(whole, axis.after))


def _is_half(size: Expression, axis: Axis) -> bool:
    """Return whether a size is half a kernel, rounded or for an odd one, with or without gaps."""
    found = _simplified(size)
    for whole in (axis.kernel, expanded(axis.extent)):
        less = expanded(minus(whole, ONE))
        if expanded(minus(less, times(Integer(2), found))) == ZERO:
            return True
        for half in _halves(whole, less):
            spread = expanded(times(axis.dilation, half))
            if found in (_simplified(half), _simplified(minus(less, half)), _simplified(spread)):
                return True
    return False


def _halves(whole: Expression, less: Expression) -> list[Expression]:
    """Return the halves of a size and of one less, exact and rounded."""
    exact = [Quotient(whole, Integer(2)), Quotient(less, Integer(2))]
    up: list[Expression] = list(map(Ceiling, exact))
    return [*exact, *(Floor(half) for half in exact), *up, minus(up[0], ONE)]


def _begun(axis: Axis, relation: _Relation, flipped: bool) -> Axis:
    """Return an axis whose first window begins where the indices say."""
    before = negative(relation.rest)
    if flipped:
        before = expanded(plus(minus(axis.extent, ONE), before))
    return replace(axis, before=before, after=ZERO if isinstance(before, Negated) else before)


@dataclass(frozen=True)
class _Relation:
    """Output i reads input stride*i + dilation*r + rest through tap r; - if it flips."""

    stride: Expression
    dilation: Expression
    rest: Expression
    flips: bool


def _relation(claim: Equation, laid: Placed, axis: int, base: int) -> _Relation | None:
    """Return which input an output reads along an axis; None where that is not affine.

    With x = a i + b m + c and w = g i + e m + f, where e is 1 or -1, m = e (w - g i - f).
    """
    moved = replace(laid, claim=claim, axes=tuple(frozenset(f"_{n}" for n in s) for s in laid.axes))
    letters = letters_along(moved, axis)
    found = dict(indices_along(moved, axis))
    if "x" not in found or "w" not in found or len(letters.output) != 1:
        return None
    (output,) = letters.output
    own = sorted((found["x"].names | found["w"].names) & moved.axes[axis] - {output})
    if len(own) != 1:
        return None
    x, w = (minus(found[array], Integer(base)) for array in ("x", "w"))
    parts_x, parts_w = _affine(x, output, own[0]), _affine(w, output, own[0])
    if parts_x is None or parts_w is None:
        return None
    (a, b, c), (g, e, f) = parts_x, parts_w
    if e not in (ONE, negative(ONE)):
        return None
    slope = b if e == ONE else negative(b)
    flips = isinstance(slope, Negated)
    stride = expanded(minus(a, times(slope, g)))
    rest = plus(minus(c, times(slope, f)), times(stride, Integer(base)))
    return _Relation(stride, negative(slope) if flips else slope, expanded(rest), flips)


def _affine(
    index: Expression, one: str, other: str
) -> tuple[Expression, Expression, Expression] | None:
    first = linear_in(index, one)
    second = linear_in(first[1], other) if first else None
    return (first[0], second[0], second[1]) if first and second else None


# Groups of channels


def _grouped(node: Any) -> Any:
    """Return an equation with the channels of all groups as G times those of one."""
    match node:
        case Letter(name="C"):
            return times(INPUTS_OF_GROUP, GROUPS)
        case Letter(name="K"):
            return times(OUTPUTS_OF_GROUP, GROUPS)
        case Quotient() | Floor():
            return _cancelled(rebuild(node, _grouped))
    return rebuild(node, _grouped)


def _of_one_group(node: Any) -> Any:
    """Return an equation about one group: C / G is how many channels it has."""
    match node:
        case Quotient(numerator=Letter(name="C" | "K"), denominator=Letter(name="G")):
            return node.numerator
    return rebuild(node, _of_one_group)


def _cancelled(part: Any) -> Any:
    """Return a quotient of channels by groups as the channels of one group, C_g G / G = C_g."""
    if isinstance(part, Floor):
        return part.operand if part.operand in (INPUTS_OF_GROUP, OUTPUTS_OF_GROUP) else part
    above, below = _factors(part.numerator), _factors(part.denominator)
    if GROUPS not in below or GROUPS not in above:
        return part
    above.remove(GROUPS)
    below.remove(GROUPS)
    if not below:
        return times(*above)
    return replace(part, numerator=times(*above), denominator=times(*below))


def _factors(node: Expression) -> list[Expression]:
    return [*node.factors] if isinstance(node, Product) else [node]
