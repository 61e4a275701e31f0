"""How each status is called, marked and coloured: the same words wherever a verdict is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from symconv.verification.outcome import Status


@dataclass(frozen=True)
class Shown:
    """A status as a person sees it.

    Attributes:
        mark: one sign, so that no meaning hangs on colour.
        words: its name.
        colour: a style of Rich.
        hanging: whether the name goes on with what the verdict says: "right when the stride is 1".
    """

    mark: str
    words: str
    colour: str
    hanging: bool = False

    @property
    def label(self) -> str:
        """The mark and the name, "✗ wrong"."""
        return f"{self.mark} {self.words}{' …' if self.hanging else ''}"


SHOWN: Final[Mapping[Status, Shown]] = MappingProxyType(
    {  # the worst first: a display is as bad as its worst claim
        "refuted": Shown("✗", "wrong", "bold red"),
        "depends": Shown("±", "depends", "bold yellow"),
        "undecided": Shown("?", "undecided", "yellow"),
        "not_understood": Shown("…", "not understood", "magenta"),
        "right_when": Shown("✓", "right when", "cyan", hanging=True),
        "proved": Shown("✓", "proved", "green"),
        "no_claim": Shown("–", "no claim", "dim"),
    }
)
STATUSES: Final[tuple[Status, ...]] = tuple(SHOWN)
IN_FULL: Final[tuple[Status, ...]] = ("refuted", "depends", "not_understood")
UNSETTLED: Final[tuple[Status, ...]] = ("refuted", "depends", "undecided", "not_understood")
_CHECKED: Final[tuple[Status, ...]] = ("proved", "right_when", "depends", "refuted", "undecided")
_UNCHECKED: Final[tuple[Status, ...]] = ("not_understood", "no_claim")
NOTHING: Final = "no formula found; nothing was checked"


def summed(counts: Mapping[Status, int]) -> Iterator[tuple[str, Status | None]]:
    """Yield a summary in pieces, each with the status it counts; None for the words between.

    Example:
        >>> counts = {"refuted": 1, "right_when": 2, "proved": 5, "no_claim": 3}
        >>> "".join(words for words, _ in summed(counts))
        '11 verdicts: 5 proved, 2 right when, 1 wrong; not checked: 3 no claim'
        >>> "".join(words for words, _ in summed({}))
        'no formula found; nothing was checked'
    """
    if not counts:
        yield NOTHING, None
        return
    total = sum(counts.values())
    yield ("1 verdict" if total == 1 else f"{total} verdicts"), None
    for before, group in ((": ", _CHECKED), ("; not checked: ", _UNCHECKED)):
        for status in group:
            if status in counts:
                yield before, None
                yield f"{counts[status]} {SHOWN[status].words}", status
                before = ", "
