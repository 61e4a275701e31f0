"""The C target: how a KernelPlan is spelled in C99.

types             the types of entries
headers           what is the same for all sizes: the headers in runtime/, as text
contexts          what each template is given, as frozen dataclasses
batched_contexts  the same for batches
rows              KernelPlan -> the functions of single rows
gather            KernelPlan -> the sums of the forward pass and of grad_input, row by row
lanes             KernelPlan -> the sums of grad_weight, lane by lane
loops             KernelPlan of many taps -> tables of its phases, over which one text loops
fixed             what the files for one input have in common
element           the products of one small image -> the functions for it, entry by entry
main              a program that checks the functions for one input
nests             loops with fixed bounds over the entries that taps reach
direct            KernelPlan, shapes of one input -> the functions for it, in such loops
module            KernelPlan, KernelRequest -> the .c and .h file of a plane
readings          KernelPlan -> which cells the results of a batch read, as tables
batched           KernelPlan, KernelRequest -> the .c and .h file of a batch
winograd          FastPlan, KernelRequest -> the same for a batch by fast tiles
tiles             two neighbouring rows made at once, in vectors
limits            what C does not have, refused
spelling          indices, sizes and terms as C text
"""
