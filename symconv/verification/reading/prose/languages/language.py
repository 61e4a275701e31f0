"""What a language gives to say what letters mean: its words for roles, and its small words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Language:
    """The words of one language, in lower case.

    Attributes:
        name: its English name.
        roles: role -> its words.
        links: words between a name and what it is, "is", "denotes".
        plural_links: those that join several names, "are".
        fillers: articles and adjectives that change nothing, "the", "usual".
        joins: words between the members of a list, "and".
        starts: words before a statement, "where", "let".
        relations: words that may follow a role and leave it what it is, "of", "used", "along".
        negations: words that take a statement back, "not".
        others: words that make something else of what they stand by, "previous", "rotated".
        sizes: "size", "height", "width" -> its words.
        lacks: words before what is not there, "no padding".
        units: words for one, "unit stride".
        one_based: phrases that say that indices begin with 1, as regular expressions.
        zero_based: the same for 0.
        flipped: phrases that say that the kernel is turned round.
        unflipped: phrases that say that it is not.
    """

    name: str
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NONE)
    links: tuple[str, ...] = ()
    plural_links: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    sizes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NONE)
    lacks: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    one_based: tuple[str, ...] = ()
    zero_based: tuple[str, ...] = ()
    flipped: tuple[str, ...] = ()
    unflipped: tuple[str, ...] = ()


def words(text: str) -> tuple[str, ...]:
    """Return the phrases between the commas of a text.

    Example:
        >>> words("stands for, is")
        ('stands for', 'is')
    """
    return tuple(phrase for part in text.split(",") if (phrase := " ".join(part.split())))


def table(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return key -> phrases of lines like "kernel: noyau, filtre"; a line may go on below.

    Example:
        >>> table("kernel: noyau, filtre")
        mappingproxy({'kernel': ('noyau', 'filtre')})
    """
    found: dict[str, tuple[str, ...]] = {}
    key = ""
    for line in text.splitlines():
        begins, sign, phrases = line.partition(":")
        key, phrases = (begins.strip(), phrases) if sign else (key, line)
        found[key] = found.get(key, ()) + words(phrases)
    return MappingProxyType({key: phrases for key, phrases in found.items() if phrases})


def with_sizes(
    roles: Mapping[str, tuple[str, ...]],
    dimensions: Mapping[str, tuple[str, ...]],
    forms: tuple[str, ...],
) -> Mapping[str, tuple[str, ...]]:
    """Return the roles with the sizes of kernel, input and output, "{size} du {array}".

    Example:
        >>> with_sizes({"kernel": ("noyau",)}, {"size": ("taille",)}, ("{size} du {array}",))
        mappingproxy({'kernel': ('noyau',), 'kernel size': ('taille du noyau',)})
    """
    found = dict(roles)
    for array in ("kernel", "input", "output"):
        for dimension, words in dimensions.items():
            phrases = [
                form.format(size=word, array=noun)
                for noun in roles.get(array, ())
                for word in words
                for form in forms
            ]
            if phrases:
                key = f"{array} {dimension}"
                found[key] = (*found.get(key, ()), *phrases)
    return MappingProxyType(found)
