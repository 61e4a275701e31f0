"""Affine indices, the only kind of index a convolution has: how they are held and spelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr, Symbol

from symconv.errors import DerivationError


@dataclass(frozen=True)
class Affine:
    """The index slope*letter + constant, with integer slope and constant.

    Attributes:
        slope: what one step of the letter adds.
        letter: name of the running index: i, j, K, ...
        constant: the index at letter = 0.
    """

    slope: int
    letter: str
    constant: int

    def spelled(self, *, times: str = "", minus: str = "-") -> str:
        """Return the index as text, with the given multiplication and minus signs.

        Example:
            >>> Affine(2, "K", -1).spelled()
            '2K - 1'
            >>> Affine(1, "i", 0).spelled(), Affine(2, "i", 3).spelled(times="*")
            ('i', '2*i + 3')
        """
        head = self.letter if self.slope == 1 else f"{self.slope}{times}{self.letter}"
        if not self.constant:
            return head
        return f"{head} {'+' if self.constant > 0 else minus} {abs(self.constant)}"


def coefficients(expression: Expr, letters: Sequence[Symbol]) -> tuple[Expr, ...]:
    """Return the coefficient of each letter in an affine expression, then the rest.

    Raises:
        DerivationError: the expression is not affine in the letters.

    Example:
        >>> from sympy.abc import i, r, t
        >>> coefficients(i*t + 2*r - 1, (i, r))
        (t, 2, -1)
    """
    found = [expression.coeff(letter) for letter in letters]
    products = [factor * letter for factor, letter in zip(found, letters, strict=True)]
    rest = (expression - sum(products)).expand()
    if any(part.has(letter) for part in (*found, rest) for letter in letters):
        names = ", ".join(letter.name for letter in letters)
        raise DerivationError(f"index must be affine in {names}, got {expression}")
    return (*found, rest)
