"""From characters to tokens, in the order of the road.

tokens     what a token is, and its kinds
symbols    commands, characters and words that stand for a token
scanner    walks through the text and cuts it into tokens, for LaTeX and for text
commands   what follows a backslash
wording    \\text{...}: a name, a word that joins, or words
identifiers  x_i, kernel_size, dw11: names of plain text
under      limits on the line below their signs
layout     where a row or a column goes on and where it ends
"""
