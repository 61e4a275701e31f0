"""Names as their authors write them: flat names for print and look-up, and runs of letters settled.

A flat name is a name with its labels in one piece of text: H_out, padding[0], n_H^[l-1], z^l-1.
A run of letters, pad or hs, is one name or a product of its letters; what stands elsewhere in the
text speaks for the one or the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

from symconv.formula.notation import (
    Big,
    Group,
    Juxtaposed,
    Mark,
    Marked,
    Multiplied,
    Name,
    Quoted,
    Run,
    Slice,
    Starred,
    Statement,
    Words,
)
from symconv.formula.tree import (
    Compare,
    Integer,
    Negated,
    Node,
    Quotient,
    Total,
    walk,
)
from symconv.verification.truth.algebra import rebuild

_KNOWN: Final = (
    "pad pads padding stride strides str out in kernel filter input output size dim len dil "
    "dilation rate ksize fsize width height depth channel channels ch groups group batch bias "
    "loss conv corr win wout hin hout lin lout din dout iw ih ow oh kh kw fh fw fs ks sh sw ph pw "
    "wh rf rfs oc ic cin cout inp img image feat rows cols row col start end pool rot max min mod "
    "floor ceil params flops macs ratio eff total same valid full top left bottom right before "
    "after "
)
WORDS: Final = frozenset(_KNOWN.split())
WORD: Final = 2.0  # the cost of taking a known word for a product
LEFT: Final = 4.0  # ... of taking what an equation defines for one
FREE: Final = 0.75  # ... of taking letters that stand nowhere else for a product
APART: Final = 1.5  # ... of taking letters that stand elsewhere by themselves for one name
FUNCTION: Final = 5  # the letters of a run that is no product where a bracket follows
MAX_RUNS: Final = 5
MAX_ALTERNATIVES: Final = 8
_SIGNS: Final = {"sub": "_", "sup": "^"}
_BRACKETS: Final = {"bracket": ("[", "]"), "paren": ("(", ")")}
_CLOSING: Final = {"(": ")", "[": "]", "{": "}", "|": "|"}


def flat(node: Any) -> str:
    r"""Return a name with its labels in one piece, or a short expression without its spaces.

    Example:
        >>> flat(Marked(Name("H"), (Mark("sub", (Name("out", word=True),)),)))
        'H_out'
    """
    match node:
        case Name(text=text) | Run(text=text) | Words(text=text) | Quoted(text=text):
            return text
        case Integer(value=value):
            return str(value)
        case Marked(base=base, marks=marks):
            return flat(base) + "".join(map(flat_mark, marks))
        case Group(bracket=bracket, items=items):
            return f"{bracket}{','.join(map(flat, items))}{_CLOSING.get(bracket, bracket)}"
        case Total(terms=terms):
            return "".join(_flat_term(term, first=place == 0) for place, term in enumerate(terms))
        case Negated(operand=operand):
            return f"-{flat(operand)}"
        case Juxtaposed(factors=factors) | Multiplied(factors=factors):
            return "".join(map(flat, factors))
        case Quotient(numerator=above, denominator=below):
            return f"{flat(above)}/{flat(below)}"
        case Starred(left=left, right=right):
            return f"{flat(left)}*{flat(right)}"
        case Compare(operator=operator, left=left, right=right):
            return f"{flat(left)}{operator}{flat(right)}"
        case Slice(start=start, stop=stop):
            ends = ["" if end is None else flat(end) for end in (start, stop)]
            return ":".join(ends)
    return f"<{type(node).__name__}>"


def flat_mark(mark: Mark) -> str:
    """Return a label as it stands behind a name: _out, ^T."""
    inner = ",".join(map(flat, mark.items))
    if mark.kind in _SIGNS:
        return _SIGNS[mark.kind] + inner
    opening, closing = _BRACKETS[mark.kind]
    return f"{opening}{inner}{closing}"


def _flat_term(term: Any, *, first: bool) -> str:
    text = flat(term)
    return text if first or text.startswith("-") else f"+{text}"


def spelled(node: Any) -> str:
    """Return a name as its author spelled its base; the flat name where that is not known."""
    match node:
        case Name(spelled=source) if source:
            return source
        case Marked(base=Name(spelled=source), marks=marks) if source:
            return source + "".join(map(flat_mark, marks))
    return flat(node)


# Runs of letters


def alternatives(statements: Sequence[Statement]) -> list[tuple[float, tuple[Statement, ...]]]:
    """Return the statements with every run of letters settled as a name or a product.

    All runs of the same letters are settled alike. Runs that are the only item of a subscript are
    left: whether x_{ij} has two indices or one label is a matter of its base.

    Returns:
        (cost, statements), the likeliest first, at most MAX_ALTERNATIVES.
    """
    runs = _runs(statements)
    alone = _single_letters(statements)
    left = _defined(statements)
    shared = _shared(runs.values(), alone)
    listed = frozenset(text for statement in statements for text in _listed(statement))
    options: list[list[tuple[float, str, bool]]] = []
    open_ = 0
    for run in runs.values():
        name, split = _costs(
            run, alone, shared, defined=run.text in left, listed=run.text in listed
        )
        own = sorted([(name, run.text, True), (split, run.text, False)])
        open_ += abs(name - split) < WORD
        options.append(own if abs(name - split) < WORD and open_ <= MAX_RUNS else own[:1])
    choices = []
    for choice in product(*options):
        decided = {text: whole for _, text, whole in choice}
        choices.append((sum(cost for cost, _, _ in choice), decided))
    choices.sort(key=lambda choice: choice[0])
    return [
        (cost, tuple(_settled(statement, decided) for statement in statements))
        for cost, decided in choices[:MAX_ALTERNATIVES]
    ]


def _runs(statements: Sequence[Statement]) -> dict[str, Run]:
    """Return the runs that have to be settled, by their text, in the order of the text."""
    return {run.text: run for statement in statements for run in _open_runs(statement)}


def _open_runs(node: Any) -> Iterator[Run]:
    if isinstance(node, Run):
        yield node
    elif isinstance(node, Marked):
        yield from _open_runs(node.base)
        for mark in node.marks:
            if not _is_label(mark):
                for item in mark.items:
                    yield from _open_runs(item)
    elif isinstance(node, Node):
        for part in vars(node).values():
            for item in part if isinstance(part, tuple) else (part,):
                if isinstance(item, Node):
                    yield from _open_runs(item)
                elif isinstance(item, tuple):
                    for entry in item:
                        yield from _open_runs(entry)


def _is_label(mark: Mark) -> bool:
    """Return whether a mark is a script with one run, whose sense is a matter of its base."""
    return mark.kind in _SIGNS and len(mark.items) == 1 and isinstance(mark.items[0], Run)


def _single_letters(statements: Sequence[Statement]) -> frozenset[str]:
    """Return the letters that stand by themselves somewhere, and those of index runs."""
    found: set[str] = set()
    for statement in statements:
        for node in walk(statement):
            if isinstance(node, Name):
                found.add(node.text)
        for run in _open_runs(statement):
            found -= {letter.text for letter in run.letters}
    for statement in statements:
        found |= _names_outside_runs(statement)
    return frozenset(found)


def _names_outside_runs(node: Any) -> set[str]:
    if isinstance(node, Run):
        return set()
    if isinstance(node, Name):
        return {node.text}
    if isinstance(node, Mark) and _is_label(node):
        run: Any = node.items[0]
        return set() if run.text in WORDS else {letter.text for letter in run.letters}
    found: set[str] = set()
    if isinstance(node, Node):
        for part in vars(node).values():
            for item in part if isinstance(part, tuple) else (part,):
                found |= _names_outside_runs(item) if isinstance(item, Node) else set()
    return found


def _defined(statements: Sequence[Statement]) -> frozenset[str]:
    """Return the runs that are a side of an equation by themselves, or the base of one."""
    found = set()
    for statement in statements:
        side = statement.sides[0] if len(statement.sides) > 1 else None
        base = side.base if isinstance(side, Marked) else side
        if isinstance(base, Run):
            found.add(base.text)
    return frozenset(found)


def _listed(statement: Statement) -> Iterator[str]:
    """Yield the runs between commas in brackets or below sums: x[b, oh, ow], sum_{di, dj}."""
    for node in walk(statement):
        match node:
            case Mark(kind="bracket" | "paren", items=(_, _, *_) as items):
                found: tuple[Any, ...] = items
            case Big(below=(_, _, *_) as items):
                found = items
            case _:
                continue
        yield from (item.text for item in found if isinstance(item, Run))


def _shared(runs: Iterable[Run], alone: frozenset[str]) -> frozenset[str]:
    """Return the letters that stand in pairs with different others: S in Sh and Sw, t in it, jt."""
    beside: dict[str, set[str]] = {}
    for run in runs:
        if len(run.letters) == 2:
            one, other = (letter.text for letter in run.letters)
            beside.setdefault(one, set()).update({other} & alone)
            beside.setdefault(other, set()).update({one} & alone)
    return frozenset(letter for letter, others in beside.items() if len(others) > 1)


def _costs(
    run: Run, alone: frozenset[str], shared: frozenset[str], *, defined: bool, listed: bool
) -> tuple[float, float]:
    """Return what it costs to take a run for one name, and for a product."""
    text = run.text
    if listed:
        return 0.0, WORD
    apart = [letter.text in alone for letter in run.letters]
    if len(apart) == 2 and any(apart) and not defined:
        if text.islower():
            return (APART if apart[1] or all(apart) else 0.5), 0.0
        together = any(letter.text in shared for letter in run.letters)
        if together or (apart[1] and text[0].isupper() and text[1:].islower()):
            return APART, 0.0
    if defined:
        return 0.0, LEFT
    if text.lower() in WORDS or (text[0] == "d" and text[1:2].isupper()):
        return 0.0, WORD
    if len(text) == 2 and text.isupper() and text[0] == text[1]:
        return 0.0, WORD  # HH beside H is the kernel's height: a square is written H^2
    if all(apart):
        return APART, 0.0
    if any(apart):
        same_case = text.isupper() or len(text) > 2
        return (0.25, 0.5) if same_case else (0.5, 0.25)
    return 0.0, FREE


def _settled(node: Any, decided: Mapping[str, bool]) -> Any:
    """Return a node with its open runs as names or products."""
    if isinstance(node, Run):
        if decided.get(node.text, True):
            return Name(node.text, word=True, spelled=node.text, span=node.span)
        return Juxtaposed(node.letters, span=node.span)
    if isinstance(node, Mark) and _is_label(node):
        return node
    if (
        isinstance(node, Marked)
        and isinstance(node.base, Run)
        and not decided.get(node.base.text, True)
        and not _is_function(node.base, node.marks[0])
    ):
        *others, last = node.base.letters  # the marks of it_h are those of t
        marks = tuple(_settled(mark, decided) for mark in node.marks)
        return Juxtaposed((*others, Marked(last, marks, span=node.span)), span=node.span)
    if isinstance(node, Marked) and isinstance(node.base, Run):
        marks = tuple(_settled(mark, decided) for mark in node.marks)
        return Marked(_settled(node.base, {}), marks, span=node.span)
    return rebuild(node, lambda part: _settled(part, decided))


def _is_function(run: Run, mark: Mark) -> bool:
    """Return whether a long run stands right before a bracket: forward(Y) is no product."""
    return len(run.text) >= FUNCTION and mark.kind == "paren"
