"""What every name of a claim means: inferred from its form, names, prose and options.

What is said of names, from all places:

    roles               the vocabulary of meanings; Told: what was said of the names of a text
    vocabulary          words of people           -> roles, with synonyms
    presets             name of a notation        -> likely roles of its letters
    displays            text                      -> displays, each with what is said of its names
    article_options     head, comments            -> options
    languages           the words of eight languages
    lexicon             language                  -> its phrases, to look up
    sentences           prose                     -> sentences, mathematics masked
    mathematics         mathematics in a sentence -> the names in it
    elements            piece of a sentence       -> names, roles, links, numbers
    statements          elements                  -> "s is the stride"
    shapes              elements                  -> sizes of "an n x n image"
    prose               text around a display     -> what it says of names
    telling             all sayings               -> Told: what is said nearest counts most

Names:

    names               notation                  -> flat names; runs of letters, split or not
    authored            reading                   -> the author's names and first indices
    words               reading                   -> what its names are called, for which sizes
    reading_words       reading                   -> one sentence: what every name is

Equations of entries, y[i] = sum x[i+r] w[r]:

    chains              y = x * w = sum ...       -> what is claimed of what
    beside              other statements          -> definitions of indices, put in their place
    loops               D[it:it+p] += ...         -> the sum that each entry gets
    multi_indices       one letter for all axes   -> an index for each axis
    settling            notation                  -> tree of values and entries
    array_roles         equation                  -> which array is which, with costs
    index_graph         equation                  -> axes, channels, images: the layout
    size_hints          equation                  -> what its form says of its sizes
    geometries          equation                  -> convolutions it may be about, with costs

Sizes and counts:

    scalars             notation                  -> expressions of integers
    scalar_layers       numbered layers           -> unrolled recursions
    size_words          the words of which names of sizes are made
    size_priors         name of a size            -> roles, with costs

Whole arrays, dX = dY * rot180(W):

    operator_words      what the words of operators mean: data
    operator_names      name of an array          -> which array, layer and gradient
    operator_priors     name of an array          -> roles, with costs
    operator_calls      conv(x, w, 'valid')       -> operator and options
    operator_sketches   operators on named arrays, meanings left open
    operator_tap_sums   sums over taps            -> operators
    operators           notation                  -> sketches
    matrix_words        dW = dY X_col^T           -> words of matrices

Pooling:

    pooling_elements    notation                  -> entries, and operators over them
    pooling_written     entries one by one        -> an operator over them
    pooling_bounds      limits, sets, names       -> what an operator runs over
    pooling_notation    side of a statement       -> an operator over entries, and its factors
    pooling_scalars     notation                  -> sizes, indices, conditions
    pooling_polynomials   sizes and indices       -> normal form
    pooling_sides       name of a size            -> its axis
    pooling_windows     operator                  -> size, stride, first cell of its window
    pooling_gather      cells led to windows      -> window, stride, padding
    pooling_roles       name, role                -> cost
"""
