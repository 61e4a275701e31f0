"""How well a name suits what a formula about windows makes of it; names are only a prior."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from symconv.verification.reading.roles import Told

KERNEL: Final = "kernel size"
STRIDE: Final = "stride"
DILATION: Final = "dilation"
PADDING: Final = "padding"
INPUT: Final = "input size"
OUTPUT: Final = "output size"

AGAINST: Final = 9.0  # what was said of the name is something else
UNLIKE: Final = 6.0  # the name is plainly that of something else
NEUTRAL: Final = 0.5

_NAMES: Final = {
    KERNEL: "k K f F ks KS fs FS kh kw KH KW kernel kernel_size ksize filter pool pool_size "
    "poolsize window window_size r R FH FW H' W' h' w' p q PoolSize poolSize",
    STRIDE: "s S t stride strides str step sh sw sigma Stride PoolStride poolStride 步长",
    DILATION: "d D dil dilation rate r",
    PADDING: "p P pad pads padding Pad",
    INPUT: "H W M N m n h w in H_in W_in",
    OUTPUT: "H W M N m n g h out H_out W_out O OH OW",
}
PLAIN: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {role: frozenset(names.split()) for role, names in _NAMES.items()}
)
_FAMILIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        KERNEL: ("kernel", "effective kernel"),
        STRIDE: ("stride",),
        DILATION: ("dilation",),
        PADDING: ("padding",),
        INPUT: ("input size", "input height", "input width", "input depth"),
        OUTPUT: ("output size", "output height", "output width", "output depth"),
    }
)
_SIDES: Final = re.compile(r"(?:_|(?<=[a-zA-Z]))([hwHW])(?:eight|idth)?(?:$|\^)")
_STEM: Final = re.compile(r"[_^\[(].*$|['\d]+$")


def fit(name: str, role: str, told: Told) -> float:
    """Return what it costs to take a name for a size of that role."""
    said = told.names.get(name)
    if said == "index":
        said = None
    if said is not None:
        return 0.0 if said.startswith(_FAMILIES[role]) else AGAINST
    if name in PLAIN[role] or _stem(name) in PLAIN[role]:
        return 0.0
    others = [other for other in PLAIN if other != role and _stem(name) in PLAIN[other]]
    plain = {STRIDE, KERNEL, PADDING, DILATION}
    return UNLIKE if plain & set(others) else NEUTRAL


def assigned(pairs: Iterable[tuple[str, str]], told: Told) -> float:
    """Return what it costs to take names for roles; no name has two of them."""
    roles: dict[str, str] = {}
    cost = 0.0
    for name, role in dict.fromkeys(pairs):
        cost += fit(name, role, told)
        if roles.setdefault(name, role) != role:
            cost += AGAINST
    return cost


def said_to_be(role: str, told: Told) -> tuple[str, ...]:
    """Return the names that were said to have a role, in the order of their text."""
    return tuple(
        sorted(name for name, said in told.names.items() if said.startswith(_FAMILIES[role]))
    )


def side_of(name: str, told: Told) -> str:
    """Return "height" or "width" where a name is said or written to be of that axis, else ""."""
    said = told.names.get(name, "").split()
    if said and said[-1] in ("height", "width"):
        return said[-1]
    found = _SIDES.search(name)
    return {"h": "height", "w": "width"}[found.group(1).lower()] if found else ""


def _stem(name: str) -> str:
    """Return a name without its labels: s for s_1^l-1, k for k_h."""
    stem = _STEM.sub("", name)
    return stem or name
