"""How far a result of fast tiles may lie from the exact one, before anything is computed.

Each result is a sum of products a g b x w with coefficients of the three matrices. If every such
product passes through at most k roundings, each by a factor 1 + delta with |delta| <= u, the error
is at most gamma_k times the sum of their absolute values, gamma_k = k u / (1 - k u). That sum is at
most the amplification times max|x| times the sum of |w|, and so the error of an entry is at most

    gamma_k * amplification * max|x| * sum of |w|,

the last two the largest that the entry could be. For the weight gradient, dy stands for w. A kernel
by tiles may sum directly where that is faster; such a sum of n products passes through at most n
roundings, whatever their order, and its amplification is 1. The bound is the larger of the two.

Source: the factor gamma_k is that of N. Higham, Accuracy and Stability of Numerical Algorithms,
2002, section 3.1; the rest is derived here. Bias, overflow and underflow are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Final

from symconv.algebra.toom_cook import AxisTransforms, Matrix

UNIT_ROUNDOFF: Final = {"float32": Fraction(1, 2**24), "float64": Fraction(1, 2**53)}
SUMMANDS: Final = 1024


@dataclass(frozen=True)
class Rounding:
    """What decides the error of fast tiles.

    Attributes:
        amplification: how much larger the terms may be than the largest result, over all axes.
        steps: the most roundings of a product in the transforms and their product.
        products: how many products there are for each summand where sums are direct: taps for y
            and dx, the cells of a tile for dw; the larger.
    """

    amplification: Fraction
    steps: int
    products: int

    def bound(self, dtype: str, *, summands: int = SUMMANDS) -> Fraction:
        """Return the largest error over max|x| * sum of |w|; exact.

        Args:
            dtype: a key of UNIT_ROUNDOFF.
            summands: how many products are added at each point: the input channels of a group in
                the forward pass, its output channels in grad_input, all tiles in grad_weight.
        """
        unit = UNIT_ROUNDOFF[dtype]
        tiles = unit * (self.steps + summands - 1)
        direct = unit * self.products * summands
        return max(self.amplification * tiles / (1 - tiles), direct / (1 - direct))


def rounding_of(transforms: Sequence[AxisTransforms]) -> Rounding:
    """Return the rounding of nested transforms: amplifications multiply, roundings add up."""
    return Rounding(
        amplification=prod((axis.amplification for axis in transforms), start=Fraction(1)),
        steps=1 + sum(_steps(axis) for axis in transforms),
        products=max(
            prod(axis.taps for axis in transforms), prod(axis.outputs for axis in transforms)
        ),
    )


def _steps(axis: AxisTransforms) -> int:
    """Return the most roundings of one term along an axis.

    There is one for each entry of its sums, and two to divide, as a factor 1/n is rounded itself.
    """
    columns = tuple(zip(*axis.output_transform, strict=True))
    sums = (axis.input_transform, axis.weight_transform, columns)
    return sum(map(_longest, sums)) + 2


def _longest(matrix: Matrix) -> int:
    """Return the most entries other than 0 in a row."""
    return max(sum(map(bool, row)) for row in matrix)
