r"""From characters to tokens, in the order of the road.

tokens       what a token is, and its kinds
symbols      what commands and characters stand for
words        functions, and words that join
scanner      walks through the text; what LaTeX and plain text have in common
identifiers  x_i, kernel_size, dw11: names of plain text
phrases      names of several words, remarks, words of other scripts
loops        for (int r = 0; r < k; r++)
plain        tokens of plain text and code
wording      \text{...}: a name, a word that joins, or words
commands     what follows a backslash
latex        tokens of LaTeX
prose        sentences with formulas between dollars
under        limits on the line below their signs
balance      brackets that were left out or typed twice
layout       where a row or a column goes on and where it ends
"""
