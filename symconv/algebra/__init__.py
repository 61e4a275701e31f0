"""All SymPy algebra: y[i,j] is written down, differentiated, and its deltas are resolved.

Stage by stage, with what goes in and what comes out:

    symbols      letters                                 -> the one SymPy object of each
    forward      ConvSpec                                -> y[i,j], one term a tap
    transposed   y[i,j]                                  -> y[u,v], its adjoint
    gradients    y[i,j]                                  -> its derivatives, as Kronecker deltas
    padding      padding mode                            -> xp, differentiated: copies of a cell
    reading      dy[i,j]/dx[u,v]                         -> equations, PhaseTable
    overlap      the derivative with symbolic sizes      -> four cases, closed forms
    derivation   ConvSpec                                -> Derivation: all of the above
    channels     Derivation                              -> the same with images, channels, groups
                 (channel_letters names them, channel_reading solves their deltas,
                 channel_entries writes small ones out)
    toom_cook    m outputs, r taps                       -> A, G, B of a fast tile
    bilinear     Derivation, tile                        -> fast tiles, multiplied out and proved
    rounding     fast tiles                              -> the largest error they can make
    entries      Derivation, small input                 -> every entry, written out
"""
