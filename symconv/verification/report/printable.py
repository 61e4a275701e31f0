"""The author's text as it may be shown: nothing in it steers a terminal, long formulas are cut."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category

from rich.cells import cell_len, chop_cells, set_cell_size

from symconv.mathml import unescaped

_STEERING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # text direction
_NOISE: Final = re.compile(
    r"\\(?:label|tag\*?)\s*\{[^{}]*\}|\\(?:begin|end)\s*\{(?:align|aligned|equation|gather"
    r"|gathered|split|multline|eqnarray|displaymath|math)\*?\}|\\(?:displaystyle|nonumber|notag)"
    r"(?![A-Za-z])|\\(?:left|right)(?![A-Za-z])\.?|(?<!\\)&|\\[,;:!]|\\q?quad(?![A-Za-z])"
)
_COMMENT: Final = re.compile(r"(?<!\\)%[^\n]*\n?")
_TOKEN: Final = re.compile(r"\\[A-Za-z]+\s*|\\.|[^\\\s{}]+\s*|.", re.DOTALL)
_PIECE: Final = re.compile(r"\\[A-Za-z]+[^\\\s]*\s*|\\.|[^\\\s]+\s*|.", re.DOTALL)
LONGEST: Final = 20_000  # characters of one formula; nobody reads further in a terminal


def printable(text: str) -> str:
    r"""Return a text in which control characters are spelled out; lines and tabs stay.

    Example:
        >>> printable("a\x1b[31mb")
        'a\\x1b[31mb'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(sign: str) -> str:
    if sign in "\n\t":
        return sign
    if category(sign) in ("Cc", "Cs") or _STEERING.match(sign):
        code = ord(sign)
        return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    return sign


def phrase(text: str) -> str:
    """Return words on one line."""
    return printable(" ".join(text.split()))


def one_line(text: str) -> str:
    r"""Return a formula on one line, without what only arranges it on a page.

    Example:
        >>> one_line(r"\begin{align*} y &= \left( a \right) \label{eq:1} \\ z \end{align*}")
        'y = ( a ) \\\\ z'
    """
    plain = _COMMENT.sub("", unescaped(text[:LONGEST]).replace("\r\n", "\n"))
    line = printable(" ".join(_NOISE.sub(" ", plain).split()))
    return line if len(text) <= LONGEST else f"{line} …"


def folded(text: str, width: int) -> list[str]:
    r"""Return the lines of a formula at most `width` cells wide, broken between two signs.

    Example:
        >>> folded(r"\sum_{i=0}^{g-1}\frac{a}{b}", 16)
        ['\\sum_{i=0}^{g-1}', '\\frac{a}{b}']
    """
    lines, room = [""], 0
    for token in _PIECE.findall(text):
        for piece in (token,) if len(token) <= width // 2 else chop_cells(token, width):
            if cell_len(piece.rstrip()) > room:
                lines.append("")
                room = width
            lines[-1] += piece
            room -= cell_len(piece)
    return [line.rstrip() for line in lines if line.strip()]


def shortened(text: str, width: int) -> str:
    r"""Return a line that takes at most `width` cells, cut between two signs of its notation.

    Example:
        >>> shortened(r"\lfloor \frac{H + 2p - k}{s} \rfloor", 20)
        '\\lfloor \\frac{H + …'
    """
    if len(text) <= width and cell_len(text) <= width:
        return text
    kept = ""
    for token in _TOKEN.findall(text[: 4 * width]):
        if cell_len(kept) + cell_len(token) > width - 1:
            break
        kept += token
    if cell_len(kept) < width // 2:  # one long word
        kept = set_cell_size(text[:width], width - 1).rstrip()
    return f"{kept}…"
