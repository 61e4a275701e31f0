"""How a NumPy kernel sums over taps, and where one way gets faster than another.

A sum over k taps for N cells can be computed in these ways; c is the time of one NumPy call with
the Python around it, the others are times per entry in the cache:

- *scale*, for one tap: one multiplication, c + N·(read and write).
- *tap slices*: 2k - 1 calls, (2k - 1)·(c + N·a), and an array of N entries for each.
- *columns*: the cells that all taps read are copied side by side, a strip of the cells at a time,
  and one product of a vector and a matrix weighs them: 4c + k·N·(copy + product). A copy and BLAS's
  product cost less than a multiplication and an addition by NumPy, and four calls less than seven:
  columns win at every size from three or four taps on, and tie at two.
- *weighed rows*, for planes of two axes: the rows that a kernel of p x q taps reads are a matrix of
  p rows as they lie, and a product with the weights, transposed, makes q rows, which are added up,
  shifted: p·q·N·product + q·N·(write + addition), without a copy. Many taps pay for the q rows.
- *bands*, for planes of two axes and few rows of taps, where the q rows cost as much as q products:
  B entries of every row are the cells that they read times a matrix that holds the weights of a row
  of taps in each column, zeros around them: p·(B + q)·N·product, without a copy. With B = q that is
  twice the products, which BLAS makes eight times as fast as it weighs columns. Zeros times
  infinity are no zeros, so cells that are not all finite are summed in columns.
- *row products*, for grad_weight: every tap and row is one dot product of BLAS, without a copy:
  3c + k·rows·(d + length·product). Long rows pay for the start d of a product.
- *scatter*, for grad_input (and a transposed forward pass): all products at once, each added where
  it belongs by np.bincount: 4c + k·N·(product + addition). An addition takes 2 ns, much more than
  in columns; but there is one sum, where columns have one for every phase.

So one tap is scaled, more are summed in columns, MANY and more of planes that need several strips
in weighed rows, or bands where the rows of taps are fewer than FEW_ROWS; grad_weight changes to
row products at LONG_ROW, and grad_input is scattered up to few_products.
`python -m benchmarks.strategies` measures all of them, at sizes around each choice.

A batch of C channels made into O copies what k taps read, k·C entries a cell, for one product of
matrices; or multiplies first and adds up k·O shifted entries a cell, at ADDED copies each. Weights
that must be copied into the order of a product count, too. The way that moves less is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

STRIP: Final = "2**18"
"""Bytes of the columns of one strip: half of a second-level cache of 512 KiB."""

MANY: Final = 25
"""Taps from which on rows are weighed before they are added up, for each stride along the row."""

FEW_ROWS: Final = 3
"""Rows of taps below which rows of cells are multiplied by bands of weights instead."""

BAND: Final = 32
"""Entries of a row that are made by one band, if there are not more taps."""

LONG_ROW: Final = 256
"""Entries of a row from which on grad_weight multiplies it as it lies."""

BLAS: Final = "fdFD"
"""The dtype characters whose products BLAS computes; np.einsum is faster for the others."""

WORKSPACE: Final = "2**20"
"""Entries of the workspace of a batch: fewer make BLAS pack the weights more often."""

IN_CACHE: Final = "2**18"
"""The same for depthwise kernels, which pack nothing."""

SUMMED: Final = "2**9"
"""Products that BLAS sums at once for kernels of ENOUGH_TAPS: PyTorch's sums are as long."""

SUMMED_FEW: Final = "2**7"
"""The same for fewer taps, where PyTorch's sums are short."""

ENOUGH_TAPS: Final = 9
"""Taps from which on blocks may be long."""

CELLS_ENOUGH: Final = "2**9"
"""Cells from which on a product of matrices gets no faster by more images."""

ADDED: Final = 2
"""What adding an entry of a product costs, in copied entries: it reads two and writes one."""

NARROW: Final = "2**5"
"""Channels made below which a product of matrices is slow."""

TILE: Final = "2**18"
"""Entries of grad_weight that are summed at a time: they stay in the cache."""

DOUBLE: Final = "efd"
"""The dtype characters that np.bincount sums, as float64; np.add.at sums the others at half
the speed."""

KEPT: Final = 16
"""Shapes whose indices a kernel keeps, those used last: at most 4 MiB of them."""

SUM: Final = 2**12
"""Products that np.bincount adds in the time that columns take to sum any few."""

SCALING: Final = 2**10
"""Products that np.bincount adds in the time that NumPy takes to scale any few cells."""

CALLING: Final = 2**11
"""Products that np.bincount adds in the time of the calls around it."""

MOST: Final = 2**15
"""Products of one call of np.bincount at most: 256 KiB of indices."""


def few_products(taps: Sequence[int]) -> int:
    """Return up to how many products are added one by one, of phases with that many taps each.

    0: phases are always as fast.
    """
    phases = sum(SUM if count > 1 else SCALING for count in taps)
    return max(0, min(MOST, phases - CALLING))
