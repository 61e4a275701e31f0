r"""Pieces of LaTeX -> the pieces that say something, in one shape.

What only changes the looks is left out. Braces stay where they hold an argument, and only there;
an argument without braces gets some, as in \frac12.
"""

from __future__ import annotations

from collections.abc import Callable

from symconv.formula import commands as known
from symconv.formula.scan import Piece, scan
from symconv.formula.source import MAX_NESTING, Source

_ARGUMENTS = {"frac": 2, "dfrac": 2, "tfrac": 2, "cfrac": 2, "pmod": 1, "pod": 1, "substack": 1}
_ARGUMENTS |= dict.fromkeys(known.ACCENTS, 1)
_NEGATED = {"=": "ne", "equiv": "nequiv", "≡": "nequiv", "mid": "nmid", "|": "nmid", "∣": "nmid"}
_WIDE_SPACES = 4


def tidy(source: Source, start: int, end: int) -> list[Piece]:
    r"""Return the pieces of source.text[start:end] that say something.

    Raises:
        FormulaError: braces or arguments are nested too deep.

    Example:
        >>> [piece.text for piece in tidy(Source(r"\frac12\,{x}"), 0, 12)]
        ['frac', '{', '1', '}', '{', '2', '}', 'x']
    """
    pieces = list(scan(source.text, start, end))
    return _Tidying(source, pieces, _partners(source, pieces)).result()


def _partners(source: Source, pieces: list[Piece]) -> dict[int, int]:
    """Return place of each opening brace -> place of its closing one."""
    partners: dict[int, int] = {}
    waiting: list[int] = []
    for place, piece in enumerate(pieces):
        if piece.kind == "open":
            waiting.append(place)
            if len(waiting) > MAX_NESTING:
                raise source.fail(f"more than {MAX_NESTING} braces in each other", piece.start)
        elif piece.kind == "close" and waiting:
            partners[waiting.pop()] = place
    return partners


