"""Size formulas in words: what every name is, under which condition, and what should be there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from symconv.formula.notation import Decimal
from symconv.formula.text_speller import TextSpeller
from symconv.formula.tree import Expression, Letter
from symconv.verification.questions.scalars.roles import KEEP, Reading
from symconv.verification.reading.scalars.size_priors import (
    AFTER,
    BEFORE,
    COUNT,
    DILATION,
    EXTENT,
    HOLES,
    INPUT,
    JUMP,
    KERNEL,
    OUTPUT,
    PADDING,
    PLACE,
    STRIDE,
    TOTAL,
)
from symconv.verification.truth.algebra import substitute
from symconv.verification.truth.sizes import LESS_ONE, NAMED, PADDINGS, Variant, room

_WORDS: Final[Mapping[str, str]] = {
    PADDING: "padding on each side",
    TOTAL: "padding of both sides together",
    BEFORE: "padding in front",
    AFTER: "padding at the end",
    JUMP: "product of the strides before",
    LESS_ONE: "kernel size less one",
    PLACE: "index",
    COUNT: "number of layers or steps",
}
_CONVOLVED: Final = ("output size", "transposed output size", "input size")


class _Speller(TextSpeller):
    """Spells names as they are."""

    def name(self, name: str) -> str:
        return name

    def decimal(self, node: Decimal) -> str:
        return f"{node.numerator / node.denominator:g}"


def in_text(node: Any) -> str:
    """Return an expression as text, its names as their author wrote them."""
    return _Speller().spell(node)


def role_in_words(role: str) -> str:
    """Return a role as it is said in a reading."""
    return _WORDS.get(role, role)


def reading_text(reading: Reading, left: str | None, numbers: Mapping[str, int]) -> str:
    """Return every name and number with its meaning, and what is taken for granted."""
    law = reading.law
    said = [f"{left} {role_in_words(law.defines)}"] if left else [f"the {law.kind}"]
    for name, role in reading.roles.items():
        if role != KEEP:
            said.append(f"{numbers.get(name, name)} {role_in_words(role)}")
    said = list(dict.fromkeys(said))
    named = reading.named
    if law.kind in _CONVOLVED and named & NAMED:
        if not named & PADDINGS:
            said.append("no padding")
        if not named & {DILATION, HOLES, EXTENT}:
            said.append("dilation 1")
        if law.kind == "transposed output size" and "output padding" not in named:
            said.append("no output padding")
    return ", ".join(said)


def names_by_role(reading: Reading, numbers: Mapping[str, int]) -> dict[str, str]:
    """Return role -> the name, or the number, that has it."""
    found: dict[str, str] = {}
    for name, role in reading.roles.items():
        found.setdefault(role, str(numbers.get(name, name)))
    return found


def condition_text(
    reading: Reading, variant: Variant, left: str | None, numbers: Mapping[str, int]
) -> str:
    """Return under which condition a reading is right, in the author's names."""
    names: dict[str, str] = {role: role for role in (OUTPUT, INPUT, KERNEL, STRIDE, TOTAL, COUNT)}
    names |= names_by_role(reading, numbers)
    if left and reading.law.defines not in reading.named:
        names[reading.law.defines] = left
    letters = {role: Letter(name) for role, name in names.items()}
    if reading.named & NAMED and "{room}" in variant.assumes:
        names["room"] = in_text(substitute(room(reading.named), letters))
    names["moves"] = names_by_role(reading, numbers).get(COUNT, names.get(PLACE, "n"))
    parts = [variant.assumes.format_map(names)] if variant.assumes else []
    if len(reading.named & {BEFORE, AFTER}) == 1 and reading.law.room:
        parts.append("nothing is padded on the other side")
    parts += [f"{one} and {other} are the same size" for one, other in reading.twins]
    sized = [
        f"{numbers[name]} is the {role_in_words(role)}"
        for name, role in reading.roles.items()
        if name in numbers and role != KEEP
    ]
    parts += list(dict.fromkeys(sized))
    return ", ".join(part for part in parts if part)


def in_names(value: Expression, reading: Reading) -> Any:
    """Return an expression in roles in the names of a reading."""
    letters = {role: Letter(name) for name, role in reversed(list(reading.roles.items()))}
    return substitute(value, letters)
