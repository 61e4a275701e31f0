"""Claims about pooling: averages and maxima over windows, forward and backward.

statements   decide(statements, told): which of the kinds below a statement is
readings     statement                -> its axes, sizes and first index, with costs
forward      what pooling gives
backward     average pooling, backward
choice       maximum pooling, backward
operators    whole arrays, spread back
whole        global pooling
places       where windows begin and end; adaptive windows
regions      windows that are only named
arrays       padded, spread and rotated arrays, by their entries
deciding     question                 -> counted out, then proved
"""
