"""Space: which convolutions a function is audited on, as data; and the draw of cases from it.

The draw is seeded and goes round the tags: each round asks for one case with every tag that the
space has, small ones first. So each tag gets its share, however rare it is.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

from symconv.auditing.case import Case
from symconv.auditing.draw import draw_case, draw_spec
from symconv.auditing.kinds import FLIPPED, KINDS, PLAIN, bases_of, kinds_of
from symconv.auditing.tags import TAGS
from symconv.errors import OptionError, shown
from symconv.sizes import MAX_AXES, Shape, checked_per_axis
from symconv.spec import ConvSpec

TRIES: Final = 150  # draws spent on one wish before the space counts as exhausted there
MAX_PAIRS: Final = 40_000  # unit pairs of one case, unless it was asked for

Entry: TypeAlias = ConvSpec | tuple[ConvSpec, Shape]
SpaceLike: TypeAlias = "Space | ConvSpec | Sequence[ConvSpec | tuple[ConvSpec, Sequence[int]]]"
T = TypeVar("T")


@dataclass(frozen=True, init=False)
class Space:
    """What a function supports: numbers of axes, kinds, tags it does without, or a list of specs.

    A function that takes no notice of `spec.transposed` or `spec.padding_mode` is not wrong for
    that: what is drawn is plain, unless other kinds are asked for.

    Attributes:
        axes: the numbers of spatial axes, of 1 to 3.
        exclude: tags that no case may have, of `symconv.auditing.tags.TAGS`.
        kinds: which convolutions, of `symconv.auditing.kinds.KINDS`: "plain", "crop",
            "reflect", "replicate", "circular", "transposed", "flipped".
        only: specs, for inputs of any shape, and (spec, input_shape) pairs; empty for all specs.

    Example:
        >>> space = Space(axes=2, exclude=("dilation", "groups"))
        >>> cases = space.cases(operation="grad_input", layout="plane", count=60)
        >>> {case.spec.axes for case in cases}, any("dilation" in case.tags for case in cases)
        ({2}, False)
        >>> Space(exclude="dilatation")
        Traceback (most recent call last):
        ...
        symconv.errors.OptionError: exclude must be of remainder, gap, tiling, overlap, nonsquare, \
