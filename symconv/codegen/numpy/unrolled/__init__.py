"""The unrolled style of the NumPy target: the derivation as code, a term a line.

plane       KernelPlan -> the kernel of planes
batched     KernelPlan -> the kernel of images and channels
header      what a module says of itself, and the formula that each function returns
windows     windows weigh cells: one slice of them a tap
phases      cells gather windows: one slice of them a tap, phase by phase
layout      where these windows lie in memory
contexts    what the templates are given, as frozen dataclasses
"""
