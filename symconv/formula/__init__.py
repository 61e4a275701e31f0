r"""Mathematical notation, read as a tree. Nothing here knows what a convolution is.

From a text to its displays:

    displays      Markdown, rst, TeX or HTML    -> displays, each with its place and its prose
    silence       text                          -> which parts are code, or no formula
    paragraphs    prose                         -> formulas, and what begins with "where"
    article_head  text                          -> the fields between --- at its beginning
    inputs        \input, \include              -> the files, inside the article's folder
    macros        \newcommand, \def, ...         -> expanded, within bounds

From a display to its trees:

    source        offsets                       -> lines and columns; the limits of a text
    lexer         LaTeX, Unicode, text or code  -> tokens
    grammar       tokens                        -> statements
    notation      the tree of what is written: every mark is kept, nothing is decided
    tree          nodes of settled meaning: integers, entries, sums, conditions
    reader        display                       -> statements, or where and why it cannot be read

Back to text:

    spelling      tree                          -> LaTeX, text
    speller       what both spellings share: order, brackets
    latex_speller   tree                        -> LaTeX
    text_speller    tree                        -> text

The language that spelling writes, with a grammar of its own (formula.lark):

    arguments, arrangements, article, children, claims, commands   text -> claims
    conditions, expressions, latex, lines, listing, moduli, names   ...
    pieces, plain, plain_context, products, reading, scan, scripts   ...
    sentences, sums, targets, terminals, tidy, words   ...
"""

from symconv.formula.article import Article, read_article
from symconv.formula.reading import read_formula
from symconv.formula.spelling import spell_latex, spell_text

__all__ = ["Article", "read_article", "read_formula", "spell_latex", "spell_text"]
