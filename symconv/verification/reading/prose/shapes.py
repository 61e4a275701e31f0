"""Sizes that shapes give: "an n×n image", "W in R^{k×k}", "height and width of the input"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from symconv.verification.reading.prose.elements import Element
from symconv.verification.reading.prose.sentences import Sentence
from symconv.verification.reading.prose.statements import LAYERS, OF, Said, each, names_in
from symconv.verification.reading.roles import ROLES

_OF_ARRAY: Final = re.compile(r"D(?:(?:c?a|c)f*D)*Ff*[rR]")
_ARRAY_AND: Final = re.compile(r"[rR](?:(?:c?a|c)f*D)+")
_AND_ARRAY: Final = re.compile(r"(?:Df*(?:c?a|c)f*)+[rR]")
_INPUT_AND: Final = re.compile(r"[rR]a[rR]")
_SHORT: Final = ("kernel", "input", "output", "stride", "dilation", "padding")


def with_dimensions(sentence: Sentence) -> Sentence:
    """Return a sentence in which "height and width of the input" are two roles."""
    elements = _without_layer(list(sentence.elements))
    elements = _replaced(elements, _INPUT_AND, _both)
    elements = _replaced(elements, _OF_ARRAY, _before)
    elements = _replaced(elements, _AND_ARRAY, lambda part: _behind(part[::-1])[::-1])
    elements = _replaced(elements, _ARRAY_AND, _behind)
    return replace(sentence, elements=tuple(elements))


_OF_LAYER: Final = re.compile(r"(?<=[rR])Ff*w+(?![nbw])")


def _without_layer(elements: list[Element]) -> list[Element]:
    """Return the elements without "of the convolution layer" behind a role."""
    signs = "".join(element.sign for element in elements)
    for found in reversed(list(_OF_LAYER.finditer(signs))):
        part = elements[found.start() : found.end()]
        if part[0].text in OF and all(e.text in LAYERS for e in part if e.sign == "w"):
            del elements[found.start() : found.end()]
    return elements


def _replaced(
    elements: list[Element],
    pattern: re.Pattern[str],
    change: Callable[[list[Element]], list[Element]],
) -> list[Element]:
    signs = "".join(element.sign for element in elements)
    for found in reversed(list(pattern.finditer(signs))):
        elements[found.start() : found.end()] = change(elements[found.start() : found.end()])
    return elements


def _both(part: list[Element]) -> list[Element]:
    """Return "input and output channels" as two roles of the same kind."""
    first, join, last = part
    array, _, kind = last.role.partition(" ")
    role = f"{first.role} {kind}"
    if first.role in _SHORT[:3] and array in _SHORT[:3] and kind and role in ROLES:
        return [replace(first, role=role), join, last]
    return part


def _before(part: list[Element]) -> list[Element]:
    """Return the roles of "height and width of the input"."""
    array = part[-1].role
    if array not in _SHORT[:3]:
        return part
    changed = [_sized(element, array) for element in part]
    last = max(place for place, element in enumerate(changed) if element.sign == "r")
    return changed[: last + 1] if part[-1].sign in "rR" and last < len(part) - 1 else changed[:-1]


def _behind(part: list[Element]) -> list[Element]:
    array = part[0].role.split(" ")[0]
    if array not in _SHORT or " " not in part[0].role:
        return part
    return [_sized(element, array) for element in part]


def _sized(element: Element, array: str) -> Element:
    role = f"{array} {element.role}"
    return (
        replace(element, sign="r", role=role) if element.sign == "D" and role in ROLES else element
    )


_IMAGE: Final = re.compile(r"(?P<shape>m)[lLf]*(?P<array>[rR])(?P<name>[nb]?)")
_SIZED: Final = re.compile(
    r"(?P<array>[rR])(?P<name>[nb]?)(?:[lLFwf]?[fFDl]*(?P<shape>m)|[lLFfw]{0,3}D[lLFf]{0,2}(?P<tuple>M))"
    r"|(?P<size>[rR])[lLf]+(?P<pair>M)"
)
_HAS: Final = re.compile(
    r"(?P<name>[nb])(?:[lLFfwDrc]{0,4}?(?P<shape>m)|[lLFfwrc]{0,4}D[lLFf]{0,2}(?P<tuple>M))"
)


def shapes_in(sentence: Sentence, known: Mapping[str, str]) -> Iterator[Said]:
    """Yield the sizes that "an n×n image", "kernel of size p×q" and "W in R^{k×k}" give.

    Args:
        sentence: the sentence.
        known: the names of arrays that sentences before have told.
    """
    elements, signs = sentence.elements, sentence.signs
    if "x" in signs or "y" in signs or not re.search("[mMDnb]", signs):
        return
    told = {name: role for name, role, _ in names_in(sentence)}
    roles = {
        name: role
        for element in elements
        for name in element.names[:1]
        if (role := told.get(name) or known.get(name, ""))
    }
    for element in elements:
        if element.shape and element.names and element.names[0] in roles:
            yield from _sizes(element.shape, roles[element.names[0]])
    for found in (*_IMAGE.finditer(signs), *_SIZED.finditer(signs)):
        array = elements[found.start()].role or elements[found.start("array")].role
        if found.re is _IMAGE and found["name"]:
            yield from each([elements[found.start("name")]], array)
        place = found.start("shape") if found["shape"] else found.end() - 1
        if found.re is _IMAGE or found["array"] or array.endswith("size"):
            yield from _sizes(elements[place].shape, array)
    for found in _HAS.finditer(signs):
        name = elements[found.start("name")].names[0]
        if name in roles:
            yield from _sizes(elements[found.end() - 1].shape, roles[name])
    yield from _of_size(elements, signs)


_OF_SIZE: Final = re.compile(
    r"(?P<array>[rR])[nb]?[lL]?F(?P<sizes>f*DF?[nb](?:(?:c?a|c)f*DF?[nb])*)"
)


def _of_size(elements: tuple[Element, ...], signs: str) -> Iterator[Said]:
    """Yield what "an input of height H and width W" says."""
    for found in _OF_SIZE.finditer(signs):
        array, dimension = elements[found.start("array")].role, ""
        for element in elements[found.start("sizes") : found.end("sizes")]:
            if element.sign == "D":
                dimension = element.role
            elif element.sign in "nb":
                role = array if array in _SHORT[3:] else f"{array} {dimension}"
                yield from each([element], role if role in ROLES else "")


_CHANNELS: Final = re.compile(r"[Cc]|n_\{?[cC]|\\text\{c")


def _sizes(shape: tuple[str, ...], array: str) -> Iterator[Said]:
    """Yield the sizes that a shape of an array gives."""
    array = array.removesuffix(" size")
    if array not in _SHORT[:3]:
        return
    channels = [place for place, size in enumerate(shape) if _CHANNELS.match(size)]
    sizes = list(shape)
    if len(shape) in (3, 4) and array == "kernel":
        sizes = _square(sizes)
    elif len(shape) in (3, 4):
        if len(channels) != 1 or (len(shape) == 4 and channels[0] not in (1, 3)):
            return
        if array in ("input", "output"):
            yield sizes.pop(channels[0]), f"{array} channels", True
        if len(shape) == 4:
            yield sizes.pop(0), "batch size", True
    if len(sizes) != 2:
        if len(sizes) == 1 and not sizes[0].isdecimal():
            yield sizes[0], f"{array} size", True
        return
    words = ("size", "size") if sizes[0] == sizes[1] else ("height", "width")
    for size, word in zip(sizes, words, strict=True):
        if not size.isdecimal():
            yield size, f"{array} {word}", True


def _square(sizes: list[str]) -> list[str]:
    """Return the two equal neighbours among the sizes of a kernel, or nothing."""
    for place, size in enumerate(sizes[:-1]):
        if size == sizes[place + 1] and not size.isdecimal():
            return [size, size]
    return []
