"""Specialised kernels, made from a derivation through templates.

Stage by stage, with what goes in and what comes out:

    request    what somebody asks for                -> KernelRequest, checked
    tiles      spec, algorithm, error bound          -> the outputs of a fast tile, or none
    plan       derivation                            -> KernelPlan: what to compute, as data
    fast       KernelPlan, tile                      -> FastPlan: the same by fast tiles
    sharing    a transform                           -> its sums, common parts made once
    numpy      KernelPlan, KernelRequest             -> the context of a template: how to spell it
    c          the same, in C
    (render)   template name, context                -> text
    emit       KernelRequest                         -> GeneratedFile: all of the above
    runtime    C files                               -> compiled functions of arrays
    load       GeneratedFile                         -> Kernel: the emitted code, ready to call
    check      GeneratedFile, derivation             -> nothing, or a VerificationError
    check_fast      the same for fast tiles, with rational coefficients
    check_compiled  the same for C, on integers
    catalogue  generated/manifest.toml               -> the committed kernels, made or compared
"""
