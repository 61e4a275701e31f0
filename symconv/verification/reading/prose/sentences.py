"""Prose -> its sentences, mathematics masked, each in its language and cut into elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from symconv.verification.reading.prose.elements import FIRST_MASK, Element, elements_of
from symconv.verification.reading.prose.languages import Language
from symconv.verification.reading.prose.lexicon import BY_NAME, small_words

MAX_SENTENCE: Final = 4_000
_SIZE: Final = r"(?:[A-Za-z][A-Za-z0-9]?|\d{1,4})(?:_\{?\w{1,6}\}?)?"
_MATH: Final = re.compile(
    r"(?<!\\)\$\$?(?P<dollars>[^$]{1,400}?)(?<!\\)\$\$?"
    r"|\\\((?P<paren>.{1,400}?)\\\)"
    r"|:math:`(?P<role>[^`]{1,400})`"
    r"|``?(?P<code>[^`\n]{1,200})``?"
    rf"|(?<!\w)(?P<tuple>\({_SIZE}(?:, ?{_SIZE}){{1,5}}\))"
    rf"|(?<![\w$*+/-])(?P<times>{_SIZE}(?: ?× ?{_SIZE}| [xX] {_SIZE}){{1,3}})(?![\w*+/-])",
    re.DOTALL,
)
_MASKS: Final = 6_000
_ABBREVIATIONS: Final = re.compile(
    r"\b(?:e\.g|i\.e|w\.r\.t|resp|eq|fig|cf|z\.B|d\.h|bzw|vs)\.", re.I
)
_ENDS: Final = re.compile(
    r"[.!?](?=\s|$)|[。！？；;]|\n[ \t]*(?=[-*+•][ \t]|\d+[.)][ \t]|\||#)|\n[ \t]*\n"
    r"|\n[ \t]*(?=[\w\\`]+ : )"
)
_MARKER: Final = re.compile(r"\A(?:[-*+•>]\s+|\d{1,3}[.)]\s+|#+\s+)+")
_CODE: Final = re.compile(r"^[ \t]*(?:>>>|\.\.\. ).*$", re.MULTILINE)


@dataclass(frozen=True)
class Sentence:
    """A sentence and the language it is read in.

    Attributes:
        text: as it stands in the article.
        words: the text with mathematics masked, in lower case.
        elements: its elements.
        language: the language that its small words are taken from.
    """

    text: str
    words: str
    elements: tuple[Element, ...]
    language: Language

    @property
    def signs(self) -> str:
        """The signs of the elements in one text."""
        return "".join(element.sign for element in self.elements)


def sentences(prose: str) -> Iterator[Sentence]:
    """Yield the sentences of a text."""
    masked: list[tuple[str, str]] = []

    def mask(found: re.Match[str]) -> str:
        if len(masked) == _MASKS:
            return " "
        masked.append((found[0], next(part for part in found.groups() if part)))
        return chr(FIRST_MASK + len(masked) - 1)

    text = _MATH.sub(mask, "".join(" " if FIRST_MASK <= ord(s) <= 0xF8FF else s for s in prose))
    text = _CODE.sub("", text)
    text = _ABBREVIATIONS.sub(lambda found: found[0].replace(".", " "), text)
    start = 0
    for end in [*(found.start() for found in _ENDS.finditer(text)), len(text)]:
        piece = _MARKER.sub("", text[start:end].strip(" \t\r\n.。;；!?"))
        start = end
        if piece and len(piece) <= MAX_SENTENCE:
            yield _sentence(piece, masked)


def _sentence(piece: str, masked: list[tuple[str, str]]) -> Sentence:
    language = _language(piece)
    bare = piece
    for pattern in said_otherwise(language):
        bare = pattern.sub(" , ", bare)
    elements = tuple(elements_of(bare, masked, language))
    text = "".join(
        masked[ord(s) - FIRST_MASK][0] if FIRST_MASK <= ord(s) <= 0xF8FF else s for s in piece
    )
    return Sentence(text=" ".join(text.split()), words=piece, elements=elements, language=language)


@cache
def said_otherwise(language: Language) -> tuple[re.Pattern[str], ...]:
    """Return what says the first index and the flip; it is no part of what is said of names."""
    return tuple(
        re.compile(phrase, re.IGNORECASE)
        for phrase in (
            *language.unflipped, *language.flipped, *language.one_based, *language.zero_based
        )
    )  # fmt: skip


_SCRIPTS: Final = (
    (re.compile(r"[\u3040-\u30ff]"), "Japanese"),
    (re.compile(r"[\uac00-\ud7a3]"), "Korean"),
    (re.compile(r"[\u3400-\u9fff]"), "Chinese"),
    (re.compile(r"[а-яё]", re.IGNORECASE), "Russian"),
)


def _language(text: str) -> Language:
    """Return the language of a sentence: by its script, else by its small words."""
    for script, name in _SCRIPTS:
        if script.search(text):
            return BY_NAME[name]
    words = re.findall(r"[^\W\d_]{2,}", text.replace("'", "' ").casefold())
    best, most = BY_NAME["English"], 0
    for name in ("English", "French", "Spanish", "German"):
        known = small_words(BY_NAME[name])
        count = sum((word,) in known for word in words)
        if count > most:
            best, most = BY_NAME[name], count
    return best
