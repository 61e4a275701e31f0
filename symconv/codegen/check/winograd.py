"""Fast tiles run on symbols: what the emitted transforms make equals the derivation, exactly.

The emitted code takes floating types through its tiles and sums all others tap by tap. Here a copy
of it is told to take objects through its tiles, too, and its entries are polynomials with rational
coefficients, so that dividing by the weight transform's denominators is exact.
"""

from __future__ import annotations

from collections.abc import Sequence

from symconv.algebra.channels import BatchedGradients
from symconv.algebra.derivation import DerivedGradients
from symconv.codegen.check.symbols import check_batched_kernel
from symconv.codegen.check.trials import Trial, input_for
from symconv.codegen.kernel import Kernel
from symconv.codegen.runtime.python import retuned
from symconv.errors import VerificationError
from symconv.sizes import Shape


def check_tiles(kernel: Kernel, derivation: BatchedGradients, *, trials: Sequence[Trial]) -> None:
    """Run the tiles of an emitted NumPy kernel on symbols and compare with the derivation.

    Args:
        kernel: the emitted code, loaded.
        derivation: what it was made from.
        trials: the sizes to try.

    Raises:
        VerificationError: an entry differs, or a shape does, or there are no tiles.
    """
    by_tiles = retuned(kernel, {"TRANSFORMED": ("object",)})
    if by_tiles is None:
        raise VerificationError(f"{kernel.name} must have tiles")
    check_batched_kernel(by_tiles, derivation, trials=trials, rational=True)


def tile_trials(derivation: DerivedGradients, tile: Shape) -> tuple[Trial, ...]:
    """Return the sizes that tiles are checked on.

    For each axis one image has two tiles along it, the second of one output, and one output along
    the others; two images with several channels have a part of one tile.
    """
    spec, groups = derivation.spec, derivation.spec.groups
    pairs = dict.fromkeys(
        input_for(spec, [tile[each] + 1 if each == axis else 1 for each in range(spec.axes)])
        for axis in range(spec.axes)
    )
    part = input_for(spec, [min(2, outputs) for outputs in tile])
    return (
        *(Trial((1, groups, *shape), groups) for shape in pairs),
        Trial((2, 2 * groups, *part), 3 * groups),
    )
