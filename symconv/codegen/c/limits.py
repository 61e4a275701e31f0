"""What C kernels do not have, each refused in one line."""

from __future__ import annotations

from typing import Final

from symconv.codegen.kernel import MAX_STATEMENTS
from symconv.codegen.tiles import refuse_tiles
from symconv.errors import OptionError, shown
from symconv.spec import ConvSpec

MAX_SIZE: Final = 2**24  # so that no sum of sizes overflows where ptrdiff_t has 32 bits
AXES_OF_TILES: Final = 2


def refuse_any_input(spec: ConvSpec) -> None:
    """Return if C has the kernel for inputs of any size.

    Raises:
        OptionError: it has not.
    """
    plain = not (spec.transposed or spec.true_convolution or spec.padding_mode != "zeros")
    if not (plain and all(side >= 0 for side in _padding(spec))):
        raise OptionError(
            "target=c needs an ordinary cross-correlation padded with zeros, or fixed, "
            f"got {shown(spec)}: target=numpy emits it"
        )
    _refuse_large(spec)


def refuse_fixed(spec: ConvSpec) -> None:
    """Return if C has the kernel for one input of many entries.

    Raises:
        OptionError: it has not.
    """
    if spec.padding_mode != "zeros":
        raise OptionError(
            f"fixed of more than {MAX_STATEMENTS} statements needs padding_mode=zeros, "
            f"got {spec.padding_mode}: target=numpy emits it"
        )
    _refuse_large(spec)


def refuse_winograd(spec: ConvSpec) -> None:
    """Return if C has the kernel by tiles.

    Raises:
        OptionError: it has not.
    """
    if spec.axes > AXES_OF_TILES:
        raise OptionError(f"algorithm=winograd needs one or two axes in C, got {spec.axes}")
    refuse_tiles(spec)
    refuse_any_input(spec)


def _refuse_large(spec: ConvSpec) -> None:
    largest = max(*spec.stride, *spec.extent, *_padding(spec))
    if largest > MAX_SIZE:
        raise OptionError(f"target=c needs sizes of at most {MAX_SIZE}, got {largest}")


def _padding(spec: ConvSpec) -> list[int]:
    """Return the padding of all sides; none where it depends on the input."""
    pairs = () if isinstance(spec.padding, str) else spec.padding
    return [side for pair in pairs for side in pair]
