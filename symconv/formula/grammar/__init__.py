"""From tokens to the tree of notation, from the inside out.

cursor      the next token, the limits, what a failure says
atoms       names, numbers, brackets, fractions, roots
marks       scripts and brackets behind an operand, and their items
large       sums, maxima and integrals with their limits; derivatives
tables      environments: matrices, case distinctions, arrays
operators   sums, products and quotients
conditions  comparisons, membership, divisibility, and/or
statements  sides, relations, conditions beside them, headings
"""
