"""Some functions of an emitted C file, with all that they need and nothing else.

The text is cut into what stands at the top level of a file: definitions, declarations, directives
of the preprocessor and headings. That needs no grammar of C: a definition ends where its braces
are closed, and reads what it names. Directives are kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from symconv.codegen.kernel import DTYPES, FUNCTIONS
from symconv.codegen.spelling.needs import reachable

COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
PASTED: Final = re.compile(r"\bNAME\((\w+)\)")
WORD: Final = re.compile(r"[A-Za-z_]\w*")
ENUMERATOR: Final = re.compile(r"(\w+)\s*(?:=|,|\})")
FUNCTION: Final = re.compile(r"(\w+)\(")
DECLARED: Final = re.compile(r"(\w+)\s*(?:\[|=|;)")
NEW_TYPE: Final = re.compile(r"typedef\b.*?(\w+)\s*(?:__attribute__.*)?;$", re.DOTALL)
HEADER: Final = ".h ---- */"  # in the heading of what a header of the runtime gives
TAGGED: Final = re.compile(r"(?:struct|union)\s+(\w+)\s*\{")


@dataclass(frozen=True)
class _Part:
    """Some lines of a file with what they define and what they name.

    Attributes:
        text: the lines, with the comment above.
        defines, reads: names; a heading and a directive define none, but macros.
        heading: whether it is a comment that stands for itself.
        directive: whether it is for the preprocessor.
    """

    text: str
    defines: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    heading: bool = False
    directive: bool = False


def only_c(text: str, name: str, functions: Collection[str]) -> str:
    """Return a .c file with these functions of it.

    Args:
        text: the emitted file.
        name: of its kernel.
        functions: some of forward, grad_input, grad_weight, grad_bias.
    """
    parts = list(_parts(text))
    wanted = {each for function in functions for each in _names(name, function)}
    kept = reachable(parts, wanted)
    return "".join(_kept(parts, kept))


def only_h(text: str, name: str, functions: Collection[str]) -> str:
    """Return a .h file with the declarations of these functions; arguments as above."""
    others = {
        each
        for function in FUNCTIONS
        if function not in functions
        for each in _names(name, function)
    }
    paragraphs = text.split("\n\n")
    kept = [each for each in paragraphs if not others & set(WORD.findall(COMMENT.sub("", each)))]
    return "\n\n".join(kept)


def _names(name: str, function: str) -> Iterator[str]:
    """Yield what a function, and the one that returns its workspace, are called in a file."""
    for dtype in DTYPES:
        yield f"{name}_{function}_{dtype}"
        yield f"{name}_{function}_workspace_{dtype}"
    yield f"NAME_{function}"


def _parts(text: str) -> Iterator[_Part]:
    """Yield what stands at the top level, in order."""
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        lines.append(line)
        whole = "".join(lines)
        code = COMMENT.sub("", whole).strip()
        if "/*" in COMMENT.sub("", whole) or code.endswith("\\"):
            continue
        if not code and line.isspace() and whole.strip():
            yield _Part(whole.rstrip("\n") + "\n", heading=True)
            lines = [line]
        elif code.startswith("#"):
            macro = re.match(r"#define\s+(\w+)", code)
            defined = frozenset(macro.groups() if macro else ())
            yield _Part(whole, defined, _words(code) - defined, directive=True)
            lines = []
        elif code.endswith((";", "}")) and code.count("{") == code.count("}"):
            code = PASTED.sub(r"NAME_\1", code)
            defined = _defined(code)
            yield _Part(whole, defined, _words(code) - defined)
            lines = []
    if lines:
        yield _Part("".join(lines), heading=True)


def _words(code: str) -> frozenset[str]:
    return frozenset(WORD.findall(code))


def _defined(code: str) -> frozenset[str]:
    """Return the names that a definition or a declaration defines."""
    head = code.partition("{")[0]
    if head.startswith("enum"):
        return frozenset(ENUMERATOR.findall(code))
    found = TAGGED.match(code) or NEW_TYPE.match(code)
    if found is None:
        found = FUNCTION.search(head) if "(" in head else DECLARED.search(head)
    return frozenset(found.groups() if found else ())


def _kept(parts: Sequence[_Part], kept: frozenset[str]) -> Iterator[str]:
    """Yield the text that is left: what is needed, and headings above some of it."""
    banner, *others = parts
    yield banner.text
    above: list[str] = []
    for part in others:
        if part.heading:
            inner = HEADER in part.text
            above = [*(text for text in above if inner and HEADER not in text), part.text]
        elif part.directive or part.defines & kept:
            yield from above
            above = []
            yield part.text
