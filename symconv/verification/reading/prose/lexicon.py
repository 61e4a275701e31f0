"""The lexicon of a language: its words for roles, its small words, and its words for sizes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from symconv.verification.reading.prose.languages import LANGUAGES, Language
from symconv.verification.reading.prose.languages.language import words
from symconv.verification.reading.vocabulary import DIMENSIONS, english_phrases, normal

VAGUE: Final = frozenset(
    map(
        normal,
        words(
            """
            window, response, result, error, delta, rate, step, position, coordinate, counter,
            channel, batch, jump, sensitivity, mask, subscript, side, feature map, activation map,
            filter bank, window size, loop variable, number of channels, channel count,
            number of images, resultado, résultat, ergebnis, erreur, rand, marge, salto, kosten,
            desplazamiento, результат, ошибка, сдвиг
            """
        ),
    )
)
_ROW: Final = re.compile(r"depth|(?<!number of )\b(?:row|column)\b(?! count)")
PLURAL_ONLY: Final = frozenset(("group",))
BY_NAME: Final = MappingProxyType({language.name: language for language in LANGUAGES})
_KINDS: Final = (
    ("others", "y"), ("negations", "x"), ("lacks", "o"), ("units", "u"), ("relations", "F"),
    ("fillers", "f"), ("starts", "t"), ("joins", "a"), ("plural_links", "L"), ("links", "l"),
)  # fmt: skip


@cache
def small_words(language: Language) -> Mapping[tuple[str, ...], str]:
    """Return small words, split at spaces -> sign; what comes later in _KINDS has precedence."""
    found = {}
    for attribute, sign in _KINDS:
        for phrase in getattr(language, attribute):
            found[tuple(phrase.replace("-", " ").casefold().split())] = sign
    for word in language.lacks:
        found[tuple(word.split())] = "o"
    return MappingProxyType(found)


@cache
def role_phrases(language: Language) -> Mapping[str, str]:
    """Return phrase in its normal form -> role, without those that say too little in prose."""
    own = {normal(word): role for role, words in language.roles.items() for word in words}
    known = {**english_phrases(), **own}
    return MappingProxyType(
        {
            phrase: role
            for phrase, role in known.items()
            if phrase not in VAGUE and not _ROW.search(phrase) and "depth" not in role
        }
    )


@cache
def dimension_words(language: Language) -> Mapping[str, str]:
    """Return word in its normal form -> "size", "height" or "width"."""
    sizes = (DIMENSIONS, language.sizes)
    return MappingProxyType(
        {
            normal(word): name
            for words in sizes
            for name in ("size", "height", "width")
            for word in words.get(name, ())
        }
    )


@cache
def character_phrases(language: Language) -> Mapping[str, tuple[str, str]]:
    """Return words of a language that is written without spaces -> (sign, role)."""
    found = {" ".join(words): (sign, "") for words, sign in small_words(language).items()}
    found |= {word: ("D", name) for word, name in dimension_words(language).items()}
    for role, phrases in language.roles.items():
        for phrase in phrases:
            if phrase not in VAGUE:
                found[phrase] = ("r", role)
    return MappingProxyType(found)
