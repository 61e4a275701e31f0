"""What the form of an equation says of the sizes in it, and what their names suggest.

The factor of an output's index in that of an input is the stride; the factor of a tap's is the
dilation; what a tap runs up to is the kernel's size. A name that plainly says something else makes
the reading dear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, TypeAlias

from symconv.formula.tree import (
    Cases,
    Compare,
    Divides,
    Entry,
    Equation,
    Floor,
    Integer,
    Letter,
    Negated,
    Product,
    Quotient,
    Remainder,
    SumOver,
    Total,
    walk,
)
from symconv.verification.reading.index_graph import Placed, array_of
from symconv.verification.reading.roles import Told
from symconv.verification.truth.algebra import expanded, linear_in, minus
from symconv.verification.truth.layout import AXES

Hint: TypeAlias = tuple[str, int]  # what a size is, and of which axis; -1 for a channel

FAMILY: Final[Mapping[str, str]] = {
    "kernel size": "kernel",
    "kernel depth": "kernel",
    "kernel height": "kernel",
    "kernel width": "kernel",
    "stride": "stride",
    "stride depth": "stride",
    "stride height": "stride",
    "stride width": "stride",
    "dilation": "dilation",
    "dilation depth": "dilation",
    "dilation height": "dilation",
    "dilation width": "dilation",
    "padding": "padding",
    "padding depth": "padding",
    "padding height": "padding",
    "padding width": "padding",
    "padding top": "before",
    "padding left": "before",
    "padding front": "before",
    "padding bottom": "after",
    "padding right": "after",
    "padding back": "after",
    "input size": "input",
    "input depth": "input",
    "input height": "input",
    "input width": "input",
    "output size": "output",
    "output depth": "output",
    "output height": "output",
    "output width": "output",
    "input channels": "inputs",
    "output channels": "outputs",
    "groups": "groups",
    "batch size": "batch",
}
_LABEL: Final = r"([_\[(^].*|[hwdHW]|'+)?"
_STRONG: Final = {
    "stride": re.compile(rf"(s|S|t|stride|strides|str|sigma|step){_LABEL}"),
    "dilation": re.compile(rf"(d|dil|dilation|dilations|rate){_LABEL}"),
    "padding": re.compile(rf"(P|pad|pads|padding){_LABEL}"),
    "kernel": re.compile(
        rf"[fF]_?[hwHW12]|(k|K|kernel\w*|F[HWS]|K[HW]|ks|ksize|filter\w*){_LABEL}"
    ),
    "before": re.compile(r"(p|P|pad|padding)_?\(?(t|l|top|left|front|start|begin|b)\b.*"),
    "after": re.compile(r"(p|P|pad|padding)_?\(?(b|r|bottom|right|back|end)\b.*"),
    "output": re.compile(r"[^CDKc]*_?(out|Out|OUT).*|O[HW]|o[hw]|[HWNLMn]_?(o|O)|.*''"),
    "input": re.compile(r"[^CDKc]*_?(in|In|IN)|I[HW]|[HWNLMn]_?i"),
    "inputs": re.compile(r"[Cc]_?(in|i)|in_?channels?"),
    "outputs": re.compile(r"[Cc]_?(out|o)|out_?channels?"),
}
_WEAK: Final = {
    "stride": re.compile(rf"(tau|r|u|v){_LABEL}"),
    "dilation": re.compile(rf"(D|r|l|delta|a){_LABEL}"),
    "padding": re.compile(rf"(p){_LABEL}"),
    "kernel": re.compile(rf"([fFpqPQRSrsmnMNUVwh]|Delta|D_K)({_LABEL}|[12])"),
    "output": re.compile(rf"([HWMNhwgmnEFPQ]|D_G)({_LABEL}|[12])"),
    "input": re.compile(rf"([HWMNhwmnLD]|D_F)({_LABEL}|[12])"),
    "inputs": re.compile(rf"([CDMKIc]){_LABEL}|channels?"),
    "outputs": re.compile(rf"([KNCOFMm]){_LABEL}"),
    "batch": re.compile(rf"([NBnb]){_LABEL}"),
    "groups": re.compile(rf"([Gg]){_LABEL}|groups"),
}
_PLAIN: Final = ("inputs", "outputs", "input", "output")
_LABELLED: Final = re.compile(r"in|out", re.IGNORECASE)
"""What the label of a name says beyond doubt, C_in, H_out; K is a kernel's size or a number."""
COUNTED: Final[Mapping[str, str]] = {
    "inputs": "the number of input channels",
    "outputs": "the number of output channels",
    "batch": "the number of images",
    "groups": "the number of groups",
    "kernel": "the kernel size",
    "input": "the input size",
    "output": "the output size",
    "stride": "the stride",
    "dilation": "the dilation",
    "padding": "the padding",
}
_RIVALS: Final = {"stride": "dilation", "dilation": "stride"}
TILING: Final = ("kernel", "stride")  # what one size is where windows touch
UNHINTED: Final = 1.0  # the cost of what a size is not where it stands
UNNAMED: Final = 0.3  # ... of what its name does not suggest
UNUSUAL: Final = 1.2  # ... of what it is not in the notation that is in use
AGAINST: Final = 2.5  # ... against what its name plainly says
CONTRADICTED: Final = 8.0  # ... against what was said of it


