"""Pieces of LaTeX -> tokens for the grammar: letters, names, their indices and powers."""

from __future__ import annotations

from abc import ABC, abstractmethod

from lark import Token

from symconv.formula.pieces import Pieces
from symconv.formula.scan import Piece
from symconv.formula.scripts import (
    Scripts,
    has_comma,
    is_shape,
    name_with,
    scripts_behind,
    separated,
    subscript_word,
    superscript_name,
)
from symconv.formula.source import MAX_NESTING, Source
from symconv.formula.words import BARE_WORDS

FUNCTIONS = {
    "max": "MAX", "min": "MIN", "floor": "FLOOR", "ceil": "CEIL", "ceiling": "CEIL",
    "mod": "MODCALL",
}  # fmt: skip
_LONG_FUNCTION = 3
_INVISIBLE = ("WIDE", "FILLER")
_SIGNS = {"LSUB": "_", "LOF": "_", "LSUP": "^"}
_MAX_DEPTH = 2 * MAX_NESTING


class NameReader(ABC):
    """The half of the reader that knows names; the other half reads every other piece."""

    def __init__(
        self,
        source: Source,
        pieces: Pieces,
        functions: frozenset[str],
        *,
        depth: int = 0,
        in_subscript: bool = False,
    ) -> None:
        self._source = source
        self._pieces = pieces
        self._functions = functions
        self._depth = depth
        self._in_subscript = in_subscript
        self._out: list[Token] = []
        self._brackets: list[str] = []
        self._differential = -1

    def read(self, first: int, last: int) -> list[Token]:
        """Return the tokens of the pieces first, ..., last - 1."""
        while first < last:
            first = self._read_piece(first)
        return self._out

    @abstractmethod
    def _read_piece(self, place: int) -> int:
        """Emit the tokens of the piece at a place; return the place behind it."""

    def _emit(self, kind: str, piece: Piece, value: str | None = None) -> None:
        text = piece.text if value is None else value
        self._out.append(self._source.token(kind, text, piece.start, piece.end))

    def _inner(self, first: int, last: int, *, in_subscript: bool = False) -> list[Token]:
        if self._depth >= _MAX_DEPTH:
            at = self._pieces[first - 1].start
            raise self._source.fail(f"more than {_MAX_DEPTH} groups in each other", at)
        reader = type(self)(
            self._source,
            self._pieces,
            self._functions,
            depth=self._depth + 1,
            in_subscript=in_subscript,
        )
        return reader.read(first, last)

    def _group(self, opening: int, *, in_subscript: bool = False) -> list[Token]:
        """Return the tokens between an opening brace and its partner."""
        closing = self._pieces.partners[opening]
        tokens = self._inner(opening + 1, closing, in_subscript=in_subscript)
        return [token for token in tokens if token.type not in _INVISIBLE]

    def _marked(self, left: str, opening: int, right: str, tokens: list[Token]) -> list[Token]:
        """Return the tokens of a group between two marks of the grammar."""
        first = self._pieces[opening]
        last = self._pieces[self._pieces.partners[opening]]
        sign = _SIGNS.get(left, "{")
        before = self._source.token(left, sign, first.start, first.end)
        return [before, *tokens, self._source.token(right, "}", last.start, last.end)]

    # Letters

    def _letters(self, place: int) -> int:
        """Read a run of letters: a word, a function before its bracket, or one name a letter."""
        piece = self._pieces[place]
        run = piece.text
        called = self._pieces.sign(place + 1) == "("
        if not self._in_subscript:
            if run in BARE_WORDS and not (called and run in FUNCTIONS):
                kind = BARE_WORDS[run]
                self._emit(kind, piece, "mod" if kind == "MOD" else run)
                return place + 1
            if self._is_function(place, called=called):
                self._emit(FUNCTIONS.get(run, "CALL"), piece)
                return place + 1
        first = piece.start
        if self._is_differential(place):
            self._emit("PARTIAL", Piece("", "d", first, first + 1))
            run, first = run[1:], first + 1
        for offset, letter in enumerate(run[:-1], first):
            self._emit("NAME", Piece("", letter, offset, offset + 1))
        last = Piece("", run[-1], piece.end - 1, piece.end)
        if called and run[-1] in self._functions:
            self._emit("CALL", last)
            return place + 1
        return self._name(run[-1], last, place + 1)

    def _is_function(self, place: int, *, called: bool) -> bool:
        run = self._pieces.text(place)
        if run in ("max", "min") and (called or self._pieces.text(place + 1) in ("{", "[")):
            return True
        known = run in self._functions or place + 1 in self._pieces.with_comma
        return called and (known or len(run) >= _LONG_FUNCTION)

    def _is_differential(self, place: int) -> bool:
        """Return whether the letters are the de or the dY of de/dY."""
        run = self._pieces.text(place)
        if len(run) != 2 or run[0] != "d":
            return False
        if place == self._differential:
            return True
        slash = scripts_behind(self._pieces, place + 1).end
        below = self._pieces.text(slash + 1)
        follows = (
            self._pieces.sign(slash) in ("/", "∕") and self._pieces.kind(slash + 1) == "letters"
        )
        if not follows or len(below) != 2 or below[0] != "d":
            return False
        self._differential = slash + 1
        return True

    # Names

    def _name(self, base: str, piece: Piece, place: int) -> int:
        """Emit a name with the primes and scripts behind it; return the place behind them."""
        scripts = scripts_behind(self._pieces, place)
        word = upper = ""
        behind: list[Token] = []
        first_behind = scripts.end  # the first script that does not belong to the name
        if scripts.lower is not None:
            word = subscript_word(base, self._pieces.inside(scripts.lower))
            behind += [] if word else self._indices(scripts.lower)
            first_behind = scripts.lower - 1 if behind else first_behind
        if scripts.upper is not None:
            upper = superscript_name(
                self._pieces.inside(scripts.upper), indexed=scripts.lower is not None
            )
            behind += [] if upper else self._power(scripts.upper)
            first_behind = first_behind if upper else min(first_behind, scripts.upper - 1)
        name = name_with(base, primes=scripts.primes, word=word, upper=upper)
        end = self._pieces[first_behind - 1].end if first_behind > place else piece.end
        self._emit("NAME", piece._replace(end=end), name)
        end = self._pieces[scripts.end - 1].end
        self._out += [*behind[:-1], *(_ending_at(token, end) for token in behind[-1:])]
        self._refuse(scripts)
        return scripts.end

    def _power(self, opening: int) -> list[Token]:
        return self._marked("LSUP", opening, "RSUP", self._group(opening))

    def _indices(self, opening: int) -> list[Token]:
        """Return the tokens of a subscript: (Y), the p x q of a whole array, or indices."""
        tokens = self._group(opening, in_subscript=True)
        if len(tokens) > 2 and _is_parenthesised(tokens) and not has_comma(tokens[1:-1]):
            return self._marked("LOF", opening, "ROF", tokens[1:-1])
        tokens = _without_tuple(tokens)
        if is_shape(tokens):
            return []
        return self._marked("LSUB", opening, "RSUB", separated(tokens))

    def _scripts_of_value(self, place: int) -> int:
        """Read scripts that stand behind no name: behind a bracket, a number, a sum sign."""
        scripts = scripts_behind(self._pieces, place)
        if scripts.end == place:
            self._emit("UNKNOWN", self._pieces[place], "a script without its argument")
            return place + 1
        if scripts.lower is not None and self._out and self._out[-1].type == "SUM":
            tokens = separated(_below_sum(self._group(scripts.lower, in_subscript=True)))
            self._out += self._marked("LSUB", scripts.lower, "RSUB", tokens)
        elif scripts.lower is not None:
            self._out += self._indices(scripts.lower)
        if scripts.upper is not None:
            self._out += self._power(scripts.upper)
        if scripts.primes:
            self._emit("UNKNOWN", self._pieces[place], "a prime behind no name")
        self._refuse(scripts)
        return scripts.end

    def _refuse(self, scripts: Scripts) -> None:
        if scripts.twice is not None:
            reason = "a second subscript or superscript"
            self._emit("UNKNOWN", self._pieces[scripts.twice], reason)


