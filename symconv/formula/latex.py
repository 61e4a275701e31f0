"""Pieces of LaTeX -> tokens for the grammar: signs, words, functions, fractions, environments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lark import Token

from symconv.formula import commands as known
from symconv.formula.arguments import CommandReader
from symconv.formula.arrangements import arrangement_of, case_tokens, matrix_tokens
from symconv.formula.names import FUNCTIONS
from symconv.formula.pieces import Pieces
from symconv.formula.scan import Piece
from symconv.formula.source import MAX_DIGITS, Source
from symconv.formula.tidy import tidy
from symconv.formula.words import BARE_WORDS, LETTERS, NAME, meaning_of, split_words


def latex_tokens(source: Source, start: int, end: int, functions: Sequence[str]) -> list[Token]:
    """Return the tokens of source.text[start:end], with LINE and AMP where lines and cells end.

    Raises:
        FormulaError: nested too deep, or a number is too long.

    Example:
        >>> [str(token) for token in latex_tokens(Source("x_{i t+r}"), 0, 9, ())]
        ['x', '_', 'i', 't', '+', 'r', '}']
    """
    pieces = Pieces(tidy(source, start, end))
    return LatexReader(source, pieces, frozenset(functions)).read(0, len(pieces))


class LatexReader(CommandReader):
    """Reads pieces from left to right; a group in braces is read by itself."""

    def _read_piece(self, place: int) -> int:
        readers: dict[str, Callable[[int], int]] = {
            "letters": self._letters,
            "number": self._number,
            "command": self._command,
            "sign": self._sign,
            "text": self._text,
            "name": self._text,
            "operator": self._text,
            "prose": self._prose,
            "begin": self._environment,
            "sub": self._scripts_of_value,
            "sup": self._scripts_of_value,
        }
        marks = {"line": "LINE", "amp": "AMP", "wide": "WIDE"}
        piece = self._pieces[place]
        if piece.kind in readers:
            return readers[piece.kind](place)
        if piece.kind in marks:
            self._emit(marks[piece.kind], piece)
        else:
            self._unknown(piece)
        return place + 1

    def _unknown(self, piece: Piece) -> None:
        reasons = {
            "unknown": piece.text,
            "prime": "a prime behind no name",
            "end": f"\\end{{{piece.text[:30]}}} without its beginning",
        }
        self._emit("UNKNOWN", piece, reasons.get(piece.kind, piece.text[:30]))

    def _number(self, place: int) -> int:
        piece = self._pieces[place]
        if len(piece.text) > MAX_DIGITS:
            raise self._source.fail(f"a number of more than {MAX_DIGITS} digits", piece.start)
        self._emit("NUMBER", piece)
        return place + 1

    def _sign(self, place: int) -> int:
        piece = self._pieces[place]
        self._mark(known.SIGNS[piece.text], piece)
        return place + 1

    def _mark(self, kind: str, piece: Piece) -> None:
        """Emit a sign; [ behind a name opens indices, and the ] to it closes them."""
        if kind == "LBRACK" and self._out and self._out[-1].type == "NAME":
            kind = "LIDX"
        if kind in ("LBRACK", "LIDX", "LPAR"):
            self._brackets.append(kind)
        elif kind in ("RBRACK", "RPAR"):
            opened = self._brackets.pop() if self._brackets else ""
            if kind == "RBRACK" and opened == "LIDX":
                kind = "RIDX"
        self._emit(kind, piece)

    # Words

    def _prose(self, place: int) -> int:
        piece = self._pieces[place]
        self._words(piece.text, piece.start)
        return place + 1

    def _words(self, text: str, start: int) -> None:
        for kind, first, last in split_words(text):
            word = "mod" if kind == "MOD" else text[first:last]
            self._emit(kind, Piece("", word, start + first, start + last))

    def _text(self, place: int) -> int:
        r"""Read the argument of \text: a word that says something, a name, or several words."""
        piece = self._pieces[place]
        word = piece.text.strip().replace("\\_", "_")
        called = self._pieces.sign(place + 1) == "("
        if word in FUNCTIONS and (called or word in ("max", "min")):
            self._emit(FUNCTIONS[word], piece, word)
        elif NAME.fullmatch(word) and not _is_word(piece):
            if called and (len(word) > 1 or piece.kind == "operator"):
                self._emit("CALL", piece, word)
            else:
                return self._name(word, piece, place + 1)
        else:
            self._mixed_text(piece)
        return place + 1

    def _mixed_text(self, piece: Piece) -> None:
        """Read words, with formulas between dollar signs."""
        start = piece.end - 1 - len(piece.text)
        for number, part in enumerate(piece.text.split("$")):
            if number % 2:
                self._out += self._nested_formula(start, start + len(part))
            else:
                self._words(part, start)
            start += len(part) + 1

    def _nested_formula(self, start: int, end: int) -> list[Token]:
        pieces = Pieces(tidy(self._source, start, end))
        inner = LatexReader(self._source, pieces, self._functions, depth=self._depth + 1)
        return inner.read(0, len(pieces))

    # Commands

    def _command(self, place: int) -> int:
        piece = self._pieces[place]
        name, called = piece.text, self._pieces.sign(place + 1) == "("
        if called and (name in known.FUNCTIONS or name in self._functions):
            self._emit("CALL", piece)
            return place + 1
        if name in known.GREEK:
            return self._name(name, piece, place + 1)
        if name in known.ACCENTS:
            return self._accent(place)
        if name in ("nabla", "partial") and self._pieces.kind(place + 1) == "sub":
            return self._operator(place)
        if name in ("pmod", "pod", "substack"):
            return self._with_argument(place)
        if known.COMMANDS.get(name) == "FRAC":
            return self._fraction(place)
        if name in known.COMMANDS:
            kind = known.COMMANDS[name]
            self._mark(kind, piece._replace(text="mod" if kind == "MOD" else f"\\{name}"))
        else:
            self._emit("UNKNOWN", piece, f"\\{name[:30]}")
        return place + 1

    # Environments

    def _environment(self, place: int) -> int:
        """Read an environment: a case distinction, a matrix, or lines of their own."""
        piece, end = self._pieces[place], self._pieces.partners.get(place)
        if end is None:
            self._emit("UNKNOWN", piece, f"\\begin{{{piece.text[:30]}}} without its end")
            return place + 1
        closer = self._pieces.text(end + 1)
        inner = self._inner(place + 1, end)
        kind = arrangement_of(piece.text, self._out, inner, closer)
        before = self._out[-1].type if self._out else ""
        if kind == "UNKNOWN":
            self._emit("UNKNOWN", piece, f"the environment {piece.text[:30]}")
        elif kind == "LINES":
            if before == "LSET":
                self._out.pop()
            self._out += inner
        elif kind == "CASES":
            opening = self._out.pop() if before == "LSET" else None
            self._arranged("CASES", place, case_tokens(inner), opening)
        else:
            bracketed = piece.text == "array"
            opening = self._out.pop() if bracketed else None
            self._arranged("MATRIX", place, matrix_tokens(inner), opening)
            if bracketed:
                self._brackets.pop()
                return end + 2
        return end + 1

    def _arranged(
        self, kind: str, place: int, inner: Sequence[Token], opening: Token | None
    ) -> None:
        begin, end = self._pieces[place], self._pieces[self._pieces.partners[place]]
        if opening is not None and opening.start_pos is not None:
            begin = begin._replace(start=opening.start_pos)
        self._emit(kind, begin)
        self._out += inner
        self._emit(f"END{kind}", end)


def _is_word(piece: Piece) -> bool:
    r"""Return whether the text says something; \text{e} and \mathrm{et} are names."""
    if piece.kind == "text":
        return meaning_of(piece.text) is not None and piece.text not in LETTERS
    return piece.text.strip() in BARE_WORDS
