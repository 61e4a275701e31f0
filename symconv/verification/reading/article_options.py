r"""What an article says of itself: options in its head, in TeX comments and in Markdown comments.

---                                % symconv: letters: L=loss, K=kernel
letters: L=loss, K=kernel          <!-- symconv: index_base: 1 -->
index_base: 1
---
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from symconv.errors import OptionError
from symconv.verification.reading.presets import preset
from symconv.verification.reading.vocabulary import letters_from

KEYS: Final = ("letters", "index_base", "true_convolution", "assume", "notation")
_COMMENT: Final = re.compile(r"[%\s]*symconv[ \t]*:(?P<rest>.*)", re.DOTALL | re.IGNORECASE)
_OPTION: Final = re.compile(r"[%\s]*(?P<key>[A-Za-z][\w-]*)[ \t]*:[ \t]*(?P<value>[^\r\n]*)")
_TRUTHS: Final = MappingProxyType(
    {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
)


@dataclass(frozen=True)
class ArticleOptions:
    """The options that an article gives; options of the caller come before them.

    Attributes:
        letters: name as it is written -> role.
        index_base: what indices start from; None: not given.
        true_convolution: whether the convolution turns the kernel round; None: not given.
        assume: conditions that are assumed of all claims.
        notation: one of the presets, or "".
    """

    letters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    index_base: int | None = None
    true_convolution: bool | None = None
    assume: str = ""
    notation: str = ""


def article_options(head: Mapping[str, str], comments: Iterable[str]) -> ArticleOptions:
    """Return the options of an article.

    Args:
        head: key -> value of its head; keys that are no options do not matter.
        comments: what its comments say; those that begin with "symconv:" count, a later one before
            an earlier one, and before the head.

    Raises:
        OptionError: an option has no value of its kind, or a comment names none.

    Example:
        >>> article_options({"title": "A"}, [" symconv: letters: L=loss"]).letters["L"]
        'loss'
    """
    given = [
        (key.replace("-", "_"), value, "the head of the article") for key, value in head.items()
    ]
    given = [entry for entry in given if entry[0] in KEYS]
    given += [(key, value, "a comment of the article") for key, value in _commented(comments)]
    letters: dict[str, str] = {}
    assume: list[str] = []
    base: int | None = None
    flips: bool | None = None
    notation = ""
    for key, value, where in given:
        match key:
            case "letters":
                letters |= letters_from(value.strip("{} "), f"letters in {where}")
            case "assume":
                assume.append(value)
            case "index_base":
                base = _base(value, where)
            case "true_convolution":
                flips = _truth(value, where)
            case _:
                preset(value)
                notation = value.strip().lower()
    return ArticleOptions(
        MappingProxyType(letters), base, flips, ", ".join(filter(None, assume)), notation
    )


def _commented(comments: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the options of the comments that are for symconv; one may hold several lines."""
    for comment in comments:
        found = _COMMENT.fullmatch(comment)
        for line in found["rest"].strip().splitlines() if found else ():
            option = _OPTION.fullmatch(line.strip())
            key = option["key"].replace("-", "_").lower() if option else ""
            if option is None or key not in KEYS:
                near = get_close_matches(key, KEYS, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(KEYS)}"
                raise OptionError(
                    f"a comment of the article: {line.strip()[:60]!r} is no option{hint}"
                )
            yield key, option["value"]


def _base(value: str, where: str) -> int:
    if value.strip() not in ("0", "1"):
        raise OptionError(f"index_base in {where} must be 0 or 1, got {value.strip()[:40]!r}")
    return int(value)


def _truth(value: str, where: str) -> bool:
    found = _TRUTHS.get(value.strip().lower())
    if found is None:
        raise OptionError(
            f"true_convolution in {where} must be true or false, got {value.strip()[:40]!r}"
        )
    return found
