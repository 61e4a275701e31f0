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
    spelled_names   how names are written
"""

from symconv.formula.spelling import spell_latex, spell_text

__all__ = ["spell_latex", "spell_text"]
