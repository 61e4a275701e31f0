"""Claims with operators on whole arrays: stars, rotations, matrices, fast algorithms.

    statements      decide(statements, told): which of the kinds below a statement is
    plausible       is a star a convolution of arrays at all?

Gradients and forward passes, under every convention:

    claims          statement                -> trials
    conventions     what the signs may mean: flips, modes, which operand slides
    casting         which array is which
    layers          which array is of which layer
    trials          claim, convention        -> true for all sizes, or a smallest difference
    verdicts        trials                   -> the outcome that they give together
    wording         conventions              -> words
    channels        sums over channels
    labels          labels of channels and images: bound where, on which array
    bias            sums over a whole array
    pointwise       activations, entry by entry

Identities:

    adjoint         <k * f, g> = <f, ... * g>
    bilinear        linearity in each operand
    spectra         Fourier transforms
    shapes          shapes of whole arrays

Matrices:

    matrices        im2col, col2im and products of matrices
    written         matrices that are written out
    cells           their entries as polynomials
    displays        sides, shapes and first indices of such a claim
    geometries      small convolutions as rows of products
    toeplitz        a written matrix times a vector

Fast algorithms F(m, r):

    fast            their matrices
    fast_forms      Y = A^T [(G g) o (B^T d)]
    fast_products   m_0 = (d_0 - d_2) g_0, ...
"""
