"""A call as people write it, Conv2d(3, 8, 3, stride=2): parsed, its arguments literals only."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from symconv.errors import OptionError, shown

MAX_LENGTH: Final = 2000

Literal: TypeAlias = "int | float | str | bool | tuple[Literal, ...] | None"


@dataclass(frozen=True)
class Call:
    """A call: the last part of its name, and its arguments; an array is None, and printed x.

    Attributes:
        name: "Conv2d".
        positional: the arguments without a name.
        named: the others.
    """

    name: str
    positional: tuple[Literal, ...]
    named: Mapping[str, Literal]

    def __str__(self) -> str:
        words = ["x" if value is None else repr(value) for value in self.positional]
        words += [f"{name}={value!r}" for name, value in self.named.items()]
        return f"{self.name}({', '.join(words)})"


def parse_call(text: str) -> Call:
    """Return the call that a text is; nothing in it is evaluated.

    Args:
        text: one call with literal arguments; a bare name counts as an array, None.

    Raises:
        OptionError: the text is no such call, or too long.

    Example:
        >>> print(parse_call("torch.nn.Conv2d(3, 8, (3, 5), stride=2)"))
        Conv2d(3, 8, (3, 5), stride=2)
    """
    if len(text) > MAX_LENGTH:
        raise OptionError(f"call must have at most {MAX_LENGTH} characters, got {len(text)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python, about what stands in the text
            tree: ast.expr | None = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    if not isinstance(tree, ast.Call):
        raise OptionError(f"call must be like Conv2d(3, 8, 3, stride=2), got {shown(text)}")
    named = {}
    for keyword in tree.keywords:
        if keyword.arg is None or keyword.arg in named:
            raise OptionError(f"each argument must be given once, by its name, got {shown(text)}")
        named[keyword.arg] = _literal(keyword.value)
    return Call(_name(tree.func), tuple(map(_literal, tree.args)), named)


def bound(
    call: Call, parameters: Mapping[str, Literal], *, positional: int | None = None
) -> dict[str, Literal]:
    """Return every parameter's value, the defaults filled in.

    Args:
        call: the call.
        parameters: the names in their order, with their defaults.
        positional: how many of them may be given without a name; None for all.

    Raises:
        OptionError: an argument is unknown, or given twice, or there are too many.
    """
    names = list(parameters)
    most = len(names) if positional is None else positional
    if len(call.positional) > most:
        raise OptionError(
            f"{call.name} must have at most {most} arguments without a name, "
            f"got {len(call.positional)}"
        )
    given = dict(zip(names, call.positional, strict=False))
    for name, value in call.named.items():
        if name not in parameters:
            raise OptionError(f"{call.name} must have arguments {', '.join(names)}, got {name}")
        if name in given:
            raise OptionError(f"{call.name} must have {name} once, got it twice")
        given[name] = value
    return {**parameters, **given}


def per_axis(name: str, value: Literal, *, axes: int, least: int = 0) -> tuple[int, ...]:
    """Return one integer per axis; a single one stands for all.

    Raises:
        OptionError: the value is something else.
    """
    entries: Sequence[Literal] = value if isinstance(value, tuple) else (value,) * axes
    if len(entries) == 1:
        entries = tuple(entries) * axes
    sizes = tuple(entry for entry in entries if type(entry) is int and entry >= least)
    if len(sizes) != axes or len(entries) != axes:
        raise OptionError(
            f"{name} must be an integer of at least {least}, or {axes} of them, got {shown(value)}"
        )
    return sizes


def count(name: str, value: Literal, *, least: int = 1) -> int:
    """Return a number of channels or groups.

    Raises:
        OptionError: the value is no integer, or too small.
    """
    if type(value) is not int or value < least:
        raise OptionError(f"{name} must be an integer of at least {least}, got {shown(value)}")
    return value


def chosen(name: str, value: Literal, choices: Sequence[str]) -> str:
    """Return the word that `value` is.

    Raises:
        OptionError: it is none of the choices.
    """
    if not isinstance(value, str) or value not in choices:
        raise OptionError(f"{name} must be one of {', '.join(choices)}, got {shown(value)}")
    return value


def short(sizes: Sequence[int]) -> Literal:
    """Return one integer for equal sizes, else all of them."""
    return sizes[0] if len(set(sizes)) == 1 else tuple(sizes)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    if isinstance(function, ast.Name):
        return function.id
    raise OptionError("call must begin with the name of a layer or function")


def _literal(node: ast.expr) -> Literal:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str | None):
        return node.value
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(map(_literal, node.elts))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = node.operand.value if isinstance(node.operand, ast.Constant) else None
        if type(number) is int:
            return -number
    if isinstance(node, ast.Name):
        return None
    raise OptionError("arguments must be numbers, words in quotes, or tuples of them")