@dataclass(frozen=True)
class Letters:
    """The index letters along one axis, by the array in which they stand alone."""

    output: frozenset[str]
    tap: frozenset[str]
    cell: frozenset[str]


@dataclass
class Hints:
    """What the form says: size -> what it is, for which axis; and how it was found.

    Attributes:
        found: size -> hints, in the order of the text.
    """

    found: dict[str, list[Hint]] = field(default_factory=dict)

    def add(self, names: Iterator[str] | Sequence[str], *hints: Hint) -> None:
        """Keep what was found of some sizes."""
        for name in names:
            known = self.found.setdefault(name, [])
            known += [hint for hint in hints if hint not in known]


def letters_along(placed: Placed, axis: int) -> Letters:
    """Return the index letters of an axis by the array in which they stand alone."""
    own = placed.axes[axis]
    alone: dict[str, set[str]] = {"x": set(), "w": set(), "dy": set()}
    for array, index in indices_along(placed, axis):
        name = bare_letter(index)
        if name and array in alone:
            alone[array].add(name)
    taken = alone["dy"] & own
    taps = (alone["w"] & own) - taken
    return Letters(frozenset(taken), frozenset(taps), frozenset((alone["x"] & own) - taken - taps))


def indices_along(placed: Placed, axis: int) -> Iterator[tuple[str, Any]]:
    """Yield (array, index) for each index along an axis."""
    for part in walk(placed.claim):
        if isinstance(part, Entry) and part.indices and array_of(part) != "b":
            roles = placed.layout.roles(array_of(part))
            for role, index in zip(roles, part.indices, strict=False):
                if role == AXES[axis]:
                    yield array_of(part), index


def bare_letter(index: Any) -> str:
    """Return the letter that an index is up to a constant, or ""."""
    match index:
        case Letter(name=name):
            return name
        case Total(terms=terms):
            letters = [term.name for term in terms if isinstance(term, Letter)]
            whole = all(
                isinstance(term, Letter | Integer)
                or (isinstance(term, Negated) and isinstance(term.operand, Integer))
                for term in terms
            )
            return letters[0] if whole and len(letters) == 1 else ""
    return ""


_OF_ARRAY: Final = {"x": "input", "w": "kernel", "y": "output", "dy": "output"}


