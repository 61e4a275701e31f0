"""The form of a fast algorithm with its brackets, Y = A^T [(G g G^T) o (B^T d B)] A."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from symconv.formula.notation import (
    Group,
    Juxtaposed,
    Marked,
    Multiplied,
    Name,
    Run,
    Starred,
    Statement,
)
from symconv.formula.tree import walk
from symconv.verification.outcome import Outcome
from symconv.verification.questions.operators.fast_products import (
    KIND,
)
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.matrix_words import without_transpose
from symconv.verification.reading.operators.names import bare


@dataclass(frozen=True)
class Hadamard:
    """left o right, entry by entry, of products of matrices."""

    left: tuple[Any, ...]
    right: tuple[Any, ...]


def bracketed_form(statement: Statement) -> Outcome | None:
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
