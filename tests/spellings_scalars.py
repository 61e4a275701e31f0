"""Claims about sizes, drawn, and spelled as different authors would.

A claim is drawn as what its quantity is and which sizes it has; a spelling chooses names, an
arrangement of the formula and a notation. A fault changes the claim before it is spelled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

KINDS = ("output", "output", "transposed", "same", "same total", "effective", "half")
FAULTS = (
    "sign of the padding",
    "missing one",
    "one too many",
    "ceiling for floor",
    "tap for k - 1",
    "sign of the kernel",
    "stride on the wrong side",
)
NAMES = (
    ("H_{out}", "H_{in}", "K", "S", "P", "D"),
    ("o", "i", "k", "s", "p", "d"),
    ("O", "I", "K", "S", "P", "D"),
    ("W_2", "W_1", "F", "S", "P", "D"),
    ("n_{out}", "n_{in}", "f", "s", "p", "d"),
    (
        r"L_{\text{out}}",
        r"L_{\text{in}}",
        r"\text{kernel}",
        r"\text{stride}",
        r"\text{padding}",
        r"\text{dilation}",
    ),
    ("H'", "H", "k", "s", "p", "d"),
    ("N_{out}", "N", "K", "S", "P", "D"),
    ("h_o", "h_i", "k_h", "s_h", "p_h", "d_h"),
    (r"\mathrm{out}", r"\mathrm{in}", r"\mathrm{ks}", r"\mathrm{s}", r"\mathrm{pad}", "d"),
)
TEXT_NAMES = (
    ("out", "in", "k", "s", "p", "d"),
    ("H_out", "H_in", "kernel_size", "stride", "padding", "dilation"),
    ("out_size", "in_size", "kernel", "stride", "pad", "dil"),
    ("o", "i", "k", "s", "p", "d"),
    ("W2", "W1", "F", "S", "P", "D"),
)
MEANINGS = ("output size", "input size", "kernel size", "stride", "padding", "dilation")


@dataclass(frozen=True)
class Size:
    """One drawn claim about a size.

    Attributes:
        kind: what is on the left.
        stride, dilation, padding: whether they are there.
        fault: what is wrong with it, or "".
    """

    kind: str
    stride: bool
    dilation: bool
    padding: bool
    fault: str = ""


@dataclass(frozen=True)
class Wording:
    """How an author writes a size."""

    names: tuple[str, ...]
    form: str
    arrangement: int
    swapped: bool

    @property
    def letters(self) -> dict[str, str]:
        """What its author says of the names."""
        plain = [name.replace(r"\text", "").replace(r"\mathrm", "") for name in self.names]
        bare = [name[1:-1] if name.startswith("{") else name for name in plain]
        return dict(zip((name.replace("{{", "{") for name in bare), MEANINGS, strict=True))


def drawn_size(random: Random, *, fault: bool) -> Size:
    """Return a claim, right or with a fault that makes it wrong."""
    while True:
        kind = random.choice(KINDS)
        size = Size(kind, random.random() < 0.7, random.random() < 0.4, random.random() < 0.7)
        if kind in ("transposed", "same", "same total"):
            size = replace(size, stride=True)
        if kind in ("same", "half"):
            size = replace(size, dilation=False)
        if kind == "effective":
            size = replace(size, dilation=True)
        if not fault:
            return size
        size = replace(size, fault=random.choice(FAULTS))
        if _applies(size):
            return size


def _applies(size: Size) -> bool:
    match size.fault:
        case "sign of the padding":
            return size.padding and size.kind in ("output", "transposed")
        case "missing one" | "one too many":
            return size.kind in ("output", "effective", "transposed")
        case "ceiling for floor":
            return size.stride and size.kind in ("output", "same", "same total")
        case "tap for k - 1":
            return size.dilation and size.kind in ("output", "effective")
        case "sign of the kernel":
            return size.kind in ("output", "transposed")
        case "stride on the wrong side":
            return size.kind == "transposed"
    return False


def worded(random: Random) -> Wording:
    """Return how an author may write a size."""
    form = random.choice(("latex", "latex", "latex", "unicode", "text"))
    names = random.choice(TEXT_NAMES if form == "text" else NAMES[:5] + NAMES[6:9])
    if form == "latex":
        names = random.choice(NAMES)
    return Wording(names, form, random.randrange(4), random.random() < 0.4)


def said_of(size: Size, how: Wording) -> dict[str, str]:
    """Return what the author says of the names that stand in the formula."""
    out, *_ = how.letters
    letters = {n: m for n, m in how.letters.items() if not (m == "dilation" and not size.dilation)}
    if size.kind == "effective":
        return {out: "effective kernel size", **{n: m for n, m in letters.items() if n != out}}
    if size.kind in ("same total", "half"):
        return {n: m for n, m in letters.items() if m not in ("output size", "padding")}
    return letters


def spelled_size(size: Size, how: Wording) -> str:
    """Return a claim about a size as its author writes it."""
    out, into, k, s, p, d = how.names
    fault = size.fault
    one = {"missing one": 0, "one too many": 2}.get(fault, 1)
    plus_pad = f"2{_times(how)}{p}"
    match size.kind:
        case "effective":
            left = {"text": "k_eff", "unicode": "k_eff"}.get(how.form, r"k_{\text{eff}}")
            return f"{left} = {_extent(size, how, one)}"
        case "half":
            return f"{p} = {_fraction(how, f'{k} - 1', '2')}"
        case "same":
            left, number = out, _rounded(how, _fraction(how, into, s), fault == "")
            return f"{left} = {number}"
        case "same total":
            outputs = _rounded(how, _fraction(how, into, s), fault == "")
            kernel = _extent(replace(size, fault=""), how, 1) if size.dilation else k
            total = f"({outputs} - 1){_times(how)}{s} + {kernel} - {into}"
            largest = "max" if how.form != "latex" else r"\max"
            left = {"text": "pad_total", "unicode": "P_total"}.get(how.form, r"P_{\text{total}}")
            return f"{left} = {largest}({total}, 0)"
        case "transposed":
            sign = "+" if fault == "sign of the padding" else "-"
            kernel_sign = "-" if fault == "sign of the kernel" else "+"
            pad = f" {sign} {plus_pad}" if size.padding else ""
            rest = {0: " - 1", 1: "", 2: " + 1"}[one]
            kernel = f"{d}{_times(how)}({k} - 1) + 1" if size.dilation else k
            if kernel_sign == "-":
                kernel = f"({kernel})"
            first = f"{into}{_times(how)}{s}" if fault == "stride on the wrong side" else ""
            first = first or (
                f"({into} - 1){_times(how)}{s}" if how.swapped else f"{s}{_times(how)}({into} - 1)"
            )
            return f"{out} = {first}{pad} {kernel_sign} {kernel}{rest}"
    return f"{out} = {_windows(size, how, one)}"


def _windows(size: Size, how: Wording, one: int) -> str:
    """The number of windows, in one of its arrangements."""
    _, into, k, s, p, d = how.names
    fault = size.fault
    sign = "-" if fault == "sign of the padding" else "+"
    pad = f" {sign} 2{_times(how)}{p}" if size.padding else ""
    span = k
    if size.dilation:
        inner = k if fault == "tap for k - 1" else f"({k} - 1)"
        span = f"{d}{_times(how)}{inner} - 1" if how.swapped else f"({d}{_times(how)}{inner} + 1)"
    if fault == "sign of the kernel":
        span = span.replace(" - 1", " + 1") if how.swapped and size.dilation else span
        room = f"{into}{pad} + {span}"
    else:
        room = f"{into}{pad} - {span}"
    if not size.stride:
        return room + {0: "", 1: " + 1", 2: " + 2"}[one]
    floor = fault != "ceiling for floor"
    if how.arrangement == 1 and one:
        return _rounded(how, f"{_fraction(how, room, s)} + {one}", not floor)
    if how.arrangement == 2 and one == 1:
        return _rounded(how, _fraction(how, f"{room} + {s}", s), not floor)
    if how.arrangement == 3 and one == 1 and floor:
        return _rounded(how, _fraction(how, f"{room} + 1", s), True)
    number = _rounded(how, _fraction(how, room, s), not floor)
    if not one:
        return number
    return f"{one} + {number}" if how.swapped else f"{number} + {one}"


def _extent(size: Size, how: Wording, one: int) -> str:
    _, _, k, _, _, d = how.names
    inner = k if size.fault == "tap for k - 1" else f"({k} - 1)"
    if how.arrangement == 1 and not size.fault:
        return f"{k} + ({k} - 1){_times(how)}({d} - 1)"
    if how.arrangement == 2 and not size.fault:
        return f"{k}{_times(how)}{d} - {d} + 1"
    return f"{d}{_times(how)}{inner}" + {0: "", 1: " + 1", 2: " + 2"}[one]


def _times(how: Wording) -> str:
    if how.form == "text":
        return "*"
    if any(len(name.strip("{}")) > 1 for name in how.names[2:]):
        return r" \cdot " if how.form == "latex" else "·"
    return "" if how.swapped else {"latex": r" \times ", "unicode": "·"}[how.form]


def _fraction(how: Wording, above: str, below: str) -> str:
    if how.form == "latex":
        return rf"\frac{{{above}}}{{{below}}}"
    return f"({above})/{below}" if " " in above else f"{above}/{below}"


def _rounded(how: Wording, inner: str, up: bool) -> str:
    match how.form, up:
        case "latex", _:
            opening, closing = ("lceil", "rceil") if up else ("lfloor", "rfloor")
            return rf"\left\{opening} {inner} \right\{closing}"
        case "unicode", _:
            return f"⌈{inner}⌉" if up else f"⌊{inner}⌋"
    return f"{'ceil' if up else 'floor'}({inner})"
