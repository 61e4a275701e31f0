"""A language for formulas as people write them.

    article     Markdown, TeX or HTML-escaped text -> displayed formulas, each with its place
    scan, tidy  LaTeX -> pieces, as TeX cuts it -> the pieces that say something, in one shape
    latex       pieces -> tokens; names and scripts are settled, case distinctions have rows
    plain       the text form -> the same tokens
    lines       tokens of a display -> tokens of its statements
    sentences   tokens of a statement -> by formula.lark -> what it says
    claims      statements of a display -> claims, the conditions beside their equations
    spelling    tree -> LaTeX, tree -> text form

The tree is in tree.py: names are the author's, nothing is resolved, nothing is evaluated.
"""

from symconv.formula.article import Article, read_article
from symconv.formula.reading import read_formula
from symconv.formula.spelling import spell_latex, spell_text

__all__ = ["Article", "read_article", "read_formula", "spell_latex", "spell_text"]
