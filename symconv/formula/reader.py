"""Reads a formula in LaTeX, Unicode or plain text as the tree of what is written."""

from __future__ import annotations

import re
from typing import Final, Literal

from symconv.errors import FormulaError
from symconv.formula.grammar.statements import Statements
from symconv.formula.lexer.latex import scan_latex
from symconv.formula.lexer.layout import laid_out
from symconv.formula.lexer.plain import scan_plain
from symconv.formula.lexer.prose import scan_prose, segments
from symconv.formula.lexer.scanner import Scanner
from symconv.formula.lexer.tokens import Token
from symconv.formula.lexer.under import with_limits
from symconv.formula.notation import Statement, Unread
from symconv.formula.source import Source

MAX_LENGTH: Final = 20_000
_COMMAND: Final = re.compile(r"\\[A-Za-z]{2,}|\\[A-Z]|\btext\{|\bfrac\{")

Form = Literal["latex", "text"]


def read(text: str, form: Form | None = None) -> tuple[Statement | Unread, ...]:
    r"""Return what a display says, statement by statement, as it is written.

    Args:
        text: the formula, with or without dollars or backticks around it.
        form: "latex" or "text"; left out, a command of LaTeX decides. Text with commands is read
            as LaTeX, and LaTeX without any as text, where names have several letters.

    Raises:
        FormulaError: the text is longer than 20,000 characters.

    Example:
        >>> read("y = 2x")[0].relations
        ('=',)
    """
    if len(text) > MAX_LENGTH:
        reason = f"a formula must have at most {MAX_LENGTH} characters, got {len(text)}"
        raise FormulaError(reason, line=1, column=1)
    latex = _COMMAND.search(text) is not None
    tokens: list[Token] = []
    parts = segments(text)
    for start, end, formula in parts:
        scanner = Scanner(text, start, end, latex=latex or len(parts) > 1)
        scan = scan_prose if not formula else scan_latex if scanner.latex else scan_plain
        scan(scanner)
        tokens += scanner.tokens
    if not latex:
        tokens = with_limits(tokens, text)
    laid = laid_out(tokens, latex=latex or len(parts) > 1)
    source = Source(text)
    try:
        return Statements(source, laid).display()
    except RecursionError:
        return (Unread("brackets are nested too deeply to be read", source.span(0, len(text))),)
