"""Specialised kernels, made from a derivation through templates.

Stage by stage, with what goes in and what comes out:

    request    what somebody asks for                -> KernelRequest, checked
    plan       derivation                            -> KernelPlan: what to compute, as data
    numpy      KernelPlan, KernelRequest             -> the context of a template: how to spell it
    c          the same, in C
    (render)   template name, context                -> text
    emit       KernelRequest                         -> GeneratedFile: all of the above
    compiler   C files                               -> a shared library, from the user's cache
    load       GeneratedFile                         -> Kernel: the emitted code, ready to call
    check      GeneratedFile, derivation             -> nothing, or a VerificationError
    check_compiled  the same for C, on integers
    catalogue  generated/manifest.toml               -> the committed kernels, made or compared
"""
