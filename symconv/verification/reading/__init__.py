"""What every name of a claim means: inferred from its form, names, prose and options.

What is said of names, from all places:

    roles             the vocabulary of meanings; Told: what was said of the names of a text
    vocabulary        words of people           -> roles, with synonyms
    presets           name of a notation        -> likely roles of its letters
    article_options   head, comments            -> options
    prose             text around a display     -> what it says of names
    displays          text                      -> displays, each with what is said of its names
    telling           all sayings               -> Told: what is said nearest counts most

Names:

    names             notation                  -> flat names; runs of letters, split or not
    authored          reading                   -> the author's names and first indices
    words             reading                   -> names, sizes and reaches in words
    reading_words     reading                   -> one sentence

Kinds of claims:

    scalars, operators, pooling   sizes and counts; whole arrays; windows

Equations of entries, y[i] = sum x[i+r] w[r]:

    chains            y = x * w = sum ...       -> what is claimed of what
    beside            other statements          -> definitions of indices, put in their place
    loops             D[it:it+p] += ...         -> the sum that each entry gets
    gathers           y[u] = sum x[i] w[u - si]: transposed convolutions
    multi_indices     one letter for all axes   -> an index for each axis
    layer_labels      x^{l-1}, w^l              -> arrays of one layer
    settling          notation                  -> tree of values and entries
    array_roles       equation                  -> which array is which, with costs
    slopes            f'(z)                     -> at which index and layer it stands
    index_graph       equation                  -> axes, channels, images: the layout
    size_hints        equation                  -> what its form says of its sizes
    first_indices     limits, numbers           -> what the indices of each array start from
    axis_names        H_out, k_w                -> the axis that a name says
    window_relations  equation                  -> which input an output reads
    turned_axes       rot180(w)                 -> whether every axis is turned, and no channel
    directions        sizes of each axis        -> convolutions: of y as it stands, of a gradient
    channel_groups    channels                  -> G times those of one group
    geometries        equation                  -> convolutions it may be about, with costs
    sum_limits        limits of a sum           -> whether they lead beyond an array
"""
