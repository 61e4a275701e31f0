"""Claims about sizes, counts and receptive fields.

statements    decide(statements, told): which of the kinds below a statement is
roles         formula                -> assignments of roles, cheapest first
polynomials   polynomials in named atoms, with exact coefficients
forms         expression             -> quotient of polynomials, the normal form
values        expression             -> function of its names, over fractions
sizes         is it the size that the left side names?
shapes        several sizes of one shape
chains        a = b = c              -> its links
conditions    conditions between sizes and indices
counts        numbers of weights and operations
stages        of which layer the names of a size are
fields        receptive fields over layers
jumps         receptive fields beside the jumps of their display
examples      the smallest sizes at which two sides differ
words         reading                -> words
"""
