"""Loops of C and its relatives: for (int r = 0; r < k; r++) says that r is in [0, k)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from symconv.formula.lexer.scanner import Scanner

_LOOP: Final = re.compile(
    r"for *\( *(?:[a-z_0-9]+ +)?([A-Za-z]\w*) *= *([^;\n]{1,80}); *\1 *(<=?) *([^;\n]{1,80});"
    r" *(?:\+\+ *\1|\1 *\+\+|\1 *\+= *1) *\) *\{?"
)


def loop(scanner: Scanner, scan: Callable[[Scanner], None]) -> bool:
    """Read a counting loop as the condition that its variable is in a range.

    Args:
        scanner: stands where the loop may begin.
        scan: reads an expression of the same text.
    """
    found = scanner.match(_LOOP)
    if not found:
        return False
    closing = "(" if found.group(3) == "<" else "["
    scanner.emit("key", "for", found.start(), found.start() + 3)
    _inner(scanner, found.span(1), scan)
    scanner.emit("in", "in", found.end(1), found.end(1))
    scanner.emit("open", "[", found.end(1), found.start(2))
    _inner(scanner, found.span(2), scan)
    scanner.emit("comma", ",", found.end(2), found.end(2))
    _inner(scanner, found.span(4), scan)
    scanner.emit("close", closing, found.end(4), found.end())
    scanner.emit("colon", ":", found.end(), found.end())
    return True


def _inner(scanner: Scanner, span: tuple[int, int], scan: Callable[[Scanner], None]) -> None:
    inner = Scanner(scanner.text, *span, latex=False)
    scan(inner)
    scanner.tokens.extend(inner.tokens)
