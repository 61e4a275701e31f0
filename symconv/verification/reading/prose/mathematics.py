r"""What a piece of mathematics inside a sentence names: $s$, $H_{in}, W_{in}$, $n \times n$.

Only whether it is a name, a list of names, a number or a shape is found out; no formula is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from symconv.verification.reading.vocabulary import bare, outer_parts

MAX_NAME: Final = 80
_OPERATORS: Final = re.compile(
    r"\\(?:[dt]?frac|sum|prod|int|cdot|times|in|le|leq|ge|geq|lt|gt|ne|neq|lfloor|rfloor|lceil|rceil|"
    r"star|ast|otimes|circ|odot|oplus|to|rightarrow|leftarrow|mapsto|Rightarrow|equiv|approx|sqrt|max|"
    r"min|bmod|mod|forall|subset|cup|cap|ldots|cdots|dots|qquad|begin|end|quad|pm|div|left|right|"
    r"langle|lVert|mathbb|\\|,|;|:|!|\s)(?![A-Za-z])"
)
_ACCENT: Final = re.compile(r"\\(?:wide)?(?:hat|tilde|bar|dot|ddot|check|breve|vec|overline)\s*")
_CALL: Final = re.compile(r"(?:max|min|floor|ceil|len|log|exp|round|int|range|sum|mod|gcd)\s*\(")
_BRACKETED: Final = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]|\([^()]*\)")
_OUTSIDE: Final = re.compile(r"[=<>+*/|&~?!×÷·∗⋅≤≥∈→∑\-−,;:\"]")
_BEGINS: Final = re.compile(r"\\[A-Za-z]|[^\W\d_]|\{[A-Za-z]")
_SPACED: Final = re.compile(r"[A-Za-z](?: [A-Za-z0-9]){2,}|[^\W\d_]{2,}(?: [^\W\d_]{2,}){1,3}")
_GLUED: Final = re.compile(r"(\\[A-Za-z]+)\s+(?=[A-Za-z{\\])")
_SPACES: Final = re.compile(r"\\[,;:! ]|\\q?quad\b|(?<!\\)~")
_TIMES: Final = re.compile(r"\\times(?![A-Za-z])|×|\\cdot(?![A-Za-z])| [xX] ")
_CROSS: Final = re.compile(r" [xX] ")
_MEMBER: Final = re.compile(r"\\in(?![A-Za-z])|∈")
_SPACE: Final = re.compile(
    r"(?:\\(?:mathbb|mathbf|mathrm|Bbb)\s*\{?\s*)?[RZNCℝℤ]\}?\s*\^\s*(?:\{(?P<braced>.*)\}|(?P<plain>\w))\s*",
    re.DOTALL,
)


@dataclass(frozen=True)
class Mathematics:
    """What a piece of mathematics names.

    Attributes:
        names: the names, as they are written.
        shape: the sizes of a shape, or of the named array.
        number: a number that stands there, or that the name is said to be.
    """

    names: tuple[str, ...] = ()
    shape: tuple[str, ...] = ()
    number: int | None = None


@lru_cache(maxsize=4_096)
def mathematics(source: str) -> Mathematics:
    r"""Return what a piece of mathematics names; nothing if it is a formula.

    Example:
        >>> mathematics(r"H_{in},W_{in}").names
        ('H_{in}', 'W_{in}')
        >>> mathematics(r"W \in \mathbb{R}^{k\times k}")
        Mathematics(names=('W',), shape=('k', 'k'), number=None)
        >>> mathematics("k-1"), mathematics("s = 2").number
        (Mathematics(names=(), shape=(), number=None), 2)
    """
    text = " ".join(_SPACES.sub(" ", bare(source)).split()).strip(" .,")
    if not text or len(text) > 5 * MAX_NAME:
        return Mathematics()
    if text.isdecimal():
        return Mathematics(number=int(text) if len(text) < 7 else None)
    sizes = shape(text) if _CROSS.search(text) else ()
    if sizes:
        return Mathematics(shape=sizes)
    parts = outer_parts(text, ",")
    if parts and all(map(is_name, parts)):
        return Mathematics(names=tuple(parts))
    member = _MEMBER.split(text, maxsplit=1)
    if len(member) == 2:
        return _member(*member)
    if "=" in text:
        return _equation(text)
    return Mathematics(shape=shape(text))


def _member(names: str, container: str) -> Mathematics:
    parts = outer_parts(names, ",")
    if not all(map(is_name, parts)):
        return Mathematics()
    space = _SPACE.fullmatch(container.strip())
    sizes = shape(space["braced"] or space["plain"]) if space else ()
    if space and not sizes and is_name(space["braced"] or space["plain"]):
        sizes = (space["braced"] or space["plain"],)
    return Mathematics(names=tuple(parts), shape=sizes)


def _equation(text: str) -> Mathematics:
    sides = outer_parts(text, "=")
    if len(sides) != 2 or not is_name(sides[0]):
        return Mathematics()
    number = int(sides[1]) if sides[1].isdecimal() and len(sides[1]) < 7 else None
    return Mathematics(names=(sides[0],), number=number)


def shape(text: str) -> tuple[str, ...]:
    r"""Return the sizes of n \times n, (N, C, H, W) or N×C×H×W; nothing if it is no shape.

    Example:
        >>> shape(r"(N, C_{in}, H, W)"), shape(r"k \times k"), shape("k^2")
        (('N', 'C_{in}', 'H', 'W'), ('k', 'k'), ())
    """
    text = text.strip()
    if text[:1] + text[-1:] in ("()", "[]"):
        sizes = outer_parts(text[1:-1], ",")
        if len(sizes) == 1:
            return shape(text[1:-1])
    else:
        sizes = [size.strip() for size in _TIMES.split(text)]
    if len(sizes) < 2 or len(sizes) > 6:
        return ()
    good = all(is_name(size) or size.isdecimal() for size in sizes)
    return tuple(sizes) if good else ()


def is_name(text: str) -> bool:
    r"""Return whether a text is one name with its labels and indices.

    Example:
        >>> [is_name(text) for text in (r"\mathbf{X}", "padding[0]", "D o u t", "W x", "2p", "k-1")]
        [True, True, True, False, False, False]
    """
    text = text.strip()
    if not text or len(text) > MAX_NAME or not _BEGINS.match(text):
        return False
    if _OPERATORS.search(text) or _CALL.match(text) or _ACCENT.fullmatch(text):
        return False
    outside = text
    for _ in range(8):
        shorter = _BRACKETED.sub("", outside)
        if shorter == outside:
            break
        outside = shorter
    if _OUTSIDE.search(re.sub(r"(?<=[\^_])[-+*]", "", outside)) or re.search(
        r"[{}()\[\]]", outside
    ):
        return False
    rest = _GLUED.sub(r"\1", outside).strip()
    return " " not in rest or bool(_SPACED.fullmatch(rest))
