"""Reads a formula in LaTeX, Unicode or plain text as the tree of what is written."""

from __future__ import annotations

import re
from typing import Final, Literal

from symconv.errors import FormulaError
from symconv.formula.grammar.statements import Statements
from symconv.formula.lexer.latex import scan_latex
from symconv.formula.lexer.layout import laid_out
from symconv.formula.lexer.plain import scan_plain
from symconv.formula.lexer.scanner import Scanner
from symconv.formula.lexer.under import with_limits
from symconv.formula.notation import Statement, Unread
from symconv.formula.source import Source

MAX_LENGTH: Final = 20_000
_COMMAND: Final = re.compile(r"\\[A-Za-z]{2,}|\\[A-Z]|_\\|\btext\{|\bfrac\{")

Form = Literal["latex", "text"]


def read(text: str, form: Form | None = None) -> tuple[Statement | Unread, ...]:
    r"""Return what a display says, statement by statement, as it is written.

    Args:
        text: the formula, with or without dollars or backticks around it.
        form: "latex" or "text"; left out, a command of LaTeX decides.

    Raises:
        FormulaError: the text is longer than 20,000 characters.

    Example:
        >>> read("y = 2x")[0].relations
        ('=',)
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"a formula must have at most {MAX_LENGTH} characters, got {len(text)}")
    source = Source(text)
    latex = _COMMAND.search(text) is not None
    scanner = Scanner(text, 0, len(text), latex=latex)
    if latex:
        scan_latex(scanner)
    else:
        scan_plain(scanner)
    found = scanner.tokens if latex else with_limits(scanner.tokens, text)
    tokens = laid_out(found, latex=latex)
    return Statements(source, tokens).display()
