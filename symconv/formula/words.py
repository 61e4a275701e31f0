"""Words that stand in formulas, in the languages people write them in, and what they do there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_letters


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text.

    Example:
        >>> sorted(word_set("top left"))
        ['left', 'top']
    """
    return frozenset(words.split())


# What a word does -> the words, in lower case.
_MEANINGS = {
    "OTHERWISE": """
        otherwise, other, others, other cases, in other cases, all other cases, any other case,
        in all other cases, in any other case, other situations, else, elsewhere, default,
        其他, 其它, 其余, 否则, 其他情况, 其它情况, 其余情况, 其他情形,
        其它情形, 其他值, 其它值,
        sonst, andernfalls, anderenfalls, ansonsten,
        sinon, autrement, ailleurs, dans les autres cas,
        en otro caso, en caso contrario, de lo contrario, otro caso, en cualquier otro caso,
        altrimenti, caso contrário, caso contrario, senão, de outra forma,
        anders, in andere gevallen, w przeciwnym razie, annars, ellers, aksi halde,
        иначе, в противном случае, в остальных случаях,
        それ以外, その他, 上記以外, 그 외, 그외, 나머지""",
    "WHEN": """
        if, when, whenever, where, for, for all, for every, for each, for any, with, given,
        provided, provided that, subject to, such that, s.t., as long as, in case, under,
        since, because, 因为, 由于,
        当, 若, 如果, 其中, 对于, 对于所有, 对任意, 对所有, 对, 这里, 且当, 在,
        falls, wenn, für, für alle, wobei, mit, sofern,
        si, quand, lorsque, pour, pour tout, pour tous, où, avec,
        cuando, para, para todo, para todos, donde, con,
        se, quando, per, per ogni, dove, onde,
        als, voor, waarbij, jeżeli, jeśli, gdy, dla, om, för, если, при, для, где, когда""",
    "THEN": """
        then, 时, 時, 则, 則, 的时候, 那么, 就有, dann, alors, entonces, allora, então, то,
        のとき, の場合, 이면, 일 때""",
    "AND": """
        and, as well as, and also, 且, 并且, 而且, 和, 及, 以及, 与,
        und, sowie, et, y, e, ed, en, i, и, かつ, 그리고""",
    "OR": """
        or, or else, 或, 或者, 或是, oder, ou, o, u, of, lub, или, または, 又は, 또는""",
    "NOT": "not, 非, 不, nicht, kein, не",
    "IFF": """
        iff, if and only if, exactly if, exactly when, is equivalent to, equivalent to,
        当且仅当, 等价于, genau dann wenn, si et seulement si, si y solo si, se e solo se,
        se e somente se, тогда и только тогда когда""",
    "TO": "to, up to, through, 到, 至, bis",
    "IMPLIES": "implies, 推出, 蕴含, impliziert, implique, implica",
    "MOD": "mod, modulo, 模, rem",
    "DIVIDES": "divides, 整除, teilt, divise",
    "FILLER": """
        let, hence, therefore, it follows that, thus, so, we have, we get, we obtain, one has,
        gives, i.e., namely, now, also, note that,
        因此, 所以, 即, 故, 有, 得, 可得, 得到, 设, 已知, 令, 即为, 满足, 时有, 的值,
        also gilt, gilt, sei, seien, on a, soit, sea, sean, sia""",
}

_MEANING_OF = {
    word.strip(): meaning
    for meaning, words in _MEANINGS.items()
    for word in reversed(words.split(","))
}

# Letters side by side are a product; only these runs of letters are words without \text or \mathrm.
_SHORT_BARE_WORDS = frozenset(
    {"or", "and", "not", "if", "for", "when", "then", "else", "mod", "iff", "with", "let"}
)
BARE_WORDS = {
    word: meaning
    for word, meaning in _MEANING_OF.items()
    if word.isascii() and word.isalpha() and (len(word) > 4 or word in _SHORT_BARE_WORDS)
}

# Subscripts that are words, not indices, wherever they are written: P_{top}, k_h.
SUBSCRIPT_WORDS = word_set(
    """
    top bottom left right down upper lower before after front back begin end start stop pad padded
    padding out low high height width depth row col rows cols new old max min total full valid same
    stride kernel input output loss ker rot flip eff ext
    """
)
CAPITALS_SUBSCRIPT_WORDS = frozenset({"in", "lo", "hi", "up"})
AXIS_WORDS = frozenset("hwHW")
DEPTH_WORDS = frozenset("dD")  # behind sizes alone: x_d has an index
SIZES_WITH_DEPTH = frozenset("kKtsSpPd")

LETTERS = frozenset(ascii_letters)  # \text{e} is a name, \text{ e } Italian for "and"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*'*")
FULL_NAME = re.compile(
    r"[A-Za-z][A-Za-z0-9]*'*(?:_[A-Za-z0-9]+)*'*"
    r"(?:\^(?:[A-Za-z][A-Za-z0-9_]*|\*|\+|-|\([A-Za-z0-9+-]+\)))?"
)


def _spaced(words: str) -> str:
    """Return the pattern of words with spaces, and perhaps commas, between them."""
    return r",?\s+".join(map(re.escape, words.split()))


_WORD = re.compile(
    "|".join(
        rf"(?<!\w){_spaced(word)}(?!\w)" if word[0] < "\u2e80" else re.escape(word)
        for word in sorted(_MEANING_OF, key=lambda word: (-len(word), word))
    )
)
_PUNCTUATION = {",": "COMMA", ";": "COMMA", ":": "COLON"} | {
    "\uff0c": "COMMA",
    "\u3001": "COMMA",
    "\uff1b": "COMMA",
    "\uff1a": "COLON",
}
_SILENT = " \t\r\n~.\u3002\xb7!\uff01\\"


def meaning_of(word: str) -> str | None:
    """Return what the word does in a formula, or None.

    Example:
        >>> meaning_of("Otherwise"), meaning_of("其他情况"), meaning_of("loss")
        ('OTHERWISE', 'OTHERWISE', None)
    """
    return _MEANING_OF.get(" ".join(word.lower().split()))


def split_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (what it does, start, end) for each word of a text; what is unknown is PROSE.

    Example:
        >>> [kind for kind, _, _ in split_words("and otherwise, 其他情况")]
        ['AND', 'OTHERWISE', 'COMMA', 'OTHERWISE']
        >>> list(split_words("see above"))
        [('PROSE', 0, 9)]
    """
    lower = text.lower() if len(text.lower()) == len(text) else text
    place = 0
    for found in _WORD.finditer(lower):
        yield from _between_words(lower, place, found.start())
        yield (
            _MEANING_OF[" ".join(found.group().replace(",", " ").split())],
            found.start(),
            found.end(),
        )
        place = found.end()
    yield from _between_words(lower, place, len(lower))


def _between_words(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    place = start
    while place < end:
        stop = place + 1
        if text[place] in _PUNCTUATION:
            yield _PUNCTUATION[text[place]], place, stop
        elif text[place] not in _SILENT:
            while stop < end and text[stop] not in _PUNCTUATION:
                stop += 1
            yield "PROSE", place, place + len(text[place:stop].rstrip(_SILENT))
        place = stop
