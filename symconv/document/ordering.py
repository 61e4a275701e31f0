"""The order in which terms and factors are read, in text and in LaTeX alike.

SymPy's own printers decide the order of terms by name; here an index reads as a person writes
it, K - alpha and 2i + r.
"""

from __future__ import annotations

from typing import Final

from sympy import Expr, Indexed, KroneckerDelta, Sum

from symconv.algebra.symbols import (
    BLOCK_INDEX,
    COUNTER,
    DY,
    OUTPUT_INDEX,
    STRIDE,
    TAP_INDEX,
    XP,
    B,
    W,
    X,
    Y,
)
from symconv.document.notation import DX, SPREAD_INPUT, Partial

_FIRST: Final = (*BLOCK_INDEX, *OUTPUT_INDEX)
_LAST: Final = (*TAP_INDEX, *COUNTER)
_ARRAYS: Final = (DY, X, XP, SPREAD_INPUT, DX, Y, W)
NAMED: Final = (Indexed, KroneckerDelta)


def ordered_terms(polynomial: Expr) -> list[Expr]:
    """Return the terms of a written-out entry in SymPy's order, but the bias last."""
    terms: list[Expr] = sorted(polynomial.as_ordered_terms(), key=lambda term: bool(term == B))
    return terms


def reading_order(term: Expr) -> tuple[bool, int, str]:
    """Sort key of the terms of an index: what is subtracted last, then blocks before counters."""
    negative: bool = term.could_extract_minus_sign()
    symbols = term.free_symbols
    if term.is_number:
        rank = 1 if negative else 3
    elif any(letter in symbols for letter in _LAST):
        rank = 2
    else:
        rank = 0 if any(letter in symbols for letter in _FIRST) else 1
    return negative, rank, str(term)


def factor_order(factor: Expr) -> tuple[int, str]:
    """Sort key of the factors of a product: numbers, letters, t, dy, x, w, deltas, then sums."""
    if factor.is_number:
        return 0, ""
    if isinstance(factor, Indexed):
        return 3 + _ARRAYS.index(factor.base), str(factor)
    if isinstance(factor, KroneckerDelta):
        return 3 + len(_ARRAYS), str(factor)
    if isinstance(factor, Partial | Sum):
        return 4 + len(_ARRAYS), str(factor)
    return (2 if factor == STRIDE else 1), str(factor)
