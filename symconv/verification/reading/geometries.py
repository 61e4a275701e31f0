"""The convolutions that an equation may be about: its sizes, its first indices, its direction.

For y itself the convolution is read off the equation: x is read at t·i + d·r − P, and whatever t, d
and P are there defines it. For a gradient the convolution is that of the names: what an equation
does not mention is taken for granted, and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any, Final

from symconv.formula.tree import (
    Branch,
    Compare,
    Entry,
    Equation,
    Expression,
    Floor,
    Integer,
    Letter,
    Negated,
    Partial,
    Quotient,
    SumOver,
    SumWhere,
    walk,
)
from symconv.verification.reading.array_roles import Typed
from symconv.verification.reading.axis_names import (
    axes_by_name,
    axis_said,
    displaced,
    is_of_all_axes,
)
from symconv.verification.reading.channel_groups import grouped as with_groups
from symconv.verification.reading.channel_groups import of_one_group
from symconv.verification.reading.directions import Directions
from symconv.verification.reading.first_indices import Bases, bases_of
from symconv.verification.reading.index_graph import Placed, array_of, placed
from symconv.verification.reading.roles import Told
from symconv.verification.reading.size_hints import (
    FAMILY,
    TILING,
    Hints,
    bare_letter,
    family_costs,
    hinted_axes,
    hints_of,
    indices_along,
    letters_along,
    overruled,
    tiling_sizes,
)
from symconv.verification.reading.sum_limits import beyond
from symconv.verification.reading.window_relations import simplified
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    expanded,
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
    INPUT,
    KERNEL,
    OUTPUT,
    PADDINGS,
    STRIDES,
    Axis,
    Model,
)

MOST: Final = 12  # geometries of one equation
LONE: Final = 1.5  # ... of a size that is meant for the one axis where it stands
SEVERAL: Final = 1.0  # ... and for the two of three axes
UNLIKE_SAID: Final = 2.0  # ... of a number that is not the one that prose says
NOTHING: Final = {
    "stride": "the stride is 1",
    "dilation": "the dilation is 1",
    "padding": "nothing is padded",
}
TILE: Final = "tile"  # the family of a kernel's size that is the stride, too
ONE_OF_TWO: Final = 1.5  # ... of a size that is only one of the two that stand in its places
_WORDS: Final = {1: "one axis", 2: "two axes"}
COMMON: Final = {"kernel": "p", "stride": "t", "dilation": "d", "padding": "P", "input": "m"}
CHANNELS: Final = {"inputs": "C", "outputs": "K", "batch": "N", "groups": "G"}
CHANNELS_OF_GROUP: Final = CHANNELS | {"inputs": "C_g", "outputs": "K_g"}


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
        firsts: array -> what the author's indices start from, in the order of the layout.
    """

    claim: Equation
    model: Model
    index_base: int
    author: Mapping[str, str]
    families: Mapping[str, str]
    cost: float
    assumes: tuple[str, ...]
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
            bases_of(laid, told), _lone_sizes(families, hints, laid.layout.axes)
        ):
            builder = _Builder(laid, hints, families, bases, indices, told, assumes, lone)
            found += builder.geometries(candidate.cost + cost + base_cost + share_cost)
    if padded := next((name for name, r in candidate.names.items() if _is_padded(name, r)), ""):
        found = [_with_padded_gradient(geometry, padded) for geometry in found]
    found = [_with_limits(one) for geometry in found for one in _as_said(geometry, told)]
    found.sort(key=lambda geometry: geometry.cost)
    distinct: dict[Any, Geometry] = {}
    for geometry in found:
        key = (geometry.claim, geometry.model, geometry.index_base)
        distinct.setdefault(key, geometry)
    return list(distinct.values())[:MOST]


