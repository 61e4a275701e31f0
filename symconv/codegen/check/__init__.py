"""Emitted code compared with the derivation, exactly.

numpy_kernels  how a NumPy kernel is checked, and what its header says of it
c_kernels   the same for a C kernel
trials      derivation -> the sizes that code is run on: small, but every case of the plan occurs
symbols     a NumPy kernel on SymPy symbols, polynomial by polynomial
same_code   whether kernels for few and for many groups are the same code
padding     a kernel with much padding beside one with less, on integers
winograd    tiles on symbols, with rational coefficients
compiled    a compiled kernel on integers
fixed       a compiled kernel for one input beside the NumPy kernel of the same spec
"""
