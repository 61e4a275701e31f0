"""What the name of a size says of its meaning, as costs: words plainly, letters by custom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from symconv.verification.reading.scalars.size_words import HEIGHT, STEMS, WIDTH

PLAIN: Final = 6.0  # the cost of a role that a name plainly contradicts
RARE: Final = 5.0  # ... of a role that is hardly ever meant where nothing says so
OPEN: Final = 2.5  # ... of any role of a name that says nothing

INPUT, OUTPUT, KERNEL, EXTENT = "input size", "output size", "kernel size", "effective kernel size"
STRIDE, DILATION, HOLES = "stride", "dilation", "zero-based dilation"
PADDING, TOTAL, BEFORE, AFTER = "padding", "total padding", "padding before", "padding after"
EXTRA = "output padding"
IN_CHANNELS, OUT_CHANNELS, GROUPS, BATCH = (
    "input channels",
    "output channels",
    "groups",
    "batch size",
)
FIELD, JUMP = "receptive field", "receptive field stride"
REST, COUNT, PLACE = "remainder", "number of layers", "index"
ZEROS = "zeros between entries"
SIDES: Final = (BEFORE, AFTER)
ROLES: Final = (
    INPUT,
    OUTPUT,
    KERNEL,
    EXTENT,
    STRIDE,
    DILATION,
    HOLES,
    PADDING,
    TOTAL,
    BEFORE,
    AFTER,
    EXTRA,
    IN_CHANNELS,
    OUT_CHANNELS,
    GROUPS,
    BATCH,
    FIELD,
    JUMP,
    REST,
    COUNT,
    PLACE,
    ZEROS,
)

_PAIRS: Final = re.compile(r"(?P<head>[OIKFSPDRoikfspdr])(?P<axis>[HWDLShwdls])")
DOUBLED: Final = ("HH", "WW")  # the kernel's height and width beside the image's, H and W
_PAIR_TAGS: Final = MappingProxyType(
    {"o": "out", "i": "in", "k": "kernel", "f": "kernel", "s": "stride", "p": "padding"}
)

# What single letters mean by custom; other roles of theirs cost OPEN, or PLAIN where a letter is
# hardly ever used for anything else.
_LETTERS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "k": {KERNEL: 0, EXTENT: 0.8, IN_CHANNELS: 2, OUT_CHANNELS: 1.5, COUNT: 3, PLACE: 2},
        "f": {KERNEL: 0, EXTENT: 0.8, OUT_CHANNELS: 1.5},
        "s": {STRIDE: 0, KERNEL: 2.5},
        "p": {PADDING: 0, TOTAL: 0.5, BEFORE: 1, AFTER: 1, KERNEL: 1.2, EXTRA: 3},
        "q": {KERNEL: 0.5, PADDING: 3},
        "t": {STRIDE: 0.7, INPUT: 1.5, PLACE: 2},
        "d": {DILATION: 0, HOLES: RARE, INPUT: 1, OUTPUT: 1.5, IN_CHANNELS: 1.2, OUT_CHANNELS: 1.5,
              ZEROS: 1.5},
        "r": {DILATION: 0.7, KERNEL: 0.8, FIELD: 0.3},
        "l": {INPUT: 0.5, OUTPUT: 1, COUNT: 0.3, DILATION: 1.5},
        "n": {INPUT: 0.2, OUTPUT: 0.8, KERNEL: 1.8, BATCH: 0.8, IN_CHANNELS: 1.2,
              OUT_CHANNELS: 1.2, COUNT: 0.8, PLACE: 1.5},
        "m": {INPUT: 0.3, OUTPUT: 0.8, KERNEL: 1.5, IN_CHANNELS: 1.2, OUT_CHANNELS: 1.2,
              PLACE: 2},
        "i": {INPUT: 0, PLACE: 0.5, COUNT: 1.5},
        "x": {INPUT: 0.4},
        "y": {OUTPUT: 0.4},
        "h": {INPUT: 0, OUTPUT: 0.6, KERNEL: 2},
        "w": {INPUT: 0, OUTPUT: 0.6, KERNEL: 1.5},
        "o": {OUTPUT: 0, INPUT: RARE, OUT_CHANNELS: 2},
        "g": {GROUPS: 0.3, OUTPUT: 1},
        "c": {IN_CHANNELS: 0.2, OUT_CHANNELS: 0.6},
        "b": {BATCH: 0.5},
        "j": {JUMP: 0, PLACE: 1},
        "u": {KERNEL: 0.8},
        "v": {KERNEL: 0.8},
        "z": {IN_CHANNELS: 1.5},
        "sigma": {STRIDE: 0.5},
        "delta": {DILATION: 0.5},
    }
)  # fmt: skip
_FIRM: Final = frozenset("kspf")  # letters that hardly ever mean anything else
_SIZES: Final = frozenset("hwlnmdxyitacu")  # letters whose labels say in or out
_BASE: Final = re.compile(r"(?P<base>[^_^\[\]()']+)(?P<marks>.*)", re.DOTALL)
_NUMBERED: Final = re.compile(r"^([A-Za-z])(\d)$")  # W2 is W_2
_CAMEL: Final = re.compile(r"[A-Z]?[a-zà-öø-ÿß]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z]+|\d+")


@dataclass(frozen=True)
class Named:
    """A name taken apart.

    Attributes:
        base: its letters before any mark.
        words: all its words, lower case.
        tags: what they speak of: "kernel", "out", ...
        axis: "h", "w" or "": the axis that it names.
        layer: 0 for a layer l, -1 for the layer before it, None where no layer is named.
        primes: how many.
        label: its subscript, where that is one word.
    """

    base: str
    words: tuple[str, ...]
    tags: frozenset[str]
    axis: str
    layer: int | None
    primes: int
    label: str


@lru_cache(maxsize=4096)
def taken_apart(name: str) -> Named:
    """Return a flat name taken apart.

    Example:
        >>> sorted(taken_apart("filter_height").tags), taken_apart("filter_height").axis
        (['kernel', 'size'], 'h')
    """
    name = _NUMBERED.sub(r"\1_\2", name)
    match = _BASE.match(name)
    base, marks = (match["base"], match["marks"]) if match else (name, "")
    primes = marks.count("'") + base.count("'")
    words = tuple(word.lower() for word in _CAMEL.findall(name))
    tags = set(_tags(words, base))
    pair = _PAIRS.fullmatch(base)
    axis = ""
    if pair and base not in ("id", "is"):
        tag = _PAIR_TAGS.get(pair["head"].lower())
        tags |= {tag} if tag else set()
        axis = {"h": "h", "w": "w"}.get(pair["axis"].lower(), "")
    if base in DOUBLED:
        tags, axis = tags | {"kernel"}, base[0].lower()
    if "^-" in marks or "^{-}" in marks:
        tags.add("before")
    if "^+" in marks or "^{+}" in marks:
        tags.add("after")
    if not axis:
        axis = "h" if set(words) & HEIGHT else "w" if set(words) & WIDTH else ""
    label = re.search(r"_(\w+)", marks)
    named = label[1].lower() if label else ""
    return Named(base, words, frozenset(tags), axis, _layer(marks), primes, named)


def _tags(words: tuple[str, ...], base: str) -> Iterator[str]:
    """Yield what a name speaks of."""
    joined = "".join(words)
    for tag, stems in STEMS.items():
        for stem in stems.split():
            if len(stem) > 3 or not stem.isascii():
                found = stem in joined
            elif len(stem) == 3:
                found = any(word.startswith(stem) for word in words)
            else:
                found = stem in words
            if found and not (len(stem) == 1 and len(words) == 1):
                yield tag
                break
    if len(base) > 2 and base.lower() in ("hin", "win", "lin", "din", "cin"):
        yield "in"
    if len(base) > 3 and base.lower() in ("hout", "wout", "lout", "dout", "cout"):
        yield "out"


def _layer(marks: str) -> int | None:
    found = re.search(r"[_^]\^?[\[({]?[lLikt](?P<before>-1)?[\])}]?$", marks)
    if not found:
        return None
    return -1 if found["before"] else 0


@lru_cache(maxsize=4096)
def costs(name: str) -> Mapping[str, float]:
    """Return role -> how implausible the name is for it; a role that is not there costs PLAIN."""
    if name.endswith("()"):  # a function of sizes, f(n, k) = ...
        own = name.removesuffix("()")
        return costs(own) if taken_apart(own).tags else dict.fromkeys(ROLES, 0.5)
    named = taken_apart(name)
    tags = named.tags
    special = _of_words(named)
    if special is not None:
        return special
    letter = named.base.lower()
    known = _LETTERS.get(letter)
    if known is None:
        known = {}
        if tags & {"out", "in", "size"} and len(named.base) > 1:
            return _direction(named, {})
    table = dict.fromkeys(ROLES, PLAIN if letter in _FIRM else OPEN)
    if letter not in _FIRM:
        table |= {HOLES: RARE, ZEROS: RARE}
    table |= known
    if named.base == "T":  # the length of a sequence; a small t is a stride
        table |= {INPUT: 0.4, OUTPUT: 1.0, STRIDE: 1.5}
    if letter == "c" and tags & {"in", "out"}:
        first, other = (IN_CHANNELS, OUT_CHANNELS) if "in" in tags else (OUT_CHANNELS, IN_CHANNELS)
        return dict.fromkeys(ROLES, PLAIN) | {first: 0.0, other: 4.0}
    if letter == "d" and named.label in ("k", "f", "g"):  # D_K, D_F, D_G: a kernel and two maps
        if named.label == "k":
            return table | {KERNEL: 0.0}
        return table | {INPUT: 0.3, OUTPUT: 0.3}
    if letter in _SIZES or not known:
        return _direction(named, table)
    if letter == "p":
        return _paddings(named, table)
    if letter in ("k", "f") and "extent" in tags:
        return table | {EXTENT: 0.0, KERNEL: 2.0}
    if letter in ("k", "f") and named.primes:
        return table | {EXTENT: 0.3, KERNEL: 0.6}
    return table


def _of_words(named: Named) -> dict[str, float] | None:
    """Return the costs of a name that consists of plain words; None if it has none."""
    tags = named.tags
    table = dict.fromkeys(ROLES, PLAIN)
    if "extent" in tags and ("kernel" in tags or named.base.lower() in ("k", "f")):
        return table | {EXTENT: 0.0, KERNEL: 2.0}
    if "field" in tags:
        return table | {FIELD: 0.0, EXTENT: 0.5}
    if "jump" in tags:
        return table | {JUMP: 0.0, STRIDE: 3.0}
    if "rest" in tags:
        return table | {REST: 0.0}
    if "padding" in tags:
        return _paddings(named, table)
    if "groups" in tags:
        return table | {GROUPS: 0.0}
    if "batch" in tags:
        return table | {BATCH: 0.0}
    if "channel" in tags or {"many", "kernel"} <= tags or named.words == ("filters",):
        return table | {
            IN_CHANNELS: PLAIN if "out" in tags else 3.0 if "kernel" in tags else 0.3,
            OUT_CHANNELS: PLAIN if "in" in tags else 0.3,
        }
    if "stride" in tags and "dilation" not in tags:
        return table | {STRIDE: 0.0, JUMP: 2.0}
    if "holes" in tags:
        return table | {HOLES: 0.0, ZEROS: 0.0}
    if "dilation" in tags:
        return table | {DILATION: 0.0, HOLES: RARE}
    if "kernel" in tags and len(named.words) + len(named.base) > 2:
        if "extent" in tags:
            return table | {EXTENT: 0.0, KERNEL: 2.0}
        return table | {KERNEL: 0.0, EXTENT: 0.8, OUT_CHANNELS: 4.0}
    if "extent" in tags:
        return table | {EXTENT: 0.0, KERNEL: 2.0}
    return None


def _paddings(named: Named, table: Mapping[str, float]) -> dict[str, float]:
    tags = named.tags
    if {"out", "padding"} <= tags or ("out" in tags and named.base.lower() == "p"):
        return {**table, EXTRA: 0.0, PADDING: 3.0, TOTAL: 3.0, BEFORE: 5.0, AFTER: 5.0}
    if "total" in tags:
        return {**table, TOTAL: 0.0, PADDING: 3.0}
    if named.label in ("t", "l", "b", "r"):
        mine = BEFORE if named.label in ("t", "l") else AFTER
        return {**table, mine: 0.0, PADDING: 0.5, TOTAL: 1.0}
    before, after = "before" in tags, "after" in tags
    if before != after:
        mine, other = (BEFORE, AFTER) if before else (AFTER, BEFORE)
        return {**table, mine: 0.0, other: PLAIN, PADDING: 2.0, TOTAL: 2.5}
    first, last = ("0" in named.words, "1" in named.words)
    sides = {BEFORE: 0.6 if first else 1.0, AFTER: 0.6 if last else 1.0}
    return {**table, PADDING: 0.0, TOTAL: 0.5, EXTRA: 3.0, **sides}


def _direction(named: Named, table: Mapping[str, float]) -> dict[str, float]:
    """Return the costs of a size of which labels, words or primes say whether it is in or out."""
    tags = named.tags
    labels = {named.label} if len(named.base) == 1 else set()
    plain = dict.fromkeys(ROLES, PLAIN)
    if "out" in tags or "2" in labels:
        loose = {OUT_CHANNELS: 3.0, FIELD: 3.0}
        return {**plain, OUTPUT: 0.0, INPUT: 2.0, **loose}
    if labels == {"i"} and table:  # an index as often as "in"
        return {**table, INPUT: 0.0, OUTPUT: 4.0}
    if "in" in tags or labels & {"1", "0"}:
        return {**plain, INPUT: 0.0, OUTPUT: 5.0, IN_CHANNELS: 3.0, FIELD: 3.5}
    if not table:
        table = dict.fromkeys(ROLES, OPEN) | {INPUT: 0.3, OUTPUT: 1.0, KERNEL: 2.0}
    if named.layer is not None and named.base.lower() in "hwnmld":
        first, other = (OUTPUT, INPUT) if named.layer == 0 else (INPUT, OUTPUT)
        return {**table, first: 0.0, other: 3.0}
    if named.primes or "tilde" in named.words or "hat" in named.words:
        moved = {OUTPUT: 0.3, INPUT: table.get(INPUT, OPEN) + 0.8}
        return {**table, **moved, EXTENT: 0.6, KERNEL: 1.5}
    return dict(table)