def _as_said(geometry: Geometry, told: Told) -> Iterator[Geometry]:
    """Yield a geometry; where numbers in it are not those that prose says, the said one before it.

    Prose may speak of another layer, so that the number in the equation is not ruled out.
    """
    said = {
        name: Integer(told.facts[name]) for name in ("stride", "dilation") if name in told.facts
    }

    def as_said(axis: Axis) -> Axis:
        stride, dilation = (
            said.get(name, size) if isinstance(size, Integer) else size
            for name, size in (("stride", axis.stride), ("dilation", axis.dilation))
        )
        return replace(axis, stride=stride, dilation=dilation)

    axes = map(as_said, geometry.model.axes)
    model = replace(geometry.model, axes=tuple(axes))
    if model == geometry.model:
        yield geometry
        return
    words = tuple(f"the {name} is " for name in said)
    kept = tuple(one for one in geometry.assumes if not one.startswith(words))
    yield replace(geometry, model=model, assumes=kept)
    yield replace(geometry, cost=geometry.cost + UNLIKE_SAID)


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
    tiling = tiling_sizes(hints)
    options = [_family_options(name, hints, told, tiles=name in tiling) for name in names[:8]]
    if any(not option for option in options):
        options = [option or [(1.5, "")] for option in options]
    found = []
    for choice in product(*options):
        families = {name: family for name, (_, family) in zip(names, choice, strict=False)}
        found.append((sum(cost for cost, _ in choice), families))
    found.sort(key=lambda pair: pair[0])
    return [pair for pair in found if _is_consistent(pair[1], hints)][:5]


def _family_options(name: str, hints: Hints, told: Told, *, tiles: bool) -> list[tuple[float, str]]:
    """Return (cost, family) for what a size may be; one for windows that touch is two at once."""
    found = family_costs(name, hints.found[name], told)[:3]
    said = FAMILY.get(told.names.get(name, "kernel size"))
    if tiles and said in TILING:
        return [(0.0, TILE), *((cost + ONE_OF_TWO, family) for cost, family in found[:2])]
    return found


def _is_consistent(families: Mapping[str, str], hints: Hints) -> bool:
    """Return whether no two sizes are the same thing along the same axis."""
    taken: set[tuple[str, int]] = set()
    for name, family in families.items():
        if family in ("input", "output", "", "inputs", "outputs", "batch"):
            continue
        kinds = TILING if family == TILE else (family,)
        for kind, axis in product(kinds, set(hinted_axes(hints.found[name], kinds[0])) or {-1}):
            if (kind, axis) in taken:
                return False
            taken.add((kind, axis))
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
    if not lone:
        return [(0.0, ())]
    several = all(len(set(hinted_axes(hints.found[name], families[name]))) > 1 for name in lone)
    return [(0.0, ()), (SEVERAL if several else LONE, lone)]


