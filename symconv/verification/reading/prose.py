r"""What the prose of an article says of its names: "where $F$ is the filter and $s$ the stride".

A sentence is a row of elements (see reading.sentences); what it says is told by patterns over the
signs of the elements, which all languages share. Only plain statements count: a name, a word for
"is", a role. What is negated, or about another layer, says nothing, and a name alone never does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from types import MappingProxyType
from typing import Final, TypeAlias

from symconv.verification.reading.languages import Language
from symconv.verification.reading.languages.language import words
from symconv.verification.reading.roles import ARRAYS, ROLES
from symconv.verification.reading.sentences import Element, Sentence, sentences

MAX_PROSE: Final = 400_000
FACTS: Final = MappingProxyType({"stride": 1, "padding": 0, "dilation": 1, "groups": 1})
_NONE: Mapping[str, str] = MappingProxyType({})

Said: TypeAlias = tuple[str, str, bool]  # name, role, whether the name was marked as one


@dataclass(frozen=True)
class ProseSays:
    """What a piece of prose says.

    Attributes:
        names: name as it is written -> role.
        sentences: name, "index_base", "true_convolution" or a key of facts -> the sentence.
        index_base: what indices start from; None: not said.
        true_convolution: whether the kernel is turned round; None: not said.
        facts: "stride", "padding", "dilation", "groups" -> a number that it is said to be.
        bare: the names that were not between dollars or in code.
    """

    names: Mapping[str, str] = field(default_factory=lambda: _NONE)
    sentences: Mapping[str, str] = field(default_factory=lambda: _NONE)
    index_base: int | None = None
    true_convolution: bool | None = None
    facts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    bare: frozenset[str] = frozenset()


def told_by_prose(prose: str) -> ProseSays:
    r"""Return what a piece of prose says of the names of formulas.

    Of two statements about one name the later counts, unless only the earlier marked it as a name.

    Example:
        >>> says = told_by_prose(r"Here $F$ is the filter, $s$ the stride; indices start at 1.")
        >>> dict(says.names), says.index_base
        ({'F': 'kernel', 's': 'stride'}, 1)
    """
    known: dict[str, str] = {}
    parts = []
    for sentence in sentences(prose[:MAX_PROSE]):
        parts.append(_said_by(sentence, known))
        known.update(parts[-1].names)
    return merged(parts)


def merged(parts: Iterable[ProseSays]) -> ProseSays:
    """Return what pieces of prose say together; of two statements the later counts."""
    names: dict[str, str] = {}
    sources: dict[str, str] = {}
    facts: dict[str, int] = {}
    spelled: dict[str, str] = {}
    bare: set[str] = set()
    base: int | None = None
    flips: bool | None = None
    for part in parts:
        for name, role in part.names.items():
            old = spelled.get(_plain(name))
            if old is not None:
                if name in part.bare and old not in bare:
                    continue
                names.pop(old, None)
                sources.pop(old, None)
                bare.discard(old)
            spelled[_plain(name)] = name
            names[name] = role
            sources[name] = part.sentences.get(name, "")
            bare |= {name} & part.bare
        facts.update(part.facts)
        base = base if part.index_base is None else part.index_base
        flips = flips if part.true_convolution is None else part.true_convolution
        others = part.sentences.keys() - part.names.keys()
        sources.update({key: part.sentences[key] for key in sorted(others)})
    return ProseSays(
        MappingProxyType(names), MappingProxyType(sources), base, flips,
        MappingProxyType(facts), frozenset(bare),
    )  # fmt: skip


def _plain(name: str) -> str:
    """Return a name without what does not change it: braces around scripts, spaces, fonts."""
    return re.sub(
        r"[{}\s]|\\(?:mathbf|mathcal|mathrm|boldsymbol|text|mathit|rm|bf)(?![a-z])", "", name
    )


def _said_by(sentence: Sentence, known: Mapping[str, str]) -> ProseSays:
    base, flips = _conventions(sentence)
    names: dict[str, str] = {}
    bare: set[str] = set()
    shaped = _with_dimensions(sentence)
    if _is_silent(shaped):
        shaped = replace(shaped, elements=())
    for name, role, marked in chain(_names(shaped), _shapes(shaped.elements, shaped.signs, known)):
        if name in names and not marked and name not in bare:
            continue
        names[name] = role
        bare.discard(name)
        if not marked:
            bare.add(name)
    facts = dict(_facts(shaped))
    keys = [*names, *facts]
    keys += ["index_base"] * (base is not None) + ["true_convolution"] * (flips is not None)
    sources = dict.fromkeys(keys, sentence.text)
    return ProseSays(
        MappingProxyType(names), MappingProxyType(sources), base, flips,
        MappingProxyType(facts), frozenset(bare),
    )  # fmt: skip


def _is_silent(sentence: Sentence) -> bool:
    """Return whether there is nothing in a sentence to be told."""
    return not re.search("[rR]", sentence.signs)


# The first index and the flip


def _conventions(sentence: Sentence) -> tuple[int | None, bool | None]:
    language, text = sentence.language, sentence.words
    base = _which(text, language, ("zero_based", "one_based"))
    flips = _which(text, language, ("unflipped", "flipped"))
    return base, None if flips is None else bool(flips)


def _which(text: str, language: Language, attributes: tuple[str, str]) -> int | None:
    """Return which of two things is said, 0 or 1; None for neither or both."""
    found = [_says(text, getattr(language, attribute)) for attribute in attributes]
    if attributes[0] == "unflipped" and found[0]:
        return 0
    return found.index(True) if sum(found) == 1 else None


def _says(text: str, patterns: tuple[str, ...]) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


# Height and width of …


_OF_ARRAY: Final = re.compile(r"D(?:(?:c?a|c)f*D)*Ff*[rR]")
_ARRAY_AND: Final = re.compile(r"[rR](?:(?:c?a|c)f*D)+")
_AND_ARRAY: Final = re.compile(r"(?:Df*(?:c?a|c)f*)+[rR]")
_SHORT: Final = ("kernel", "input", "output", "stride", "dilation", "padding")


def _with_dimensions(sentence: Sentence) -> Sentence:
    """Return a sentence in which "height and width of the input" are two roles."""
    elements = list(sentence.elements)
    elements = _replaced(elements, _OF_ARRAY, _before)
    elements = _replaced(elements, _AND_ARRAY, lambda part: _behind(part[::-1])[::-1])
    elements = _replaced(elements, _ARRAY_AND, _behind)
    return replace(sentence, elements=tuple(elements))


def _replaced(
    elements: list[Element],
    pattern: re.Pattern[str],
    change: Callable[[list[Element]], list[Element]],
) -> list[Element]:
    signs = "".join(element.sign for element in elements)
    for found in reversed(list(pattern.finditer(signs))):
        elements[found.start() : found.end()] = change(elements[found.start() : found.end()])
    return elements


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


# Names


_N: Final = "[nb]"
_LIST: Final = rf"{_N}(?:(?:c?a|c)f*{_N})*"
_ROLES: Final = r"[rR](?:(?:c?a|c)f*[rR](?!f*[nbmlLd(|]))*"
_IS: Final = r"f*[lL|][lL|f]*"
_NAMES: Final = re.compile(
    rf"(?P<def>{_LIST}){_IS}(?:mf*)?(?P<def_roles>{_ROLES})"
    rf"|(?P<paren>{_N})\(f*(?P<paren_role>[rR])(?=[)cF])"
    rf"|(?P<bare>{_LIST})f*(?:mf*)?(?P<bare_role>[rR])"
    rf"|(?P<denoted>{_N})(?:[lt]f*)+(?P<denoted_role>[rR])"
    rf"|(?P<by_role>[rR])t(?P<by>{_N})"
    rf"|(?P<told_roles>{_ROLES}){_IS}t?(?P<told>{_LIST})(?!\()"
    rf"|(?P<apposed_role>[rR])(?P<of>F?)\(?f?(?P<apposed>{_N}(?:(?:c?a|c){_N}(?!f*[lLrR(|m]))*)"
)


def _names(sentence: Sentence) -> Iterator[Said]:
    """Yield what a sentence says of its names."""
    elements, signs = sentence.elements, sentence.signs
    place = 0
    while found := _NAMES.search(signs, place):
        place = max(found.end(), found.start() + 1)
        kind = next(
            key
            for key in ("def", "paren", "bare", "denoted", "by", "told", "apposed")
            if found[key]
        )
        if _is_taken_back(signs, found.start(), found.end()):
            continue
        said = list(_SAYS[kind](elements, signs, found))
        if not said and kind in ("def", "bare", "told"):
            place = found.start() + 1
        yield from said


def _is_taken_back(signs: str, start: int, end: int) -> bool:
    """Return whether a "not" stands before, or in the same clause."""
    if "x" in signs[:start].rpartition(";")[2] and "x" in signs[:end]:
        before = signs[:start].rfind("x")
        if "c" not in signs[before:start] or "a" in signs[before:start].split("c")[-1]:
            return True
    clause = re.split("c", signs[:start])[-1] + signs[start:end] + re.split("c", signs[end:])[0]
    near = re.split("[ca]", signs[:start])[-1] + signs[start:end] + re.split("[ca]", signs[end:])[0]
    return "x" in clause or "y" in near


def _listed(elements: tuple[Element, ...], found: re.Match[str], group: str) -> list[Element]:
    start, end = found.span(group)
    return [element for element in elements[start:end] if element.sign in "nbrR"]


def _defined(elements: tuple[Element, ...], signs: str, found: re.Match[str]) -> Iterator[Said]:
    """Yield what "x and w are the input and the kernel" says."""
    names, roles = (_listed(elements, found, group) for group in ("def", "def_roles"))
    if not ends(elements, signs, found.end() - 1):
        return
    if len(roles) > 1 and len(names) == 1 and len(names[0].names) == len(roles):
        names = [replace(names[0], names=(name,)) for name in names[0].names]
    if len(roles) > 1 and len(roles) == len(names):
        for name, role in zip(names, roles, strict=True):
            yield from _each([name], role.role)
        return
    joined = signs[found.start("def") : found.end("def")]
    linked = signs[found.end("def") : found.start("def_roles")]
    if len(names) > 1 and "a" not in joined and "L" not in linked and roles[0].sign == "r":
        names = names[-1:]
    if len({role.role for role in roles}) == 1:
        yield from _each(names, roles[0].role)


def _in_brackets(elements: tuple[Element, ...], signs: str, found: re.Match[str]) -> Iterator[Said]:
    """Yield what "x (input)" says."""
    role = elements[found.start("paren_role")]
    if ends(elements, signs, found.start("paren_role")):
        yield from _each([elements[found.start("paren")]], role.role)


def _without_verb(
    elements: tuple[Element, ...], signs: str, found: re.Match[str]
) -> Iterator[Said]:
    """Yield what ", s the stride" and "p padding" say."""
    role = elements[found.start("bare_role")]
    names = _listed(elements, found, "bare")
    counts = role.sign == "R" and role.role in ARRAYS
    if not begins(signs, found.start()) or not ends(elements, signs, found.end() - 1):
        return
    joined = "a" in signs[found.start("bare") : found.end("bare")] or role.sign == "R"
    filled = "f" in signs[found.end("bare") : found.start("bare_role")]
    if (filled or not counts) and (len(names) == 1 or joined or role.role not in ARRAYS):
        yield from _each(names, role.role)


def _denoted(elements: tuple[Element, ...], signs: str, found: re.Match[str]) -> Iterator[Said]:
    role = elements[found.start("denoted_role")]
    if ends(elements, signs, found.end() - 1):
        yield from _each([elements[found.start("denoted")]], role.role)


_DENOTE: Final = re.compile(r"denot|bezeichn|\bnot[eo]|обознач|design|désign|call|write")


def _by(elements: tuple[Element, ...], signs: str, found: re.Match[str]) -> Iterator[Said]:
    """Yield what "we denote the stride by s" says."""
    before = " ".join(element.text for element in elements[: found.start()])
    if _DENOTE.search(before) and begins(signs, found.start("by_role"), loose=True):
        yield from _each([elements[found.start("by")]], elements[found.start("by_role")].role)


def _told(elements: tuple[Element, ...], signs: str, found: re.Match[str]) -> Iterator[Said]:
    """Yield what "the stride is s" says."""
    roles, names = (_listed(elements, found, group) for group in ("told_roles", "told"))
    if not begins(signs, found.start("told_roles"), loose=True) or any(
        name.shape for name in names
    ):
        return
    behind = signs[found.end() : found.end() + 1]
    if behind not in ("", "c", "a", ")", "F", "(", "|", "x", "t") and names[-1].sign == "b":
        return
    if behind in ("l", "L"):
        names = names[:-1] if len(names) > 1 else []
    if len(roles) > 1 and len(names) == 1:
        names = [replace(names[0], names=(name,)) for name in names[0].names]
    if len(roles) > 1 and len(roles) == len(names):
        for name, role in zip(names, roles, strict=True):
            yield from _each([name], role.role)
    elif len(roles) == 1:
        plural = roles[0].sign == "R"
        yield from _each(names if plural else names[:1], roles[0].role)


def _apposed(elements: tuple[Element, ...], signs: str, found: re.Match[str]) -> Iterator[Said]:
    """Yield what "stride s" and "a padding of p" say."""
    role = elements[found.start("apposed_role")]
    names = _listed(elements, found, "apposed")
    if role.sign == "r" and len(names) > 1:
        names = names[:1]
    if not _may_be_apposed(role, names, of=bool(found["of"])):
        return
    if signs[found.end() : found.end() + 1] in ("n", "b", "m"):
        return
    if role.sign == "r" or role.role not in ARRAYS or len(names) == 1:
        yield from _each(names, role.role)


def _may_be_apposed(role: Element, names: list[Element], *, of: bool) -> bool:
    parts = role.text.split()
    if of and (role.role in ARRAYS or role.role == "index"):
        return False
    if re.search(r"\b(?:of|du|de|des|del|der|von|la|l')\b|的|の|의 ", role.text) and not re.match(
        r"number|amount|nombre|número|cantidad|anzahl|zahl", role.text
    ):
        return False
    if role.role in ("input channels", "output channels", "groups", "batch size") and (
        role.sign == "r" and "number" not in parts and len(parts) > 1 and parts[0] not in _COUNTS
    ):
        return False
    return all(not name.shape or role.role in ARRAYS for name in names)


_COUNTS: Final = ("nombre", "número", "anzahl", "zahl", "число", "количество", "cantidad", "batch")


def _each(names: list[Element], role: str) -> Iterator[Said]:
    for element in names:
        for name in element.names:
            yield name, role, element.sign == "n"


_SAYS: Final = MappingProxyType(
    {
        "def": _defined,
        "paren": _in_brackets,
        "bare": _without_verb,
        "denoted": _denoted,
        "by": _by,
        "told": _told,
        "apposed": _apposed,
    }
)


def begins(signs: str, place: int, *, loose: bool = False) -> bool:
    """Return whether what stands at a place is the beginning of a clause."""
    before = signs[:place].rstrip("f")
    if before[-1:] in ("l", "L"):  # "dabei bezeichnet s die Schrittweite"
        return loose or before[-2:-1] in ("t", "c", "a", "")
    return before[-1:] in ("", "c", "a", "t", "(", "|") or (loose and before[-1:] in (")", "w"))


_LAYERS: Final = frozenset(
    words(
        "layer, convolution, convolutional, conv, operation, operator, cross, correlation, size, "
        "shape, width, height, dimension, dimensions, length, type"
    )
)


def ends(elements: tuple[Element, ...], signs: str, place: int) -> bool:
    """Return whether a role ends a noun: not "kernel index", not "output of the activation"."""
    behind = signs[place + 1 : place + 2]
    if behind in ("", "c", "a", ")", "(", "|", "o", "u", "t", "m", "M", "d"):
        return True
    if behind in ("n", "b"):
        return signs[place + 2 : place + 3] in ("l", "L", "") and elements[place + 1].sign == "n"
    if behind == "F":
        return elements[place].role not in ARRAYS or _may_follow(elements, signs, place + 1)
    return behind in ("l", "L") and signs[place + 2 : place + 3] != "w"


_OF: Final = frozenset(("of", "de", "du", "des", "del", "der", "von", "d'"))


def _may_follow(elements: tuple[Element, ...], signs: str, place: int) -> bool:
    """Return whether what follows "of" leaves an array what it is: the layer, a size, a name."""
    if elements[place].text not in _OF:
        return True
    rest = place + 1
    while signs[rest : rest + 1] == "f":
        rest += 1
    if rest >= len(elements):
        return True
    return elements[rest].sign in "nbdmD" or elements[rest].text in _LAYERS


# Shapes


_IMAGE: Final = re.compile(r"(?P<shape>m)f*(?P<array>[rR])(?P<name>[nb]?)")
_SIZED: Final = re.compile(
    r"(?P<array>[rR])(?P<name>[nb]?)(?:[lLFwf]?[fFDl]*(?P<shape>m)|[lLFfw]{0,3}D[lLFf]{0,2}(?P<tuple>M))"
)
_HAS: Final = re.compile(
    r"(?P<name>[nb])(?:[lLFfwDr]{0,4}?(?P<shape>m)|[lLFfwr]{0,4}D[lLFf]{0,2}(?P<tuple>M))"
)


def _shapes(elements: tuple[Element, ...], signs: str, known: Mapping[str, str]) -> Iterator[Said]:
    """Yield the sizes that "an n×n image", "kernel of size p×q" and "W in R^{k×k}" give."""
    if "x" in signs or "y" in signs:
        return
    roles = known | {name: role for name, role, _ in _plain_names(elements, signs)}
    for element in elements:
        for name in element.names[:1]:
            if element.shape and name in roles:
                yield from _sizes(element.shape, roles[name])
    for found in (*_IMAGE.finditer(signs), *_SIZED.finditer(signs)):
        array = elements[found.start("array")].role
        if found["name"] and found.re is _IMAGE:
            yield from _each([elements[found.start("name")]], array)
        place = found.start("shape") if found["shape"] else found.end() - 1
        yield from _sizes(elements[place].shape, array)
    for found in _HAS.finditer(signs):
        name = elements[found.start("name")].names[0]
        if name in roles:
            yield from _sizes(elements[found.end() - 1].shape, roles[name])
    yield from _of_size(elements, signs)


def _plain_names(elements: tuple[Element, ...], signs: str) -> Iterator[Said]:
    place = 0
    while found := _NAMES.search(signs, place):
        place = max(found.end(), found.start() + 1)
        kind = next(
            key
            for key in ("def", "paren", "bare", "denoted", "by", "told", "apposed")
            if found[key]
        )
        yield from _SAYS[kind](elements, signs, found)


_OF_SIZE: Final = re.compile(r"(?P<array>[rR])[nb]?F(?P<sizes>f*DF?[nb](?:(?:c?a|c)f*DF?[nb])*)")


def _of_size(elements: tuple[Element, ...], signs: str) -> Iterator[Said]:
    """Yield what "an input of height H and width W" says."""
    for found in _OF_SIZE.finditer(signs):
        array, dimension = elements[found.start("array")].role, ""
        for element in elements[found.start("sizes") : found.end("sizes")]:
            if element.sign == "D":
                dimension = element.role
            elif element.sign in "nb" and f"{array} {dimension}" in ROLES:
                yield from _each([element], f"{array} {dimension}")


_CHANNELS: Final = re.compile(r"[Cc]|n_[cC]|\\text\{c")


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


# Facts


_FACT: Final = re.compile(
    r"(?P<role>[rR])[lLFf(]*(?P<number>d)(?![nbw]|a?c?a?d)|(?P<named>[rR])(?P<name>n)|(?<!dl)(?P<lack>o)f*(?P<lacking>[rR])"
    r"|(?P<unit>u)f*(?P<one>[rR])|(?P<first>d)(?P<last>[rR])"
)


def _facts(sentence: Sentence) -> Iterator[tuple[str, int]]:
    """Yield (role, number) of "stride 1", "padding of 2", "no padding", "unit stride"."""
    elements, signs = sentence.elements, sentence.signs
    for found in _FACT.finditer(signs):
        if "x" in signs[: found.start()]:
            continue
        if found["role"]:
            role, number = elements[found.start("role")].role, elements[found.end() - 1].number
        elif found["named"]:
            role, number = elements[found.start("named")].role, elements[found.end() - 1].number
        elif found["lack"]:
            role = elements[found.start("lacking")].role
            number = FACTS.get(role) if ends(elements, signs, found.end() - 1) else None
        elif found["unit"]:
            role, number = elements[found.start("one")].role, 1
        else:
            continue
        if role in FACTS and number is not None:
            yield role, number
