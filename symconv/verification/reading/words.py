"""Readings in words: what every name is, in the author's names, and for which sizes a claim holds.

"O output, I input of H×W, F kernel of FS×FS, s stride, p padding on both sides; cross-correlation,
first index 0"
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from symconv.formula.notation import Name
from symconv.formula.text_speller import TextSpeller
from symconv.formula.tree import Entry, Expression, Letter, Negated, Node, walk
from symconv.verification.reading.authored import Authored
from symconv.verification.reading.index_graph import array_of
from symconv.verification.truth.algebra import ONE, ZERO, letters_in, substitute
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
_COUNTS: Final = {
    "N": "images",
    "C": "input channels",
    "K": "output channels",
    "G": "groups",
    "C_g": "input channels of a group",
    "K_g": "output channels of a group",
}
_SHAPES: Final = (("x", "input"), ("w", "kernel"), ("y", "output"))
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
        return "padding" if ours[0] == "P" else _COUNTS.get(ours, ours)

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
        return len(self._model_axes)

    @property
    def _model_axes(self) -> tuple[Axis, ...]:
        return self.authored.geometry.model.axes

    @cached_property
    def _used(self) -> frozenset[str]:
        claim = self.authored.geometry.claim
        return frozenset(array_of(part) for part in walk(claim) if isinstance(part, Entry))

    # The reading

    def reading(self) -> str:
        """Return what every name is, the convention, and what is taken for granted."""
        told = [*self._arrays(), *self._steps(), *self._counts()]
        parts = [", ".join(dict.fromkeys(told)), ", ".join(self._conventions())]
        parts.append(", ".join(dict.fromkeys(self._granted())))
        return "; ".join(part for part in parts if part)

    def _arrays(self) -> Iterator[str]:
        shaped = set()
        for role, word in ARRAYS.items():
            if role not in self.authored.arrays or self.array(role).startswith("("):
                continue
            shape = self._shape(role)
            shaped |= {role} if shape else set()
            yield f"{self.array(role)} {word}{f' of {shape}' if shape else ''}"
        for role, word in _SHAPES:
            if role not in shaped:
                yield from self._sides(role, word)

    def _shape(self, role: str) -> str:
        """Return the sizes of an array where all of them have names or are numbers: "FS×FS"."""
        sizes = self._sizes(role)
        if not sizes or any(self.authored.unnamed(size) for size in sizes):
            return ""
        texts = [self.text(size) for size in sizes]
        return "×".join(f"({t})" if " " in t and len(texts) > 1 else t for t in texts)

    def _sizes(self, role: str) -> list[Expression]:
        attribute = dict(_SHAPES).get(role)
        return [getattr(axis, attribute) for axis in self._model_axes] if attribute else []

    def _sides(self, role: str, word: str) -> Iterator[str]:
        for size, direction in zip(self._sizes(role), self.directions, strict=True):
            if isinstance(size, Letter) and not self.authored.unnamed(size):
                yield f"{self.text(size)} {word} {direction}"

    def _steps(self) -> Iterator[str]:
        """Yield the strides, dilations and paddings that have names."""
        axes = self._model_axes
        for what in ("stride", "dilation"):
            yield from self._along([getattr(axis, what) for axis in axes], what)
        before, after = [axis.before for axis in axes], [axis.after for axis in axes]
        if before == after:
            yield from self._along(before, "padding on both sides")
        else:
            yield from self._along(before, "padding in front")
            yield from self._along(after, "padding behind")

    def _along(self, sizes: Sequence[Expression], what: str) -> Iterator[str]:
        """Yield "s stride", or "s_h stride along the height" for each axis."""
        alike = len(set(sizes)) == 1
        for size, direction in zip(sizes, self.directions, strict=True):
            if self._is_told(size):
                name, (noun, _, where) = self.text(size), what.partition(" ")
                told = f"{name} {what}" if isinstance(size, Letter) else f"{noun} {name} {where}"
                told = told.strip()
                yield told if alike else f"{told} along the {direction}"

    def _is_told(self, size: Expression) -> bool:
        return bool(letters_in(size)) and not self.authored.unnamed(size)

    def _counts(self) -> Iterator[str]:
        for ours in _COUNTS:
            if self.authored.name(ours):
                yield f"{self.size(ours)} {_COUNTS[ours]}"

    def _conventions(self) -> Iterator[str]:
        model = self.authored.geometry.model
        if len(self._used & {"x", "w", "dy"}) > 1:
            yield "true convolution" if model.flipped else "cross-correlation"
        yield self._first_index()

    def _first_index(self) -> str:
        spatial = {
            array: self.authored.firsts(array)[-1]
            for array in ("x", "w", "dy")
            if array in self._used and self.authored.firsts(array)
        }
        arrays = {"dy": "y"} if "dy" not in self.authored.arrays else {}
        centred = isinstance(spatial.get("w"), Negated)
        firsts = {a: first for a, first in spatial.items() if not (centred and a == "w")}
        words = [f"first index {self.text(first)}" for first in dict.fromkeys(firsts.values())]
        if len(words) > 1:
            told = (
                f"{self.text(first)} of {self.array(arrays.get(a, a))}"
                for a, first in firsts.items()
            )
            words = [f"first index {', '.join(told)}"]
        words += ["taps counted from the kernel's centre"] if centred else []
        return ", ".join(words)

    def _granted(self) -> Iterator[str]:
        """Yield what the equation does not mention: stride 1, no padding."""
        if len(self._used & {"x", "w", "dy"}) < 2:
            return
        axes = self._model_axes
        for what in ("stride", "dilation"):
            sizes = [getattr(axis, what) for axis in axes]
            if what == "stride" or set(sizes) != {ONE}:
                yield from self._untold(sizes, what)
        before, after = [axis.before for axis in axes], [axis.after for axis in axes]
        if before == after:
            yield from self._untold(before, "padding")
        else:
            yield from self._untold(before, "padding in front")
            yield from self._untold(after, "padding behind")

    def _untold(self, sizes: Sequence[Expression], what: str) -> Iterator[str]:
        """Yield what nobody named along the axes, "stride 1", "padding of kernel size - 1"."""
        noun, _, where = what.partition(" ")
        texts = []
        for size, direction in zip(sizes, self.directions, strict=True):
            text = self.text(size).replace(f" {direction}", " size")
            if text == noun:
                texts.append(f"every {noun}")
                continue
            of = "of " if " " in text else ""
            texts.append(f"no {noun} {where}" if size == ZERO else f"{noun} {of}{text} {where}")
        alike = len(set(texts)) == 1
        for size, text, direction in zip(sizes, texts, self.directions, strict=True):
            if not self._is_told(size):
                yield text.strip() if alike else f"{text.strip()} along the {direction}"

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
        counts = [_COUNTS[ours] for ours in left if ours in _COUNTS]
        words = [self.unnamed_size(ours) for ours in left if ours not in _COUNTS]
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
