"""Every kind of claim has a module with decide(statements, told): one outcome a statement, or None.

The driver asks them in this order; the first that knows a statement decides it:

    accumulations   loops that add to an array, dx[it:it+p] += dy[i]*w
    padded_inputs   padded inputs, x_p[u] = x[(u - P) mod n]
    operators       whole arrays, dX = dY * rot180(W)
    pooling         maxima, averages and norms of windows, forward and backward
    arrays          equations of entries: y, its derivatives, the gradients
    windows_conditions   index ranges: which windows read a cell, which cells a window covers
    scalars         sizes, counts, receptive fields, numbers
    no_claim        definitions, fragments, losses, initialisations
    unknown         what is left: why, and what would help

Equations of entries: readings -> questions -> outcomes

    questions       what may be asked: are two sums, integers, conditions equal
    claims          claim, Model              -> questions
    values          equation                  -> is a sum equal to the true one
    normal_form     value                     -> guarded terms
    scatters        loop over windows         -> the sum that it adds up
    output_size     equation of a size        -> are two integers equal
    conditions      ranges, coverage, corners -> are two conditions equivalent
    padding_mode    padded input              -> questions for each part of the padding
    array_verdicts  reading                   -> outcome
    array_examples  counterexample            -> in the author's names and indices

Sizes and counts:

    scalar_roles         formula                -> assignments of roles, cheapest first
    scalar_polynomials   polynomials in named atoms, with exact coefficients
    scalar_forms         expression             -> quotient of polynomials, the normal form
    scalar_values        expression             -> function of its names, over fractions
    scalar_sizes         is it the size that the left side names?
    scalar_shapes        several sizes of one shape
    scalar_chains        a = b = c              -> its links
    scalar_conditions    conditions between sizes and indices
    scalar_counts        numbers of weights and operations
    scalar_fields        receptive fields over layers
    scalar_examples      the smallest sizes at which two sides differ
    scalar_words         reading                -> words

Whole arrays:

    operators_plausible    is a star a convolution of arrays at all?
    operators_claims       gradients and forward passes
    operators_conventions  what the signs may mean: flips, modes, which operand slides
    operators_casting      which array is which
    operators_layers       which array is of which layer
    operators_trials       claim, convention  -> true for all sizes, or a smallest difference
    operators_verdicts     trials             -> the outcome they give together
    operators_wording      conventions        -> words
    operators_channels     sums over channels
    operators_bias         sums over a whole array
    operators_pointwise    activations, entry by entry
    operators_adjoint      <k * f, g> = <f, ... * g>
    operators_bilinear     linearity in each operand
    operators_spectra      Fourier transforms
    operators_shapes       shapes of whole arrays
    operators_matrices     im2col, col2im and products of matrices
    operators_written      matrices that are written out
    operators_cells        their entries as polynomials
    operators_displays     sides, shapes and first indices of such a claim
    operators_geometries   small convolutions as rows of products
    operators_toeplitz     a written matrix times a vector
    operators_fast         fast algorithms F(m, r)
    operators_fast_forms   Y = A^T [(G g) o (B^T d)]
    operators_fast_products   m_0 = (d_0 - d_2) g_0, ...

Pooling:

    pooling_readings   statement              -> its axes, sizes, first index, with costs
    pooling_forward    what pooling gives
    pooling_backward   average pooling, backward
    pooling_choice     maximum pooling, backward
    pooling_operators  whole arrays, spread back
    pooling_whole      global pooling
    pooling_places     where windows begin and end; adaptive windows
    pooling_regions    windows that are only named
    pooling_arrays     padded, spread and rotated arrays, by their entries
    pooling_deciding   question               -> counted out, then proved
"""
