"""What the author calls things: arrays and sizes by name or in words, and for which sizes.

A size without a name is said in words: "kernel height", "every input size".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from symconv.formula.notation import Name
from symconv.formula.text_speller import TextSpeller
from symconv.formula.tree import Entry, Letter, Node, walk
from symconv.verification.reading.authored import Authored
from symconv.verification.reading.index_graph import array_of
from symconv.verification.truth.algebra import letters_in, substitute
from symconv.verification.truth.convolution import INPUT, KERNEL, OUTPUT, Axis

ARRAYS: Final[Mapping[str, str]] = {
    "y": "output",
    "x": "input",
    "w": "kernel",
    "b": "bias",
    "e": "loss",
    "dy": "gradient of the output",
    "dx": "gradient of the input",
    "dw": "gradient of the kernel",
    "db": "gradient of the bias",
}
DIRECTIONS: Final = {1: ("size",), 2: ("height", "width"), 3: ("depth", "height", "width")}
COUNTS: Final = {
    "N": "images",
    "C": "input channels",
    "K": "output channels",
    "G": "groups",
    "C_g": "input channels of a group",
    "K_g": "output channels of a group",
}
UNWRITTEN: Final = "(left side)"  # the array of a row that goes on with the one above
NO_SPELLINGS: Final[Mapping[str, str]] = MappingProxyType({})


class _Plain(TextSpeller):
    """Spells names as they are."""

    def name(self, name: str) -> str:
        return name


@dataclass(frozen=True)
class Words:
    """Says in words what an equation was taken for.

    Attributes:
        authored: how its author writes.
        spelled: base of a name -> as its author spelled it, "delta" -> "δ".
    """

    authored: Authored
    spelled: Mapping[str, str] = field(default_factory=lambda: NO_SPELLINGS)

    # Names

    def shown(self, name: str) -> str:
        """Return a name of the author's as it was spelled."""
        if name.removeprefix("d ") == UNWRITTEN:
            return "the left side"
        for base, spelled in self.spelled.items():
            rest = name.removeprefix(base)
            if name.startswith(base) and (not rest or not rest[0].isalpha()):
                return spelled + rest
        return name

    def array(self, role: str) -> str:
        """Return the name of an array; dy without one is the derivative by y."""
        arrays = self.authored.arrays
        if role not in arrays and role == "dy":
            loss, output = (self.shown(arrays.get(r, n)) for r, n in (("e", "L"), ("y", "y")))
            return f"∂{loss}/∂{output}"
        return self.shown(arrays.get(role, role))

    def size(self, ours: str) -> str:
        """Return the name of a size, or else what it is: "kernel height"."""
        name = self.authored.name(ours)
        return self.shown(name) if name else self.unnamed_size(ours)

    def unnamed_size(self, ours: str) -> str:
        """Return what a size is: "kernel height"."""
        for what, own in (("kernel", KERNEL), ("input", INPUT), ("output", OUTPUT)):
            if ours in own:
                return f"{what} {self.directions[min(own.index(ours), self.axes - 1)]}"
        if ours[0] in "td":
            return "stride" if ours[0] == "t" else "dilation"
        return "padding" if ours[0] == "P" else COUNTS.get(ours, ours)

    def text(self, node: Any) -> str:
        """Return an expression of sizes as text."""
        named = {name: Letter(self.size(name)) for name in letters_in(node)}
        return _Plain().spell(substitute(node, named))

    @property
    def directions(self) -> tuple[str, ...]:
        """What the axes are called."""
        return DIRECTIONS[self.axes]

    @property
    def axes(self) -> int:
        """How many axes there are."""
        return len(self.model_axes)

    @property
    def model_axes(self) -> tuple[Axis, ...]:
        """The axes of the convolution."""
        return self.authored.geometry.model.axes

    @cached_property
    def used(self) -> frozenset[str]:
        """Our arrays that have entries in the equation."""
        claim = self.authored.geometry.claim
        return frozenset(array_of(part) for part in walk(claim) if isinstance(part, Entry))

    # Sizes

    @property
    def sizes(self) -> tuple[str, ...]:
        """Our sizes: of the kernel, steps, paddings, input, output, and counts."""
        return tuple(sorted(self.authored.geometry.model.sizes, key=_rank))

    def reach(self) -> str:
        """Return for which sizes something holds that holds for all: "for all FS, s, p"."""
        named = [self.size(ours) for ours in self.sizes if self.authored.name(ours)]
        derived = self.authored.geometry.model.derived
        others = [
            ours for ours in self.sizes if not self.authored.name(ours) and ours not in derived
        ]
        parts = [f"all {', '.join(dict.fromkeys(named))}"] if named else []
        parts += self._every(others)
        reach = f"for {' and '.join(parts)}" if parts else "for these sizes"
        return f"{reach}, where {_listed(supposed)}" if (supposed := self._supposed()) else reach

    def _supposed(self) -> list[str]:
        """Return the conditions on sizes under which a claim is made: "t = 1"."""
        sizes = frozenset(self.sizes)
        return [
            self.text(condition)
            for condition in self.authored.geometry.claim.conditions
            if condition.names and condition.names <= sizes
        ]

    def _every(self, sizes: Sequence[str]) -> list[str]:
        """Return "every kernel and input size", "every number of images"."""
        whole = {f"{name}_g" for name in "CK" if self.authored.name(name)}
        left = [ours for ours in sizes if ours not in whole]
        counts = [COUNTS[ours] for ours in left if ours in COUNTS]
        words = [self.unnamed_size(ours) for ours in left if ours not in COUNTS]
        arrays = [word.split(" ")[0] for word in words if " " in word]
        things = list(dict.fromkeys(arrays))
        steps = [f"every {word}" for word in dict.fromkeys(words) if " " not in word]
        parts = [f"every {_listed(things)} size"] if things else []
        parts += steps
        return parts + ([f"every number of {_listed(counts)}"] if counts else [])


def _listed(words: Sequence[str]) -> str:
    """Return "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _rank(ours: str) -> int:
    """Return where a size stands among others."""
    kinds = (KERNEL, ("t",), ("d",), ("P",), INPUT, OUTPUT)
    for rank, own in enumerate(kinds):
        if ours in own or (len(own) == 1 and ours[0] == own[0]):
            return rank
    return len(kinds)


def spellings(statement: Node) -> Mapping[str, str]:
    """Return base of a name -> as its author spelled it, Greek letters as letters."""
    found: dict[str, str] = {}
    for part in walk(statement):
        if isinstance(part, Name) and part.spelled:
            spelled = _greek(part.spelled) if part.spelled.startswith("\\") else part.spelled
            if spelled and spelled != part.text:
                found.setdefault(part.text, spelled)
    return MappingProxyType(found)


def _greek(command: str) -> str:
    r"""Return the letter of a command, \\delta; "" where it is no Greek letter."""
    name = command[1:]
    case = "CAPITAL" if name[:1].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name.removeprefix('var').upper()}")
    except KeyError:
        return ""
