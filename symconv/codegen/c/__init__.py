"""The C target: how a KernelPlan is spelled in C99.

contexts    what each template is given, as frozen dataclasses
rows        KernelPlan -> the functions of single rows
gather      KernelPlan -> the sums of the forward pass and of grad_input, row by row
lanes       KernelPlan -> the sums of grad_weight, lane by lane
module      KernelPlan, KernelRequest -> the .c and .h file
winograd    FastPlan, KernelRequest -> the files of a batched kernel by fast tiles
files       KernelRequest, derivation -> their texts
face        compiled functions behind the face of the NumPy kernel
spelling    indices, sizes and terms as C text
"""
