"""Specialised kernels, made from a derivation through templates.

Stage by stage, with what goes in and what comes out:

    request    what somebody asks for                -> KernelRequest, checked
    tiles      spec, algorithm, error bound          -> the outputs of a fast tile, or none
    plan       derivation                            -> KernelPlan: what to compute, as data
    spelling   KernelPlan, KernelRequest             -> header and formulas, for every target
    numpy      KernelPlan, KernelRequest             -> the context of a template: how to spell it
    c          the same, in C
    (render)   template name, context                -> text
    emit       KernelRequest                         -> GeneratedFile: all of the above
    runtime    C files                               -> compiled functions of arrays
    load       GeneratedFile                         -> Kernel: the emitted code, ready to call
    check      GeneratedFile, derivation             -> nothing, or a VerificationError
    generate   KernelRequest                         -> its files, checked
    generate_numpy  the same for NumPy, on symbols
    model      the layers of a model                 -> a kernel for each spec, and their table
"""
