r"""Macros of TeX expanded: \newcommand, \def, \DeclareMathOperator and their kin, and nothing else.

Only definitions with arguments #1 ... #9 and one default are followed. How deep macros go into
each other, and by how much a text grows, is bounded; a macro that contains itself is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from symconv.formula.inputs import with_inputs

MAX_DEPTH: Final = 32
MAX_GROWTH: Final = 1_000_000
MAX_MACROS: Final = 5_000
MAX_BODY: Final = 5_000
_MAX_NOTES: Final = 20
_DEFINITION: Final = re.compile(
    r"(?<!\\)(?:\\\\)*(?:(?P<comment>%[^\r\n]*)"
    r"|\\(?P<kind>newcommand|renewcommand|providecommand|def|gdef|edef|let|DeclareMathOperator|"
    r"DeclarePairedDelimiter)(?P<star>\*?)(?![A-Za-z@])\s*)"
)
_NAME: Final = re.compile(r"\{\s*\\(?P<braced>[A-Za-z@]+|[^\sA-Za-z])\s*\}|\\(?P<plain>[A-Za-z@]+)")
_COUNT: Final = re.compile(r"\s*\[\s*(?P<count>[0-9])\s*\]")
_PARAMETERS: Final = re.compile(r"(?P<simple>(?:#[1-9])*)(?=\{)|(?P<others>[^{}]{0,80})(?=\{)")
_TARGET: Final = re.compile(r"\s*=?\s*(?P<target>\\[A-Za-z@]+|\S)")
_COMMAND: Final = re.compile(r"\\(?P<name>[A-Za-z@]+|[^\sA-Za-z])|(?<!\\)%[^\r\n]*")
_PLACE: Final = re.compile(r"##|#(?P<number>[1-9])")


@dataclass(frozen=True)
class Macro:
    r"""One macro.

    Attributes:
        name: its name without the backslash.
        arguments: how many it takes.
        default: what stands for the first where no [...] is given; None: it has to be given.
        body: what it stands for.
        start: where its definition begins in the text.
    """

    name: str
    arguments: int
    default: str | None
    body: str
    start: int


@dataclass(frozen=True)
class Macros:
    """The macros of a text.

    Attributes:
        macros: name -> its definitions, in their order.
        spans: where the definitions stand.
        notes: what was left alone, and why.
    """

    macros: Mapping[str, tuple[Macro, ...]]
    spans: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()

    def expand(self, source: str, *, at: int | None = None) -> tuple[str, tuple[str, ...]]:
        r"""Return a piece of the text with its macros expanded, and notes.

        Args:
            source: the piece; definitions in it are cut out.
            at: where it stands in the text, which of several definitions counts; None: the last.

        Example:
            >>> macros_of(r"\newcommand{\T}[1]{#1^\top}").expand(r"\T{W} x")
            ('W^\\top x', ())
        """
        if not self._concerns(source):
            return source, ()
        inner = _read(source) if _DEFINITION.search(source) else None
        known = {name: self._at(name, at) for name in self.macros}
        if inner is not None:
            known |= {name: found[-1] for name, found in inner.macros.items()}
            source = _cut(source, inner.spans)
        expansion = _Expansion(known)
        return expansion.expand(source), tuple(dict.fromkeys(expansion.notes))

    def _concerns(self, source: str) -> bool:
        """Return whether a piece of text uses or defines a macro."""
        used = any(found["name"] in self.macros for found in _COMMAND.finditer(source))
        return used or bool(_DEFINITION.search(source))

    def _at(self, name: str, at: int | None) -> Macro:
        found = self.macros[name]
        before = [macro for macro in found if at is None or macro.start <= at]
        return before[-1] if before else found[0]


def macros_of(text: str) -> Macros:
    r"""Return the macros that a text defines, outside of its comments.

    Example:
        >>> found = macros_of(r"\def\pd#1#2{\frac{\partial #1}{\partial #2}} \let\eps\varepsilon")
        >>> found.expand(r"\pd{L}{x} = \eps")[0]
        '\\frac{\\partial L}{\\partial x} = \\varepsilon'
    """
    return _read(text)


def expand(text: str, *, folder: Path | None = None) -> tuple[str, tuple[str, ...]]:
    r"""Return a text with \input followed, its macros expanded and their definitions cut out.

    Args:
        text: TeX or Markdown.
        folder: where the files of \input lie; None: they are not followed.

    Returns:
        The text, and notes on what was left alone.

    Example:
        >>> expand(r"\newcommand{\K}{\mathbf{K}} \K_{ij}")[0].strip()
        '\\mathbf{K}_{ij}'
    """
    flat = with_inputs(text, folder)
    found = _read(flat.text)
    expanded, notes = Macros(found.macros).expand(_cut(flat.text, found.spans))
    return expanded, (*flat.notes, *found.notes, *notes)


def _cut(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    pieces, place = [], 0
    for start, end in spans:
        pieces.append(text[place:start])
        place = end
    pieces.append(text[place:])
    return "".join(pieces)


def _read(text: str) -> Macros:
    macros: dict[str, list[Macro]] = {}
    spans: list[tuple[int, int]] = []
    notes: list[str] = []
    place = tried = 0
    while (found := _DEFINITION.search(text, place)) and tried < MAX_MACROS:
        place = found.end()
        if found["comment"]:
            continue
        tried += 1
        start = found.start("kind") - 1
        macro, end = _definition(text, found["kind"], found["star"], place, start)
        if macro is None and len(notes) < _MAX_NOTES:
            line = text.count("\n", 0, start) + 1
            notes.append(f"line {line}: \\{found['kind']} of a kind that is not followed")
        if macro is None:
            continue
        place = end
        spans.append((start, end))
        if found["kind"] != "providecommand" or macro.name not in macros:
            macros.setdefault(macro.name, []).append(macro)
    kept = {name: tuple(found) for name, found in macros.items()}
    return Macros(MappingProxyType(kept), tuple(spans), tuple(notes))


def _definition(
    text: str, kind: str, star: str, place: int, start: int
) -> tuple[Macro | None, int]:
    """Return the macro whose name stands at a place, and the place behind its definition."""
    named = _NAME.match(text, place)
    if named is None:
        return None, place
    name, place = named["braced"] or named["plain"], named.end()
    if kind == "let":
        target = _TARGET.match(text, place)
        if target is None:
            return None, place
        return Macro(name, 0, None, target["target"], start), target.end()
    if kind in ("def", "gdef", "edef"):
        parameters = _PARAMETERS.match(text, place)
        if parameters is None or parameters["simple"] is None:
            return None, place
        count, place, default = len(parameters["simple"]) // 2, parameters.end(), None
    else:
        count, default, place = _head(text, place)
    body, end = _group(text, place)
    if body is None:
        return None, place
    if kind == "DeclareMathOperator":
        return Macro(name, 0, None, rf"\operatorname{star}{{{body}}}", start), end
    if kind == "DeclarePairedDelimiter":
        closing, end = _group(text, end)
        shown = rf"\left{body} #1 \right{closing or '.'}"
        return (Macro(name, 1, None, shown, start) if closing else None), end
    return Macro(name, count, default, body, start), end


def _head(text: str, place: int) -> tuple[int, str | None, int]:
    r"""Return the number of arguments and the default of \newcommand, and the place behind."""
    found = _COUNT.match(text, place)
    if found is None:
        return 0, None, place
    default, end = _group(text, found.end(), "[]")
    return int(found["count"]), default, found.end() if default is None else end


def _group(text: str, place: int, brackets: str = "{}") -> tuple[str | None, int]:
    """Return what stands in the brackets that open at a place, and the place behind them."""
    while place < len(text) and text[place].isspace():
        place += 1
    if not text.startswith(brackets[0], place):
        return None, place
    depth, start = 0, place + 1
    while place < len(text) and place - start < MAX_BODY:
        sign = text[place]
        if sign == "\\":
            place += 2
            continue
        if sign in brackets or sign in "{}":
            depth += 1 if sign in (brackets[0], "{") else -1
            if depth == 0:
                return text[start:place], place + 1
        place += 1
    return None, start - 1


def _argument(text: str, place: int) -> tuple[str, int]:
    """Return the argument at a place: a group, a command or one sign."""
    group, end = _group(text, place)
    if group is not None:
        return group, end
    if end >= len(text):
        return "", end
    command = _COMMAND.match(text, end)
    return (command[0], command.end()) if command else (text[end], end + 1)


class _Expansion:
    """One expansion, with what it has grown by so far."""

    def __init__(self, macros: Mapping[str, Macro]) -> None:
        self._macros = macros
        self._grown = 0
        self.notes: list[str] = []

    def expand(self, text: str, inside: frozenset[str] = frozenset()) -> str:
        """Return a text with its macros expanded, but for those it stands inside of."""
        return "".join(self._pieces(text, inside))

    def _pieces(self, text: str, inside: frozenset[str]) -> Iterator[str]:
        place = 0
        for found in _COMMAND.finditer(text):
            if found.start() < place or (name := found["name"]) is None:
                continue
            macro = self._macros.get(name)
            if macro is None or not self._may_enter(name, inside):
                continue
            yield text[place : found.start()]
            body, place = self._filled(macro, text, found.end())
            self._grown += len(body)
            yield self._spaced(self.expand(body, inside | {name}), text, place)
        yield text[place:]

    def _may_enter(self, name: str, inside: frozenset[str]) -> bool:
        if name in inside:
            self.notes.append(f"\\{name} contains itself and is left alone")
            return False
        if len(inside) >= MAX_DEPTH:
            self.notes.append(f"macros in each other more than {MAX_DEPTH} deep are left alone")
            return False
        if self._grown > MAX_GROWTH:
            self.notes.append(f"macros that grow by more than {MAX_GROWTH:,} signs are left alone")
            return False
        return True

    def _filled(self, macro: Macro, text: str, place: int) -> tuple[str, int]:
        """Return the body of a macro with its arguments, and the place behind them."""
        given: list[str] = []
        if macro.default is not None and macro.arguments:
            optional, end = _group(text, place, "[]")
            given.append(macro.default if optional is None else optional)
            place = place if optional is None else end
        while len(given) < macro.arguments:
            argument, place = _argument(text, place)
            given.append(argument)
        size = sum(map(len, given)) * max(1, macro.body.count("#"))
        if self._grown + size > MAX_GROWTH:
            self._grown += size
            return "", place

        def value(found: re.Match[str]) -> str:
            number = int(found["number"] or 0)
            return given[number - 1] if 0 < number <= len(given) else found[0]

        return _PLACE.sub(value, macro.body), place

    def _spaced(self, body: str, text: str, place: int) -> str:
        r"""Return a body with a space behind, where \alpha and a letter would run together."""
        ends_in_command = re.search(r"\\[A-Za-z@]+\Z", body)
        return f"{body} " if ends_in_command and text[place : place + 1].isalpha() else body
