"""Claims about a convolution, drawn, and spelled as different authors would.

A claim is drawn as indices of three arrays; a spelling chooses letters, the style of indices and
sums, the first index, the order of factors and the notation of derivatives. A fault changes the
claim before it is spelled, so that the same fault appears in every spelling.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

KINDS = ("forward", "grad_weight", "grad_input gathered", "grad_input", "grad_bias", "dy_dw", "dy_dx")
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
)
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
        axes: one or two.
        stride, dilation, padding: whether they are there.
        fault: what is wrong with it, or "".
        fault_axis: the axis of the fault.
    """

    kind: str
    axes: int
    stride: bool
    dilation: bool
    padding: bool
    fault: str = ""
    fault_axis: int = 0


@dataclass(frozen=True)
class Spelling:
    """How an author writes; `told` is what the author says of it, for `letters`."""

    arrays: tuple[str, ...]
    outputs: tuple[str, str]
    taps: tuple[str, str]
    cells: tuple[str, str]
    kernels: tuple[str, str]
    strides: tuple[str, str]
    dilations: tuple[str, str]
    paddings: tuple[str, str]
    base: int
    brackets: str
    limits: str
    upstream: str
    swapped: bool
    layer: bool
    told: dict[str, str] = field(default_factory=dict)


def drawn(random: Random, *, fault: bool) -> Claim:
    """Return a claim, right or with a fault that makes it wrong."""
    while True:
        claim = Claim(
            random.choice(KINDS),
            random.choice((1, 2, 2)),
            random.random() < 0.6,
            random.random() < 0.3,
            random.random() < 0.4,
        )
        if claim.kind == "grad_input gathered" and (claim.stride or claim.dilation):
            claim = replace(claim, stride=False, dilation=False)
        if claim.kind in ("grad_input", "dy_dx") and claim.dilation:
            claim = replace(claim, dilation=False)
        if not fault:
            return claim
        claim = replace(
            claim, fault=random.choice(FAULTS), fault_axis=random.randrange(claim.axes)
        )
        if _applies(claim):
            return claim


def _applies(claim: Claim) -> bool:
    """Return whether a fault makes a claim wrong."""
    positional = claim.kind != "grad_bias"
    match claim.fault:
        case "sign of a tap" | "one too far":
            return positional
        case "axes swapped":
            return positional and claim.axes == 2
        case "stride and dilation swapped":
            return positional and claim.stride and claim.dilation
        case "stride forgotten on one axis":
            return positional and claim.stride and claim.axes == 2
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
        found = Spelling(
            arrays=random.choice(ARRAYS),
            outputs=random.choice(OUTPUTS),
            taps=random.choice(TAPS),
            cells=random.choice(CELLS),
            kernels=random.choice(KERNELS),
            strides=random.choice(STRIDES),
            dilations=random.choice(DILATIONS),
            paddings=random.choice(PADDINGS),
            base=random.choice((0, 0, 1)),
            brackets=random.choice(("sub", "sub", "[", "(")),
            limits=random.choice(("limits", "limits", "none")),
            upstream=random.choice(("partial", "delta", "partial")),
            swapped=random.random() < 0.4,
            layer=random.random() < 0.2,
        )
        sizes = [*found.kernels, *found.strides, *found.dilations, *found.paddings]
        letters = [*found.outputs, *found.taps, *found.cells, *found.arrays[:1], *found.arrays[1:]]
        names = [*dict.fromkeys(found.kernels), *dict.fromkeys(found.strides)]
        names += [*dict.fromkeys(found.dilations), *dict.fromkeys(found.paddings)]
        if set(sizes) & set(letters) or len(set(names)) < len(names):
            continue
        if len(set(letters)) < len(letters) or set("pq") & set(found.paddings):
            continue
        if claim.fault == "last tap dropped" and found.limits == "none":
            continue
        return found


def spelled(claim: Claim, how: Spelling) -> str:
    """Return a claim as LaTeX."""
    return _Speller(claim, how).text()


