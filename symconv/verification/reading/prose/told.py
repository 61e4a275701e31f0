r"""What the prose of an article says of its names: "where $F$ is the filter and $s$ the stride".

A sentence is a row of elements (see reading.sentences); what it says is told by patterns over the
signs of the elements, which all languages share. Only plain statements count: a name, a word for
"is", a role. What is negated, or about another layer, says nothing, and a name alone never does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from types import MappingProxyType
from typing import Final

from symconv.verification.reading.prose.sentences import Sentence, sentences
from symconv.verification.reading.prose.shapes import shapes_in, with_dimensions
from symconv.verification.reading.prose.statements import ends, names_in

MAX_PROSE: Final = 400_000
MAX_NAMES: Final = 300  # of an article; what was said earliest is forgotten
FACTS: Final = MappingProxyType({"stride": 1, "padding": 0, "dilation": 1, "groups": 1})
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class ProseSays:
    """What a piece of prose says.

    Attributes:
        names: name as it is written -> role.
        sentences: name, "index_base", "true_convolution" or a key of facts -> the sentence.
        index_base: what indices start from; None: not said.
        true_convolution: whether the kernel is turned round; None: not said.
        facts: "stride", "padding", "dilation", "groups" -> a number that it is said to be.
        bare: the names that were not between dollars or in code.
    """

    names: Mapping[str, str] = field(default_factory=lambda: _NONE)
    sentences: Mapping[str, str] = field(default_factory=lambda: _NONE)
    index_base: int | None = None
    true_convolution: bool | None = None
    facts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    bare: frozenset[str] = frozenset()


def told_by_prose(prose: str) -> ProseSays:
    r"""Return what a piece of prose says of the names of formulas.

    Of two statements about one name the later counts, unless only the earlier marked it as a name.

    Example:
        >>> says = told_by_prose(r"Here $F$ is the filter, $s$ the stride; indices start at 1.")
        >>> dict(says.names), says.index_base
        ({'F': 'kernel', 's': 'stride'}, 1)
    """
    return merged(_told(prose, {}))


def told_so_far(pieces: Iterable[str]) -> Iterator[ProseSays]:
    """Yield what is told up to the end of each piece of prose: at each display of an article.

    Args:
        pieces: the prose before each display, in their order.

    Example:
        >>> [dict(says.names) for says in told_so_far(["$s$ is the stride", "$s$ is the input"])]
        [{'s': 'stride'}, {'s': 'input'}]
    """
    together, roles = _Together(), dict[str, str]()
    for piece in pieces:
        for says in _told(piece, roles):
            together.add(says)
        yield together.says()


def _told(prose: str, roles: dict[str, str]) -> Iterator[ProseSays]:
    """Yield what each sentence says; `roles` collects the roles of the names."""
    for sentence in sentences(prose[:MAX_PROSE]):
        says = _said_by(sentence, roles)
        roles.update(says.names)
        yield says


def merged(parts: Iterable[ProseSays]) -> ProseSays:
    """Return what pieces of prose say together; of two statements the later counts."""
    together = _Together()
    for part in parts:
        together.add(part)
    return together.says()


class _Together:
    """What several pieces of prose say."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._sources: dict[str, str] = {}
        self._spelled: dict[str, str] = {}
        self._facts: dict[str, int] = {}
        self._bare: set[str] = set()
        self._base: int | None = None
        self._flips: bool | None = None

    def add(self, part: ProseSays) -> None:
        """Add a piece that stands behind the others."""
        for name, role in part.names.items():
            self._name(name, role, part)
        self._facts.update(part.facts)
        self._base = self._base if part.index_base is None else part.index_base
        if part.true_convolution is not None:
            self._flips = part.true_convolution
        others = part.sentences.keys() - part.names.keys()
        self._sources.update({key: part.sentences[key] for key in sorted(others)})

    def _name(self, name: str, role: str, part: ProseSays) -> None:
        old = self._spelled.get(_plain(name))
        if old is not None:
            if name in part.bare and old not in self._bare:
                return
            self._names.pop(old, None)
            self._sources.pop(old, None)
            self._bare.discard(old)
        self._spelled[_plain(name)] = name
        self._names[name] = role
        self._sources[name] = part.sentences.get(name, "")
        self._bare |= {name} & part.bare
        if len(self._names) > MAX_NAMES:
            self._forget(next(iter(self._names)))

    def _forget(self, name: str) -> None:
        del self._names[name], self._sources[name], self._spelled[_plain(name)]
        self._bare.discard(name)

    def says(self) -> ProseSays:
        """Return all of it."""
        return ProseSays(
            MappingProxyType(dict(self._names)),
            MappingProxyType(dict(self._sources)),
            self._base,
            self._flips,
            MappingProxyType(dict(self._facts)),
            frozenset(self._bare),
        )


