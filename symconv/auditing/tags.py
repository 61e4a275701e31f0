"""The tags of cases: what is special about one, by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from symconv.auditing.kinds import kinds_of

if TYPE_CHECKING:
    from symconv.auditing.case import Case


def tags_of(case: Case) -> frozenset[str]:
    """Return the names of what is special about a case, a subset of TAGS."""
    return frozenset(tag for tag, holds in _TESTS.items() if holds(case))


def _taps_per_phase(case: Case) -> list[list[int]]:
    """Return per axis how many taps each of the t phases has."""
    spec = case.spec
    counts = []
    for k, t, d in zip(spec.kernel_shape, spec.stride, spec.dilation, strict=True):
        met = Counter(r * d % t for r in range(k))
        counts.append([met[phase] for phase in range(t)])
    return counts


def _uneven(case: Case) -> bool:
    spec = case.spec
    return len(set(spec.kernel_shape)) > 1 or len(set(case.sizes)) > 1


def _of_kind(kind: str) -> Callable[[Case], bool]:
    return lambda case: kind in kinds_of(case.spec)


# tag -> (what it means, whether a case has it)
_TAGS: Final[dict[str, tuple[str, Callable[[Case], bool]]]] = {
    "remainder": ("the stride does not divide", lambda c: any(c.remainders)),
    "gap": (
        "some phase has no tap (t > k)",
        lambda c: any(0 in taps for taps in _taps_per_phase(c)),
    ),
    "tiling": (
        "every phase of an axis has one tap (t = k > 1)",
        lambda c: any(len(taps) > 1 and set(taps) == {1} for taps in _taps_per_phase(c)),
    ),
    "overlap": (
        "some phase has two taps or more (t < k)",
        lambda c: any(max(taps) > 1 for taps in _taps_per_phase(c)),
    ),
    "nonsquare": ("kernel or image sizes differ between axes", _uneven),
    "stride": ("a stride is above 1", lambda c: max(c.spec.stride) > 1),
    "unequal_stride": ("strides differ between axes", lambda c: len(set(c.spec.stride)) > 1),
    "dilation": ("a dilation is above 1", lambda c: max(c.spec.dilation) > 1),
    "padding": (
        "there is padding, or a rule for it",
        lambda c: isinstance(c.spec.padding, str) or any(map(any, c.spec.padding)),
    ),
    "unequal_padding": (
        "padding before and after an axis differ",
        lambda c: any(lo != hi for lo, hi in c.concrete.padding_pairs),
    ),
    "same": (
        'padding is "same" or "same_lower", to be resolved with spec.at(sizes)',
        lambda c: isinstance(c.spec.padding, str),
    ),
    "groups": ("groups above 1", lambda c: c.spec.groups > 1),
    "channels": (
        "several channels within a group",
        lambda c: max(c.in_channels, c.out_channels) > c.spec.groups,
    ),
    "batch": ("several images", lambda c: c.batch > 1),
    "pointwise": ("a kernel of one tap", lambda c: set(c.spec.kernel_shape) == {1}),
    "empty": (
        "an array has no entries: no image, an axis of 0, or no window fits",
        lambda c: 0 in (c.batch, *c.sizes, *c.windows),
    ),
    "empty_axis": (
        "an axis of the input or the output is 0",
        lambda c: 0 in (*c.sizes, *c.windows),
    ),
    "crop": ("negative padding cuts cells off", _of_kind("crop")),
    "reflect": ("padding mirrors the input at its border cell", _of_kind("reflect")),
    "replicate": ("padding repeats the border cell", _of_kind("replicate")),
    "circular": ("padding goes on at the other end", _of_kind("circular")),
    "transposed": ("the adjoint of a convolution", _of_kind("transposed")),
    "output_padding": (
        "less is cut off a transposed output behind than before",
        lambda c: c.spec.transposed and any(lo > hi for lo, hi in c.concrete.padding_pairs),
    ),
    "flipped": ("a true convolution, its kernel flipped", _of_kind("flipped")),
}
_TESTS: Final = {tag: test for tag, (_, test) in _TAGS.items()}

TAGS: Final[Mapping[str, str]] = MappingProxyType({tag: text for tag, (text, _) in _TAGS.items()})
