"""Claims about fast algorithms, F(m, r): their matrices, their products, their form with brackets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

from symconv.formula.notation import (
    Decimal,
    Group,
    Juxtaposed,
    Marked,
    Multiplied,
    Name,
    Run,
    Starred,
    Statement,
    Transposed,
)
from symconv.formula.tree import Integer, Matrix, Negated, Quotient, Total, walk
from symconv.verification.outcome import Outcome
from symconv.verification.reading.matrix_words import without_transpose
from symconv.verification.reading.names import flat
from symconv.verification.reading.operator_names import bare
from symconv.verification.truth.fast_algorithms import (
    NoPointError,
    Part,
    Rows,
    combination_of,
    is_algorithm,
    output_form,
    points,
)

KIND: Final = "fast algorithm"
MAX_SIZE: Final = 12
PARTS: Final[Mapping[tuple[str, bool], tuple[Part, bool]]] = {
    # (name, transposed) -> part, and whether the matrix has to be transposed to be it
    ("A", True): ("A^T", False),
    ("A", False): ("A^T", True),
    ("G", False): ("G", False),
    ("G", True): ("G", True),
    ("B", True): ("B^T", False),
    ("B", False): ("B^T", True),
}
WORDS: Final[Mapping[Part, str]] = {
    "A^T": "output transform",
    "G": "kernel transform",
    "B^T": "input transform",
}


def fast_claims(statements: Sequence[Statement]) -> list[Outcome | None]:
    """Return the outcome of each statement about a fast algorithm; None for others."""
    found = _matrix_claims(statements)
    listed = _listed_products(statements)
    forms = [_form(statement) for statement in statements]
    return [one or two or three for one, two, three in zip(found, listed, forms, strict=True)]


# Matrices that are written out


@dataclass(frozen=True)
class Given:
    """A matrix of an algorithm, as it is written out.

    Attributes:
        part: which one it is.
        rows: its rows, turned if its author gives it transposed.
        usual: whether its name is that of an algorithm's matrix even by itself.
    """

    part: Part
    rows: Rows
    usual: bool = True

    @property
    def sizes(self) -> tuple[int, int] | None:
        """(m, r) as far as the shape says: 0 for what it does not say; None if it is no such."""
        high, wide = len(self.rows), len(self.rows[0])
        if self.part == "A^T":
            return (high, wide - high + 1) if 2 <= high < wide else None
        if self.part == "G":
            return (high - wide + 1, wide) if 2 <= wide < high else None
        return (0, 0) if high == wide >= 3 else None


def _matrix_claims(statements: Sequence[Statement]) -> list[Outcome | None]:
    given = [_given(statement) for statement in statements]
    by_part: dict[Part, Rows] = {matrix.part: matrix.rows for matrix in given if matrix}
    complete = len(by_part) == len(PARTS) // 2
    return [
        _matrix_claim(matrix, by_part, complete)
        if matrix and (matrix.usual or len(by_part) > 1)
        else None
        for matrix in given
    ]


def _given(statement: Statement) -> Given | None:
    if len(statement.sides) != 2:
        return None
    name, turned = without_transpose(statement.sides[0])
    matrix = bare(statement.sides[1])
    flipped = isinstance(matrix, Transposed)
    matrix = bare(matrix.operand) if isinstance(matrix, Transposed) else matrix
    if not isinstance(name, Name | Run) or not isinstance(matrix, Matrix):
        return None
    if name.text in ("AT", "BT", "GT"):
        name, turned = Name(name.text[0]), True
    part = PARTS.get((name.text, turned))
    rows = _numbers(matrix)
    if part is None or rows is None:
        return None
    rows = tuple(zip(*rows, strict=True)) if part[1] != flipped else rows
    found = Given(part[0], rows, usual=not part[1])
    return found if found.sizes is not None else None


def _numbers(matrix: Matrix) -> Rows | None:
    rows = tuple(tuple(map(_number, row)) for row in matrix.rows)
    if not rows or len({len(row) for row in rows}) != 1 or not 2 <= len(rows[0]) <= MAX_SIZE:
        return None
    if len(rows) > MAX_SIZE:
        return None
    kept = tuple(tuple(entry for entry in row if entry is not None) for row in rows)
    return kept if [len(row) for row in kept] == [len(row) for row in rows] else None


def _number(node: Any) -> Fraction | None:
    node = bare(node)
    match node:
        case Integer(value=value):
            return Fraction(value)
        case Decimal(numerator=above, denominator=below):
            return Fraction(above, below)
        case Negated(operand=operand):
            inner = _number(operand)
            return None if inner is None else -inner
        case Quotient(numerator=above, denominator=below):
            one, other = _number(above), _number(below)
            return one / other if one is not None and other else None
    return None


def _matrix_claim(given: Given, by_part: Mapping[Part, Rows], complete: bool) -> Outcome | None:
    reading = f"{given.part} {WORDS[given.part]} of an algorithm F(m, r)"
    try:
        found = points(given.part, given.rows)
    except NoPointError as err:
        why = f"{err}; so it belongs to no algorithm with m + r - 1 products"
        return Outcome(KIND, "refuted", reading, why)
    listed = ", ".join("∞" if point is None else str(point) for point in found)
    reading = f"{given.part} {WORDS[given.part]} of F({_filters(given, by_part)})"
    reach = f"the points are {listed}"
    if complete:
        right = is_algorithm(by_part["A^T"], by_part["G"], by_part["B^T"])
        if right:
            return Outcome(KIND, "proved", f"{reading}, with the others", f"{reach}; exactly")
        reach = "the three matrices together do not make the outputs of the filter"
        return Outcome(KIND, "refuted", reading, reach)
    others = " and ".join(f"{part}" for part in WORDS if part != given.part)
    condition = f"{others} belong to the same points in this order, with scales that fit"
    return Outcome(KIND, "right_when", reading, reach, condition=condition)


def _filters(given: Given, by_part: Mapping[Part, Rows]) -> str:
    sizes = [Given(part, rows).sizes for part, rows in {**by_part, given.part: given.rows}.items()]
    known = [size for size in sizes if size and size[0]]
    if known:
        return ", ".join(map(str, known[0]))
    return "m, r"


# Products that are listed

Form: TypeAlias = dict[tuple[int, int], Fraction]
Linear: TypeAlias = dict[tuple[str, int], Fraction]


class NoFormError(ValueError):
    """An expression that is no bilinear form in two arrays."""


def _listed_products(statements: Sequence[Statement]) -> list[Outcome | None]:
    """Return the verdict on a list m_0 = (d_0 - d_2) g_0, ... at its last line."""
    nothing: list[Outcome | None] = [None] * len(statements)
    defined: dict[int, dict[tuple[tuple[str, int], tuple[str, int]], Fraction]] = {}
    for place, statement in enumerate(statements):
        if len(statement.sides) != 2 or _entry(statement.sides[0]) is None:
            continue
        try:
            defined[place] = _quadratic(statement.sides[1])
        except NoFormError:
            continue
    names = sorted({name for form in defined.values() for pair in form for name, _ in pair})
    if len(names) != 2 or len(defined) < 3:
        return nothing
    made = _as_filter(list(defined.values()), names)
    if made is None:
        return nothing
    forms, outputs, taps, data, kernel = made
    found = list(nothing)
    reading = f"{data} input, {kernel} kernel of {taps} taps, {outputs} outputs"
    for place in defined:
        found[place] = Outcome(KIND, "no_claim", reading, "defines one product")
    defining = {_entry(statements[place].sides[0]): place for place in defined}
    by_name = {name: form for name, form in zip(defining, forms, strict=True) if name}
    for place, statement in enumerate(statements):
        if place not in defined and found[place] is None:
            found[place] = _outputs(statement, by_name, outputs, taps, reading)
    combinations = [combination_of(forms, output_form(i, taps)) for i in range(outputs)]
    last = max(defined)
    missing = [place for place, factors in enumerate(combinations) if factors is None]
    if missing:
        wanted = " + ".join(f"{data}_{missing[0] + r} {kernel}_{r}" for r in range(taps))
        reach = f"no combination of the products is the output {wanted}"
        found[last] = Outcome(KIND, "refuted", reading, reach)
    else:
        reach = "every output is a combination of the products, by exact elimination"
        found[last] = Outcome(KIND, "proved", reading, reach)
    return found


def _outputs(
    statement: Statement,
    products: Mapping[tuple[str, int], Form],
    outputs: int,
    taps: int,
    reading: str,
) -> Outcome | None:
    """Return the verdict on a column of sums of products, [m_0 + m_1 + m_2; m_1 - m_2 - m_3]."""
    columns = [bare(side) for side in statement.sides if isinstance(bare(side), Matrix)]
    rows = next((c.rows for c in reversed(columns) if len(c.rows) == outputs), ())
    if not rows or any(len(row) != 1 for row in rows):
        return None
    for place, (entry,) in enumerate(rows):
        try:
            weights = _linear(entry)
        except NoFormError:
            return None
        if not set(weights) <= set(products):
            return None
        total: Form = {}
        for name, many in weights.items():
            for pair, times in products[name].items():
                total[pair] = total.get(pair, Fraction(0)) + many * times
        if {pair: many for pair, many in total.items() if many} != output_form(place, taps):
            reach = f"output {place + 1} is not the sum of the products in its row"
            return Outcome(KIND, "refuted", reading, reach)
    return Outcome(KIND, "proved", reading, "every output, by multiplying out")


def _entry(node: Any) -> tuple[str, int] | None:
    node = bare(node)
    match node:
        case Marked(base=Name() | Run() as base, marks=(mark,)) if len(mark.items) == 1:
            item = mark.items[0]
            if mark.kind in ("sub", "bracket") and isinstance(item, Integer):
                return base.text, item.value
        case Name(text=text) if len(text) > 1 and text[1:].isdigit() and len(text) < 5:
            return text[0], int(text[1:])
    return None


def _linear(node: Any) -> Linear:
    """Return a linear form; the entry ("", 0) is the number 1."""
    node = bare(node)
    entry = _entry(node)
    if entry is not None:
        return {entry: Fraction(1)}
    number = _number(node)
    if number is not None:
        return {("", 0): number}
    match node:
        case Total(terms=terms):
            total: Linear = {}
            for term in terms:
                for key, many in _linear(term).items():
                    total[key] = total.get(key, Fraction(0)) + many
            return total
        case Negated(operand=operand):
            return {key: -many for key, many in _linear(operand).items()}
        case Quotient(numerator=above, denominator=below):
            divisor = _number(below)
            if divisor:
                return {key: many / divisor for key, many in _linear(above).items()}
        case Juxtaposed(factors=factors) | Multiplied(factors=factors):
            parts = [_linear(factor) for factor in factors]
            scale, forms = Fraction(1), []
            for part in parts:
                if set(part) == {("", 0)}:
                    scale *= part["", 0]
                else:
                    forms.append(part)
            if len(forms) <= 1:
                form = forms[0] if forms else {("", 0): Fraction(1)}
                return {key: many * scale for key, many in form.items()}
    raise NoFormError


def _quadratic(node: Any) -> dict[tuple[tuple[str, int], tuple[str, int]], Fraction]:
    """Return a product of two linear forms of different arrays, multiplied out."""
    node = bare(node)
    match node:
        case Juxtaposed(factors=factors) | Multiplied(factors=factors):
            parts = list(factors)
        case Starred(sign="*", left=left, right=right):
            parts = [left, right]
        case Marked(base=Group() as base, marks=(mark,)) if mark.kind == "paren":
            parts = [base, *mark.items]
        case Quotient(numerator=above, denominator=below) if _number(below):
            divisor = _number(below) or Fraction(1)
            return {key: many / divisor for key, many in _quadratic(above).items()}
        case _:
            raise NoFormError
    forms = [_linear(part) for part in parts]
    scale = Fraction(1)
    for form in forms:
        scale *= form["", 0] if set(form) == {("", 0)} else 1
    forms = [form for form in forms if set(form) != {("", 0)}]
    if len(forms) != 2 or any(len({name for name, _ in form}) != 1 for form in forms):
        raise NoFormError
    product: dict[tuple[tuple[str, int], tuple[str, int]], Fraction] = {}
    for one, many in forms[0].items():
        for other, times in forms[1].items():
            key = (one, other) if one <= other else (other, one)
            product[key] = product.get(key, Fraction(0)) + many * times * scale
    return {key: many for key, many in product.items() if many}


def _as_filter(
    products: Sequence[Mapping[tuple[tuple[str, int], tuple[str, int]], Fraction]],
    names: Sequence[str],
) -> tuple[list[Form], int, int, str, str] | None:
    """Return (forms, outputs, taps, data, kernel), or None if it is no whole algorithm."""
    places: dict[str, set[int]] = {name: set() for name in names}
    for product in products:
        for pair in product:
            for name, place in pair:
                places[name].add(place)
    kernel, data = sorted(names, key=lambda name: (len(places[name]), name))
    bases = {name: min(found) for name, found in places.items()}
    counts = {name: max(found) - bases[name] + 1 for name, found in places.items()}
    outputs, taps = counts[data] - counts[kernel] + 1, counts[kernel]
    if outputs < 2 or taps < 2 or counts[data] > MAX_SIZE or len(products) < counts[data]:
        return None
    forms: list[Form] = []
    for product in products:
        form: Form = {}
        for pair, many in product.items():
            index = {name: place - bases[name] for name, place in pair}
            form[index[data], index[kernel]] = many
        forms.append(form)
    return forms, outputs, taps, data, kernel


# The form with brackets


@dataclass(frozen=True)
class Hadamard:
    """left o right, entry by entry, of products of matrices."""

    left: tuple[Any, ...]
    right: tuple[Any, ...]


def _form(statement: Statement) -> Outcome | None:
    """Return the verdict on Y = A^T [(G g G^T) o (B^T d B)] A."""
    if len(statement.sides) != 2:
        return None
    right = statement.sides[1]
    signs = [part.sign for part in walk(right) if isinstance(part, Starred)]
    if signs.count("odot") + signs.count("circ") != 1 or set(signs) - {"odot", "circ", "@"}:
        return None
    factors = list(_flattened(right))
    middle = next((place for place, part in enumerate(factors) if isinstance(part, Hadamard)), None)
    if middle is None or not any(isinstance(part, tuple) and part[1] for part in _letters(factors)):
        return None
    return _judged(factors, middle)


def _flattened(node: Any) -> Iterator[Any]:
    """Yield the factors of a product: (letter, transposed) or Hadamard."""
    node = bare(node)
    inner, turned = without_transpose(node)
    match inner:
        case Name() if not turned or inner is not node:
            yield (inner.text, turned)
        case Run():
            letters = [letter.text for letter in inner.letters]
            yield from ((letter, False) for letter in letters[:-1])
            yield (letters[-1], turned)
        case Starred(sign="odot" | "circ", left=left, right=right):
            yield Hadamard(tuple(_flattened(left)), tuple(_flattened(right)))
        case Starred(left=left, right=right):
            yield from _flattened(left)
            yield from _flattened(right)
        case Juxtaposed(factors=factors) | Multiplied(factors=factors):
            for factor in factors:
                yield from _flattened(factor)
        case Group(items=(item,)):
            yield from _flattened(item)
        case Marked(base=base, marks=(mark,)) if mark.kind in ("bracket", "paren"):
            yield from ((flat(base), turned),) if isinstance(base, Name) else _flattened(base)
            for item in mark.items:
                yield from _flattened(item)
        case _:
            yield (flat(inner), turned)


def _letters(factors: Sequence[Any]) -> Iterator[Any]:
    for factor in factors:
        if isinstance(factor, Hadamard):
            yield from _letters(factor.left)
            yield from _letters(factor.right)
        else:
            yield factor


def _judged(factors: list[Any], middle: int) -> Outcome | None:
    before, product, after = factors[:middle], factors[middle], factors[middle + 1 :]
    conditions: list[str] = []
    if not before and not after and len(product.left) > 1 and len(product.right) > 1:
        before, after = [product.left[0]], [product.right[-1]]
        product = Hadamard(product.left[1:], product.right[:-1])
        conditions.append("⊙ is taken before the products with the outer matrices")
    if len(before) != 1 or len(after) > 1 or any(isinstance(f, Hadamard) for f in before + after):
        return None
    flat_case = not after
    names = []
    for inner in (product.left, product.right):
        found = _transform(inner, flat_case, conditions)
        if found is None:
            return None
        names.append(found)
    wrong = _ends(before[0], after[0] if after else None, "output", conditions)
    wrong = wrong or next((name for name in names if name.startswith("!")), None)
    reading = "product of an algorithm F(m, r)" + ("" if flat_case else ", nested for two axes")
    if wrong:
        return Outcome(KIND, "refuted", reading, f"{wrong.lstrip('!')}: the shapes do not fit")
    reach = "for all m and r, by multiplying out; both axes alike"
    conditions.append("the matrices are those of an algorithm F(m, r)")
    return Outcome(KIND, "right_when", reading, reach, condition="; ".join(conditions))


def _transform(factors: tuple[Any, ...], flat_case: bool, conditions: list[str]) -> str | None:
    """Return the data of a transform M x M^T; "!..." where it cannot be one."""
    if len(factors) == 1:
        conditions.append(f"{factors[0][0]} is transformed already")
        return str(factors[0][0])
    if flat_case and len(factors) == 2:
        return str(factors[1][0])
    if not flat_case and len(factors) == 3:
        wrong = _ends(factors[0], factors[2], "", conditions)
        return f"!{wrong}" if wrong else str(factors[1][0])
    return None


def _ends(first: Any, last: Any, what: str, conditions: list[str]) -> str | None:
    """Return what is wrong with M … M^T, or None."""
    if last is None:
        return None
    if first[0] != last[0]:
        name = f"{what} transform" if what else "transform"
        conditions.append(f"{first[0]} and {last[0]} are the {name}s of the two axes")
        return None
    if first[1] == last[1]:
        return f"{first[0]} stands on both sides without being transposed on one"
    return None