stride, unequal_stride, dilation, padding, unequal_padding, same, groups, channels, batch, \
pointwise, empty, empty_axis, crop, reflect, replicate, circular, transposed, output_padding, \
flipped, got 'dilatation'
    """

    axes: tuple[int, ...]
    exclude: tuple[str, ...]
    only: tuple[Entry, ...]
    kinds: tuple[str, ...]

    def __init__(
        self,
        *,
        axes: int | Sequence[int] = (1, 2, 3),
        exclude: str | Sequence[str] = (),
        only: ConvSpec | Sequence[ConvSpec | tuple[ConvSpec, Sequence[int]]] = (),
        kinds: str | Sequence[str] = PLAIN,
    ) -> None:
        """Check and store the bounds.

        Args:
            axes: one number of spatial axes, or several.
            exclude: one tag, or several.
            only: a spec, or several, or (spec, input_shape) pairs with the full input shape,
                (*in) or (N, C_in, *in); the function is asked about nothing else.
            kinds: one kind, or several. "flipped" beside others: those as they are, and with their
                kernel flipped. Specs of `only` may be of any kind.

        Raises:
            OptionError: a number of axes, a tag or a kind does not exist, or `only` holds
                something else.
        """
        object.__setattr__(self, "axes", _checked_axes(axes))
        object.__setattr__(self, "exclude", _checked_words("exclude", exclude, tuple(TAGS)))
        object.__setattr__(self, "only", tuple(map(_checked_entry, _entries(only))))
        words = _checked_words("kinds", kinds, KINDS)
        if not words:
            raise OptionError(f"kinds must hold at least one of {', '.join(KINDS)}, got ()")
        object.__setattr__(self, "kinds", words)

    def admits(self, case: Case) -> bool:
        """Return whether the case lies in this space."""
        if case.spec.axes not in self.axes or not case.tags.isdisjoint(self.exclude):
            return False
        if self.only:
            return any(entry in (case.spec, (case.spec, case.input_shape)) for entry in self.only)
        found = kinds_of(case.spec)
        if self.kinds == (FLIPPED,) and FLIPPED not in found:
            return False
        base = found - {FLIPPED} or {PLAIN}
        return base <= set(bases_of(self.kinds)) and found - base <= set(self.kinds)

    def cases(self, *, operation: str, layout: str, count: int, seed: int = 0) -> tuple[Case, ...]:
        """Return up to `count` different cases, the same ones for the same seed.

        Args:
            operation: an operation of OPERATIONS; `forward` needs an input that a window fits into.
            layout: "plane" or "batched".
            count: how many; small spaces have fewer.
            seed: of the draw.

        Raises:
            OptionError: no case lies in the space.
        """
        found = dict.fromkeys(_first(self._drawn(operation, layout, count, seed), count))
        if not found:
            raise OptionError(
                f"space must hold at least one case of {operation} in the {layout} layout, "
                f"got {self!r}"
            )
        return tuple(found)

    def _drawn(self, operation: str, layout: str, count: int, seed: int) -> Iterator[Case]:
        """Yield different cases, round after round, until a whole round brings nothing new."""
        rng = random.Random(seed)  # noqa: S311  # tests are drawn, not secrets
        seen: set[Case] = set()
        wishes: list[str | None] = [None, *(tag for tag in TAGS if self._may_have(tag))]
        for number in range(count):
            hit = []
            for wish in wishes:
                case = self._wished(rng, wish, operation, layout, number)
                if case is not None and case not in seen:
                    seen.add(case)
                    hit.append(wish)
                    yield case
            if not hit:
                return
            if number == 0:
                wishes = hit

    def _may_have(self, tag: str) -> bool:
        """Return whether it is worth a try to draw a case with a tag."""
        if tag in self.exclude:
            return False
        kind = "transposed" if tag == "output_padding" else tag
        specs = (entry[0] if isinstance(entry, tuple) else entry for entry in self.only)
        kinds = frozenset().union(*map(kinds_of, specs)) if self.only else self.kinds
        return kind not in KINDS or kind in kinds

    def _wished(
        self, rng: random.Random, wish: str | None, operation: str, layout: str, number: int
    ) -> Case | None:
        """Return a case of this space with a tag, or None if the draw does not come upon one."""
        for _ in range(TRIES):
            spec, shape = self._entry(rng, layout, small=number < 3)
            empty = wish in ("empty", "empty_axis")
            case = draw_case(rng, spec, shape, layout, empty=empty, small=number < 3)
            if case is None or not case.exists or not self.admits(case):
                continue
            small = bool(self.only) or case.pairs(operation) <= MAX_PAIRS
            if small and case.allows(operation) and (not wish or wish in case.tags):
                return case
        return None

    def _entry(
        self, rng: random.Random, layout: str, *, small: bool
    ) -> tuple[ConvSpec, Shape | None]:
        if not self.only:
            axes = rng.choice(self.axes)
            return draw_spec(rng, axes, layout, kinds=self.kinds, small=small), None
        entry = rng.choice(self.only)
        return entry if isinstance(entry, tuple) else (entry, None)


def as_space(value: object) -> Space:
    """Return the space that an argument means: None for all, one spec, or a list of entries.

    Raises:
        OptionError: it is none of these.
    """
    if value is None:
        return Space()
    if isinstance(value, Space):
        return value
    if isinstance(value, ConvSpec):
        return Space(only=(value,))
    if isinstance(value, str) or not isinstance(value, Iterable) or not (given := tuple(value)):
        raise OptionError(
            f"space must be a Space, a ConvSpec or a list of specs, got {shown(value)}"
        )
    return Space(only=given)


def _first(items: Iterator[T], count: int) -> Iterator[T]:
    return (item for _, item in zip(range(count), items, strict=False))


def _entries(value: object) -> tuple[Any, ...]:
    """Return what an argument lists; a word, or anything that is no list, stands for itself."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (value,)
    return tuple(value)


def _checked_axes(value: int | Sequence[int]) -> tuple[int, ...]:
    entries = _entries(value)
    for entry in entries:
        if isinstance(entry, bool) or entry not in range(1, MAX_AXES + 1):
            raise OptionError(f"axes must be of 1, 2, 3, got {shown(entry)}")
    if not entries:
        raise OptionError("axes must hold at least one of 1, 2, 3, got ()")
    return tuple(dict.fromkeys(entries))


def _checked_words(name: str, value: object, words: Sequence[str]) -> tuple[str, ...]:
    entries = _entries(value)
    for entry in entries:
        if not isinstance(entry, str) or entry not in words:
            raise OptionError(f"{name} must be of {', '.join(words)}, got {shown(entry)}")
    return tuple(dict.fromkeys(entries))


def _checked_entry(entry: object) -> Entry:
    if isinstance(entry, ConvSpec):
        return entry
    match entry:
        case (ConvSpec() as spec, [*sizes]):
            axes = len(sizes) if len(sizes) == spec.axes + 2 else spec.axes
            return spec, checked_per_axis("input_shape", sizes, axes=axes, least=0)
    raise OptionError(f"space must hold specs or (spec, input_shape) pairs, got {shown(entry)}")
