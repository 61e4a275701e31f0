"""Is the answer to a question yes? Counted out for small sizes, proved for all.

evaluation             expressions, conditions  -> functions of their letters
small_cases            question                 -> small sizes and letters, in order
exact_count            guarded terms, sizes     -> polynomials
counterexample_search  question                 -> the smallest counterexample
inverses               index map                -> its inverse, by linear algebra
to_z3                  expressions, conditions  -> terms of the solver
solver                 formulas                 -> unsat, sat or unknown, in counted steps
prove                  question                 -> Proof: queries that must all be unsat
finding                question, Model          -> Finding: counterexample, proof, or neither
"""
