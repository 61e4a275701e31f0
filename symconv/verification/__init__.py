"""Is this formula right? The road from a text to a verdict.

Stage by stage, with what goes in and what comes out:

    verify      text, options              -> Report: the driver, which runs all stages below
    reading     displays, prose, notation  -> what every name means, in order of plausibility
    truth       sizes of a convolution     -> what is true of it
    questions   statements, what was told  -> outcomes: each kind of claim has one module
                                              decide(statements, told)
    deciding    one question, one reading  -> counted out, proved for all, or neither
    outcome     readings, their findings   -> the outcome they give together (D-91)
    repair      refuted claim              -> condition, repair, or the right formula
    report      outcomes                   -> terminal, HTML, Markdown, JSON, certificates
    parallel    a function of many tasks   -> its results, in order, from several processes

Before it, symconv.formula finds the displays of a text and reads them as notation trees, which know
nothing about convolution.
"""
