"""What is true: sizes, definition and derivatives of a convolution, and what follows from them.

A convolution and its sums:

    convolution       sizes of every axis         -> Model, which everything below is read from
    layout            ranks of the arrays         -> their dimensions: batch, channels, axes
    windows           an open index letter        -> the windows that it may stand for
    definition        Model                       -> y and its derivatives, as guarded terms
    guarded_terms     the normal form of sums
    algebra           expressions                 -> expressions: substituted, expanded, taken apart

Sizes and counts:

    sizes             roles of one axis           -> laws: each size by the others
    counts            roles of a layer            -> numbers of weights and operations
    receptive_field   a stack of layers           -> its receptive field, unrolled

Whole arrays:

    operators         convolutions, rotations, padding: expressions of whole arrays
    affine_sizes      sizes                       -> a number plus multiples of letters
    operator_forms    operators                   -> one index map, for all sizes at once
    operator_arrays   operators, small sizes      -> polynomials, entry by entry
    matrices          Y = W C                     -> its derivatives, as words of matrices
    fast_algorithms   F(m, r)                     -> the matrices that it may have
    pooling           window                      -> its cells, and the windows that read a cell
"""
