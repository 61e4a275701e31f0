"""What the words of operators on whole arrays mean: data, no code that decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from symconv.verification.truth.operators import Mode


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Sign:
    """What is known of a sign or a function that convolves.

    Attributes:
        flips: what it costs to take it for a true convolution.
        stays: what it costs to take it for a cross-correlation.
        mode: the positions it keeps, if its name says so.
        ordered: whether it correlates as SciPy does, its second operand sliding over its first; of
            two that only fit the other way round, it gives the reverse.
    """

    flips: float = 0.0
    stays: float = 0.0
    mode: Mode | None = None
    ordered: bool = False


FIXED: Final = 9.0
SIGNS: Final[Mapping[str, Sign]] = {
    "*": Sign(),
    "circledast": Sign(),
    "otimes": Sign(),
    "star": Sign(flips=1.0),
    "oplus": Sign(),
    "boxtimes": Sign(),
    "circledcirc": Sign(),
    "times": Sign(),
}
"""A star often means either; the five-pointed star is the sign of the cross-correlation."""

FUNCTIONS: Final[Mapping[str, Sign]] = {
    "conv": Sign(),
    "conv1d": Sign(flips=1.5),
    "conv2d": Sign(flips=1.5),
    "conv3d": Sign(flips=1.5),
    "conv2": Sign(stays=1.0),
    "convn": Sign(stays=1.0),
    "convolve": Sign(stays=1.5),
    "convolve2d": Sign(stays=FIXED),
    "convolution": Sign(stays=0.5),
    "fftconvolve": Sign(stays=FIXED),
    "correlate": Sign(flips=FIXED, ordered=True),
    "correlate2d": Sign(flips=FIXED, ordered=True),
    "correlation": Sign(flips=FIXED),
    "crosscorrelation": Sign(flips=FIXED),
    "crosscorrelate": Sign(flips=FIXED),
    "crosscorr": Sign(flips=FIXED),
    "xcorr": Sign(flips=FIXED),
    "xcorr2": Sign(flips=FIXED),
    "corr": Sign(flips=FIXED),
    "corr2d": Sign(flips=FIXED),
    "fullconv": Sign(mode="full"),
    "fullconvolution": Sign(mode="full"),
    "validconvolution": Sign(mode="valid"),
    "convfull": Sign(mode="full"),
    "convolutionfull": Sign(mode="full"),
    "validconv": Sign(mode="valid"),
    "convvalid": Sign(mode="valid"),
}

TRANSPOSED: Final = words(
    "convtranspose convtranspose1d convtranspose2d convtranspose3d transposedconv "
    "convtransposed conv2dtranspose convt conv2dt tconv deconv deconvolution transposeconv "
    "transposedconvolution deconv2d tconv2d transpconv"
)
ROTATIONS: Final = words(
    "rot rot180 rotate rotate180 rotated flip flip180 flipped flip2d reverse reversed turn "
    "fliplrud rot180circ rotate180circ rot2 rotpi rot90"
)
DESCRIPTIONS: Final = words(
    "the input loss gradient filter kernel image upstream of output layer error weights"
)
STRETCHES: Final = words(
    "dilate dilated zeroinsert insertzeros zeroinsertion interleave insertzero spread stretch "
    "zerointerleave zeroupsample zeroexpand dilation"
)
LIBRARIES: Final = words("np numpy torch tf F nn scipy signal jnp jax cp cv2 K")
HALVES: Final = frozenset(("fliplr", "flipud"))
PADDINGS: Final = words("pad zeropad zeropadding padfull fullpad padzero padding")
ACTIVATIONS: Final = words("sigma f g phi psi relu tanh act activation sigmoid")
SLOPES: Final = words("sigma f g phi psi h act relu tanh activation varphi theta a s")
TO_COLUMNS: Final = frozenset(["im2col", "unfold", "im2row", "im2cols"])
FROM_COLUMNS: Final = frozenset(["col2im", "fold", "row2im", "cols2im"])
FOURIER: Final = words("F fft fft2 fftn dft FFT DFT rfft FFT2")
INVERSES: Final = words("ifft ifft2 ifftn idft IFFT IDFT irfft iFFT")

_MODES: Final[tuple[tuple[Mode, re.Pattern[str]], ...]] = (
    ("full", re.compile(r"full|k\s*-\s*1|F\s*-\s*1|wide|全|полн|완전|フル|vollst|complet")),
    ("valid", re.compile(r"valid|gültig|válid|有效|narrow")),
    ("same", re.compile(r"same|相同")),
)


def mode_in(text: str) -> Mode | None:
    """Return the mode that some words say, or None."""
    return next((mode for mode, pattern in _MODES if pattern.search(text.lower())), None)


def plain(text: str) -> str:
    """Return a function's name in small letters, without signs: rot_{180}, ROT180 -> rot180."""
    return re.sub(r"[\W_]", "", text).lower()
