"""Words that mean something in a formula: functions, and words that join its parts."""

from __future__ import annotations

from typing import Final

from symconv.formula.lexer.symbols import Meaning

FUNCTIONS: Final[dict[str, Meaning]] = {
    "floor": ("rounding", "floor"), "ceil": ("rounding", "ceil"), "int": ("rounding", "floor"),
    "float": ("rounding", "float"),
    "ceiling": ("rounding", "ceil"), "max": ("big", "max"), "min": ("big", "min"),
    "sum": ("big", "sum"), "prod": ("big", "prod"), "argmax": ("big", "argmax"),
    "argmin": ("big", "argmin"), "mod": ("mod", "mod"), "maximum": ("big", "max"),
    "minimum": ("big", "min"), "Sum": ("big", "sum"), "Max": ("big", "max"),
}  # fmt: skip

_KEYS = {
    "for": "for all every each für pour para для で kde 对于 对",
    "where": (
        "mit where with s.t. s.t st such wobei où donde где 其中 此时 满足 需满足 需要满足 使得 "
        "ただし 단 here avec con c'est"
    ),
    "if": "if when whenever falls wenn si если 如果 若 当 のとき 일때",
    "and": "and und et y и 且 和 및 かつ &",
    "or": "or oder ou или 或",
    "otherwise": (
        "otherwise else sonst sinon elsewhere иначе 否则 其他 其它 其他情况 其它情况 その他 그외"
    ),
    "then": "then so also hence thus therefore alors donc entonces dann 则 那么 所以 时",
    "not": "not",
}
KEYS: Final = {word: key for key, words in _KEYS.items() for word in words.split()}
"""Words that join, in eight languages: the word to its sense."""

_PLAIN_KEYS = (
    "for if where with when whenever and or otherwise else iff then not such wobei falls donde "
    "sonst sinon"
)
PLAIN_KEYS: Final = frozenset(_PLAIN_KEYS.split())
"""Those that a text without marks may hold; the others could be names there."""

_FOR_ALL = "for all;for every;for each;für alle;pour tout;pour tous;para todo;对所有;对任意"
FOR_ALL: Final = frozenset(_FOR_ALL.split(";"))
"""Words for the sign ∀."""

EQUIVALENCES: Final = {
    "iff": "iff", "if and only if": "iff", "exactly when": "iff", "genau dann, wenn": "iff",
    "genau dann wenn": "iff", "si et seulement si": "iff", "si y solo si": "iff",
    "当且仅当": "iff", "implies": "implies",
}  # fmt: skip
"""Words that stand for an arrow between two conditions."""
