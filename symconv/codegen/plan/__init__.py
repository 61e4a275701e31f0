"""What a kernel computes, as data that names no language.

plans        derivation -> all of the below, each made once
kernel       derivation -> KernelPlan: the terms of every sum, phase by phase
element      KernelPlan, shapes of one small image -> the products of every entry
winograd     KernelPlan, tile -> FastPlan: the same by tiles with fewer products
progression  the taps of a phase, and what they read, lie a step apart
sharing      a transform -> its sums, common parts made once
"""
