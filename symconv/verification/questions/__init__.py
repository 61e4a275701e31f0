"""Every kind of claim has a module with decide(statements, told): one outcome a statement, or None.

The driver asks them in the order of `verify.KINDS`; the first that knows a statement decides it:

    accumulations        loops that add to an array, dx[it:it+p] += dy[i]*w
    padded_inputs        padded inputs, x_p[u] = x[(u - P) mod n]
    named_conditions     conditions whose words say what they are about
    premises             claims under conditions beside them, g = m where t = 1
    operators            whole arrays, dX = dY * rot180(W)
    pooling              maxima, averages and norms of windows, forward and backward
    arrays               equations of entries: y, its derivatives, the gradients
    windows_conditions   index ranges: which windows read a cell, which cells a window covers
    scalars              sizes, counts, receptive fields, numbers
    no_claim             definitions, fragments, losses, initialisations
    unknown              what is left: why, and what would help

Equations of entries: readings -> questions -> outcomes

    questions        what may be asked: are two sums, integers, conditions equal
    claims           claim, Model              -> questions
    values           equation                  -> is a sum equal to the true one
    normal_form      value                     -> guarded terms
    conditions       ranges, coverage, corners -> are two conditions equivalent
    padding_mode     padded input              -> questions for each part of the padding
    array_verdicts   reading                   -> outcome
    array_examples   counterexample            -> in the author's names and indices
    neighbours       outcomes of one display   -> the same, about one convolution
"""