@dataclass(frozen=True)
class _Builder:
    laid: Placed
    hints: Hints
    families: Mapping[str, str]
    bases: Bases
    indices: frozenset[str]
    told: Told
    assumes: tuple[str, ...]
    lone: tuple[str, ...]

    @property
    def _directions(self) -> Directions:
        return Directions(self.laid, self.bases, self.families, self.told)

    def geometries(self, cost: float) -> Iterator[Geometry]:
        sizes = self._sizes()
        centres = [self._centre(axis) for axis in range(self.laid.layout.axes)]
        claim = self._renamed(self._shifted(centres), sizes)
        layout = self.laid.layout
        grouped = self._counts_per_group or (
            "groups" in self.families.values() and not self.laid.one_group
        )
        if grouped and not (layout.inputs and layout.outputs):
            return
        if self.laid.one_group:
            claim = of_one_group(claim)
        common = self.bases.common
        moved = common is None or any(centre is not None for centre in centres)
        base = 0 if moved or common is None else common
        halves = [centre or self._half(axis) for axis, centre in enumerate(centres)]
        axes = [self._axis(axis, sizes, half) for axis, half in enumerate(halves)]
        forward = isinstance(claim.left, Entry)
        shapes = (
            self._directions.forward(claim, axes, base)
            if forward
            else self._directions.backward(claim, axes)
        )
        for extra, flipped, found, assumes in shapes:
            if grouped:
                claim = with_groups(claim)
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
                    *overruled(self.families, self.told),
                ),
                self._firsts(centres, sizes),
            )

    @cached_property
    def _counts_per_group(self) -> bool:
        """Return whether channels are those of one group: K_g of floor(o / K_g) are not all."""
        outputs = {Letter(name) for name, own in self.families.items() if own == "outputs"}
        return "groups" not in self.families.values() and any(
            isinstance(part, Floor)
            and isinstance(part.operand, Quotient)
            and part.operand.denominator in outputs
            for part in walk(self.laid.claim)
        )

    @property
    def _tiling(self) -> list[str]:
        return [name for name, family in self.families.items() if family == TILE]

    def _alone(self) -> list[str]:
        alone = [
            f"{name} is the {self.families[name]} of {_WORDS[len(self._axes_of(name))]} only"
            for name in self.lone
        ]
        return [*(f"{name} is the kernel's size and the stride" for name in self._tiling), *alone]

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
        places = [
            (name, axis)
            for name, family in self.families.items()
            for axis in hinted_axes(self.hints.found[name], family)
        ]
        found = list(displaced(places, self.told)) if count == 2 else []
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
                found[name] = (CHANNELS_OF_GROUP if self._counts_per_group else CHANNELS)[family]
            elif family:
                family = "kernel" if family == TILE else family
                axes = self._axes_of(name)
                shared = self._is_shared(name) and family in COMMON
                found[name] = COMMON[family] if shared else own[family][axes[0] if axes else 0]
        return found

    def _axes_of(self, name: str) -> list[int]:
        """Return the axes that a size is of, where it stands or by its name."""
        family = "kernel" if self.families[name] == TILE else self.families[name]
        axes = sorted(set(hinted_axes(self.hints.found[name], family)))
        return axes or axes_by_name(name, self.laid.layout.axes)

    def _is_shared(self, name: str) -> bool:
        """Return whether a size is one of all axes."""
        count = self.laid.layout.axes
        everywhere = is_of_all_axes(name, self.families, count) and name not in self.lone
        return len(self._axes_of(name)) == count or everywhere

    def _size_of_several(self, family: str, axis: int, sizes: Mapping[str, str]) -> str:
        """Return our letter for a size that this axis shares with another, though not with all."""
        for name, own in self.families.items():
            if own == family and axis in self._axes_of(name) and not self._is_shared(name):
                return sizes[name]
        return ""

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

    # Axes

    def _axis(self, axis: int, sizes: Mapping[str, str], centre: Expression | None) -> Axis:
        count = self.laid.layout.axes
        first = 1 if count < len(STRIDES) else 0
        used = set(sizes.values())

        def size(family: str, own: str, default: Expression) -> Expression:
            own = self._size_of_several(family, axis, sizes) or own
            if own in used:
                return Letter(own)
            return Letter(COMMON[family]) if COMMON[family] in used else default

        kernel: Expression = size("kernel", KERNEL[axis], Letter(KERNEL[axis]))
        if kernel == Letter("p") and axis and KERNEL[axis] not in used:
            kernel = Letter("p") if self._is_common("kernel") else Letter(KERNEL[axis])
        even = size("padding", EVEN_PADDINGS[axis + first], ZERO)
        ends = [Letter(n) if n in used else None for n in PADDINGS[axis + first]]
        before, after = (end or (ZERO if any(ends) else even) for end in ends)
        if centre is not None:
            half = self._renamed_size(centre, sizes)
            kernel, before, after = plus(times(Integer(2), half), ONE), half, half
        elif not self._is_told_apart(kernel, sizes) and (own := self._counted_kernel(axis)):
            kernel = own
        image = Letter("m" if self._is_common("input") else INPUT[axis])
        tiles = any(sizes[name] in kernel.names for name in self._tiling)
        return Axis(
            kernel=kernel,
            stride=kernel if tiles else size("stride", STRIDES[axis + first], ONE),
            dilation=size("dilation", DILATIONS[axis + first], ONE),
            before=before,
            after=after,
            input=image,
            output=Letter(OUTPUT[axis]),
        )

    def _is_common(self, family: str) -> bool:
        count = self.laid.layout.axes
        owners = (family, TILE) if family == "kernel" else (family,)
        return any(
            own in owners and len(set(hinted_axes(self.hints.found[name], family))) == count > 1
            for name, own in self.families.items()
        )

    def _renamed_size(self, size: Expression, sizes: Mapping[str, str]) -> Expression:
        letters = {name: Letter(ours) for name, ours in sizes.items()}
        renamed: Expression = substitute(size, letters)
        return renamed

    def _is_told_apart(self, size: Expression, sizes: Mapping[str, str]) -> bool:
        """Return whether cases depend on a size, w_0 if p = 1: entries listed there count none."""
        authors = {name for name, ours in sizes.items() if ours in size.names}
        branches = (part for part in walk(self.laid.claim) if isinstance(part, Branch))
        return any(b.condition is not None and b.condition.names & authors for b in branches)

    def _counted_kernel(self, axis: int) -> Expression | None:
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


def _says(assumes: Sequence[str], said: str) -> bool:
    """Return whether some assumption is about the same size: the stride along an axis."""
    return any(other.startswith(said.partition(" is ")[0]) for other in assumes)


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
    changed: Equation = simplified(substitute(claim, moved))
    return changed


# Groups of channels
