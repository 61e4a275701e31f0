"""The registry: everybody who takes part, and what each computes. `Contender.does` says it.

A contender is a line in its module. Who computes something else, such as a correlation of the
input's size, is compared on the operations it can be made to give, and what that takes counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.bench import (
    fft_calls,
    halide_calls,
    jax_calls,
    numba_calls,
    numpy_calls,
    opencv_calls,
    scipy_calls,
    symconv_calls,
    torch_calls,
    torch_compiled,
    torch_formulations,
)
from symconv.bench.contender import Contender, Kind
from symconv.errors import OptionError, shown

CONTENDERS: Final[tuple[Contender, ...]] = (
    *symconv_calls.CONTENDERS,
    *numpy_calls.CONTENDERS,
    *scipy_calls.CONTENDERS,
    *fft_calls.CONTENDERS,
    *opencv_calls.CONTENDERS,
    *numba_calls.CONTENDERS,
    *halide_calls.CONTENDERS,
    *torch_calls.CONTENDERS,
    *torch_formulations.CONTENDERS,
    *torch_compiled.CONTENDERS,
    *jax_calls.CONTENDERS,
)
PEERS: Final = tuple(
    dict.fromkeys(each.called for each in CONTENDERS if each.kind is not Kind.OURS)
)


def chosen(
    peers: Sequence[str] | None = None, *, contenders: Sequence[Contender] = CONTENDERS
) -> tuple[tuple[Contender, ...], tuple[str, ...]]:
    """Return who takes part, and the peers that are not installed.

    Args:
        peers: those that are wanted beside symconv, members of PEERS; None for all.
        contenders: whom to choose from.

    Raises:
        OptionError: a name is none of PEERS.
    """
    for name in peers or ():
        if name not in PEERS:
            raise OptionError(f"peers must be among {', '.join(PEERS)}, got {shown(name)}")
    wanted = [
        each
        for each in contenders
        if each.kind is Kind.OURS or peers is None or each.called in peers
    ]
    missing = dict.fromkeys(each.called for each in wanted if not each.installed)
    return tuple(each for each in wanted if each.installed), tuple(missing)