class _Tidying:
    """Goes through the pieces once, from left to right."""

    def __init__(self, source: Source, pieces: list[Piece], partners: dict[int, int]) -> None:
        self._source = source
        self._pieces = pieces
        self._partners = partners
        self._out: list[Piece] = []
        self._thin = 0
        self._depth = 0

    def result(self) -> list[Piece]:
        self._range(0, len(self._pieces))
        return self._out

    def _range(self, place: int, end: int) -> None:
        while place < end:
            place = self._piece(place)

    def _piece(self, place: int) -> int:
        """Append what the piece is, with its arguments; return the place behind it."""
        piece = self._pieces[place]
        if piece.kind == "command" and piece.text in known.THIN:
            return self._space(place)
        self._thin = 0
        if piece.kind in ("sub", "sup"):
            return self._script(place)
        if piece.kind == "open":
            return self._nested(self._group, place)
        if piece.kind == "close":
            self._unknown("a closing brace without an opening one", piece)
            return place + 1
        if piece.kind == "command":
            return self._command(place)
        self._out.append(piece)
        return place + 1

    def _script(self, place: int) -> int:
        """Append a subscript or superscript, or only why its argument cannot be read."""
        script = self._pieces[place]
        self._out.append(script)
        behind = self._nested(self._argument, place + 1, script=True)
        if self._out[-2] is script:
            del self._out[-2]
        return behind

    def _nested(self, method: Callable[..., int], place: int, **options: bool) -> int:
        """Return what the method returns, one level deeper."""
        self._depth += 1
        if self._depth > 2 * MAX_NESTING:
            at = self._pieces[min(place, len(self._pieces) - 1)].start
            raise self._source.fail(f"more than {2 * MAX_NESTING} arguments in each other", at)
        behind = method(place, **options)
        self._depth -= 1
        return behind

    def _space(self, place: int) -> int:
        self._thin += 1
        if self._thin == _WIDE_SPACES:
            self._out.append(self._pieces[place]._replace(kind="wide"))
        return place + 1

    def _group(self, place: int) -> int:
        """Append what is in braces that hold no argument, without the braces."""
        if place not in self._partners:
            self._unknown("an opening brace without a closing one", self._pieces[place])
            return place + 1
        end = self._partners[place]
        self._range(place + 1, end)
        return end + 1

    def _argument(self, place: int, *, script: bool = False) -> int:
        """Append an argument in braces; without braces it is one piece, or its first character."""
        while place < len(self._pieces) and self._is_silent(self._pieces[place]):
            place += 1
        if place >= len(self._pieces) or self._pieces[place].kind in ("close", "line", "amp"):
            self._unknown("an argument is missing", self._pieces[place - 1])
            return place
        piece = self._pieces[place]
        if piece.kind == "open":
            if place not in self._partners:
                return self._group(place)
            end = self._partners[place]
            self._out.append(piece)
            self._range(place + 1, end)
            self._out.append(self._pieces[end])
            return end + 1
        if piece.kind in ("letters", "number") and len(piece.text) > 1:
            return self._first_character(place, script=script)
        self._out.append(Piece("open", "{", piece.start, piece.start))
        place = self._piece(place)
        end_of_last = self._out[-1].end
        self._out.append(Piece("close", "}", end_of_last, end_of_last))
        return place

    def _first_character(self, place: int, *, script: bool) -> int:
        piece = self._pieces[place]
        if script:
            reason = f"the script {piece.text[:20]} without braces"
            self._unknown(reason, piece)
            return place + 1
        middle = piece.start + 1
        self._out.append(Piece("open", "{", piece.start, piece.start))
        self._out.append(Piece(piece.kind, piece.text[0], piece.start, middle))
        self._out.append(Piece("close", "}", middle, middle))
        self._pieces[place] = Piece(piece.kind, piece.text[1:], middle, piece.end)
        return place

    def _command(self, place: int) -> int:
        piece = self._pieces[place]
        name = piece.text
        if name in known.TEXTS:
            return self._text(place)
        if name in ("begin", "end"):
            return self._environment(place)
        if name == "not":
            return self._not(place)
        if name in known.WIDE:
            self._out.append(piece._replace(kind="wide"))
        elif name in known.SILENT_WITH_ARGUMENT:
            return self._skip_argument(place + 1)
        elif name in ("left", "right", "middle"):
            return place + 1 + (self._text_at(place + 1) == ".")
        elif name == "prime":
            self._out.append(piece._replace(kind="prime"))
        elif not self._is_silent(piece):
            self._out.append(piece)
            place += 1
            for _ in range(_ARGUMENTS.get(name, 0)):
                place = self._nested(self._argument, place)
            return place
        return place + 1

    def _text(self, place: int) -> int:
        r"""Append \text with its argument in one piece, as the argument is no formula."""
        piece, opening = self._pieces[place], place + 1
        if opening not in self._partners:
            return opening
        closing = self._partners[opening]
        inside = self._source.text[self._pieces[opening].end : self._pieces[closing].start]
        kind = known.TEXTS[piece.text]
        self._out.append(Piece(kind, inside, piece.start, self._pieces[closing].end))
        return closing + 1

    def _environment(self, place: int) -> int:
        piece = self._pieces[place]
        opening = place + 1
        if opening not in self._partners:
            self._unknown(f"\\{piece.text} without a name", piece)
            return place + 1
        closing = self._partners[opening]
        start, end = self._pieces[opening].end, self._pieces[closing].start
        name = self._source.text[start:end].strip().rstrip("*")
        self._out.append(Piece(piece.text, name, piece.start, self._pieces[closing].end))
        place = closing + 1
        if piece.text == "begin" and self._text_at(place) == "[":
            place = self._skip_option(place)
        if piece.text == "begin" and name in known.WITH_COLUMNS:
            place = self._skip_argument(place)
        return place

    def _skip_option(self, place: int) -> int:
        """Return the place behind [t] at the beginning of an environment."""
        behind = place + 3
        is_option = self._text_at(place + 1) in ("t", "b", "c") and self._text_at(place + 2) == "]"
        return behind if is_option else place

    def _skip_argument(self, place: int) -> int:
        return self._partners[place] + 1 if place in self._partners else place

    def _not(self, place: int) -> int:
        following = self._text_at(place + 1)
        if following in _NEGATED:
            piece = self._pieces[place]
            end = self._pieces[place + 1].end
            self._out.append(Piece("command", _NEGATED[following], piece.start, end))
            return place + 2
        self._unknown("\\not before this sign", self._pieces[place])
        return place + 1

    def _text_at(self, place: int) -> str:
        return self._pieces[place].text if place < len(self._pieces) else ""

    def _is_silent(self, piece: Piece) -> bool:
        if piece.kind != "command":
            return False
        return piece.text in known.SILENT or piece.text in known.FONTS or piece.text in known.THIN

    def _unknown(self, reason: str, piece: Piece) -> None:
        self._out.append(Piece("unknown", reason, piece.start, piece.end))
