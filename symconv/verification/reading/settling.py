"""Notation -> the tree of values: what stands at the place of an array becomes an entry.

Whether a name is an array or a size is told by its place: values are multiplied and added up;
sizes and index letters stand in indices, limits and conditions. So W_h is an entry of W where it is
a factor, and a size where it is an upper limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.notation import (
    Big,
    Conditional,
    Decimal,
    Differential,
    Group,
    Indicator,
    Infinity,
    Juxtaposed,
    Mark,
    Marked,
    Member,
    Multiplied,
    Name,
    Quoted,
    Range,
    Run,
    SetOf,
    Slice,
    Starred,
    Statement,
    Transposed,
    Words,
)
from symconv.formula.spelling import spell_text
from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Branch,
    Call,
    Cases,
    Ceiling,
    Compare,
    Condition,
    Divides,
    Entry,
    Expression,
    Floor,
    Integer,
    Interval,
    Largest,
    Letter,
    Negated,
    Node,
    Not,
    Partial,
    Power,
    Product,
    Quotient,
    Remainder,
    Smallest,
    SumOver,
    SumWhere,
    Total,
    walk,
)
from symconv.verification.reading.names import WORDS, flat, flat_mark
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    all_of,
    conjuncts,
    linear_in,
    minus,
    negative,
    plus,
    substitute,
)

LOSSES: Final = frozenset(("L", "J", "E", "C", "e", "ell", "loss", "Loss", "cost"))
ACTIVATIONS: Final = frozenset(
    ("sigma", "phi", "varphi", "psi", "f", "g", "h", "relu", "tanh", "theta", "rho", "act")
)


INTEGERS: Final = ("Z", "ℤ", "mathbb Z")


class UnsettledError(Exception):
    """A part of a statement that is no value, index or condition."""

    def __init__(self, reason: str, node: Any = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.node = node


def index_letters(statement: Statement) -> frozenset[str]:
    """Return the letters that sums bind, and those of the indices on the left side."""
    found: set[str] = set()
    for node in walk(statement):
        if isinstance(node, Big):
            found |= {name for below in node.below for name in _bound_by(below)}
    found |= left_letters(statement.sides[0])
    for node in walk(statement):
        if isinstance(node, Mark) and node.kind == "sup":
            names = [name for item in _items_above(node) for name in _letters_of_index(item)]
            if len(names) > 1 and found & set(names):
                found |= set(names)  # w^{(k,c)} has two channels where a sum binds one of them
    return frozenset(found) | _raised(statement)


def _raised(statement: Statement) -> frozenset[str]:
    """Return the letters in brackets above the left side that are indices elsewhere: W^{(k)}."""
    above = {
        item.items[0].text
        for part in walk(statement.sides[0])
        if isinstance(part, Mark) and part.kind == "sup" and len(part.items) == 1
        for item in part.items
        if isinstance(item, Group) and len(item.items) == 1 and isinstance(item.items[0], Name)
    }
    below = {
        item.text
        for side in statement.sides[1:]
        for part in walk(side)
        if isinstance(part, Mark) and part.kind != "sup" and len(part.items) > 1
        for item in part.items
        if isinstance(item, Name)
    }
    return frozenset(above & below)


def _items_above(mark: Mark) -> Iterator[Any]:
    """Yield what stands in a superscript, without the brackets around it."""
    for item in mark.items:
        yield from item.items if isinstance(item, Group) else (item,)


def left_letters(side: Any) -> frozenset[str]:
    """Return the letters of the indices of a side."""
    return frozenset(
        name
        for mark in _marks_of_values(side)
        for item in mark.items
        for name in _letters_of_index(item, several=len(mark.items) > 1)
    )


def _bound_by(below: Any) -> Iterator[str]:
    match below:
        case Compare(operator="=", left=left):
            yield from _names_in_list(left)
        case Compare(left=left, right=right):
            yield from _names_in_list(left)
            yield from _names_in_list(right)
        case AllOf(conditions=conditions) | AnyOf(conditions=conditions):
            for condition in conditions:
                yield from _bound_by(condition)
        case Member(elements=elements):
            for element in elements:
                yield from _names_in_list(element)
        case Name() | Marked() | Run() | Group() | Juxtaposed():
            yield from _names_in_list(below)


def _names_in_list(node: Any) -> Iterator[str]:
    match node:
        case Name(text=text):
            yield text
        case Marked(marks=(*_, Mark(kind="paren"))):
            return
        case Marked():
            yield flat(node)
        case Run(letters=letters):
            yield from (letter.text for letter in letters)
        case Group(items=items) | Juxtaposed(factors=items):
            for item in items:
                yield from _names_in_list(item)


def _marks_of_values(node: Any) -> Iterator[Mark]:
    """Yield the marks of names at the level of values."""
    match node:
        case Marked(base=base, marks=marks):
            several = len([mark for mark in marks if mark.kind != "sup"]) > 1
            for mark in marks:
                arguments = several and _holds_arrays(mark)
                if mark.kind != "sup" and not arguments and not _is_bias(base, mark):
                    yield mark
            if not _is_function_of_arrays(base):
                yield from _marks_of_values(base)
        case Partial(of=of, by=by):
            if not _is_function_of(of, by):
                yield from _marks_of_values(of)
            yield from _marks_of_values(by)
        case Differential(operand=operand) | Group(items=(operand,)):
            yield from _marks_of_values(operand)
        case Starred(left=left, right=right):
            yield from _marks_of_values(left)
            yield from _marks_of_values(right)


def _is_bias(base: Any, mark: Mark) -> bool:
    """Return whether a name is that of a bias among the weights, w_b."""
    return base in (Name("w"), Name("W")) and mark.items == (Name("b"),)


def is_loss(of: Any) -> bool:
    """Return whether a name with a label is that of a loss, E_d."""
    match of:
        case Marked(base=Name(text=text), marks=(Mark(kind="sub", items=(Name(),)),)):
            return text in LOSSES
    return False


def _is_function_of(of: Any, by: Any) -> bool:
    """Return whether what is derived has what it is derived by among its arguments, J(W, b)."""
    name = by.base if isinstance(by, Marked) else by
    if is_loss(of):
        return True
    match of:
        case Marked(base=Name(), marks=(Mark(kind="paren", items=items),)):
            return name in [item.base if isinstance(item, Marked) else item for item in items]
    return False


def _is_function_of_arrays(base: Any) -> bool:
    """Return whether a bracket before indices holds a function of arrays, (conv(X, K))_{ij}."""
    match base:
        case Group(items=(Marked(base=Name(word=True), marks=(Mark(kind="paren") as mark,)),)):
            return _holds_arrays(mark)
    return False


def _holds_arrays(mark: Mark) -> bool:
    """Return whether a bracket before indices holds the arguments of a function, c(K, V)_{ij}."""
    capitals = (isinstance(item, Name | Run) and item.text[:1].isupper() for item in mark.items)
    return mark.kind == "paren" and any(capitals)


def _letters_of_index(item: Any, *, several: bool = False) -> Iterator[str]:
    """Yield the letters of an index; a known word, H_{out}, is one only among several indices."""
    match item:
        case Name(text=text, word=word) if not word or several or text not in WORDS:
            yield text
        case Run(text=text, letters=letters) if text not in WORDS:
            yield from (letter.text for letter in letters)
        case Marked(marks=(*_, Mark(kind="paren"))):
            return
        case Marked():
            yield flat(item)
        case Group(items=(inner,)):
            yield from _letters_of_index(inner)
        case Juxtaposed(factors=factors) if not isinstance(factors[0], Integer):
            for factor in factors:
                yield from _letters_of_index(factor)


def names_stage(item: Any) -> str:
    """Return the letter of an index that may say a layer, l, l - 1 or l + 1; "" for others."""
    match item:
        case Name(text="l" | "L" as text):
            return text
        case Total(terms=(Name(text="l" | "L" as text), Integer() | Negated(operand=Integer()))):
            return text
    return ""


def stages_of(statement: Statement) -> frozenset[str]:
    """Return the letters that count layers as the first of several indices: Y(l-1, m, x, y).

    One of them must stand beside l - 1 or l + 1, and never at another place.
    """
    firsts: dict[str, set[bool]] = {}
    others: set[str] = set()
    for part in walk(statement):
        if isinstance(part, Mark) and len(part.items) > 1:
            name = names_stage(part.items[0])
            firsts.setdefault(name, set()).add(isinstance(part.items[0], Total))
            others |= {name for item in part.items[1:] for name in _all_names(item)}
    return frozenset(
        name for name, found in firsts.items() if name and len(found) > 1 and name not in others
    )


@dataclass(frozen=True)
class Settler:
    """Turns the notation of one statement into the tree of values.

    Attributes:
        letters: the letters that are indices.
        layers: letters that stand for layers where they are superscripts.
        digits: whether x_{11} has two indices.
        left: the letters of the left side.
        bound: the letters that sums around bind.
        stages: letters that count layers where they are the first of several indices, Y(l-1, x).
        local: whether the left side is a derivative of an entry; then delta is Kronecker's.
    """

    letters: frozenset[str]
    layers: frozenset[str] = frozenset()
    digits: bool = True
    left: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    local: bool = False

    # Values

    def value(self, node: Any) -> Any:
        """Return a value: sums and products of entries.

        Raises:
            UnsettledError: a part of it is none.
        """
        match node:
            case Integer():
                return node
            case Decimal():
                return Quotient(Integer(node.numerator), Integer(node.denominator))
            case Name(text=text):
                return Letter(text, span=node.span)
            case Run(text=text):
                return Letter(text, span=node.span)
            case Marked():
                return self._marked(node)
            case Juxtaposed(factors=factors) | Multiplied(factors=factors):
                return Product(tuple(map(self.value, factors)), span=node.span)
            case Starred(sign="*" | "odot" | "circ", left=left, right=right, marks=()):
                return Product((self.value(left), self.value(right)), span=node.span)
            case Group(items=(inner,)):
                return self.value(inner)
            case Total(terms=terms):
                return Total(tuple(map(self.value, terms)), span=node.span)
            case Negated(operand=operand):
                return Negated(self.value(operand), span=node.span)
            case Quotient(numerator=above, denominator=below):
                return Quotient(self.value(above), self.index(below), span=node.span)
            case Big(operator="sum"):
                return self._sum(node)
            case Partial(of=of, by=by):
                return Partial(self._function(of), self.value(by), span=node.span)
            case Cases(branches=branches):
                return Cases(tuple(map(self._branch, branches)), span=node.span)
            case Conditional():
                condition = self.condition(node.condition)
                return Cases(
                    (
                        Branch(self.value(node.value), condition),
                        Branch(self.value(node.otherwise), None),
                    )
                )
            case Indicator():
                return guard(self.condition(node.condition))
            case Differential(sign=sign, operand=operand):
                return self._differential(sign, operand)
        raise UnsettledError(f"{_what(node)} is no value of an entry", node)

    def _function(self, of: Any) -> Any:
        """Return what is derived; the arguments of a loss do not matter."""
        match of:
            case Marked(base=Name(text=text), marks=(Mark(kind="sub", items=(Name(text=label),)),)):
                if text in LOSSES and label not in self.letters:
                    return Letter(f"{text}_{label}", span=of.span)
            case Marked(base=base, marks=(*others, Mark(kind="paren", items=items))) if flat(
                base
            ) in LOSSES or not any(set(_letters_of_index(item)) & self.letters for item in items):
                return self._function(Marked(base, tuple(others)) if others else base)
        return self.value(of)

    def _differential(self, sign: str, operand: Any) -> Any:
        inner = self.value(operand)
        mark = "d" if sign in ("partial", "d") else sign
        match inner:
            case Letter(name=name):
                return Letter(f"{mark} {name}", span=inner.span)
            case Entry(array=array):
                return replace(inner, array=f"{mark} {array}")
        raise UnsettledError(f"{sign} must stand before a name", operand)

    def _branch(self, branch: Any) -> Branch:
        condition = branch.condition
        if isinstance(condition, Words):
            raise UnsettledError(f"the condition {condition.text!r} is in words", branch)
        return Branch(
            self.value(branch.value), None if condition is None else self.condition(condition)
        )

    # Entries

    def _marked(self, node: Marked) -> Any:
        base = node.base
        if isinstance(base, Group) and len(base.items) == 1:
            return self._with_outer_indices(node)
        if not isinstance(base, Name | Run):
            raise UnsettledError(f"{_what(base)} has no entries", node)
        if kronecker := self._kronecker(base, node.marks):
            return kronecker
        if product := self._product_with_bracket(node):
            return product
        name, above, below = flat(base), [], []
        for mark in _without_transpose(node.marks):
            if mark.kind == "sup":
                label, indices = self._upper(mark)
                name += label
                above += indices
            elif _is_shape(mark):
                continue
            elif mark.kind == "sub" and (label := self._label(mark)):
                name += f"_{label}"
            elif len(mark.items) > 1 and names_stage(mark.items[0]) in self.stages:
                name += f"^{flat(mark.items[0])}"
                below += self._indices(replace(mark, items=mark.items[1:]))
            elif mark.kind == "paren" and self._is_call(base, mark):
                return Call(name, (), self._argument(mark), span=node.span)
            else:
                below += self._indices(mark)
        if not above and not below:
            if len(_without_transpose(node.marks)) < len(node.marks):
                raise UnsettledError("a transposed array has no entries here", node)
            return Letter(name, span=node.span)
        return Entry(name, (*above, *below), span=node.span)

    def _product_with_bracket(self, node: Marked) -> Any:
        """Return W (dE/dY) or x_{ij} (G_{ij}) as a product: no index holds entries."""
        for place, mark in enumerate(node.marks):
            if mark.kind == "paren" and len(mark.items) == 1:
                before, behind = node.marks[:place], node.marks[place + 1 :]
                if not _is_value(mark.items[0]) and not self._is_array_of_its_own(node, place):
                    continue
                if flat(node.base).rstrip("'") in ACTIVATIONS and not before:
                    return None
                head = Marked(node.base, before) if before else node.base
                group = Group("(", mark.items)
                tail = Marked(group, behind) if behind else group
                return Product((self.value(head), self.value(tail)), span=node.span)
        return None

    def _is_array_of_its_own(self, node: Marked, place: int) -> bool:
        """Return whether a bracket between scripts holds a factor: d_{i,j} (w)^l_{m,n}."""
        (item,) = node.marks[place].items
        scripts = [
            any(mark.kind == "sub" for mark in marks)
            for marks in (node.marks[:place], node.marks[place + 1 :])
        ]
        named = isinstance(item, Name) and item.text not in self.letters
        return all(scripts) and named and isinstance(node.base, Name) and not node.base.word

    def _with_outer_indices(self, node: Marked) -> Any:
        """Return (de/dY)_{ij} as the derivative by the entry, (b + c)^2 as no value."""
        bare = node.base.items[0]  # type: ignore[attr-defined]
        if isinstance(bare, Name):
            return self._marked(Marked(bare, node.marks, span=node.span))
        inner = self.value(bare)
        marks = _without_transpose(node.marks)
        below = [index for mark in marks for index in self._indices(mark)]
        match inner:
            case Entry(indices=own):
                return replace(inner, indices=(*own, *below))
            case Partial(of=of, by=Entry(indices=own) as by):
                return Partial(of, replace(by, indices=(*own, *below)), span=node.span)
            case Partial(of=of, by=Letter(name=name)):
                return Partial(of, Entry(name, tuple(below)), span=node.span)
            case Letter(name=name):
                return Entry(name, tuple(below), span=node.span)
        raise UnsettledError("only a name or a derivative has indices", node)

    def _kronecker(self, base: Any, marks: Sequence[Mark]) -> Any:
        """Return delta^a_b or delta_{a,b} between index expressions as 1 where a = b."""
        kinds = sorted(mark.kind for mark in marks)
        if flat(base) != "delta":
            return None
        if self.local and kinds == ["sub"]:
            pair = self._indices(marks[0])
            return guard(Compare("=", *pair)) if len(pair) == 2 else None
        if kinds != ["sub", "sup"]:
            return None
        sides = [mark.items[0] for mark in marks if len(mark.items) == 1]
        names = {name for side in sides for name in _all_names(side)}
        if len(sides) != 2 or not names or not names & self.letters:
            return None
        if any(isinstance(side, Words) or getattr(side, "word", False) for side in sides):
            return None
        upper = next(mark for mark in marks if mark.kind == "sup").items[0]
        if set(_all_names(upper)) <= self.layers:
            return None
        one, other = (self.index(side) for side in sides)
        return guard(Compare("=", one, other))

    def _upper(self, mark: Mark) -> tuple[str, list[Any]]:
        """Return the label and the indices of a superscript."""
        names = {name for item in mark.items for name in _all_names(item)}
        inner = list(_items_above(mark))
        plain = all(isinstance(item, Name | Run) for item in inner)
        if plain and names and names <= self.letters and not names & self.layers:
            return "", [Letter(name) for item in inner for name in _letters_of_index(item)]
        return f"^{','.join(flat(item) for item in inner)}", []

    def _label(self, mark: Mark) -> str:
        """Return the label that a subscript is; "" where it holds indices."""
        if len(mark.items) != 1:
            return ""
        (item,) = mark.items
        match item:
            case Words(text=text) | Quoted(text=text):
                return text
            case Name(text=text, word=word):
                known = text in self.letters
                label = word or text[0].isupper() or text == "b" or text in self.stages
                return "" if known or not label else text
            case Run(text=text, letters=letters):
                index = all(letter.text in self.letters for letter in letters)
                return "" if index or text not in WORDS else text
        return ""

    def _is_call(self, base: Any, mark: Mark) -> bool:
        """Return whether a name before a bracket is a function of values, sigma'(z)."""
        name = flat(base).rstrip("'")
        primed = flat(base).endswith("'")
        alone = len(mark.items) == 1
        if name in ACTIVATIONS and (primed or (alone and _has_entries(mark.items[0]))):
            return True
        names = {found for item in mark.items for found in _all_names(item)}
        if len(name) > 2 and names and not names & self.letters:
            raise UnsettledError(f"{name} is a function of arrays", base)
        return False

    def _argument(self, mark: Mark) -> tuple[str, ...]:
        """Return the array and the indices of the entry that a function is applied to."""
        try:
            entries = [self.value(item) for item in mark.items]
        except UnsettledError:
            return ()
        match entries:
            case [Entry(array=array, indices=indices)]:
                return (array, *map(spell_text, indices))
        return ()

    def _indices(self, mark: Mark) -> list[Any]:
        return [index for item in mark.items for index in self._split(item, mark)]

    def _split(self, item: Any, mark: Mark) -> Iterator[Any]:
        """Yield the indices of one item: those of x_{ij}, x_{11} and x_{(i+m)(j+n)}."""
        match item:
            case Run(letters=letters) if mark.kind in ("sub", "sup"):
                yield from (Letter(letter.text, span=item.span) for letter in letters)
            case Integer(value=value) if self._splits(mark) and mark.kind == "sub" and value > 9:
                yield from (Integer(int(digit)) for digit in str(value))
            case Integer() if self._splits(mark) and mark.text.strip("{} ").isdigit():
                yield from (Integer(int(digit)) for digit in mark.text.strip("{} "))
            case Juxtaposed(factors=factors) if self._is_list(factors) and mark.kind == "sub":
                yield from (self.index(factor) for factor in factors)
            case Slice(start=start, stop=stop, step=step):
                ends = (None if end is None else self.index(end) for end in (start, stop, step))
                yield Interval(*ends)
            case _:
                yield self.index(item)

    def _splits(self, mark: Mark) -> bool:
        """Return whether x_{11} has two indices; x_{11,1} has two anyway."""
        return self.digits and len(mark.items) == 1

    def _is_list(self, factors: Sequence[Any]) -> bool:
        """Return whether factors are indices side by side rather than a product."""
        if all(isinstance(factor, Group) for factor in factors):
            return True
        return all(
            isinstance(factor, Group) or (isinstance(factor, Name) and factor.text in self.letters)
            for factor in factors
        )

    # Indices and sizes

    def index(self, node: Any) -> Any:
        """Return an integer expression in index letters and sizes.

        Raises:
            UnsettledError: a part of it is none.
        """
        match node:
            case Integer():
                return node
            case Decimal():
                return Quotient(Integer(node.numerator), Integer(node.denominator))
            case Name() | Run():
                return Letter(flat(node), span=node.span)
            case Marked():
                return self._size(node)
            case Juxtaposed(factors=factors) | Multiplied(factors=factors):
                return Product(tuple(map(self.index, factors)), span=node.span)
            case Starred(sign="*", left=left, right=right, marks=()):
                return Product((self.index(left), self.index(right)), span=node.span)
            case Group(items=(inner,)):
                return self.index(inner)
            case Total(terms=terms):
                return Total(tuple(map(self.index, terms)), span=node.span)
            case Negated(operand=operand):
                return Negated(self.index(operand), span=node.span)
            case Quotient(numerator=above, denominator=below):
                return Quotient(self.index(above), self.index(below), span=node.span)
            case Floor(operand=operand):
                return Floor(self.index(operand), span=node.span)
            case Ceiling(operand=operand):
                return Ceiling(self.index(operand), span=node.span)
            case Remainder(value=value, modulus=modulus):
                return Remainder(self.index(value), self.index(modulus), span=node.span)
            case Largest(operands=operands):
                return Largest(tuple(map(self.index, operands)), span=node.span)
            case Smallest(operands=operands):
                return Smallest(tuple(map(self.index, operands)), span=node.span)
            case Power(base=base, exponent=exponent):
                return Power(self.index(base), self.index(exponent), span=node.span)
        raise UnsettledError(f"{_what(node)} is no index", node)

    def _size(self, node: Marked) -> Any:
        """Return a size with its labels, k_h or k^2, or the product s(i-1)."""
        *others, last = node.marks
        if last.kind == "paren" and len(last.items) == 1:
            head = Marked(node.base, tuple(others)) if others else node.base
            return Product((self.index(head), self.index(last.items[0])), span=node.span)
        if last.kind == "sup" and isinstance(last.items[0], Integer) and not others:
            base = node.base
            if isinstance(base, Group) and len(base.items) == 1:
                base = base.items[0]
            return Power(self.index(base), last.items[0], span=node.span)
        if isinstance(node.base, Group):
            raise UnsettledError("a bracket with marks is no index", node)
        return Letter(flat(node), span=node.span)

    # Conditions

    def condition(self, node: Any) -> Condition:
        """Return a condition on index letters and sizes.

        Raises:
            UnsettledError: it is none.
        """
        match node:
            case Compare(operator=operator, left=left, right=right):
                return self._compared(operator, left, right)
            case AllOf(conditions=conditions):
                return AllOf(tuple(map(self.condition, conditions)), span=node.span)
            case AnyOf(conditions=conditions):
                return AnyOf(tuple(map(self.condition, conditions)), span=node.span)
            case Not(condition=condition):
                return Not(self.condition(condition), span=node.span)
            case Divides(divisor=divisor, value=value):
                return Divides(self.index(divisor), self.index(value), span=node.span)
            case Member(elements=elements, container=container):
                return all_of(
                    *(self._inside(e, container) for part in elements for e in _listed(part))
                )
        raise UnsettledError(f"{_what(node)} is no condition", node)

    def _compared(self, operator: str, left: Any, right: Any) -> Condition:
        """Return a comparison; (u, v) = (a, b) and 0 <= u, v compare one by one."""
        lefts, rights = list(_listed(left)), list(_listed(right))
        if len(lefts) == len(rights):
            pairs: Iterable[tuple[Any, Any]] = zip(lefts, rights, strict=True)
        elif len(lefts) == 1 or len(rights) == 1:
            pairs = [(one, other) for one in lefts for other in rights]
        else:
            raise UnsettledError("lists of different lengths are compared", left)
        return all_of(*(Compare(operator, self.index(a), self.index(b)) for a, b in pairs))

    def _inside(self, element: Any, container: Any) -> Condition:
        value = self.index(element)
        match container:
            case Range(low=low, high=high, open_low=open_low, open_high=open_high):
                return AllOf(
                    (
                        Compare("<" if open_low else "<=", self.index(low), value),
                        Compare("<" if open_high else "<=", value, self.index(high)),
                    )
                )
            case SetOf(items=items, conditions=()):
                return AnyOf(tuple(Compare("=", value, self.index(item)) for item in items))
            case Marked(base=SetOf() | Range() as inner):
                return self._inside(element, inner)
            case Name(text=text) if text in INTEGERS:
                return _whole(value)
        raise UnsettledError(f"{_what(container)} is no set of integers", container)

    # Sums

    def _sum(self, node: Big) -> Any:
        own = {name for below in node.below for name in _bound_by(below)} - self.left
        body = replace(self, bound=self.bound | own).value(node.body)
        upper = None if node.above is None or isinstance(node.above, Infinity) else node.above
        bound: list[tuple[str, Any, Any]] = []
        guards: list[Condition] = []
        for below in node.below:
            match below:
                case Compare(operator="=", left=left, right=right) if self._binds(left, upper):
                    bound += [(name, right, upper) for name in _names_in_list(left)]
                case Name() | Run() | Group() | Juxtaposed() | Marked():
                    bound += [(name, None, None) for name in _names_in_list(below)]
                case Member(elements=elements, container=Range() as span):
                    limits = (span.low, span.high, span.open_low, span.open_high)
                    names = [n for part in elements for n in _names_in_list(part)]
                    bound += [(name, *self._closed(*limits)) for name in names]
                case Words():
                    continue
                case _:
                    guards.append(self.condition(below))
        guards, ranged = _ranges(guards, self.left | self.bound)
        bound += ranged
        if guards:
            known = {name for name, _, _ in bound}
            inner = set(terms_of_indices(body))
            letters = [n for g in guards for n in _letters_in_order(g) if n in inner]
            free = [n for n in dict.fromkeys(letters) if n not in known | self.left | self.bound]
            alone = _letters_alone(body)
            others = [] if known | self.bound else free
            free = [name for name in free if name in alone] or others
            if not (free or known or self.bound) and not set(letters) & self.left:
                raise UnsettledError("a sum must say over what it runs", node)
            free, guards, body = _solved(free, guards, body)
            if guards:
                body = SumWhere(tuple(free), all_of(*guards), body, span=node.span)
            else:
                bound += [(name, None, None) for name in free]
        for name, low, high in reversed(bound):
            body = SumOver(name, self._limit(low), self._limit(high), body, span=node.span)
        return body

    def _binds(self, left: Any, upper: Any) -> bool:
        if upper is None and set(_names_in_list(left)) & self.left:
            return False  # u = i + r below a sum is a condition where u is on the left
        return upper is not None or isinstance(left, Name | Run | Marked)

    def _closed(self, low: Any, high: Any, open_low: bool, open_high: bool) -> tuple[Any, Any]:
        first, last = self.index(low), self.index(high)
        return (
            Total((first, ONE)) if open_low else first,
            Total((last, Negated(ONE))) if open_high else last,
        )

    def _limit(self, node: Any) -> Any:
        """Return a limit; None for no end."""
        end = node.operand if isinstance(node, Negated) else node
        if end is None or isinstance(end, Infinity):
            return None
        return node if _is_settled(node) else self.index(node)


