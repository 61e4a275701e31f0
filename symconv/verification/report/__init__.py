"""Verdicts in words: terminal, HTML, Markdown, JSON, certificates.

statuses      status                -> its label, sign and colour, the same everywhere
wording       counterexample        -> words
printable     the author's text     -> text that is safe to show
formulas      formula, format       -> MathML, Markdown or source
report        outcomes              -> Report: verdicts, counts, JSON
facts         verdict               -> what is said of it, in every format
listing       report                -> terminal
errata        report                -> a page, HTML or Markdown
certificates  queries               -> SMT-LIB 2 files and their index
"""
