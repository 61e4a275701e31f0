"""Derivations as people read them.

printing    SymPy expression        -> one line of text, or of LaTeX
text        derivation, cases       -> text for a terminal
formulas    derivation, cases       -> LaTeX, the bare formulas
"""
