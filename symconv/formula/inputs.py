r"""\input and \include followed, inside the folder of an article only.

The result knows of every place which file and line it comes from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

MAX_FILES: Final = 100
MAX_FILE: Final = 5_000_000
MAX_TOTAL: Final = 20_000_000
MAX_DEPTH: Final = 10
_INPUT: Final = re.compile(
    r"(?<!\\)(?P<comment>%[^\r\n]*)"
    r"|\\(?:input|include|subfile)\s*\{(?P<braced>[^{}\r\n]{1,200})\}"
    r"|\\input[ \t]+(?P<plain>[\w./-]{1,200})"
)


@dataclass(frozen=True)
class Piece:
    """A part of the flat text.

    Attributes:
        start: where it begins in the flat text.
        name: the file that it comes from; "" is the article itself.
        line: the line of that file at which it begins.
        column: the column there.
    """

    start: int
    name: str
    line: int
    column: int


@dataclass(frozen=True)
class Flat:
    """A text with the files that it reads put in.

    Attributes:
        text: all of it.
        pieces: where its parts come from, in their order.
        notes: what was not followed, and why.
    """

    text: str
    pieces: tuple[Piece, ...] = (Piece(0, "", 1, 1),)
    notes: tuple[str, ...] = ()

    def place(self, offset: int) -> tuple[str, int, int]:
        """Return file, line and column of an offset in the flat text; the article is ""."""
        number = bisect_right([piece.start for piece in self.pieces], offset) - 1
        piece = self.pieces[max(number, 0)]
        between = self.text[piece.start : offset]
        lines = between.count("\n")
        column = len(between) - between.rfind("\n") if lines else piece.column + len(between)
        return piece.name, piece.line + lines, column


def with_inputs(text: str, folder: Path | None) -> Flat:
    r"""Return a text with the files of its \input and \include put in.

    A file counts if it lies in the folder or below, by a relative name without "..", and is no
    link that leads out. Cycles, too many files and too large ones are left alone, with a note.

    Args:
        text: the article.
        folder: its folder; None: nothing is followed.

    Example:
        >>> with_inputs("a", None).place(0)
        ('', 1, 1)
    """
    if folder is None or not _INPUT.search(text):
        return Flat(text)
    reader = _Reader(folder.resolve())
    reader.add(text, "", ())
    return Flat("".join(reader.texts), tuple(reader.pieces), tuple(dict.fromkeys(reader.notes)))


class _Reader:
    """The pieces read so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = 0
        self._length = 0
        self.texts: list[str] = []
        self.pieces: list[Piece] = []
        self.notes: list[str] = []

    def add(self, text: str, name: str, above: tuple[str, ...]) -> None:
        """Add a text and what it reads."""
        place = 0
        for found in _INPUT.finditer(text):
            if found["comment"]:
                continue
            wanted = (found["braced"] or found["plain"]).strip()
            path = self._path(wanted, (*above, name)) if len(above) < MAX_DEPTH else None
            if path is None:
                continue
            content = self._content(path, wanted)
            if content is None:
                continue
            self._piece(text, place, found.start(), name)
            self.add(content, path.relative_to(self._folder).as_posix(), (*above, name))
            place = found.end()
        self._piece(text, place, len(text), name)

    def _piece(self, text: str, start: int, end: int, name: str) -> None:
        line = text.count("\n", 0, start) + 1
        column = start - (text.rfind("\n", 0, start) + 1) + 1
        self.pieces.append(Piece(self._length, name, line, column))
        self.texts.append(text[start:end])
        self._length += end - start

    def _path(self, wanted: str, above: tuple[str, ...]) -> Path | None:
        """Return the file that is meant, if it may be read."""
        pure = PurePosixPath(wanted)
        if pure.is_absolute() or ".." in pure.parts or "\\" in wanted or ":" in wanted:
            self.notes.append(f"\\input{{{wanted[:60]}}} leads out of the folder; not followed")
            return None
        tries = [self._folder / wanted] if pure.suffix else []
        tries += [self._folder / f"{wanted}.tex"]
        for path in tries:
            try:
                real = path.resolve()
                if not real.is_file():
                    continue
            except (OSError, RuntimeError, ValueError):
                continue
            if not real.is_relative_to(self._folder):
                self.notes.append(f"\\input{{{wanted[:60]}}} leads out of the folder; not followed")
                return None
            if real.relative_to(self._folder).as_posix() in above:
                self.notes.append(f"\\input{{{wanted[:60]}}} reads itself; not followed")
                return None
            return real
        self.notes.append(f"\\input{{{wanted[:60]}}} is missing; not followed")
        return None

    def _content(self, path: Path, wanted: str) -> str | None:
        """Return the text of a file, unless there are too many or it is too large."""
        try:
            size = path.stat().st_size
            too_much = (
                self._files >= MAX_FILES or size > MAX_FILE or self._length + size > MAX_TOTAL
            )
            content = None if too_much else path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            self.notes.append(f"\\input{{{wanted[:60]}}} cannot be read as UTF-8; not followed")
            return None
        if content is None:
            self.notes.append(f"\\input{{{wanted[:60]}}} is too much; not followed")
        self._files += 1
        return content