def _whole(value: Any) -> Condition:
    """Return the condition that a value is an integer."""
    if isinstance(value, Quotient):
        return Divides(value.denominator, value.numerator, span=value.span)
    return AllOf((), span=value.span)


def _solved(
    letters: list[str], guards: list[Condition], body: Any
) -> tuple[list[str], list[Condition], Any]:
    """Return a sum without the letters that equations fix: x_s where s + t = p is x_{p-t}.

    What lies outside an array is 0, so that the letter that stays runs through its own indices.
    """
    kept: list[Condition] = []
    for part in conjuncts(guards):
        solved = _solution(letters, part)
        if solved is None:
            kept.append(part)
            continue
        name, value = solved
        letters = [other for other in letters if other != name]
        kept = [substitute(other, {name: value}) for other in kept]
        body = substitute(body, {name: value})
    return letters, kept, body


def _solution(letters: Sequence[str], part: Any) -> tuple[str, Expression] | None:
    """Return the first of several summed letters that an equation fixes, and its value."""
    if not isinstance(part, Compare) or part.operator != "=":
        return None
    difference = minus(part.left, part.right)
    own = [name for name in letters if name in difference.names]
    for name in own if len(own) > 1 else ():
        slope, rest = linear_in(difference, name) or (ZERO, ZERO)
        if slope == ONE:
            return name, negative(rest)
        if slope == negative(ONE):
            return name, rest
    return None


