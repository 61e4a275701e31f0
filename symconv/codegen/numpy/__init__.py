"""The NumPy target: how a KernelPlan is spelled in Python.

contexts    what each template is given, as frozen dataclasses
copying     KernelPlan -> the statements that copy padding and fold its gradient back
plane       KernelPlan -> the tap-unrolled kernel, for inputs of any size
element     KernelPlan, input shape -> the kernel of one small input, entry by entry
batched     KernelPlan -> the kernel of images and channels
winograd    FastPlan -> the same by fast tiles
strategies  from which sizes on which way to sum is taken
module      what all have in common: shapes and statements
spelling    slices and sizes as Python text
"""
