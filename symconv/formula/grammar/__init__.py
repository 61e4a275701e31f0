"""From tokens to the tree of notation, from the inside out.

cursor       the next token, the limits, what a failure says
build        the shared nodes, with parts of either tree
atoms        names, numbers, brackets
marks        scripts and brackets behind an operand, and their items
derivatives  fractions of differentials
large        sums, maxima and integrals with their limits; fractions
tables       environments: matrices and case distinctions
operators    sums, products and quotients
lists        names that share a condition, intervals, congruences
conditions   comparisons, membership, divisibility, and/or
sides        sides with relations, as a condition
page         the statements so far, and what stands beside them
statements   the whole display
"""
