"""Specialised kernels, made from a derivation through templates.

The road of a kernel, stage by stage, with what goes in and what comes out:

    request    what somebody asks for      -> KernelRequest, checked
    tiles      spec, error bound           -> the outputs of a fast tile, or none
    targets    the one table: which kernels there are, and how each is made
    build      KernelRequest               -> Build: every step below, made once
    plan       derivation                  -> what to compute, as data
    spelling   plan, KernelRequest         -> header and formulas, alike in every target
    numpy      plan, KernelRequest         -> the context of its templates
    c          the same, in C
    (render)   template name, context      -> text
    check      Build                       -> how its files are checked: proof, inputs, comparison
    runtime    Build, files                -> Kernel: the emitted code, ready to call

Beside it stand

    kernel     what passes along: KernelRequest, GeneratedFile, Kernel
    model      the layers of a model       -> a kernel for each spec, and their table
"""