class _Speller:
    def __init__(self, claim: Claim, how: Spelling) -> None:
        self.claim, self.how = claim, how

    def text(self) -> str:
        how, kind = self.how, self.claim.kind
        x, w, y, b, loss = self._names()
        outputs, taps, cells = (
            list(names[: self.claim.axes]) for names in (how.outputs, how.taps, how.cells)
        )
        upstream = self._upstream(y, loss)
        read = [self._read(axis) for axis in range(self.claim.axes)]
        if self.claim.fault == "axes swapped":
            read = read[::-1]
        factor = "2 " if self.claim.fault == "counted twice" else ""
        times = r" \cdot " if how.brackets != "sub" else " "
        match kind:
            case "forward":
                body = self._product(self._entry(x, read), self._entry(w, taps), times)
                total = self._sum(taps, "kernel", factor + body)
                return f"{self._entry(y, outputs)} = {total} + {b}"
            case "grad_weight":
                body = self._product(upstream(outputs), self._entry(x, read), times)
                left = self._derivative(loss, self._entry(w, taps))
                return f"{left} = {self._sum(outputs, 'output', factor + body)}"
            case "grad_bias":
                left = self._derivative(loss, b)
                return f"{left} = {self._sum(outputs, 'output', factor + upstream(outputs))}"
            case "grad_input gathered":
                places = [self._gathered(axis) for axis in range(self.claim.axes)]
                if self.claim.fault == "axes swapped":
                    places = places[::-1]
                body = self._product(upstream(places), self._entry(w, taps), times)
                left = self._derivative(loss, self._entry(x, cells))
                return f"{left} = {self._sum(taps, 'kernel', factor + body)}"
            case "grad_input":
                body = self._product(upstream(outputs), self._entry(w, self._tapped()), times)
                left = self._derivative(loss, self._entry(x, cells))
                return f"{left} = {self._sum(outputs, 'output', factor + body)}"
            case "dy_dw":
                left = self._derivative(self._entry(y, outputs), self._entry(w, taps))
                return f"{left} = {factor}{self._entry(x, read)}"
        left = self._derivative(self._entry(y, outputs), self._entry(x, cells))
        return f"{left} = {factor}{self._entry(w, self._tapped())}"

    def _names(self) -> tuple[str, ...]:
        if not self.how.layer:
            return self.how.arrays
        x, w, y, b, loss = self.how.arrays
        return f"{x}^{{l-1}}", f"{w}^{{l}}", f"{y}^{{l}}", f"{b}^{{l}}", loss

    def _tapped(self) -> list[str]:
        places = [self._tap(axis) for axis in range(self.claim.axes)]
        return places[::-1] if self.claim.fault == "axes swapped" else places

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
        return first + f" {sign} " + second + self._padding(axis, "-") + self._moved(
            axis, bool(stride), bool(dilation)
        )

    def _zero(self, letter: str, factor: str) -> str:
        return f"({letter}-1)" if self.how.base and factor else letter

    def _times(self, factor: str, letter: str) -> str:
        if not factor:
            return letter
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
        return f" {other if self._fault(axis, 'sign of the padding') else sign} {self.how.paddings[axis]}"

    def _gathered(self, axis: int) -> str:
        """The output that reads a cell through a tap, at stride 1."""
        sign = "+" if self._fault(axis, "sign of a tap") else "-"
        number = self.how.base + self._fault(axis, "one too far")
        more = f" + {number}" if number else ""
        return f"{self.how.cells[axis]} {sign} {self.how.taps[axis]}{self._padding(axis, '+')}{more}"

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

    def _entry(self, name: str, indices: list[str]) -> str:
        match self.how.brackets:
            case "[":
                return f"{name}[{', '.join(indices)}]"
            case "(":
                return f"{name}({', '.join(indices)})"
        if all(len(index) == 1 for index in indices) and self.how.swapped:
            return f"{name}_{{{''.join(indices)}}}"
        return f"{name}_{{{', '.join(indices)}}}"

    def _derivative(self, of: str, by: str) -> str:
        return rf"\frac{{\partial {of}}}{{\partial {by}}}"

    def _upstream(self, y: str, loss: str):  # type: ignore[no-untyped-def]
        if self.how.upstream == "delta":
            name = r"\delta^{l}" if self.how.layer else r"\delta"
            return lambda places: self._entry(name, places)
        return lambda places: self._derivative(loss, self._entry(y, places))

    def _product(self, one: str, other: str, times: str) -> str:
        return f"{other}{times}{one}" if self.how.swapped else f"{one}{times}{other}"

    def _sum(self, letters: list[str], what: str, body: str) -> str:
        if self.how.limits == "none" or what == "output":
            return rf"\sum_{{{','.join(letters)}}} {body}"
        signs = ""
        for axis, letter in enumerate(letters):
            size = self.how.kernels[axis]
            less = (0 if self.how.base else 1) + self._fault(axis, "last tap dropped")
            upper = f"{size}-{less}" if less else size
            signs += rf"\sum_{{{letter}={self.how.base}}}^{{{upper}}} "
        return signs + body
