"""Languages of documents: catalogues of messages, one .po file for each language but English.

The key of a message is its English sentence. Adding a language is adding locale/<code>.po.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, TypeAlias

from sympy import Basic

from symconv.document.blocks import Message, Reference, StepReference, Value
from symconv.document.notation import All, Listed
from symconv.document.tex import Words, spell_latex
from symconv.errors import OptionError, shown

ENGLISH: Final = "en"
_ENDING: Final = ".po"

Refer: TypeAlias = Callable[[Reference | StepReference], str]


@dataclass(frozen=True)
class Language:
    """A language of documents.

    Attributes:
        code: "en", "zh".
        catalogue: the translation of each English message; empty for English.
    """

    code: str
    catalogue: Mapping[str, str]

    @property
    def words(self) -> Words:
        """The words inside formulas."""
        return Words(conjunction=self.translate("and"), otherwise=self.translate("otherwise"))

    def translate(self, text: str) -> str:
        """Return the translation of an English message; the message itself where there is none."""
        return self.catalogue.get(text, text)

    def say(self, value: Value, *, refer: Refer) -> str:
        """Return a value as running text, with formulas between dollar signs.

        Args:
            value: a message, a formula, a number, a reference, or text as it is.
            refer: how references are written.
        """
        if isinstance(value, Message):
            spoken = {name: self.say(part, refer=refer) for name, part in value.values}
            return self.translate(value.text).format_map(spoken)
        if isinstance(value, Listed):  # one formula each, so that a line may break between them
            return ", ".join(self.say(part, refer=refer) for part in value.args)
        if isinstance(value, All):
            conjunction = f" {self.translate('and')} "
            return conjunction.join(self.say(part, refer=refer) for part in value.args)
        if isinstance(value, Basic):
            return f"${self.formula(value, inline=True)}$"
        if isinstance(value, Reference | StepReference):
            return refer(value)
        return f"${value}$" if isinstance(value, int) else value

    def formula(self, expression: Basic, *, inline: bool = False) -> str:
        """Return a formula as LaTeX, with the words of this language."""
        return spell_latex(expression, words=self.words, inline=inline)


def language_codes() -> tuple[str, ...]:
    """Return the languages there are: English, and one for each catalogue."""
    folder = files("symconv.document") / "locale"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(_ENDING))
    return (ENGLISH, *(name.removesuffix(_ENDING) for name in names))


@cache
def language(code: str) -> Language:
    """Return a language.

    Raises:
        OptionError: there is no catalogue for it.
    """
    if code == ENGLISH:
        return Language(ENGLISH, {})
    if code not in language_codes():
        raise OptionError(f"lang must be one of {', '.join(language_codes())}, got {shown(code)}")
    from babel.messages.pofile import read_po

    path = files("symconv.document") / "locale" / f"{code}{_ENDING}"
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=code)
    return Language(code, {str(entry.id): str(entry.string) for entry in catalogue if entry.string})