def _ranges(
    guards: Sequence[Condition], fixed: frozenset[str]
) -> tuple[list[Condition], list[tuple[str, Any, Any]]]:
    """Return the conditions that are no ranges, and (letter, first, last) of 0 <= r < p.

    Where a letter has several bounds on a side, or one that is no single comparison, or is fixed by
    the left side or a sum around, its conditions stay as they are.
    """
    parts = list(conjuncts(guards))
    lows: dict[str, list[tuple[Any, Any]]] = {}
    highs: dict[str, list[tuple[Any, Any]]] = {}
    for part in parts:
        for name, low, high in _bounds(part):
            (lows if high is None else highs).setdefault(name, []).append((part, low or high))
    ranged: list[tuple[str, Any, Any]] = []
    used: list[Any] = []
    for name, below in lows.items():
        above = highs.get(name, [])
        own = [part for part, _ in (*below, *above)]
        others = [part for part in parts if name in part.names and part not in own]
        if len(below) == len(above) == 1 and not others and name not in fixed:
            ranged.append((name, below[0][1], above[0][1]))
            used += own
    return [part for part in parts if part not in used], ranged


def _bounds(part: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield (letter, smallest value, None) or (letter, None, largest value) of a comparison."""
    if not isinstance(part, Compare) or part.operator not in ("<", "<=", ">", ">="):
        return
    small, large = part.left, part.right
    if part.operator in (">", ">="):
        small, large = large, small
    strict = part.operator in ("<", ">")
    if isinstance(large, Letter) and large.name not in small.names:
        yield large.name, plus(small, ONE) if strict else small, None
    if isinstance(small, Letter) and small.name not in large.names:
        yield small.name, None, minus(large, ONE) if strict else large


def _without_transpose(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Return marks without the T of a vector of channels, G_{i,j}^T, which only turns it round."""
    return tuple(mark for mark in marks if flat_mark(mark) != "^T")


def guard(condition: Condition) -> Expression:
    """Return 1 where the condition holds, else 0."""
    return Cases((Branch(ONE, condition), Branch(ZERO, None)))


def _is_settled(node: Any) -> bool:
    """Return whether a limit is an index expression already."""
    return not any(isinstance(part, Name | Run | Marked | Group) for part in walk(node))


def _what(node: Any) -> str:
    return "a transposed array" if isinstance(node, Transposed) else type(node).__name__


def _all_names(node: Any) -> Iterator[str]:
    for part in walk(node) if isinstance(node, Node) else ():
        if isinstance(part, Name):
            yield part.text
        elif isinstance(part, Marked):
            yield flat(part)


def _listed(node: Any) -> Iterator[Any]:
    """Yield the items of a list, (u, v) or u, v; the node itself where it is none."""
    if isinstance(node, Group) and len(node.items) > 1:
        yield from node.items
    else:
        yield node


def _is_value(node: Any) -> bool:
    """Return whether what stands in a bracket is a value: an entry, a sum, a derivative."""
    match node:
        case Partial() | Big():
            return True
        case Marked(marks=marks):
            return any(mark.kind in ("sub", "bracket") and len(mark.items) > 1 for mark in marks)
    return False


def _has_entries(node: Any) -> bool:
    """Return whether there are names with marks in a node; s(i-1) is a product."""
    parts = walk(node) if isinstance(node, Node) else ()
    return any(isinstance(part, Marked) and not _is_product(part) for part in parts)


def _is_product(node: Marked) -> bool:
    match node:
        case Marked(base=Name(), marks=(Mark(kind="paren", items=(Total(terms=terms),)),)):
            return len(terms) == 2 and terms[1] in (Integer(1), Negated(Integer(1)))
    return False


def _letters_in_order(node: Node) -> Iterator[str]:
    for part in walk(node):
        if isinstance(part, Letter):
            yield part.name


def _is_shape(mark: Mark) -> bool:
    r"""Return whether a subscript is a shape, W_{p\times q}."""
    shapes = [item for item in mark.items if isinstance(item, Multiplied)]
    factors = [factor for shape in shapes for factor in shape.factors]
    named = all(isinstance(factor, Name | Marked | Integer) for factor in factors)
    return mark.kind == "sub" and len(shapes) == len(mark.items) == 1 and named


def _letters_alone(body: Any) -> set[str]:
    """Return the letters that pick an entry by themselves, r in w_r."""
    return {
        index.name
        for part in walk(body)
        if isinstance(part, Entry)
        for index in part.indices
        if isinstance(index, Letter)
    }


def terms_of_indices(*nodes: Node) -> Iterator[str]:
    """Yield the letters that stand in indices of entries, other than as factors of others."""
    for node in nodes:
        for part in walk(node):
            if isinstance(part, Entry):
                for index in part.indices:
                    yield from terms_of_index(index)


def terms_of_index(index: Any) -> Iterator[str]:
    """Yield the letters of an index that are no factors of others, those of s*i included."""
    match index:
        case Letter(name=name):
            yield name
        case Total(terms=terms):
            for term in terms:
                yield from terms_of_index(term)
        case Negated(operand=operand):
            yield from terms_of_index(operand)
        case Quotient(numerator=above):
            yield from terms_of_index(above)
