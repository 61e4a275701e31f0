"""Whether two kernels of one spec but for the number of groups are the same code."""

from __future__ import annotations

import ast

GROUPS = "GROUPS"


def same_but_for_groups(one: str, other: str) -> bool:
    r"""Return whether two texts differ in comments, docstrings and the constant GROUPS only.

    Args:
        one: a Python module.
        other: the same.

    Example:
        >>> same_but_for_groups("GROUPS = 2\nx = GROUPS", "GROUPS = 9\nx = GROUPS  # all")
        True
        >>> same_but_for_groups("GROUPS = 2\nx = GROUPS", "GROUPS = 9\nx = 9")
        False
    """
    return _code(one) == _code(other)


def _code(text: str) -> str:
    """Return the syntax tree of a module without docstrings and the value of GROUPS."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                first.value.value = None
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == GROUPS:
            node.value = ast.Constant(None)
    return ast.dump(tree)
