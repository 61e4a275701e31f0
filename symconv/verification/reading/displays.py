"""The displays of a text, each with what the text says of its names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from symconv.formula.displays import find_displays
from symconv.formula.inputs import with_inputs
from symconv.formula.macros import macros_of
from symconv.verification.reading.article_options import ArticleOptions, article_options
from symconv.verification.reading.presets import preset
from symconv.verification.reading.prose.told import ProseSays, told_so_far
from symconv.verification.reading.telling import Saying

_PARAGRAPHS: Final = re.compile(r"\S[ \t]*\r?\n[ \t]*\r?\n[ \t]*\S")
MAX_LEAD: Final = 160
_LEADING: Final = (":", "：", ",", "，")
_THAT_IS: Final = re.compile(
    r"(?:i\.e\.|that is|so|or|and|hence|thus|即|也就是|或|soit|c'est-à-dire|d\.\s?h\.|also"
    r"|es decir|o sea|すなわち|つまり|즉|то есть|т\.е\.)\s*[:：,，]?",
    re.IGNORECASE,
)
ONLY_INLINE: Final = "formulas in a line of text are not judged: put them between $$ and $$"
_INLINE: Final = re.compile(r"(?<![\\$])\$[^$\n]+\$|\\\([^\n]+?\\\)")
_DISPLAYS: Final = ("$$", r"\[", "\n---\n", "```math", ".. math::")
_ENVIRONMENT: Final = re.compile(r"\\begin\{(?!cases|[bBpvV]?matrix|array|subarray)")


@dataclass(frozen=True)
class Display:
    r"""One displayed formula of a text.

    Attributes:
        index: its number in the text, from 1.
        line: the line of the text where it begins.
        source: the formula as it stands there.
        sayings: what the text says of its names, what counts most last.
        assume: conditions that the text assumes.
        file: the file of \input where it stands; "" is the text itself.
        lead: the words that lead to it, "Windows overlap if:"; where they only say "that is", those
            of the display before.
    """

    index: int
    line: int
    source: str
    sayings: tuple[Saying, ...] = ()
    assume: str = ""
    file: str = ""
    lead: str = ""


@dataclass(frozen=True)
class Article:
    r"""The displays of a text.

    Attributes:
        displays: in their order.
        notes: what was passed over and why: a missing \input, a macro in itself.
    """

    displays: tuple[Display, ...]
    notes: tuple[str, ...] = ()


def article_of(text: str, *, formula: bool | None, folder: Path | None = None) -> Article:
    r"""Return the displays of a text.

    Args:
        text: an article, or one formula.
        formula: whether the text is one formula; None finds out.
        folder: where the text's \input files are; None: they are not followed.

    Raises:
        FormulaError: the text is longer than the language allows.
        OptionError: the head of the text declares something that has no value of its kind.
    """
    if _is_formula(text) if formula is None else formula:
        source, left_alone = macros_of(text).expand(text)
        return Article((Display(1, 1, source),), left_alone)
    flat = with_inputs(text, folder)
    found = find_displays(flat.text)
    macros = macros_of(flat.text)
    options = article_options(found.head, found.comments)
    prose = [macros.expand(d.prose_before, at=d.span.start)[0] for d in found.displays]
    displays = []
    notes = [*flat.notes, *macros.notes]
    lead = ""
    for display, before, says in zip(found.displays, prose, told_so_far(prose), strict=True):
        lead = _lead(before, lead)
        source, left_alone = macros.expand(display.source, at=display.span.start)
        notes += left_alone
        file, line, _ = flat.place(display.span.start)
        if source.strip():
            sayings = _sayings(options, says)
            displays.append(
                Display(display.index, line, source, sayings, options.assume, file, lead)
            )
    if not displays and _INLINE.search(flat.text):
        notes.append(ONLY_INLINE)
    return Article(tuple(displays), tuple(dict.fromkeys(notes)))


def _lead(prose: str, before: str) -> str:
    """Return the line that leads to a display; after "that is" the one before leads to it, too."""
    lines = [line.strip() for line in prose.splitlines() if line.strip()]
    last = lines[-1][-MAX_LEAD:] if lines else ""
    return before if _THAT_IS.fullmatch(last) else last if last.endswith(_LEADING) else ""


def _is_formula(text: str) -> bool:
    """Return whether a text is one formula rather than an article."""
    if any(mark in text for mark in _DISPLAYS) or _ENVIRONMENT.search(text):
        return False
    return not ("$" in text and _PARAGRAPHS.search(text))


def _sayings(options: ArticleOptions, says: ProseSays) -> tuple[Saying, ...]:
    """Return what an article says, what counts most last: its own options."""
    named = preset(options.notation) if options.notation else {}
    sayings = (
        Saying("preset", tuple(named.items())),
        Saying(
            "prose",
            tuple(says.names.items()),
            says.index_base,
            says.true_convolution,
            tuple(says.facts.items()),
        ),
        Saying(
            "article",
            tuple(options.letters.items()),
            options.index_base,
            options.true_convolution,
        ),
    )
    return tuple(saying for saying in sayings if saying != Saying(saying.source))
