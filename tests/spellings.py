"""Claims about a convolution, drawn, and spelled as different authors would.

A claim is drawn as indices of three arrays; a spelling chooses letters, the style of indices and
sums, the first index, the order of factors and the notation of derivatives. A fault changes the
claim before it is spelled, so that the same fault appears in every spelling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

KINDS = (
    "forward",
    "grad_weight",
    "grad_input gathered",
    "grad_input",
    "grad_bias",
    "dy_dw",
    "dy_dx",
)
FAULTS = (
    "sign of a tap",
    "one too far",
    "axes swapped",
    "stride and dilation swapped",
    "stride forgotten on one axis",
    "sign of the padding",
    "last tap dropped",
    "counted twice",
)
ARRAYS = (
    ("x", "w", "y", "b", "L"),
    ("X", "W", "Y", "b", "L"),
    ("I", "K", "O", "b", "E"),
    ("a", "w", "z", "b", "C"),
    ("x", "f", "y", "b", "E"),
    ("X", "K", "Z", "\\beta", "\\mathcal{L}"),
    ("V", "K", "Z", "b", "J"),
    ("input", "kernel", "output", "bias", "loss"),
    ("E", "F", "A", "b", "L"),  # Eingabe, Filter, Ausgabe
    ("E", "N", "S", "b", "L"),  # entrada, núcleo, salida
    ("u", "g", "v", "c", "J"),
)
FOREIGN = ARRAYS[-3:]  # what they mean must be said
MEANINGS = ("input", "kernel", "output", "bias", "loss")
CHANNELS = (("N", "c", "k"), ("n'", "c", "o"), ("b'", "c'", "f'"))  # image, in, out
LAYERS = ("l", "(l)", "[l]")
SOLID = {
    "outputs": (("i", "j", "k"), ("d'", "h'", "w'")),
    "taps": (("a", "c", "e"), ("r", "s'", "q'")),
    "cells": (("u", "v", "o"), ("x'", "y'", "z'")),
    "kernels": (("K", "K", "K"), ("k_d", "k_h", "k_w"), ("p_1", "p_2", "p_3")),
    "strides": (("t", "t", "t"), ("s_d", "s_h", "s_w"), ("S", "S", "S")),
    "dilations": (("D", "D", "D"),),
    "paddings": (("P", "P", "P"),),
}
UNICODE = {
    r"\sum": "Σ",
    r"\cdot": "·",
    r"\delta": "δ",
    r"\alpha": "α",
    r"\beta": "β",
    r"\sigma": "σ",
}
OUTPUTS = (("i", "j"), ("u", "v"), ("m", "n"), ("h", "w'"), ("i'", "j'"), ("\\alpha", "\\beta'"))
TAPS = (("r", "s'"), ("m", "n"), ("a", "c"), ("k", "l"), ("u", "v"), ("i", "j"))
CELLS = (("u", "v"), ("m'", "n'"), ("x'", "y'"), ("h'", "w'"), ("p'", "q'"))
KERNELS = (("p", "q"), ("K", "K"), ("k_h", "k_w"), ("F_h", "F_w"), ("k_1", "k_2"), ("FH", "FW"))
STRIDES = (("t", "t"), ("s", "s"), ("S", "S"), ("s_h", "s_w"), ("\\sigma", "\\sigma"))
DILATIONS = (("d", "d"), ("d_h", "d_w"), ("D", "D"))
PADDINGS = (("P", "P"), ("pad", "pad"), ("p_h", "p_w"), ("\\mathrm{pad}", "\\mathrm{pad}"))


@dataclass(frozen=True)
class Claim:
    """One drawn claim.

    Attributes:
        kind: what is on the left.
        axes: one, two or three.
        stride, dilation, padding: whether they are there.
        fault: what is wrong with it, or "".
        fault_axis: the axis of the fault.
        channels: whether there are images in a batch, and channels.
    """

    kind: str
    axes: int
    stride: bool
    dilation: bool
    padding: bool
    fault: str = ""
    fault_axis: int = 0
    channels: bool = False


@dataclass(frozen=True)
class Spelling:
    """How an author writes; `told` is what the author says of it, for `letters`."""

    arrays: tuple[str, ...]
    outputs: tuple[str, ...]
    taps: tuple[str, ...]
    cells: tuple[str, ...]
    kernels: tuple[str, ...]
    strides: tuple[str, ...]
    dilations: tuple[str, ...]
    paddings: tuple[str, ...]
    channels: tuple[str, str, str]
    base: int
    brackets: str
    limits: str
    upstream: str
    swapped: bool
    layer: str
    form: str
    told: dict[str, str] = field(default_factory=dict)


def drawn(random: Random, *, fault: bool) -> Claim:
    """Return a claim, right or with a fault that makes it wrong."""
    while True:
        claim = Claim(
            random.choice(KINDS),
            random.choice((1, 1, 1, 2, 2, 2, 2, 2, 3)),
            random.random() < 0.6,
            random.random() < 0.3,
            random.random() < 0.4,
            channels=random.random() < 0.15,
        )
        if claim.kind.startswith("dy"):
            claim = replace(claim, channels=False)
        if claim.kind == "grad_input gathered" and (claim.stride or claim.dilation):
            claim = replace(claim, stride=False, dilation=False)
        if claim.kind in ("grad_input", "dy_dx") and claim.dilation:
            claim = replace(claim, dilation=False)
        if not fault:
            return claim
        claim = replace(claim, fault=random.choice(FAULTS), fault_axis=random.randrange(claim.axes))
        if _applies(claim):
            return claim


def _applies(claim: Claim) -> bool:
    """Return whether a fault makes a claim wrong."""
    positional = claim.kind != "grad_bias"
    match claim.fault:
        case "sign of a tap":  # along all axes it is a true convolution
            return positional and (claim.kind != "forward" or claim.axes > 1)
        case "one too far":
            return positional
        case "axes swapped":
            return positional and claim.axes >= 2
        case "stride and dilation swapped":
            return positional and claim.stride and claim.dilation
        case "stride forgotten on one axis":
            return positional and claim.stride and claim.axes >= 2
        case "sign of the padding":
            return positional and claim.padding
        case "last tap dropped":
            return claim.kind in ("forward", "grad_input gathered")
        case "counted twice":
            return True
    return False


def spelling(random: Random, claim: Claim) -> Spelling:
    """Return how an author may write a claim, without a letter for two things."""
    while True:
        solid = claim.axes == 3
        arrays = random.choice(ARRAYS)
        found = Spelling(
            arrays=arrays,
            outputs=random.choice(SOLID["outputs"] if solid else OUTPUTS),
            taps=random.choice(SOLID["taps"] if solid else TAPS),
            cells=random.choice(SOLID["cells"] if solid else CELLS),
            kernels=random.choice(SOLID["kernels"] if solid else KERNELS),
            strides=random.choice(SOLID["strides"] if solid else STRIDES),
            dilations=random.choice(SOLID["dilations"] if solid else DILATIONS),
            paddings=random.choice(SOLID["paddings"] if solid else PADDINGS),
            channels=random.choice(CHANNELS),
            base=random.choice((0, 0, 1)),
            brackets=random.choice(("sub", "sub", "[", "(")),
            limits=random.choice(("limits", "limits", "none")),
            upstream=random.choice(("partial", "delta", "partial")),
            swapped=random.random() < 0.4,
            layer=random.choice(LAYERS) if random.random() < 0.2 else "",
            form=random.choice(("latex", "latex", "latex", "unicode", "text")),
            told=dict(zip(arrays, MEANINGS, strict=True)) if arrays in FOREIGN else {},
        )
        sizes = [*found.kernels, *found.strides, *found.dilations, *found.paddings]
        letters = [*found.outputs, *found.taps, *found.cells, *found.arrays]
        letters += found.channels if claim.channels else []
        if found.form == "text" and not _can_be_text(found):
            continue
        if found.form == "unicode" and any(
            "\\mathrm" in name or "\\mathcal" in name for name in (*sizes, *letters)
        ):
            continue
        names = [*dict.fromkeys(found.kernels), *dict.fromkeys(found.strides)]
        names += [*dict.fromkeys(found.dilations), *dict.fromkeys(found.paddings)]
        if set(sizes) & set(letters) or len(set(names)) < len(names):
            continue
        if len(set(letters)) < len(letters) or set("pq") & set(found.paddings):
            continue
        if claim.fault == "last tap dropped" and found.limits == "none":
            continue
        return found


def _can_be_text(how: Spelling) -> bool:
    names = (*how.arrays, *how.outputs, *how.taps, *how.cells, *how.channels, *how.kernels)
    names += (*how.strides, *how.dilations, *how.paddings)
    return not how.layer and "input" not in names and not any("\\" in name for name in names)


def spelled(claim: Claim, how: Spelling) -> str:
    """Return a claim as LaTeX, in Unicode, or as text like code."""
    text = _Speller(claim, how).text()
    if how.form == "unicode":
        for command, sign in UNICODE.items():
            text = text.replace(command, sign)
    return text


@dataclass(frozen=True)
class Array:
    """An array as it is written, and its indices before those of the axes."""

    name: str
    leading: tuple[str, ...]


class _Speller:
    def __init__(self, claim: Claim, how: Spelling) -> None:
        self.claim, self.how = claim, how

    def text(self) -> str:
        how, kind, count = self.how, self.claim.kind, self.claim.axes
        x, w, y, b, loss = self._arrays()
        outputs, taps, cells = (list(names[:count]) for names in (how.outputs, how.taps, how.cells))
        upstream = self._upstream(y, loss.name)
        read = self._ordered([self._read(axis) for axis in range(count)])
        factor = "2 " if self.claim.fault == "counted twice" else ""
        factor = "2*" if factor and how.form == "text" else factor
        image, channel, feature = how.channels if self.claim.channels else ("", "", "")
        match kind:
            case "forward":
                body = self._product(self._entry(x, read), self._entry(w, taps))
                total = self._sum(taps, "kernel", factor + body, channel)
                return f"{self._entry(y, outputs)} = {total} + {self._entry(b, [])}"
            case "grad_weight":
                body = self._product(upstream(outputs), self._entry(x, read))
                left = self._derivative(loss.name, self._entry(w, taps))
                return f"{left} = {self._sum(outputs, 'output', factor + body, image)}"
            case "grad_bias":
                left = self._derivative(loss.name, self._entry(b, []))
                total = self._sum(outputs, "output", factor + upstream(outputs), image)
                return f"{left} = {total}"
            case "grad_input gathered":
                places = self._ordered([self._gathered(axis) for axis in range(count)])
                body = self._product(upstream(places), self._entry(w, taps))
                left = self._derivative(loss.name, self._entry(x, cells))
                return f"{left} = {self._sum(taps, 'kernel', factor + body, feature)}"
            case "grad_input":
                body = self._product(upstream(outputs), self._entry(w, self._tapped()))
                left = self._derivative(loss.name, self._entry(x, cells))
                return f"{left} = {self._sum(outputs, 'output', factor + body, feature)}"
            case "dy_dw":
                left = self._derivative(self._entry(y, outputs), self._entry(w, taps))
                return f"{left} = {factor}{self._entry(x, read)}"
        left = self._derivative(self._entry(y, outputs), self._entry(x, cells))
        return f"{left} = {factor}{self._entry(w, self._tapped())}"

    def _arrays(self) -> list[Array]:
        """The arrays with their layers, and the indices before those of the axes."""
        image, channel, feature = self.how.channels
        own = ((image, channel), (feature, channel), (image, feature), (feature,), ())
        found = []
        for place, name in enumerate(self.how.arrays):
            layer = self.how.layer.replace("l", "l-1") if place == 0 else self.how.layer
            if self.how.layer and place < 4:
                name += f"^{{{layer}}}"
            found.append(Array(name, own[place] if self.claim.channels else ()))
        return found

    def _ordered(self, places: list[str]) -> list[str]:
        return places[::-1] if self.claim.fault == "axes swapped" else places

    def _tapped(self) -> list[str]:
        places = [self._tap(axis) for axis in range(self.claim.axes)]
        return self._ordered(places)

    # Indices, counted from 0 and then moved to the author's first index

    def _fault(self, axis: int, name: str) -> bool:
        return self.claim.fault == name and self.claim.fault_axis == axis

    def _read(self, axis: int) -> str:
        """The cell that an output reads through a tap."""
        how = self.how
        stride = how.strides[axis] if self.claim.stride else ""
        dilation = how.dilations[axis] if self.claim.dilation else ""
        if self.claim.fault == "stride and dilation swapped":
            stride, dilation = dilation, stride
        if self._fault(axis, "stride forgotten on one axis"):
            stride = ""
        sign = "-" if self._fault(axis, "sign of a tap") else "+"
        first = self._times(stride, self._zero(how.outputs[axis], stride))
        second = self._times(dilation, self._zero(how.taps[axis], dilation))
        return (
            first
            + f" {sign} "
            + second
            + self._padding(axis, "-")
            + self._moved(axis, bool(stride), bool(dilation))
        )

    def _zero(self, letter: str, factor: str) -> str:
        return f"({letter}-1)" if self.how.base and factor else letter

    def _times(self, factor: str, letter: str) -> str:
        if not factor:
            return letter
        if self.how.form == "text":
            return f"{factor}*{letter}"
        return f"{factor} \\cdot {letter}" if len(factor) > 1 else f"{factor}{letter}"

    def _moved(self, axis: int, strided: bool, dilated: bool) -> str:
        """What the first index adds: x[i + r - 1] where i and r count from 1."""
        number = (1 - (not strided) - (not dilated)) * self.how.base
        number += self._fault(axis, "one too far")
        return "" if not number else f" {'+' if number > 0 else '-'} {abs(number)}"

    def _padding(self, axis: int, sign: str) -> str:
        if not self.claim.padding:
            return ""
        other = {"+": "-", "-": "+"}[sign]
        sign = other if self._fault(axis, "sign of the padding") else sign
        return f" {sign} {self.how.paddings[axis]}"

    def _gathered(self, axis: int) -> str:
        """The output that reads a cell through a tap, at stride 1."""
        sign = "+" if self._fault(axis, "sign of a tap") else "-"
        number = self.how.base + self._fault(axis, "one too far")
        more = f" + {number}" if number else ""
        return (
            f"{self.how.cells[axis]} {sign} {self.how.taps[axis]}{self._padding(axis, '+')}{more}"
        )

    def _tap(self, axis: int) -> str:
        """The tap through which an output reads a cell."""
        how = self.how
        stride = how.strides[axis] if self.claim.stride else ""
        if self._fault(axis, "stride forgotten on one axis"):
            stride = ""
        sign = "+" if self._fault(axis, "sign of a tap") else "-"
        number = (how.base if not stride else 0) + self._fault(axis, "one too far")
        more = f" + {number}" if number else ""
        place = self._times(stride, self._zero(how.outputs[axis], stride))
        return f"{how.cells[axis]} {sign} {place}{self._padding(axis, '+')}{more}"

    # Spelling

    def _entry(self, array: Array, indices: list[str]) -> str:
        name, indices = array.name, [*array.leading, *indices]
        if not indices:
            return name
        if self.how.brackets != "sub" or self.how.form == "text":
            opening, closing = "()" if self.how.brackets == "(" else "[]"
            return f"{name}{opening}{', '.join(indices)}{closing}"
        if all(len(index) == 1 for index in indices) and self.how.swapped:
            return f"{name}_{{{''.join(indices)}}}"
        return f"{name}_{{{', '.join(indices)}}}"

    def _derivative(self, of: str, by: str) -> str:
        match self.how.form:
            case "text":
                local = self.claim.kind.startswith("dy")
                return f"d{of}/d{by}" if local or self.how.upstream == "partial" else f"d{by}"
            case "unicode":
                return f"∂{of}/∂{by}"
        return rf"\frac{{\partial {of}}}{{\partial {by}}}"

    def _upstream(self, y: Array, loss: str) -> Callable[[list[str]], str]:
        if self.how.upstream == "delta" and self.how.form != "text":
            layer = f"^{{{self.how.layer}}}" if self.how.layer else ""
            return lambda places: self._entry(Array(rf"\delta{layer}", y.leading), places)
        return lambda places: self._derivative(loss, self._entry(y, places))

    def _product(self, one: str, other: str) -> str:
        times = r" \cdot " if self.how.brackets != "sub" or self.how.form == "unicode" else " "
        times = " * " if self.how.form == "text" else times
        return f"{other}{times}{one}" if self.how.swapped else f"{one}{times}{other}"

    def _sum(self, letters: list[str], what: str, body: str, channel: str) -> str:
        limits = ["" for _ in letters]
        if self.how.limits != "none" and what != "output":
            for axis, size in enumerate(self.how.kernels[: len(letters)]):
                less = (0 if self.how.base else 1) + self._fault(axis, "last tap dropped")
                upper = f"{size}-{less}" if less else size
                limits[axis] = f"{self.how.base}|{upper}"
        if self.how.form == "text":
            ends = [
                letter + (f"={limit.replace('|', '..')}" if limit else "")
                for letter, limit in zip(letters, limits, strict=True)
            ]
            return f"sum({', '.join([body, *([channel] if channel else []), *ends])})"
        signs = rf"\sum_{{{channel}}} " if channel else ""
        if not any(limits):
            return rf"{signs}\sum_{{{','.join(letters)}}} {body}"
        for letter, limit in zip(letters, limits, strict=True):
            lower, upper = limit.split("|")
            signs += rf"\sum_{{{letter}={lower}}}^{{{upper}}} "
        return signs + body
