"""What the names of a claim about pooling mean.

elements      notation                  -> entries, and operators over them
written       entries one by one        -> an operator over them
bounds        limits, sets, names       -> what an operator runs over
notation      side of a statement       -> an operator over entries, and its factors
conditions    notation                  -> indices, conditions
polynomials   sizes and indices         -> normal form
sides         name of a size            -> its axis
windows       operator                  -> size, stride, first cell of its window
gather        cells led to windows      -> window, stride, padding
roles         name, role                -> cost
"""
