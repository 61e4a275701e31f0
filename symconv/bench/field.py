"""The field: everybody who takes part. Adding a contender is a line in its module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.bench import jax_calls, numpy_calls, ours, scipy_calls, torch_calls
from symconv.bench.contender import Contender, Kind
from symconv.errors import OptionError, shown

CONTENDERS: Final[tuple[Contender, ...]] = (
    *ours.CONTENDERS,
    *numpy_calls.CONTENDERS,
    *scipy_calls.CONTENDERS,
    *torch_calls.CONTENDERS,
    *jax_calls.CONTENDERS,
)
PEERS: Final = tuple(
    dict.fromkeys(each.package for each in CONTENDERS if each.kind is not Kind.OURS)
)


def field(
    peers: Sequence[str] | None = None, *, contenders: Sequence[Contender] = CONTENDERS
) -> tuple[tuple[Contender, ...], tuple[str, ...]]:
    """Return who takes part, and the packages that are not installed.

    Args:
        peers: the packages that are wanted beside symconv, members of PEERS; None for all.
        contenders: whom to choose from.

    Raises:
        OptionError: a package is none of PEERS.
    """
    for name in peers or ():
        if name not in PEERS:
            raise OptionError(f"peers must be among {', '.join(PEERS)}, got {shown(name)}")
    wanted = [
        each
        for each in contenders
        if each.kind is Kind.OURS or peers is None or each.package in peers
    ]
    missing = dict.fromkeys(each.package for each in wanted if not each.installed)
    return tuple(each for each in wanted if each.installed), tuple(missing)
