"""Statements about names: "s is the stride", "x (input)", ", s the stride", "stride s".

They are told by patterns over the signs of the elements of a sentence (see reading.elements).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Final, TypeAlias

from symconv.verification.reading.prose.elements import Element
from symconv.verification.reading.prose.languages.language import words
from symconv.verification.reading.prose.sentences import Sentence
from symconv.verification.reading.roles import ARRAYS
from symconv.verification.reading.vocabulary import known_phrases, normal

Said: TypeAlias = tuple[str, str, bool]  # name, role, whether the name was marked as one

_N: Final = "[nb]"
_LIST: Final = rf"{_N}(?:(?:c?a|c)f*{_N})*"
_ROLES: Final = r"[rR](?:(?:c?a|c)f*[rR](?!f*[nbmlLd(|]))*"
_IS: Final = r"f*[lL|][lL|f]*"
_NAMES: Final = re.compile(
    rf"(?P<def>{_LIST}){_IS}(?:mf*)?(?P<def_roles>{_ROLES})"
    rf"|(?P<paren>{_N})\(f*(?P<paren_role>[rR])(?=[)cF])"
    rf"|(?P<bare>{_LIST})f*(?:mf*)?(?P<bare_roles>{_ROLES})"
    rf"|(?P<denoted>{_N})(?:[lt]f*)+(?P<denoted_role>[rR])"
    rf"|(?P<by_role>[rR])t(?P<by>{_N})"
    rf"|(?P<told_roles>{_ROLES}){_IS}t?(?P<told>{_LIST})(?!\()"
    rf"|(?P<apposed_role>[rR])(?P<of>F?)(?:\((?=f?{_N}\)))?f?(?P<apposed>{_N}(?:(?:c?a|c){_N}(?!f*[lLrR(|m]))*)"
)


def names_in(sentence: Sentence) -> Iterator[Said]:
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
        if not _is_whole(elements, signs, found):
            continue
        said = list(_SAYS[kind](elements, signs, found))
        if not said and kind in ("def", "bare", "told"):
            place = found.start() + 1
        yield from said


def _is_taken_back(signs: str, start: int, end: int) -> bool:
    """Return whether a "not" stands in the same clause, or another layer is meant."""
    clause = signs[:start].split("c")[-1] + signs[start:end] + signs[end:].split("c")[0]
    before, behind = re.split("[ca]", signs[:start])[-1], re.split("[ca]", signs[end:])[0]
    return "x" in clause or "y" in before + signs[start:end] + behind


def _is_whole(elements: tuple[Element, ...], signs: str, found: re.Match[str]) -> bool:
    """Return whether nothing around a statement takes it back or makes it part of a formula."""
    start, end = found.span()
    if _is_taken_back(signs, start, end) or not _is_cell(signs, start, end):
        return False
    dashed = any(element.text in _DASHES for element in elements[start:end])
    return not dashed or begins(elements, signs, start)


_DASHES: Final = ("-", "–", "—")


def _is_cell(signs: str, start: int, end: int) -> bool:
    """Return whether what stands between two places is whole cells of a table, or no cells."""
    if "|" not in signs[start:end]:
        return True
    return signs[:start][-1:] in ("", "|") and signs[end : end + 1] in ("", "|")


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
        yield from _paired(names, roles)
        return
    joined = signs[found.start("def") : found.end("def")]
    linked = signs[found.end("def") : found.start("def_roles")]
    if len(names) > 1 and "a" not in joined and "L" not in linked and roles[0].sign == "r":
        names = names[-1:]
    if len({role.role for role in roles}) == 1:
        yield from each(names, roles[0].role)


def _in_brackets(elements: tuple[Element, ...], signs: str, found: re.Match[str]) -> Iterator[Said]:
    """Yield what "x (input)" says."""
    role = elements[found.start("paren_role")]
    if ends(elements, signs, found.start("paren_role")):
        yield from each([elements[found.start("paren")]], role.role)


def _without_verb(
    elements: tuple[Element, ...], signs: str, found: re.Match[str]
) -> Iterator[Said]:
    """Yield what ", s the stride" and "p padding" say."""
    names, roles = (_listed(elements, found, group) for group in ("bare", "bare_roles"))
    if not begins(elements, signs, found.start()) or not ends(elements, signs, found.end() - 1):
        return
    if len(roles) > 1:
        if len(roles) == len(names):
            yield from _paired(names, roles)
        return
    role = roles[0]
    if re.match(r"a[nb][rR]", signs[found.end() :]) and signs[found.end() - 2] in "nb":
        return  # "C input and K output channels"
    counts = role.sign == "R" and role.role in ARRAYS
    joined = "a" in signs[found.start("bare") : found.end("bare")] or role.sign == "R"
    filled = "f" in signs[found.end("bare") : found.start("bare_roles")]
    if (filled or not counts) and (len(names) == 1 or joined or role.role not in ARRAYS):
        yield from each(names, role.role)


def _denoted(elements: tuple[Element, ...], signs: str, found: re.Match[str]) -> Iterator[Said]:
    role = elements[found.start("denoted_role")]
    if ends(elements, signs, found.end() - 1):
        yield from each([elements[found.start("denoted")]], role.role)


_DENOTE: Final = re.compile(
    r"denot|bezeichn|\bnot(?:e|er|ons|amos|ado|ada|é|ée)\b|обознач|design|désign|\bcall\b|write"
)
_BY: Final = ("by", "par", "por", "mit", "durch", "through", "через", "with")


def _by(elements: tuple[Element, ...], signs: str, found: re.Match[str]) -> Iterator[Said]:
    """Yield what "we denote the stride by s" says."""
    before = " ".join(element.text for element in elements[: found.start()])
    by = elements[found.start("by") - 1].text
    if (
        by in _BY
        and _DENOTE.search(before)
        and begins(elements, signs, found.start("by_role"), loose=True)
    ):
        yield from each([elements[found.start("by")]], elements[found.start("by_role")].role)


def _told(elements: tuple[Element, ...], signs: str, found: re.Match[str]) -> Iterator[Said]:
    """Yield what "the stride is s" says."""
    roles, names = (_listed(elements, found, group) for group in ("told_roles", "told"))
    start, link = found.start("told_roles"), elements[found.end("told_roles")].text
    listed = link in ("=", ":", "：") and signs[:start][-1:] in ("n", "b", "m", "M", "d")
    if not (listed or begins(elements, signs, start, loose=True)):
        return
    if any(name.shape for name in names):
        return
    behind = signs[found.end() : found.end() + 1]
    if behind in "rR" and signs[found.end() + 1 : found.end() + 2] in ("l", "L", "n", "b"):
        behind = ""
    if behind not in ("", "c", "a", ")", "F", "(", "|", "x", "t") and names[-1].sign == "b":
        return
    if behind in ("l", "L"):
        names = names[:-1] if len(names) > 1 else []
    if len(roles) > 1 and len(names) == 1:
        names = [replace(names[0], names=(name,)) for name in names[0].names]
    if len(roles) > 1 and len(roles) == len(names):
        yield from _paired(names, roles)
    elif len(roles) == 1:
        plural = roles[0].sign == "R"
        yield from each(names if plural else names[:1], roles[0].role)


def _apposed(elements: tuple[Element, ...], signs: str, found: re.Match[str]) -> Iterator[Said]:
    """Yield what "stride s" and "a padding of p" say."""
    role, place = elements[found.start("apposed_role")], found.start("apposed_role")
    names = _listed(elements, found, "apposed")
    if role.sign == "r" and len(names) > 1:
        names = names[:1]
    if place and elements[place - 1].text == "to":  # "to filter x"
        return
    if found["of"] and elements[place + 1].text not in OF:
        return
    if not _may_be_apposed(role, names, of=bool(found["of"])):
        return
    if signs[found.end() : found.end() + 1] in ("n", "b", "m"):
        return
    if role.sign == "r" or role.role not in ARRAYS or len(names) == 1:
        yield from each([name for name in names if not _says_otherwise(name, role.role)], role.role)


def _says_otherwise(name: Element, role: str) -> bool:
    """Return whether a name is a word for another role: "padding input"."""
    said = known_phrases().get(normal(name.names[0]))
    return said is not None and said != role


def _is_long(name: Element) -> bool:
    """Return whether a name is a word, such as the name of a function."""
    return (
        len(re.split(r"[_^(\[{]", name.names[0].lstrip("\\"))[0]) > 3 and name.names[0][0] != "\\"
    )


def _may_be_apposed(role: Element, names: list[Element], *, of: bool) -> bool:
    parts = role.text.split()
    if of and (role.role in (*ARRAYS, "index") or any(map(_is_long, names))):
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


def _paired(names: list[Element], roles: list[Element]) -> Iterator[Said]:
    for name, role in zip(names, roles, strict=True):
        yield from each([name], role.role)


def each(names: list[Element], role: str) -> Iterator[Said]:
    """Yield that each name of some elements has a role."""
    for element in names if role else ():
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


def begins(elements: tuple[Element, ...], signs: str, place: int, *, loose: bool = False) -> bool:
    """Return whether what stands at a place is the beginning of a clause.

    Args:
        elements: the elements of the sentence.
        signs: their signs.
        place: the place.
        loose: whether a verb or a preposition other than "of" may stand before it, too.
    """
    before = signs[:place].rstrip("f")
    last = before[-1:]
    if last in ("l", "L"):  # "dabei bezeichnet s die Schrittweite"
        return loose or before[-2:-1] in ("t", "c", "a", "")
    if last == "F":
        return loose and elements[len(before) - 1].text not in OF
    return last in ("", "c", "a", "t", "(", "|") or (loose and last in (")", "w"))


LAYERS: Final = frozenset(
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
    return behind in ("l", "L") and signs[place + 2 : place + 3] in ("", "c", "a", ")")


OF: Final = frozenset(("of", "de", "du", "des", "del", "der", "von", "d'"))


def _may_follow(elements: tuple[Element, ...], signs: str, place: int) -> bool:
    """Return whether what follows "of" leaves an array what it is: the layer, a size, a name."""
    if elements[place].text not in OF:
        return True
    rest = place + 1
    while signs[rest : rest + 1] == "f":
        rest += 1
    if rest >= len(elements):
        return True
    return elements[rest].sign in "nbdmD" or elements[rest].text in LAYERS
