"""How wide a formula is about: letters, indices in small type, a fraction as its wider half."""

from __future__ import annotations

import re
from typing import Final

SMALL: Final = 0.72  # the size of an index
_TOKEN: Final = re.compile(r"\\[a-zA-Z]+|\\.|[{}_^]|\s+|.")
_WIDE: Final = {r"\sum": 1.6, r"\cdots": 1.3, r"\quad": 1.0, r"\qquad": 2.0, r"\partial": 0.6}
_EMPTY: Final = (r"\left", r"\right", r"\text", r"\mathrm", r"\operatorname", r"\\", r"\,")
_SIGN: Final = 1.2  # a plus, minus or relation with the space around it
_SIGNS: Final = {"+", "-", "=", "<", r"\leq", r"\geq", r"\mid", r"\bmod", r"\times", r"\cdot"}
_LETTER: Final = 0.5


def estimated_width(latex: str) -> float:
    """Return about how wide a formula is, in ems.

    Example:
        >>> estimated_width("x") < estimated_width("x_{0, 1}") < estimated_width("x + x_{0, 1}")
        True
    """
    return _Measure([token for token in _TOKEN.findall(latex) if not token.isspace()]).rest()


class _Measure:
    """A walk over the tokens of a formula that adds up widths."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._place = 0

    def rest(self) -> float:
        """Return the width up to the closing brace of this group, or to the end."""
        width = 0.0
        while self._place < len(self._tokens) and self._tokens[self._place] != "}":
            width += self._one()
        return width

    def _one(self) -> float:
        """Return the width of the next sign with its arguments."""
        sign = self._tokens[self._place]
        self._place += 1
        if sign == "{":
            width = self.rest()
            self._place += 1
            return width
        if sign in "_^":
            return SMALL * self._one()
        if sign == r"\frac":
            return max(self._one(), self._one()) + 0.2
        if sign in (r"\begin", r"\end"):
            self._one()
            return 1.0
        if sign in _EMPTY:
            return 0.0
        return _SIGN if sign in _SIGNS else _WIDE.get(sign, _LETTER)
