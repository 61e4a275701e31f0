"""Whole arrays by their names: which array, of which layer, with which labels, or its gradient.

Names stay what they are here; which of them is the input and which the kernel is decided by the
statement they stand in, with the priors of this module.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from symconv.formula.notation import (
    Differential,
    Group,
    Juxtaposed,
    Mark,
    Marked,
    Name,
    Run,
    SetOf,
    Slice,
    Statement,
    Transposed,
    Words,
)
from symconv.formula.tree import Integer, Node, Partial, walk
from symconv.verification.reading.names import WORDS, flat, spelled
from symconv.verification.reading.operators.priors import (
    DELTAS,
    FAR,
    GRADIENT_NAME,
    GRADIENT_WORDS,
    GRADIENTS,
    GREEK,
    INDICES,
    INPUT,
    KERNEL,
    LAYER_LETTERS,
    LAYER_NUMBER,
    LAYOUTS,
    LOSSES,
    OUTPUT,
    TOLD,
    TRANSPOSES,
    prior,
)
from symconv.verification.reading.roles import Told


@dataclass(frozen=True)
class Layer:
    """The number of a layer, l-1 or 2.

    Attributes:
        letter: "l", "L", "k", or "" where it is a number.
        number: what is added to the letter.
    """

    letter: str
    number: int

    def __sub__(self, other: Layer) -> int | None:
        """How many layers above the other it is; None where that is not known."""
        return self.number - other.number if self.letter == other.letter else None

    def __str__(self) -> str:
        if not self.letter:
            return str(self.number)
        return f"{self.letter}{self.number:+d}" if self.number else self.letter


@dataclass(frozen=True)
class Named:
    """An array as it is named.

    Attributes:
        base: its name without marks, "W", "delta".
        gradient: whether it is the gradient of the loss with respect to what is named.
        layer: of which layer it is, where that is said.
        labels: subscripts, flat: "i", "c_in", "col".
        text: name and marks as they are written.
    """

    base: str
    gradient: bool = False
    layer: Layer | None = None
    labels: tuple[str, ...] = ()
    text: str = ""

    @property
    def shown(self) -> str:
        """The array for print: its name and its layer, a gradient as ∂L/∂name."""
        base = GREEK.get(self.base, self.base)
        layer = f"^{{{self.layer}}}" if self.layer and len(str(self.layer)) > 1 else ""
        if self.layer and not layer:
            layer = f"^{self.layer}"
        if self.gradient and self.base not in DELTAS and not self.text.startswith("∂"):
            return self.text
        return f"∂L/∂{base}{layer}" if self.gradient and self.base not in DELTAS else base + layer

    @property
    def key(self) -> tuple[str, bool, Layer | None]:
        """What makes it another array; labels pick parts of one."""
        return (self.base, self.gradient, self.layer)


def told_role(array: Named, told: Told) -> str | None:
    """Return the role of an array that was said; of a gradient, that of what it belongs to."""
    for name in (array.text, array.base, _stem(array.base)):
        said = told.names.get(name, "")
        if array.gradient and said in GRADIENTS:
            return GRADIENTS[said]
        if said in TOLD and not (array.gradient and array.base in DELTAS):
            return TOLD[said]
    return None


def bare(node: Any) -> Any:
    """Return a node without brackets that only hold together."""
    while True:
        match node:
            case Group(items=(inner,)) | SetOf(items=(inner,), conditions=()):
                node = inner
            case _:
                return node


def named(node: Any, told: Told) -> Named | None:
    """Return the array that a node names, or None if it names none."""
    node = bare(node)
    match node:
        case Partial(of=of, by=by):
            inner = named(by, told)
            if inner is None or inner.gradient or not is_loss(of, told):
                return None
            return replace(inner, gradient=True, text=f"∂{flat(of)}/∂{inner.text}")
        case Differential(operand=operand):
            inner = named(operand, told)
            if inner is None or inner.gradient:
                return None
            return replace(inner, gradient=True, text=f"∂{inner.text}")
        case Run() if not _is_name(node, told):
            return None
        case Name() | Run():
            return _by_text(node.text, spelled(node), told)
        case Marked(base=Name() | Run() | Words() as base, marks=marks):
            found = _by_text(base.text, flat(node), told)
            return _marked(found, marks) if found else None
    return None


def _stem(text: str) -> str:
    """Return a name without a label that says how it is laid out, X_perm."""
    stem, _, label = text.partition("_")
    return stem if label in LAYOUTS else text


def is_loss(node: Any, told: Told) -> bool:
    """Return whether a node may be the loss: one of its usual names, or a function of arrays."""
    node = bare(node)
    if isinstance(node, Marked) and node.marks[-1].kind == "paren":
        node = node.base
    base = node.base if isinstance(node, Marked) else node
    if not isinstance(base, Name | Run | Words):
        return False
    return base.text in LOSSES or told.names.get(flat(node)) == "loss"


def with_losses(statements: Sequence[Statement], told: Told) -> Told:
    """Return what is told, and that a name is the loss that only others are derived by.

    In ∂z/∂F = φ(x)^T ∂z/∂Y it is z: it stands on top of several derivatives and nowhere else.
    """
    tops: dict[str, set[str]] = {}
    others: set[str] = set()
    for node in walk(tuple(statements)):
        if isinstance(node, Partial):
            tops.setdefault(flat(node.of), set()).add(flat(node.by))
            others |= {name.text for name in walk(node.by) if isinstance(name, Name)}
    names = {
        top: "loss"
        for top, by in tops.items()
        if len(by) > 1 and top not in others and top not in told.names
    }
    return replace(told, names={**told.names, **names}) if names else told


def _by_text(text: str, written: str, told: Told) -> Named | None:
    said = told.names.get(written) or told.names.get(text) or told.names.get(_stem(text))
    if said in GRADIENTS:
        gradient = GRADIENT_NAME.match(text)
        base = gradient.group(1) if gradient else text
        return Named(base, gradient=True, text=written)
    if text in GRADIENT_WORDS:
        return Named(GRADIENT_WORDS[text], gradient=True, text=written)
    if text in DELTAS:
        return Named(text, gradient=True, text=written)
    if text.endswith("_bar"):
        return Named(text.removesuffix("_bar"), gradient=True, text=written)
    gradient = GRADIENT_NAME.match(text)
    if gradient:
        return Named(gradient.group(1), gradient=True, text=written)
    if not re.match(r"^[^\W\d]", text):
        return None
    return Named(text, text=written)


def _is_name(run: Run, told: Told) -> bool:
    """Return whether letters side by side are one name: a known word, dX, or one that was said."""
    text = run.text
    known = text in WORDS or text.lower() in WORDS or text in told.names
    usual = min(prior(text, role) for role in (KERNEL, INPUT, OUTPUT)) < FAR
    digits = text[1:].isdigit()
    return known or usual or digits or bool(GRADIENT_NAME.match(text)) or text in GRADIENT_WORDS


def _marked(found: Named, marks: tuple[Mark, ...]) -> Named | None:
    labels: list[str] = []
    layer = found.layer
    for mark in marks:
        texts = [flat(item) for item in mark.items]
        single = layer_of(mark.items[0]) if len(mark.items) == 1 else None
        if mark.kind == "sup" and texts and texts[0] in TRANSPOSES:
            return None
        if mark.kind == "sup":
            if single is not None and layer is None:
                layer = single
            elif not _is_decoration(texts):
                labels += texts
        elif mark.kind in ("sub", "bracket") and single and _says_layer(single, found, mark.kind):
            layer = layer or single
        elif mark.kind in ("sub", "bracket"):
            labels += [part for text in mark.items for part in _split(text)]
        elif mark.kind == "paren" and single is not None and len(marks) == 1:
            layer = single
        elif mark.kind == "paren" and _are_indices(mark.items):
            labels += texts
        else:
            return None
    if found.base in DELTAS and layer is None and len(labels) == 1 and _is_array(labels[0]):
        return Named(labels[0], gradient=True, text=found.text)
    return replace(found, layer=layer, labels=tuple(labels))


def _is_array(label: str) -> bool:
    """Return whether a label of delta is the array that it belongs to: delta_Y."""
    return min(prior(label, role) for role in (KERNEL, INPUT, OUTPUT)) == 0.0


def _are_indices(items: tuple[Any, ...]) -> bool:
    """Return whether brackets hold indices, (i, j) or (C_out_j), rather than an argument."""
    return (
        bool(items)
        and all(map(_is_index, items))
        and (len(items) > 1 or isinstance(items[0], Marked) or flat(items[0]) in INDICES)
    )


def _is_index(item: Any) -> bool:
    """Return whether an item may be an index: one or two letters, with subscripts, or a slice."""
    match item:
        case Slice():
            return True
        case Name(text=text):
            return len(text) <= 2
        case Run():
            return len(item.letters) <= 2
        case Marked(base=base, marks=marks):
            return all(mark.kind == "sub" for mark in marks) and _is_index(base)
    return False


def _is_decoration(texts: list[str]) -> bool:
    return len(texts) == 1 and not texts[0].strip("*'")


def _says_layer(layer: Layer, array: Named, kind: str) -> bool:
    if layer.letter in ("l", "L"):
        return True
    return kind == "sub" and array.base in DELTAS and not layer.letter


def _split(item: Any) -> list[str]:
    """Return the labels of a subscript; ij are two."""
    if isinstance(item, Run) and (not item.text.isalpha() or item.text in WORDS):
        return [item.text]
    if isinstance(item, Run) and len(item.letters) <= 3:
        return [letter.text for letter in item.letters]
    return [flat(item)]


def layer_of(node: Any) -> Layer | None:
    """Return the layer that a mark stands for: l, l-1, (l), [l], 2; None for anything else."""
    node = bare(node)
    if isinstance(node, Integer):
        return Layer("", node.value) if node.value < 100 else None
    if isinstance(node, Juxtaposed | Transposed) or not isinstance(node, Node):
        return None
    text = flat(node).strip("[]()")
    match = LAYER_NUMBER.match(text)
    if not match or not text:
        return None
    if match.group(3):
        return Layer("", int(match.group(3)))
    if not match.group(1) or (not match.group(2) and match.group(1) not in LAYER_LETTERS):
        return None
    return Layer(match.group(1), int(match.group(2) or 0))
