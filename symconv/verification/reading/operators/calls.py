"""Functions that convolve, rotate or pad whole arrays: their names, arguments and options."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from symconv.formula.notation import (
    Big,
    Differential,
    Juxtaposed,
    Keyword,
    Mark,
    Marked,
    Multiplied,
    Name,
    Quoted,
    Run,
    Starred,
    Words,
)
from symconv.formula.tree import Matrix, Negated, Partial, Total, walk
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.names import bare
from symconv.verification.reading.operators.sketches import UnknownOperatorError
from symconv.verification.reading.operators.words import (
    FUNCTIONS,
    HALVES,
    LIBRARIES,
    PADDINGS,
    ROTATIONS,
    STRETCHES,
    TRANSPOSED,
    mode_in,
    plain,
)


def flat_of(mark: Mark) -> str:
    """Return what stands in a mark, in one piece."""
    return ",".join(map(flat, mark.items))


def function_of(node: Any) -> str | None:
    """Return the operator that a name is, in small letters, or None."""
    node = bare(node)
    marks = node.marks if isinstance(node, Marked) else ()
    base = node.base if isinstance(node, Marked) else node
    if not isinstance(base, Name | Run | Words):
        return None
    scripts = "".join(flat_of(mark) for mark in marks if mark.kind == "sub")
    text = base.text.split(".")[-1]
    for name in (plain(text + scripts), plain(text), _without_mode(plain(text))):
        if name in FUNCTIONS or name in TRANSPOSED or name in HALVES:
            return name if marks and marks[-1].kind == "paren" else None
        if name in ROTATIONS or name in PADDINGS:
            return name
        if name in STRETCHES:
            return name if marks and marks[-1].kind == "paren" else None
    return None


def _without_mode(name: str) -> str:
    """Return conv2d of conv2dfull."""
    for mode in ("full", "valid", "same"):
        if name.endswith(mode):
            return name.removesuffix(mode)
    return name


def method_of(base: Any) -> Any:
    """Return W of W.flip(...), or None."""
    if isinstance(base, Name) and "." in base.text:
        first = base.text.split(".")[0]
        if first not in LIBRARIES:
            return Name(first, spelled=first)
    return None


def padded_name(node: Any) -> Any:
    """Return delta of p delta, the upstream gradient between zeros; None for other names."""
    marks = node.marks if isinstance(node, Marked) else ()
    base = node.base if isinstance(node, Marked) else node
    if isinstance(base, Run) and [letter.text for letter in base.letters] == ["p", "delta"]:
        inner = base.letters[1]
        return Marked(inner, marks) if marks else inner
    return None


def without_underset(star: Starred) -> Starred:
    r"""Return a star with the words below it, a \underset{full}{*} b, as its mark."""
    left = star.left
    if isinstance(left, Juxtaposed) and len(left.factors) >= 3:
        *rest, command, words = left.factors
        if isinstance(command, Name) and command.text in ("underset", "overset", "stackrel"):
            inner = rest[0] if len(rest) == 1 else Juxtaposed(tuple(rest))
            return Starred(star.sign, inner, star.right, (Mark("sub", (words,), flat(words)),))
    return star


def check_options(options: Sequence[Any], free: Sequence[str] = ()) -> bool:
    """Return whether stride and dilation are swapped; other options have to leave them 1.

    Args:
        options: what stands behind the two arrays.
        free: options that do not matter.

    Raises:
        UnknownOperatorError: an option changes the operation.
    """
    given: dict[str, str] = {}
    for option in options:
        if isinstance(option, Keyword):
            given[plain(option.name)] = option_text(option.value)
        elif not (free or isinstance(option, Quoted) or mode_in(flat(option))):
            raise UnknownOperatorError(f"the option {flat(option)} is not known")
    pair = (given.get("stride", ""), given.get("dilation", ""))
    swapped = pair == ("dilation", "stride")
    for name, value in given.items():
        usual = value in ("1", "0", "None") or name in ("mode", "boundary", "method", *free)
        if not usual and not swapped and not (name == "padding" and mode_in(value)):
            raise UnknownOperatorError(f"the option {name} is not known")
    return swapped


def option_text(value: Any) -> str:
    """Return the value of an option in one piece."""
    return value.text if isinstance(value, Quoted) else flat(value)


def applied(factors: Sequence[Any]) -> list[Any]:
    """Return factors with names of operators joined to what stands behind them: rot180 W."""
    joined: list[Any] = []
    waiting = list(reversed(factors))
    while waiting:
        factor = waiting.pop()
        called = isinstance(factor, Marked) and factor.marks[-1].kind == "paren"
        name = None if called else function_of(factor)
        if name in ROTATIONS | PADDINGS and waiting:
            marks = factor.marks if isinstance(factor, Marked) else ()
            base = factor.base if isinstance(factor, Marked) else factor
            factor = Marked(base, (*marks, Mark("paren", (bare(waiting.pop()),))))
        joined.append(factor)
    return joined


def is_option(node: Any) -> bool:
    """Return whether an argument is no array: a number, a text, name=value."""
    return (
        not isinstance(
            node,
            Name
            | Run
            | Marked
            | Partial
            | Differential
            | Starred
            | Matrix
            | Total
            | Juxtaposed
            | Multiplied
            | Big
            | Negated,
        )
        and bare(node) is node
    )


def scripts(node: Marked) -> Iterator[Mark]:
    """Yield the scripts of a name."""
    yield from (mark for mark in node.marks if mark.kind in ("sub", "sup"))


def words_in(nodes: Any) -> Iterator[str]:
    """Yield the words in some nodes, for what they say of a mode."""
    for node in walk(tuple(nodes)):
        match node:
            case Name(text=text) | Words(text=text) | Quoted(text=text) | Mark(text=text):
                yield text
            case Run():
                yield node.text
