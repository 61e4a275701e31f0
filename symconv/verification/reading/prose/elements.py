r"""A piece of a sentence -> its elements: names, roles, links, commas, numbers.

Each has a sign, so that what sentences of all languages have in common can be told by regular
expressions over the signs (see reading.statements):

    n name between dollars or in code    b bare name        r R a role, in plural
    l L is, are                          f article          t where, let, with
    a c and, comma                       d number           m M n×n, (n, n)
    D height, width, size                F of, in, used     o u no, unit
    x y not, previous                    ( ) |              w anything else
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from symconv.verification.reading.prose.languages import Language
from symconv.verification.reading.prose.lexicon import (
    BY_NAME,
    PLURAL_ONLY,
    character_phrases,
    dimension_words,
    role_phrases,
    small_words,
)
from symconv.verification.reading.prose.mathematics import mathematics
from symconv.verification.reading.vocabulary import normal

FIRST_MASK: Final = 0xE000
_TOKENS: Final = re.compile(
    r"""
    (?P<mask>[\ue000-\uf8ff])
  | (?P<cjk>[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+(?:[ ][\uac00-\ud7a3]+)*)
  | (?P<code>\b(?:grad_(?:output|input|weight|bias))\b)
  | (?P<bare>
        (?:\\[A-Za-z]+(?:\{[^{}\s]{1,20}\})?|[A-Za-z][A-Za-z0-9]*|[α-ωΑ-Ωϵϕ])
        (?:[_^](?:\{[^{}]{1,20}\}|[A-Za-z0-9]+))+'*(?:\[[^\][\s]{1,12}\])?
      | \\[A-Za-z]+(?:\{[^{}\s]{1,20}\})?
      | [α-ωΑ-Ωϵϕ](?![α-ωΑ-Ω])
      | (?<![A-Za-zÀ-ÿ])[A-Za-z](?:'+|\([^()\s]{1,12}\)|\[[^\][\s]{1,12}\])(?![A-Za-zÀ-ÿ])
    )
  | (?P<word>[A-Za-zÀ-ɏЀ-ӿµ]+(?:['’](?:[A-Za-zÀ-ɏ]+)?)?[A-Za-z0-9]*)
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<sign>[^\s\w])
    """,
    re.VERBOSE,
)
_NAME_WORD: Final = re.compile(r"[A-Za-z]|[A-Z]{2}|d[A-Z]|[A-Za-z]\d{1,2}")
_SIGNS: Final = MappingProxyType(
    {",": "c", "，": "c", "、": "a", "(": "(", "（": "(", ")": ")", "）": ")", "=": "l", ":": "l",
     "：": "l", "—": "l", "–": "l", "―": "l", "|": "|", "&": "a", "*": "f", "ー": "w"}
)  # fmt: skip
_OPERATOR: Final = re.compile(r"\s?[+*/×·÷<>≤≥∈∗⋅^]|-(?=\S)| [-−] (?=[\dA-Za-z])(?!\w{2})")
_BEHIND_OPERATOR: Final = re.compile(r"[\d+*/×·÷<>≤≥^∗⋅-]\s?$")
_HYPHEN: Final = re.compile(r"(?<=[^\W\d_]{2})-(?=[^\W\d_]{2})")
_ELISION: Final = re.compile(r"\b([ldnLDN])['’](?=\w)")
_OF: Final = (" of", " de", " der", " des", " du")
_MOST_WORDS: Final = 9
_MOST_SIGNS: Final = 12


@dataclass(frozen=True)
class Element:
    """One element of a sentence.

    Attributes:
        sign: its kind, one letter.
        names: the names that stand there.
        role: the role, or the dimension of a D.
        number: the number.
        shape: the sizes of a shape, or of the array that is named.
        text: its words.
    """

    sign: str
    names: tuple[str, ...] = ()
    role: str = ""
    number: int | None = None
    shape: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def elements_of(
    text: str, masked: Sequence[tuple[str, str]], language: Language
) -> Iterator[Element]:
    """Yield the elements of a piece of a sentence.

    Args:
        text: the piece; one character from FIRST_MASK on stands for each piece of mathematics.
        masked: the pieces of mathematics, as they are written and without their dollars.
        language: what its small words are taken from.
    """
    text = _HYPHEN.sub(" ", _ELISION.sub(r"\1' ", text))
    tokens = [
        _Token(str(found.lastgroup), found[0], found.start(), found.end())
        for found in _TOKENS.finditer(text)
    ]
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.kind == "cjk":
            yield from _of_characters(token.text, language)
            place += 1
        elif token.kind in ("word", "code"):
            element, place = _of_words(text, tokens, place, language)
            yield element
        else:
            yield _of_other(text, token, masked)
            place += 1


def _of_other(text: str, token: _Token, masked: Sequence[tuple[str, str]]) -> Element:
    if token.kind == "mask":
        return _of_mathematics(*masked[ord(token.text) - FIRST_MASK])
    if token.kind == "number":
        number = int(token.text) if token.text.isdecimal() and len(token.text) < 7 else None
        glued = text[token.end : token.end + 1] in {*"+-*/×^"} or number is None
        return Element("w" if glued else "d", number=number, text=token.text)
    if token.kind == "bare":
        return _bare(text, token)
    if token.text == "-":
        spaced = text[token.start - 1 : token.start] == " " == text[token.end : token.end + 1]
        return Element("l" if spaced else "w", text=token.text)
    return Element(_SIGNS.get(token.text, "w"), text=token.text)


def _of_mathematics(source: str, inner: str) -> Element:
    said = mathematics(inner)
    if said.names:
        return Element("n", names=said.names, shape=said.shape, number=said.number, text=source)
    if said.shape:
        sign = "M" if inner.strip()[:1] in "([" else "m"
        return Element(sign, shape=said.shape, text=source)
    return Element("w" if said.number is None else "d", number=said.number, text=source)


def _bare(text: str, token: _Token) -> Element:
    glued = _OPERATOR.match(text, token.end) or _BEHIND_OPERATOR.search(
        text[max(token.start - 2, 0) : token.start]
    )
    said = mathematics(token.text)
    if glued or not said.names:
        return Element("w", text=token.text)
    return Element("b", names=said.names, text=token.text)


def _of_words(
    text: str, tokens: list[_Token], place: int, language: Language
) -> tuple[Element, int]:
    """Return the element that begins with a word, and the place behind it."""
    row = [token.text.casefold().replace("’", "'") for token in _row(tokens, place)]
    role, length = _longest(row, role_phrases(language), language)
    small, behind = _longest_small(row, language)
    if role and length >= behind and not _is_letter_here(tokens[place], length):
        plural = normal(row[length - 1]) != row[length - 1] or row[0] == "number"
        element = Element("R" if plural else "r", role=role, text=" ".join(row[:length]))
        return element, place + length
    token = tokens[place]
    if _NAME_WORD.fullmatch(token.text) and (not small or _is_name(tokens, place, language)):
        return _bare(text, token), place + 1
    dimension, length = _longest(row, dimension_words(language), language)
    if dimension and length >= behind:
        return Element("D", role=dimension, text=" ".join(row[:length])), place + length
    if small:
        return Element(small, text=" ".join(row[:behind])), place + behind
    return Element("w", text=row[0]), place + 1


def _row(tokens: list[_Token], place: int) -> list[_Token]:
    row = []
    for token in tokens[place : place + _MOST_WORDS]:
        if token.kind not in ("word", "code"):
            break
        row.append(token)
    return row


def _is_letter_here(token: _Token, length: int) -> bool:
    return length == 1 and len(token.text) == 1


def _is_name(tokens: list[_Token], place: int, language: Language) -> bool:
    """Return whether a letter that is also a small word, a, y, o, stands for something here."""
    behind = tokens[place + 1] if place + 1 < len(tokens) else None
    if behind is None:
        return False
    if behind.text in ("=", ":", "："):
        return True
    return small_words(language).get((behind.text.casefold(),)) == "l"


def _longest(row: list[str], phrases: Mapping[str, str], language: Language) -> tuple[str, int]:
    """Return what the longest phrase at the beginning of a row means, and how many words it has."""
    found, length, key = "", 0, ""
    for count, word in enumerate(row, 1):
        part = normal(word)
        if not part and not key:
            break
        if key.endswith(_OF) and small_words(language).get((word,)) == "f":
            continue
        key = f"{key} {part}".strip()
        if part and key in phrases and (key not in PLURAL_ONLY or key != row[0]):
            found, length = phrases[key], count
    return found, length


def _longest_small(words: list[str], language: Language) -> tuple[str, int]:
    known = small_words(language)
    english = small_words(BY_NAME["English"])
    foreign_script = language.name in ("Chinese", "Japanese", "Korean", "Russian")
    for count in range(min(len(words), 4), 0, -1):
        key = tuple(words[:count])
        sign = known.get(key) or (english.get(key) if foreign_script else None)
        if sign:
            return sign, count
    return "", 0


def _of_characters(run: str, language: Language) -> Iterator[Element]:
    """Yield the elements of a run of characters: the longest word that is known at each place."""
    known = character_phrases(language)
    place, start = 0, 0
    while place < len(run):
        for length in range(min(_MOST_SIGNS, len(run) - place), 0, -1):
            word = run[place : place + length]
            if word in known:
                if run[start:place].strip():
                    yield Element("w", text=run[start:place])
                sign, role = known[word]
                yield Element(sign, role=role, text=word)
                place += length
                start = place
                break
        else:
            place += 1
    if run[start:].strip():
        yield Element("w", text=run[start:])