def _is_parenthesised(tokens: list[Token]) -> bool:
    kinds = [token.type for token in tokens]
    return kinds[0] == "LPAR" and kinds[-1] == "RPAR" and kinds.count("RPAR") == 1


def _below_sum(tokens: list[Token]) -> list[Token]:
    """Return what stands below a sum sign; lines are conditions, a tuple needs no brackets.

    A first line of nothing but letters names those that are summed; so does "r such that".
    """
    result: list[Token] = []
    for token in tokens:
        if token.type not in ("LINE", "WHEN"):
            result.append(token)
        elif result and result[-1].type not in ("COMMA", "COLON"):
            named = {other.type for other in result} <= {"NAME", "COMMA"}
            result = separated(result) if named else result
            result.append(token.update(type="COLON" if named else "COMMA"))
    tokens = result
    tokens = [token for token in tokens if token.type != "AMP"]
    kinds = [token.type for token in tokens]
    end = kinds.index("COLON") if "COLON" in kinds else len(kinds)
    return [*_without_tuple(tokens[:end]), *tokens[end:]]


def _without_tuple(tokens: list[Token]) -> list[Token]:
    """Return the indices of (i, j) without the brackets."""
    if len(tokens) > 2 and _is_parenthesised(tokens) and has_comma(tokens[1:-1]):
        return tokens[1:-1]
    return tokens


def _ending_at(token: Token, end: int) -> Token:
    return Token(
        token.type,
        token.value,
        start_pos=token.start_pos,
        end_pos=end,
        line=token.line,
        column=token.column,
    )
