r"""Prose -> its sentences, each as a row of elements: names, roles, links, commas, numbers.

A row is also given as a text of one sign per element, so that what sentences of all languages have
in common can be told by regular expressions over the signs (see reading.prose):

    n name between dollars or in code    b bare name        r R a role, in plural
    l L is, are                          f article          t where, let, with
    a c and, comma                       d number           m M n×n, (n, n)
    D height, width, size                F of, in, used     o u no, unit
    x y not, previous                    ( ) |              w anything else
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from symconv.verification.reading.languages import LANGUAGES, Language
from symconv.verification.reading.languages.language import words
from symconv.verification.reading.mathematics import mathematics
from symconv.verification.reading.vocabulary import DIMENSIONS, english_phrases, normal

MAX_SENTENCE: Final = 4_000
_SIZE: Final = r"(?:[A-Za-z][A-Za-z0-9]?|\d{1,4})(?:_\{?\w{1,6}\}?)?"
_MATH: Final = re.compile(
    r"(?<!\\)\$\$?(?P<dollars>[^$]{1,400}?)(?<!\\)\$\$?"
    r"|\\\((?P<paren>.{1,400}?)\\\)"
    r"|:math:`(?P<role>[^`]{1,400})`"
    r"|``?(?P<code>[^`\n]{1,200})``?"
    rf"|(?<!\w)(?P<tuple>\({_SIZE}(?:, ?{_SIZE}){{1,5}}\))"
    rf"|(?<![\w$*+/-])(?P<times>{_SIZE}(?: ?× ?{_SIZE}| x {_SIZE}){{1,3}})(?![\w*+/-])",
    re.DOTALL,
)
_FIRST: Final = 0xE000
_MASKS: Final = 6_000
_ABBREVIATIONS: Final = re.compile(
    r"\b(?:e\.g|i\.e|w\.r\.t|resp|eq|fig|cf|z\.B|d\.h|bzw|vs)\.", re.I
)
_ENDS: Final = re.compile(
    r"[.!?](?=\s|$)|[。！？；;]|\n[ \t]*(?=[-*+•][ \t]|\d+[.)][ \t]|\||#)|\n[ \t]*\n"
)
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
  | (?P<word>[A-Za-zÀ-ɏЀ-ӿ]+(?:['’](?:[A-Za-zÀ-ɏ]+)?)?\d*)
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
_PLURAL_ONLY: Final = frozenset(("group",))
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
    masked: list[str] = []

    def mask(found: re.Match[str]) -> str:
        if len(masked) == _MASKS:
            return " "
        masked.append(found[0])
        return chr(_FIRST + len(masked) - 1)

    text = _MATH.sub(mask, "".join(" " if _FIRST <= ord(s) <= 0xF8FF else s for s in prose))
    text = _ABBREVIATIONS.sub(lambda found: found[0].replace(".", " "), text)
    start = 0
    for end in [*(found.start() for found in _ENDS.finditer(text)), len(text)]:
        piece = text[start:end].strip(" \t\r\n.。;；!?")
        start = end
        if piece and len(piece) <= MAX_SENTENCE:
            yield _sentence(piece, masked)


def _sentence(piece: str, masked: list[str]) -> Sentence:
    language = _language(piece)
    bare = piece
    for pattern in said_otherwise(language):
        bare = pattern.sub(" , ", bare)
    elements = tuple(_elements(bare, masked, language))
    text = "".join(masked[ord(s) - _FIRST] if _FIRST <= ord(s) <= 0xF8FF else s for s in piece)
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
_BY_NAME: Final = MappingProxyType({language.name: language for language in LANGUAGES})


def _language(text: str) -> Language:
    """Return the language of a sentence: by its script, else by its small words."""
    for script, name in _SCRIPTS:
        if script.search(text):
            return _BY_NAME[name]
    words = re.findall(r"[^\W\d_]{2,}", _ELISION.sub(r"\1' ", text).casefold())
    best, most = _BY_NAME["English"], 0
    for name in ("English", "French", "Spanish", "German"):
        known = _small_words(_BY_NAME[name])
        count = sum((word,) in known for word in words)
        if count > most:
            best, most = _BY_NAME[name], count
    return best


_KINDS: Final = (
    ("others", "y"), ("negations", "x"), ("lacks", "o"), ("units", "u"), ("relations", "F"),
    ("fillers", "f"), ("starts", "t"), ("joins", "a"), ("plural_links", "L"), ("links", "l"),
)  # fmt: skip


@cache
def _small_words(language: Language) -> Mapping[tuple[str, ...], str]:
    """Return small words, split at spaces -> sign; what comes later in _KINDS has precedence."""
    found = {}
    for attribute, sign in _KINDS:
        for phrase in getattr(language, attribute):
            found[tuple(phrase.replace("-", " ").casefold().split())] = sign
    for word in language.lacks:
        found[tuple(word.split())] = "o"
    return MappingProxyType(found)


@cache
def _phrases(language: Language) -> Mapping[str, str]:
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
def _dimension_words(language: Language) -> Mapping[str, str]:
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


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def _elements(text: str, masked: list[str], language: Language) -> Iterator[Element]:
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


def _of_other(text: str, token: _Token, masked: list[str]) -> Element:
    if token.kind == "mask":
        return _of_mathematics(masked[ord(token.text) - _FIRST])
    if token.kind == "number":
        number = int(token.text) if token.text.isdecimal() and len(token.text) < 7 else None
        glued = text[token.end : token.end + 1] in {*"+-*/×^"} or number is None
        return Element("w" if glued else "d", number=number, text=token.text)
    if token.kind == "bare":
        return _bare(text, token)
    if token.text in "-−":
        spaced = text[token.start - 1 : token.start] == " " == text[token.end : token.end + 1]
        return Element("l" if spaced else "w", text=token.text)
    return Element(_SIGNS.get(token.text, "w"), text=token.text)


def _of_mathematics(source: str) -> Element:
    found = _MATH.fullmatch(source)
    inner = next((part for part in found.groups() if part), "") if found else source
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
    role, length = _longest_role(row, language)
    small, behind = _longest_small(row, language)
    if role and length >= behind and not _is_letter_here(tokens[place], length):
        plural = normal(words[length - 1]) != words[length - 1] or words[0] == "number"
        element = Element("R" if plural else "r", role=role, text=" ".join(words[:length]))
        return element, place + length
    token = tokens[place]
    if _NAME_WORD.fullmatch(token.text) and (not small or _is_name(tokens, place, language)):
        return _bare(text, token), place + 1
    if small:
        return Element(small, text=" ".join(words[:behind])), place + behind
    dimension = _dimension_words(language).get(normal(words[0]), "")
    return Element("D" if dimension else "w", role=dimension, text=words[0]), place + 1


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
    return _small_words(language).get((behind.text.casefold(),)) == "l"


def _longest_role(words: list[str], language: Language) -> tuple[str, int]:
    phrases = _phrases(language)
    keys = [normal(word) for word in words]
    if not keys or not keys[0]:
        return "", 0
    found, length = "", 0
    key = ""
    for count, part in enumerate(keys, 1):
        key = f"{key} {part}".strip() if part else key
        if part and key in phrases and (key not in _PLURAL_ONLY or key != words[0]):
            found, length = phrases[key], count
    return found, length


def _longest_small(words: list[str], language: Language) -> tuple[str, int]:
    known = _small_words(language)
    english = _small_words(_BY_NAME["English"])
    foreign_script = language.name in ("Chinese", "Japanese", "Korean", "Russian")
    for count in range(min(len(words), 4), 0, -1):
        key = tuple(words[:count])
        sign = known.get(key) or (english.get(key) if foreign_script else None)
        if sign:
            return sign, count
    return "", 0


@cache
def _character_phrases(language: Language) -> Mapping[str, tuple[str, str]]:
    """Return words of a language that is written without spaces -> (sign, role)."""
    found = {" ".join(words): (sign, "") for words, sign in _small_words(language).items()}
    found |= {word: ("D", name) for word, name in _dimension_words(language).items()}
    for role, phrases in language.roles.items():
        for phrase in phrases:
            if phrase not in VAGUE:
                found[phrase] = ("r", role)
    return MappingProxyType(found)


def _of_characters(run: str, language: Language) -> Iterator[Element]:
    """Yield the elements of a run of characters: the longest word that is known at each place."""
    known = _character_phrases(language)
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
