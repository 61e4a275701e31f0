"""How names are written, for both spellings: Greek letters, names of the text form, axes."""

from __future__ import annotations

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GREEK: Final = _words("""
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi
    omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta
    Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell imath jmath hbar
""")
AXIS_WORDS: Final = frozenset("hwHW")  # t_h, without a font
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*'*")
LOSS_DERIVATIVES: Final = _words("dx dw dy db dX dW dY dB")
RESERVED: Final = LOSS_DERIVATIVES | _words("""
    and or not if else mod when where for then iff implies divides otherwise in
    max min floor ceil ceiling sum diff cases matrix
""")
