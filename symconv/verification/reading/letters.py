"""What the author's letters mean: arrays, sizes, indices, derivatives of the loss.

Names are told by the options first, then by convention: x, w, y, e and their usual synonyms; p, q,
t, m, n, g, h and theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Final

from symconv.errors import OptionError, shown

DERIVATIVES: Final = {
    "x": ("dx", "dX", "grad_input", "grad_x"),
    "w": ("dw", "dW", "grad_weight", "grad_w"),
    "b": ("db", "grad_bias", "grad_b"),
    "dy": ("dy", "dY", "grad_output", "grad_y"),
}
ARRAY_NAMES: Final = {
    "x": ("x", "X", "I", "input"),
    "w": ("w", "W", "K", "F", "kernel", "weight", "theta"),
    "y": ("y", "Y", "O", "output", "z", "Z"),
    "e": ("e", "E", "L", "J", "C", "ell", "loss", "Loss", "error"),
    "dy": DERIVATIVES["dy"],
    "b": ("b", "bias"),
    "xp": ("xp", "x_p", "x_pad", "x_padded", "X_p", "X_pad", "x_tilde", "X_tilde", "padded"),
}
SIZE_NAMES: Final = {
    "p": ("p", "k", "k_h", "K_h", "k_1", "kernel_h", "kernel_size", "K", "F", "R"),
    "q": ("q", "k_w", "K_w", "k_2", "kernel_w"),
    "t": ("t", "s", "S", "stride", "T"),
    "t_h": ("t_h", "s_h", "S_h", "t_1", "s_1", "stride_h"),
    "t_w": ("t_w", "s_w", "S_w", "t_2", "s_2", "stride_w"),
    "d": ("d", "dilation", "D"),
    "d_h": ("d_h", "d_1"),
    "d_w": ("d_w", "d_2"),
    "m": ("m", "H", "H_in", "M", "L_in", "input_size"),
    "n": ("n", "W", "W_in", "N"),
    "g": ("g", "H_out", "o_h", "L_out", "output_size"),
    "h": ("h", "W_out", "o_w"),
    "P": ("P", "pad", "padding"),
    "P_h": ("P_h", "p_h", "pad_h", "padding_h"),
    "P_w": ("P_w", "p_w", "pad_w", "padding_w"),
    "P_top": ("P_top", "P_t"),
    "P_bottom": ("P_bottom", "P_b"),
    "P_left": ("P_left", "P_l"),
    "P_right": ("P_right", "P_r"),
    "N": ("batch", "batch_size"),
    "C": ("C_in", "in_channels", "c_in"),
    "K": ("C_out", "out_channels", "c_out"),
    "G": ("G", "groups"),
}
OF_THREE_AXES: Final = {  # depth, height, width: what these letters mean where there is a depth
    "p": ("k_d", "K_d", "k_1", "kernel_d"),
    "q": ("k_h", "K_h", "k_2", "kernel_h"),
    "p_3": ("k_w", "K_w", "k_3", "kernel_w", "o"),
    "m": ("D", "D_in"),
    "n": ("H", "H_in"),
    "m_3": ("W", "W_in"),
    "g": ("D_out", "o_d"),
    "h": ("H_out", "o_h"),
    "g_3": ("W_out", "o_w"),
    "t_d": ("t_d", "s_d", "S_d", "t_1", "s_1", "stride_d"),
    "t_h": ("t_h", "s_h", "S_h", "t_2", "s_2", "stride_h"),
    "t_w": ("t_w", "s_w", "S_w", "t_3", "s_3", "stride_w"),
    "d_d": ("d_d", "d_1"),
    "d_h": ("d_h", "d_2"),
    "d_w": ("d_w", "d_3"),
    "P_d": ("P_d", "p_d", "pad_d", "padding_d"),
    "P_front": ("P_front",),
    "P_back": ("P_back",),
}
OF_DEPTH: Final = frozenset(  # names that only a claim of three axes has
    (
        "k_d",
        "K_d",
        "kernel_d",
        "D_in",
        "D_out",
        "o_d",
        "s_d",
        "S_d",
        "t_d",
        "stride_d",
        "P_d",
        "p_d",
    )
)
PER_AXIS: Final = {
    "p": ("kernel_h", "kernel_w"),
    "t": ("t_h", "t_w"),
    "d": ("d_h", "d_w"),
    "P": ("P_h", "P_w"),
}
OF_FIRST_AXIS: Final = ("k_h", "K_h", "k_1", "kernel_h")  # names of p that are not of q, too
MEANINGS: Final = (
    *dict.fromkeys((*ARRAY_NAMES, *SIZE_NAMES, *OF_THREE_AXES)),
    "dx",
    "dw",
    "db",
    "index",
)
_BRACES: Final = str.maketrans("", "", "\\{}")
_LAYER: Final = re.compile(r"\^\{([A-Za-z][+-][0-9]+)\}")
_OF_ARRAY: Final = re.compile(r"(?:delta|nabla|grad)[\^_]\(?([A-Za-z]+)\)?")


@dataclass(frozen=True)
class Letters:
    """The letters of one claim: what the user says of them, and the rest of the reading.

    Attributes:
        given: the author's letter -> one of MEANINGS.
        index_base: what indices start from, 0 or 1.
        flipped: whether the convolution turns the kernel round.
        axes: of how many axes the claim is, as far as that is known.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    index_base: int = 0
    flipped: bool = False
    axes: int = 0

    def __post_init__(self) -> None:
        plain = {
            _LAYER.sub(r"^(\1)", name).translate(_BRACES): meaning
            for name, meaning in self.given.items()
        }
        object.__setattr__(self, "given", plain)
        for letter, meaning in self.given.items():
            if meaning not in MEANINGS:
                raise OptionError(
                    f"letters: {shown(letter)} must mean one of {', '.join(MEANINGS)}, "
                    f"got {shown(meaning)}"
                )
        if self.index_base not in (0, 1):
            raise OptionError(f"index_base must be 0 or 1, got {shown(self.index_base)}")

    def array(self, name: str) -> str:
        """Return which array a name is; the name itself when it is none."""
        meaning = self.given.get(name)
        if meaning in ARRAY_NAMES:
            return str(meaning)
        if meaning is not None:
            return name
        return next((array for array, names in ARRAY_NAMES.items() if name in names), name)

    def size(self, name: str, used: AbstractSet[str]) -> str | None:
        """Return which size a letter is that is no index; None when it is none."""
        meaning = self.given.get(name)
        if meaning is not None:
            return meaning if meaning in SIZE_NAMES or meaning in OF_THREE_AXES else None
        if name == "s" and used & {"t", "t_h"}:
            return None  # the tap beside r: t is the stride
        tables = (OF_THREE_AXES, SIZE_NAMES) if self.axes == 3 else (SIZE_NAMES,)
        found = (size for table in tables for size, names in table.items() if name in names)
        return next(found, None)

    def derivative(self, name: str) -> str | None:
        """Return by which array a name is the derivative of the loss, dX or delta^x; else None."""
        meaning = self.given.get(name, "")
        if meaning:
            return next((array for array in ("x", "w", "b") if meaning == f"d{array}"), None)
        for array, names in DERIVATIVES.items():
            if array != "dy" and name in names:
                return array
        found = _OF_ARRAY.fullmatch(name)
        array = self.array(found.group(1)) if found else ""
        return {"x": "x", "w": "w", "b": "b", "y": "dy"}.get(array)

    def with_defaults(self, meanings: Mapping[str, str]) -> Letters:
        """Return these letters and others that have a meaning unless their author gave one."""
        return replace(self, given={**meanings, **self.given})