def hints_of(placed: Placed, indices: frozenset[str], arrays: Mapping[str, str]) -> Hints:
    """Return what the form of an equation says of its sizes.

    Args:
        placed: the equation.
        indices: its index letters.
        arrays: the author's name of an array -> ours; x_h is a size of x.
    """
    hints = Hints()
    for part in walk(placed.claim):
        if isinstance(part, Letter) and part.name not in indices:
            family = _OF_ARRAY.get(arrays.get(part.name.split("_")[0], ""))
            if family and "_" in part.name:
                axis = int(part.name.split("_")[1][:1] in ("w", "W", "2", "y"))
                hints.add([part.name], (family, axis))
    told_apart = _conditions_of_cases(placed.claim)
    for axis in range(placed.layout.axes):
        letters = letters_along(placed, axis)
        for array, index in indices_along(placed, axis):
            _hints_of_index(hints, array, index, axis, letters, indices)
        for part in walk(placed.claim):
            if isinstance(part, Compare) and part.names & placed.axes[axis]:
                difference = minus(part.left, part.right)
                if part.operator == "=":
                    _hints_of_index(hints, "dy", difference, axis, letters, indices)
                elif part in told_apart or not _hint_of_range(hints, part, axis, letters, indices):
                    hints.add(_sizes(difference, indices), ("", axis))
            elif isinstance(part, Divides) and part.names & placed.axes[axis]:
                hints.add(_sizes(part.divisor, indices), ("stride", axis), ("dilation", axis))
            elif isinstance(part, SumOver) and part.letter in placed.axes[axis]:
                _hints_of_limits(hints, part, axis, letters, indices)
    _hints_of_channels(hints, placed, indices)
    _hints_of_groups(hints, placed, indices)
    everywhere = [part.name for part in walk(placed.claim) if isinstance(part, Letter)]
    hints.add([name for name in everywhere if name not in indices and name != "e"])
    return hints


def _conditions_of_cases(claim: Equation) -> frozenset[Compare]:
    """Return what tells cases apart, u < p and u >= p; where one says "otherwise", it is ranges."""
    cases = [part for part in walk(claim) if isinstance(part, Cases)]
    conditions = [
        [branch.condition for branch in one.branches if branch.condition is not None]
        for one in cases
        if all(branch.condition is not None for branch in one.branches)
    ]
    parts = chain.from_iterable(map(walk, chain.from_iterable(conditions)))
    return frozenset(part for part in parts if isinstance(part, Compare))


def _sizes(node: Any, indices: frozenset[str]) -> list[str]:
    return [p.name for p in walk(node) if isinstance(p, Letter) and p.name not in indices]


def _hints_of_index(
    hints: Hints, array: str, index: Any, axis: int, letters: Letters, indices: frozenset[str]
) -> None:
    """Collect what stands in an index: factors of letters, divisors, and what is added."""
    halved: set[str] = set()  # of x_{i + r - k/2}, k is the kernel's size
    for part in walk(index):
        if isinstance(part, Quotient | Remainder):
            below = part.denominator if isinstance(part, Quotient) else part.modulus
            first = "dilation" if array == "w" else "stride"
            second = "stride" if array == "w" else "dilation"
            hints.add(_sizes(below, indices), (first, axis))
            if isinstance(part, Remainder):
                hints.add(_sizes(below, indices), (second, axis))
                if array == "w" and part is index:  # of w_{u mod k}, where windows touch
                    hints.add(_sizes(below, indices), ("kernel", axis))
            elif below == Integer(2):
                halved |= set(_sizes(part.numerator, indices))
    hints.add(sorted(halved), ("kernel", axis))
    inner = _undivided(index)
    factors: set[str] = set()
    for name in sorted(inner.names & (letters.output | letters.tap | letters.cell)):
        slope, rest = linear_in(inner, name) or (None, inner)
        if slope is None:
            continue
        if name in letters.output | letters.tap:
            kind = "stride" if name in letters.output else "dilation"
            hints.add(_sizes(slope, indices), (kind, axis))
            factors |= slope.names
        inner = rest
    if not isinstance(index, Letter):
        terms = [term for term in _terms(expanded(inner)) if not term.names & factors]
        added = [n for term in terms for n in _added(term, indices) if n not in halved]
        turned = letters.tap | letters.cell  # with a minus, they count a kernel from its end
        flips = any(isinstance(t, Negated) and t.names & turned for t in _terms(index))
        placed_by_output = array == "x" or bool(index.names & letters.output and array == "w")
        placed_by_output &= not flips  # of x_{i+p-1-r}, p is the kernel's size
        kinds = ("padding", "before") if placed_by_output else ("padding", "before", "kernel")
        hints.add(added, *((kind, axis) for kind in kinds))


def _undivided(index: Any) -> Any:
    """Return an index without the division around it."""
    if isinstance(index, Floor):
        return _undivided(index.operand)
    return _undivided(index.numerator) if isinstance(index, Quotient) else index


def _terms(node: Any) -> tuple[Any, ...]:
    return node.terms if isinstance(node, Total) else (node,)


