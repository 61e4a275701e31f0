"""Fast algorithms as lists of products, m_0 = (d_0 - d_2) g_0, ..., and outputs as their sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
)
from symconv.formula.tree import Integer, Matrix, Negated, Quotient, Total
from symconv.verification.outcome import Outcome
from symconv.verification.reading.operators.names import bare
from symconv.verification.truth.fast_algorithms import (
    combination_of,
    output_form,
)

KIND: Final = "fast algorithm"
MAX_SIZE: Final = 12


def number_of(node: Any) -> Fraction | None:
    """Return a number that is written out, exactly; None for anything else."""
    node = bare(node)
    match node:
        case Integer(value=value):
            return Fraction(value)
        case Decimal(numerator=above, denominator=below):
            return Fraction(above, below)
        case Negated(operand=operand):
            inner = number_of(operand)
            return None if inner is None else -inner
        case Quotient(numerator=above, denominator=below):
            one, other = number_of(above), number_of(below)
            return one / other if one is not None and other else None
    return None


Form: TypeAlias = dict[tuple[int, int], Fraction]
Linear: TypeAlias = dict[tuple[str, int], Fraction]


class NoFormError(ValueError):
    """An expression that is no bilinear form in two arrays."""


def listed_products(statements: Sequence[Statement]) -> list[Outcome | None]:
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
    number = number_of(node)
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
            divisor = number_of(below)
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
        case Quotient(numerator=above, denominator=below) if number_of(below):
            divisor = number_of(below) or Fraction(1)
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
