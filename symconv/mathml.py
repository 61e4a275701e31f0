"""LaTeX as MathML for pages: well-formed, and nothing but mathematics, whatever the LaTeX says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final
from unicodedata import category
from xml.etree.ElementTree import Element, tostring

MAX_LENGTH: Final = 20_000
NAMESPACE: Final = "http://www.w3.org/1998/Math/MathML"
_ELEMENTS: Final = frozenset(
    (
        *("math", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom"),
        *("mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable"),
        *("mtd", "mtext", "mtr", "munder", "munderover"),
    )
)
_ATTRIBUTES: Final = frozenset(
    (
        *("accent", "depth", "display", "displaystyle", "fence", "form", "height", "largeop"),
        *("linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits"),
        *("rspace", "scriptlevel", "separator", "stretchy", "width"),
    )
)
_LIMITS: Final = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_VALUE: Final = re.compile(r"[\w.+%-]{1,24}")
_UPRIGHT: Final = str.maketrans("⩽⩾", "≤≥")  # browsers put no space around the slanted ones
_HUGE: Final = re.compile(r"(&#[xX]?[0-9a-fA-F]{8,};?)")
_DEFINES: Final = re.compile(r"\\(re)?new|\\(g|e|x)?def\b|\\let\b")
_TOKEN: Final = re.compile(r"\\(begin|end)\b|\\\\(\[[^\]]*\])?|\\.|[{}&]", re.DOTALL)
_BLANK: Final = re.compile(r"(\\[;,:! ]|\\quad|\\qquad|~|\s)*")


def unescaped(text: str) -> str:
    """Return a text with its HTML entities as characters; numbers that name none stay as they are.

    Example:
        >>> unescaped("a &lt; b"), unescaped(f"&#{'9' * 5000};")[:4]
        ('a < b', '&#99')
    """
    return "".join(part if _HUGE.fullmatch(part) else unescape(part) for part in _HUGE.split(text))


def mathml(latex: str, *, block: bool = False) -> str | None:
    r"""Return LaTeX as one math element, or None where it cannot be shown.

    What \boxed marks has the class "edit"; of all other classes, styles and links nothing is kept.
    The element's alttext is the LaTeX.

    Args:
        latex: a formula without its dollars; HTML entities in it are characters.
        block: whether it stands on lines of its own, one for each top-level line break.

    Example:
        >>> print(mathml("p - 1"))  # doctest: +ELLIPSIS
        <math xmlns="..." display="inline" alttext="p - 1"><mrow><mi>p</mi>...</mrow></math>
        >>> mathml(r"\frac{") is None
        True
    """
    from latex2mathml.converter import Converter

    plain = unescaped(latex).strip()
    if len(plain) > MAX_LENGTH or _DEFINES.search(plain):
        return None
    display = "block" if block else "inline"
    try:
        converter = Converter(display=display)
        found = converter.convert_to_element(_arranged(plain) if block else plain)
        shown = _cleaned(found)
    except Exception:  # latex2mathml raises what it happens to meet: no LaTeX of ours is at fault
        return None
    shown.attrib = {"xmlns": NAMESPACE, "display": display, "alttext": " ".join(plain.split())}
    return tostring(shown, encoding="unicode", short_empty_elements=False)


def _arranged(latex: str) -> str:
    """Return LaTeX with its top-level lines as rows, empty ones left out."""
    lines = [line for line in _lines(latex) if not _BLANK.fullmatch(line)]
    if len(lines) < 2 and not _aligned(latex):
        return lines[0] if lines else latex
    body = r" \\ ".join(lines)
    environment, columns = ("split", "") if _aligned(latex) else ("array", "{l}")
    return rf"\begin{{{environment}}}{columns} {body} \end{{{environment}}}"


def _lines(latex: str) -> list[str]:
    lines, start = [], 0
    for sign, depth, place in _tokens(latex):
        if sign.startswith(r"\\") and depth == 0:
            lines.append(latex[start:place])
            start = place + len(sign)
    return [*lines, latex[start:]]


def _aligned(latex: str) -> bool:
    return any(sign == "&" and depth == 0 for sign, depth, _ in _tokens(latex))


def _tokens(latex: str) -> Iterator[tuple[str, int, int]]:
    r"""Yield (token, how many braces and environments are open, place) for \\, & and the like."""
    depth = 0
    for found in _TOKEN.finditer(latex):
        sign = found.group()
        if sign in ("{", r"\begin"):
            depth += 1
        elif sign in ("}", r"\end"):
            depth -= 1
        yield sign, depth, found.start()


def _cleaned(element: Element) -> Element:
    """Return the element with nothing in it that is not known to be harmless.

    Raises:
        ValueError: it has an element that is none of mathematics, or a command nobody knows.
    """
    marked = element.tag == "menclose" and element.get("notation") == "box"
    if element.tag not in _ELEMENTS and not marked:
        raise ValueError(f"{element.tag} is no element of a formula")
    text = unescaped(element.text or "")
    if text.startswith("\\") and len(text) > 1:
        raise ValueError(f"{text} is not known")
    clean = Element("mrow" if marked else _tag(element, text))
    clean.text = text.translate(_UPRIGHT)
    clean.attrib = {
        name: value
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and _VALUE.fullmatch(value)
    }
    if element.tag == "mtable":
        clean.set("displaystyle", "true")  # sums in rows as large as on lines of their own
    if marked:
        clean.set("class", "edit")
    elif element.tag == "mtd" and element.get("columnalign") in ("left", "right"):
        clean.set("class", str(element.get("columnalign")))
    clean.extend(_cleaned(child) for child in element)
    return clean


def _tag(element: Element, text: str) -> str:
    """Return what an element should be: relations are operators, sums have limits."""
    if element.tag == "mi" and len(text) == 1 and category(text) == "Sm" and text not in "∂∇∞":
        return "mo"
    summed = len(element) > 0 and unescape(element[0].text or "") in ("∑", "∏")
    return _LIMITS.get(element.tag, element.tag) if summed else element.tag
