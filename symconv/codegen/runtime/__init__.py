"""Emitted kernels, imported or compiled and ready to call with arrays.

python            Build -> Kernel: NumPy code, imported from memory
compiled          Build -> Kernel: C, compiled when it is first called
threads           among how many threads a call is shared, and the flags for it
compiler          $CC, what is installed -> Compiler
compiling         C files -> a shared library, and no trace of how it was made
cache             C files -> a shared library, loaded, from the user's cache
texts             which files are compiled for a type of entries
calls             CType -> the C file through which Python calls the functions
library           the functions of a kernel, compiled and loaded, type by type
arrays            arrays as C reads and writes them
shapes            shapes of inputs and outputs, each computed once
halves            float16 into float32 and back
narrow            types without functions: summed in wider types, or by NumPy
plane_wrapper     compiled functions of a plane behind the signatures of the NumPy kernel
batched_wrapper   the same for batches
fixed_wrapper     the same for one input size
"""
