"""The channels of y, x and w in letters, where there are images, channels and groups."""

from __future__ import annotations

from typing import NamedTuple

from sympy import Expr

from symconv.algebra.symbols import (
    GROUP,
    GROUP_INPUTS,
    GROUP_OUTPUTS,
    INPUT_CHANNEL,
    OUTPUT_CHANNEL,
)
from symconv.spec import ConvSpec


class Channels(NamedTuple):
    """The channels of y and of x, and the first two indices of w."""

    of_output: Expr
    of_input: Expr
    of_weight: tuple[Expr, Expr]


def channels_of(spec: ConvSpec) -> Channels:
    """Return the channels: size*kappa + within, or `within` where there is one group.

    Example:
        >>> channels_of(ConvSpec(kernel_shape=(3,), groups=2, transposed=True)).of_weight
        (C_g*kappa + c, o)
    """
    group = 0 if spec.groups == 1 else GROUP
    outputs = GROUP_OUTPUTS * group + OUTPUT_CHANNEL
    inputs = GROUP_INPUTS * group + INPUT_CHANNEL
    of_weight = (inputs, OUTPUT_CHANNEL) if spec.transposed else (outputs, INPUT_CHANNEL)
    return Channels(outputs, inputs, of_weight)
