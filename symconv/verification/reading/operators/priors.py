"""What names of whole arrays usually mean, and what it costs to take one for something else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from symconv.verification.reading.operators.words import words

_GREEK: Final = "alpha beta gamma delta epsilon theta phi psi omega sigma Delta Theta Omega"
GREEK: Final = dict(zip(_GREEK.split(), "αβγδεθφψωσΔΘΩ", strict=True))
DELTAS: Final = words("delta Delta epsilon err error varepsilon")
"""Names of the gradient with respect to what a layer puts out before its activation."""
LAYOUTS: Final = words("perm pad padded flat mat row rows T t reshaped swapped")
LOSSES: Final = words("L E J C e l ell loss Loss cost Cost Error error f R S Q mathcalL")
BIASES: Final = words("b bias beta B c")
TURNED: Final = words("rot rot180 flip flipped 180 180circ R r rotated")
ACCENTS: Final = frozenset(("tilde", "check", "breve", "hat"))
TRANSPOSES: Final = frozenset(("T", "t", "top", "intercal"))
KERNEL: Final = "kernel"
INPUT: Final = "input"
OUTPUT: Final = "output"
_PRIORS: Final[Mapping[str, tuple[str, str, str]]] = {
    # role: names that mean it, that often do, that may
    KERNEL: (
        "w W k K filter Filter kernel Kernel weight weights theta Theta omega Omega",
        "F f h",
        "g H G U V v u m",
    ),
    INPUT: (
        "x X input inp In image img data in I",
        "a A o i s S d P",
        "z f h F H g u U M v V",
    ),
    OUTPUT: (
        "y Y output out Out O",
        "z Z o S s u net n",
        "a A h H x X C c g v V r R f",
    ),
}
INDICES: Final = "ijkmnuvc"
UPSTREAMS: Final = words("G g e E D err Err gy Gy dO gO")
"""Names that an upstream gradient may have without a sign of it."""
LAYER_LETTERS: Final = "lLknNt"
FAR: Final = 3.0
OFTEN: Final = 0.5
_STEPS: Final = (0.0, OFTEN, 1.5)
TOLD: Final[Mapping[str, str]] = {
    "input": INPUT,
    "padded input": INPUT,
    "kernel": KERNEL,
    "output": OUTPUT,
}
GRADIENTS: Final = {"grad_output": OUTPUT, "grad_input": INPUT, "grad_weight": KERNEL}
LAYER_NUMBER: Final = re.compile(r"^([A-Za-z]?)([+-]\d+)?$|^(\d)$")
GRADIENT_NAME: Final = re.compile(r"^(?:d|grad_?|g_|D)([A-Z]\w*|[xywzbkaoh]|out|in|bias|weight)$")
GRADIENT_WORDS: Final = {
    "grad_output": "output",
    "grad_input": "input",
    "grad_weight": "weight",
    "grad_out": "out",
    "grad_in": "in",
    "gradOutput": "output",
    "gradInput": "input",
    "gradWeight": "weight",
    "upstream": "output",
}


def prior(name: str, role: str) -> float:
    """Return what it costs to take a name for a role; 0 is what it usually means."""
    base = name.split("_")[0].rstrip("'0123456789")
    for names, cost in zip(_PRIORS[role], _STEPS, strict=True):
        if base in names.split() or name in names.split():
            return cost
    return FAR