def _plain(name: str) -> str:
    """Return a name without what does not change it: braces around scripts, spaces, fonts."""
    return re.sub(
        r"[{}\s]|\\(?:mathbf|mathcal|mathrm|boldsymbol|text|mathit|rm|bf)(?![a-z])", "", name
    )


def _said_by(sentence: Sentence, known: Mapping[str, str]) -> ProseSays:
    base, flips = _conventions(sentence)
    names: dict[str, str] = {}
    bare: set[str] = set()
    shaped = with_dimensions(sentence)
    if _is_silent(shaped):
        shaped = replace(shaped, elements=())
    doubtful: set[str] = set()
    for name, role, marked in chain(names_in(shaped), shapes_in(shaped, known)):
        if name in names and not marked and name not in bare:
            continue
        if names.get(name, role) != role and marked == (name not in bare):
            doubtful.add(name)  # one sentence says two things of it
        names[name] = role
        bare = bare - {name} if marked else bare | {name}
    for name in doubtful:
        del names[name]
    facts = dict(_facts(shaped))
    keys = [*names, *facts]
    keys += ["index_base"] * (base is not None) + ["true_convolution"] * (flips is not None)
    sources = dict.fromkeys(keys, sentence.text)
    return ProseSays(
        MappingProxyType(names), MappingProxyType(sources), base, flips,
        MappingProxyType(facts), frozenset(bare),
    )  # fmt: skip


def _is_silent(sentence: Sentence) -> bool:
    """Return whether there is nothing in a sentence to be told."""
    return not re.search("[rR]", sentence.signs)


_CLAUSES: Final = re.compile(r"[,，、:：()（）]")
_ASIDE: Final = re.compile(
    r"gradien|backward|back-?prop|backprop|transpos|derivative|true|real|mathemati|strict|signal|"
    r"proper|delta|反向|梯度|数学|信号|勾配|逆伝播|기울기|역전파|градиент|обратн|rückwärts|retro|"
    r"\bif\b|\bwould\b|wenn|\bsi\b|如果|если",
    re.IGNORECASE,
)


def _conventions(sentence: Sentence) -> tuple[int | None, bool | None]:
    """Return the first index and the flip that a sentence says.

    A remark on gradients, or on what convolution is in mathematics, says nothing of the flip.
    """
    language = sentence.language
    clauses = _CLAUSES.split(sentence.words)
    base = _which(clauses, language.zero_based, language.one_based)
    direct = [
        clause for clause in clauses if not _ASIDE.search(clause) or _says(clause, _PLAIN_FLIPS)
    ]
    flips = _which(direct, language.unflipped, language.flipped)
    return base, None if flips is None else bool(flips)


_PLAIN_FLIPS: Final = (r"(?:we )?use[sd]? (?:a |the )?true convolution",)


def _which(clauses: list[str], first: tuple[str, ...], second: tuple[str, ...]) -> int | None:
    """Return which of two things is said, 0 or 1; None for neither or both."""
    said = set()
    for clause in clauses:
        if _says(clause, first):
            said.add(0)
        elif _says(clause, second):
            said.add(1)
    return said.pop() if len(said) == 1 else None


def _says(text: str, patterns: tuple[str, ...]) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


_SUPPOSED: Final = re.compile(
    r"\b(?:if|when|unless|examples?|e g|suppose|say|whether|instead|default|si|wenn|falls|beispiel|"
    r"exemple|ejemplo|если|например|defaults?)\b|如果|当|例如|比如|默认|たとえば|例えば|예를",
    re.IGNORECASE,
)
_FACT: Final = re.compile(
    r"(?P<role>[rR])[lLFf(]*(?P<number>d)(?![nbw]|a?c?a?d)|(?P<named>[rR])(?P<name>n)|(?<!dl)(?P<lack>o)f*(?P<lacking>[rR])"
    r"|(?P<unit>u)f*(?P<one>[rR])|(?P<first>d)(?P<last>[rR])"
)


def _facts(sentence: Sentence) -> Iterator[tuple[str, int]]:
    """Yield (role, number) of "stride 1", "padding of 2", "no padding", "unit stride"."""
    elements, signs = sentence.elements, sentence.signs
    if _SUPPOSED.search(sentence.words):
        return
    for found in _FACT.finditer(signs):
        if "x" in signs[: found.start()]:
            continue
        if found["role"]:
            role, number = elements[found.start("role")].role, elements[found.end() - 1].number
        elif found["named"]:
            role, number = elements[found.start("named")].role, elements[found.end() - 1].number
        elif found["lack"]:
            role = elements[found.start("lacking")].role
            number = FACTS.get(role) if ends(elements, signs, found.end() - 1) else None
        elif found["unit"]:
            role, number = elements[found.start("one")].role, 1
        else:
            continue
        if role in FACTS and number is not None:
            yield role, number
