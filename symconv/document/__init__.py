"""Derivations as people read them.

Stage by stage, with what goes in and what comes out:

    printing    SymPy expression        -> one line of text, or of LaTeX
    layout      sections, sums          -> framed, wrapped text
    text        derivation              -> text for a terminal
    answers     derivation, cell        -> short texts: the overlap cases, the windows of a cell
    formulas    derivation              -> LaTeX, the bare formulas
    sizes       derivation              -> the input that documents and figures show
    figure      derivation, input shape -> pictures, as SVG, TikZ, PNG, GIF
"""
