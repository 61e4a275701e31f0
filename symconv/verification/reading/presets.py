"""Notations of well-known texts: which letter they give which meaning. They only shift priors."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from symconv.errors import OptionError
from symconv.verification.reading.vocabulary import letters_from

PRESETS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "article": """
            x=input, w=kernel, y=output, e=loss, b=bias, p=kernel height, q=kernel width, t=stride,
            m=input height, n=input width, g=output height, h=output width, d=dilation, P=padding
        """,
        "goodfellow": """
            I=input, V=input, K=kernel, S=output, Z=output, G=grad_output, J=loss, s=stride,
            i,j,k,l,m,n=index
        """,
        "dumoulin": """
            i,i_1,i_2,i_j,i'=input size, k,k_1,k_2,k_j,k'=kernel size, s,s_1,s_2,s_j,s'=stride,
            p,p_1,p_2,p_j,p'=padding, o,o_1,o_2,o_j,o'=output size, d=dilation,
            \\hat{k}=effective kernel size, a=output padding
        """,
        "pytorch": """
            N=batch size, C_{in}=input channels, C_{out}=output channels, H_{in}=input height,
            W_{in}=input width, D_{in}=input depth, L_{in}=input size, H_{out}=output height,
            W_{out}=output width, D_{out}=output depth, L_{out}=output size,
            kernel_size=kernel size, stride=stride, padding=padding, dilation=dilation,
            output_padding=output padding, groups=groups, input=input, weight=kernel, bias=bias,
            out,output=output, grad_output=grad_output
        """,
        "cs231n": """
            W=input size, W_1=input width, H_1=input height, D_1=input channels, F=kernel size,
            S=stride, P=padding, K=output channels, W_2=output width, H_2=output height,
            D_2=output channels
        """,
    }
)


def preset(name: str) -> dict[str, str]:
    """Return name -> role of a notation.

    Args:
        name: one of PRESETS.

    Raises:
        OptionError: there is no such notation; the message names the nearest.

    Example:
        >>> preset("cs231n")["F"]
        'kernel size'
    """
    found = PRESETS.get(name.strip().lower())
    if found is None:
        near = get_close_matches(name.strip().lower(), PRESETS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise OptionError(
            f"notation must be one of {', '.join(sorted(PRESETS))}, got {name[:40]!r}{hint}"
        )
    return letters_from(" ".join(found.split()), f"notation {name}")