def _added(term: Any, indices: frozenset[str]) -> list[str]:
    return [] if term.names & indices else _sizes(term, indices)


def _hints_of_limits(
    hints: Hints, total: SumOver, axis: int, letters: Letters, indices: frozenset[str]
) -> None:
    kind = (
        "kernel"
        if total.letter in letters.tap
        else "output"
        if total.letter in letters.output
        else "input"
        if total.letter in letters.cell
        else "stride"  # of x_{at+r}, 0 <= r < t
    )
    for end in (total.lower, total.upper):
        if end is None:
            continue
        plain = [t for t in _terms(end) if isinstance(t, Letter) and t.name not in indices]
        others = [name for name in _sizes(end, indices) if name not in {t.name for t in plain}]
        whole = not others and len(plain) == 1
        hints.add([t.name for t in plain], (kind if whole else "", axis))
        hints.add(others, ("", axis))


def _hint_of_range(
    hints: Hints, part: Compare, axis: int, letters: Letters, indices: frozenset[str]
) -> bool:
    """Collect the size below which an index letter stays, i < H or i <= H - 1."""
    letter, bound = part.left, part.right
    if part.operator in (">", ">="):
        letter, bound = bound, letter
    if not isinstance(letter, Letter) or letter.name not in indices:
        return False
    _hints_of_limits(hints, SumOver(letter.name, None, bound, letter), axis, letters, indices)
    return True


def _hints_of_channels(hints: Hints, placed: Placed, indices: frozenset[str]) -> None:
    kinds = {"batch": "batch", "input": "inputs", "output": "outputs", "channel": "inputs"}
    for part in walk(placed.claim):
        if isinstance(part, SumOver):
            for role, names in placed.channels.items():
                if part.letter in names and part.upper is not None:
                    divisors = [
                        name
                        for inner in walk(part.upper)
                        if isinstance(inner, Quotient)
                        for name in _sizes(inner.denominator, indices)
                    ]
                    hints.add(divisors, ("groups", -1))
                    own = [n for n in _sizes(part.upper, indices) if n not in divisors]
                    hints.add(own, (kinds[role], -1))


_KINDS: Final = {"batch": "batch", "input": "inputs", "output": "outputs", "channel": "inputs"}


def _hints_of_groups(hints: Hints, placed: Placed, indices: frozenset[str]) -> None:
    """Collect the sizes in indices of channels: those of a group, floor(o/(K/G))*C/G + c."""
    for part in walk(placed.claim):
        if isinstance(part, Entry) and part.indices:
            roles = placed.layout.roles(array_of(part))
            for role, index in zip(roles, part.indices, strict=False):
                if role in ("input", "output") and not isinstance(index, Letter):
                    _hints_of_group(hints, index, _KINDS[role], placed, indices)


def _hints_of_group(
    hints: Hints, node: Any, kind: str, placed: Placed, indices: frozenset[str]
) -> None:
    match node:
        case (
            Floor(operand=Quotient(numerator=value, denominator=step))
            | Remainder(value=value, modulus=step)
        ) if value.names & indices:
            roles = [role for role, names in placed.channels.items() if names & value.names]
            hints.add(_sizes(value, indices), ("groups", -1))
            own = _KINDS[roles[0]] if roles else kind
            _hints_of_group(hints, step, own, placed, indices)
        case Floor(operand=inner):
            _hints_of_group(hints, inner, kind, placed, indices)
        case Quotient(numerator=above, denominator=below):
            hints.add(_sizes(below, indices), ("groups", -1))
            _hints_of_group(hints, above, kind, placed, indices)
        case Letter(name=name):
            hints.add([name] if name not in indices else [], (kind, -1))
        case Total(terms=parts) | Product(factors=parts):
            for part in parts:
                _hints_of_group(hints, part, kind, placed, indices)


# What names suggest


