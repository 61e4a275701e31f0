"""How a NumPy kernel sums over taps, and where one way gets faster than another.

A sum over k taps for N cells can be computed in these ways; c is the time of one NumPy call with
the Python around it, the others are times per entry in the cache:

- *scale*, for one tap: one multiplication, c + N·(read and write).
- *tap slices*: 2k - 1 calls, (2k - 1)·(c + N·a), and an array of N entries for each.
- *columns*: the cells that all taps read are copied side by side, a strip of the cells at a time,
  and one product of a vector and a matrix weighs them: 4c + k·N·(copy + product). A copy and BLAS's
  product cost less than a multiplication and an addition by NumPy, and four calls less than seven:
  columns win at every size from three or four taps on, and tie at two.
- *row products*, for grad_weight: every tap and row is one dot product of BLAS, without a copy:
  3c + k·rows·(d + length·product). Long rows pay for the start d of a product.

So one tap is scaled, more are summed in columns, and grad_weight changes to row products at
LONG_ROW. `python -m benchmarks.strategies` measures all of them, at sizes around each choice.
"""

from __future__ import annotations

from typing import Final

STRIP: Final = "2**16"
"""Entries of the columns of one strip: a quarter or half of a second-level cache of 1 MiB."""

LONG_ROW: Final = 256
"""Entries of a row from which on grad_weight multiplies it as it lies."""

BLAS: Final = "fdFD"
"""The dtype characters whose products BLAS computes; np.einsum is faster for the others."""

WORKSPACE: Final = "2**20"
IN_CACHE: Final = "2**18"
SUMMED: Final = "2**9"
SUMMED_1X1: Final = "2**7"
CELLS_ENOUGH: Final = "2**9"
ADDED: Final = 2
NARROW: Final = "2**5"
TILE: Final = "2**18"
