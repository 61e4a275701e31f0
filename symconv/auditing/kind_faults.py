"""Faults that only some kinds of convolutions have: copied padding, crops, adjoints, flips.

They stand before the others: where one of these and a general one explain the same answers, the
word of the kind is the better one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from symconv.auditing.axis_faults import AxisFault, faults_along
from symconv.auditing.axis_tables import cut, resized
from symconv.auditing.copy_tables import (
    copied_from,
    copies_counted,
    last_of_padded,
    symmetric,
)
from symconv.auditing.fault import (
    FORWARD,
    GRAD_INPUT,
    GRAD_WEIGHT,
    Concern,
    Fault,
    tagged,
)
from symconv.auditing.kinds import MODES
from symconv.padding import PADDING_MODES


def kind_faults() -> Iterator[Fault]:
    """Yield the faults of copied padding, of crops, of transposed and of flipped convolutions.

    Example:
        >>> sorted({fault.name for fault in kind_faults()})[:4]
        ['accumulation', 'another padding mode', 'border repeated', 'copies counted too often']
    """
    for tag, faults in _BY_TAG.items():
        for fault in faults:
            yield from faults_along(fault, concerns=tagged(tag))
    for mode in PADDING_MODES:
        for fault in _instead_of(mode):
            yield from faults_along(fault, concerns=_copied_unless(mode))
    for fault in _COPIED:
        yield from faults_along(fault, concerns=_copied_unless("zeros"))


def _copied_unless(mode: str) -> Concern:
    """Return whether padding holds copies, other ones than those of the mode."""
    return lambda case: not case.tags.isdisjoint(MODES) and case.spec.padding_mode != mode


def _instead_of(mode: str) -> Iterator[AxisFault]:
    """Yield what a kernel does that takes every padding for one of this mode."""
    if mode == "zeros":
        change = copies_counted(before=0, after=0)
        yield AxisFault("copies dropped", "the gradient of the copies is lost", change, GRAD_INPUT)
        reads = FORWARD + GRAD_WEIGHT
        yield AxisFault("padding mode ignored", "the padding is zero", change, reads)
        return
    sentence = f"the padding is taken for {mode}"
    yield AxisFault("another padding mode", sentence, resized(mode=lambda axis: mode))


_COPIED: Final = (
    AxisFault(
        "copies dropped",
        "the copies in front are left out",
        copies_counted(before=0),
    ),
    AxisFault(
        "copies dropped",
        "the copies at the end are left out",
        copies_counted(after=0),
    ),
    AxisFault(
        "copies counted too often",
        "every copy counts twice",
        copies_counted(before=2, after=2),
    ),
    AxisFault(
        "copies counted too often",
        "every copy in front counts twice",
        copies_counted(before=2),
    ),
    AxisFault(
        "copies counted too often",
        "every copy at the end counts twice",
        copies_counted(after=2),
    ),
    AxisFault(
        "accumulation",
        "the last padded cell of a source replaces the others",
        last_of_padded(with_own=False),
        GRAD_INPUT,
    ),
    AxisFault(
        "accumulation",
        "of several copies of a cell the last alone is added to it",
        last_of_padded(with_own=True),
        GRAD_INPUT,
    ),
    *(
        AxisFault("copies displaced", sentence, copied_from(before=before, after=after))
        for sentence, before, after in (
            ("copies come from one cell further on", 1, 1),
            ("copies come from one cell before", -1, -1),
            ("the copies in front come from one cell further on, those at the end before", 1, -1),
            ("the copies in front come from one cell before, those at the end further on", -1, 1),
            ("the copies in front come from one cell further on", 1, 0),
            ("the copies in front come from one cell before", -1, 0),
            ("the copies at the end come from one cell further on", 0, 1),
            ("the copies at the end come from one cell before", 0, -1),
        )
    ),
)
_BY_TAG: Final[dict[str, tuple[AxisFault, ...]]] = {
    "reflect": (AxisFault("border repeated", "the mirror repeats the border cell", symmetric),),
    "crop": (
        AxisFault(
            "crop ignored",
            "nothing is cut off in front",
            resized(before=lambda a: max(0, a.before)),
        ),
        AxisFault(
            "crop on the wrong side",
            "what is to be cut off at the end is cut off in front",
            resized(before=lambda a: max(0, a.before) + min(0, a.after)),
        ),
        AxisFault(
            "crop on the wrong side",
            "before and after are swapped",
            resized(before=lambda a: a.after),
        ),
        AxisFault(
            "crop added",
            "as many cells are added in front as are to be cut off",
            resized(before=lambda a: abs(a.before)),
        ),
    ),
    "output_padding": (
        AxisFault(
            "output padding",
            "the output is longer in front instead of at the end",
            resized(before=lambda a: min(a.before, a.after)),
        ),
        AxisFault(
            "output padding",
            "nothing is added to the cells of output_padding",
            cut(lambda a: a.input - max(0, a.before - a.after)),
        ),
    ),
    "transposed": (
        AxisFault(
            "padding not complemented",
            "padding is added where extent - 1 - padding belongs",
            resized(before=lambda a: a.extent - 1 - a.before),
        ),
    ),
    "flipped": (
        AxisFault(
            "kernel not flipped",
            "the flip that the spec asks for is left out",
            resized(flipped=lambda a: False),
        ),
    ),
}