def family_costs(name: str, hints: Sequence[Hint], told: Told) -> list[tuple[float, str]]:
    """Return (cost, family) for each thing that a size may be, the likeliest first."""
    said = told.names.get(name)
    usual = FAMILY.get(said or "") if told.sources.get(name) == "preset" else None
    if usual is None and said is not None and said in FAMILY:
        return [(0.0, FAMILY[said])]
    hinted = {family for family, _ in hints if family}
    strong = {family for family, pattern in _STRONG.items() if pattern.fullmatch(name)}
    weak = {family for family, pattern in _WEAK.items() if pattern.fullmatch(name)}
    sided = strong & {"before", "after"}
    found = []
    for family in dict.fromkeys(FAMILY.values()):
        if sided and family not in sided:
            continue
        if family != usual and not family_is_open(family, hinted, strong, weak):
            continue
        cost = 0.0 if family in strong else UNNAMED / 3 if family in weak else UNNAMED
        cost += UNHINTED * (1 + (usual is not None)) if hinted and family not in hinted else 0.0
        unhinted = bool(strong) and not hinted and family not in strong
        cost += AGAINST if unhinted or _is_contrary(name, family, strong) else 0.0
        if usual is not None:  # a notation only shifts priors, but a stride is no dilation
            cost += 0.0 if family == usual else UNUSUAL
            cost += CONTRADICTED if _RIVALS.get(family) == usual else 0.0
        elif said is not None:
            cost += CONTRADICTED
        found.append((cost, family))
    return sorted(found, key=lambda pair: pair[0])


def tiling_sizes(hints: Hints) -> frozenset[str]:
    """Return the size that stands where a kernel's size does and where a stride does, x_{ki+r}.

    Its windows touch: no other size may be the kernel's or the stride, and it is no padding.
    """
    places = {
        name: {hint for hint in own if hint[0] in TILING} for name, own in hints.found.items()
    }
    used = [name for name, found in places.items() if found]
    if len(used) != 1 or any(_is_plain_side(name) for name in places.keys() - used):
        return frozenset()
    (name,) = used
    axes = [{axis for kind, axis in places[name] if kind == side} for side in TILING]
    padded = any(kind in ("padding", "before") for kind, _ in hints.found[name])
    return frozenset(used) if axes[0] == axes[1] and not padded else frozenset()


def _is_plain_side(name: str) -> bool:
    return any(_STRONG[side].fullmatch(name) for side in TILING)


def family_said(name: str, told: Told) -> str:
    """Return what a size is said to be, or what its name plainly says, C_in or H_out; else ""."""
    said = FAMILY.get(told.names.get(name, ""), "")
    if said and told.sources.get(name) != "preset":
        return said
    if not _LABELLED.search(name):
        return ""
    return next((family for family in _PLAIN if _STRONG[family].fullmatch(name)), "")


def overruled(families: Mapping[str, str], told: Told) -> tuple[str, ...]:
    """Return what sizes are taken for that are said to be another, or plainly named so.

    Args:
        families: size -> what it is taken for.
        told: what was said of the names.
    """
    return tuple(
        f"{name} is {COUNTED[family]}, too"
        for name, family in families.items()
        if family in COUNTED and family_said(name, told) not in ("", family)
    )


def is_plain_size(name: str) -> bool:
    """Return whether a name plainly is a stride, a dilation or a padding."""
    return any(_STRONG[family].fullmatch(name) for family in ("stride", "dilation", "padding"))


def family_is_open(family: str, hinted: set[str], strong: set[str], weak: set[str]) -> bool:
    """Return whether a size may be of a family at all."""
    if family in ("before", "after"):
        return family in strong
    if family in ("inputs", "outputs", "batch", "groups"):
        return family in hinted or family in strong
    rival = _RIVALS.get(family) in hinted
    return family in hinted or family in strong or (family in weak and (rival or not hinted))


def _is_contrary(name: str, family: str, strong: set[str]) -> bool:
    """Return whether a name plainly says something else: a stride is no dilation, H_in no H_out."""
    if family in strong or not strong:
        return False
    spoken = len(name) > 2 and name[:3].isalpha()
    image = strong & {"input", "output"} or (strong == {"kernel"} and family in ("input", "output"))
    return spoken or _RIVALS.get(family) in strong or bool(image)


def hinted_axes(hints: Sequence[Hint], family: str) -> list[int]:
    """Return the axes for which a size was found to be of a family, or found at all."""
    own = [axis for kind, axis in hints if kind == family and axis >= 0]
    return own or [axis for _, axis in hints if axis >= 0]
