"""Some functions of an emitted file, with all that they need and nothing else.

What is kept is the text as it was checked, character by character, but for names of imports that
nothing needs any more.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from symconv.codegen.kernel import FUNCTIONS, GeneratedFile
from symconv.codegen.spelling.needs import reachable
from symconv.codegen.spelling.only_c import only_c, only_h

BACKWARD = "backward"


@dataclass(frozen=True)
class _Part:
    """Some lines of a module with what they define and what they read.

    Attributes:
        lines: the text, with the comments and blank lines above.
        defines, reads: names.
        node: the statement.
    """

    lines: tuple[str, ...]
    defines: frozenset[str]
    reads: frozenset[str]
    node: ast.stmt


def only(file: GeneratedFile, name: str, functions: Collection[str]) -> GeneratedFile:
    """Return a file of a kernel with some of its functions."""
    if set(functions) == set(FUNCTIONS):
        return file
    if file.path.endswith(".py"):
        return replace(file, text=only_python(file.text, functions))
    cut = only_c if file.path.endswith(".c") else only_h
    return replace(file, text=cut(file.text, name, functions))


def only_python(text: str, functions: Collection[str]) -> str:
    """Return a module with these functions of it, and backward if all that it calls are there.

    Args:
        text: an emitted NumPy kernel.
        functions: some of forward, grad_input, grad_weight, grad_bias.
    """
    wanted = {*functions, *([BACKWARD] if set(FUNCTIONS[1:]) <= set(functions) else [])}
    parts = list(_parts(text))
    kept = reachable(parts, wanted)
    needed = frozenset[str]().union(*(part.reads for part in parts if part.defines & kept))
    text, gap = "", 0
    for part in parts:
        lines = _kept_lines(part, kept, needed)
        if lines:
            text += "\n" * (gap - _blank(part)) + "".join(lines)
        gap = 0 if lines else max(gap, _blank(part))
    return text


def _parts(text: str) -> Iterator[_Part]:
    """Yield the statements of a module, each with the lines above that belong to no other."""
    lines = text.splitlines(keepends=True)
    start = 0
    for node in ast.parse(text).body:
        end = node.end_lineno or node.lineno
        yield _Part(tuple(lines[start:end]), _defined(node), _read(node), node)
        start = end


def _blank(part: _Part) -> int:
    """Return how many lines above a statement are empty."""
    return len(list(takewhile(str.isspace, part.lines)))


def _defined(node: ast.stmt) -> frozenset[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return frozenset(alias.asname or alias.name for alias in node.names)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return frozenset([node.name])
    return frozenset(
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    )


def _read(node: ast.stmt) -> frozenset[str]:
    names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
    return frozenset(each.id for each in names if isinstance(each.ctx, ast.Load))


def _kept_lines(part: _Part, kept: frozenset[str], needed: frozenset[str]) -> tuple[str, ...]:
    """Return the lines of a statement that is kept, imports with the names that are needed."""
    if isinstance(part.node, ast.Expr):  # the docstring of the module
        return part.lines
    if isinstance(part.node, ast.ImportFrom) and part.node.module == "__future__":
        return part.lines
    if not part.defines & kept:
        return ()
    if not isinstance(part.node, ast.ImportFrom) or part.defines <= needed:
        return part.lines
    names = ", ".join(alias.name for alias in part.node.names if alias.name in needed)
    return (*part.lines[:-1], f"from {part.node.module} import {names}\n")
