"""A reading in one sentence: what every name is, the convention, and what is taken for granted.

"O output, I input of H×W, F kernel of FS×FS, s stride, p padding on both sides; cross-correlation,
first index 0"
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from symconv.formula.tree import Expression, Letter, Negated
from symconv.verification.reading.words import ARRAYS, COUNTS, Words
from symconv.verification.truth.algebra import ONE, ZERO, letters_in

_SHAPES: Final = (("x", "input"), ("w", "kernel"), ("y", "output"))


def in_one_sentence(words: Words) -> str:
    """Return what every name is, the convention, and what is taken for granted."""
    return _Sentence(words.authored, words.spelled).reading()


class _Sentence(Words):
    """Says what every name is."""

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
        return [getattr(axis, attribute) for axis in self.model_axes] if attribute else []

    def _sides(self, role: str, word: str) -> Iterator[str]:
        for size, direction in zip(self._sizes(role), self.directions, strict=True):
            if isinstance(size, Letter) and not self.authored.unnamed(size):
                yield f"{self.text(size)} {word} {direction}"

    def _steps(self) -> Iterator[str]:
        """Yield the strides, dilations and paddings that have names."""
        axes = self.model_axes
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
        for ours in COUNTS:
            if self.authored.name(ours):
                yield f"{self.size(ours)} {COUNTS[ours]}"

    def _conventions(self) -> Iterator[str]:
        model = self.authored.geometry.model
        if len(self.used & {"x", "w", "dy"}) > 1:
            yield "true convolution" if model.flipped else "cross-correlation"
        yield self._first_index()

    def _first_index(self) -> str:
        spatial = {
            array: self.authored.firsts(array)[-1]
            for array in ("x", "w", "dy")
            if array in self.used and self.authored.firsts(array)
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
        if len(self.used & {"x", "w", "dy"}) < 2:
            return
        axes = self.model_axes
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
