"""The NumPy target: how a KernelPlan is spelled in Python.

contexts    what each template is given, as frozen dataclasses
copying     KernelPlan -> the statements that copy padding and fold its gradient back
unrolled    KernelPlan -> the style that is read: a term a line
plane       KernelPlan -> the fast kernel of planes
batched     KernelPlan -> the fast kernel of images and channels
element     KernelPlan, input shape -> the kernel of one small input, entry by entry
winograd    FastPlan -> the same by fast tiles
strategies  from which sizes on which way to sum is taken
module      what all have in common: shapes and statements
spelling    slices and sizes as Python text
"""
