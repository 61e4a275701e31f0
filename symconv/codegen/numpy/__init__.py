"""The NumPy target: how a KernelPlan is spelled in Python.

contexts    what each template is given, as frozen dataclasses
plane       KernelPlan -> the tap-unrolled kernel, for inputs of any size
element     KernelPlan, input shape -> the kernel of one small input, entry by entry
module      what both have in common: header, shapes, statements
spelling    indices, slices and sizes as Python text
"""
