"""What a name may mean: the vocabulary, and what was said of the names of a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

ARRAYS: Final = (
    "input",
    "padded input",
    "kernel",
    "output",
    "bias",
    "loss",
    "grad_output",
    "grad_input",
    "grad_weight",
    "grad_bias",
)
SIZES: Final = (
    "kernel size",
    "kernel depth",
    "kernel height",
    "kernel width",
    "effective kernel size",
    "stride",
    "stride depth",
    "stride height",
    "stride width",
    "dilation",
    "dilation depth",
    "dilation height",
    "dilation width",
    "zero-based dilation",
    "padding",
    "padding depth",
    "padding height",
    "padding width",
    "padding front",
    "padding back",
    "padding top",
    "padding bottom",
    "padding left",
    "padding right",
    "total padding",
    "output padding",
    "input size",
    "input depth",
    "input height",
    "input width",
    "output size",
    "output depth",
    "output height",
    "output width",
    "input channels",
    "output channels",
    "groups",
    "batch size",
    "receptive field",
    "receptive field stride",
)
ROLES: Final = (*ARRAYS, *SIZES, "index")
LOSSES: Final = frozenset({"L", "E", "J", "C", "e", "loss", "Loss", "cost", "mathcal{L}"})
"""Names that a loss usually has."""


@dataclass(frozen=True)
class Told:
    """What options, the head of an article and its prose say of its names.

    Attributes:
        names: flat name (see reading.names) -> one of ROLES.
        sources: flat name -> where it was said: "option", "article", "prose", "preset".
        index_base: what indices start from, 0 or 1; None: not said.
        true_convolution: whether the convolution turns the kernel round; None: not said.
        facts: "stride", "padding", "dilation", "groups" -> the number that it is said to be.
    """

    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    index_base: int | None = None
    true_convolution: bool | None = None
    facts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
