"""The letters of the formulas, each made once: to SymPy, other assumptions are another symbol."""

from __future__ import annotations

from typing import Final

from sympy import IndexedBase, Symbol, symbols

X: Final = IndexedBase("x")
W: Final = IndexedBase("w")
Y: Final = IndexedBase("y")
XP: Final = IndexedBase("xp")  # the padded input, where its cells are copies
DY: Final = IndexedBase("dy")  # the upstream gradient, de/dy
B: Final = Symbol("b")
B_CHANNELS: Final = IndexedBase("b")  # of a batch: one bias an output channel

# One letter per axis, for up to three axes.
OUTPUT_INDEX: Final = symbols("i j k", integer=True)
INPUT_INDEX: Final = symbols("u v z", integer=True)
FREE_CELL_INDEX: Final = symbols("u_0 v_0 z_0", integer=True)  # one cell beside a sum over them
PADDED_INDEX: Final = symbols("u_p v_p z_p", integer=True)  # of xp; 0 is the first input cell
FREE_OUTPUT_INDEX: Final = symbols("i_0 j_0 k_0", integer=True)  # one window beside a sum over them
TAP_INDEX: Final = symbols("r s a", integer=True)
FREE_TAP_INDEX: Final = symbols("r_0 s_0 a_0", integer=True)  # a fixed tap beside a sum over r, s
BLOCK_INDEX: Final = symbols("K L M", integer=True)  # u + lo = t*K + rho
PHASE: Final = symbols("rho sigma tau", integer=True, nonnegative=True)
COUNTER: Final = symbols("alpha beta gamma", integer=True)

# Batches: image n, output channel o and input channel c within their group kappa; the subscript 0
# marks the entry to differentiate by.
IMAGE, OUTPUT_CHANNEL, INPUT_CHANNEL, GROUP = symbols("n o c kappa", integer=True)
FREE_CHANNEL_INDEX: Final = symbols("n_0 o_0 c_0 kappa_0", integer=True)
IMAGES, GROUP_OUTPUTS, GROUP_INPUTS = symbols("N O_g C_g", integer=True, positive=True)

KERNEL_SIZE: Final = symbols("p q", integer=True, positive=True)
INPUT_SIZE: Final = symbols("m n o", integer=True, positive=True)
OUTPUT_SIZE: Final = symbols("g h f", integer=True, positive=True)
STRIDE: Final = Symbol("t", integer=True, positive=True)
