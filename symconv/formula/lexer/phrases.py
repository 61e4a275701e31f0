"""Words of plain text: names of several words, remarks, words of other scripts."""

from __future__ import annotations

import re
from typing import Final

from symconv.formula.lexer.scanner import Scanner
from symconv.formula.lexer.words import FUNCTIONS, KEYS, PLAIN_KEYS

OTHER_SCRIPT: Final = re.compile(r"[\u0400-\u04ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_LETTERS = "[A-Za-zÀ-ÖØ-öø-ɏ]{2,}"
_PHRASE: Final = re.compile(rf"{_LETTERS}(?: +{_LETTERS}){{1,11}}")
_IN_BRACKETS: Final = re.compile(rf"[(（]({OTHER_SCRIPT.pattern}\w*)[)）]")
_NEXT_WORD: Final = re.compile(rf" ({OTHER_SCRIPT.pattern})(?![A-Za-z])")
_JOINED: Final = re.compile(r"[^\W_]*")
_BREAK: Final = re.compile(r"[\n;；。]")
_COPULAS_LIST = "은 는 이 가 は が 为 是 等于 等於 即"
_COPULAS: Final = frozenset(_COPULAS_LIST.split())
_CONNECTING: Final = frozenset({"of", "de", "du", "la", "le", "al", "en"})
_REMARK_LIST = (
    "the a an is are be must should can will this that these those to by from as at on we you "
    "note here it its not only has have per then than into after before using used when "
    "denotes means gives equals das der die ist le la les est el los es una"
)
REMARK: Final = frozenset(_REMARK_LIST.split())


def phrase(scanner: Scanner) -> bool:
    """Read several words: a name, kernel size, or a remark, must be an integer."""
    found = scanner.match(_PHRASE)
    if not found:
        return False
    words = _before_keys(found.group().split())
    if len(words) < 2:
        return False
    start = found.start()
    end = scanner.text.index(words[-1], start + _width(scanner, start, words[:-1])) + len(words[-1])
    lowered = {word.lower() for word in words}
    if lowered & REMARK:
        scanner.emit("prose", scanner.text[start:end], start, end)
    elif all(len(word) >= 3 or word in _CONNECTING for word in words) and any(
        len(word) >= 5 for word in words
    ):
        if scanner.text[end : end + 1] == "_":
            return False
        scanner.emit("word", " ".join(words), start, end)
    else:
        return False
    return True


def _width(scanner: Scanner, start: int, words: list[str]) -> int:
    at = start
    for word in words:
        at = scanner.text.index(word, at) + len(word)
    return at - start


def _before_keys(words: list[str]) -> list[str]:
    for number, word in enumerate(words):
        if word.lower() in PLAIN_KEYS or word in FUNCTIONS or word in {"in", "x", "mod"}:
            return words[:number]
    return words


def letters_of_other_scripts(scanner: Scanner) -> bool:
    """Read a word in Chinese, Japanese, Korean or Russian, with the letters glued to it."""
    found = scanner.match(OTHER_SCRIPT)
    if not found:
        return False
    text, start, end = found.group(), found.start(), found.end()
    if text in KEYS:
        scanner.emit("key", KEYS[text], start, end)
    elif text in _COPULAS and scanner.last():
        if _line_has_equals(scanner):
            scanner.at = end
        else:
            scanner.emit("relation", "=", start, end)
    elif _introduces(scanner, end, text):
        scanner.emit("prose", text, start, end)
    else:
        end = _name_end(scanner, end)
        scanner.emit("word", scanner.text[start:end], start, end)
    return True


def _name_end(scanner: Scanner, end: int) -> int:
    """Return where a name ends that goes on with letters or with further words."""
    whole = _JOINED.match(scanner.text, end, scanner.end)
    end = whole.end() if whole else end
    while found := _NEXT_WORD.match(scanner.text, end, scanner.end):
        if found.group(1) in KEYS or found.group(1) in _COPULAS:
            break
        end = found.end()
    return end


def remark_in_brackets(scanner: Scanner) -> bool:
    """Read words of another script in brackets behind a formula: (条件1)."""
    found = scanner.match(_IN_BRACKETS)
    behind = scanner.last() in {"letter", "word", "number", "close", "unbrace", "quad"}
    if not found or not behind:
        return False
    scanner.emit("prose", found.group(1), found.start(), found.end())
    return True


def _line_has_equals(scanner: Scanner) -> bool:
    before = max((found.end() for found in _BREAK.finditer(scanner.text, 0, scanner.at)), default=0)
    behind = _BREAK.search(scanner.text, scanner.at)
    line = scanner.text[before : behind.start() if behind else scanner.end]
    return "=" in line


def _introduces(scanner: Scanner, end: int, text: str) -> bool:
    """Return whether the word only announces the name behind it: 通项 RF = ..."""
    behind = re.compile(r"\s*[A-Za-z\\]").match(scanner.text, end, scanner.end)
    begins = scanner.last() in {
        "",
        "row",
        "comma",
        "semicolon",
        "quad",
        "cell",
        "label",
        "prose",
        "key",
    }
    return behind is not None and (begins or text[-1] in "为是は은는")
