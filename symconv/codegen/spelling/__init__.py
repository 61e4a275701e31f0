"""What every target spells alike: the header of an emitted file, and the names in it.

roles      KernelPlan -> which array stands at the windows and which at the cells
formulas   KernelPlan -> the formulas of the header
header     KernelPlan, KernelRequest -> the header: made from what, and how far it is checked
only       an emitted file -> the same with some of its functions
only_c     the same for C
needs      names -> all that their definitions name, and so on
text       entries, shapes and sizes as text that Python and C share
"""
