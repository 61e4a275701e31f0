"""Commands of LaTeX with arguments -> tokens for the grammar: fractions, derivatives, accents."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence

from lark import Token

from symconv.formula import commands as known
from symconv.formula.names import NameReader
from symconv.formula.scripts import has_comma, scripts_behind


class CommandReader(NameReader, ABC):
    """The part of the reader that knows commands with arguments."""

    def _accent(self, place: int) -> int:
        r"""Read \hat{x} as the name x_hat."""
        piece, opening = self._pieces[place], place + 1
        if opening not in self._pieces.partners:
            return self._lost(place)
        closing, inner = self._pieces.partners[opening], self._pieces.inside(opening)
        if len(inner) != 1 or not (inner[0].text.isalpha() and inner[0].text.isascii()):
            self._emit("UNKNOWN", piece, f"\\{piece.text} over more than a name")
            return closing + 1
        name = f"{inner[0].text}_{known.ACCENTS[piece.text]}"
        whole = piece._replace(end=self._pieces[closing].end)
        return self._name(name, whole, closing + 1)

    def _with_argument(self, place: int) -> int:
        r"""Read \pmod{t}, or the lines of \substack, which are conditions."""
        piece, opening = self._pieces[place], place + 1
        if opening not in self._pieces.partners:
            return self._lost(place)
        if piece.text == "substack":
            self._out += self._group(opening)
        else:
            self._emit("PMOD", piece, f"\\{piece.text}")
            self._out += self._marked("LARG", opening, "RARG", self._group(opening))
        return self._pieces.partners[opening] + 1

    def _fraction(self, place: int) -> int:
        r"""Read a fraction; \frac{de}{dY} has differentials above and below."""
        above = place + 1
        below = self._pieces.partners.get(above, place) + 1
        if not {above, below} <= self._pieces.partners.keys():
            return self._lost(place)
        self._emit("FRAC", self._pieces[place], f"\\{self._pieces[place].text}")
        parts = [self._group(above), self._group(below)]
        if all(map(_begins_with_d, parts)) and len(parts[1]) > 1:
            for tokens in parts:
                tokens[0] = tokens[0].update(type="PARTIAL")
        for opening, tokens in zip((above, below), parts, strict=True):
            self._out += self._marked("LARG", opening, "RARG", tokens)
        return self._pieces.partners[below] + 1

    def _operator(self, place: int) -> int:
        r"""Read \nabla_x or \partial_x; with several indices, \nabla_{ij} is a name."""
        scripts = scripts_behind(self._pieces, place + 1)
        if scripts.lower is None:
            return self._lost(place)
        piece = self._pieces[place]
        indices = self._indices(scripts.lower)
        kind = "NAME" if has_comma(indices[1:-1]) else known.COMMANDS[piece.text]
        self._emit(kind, piece)
        self._out += indices
        return self._pieces.partners[scripts.lower] + 1

    def _lost(self, place: int) -> int:
        piece = self._pieces[place]
        self._emit("UNKNOWN", piece, f"\\{piece.text[:30]} without its argument")
        return place + 1


def _begins_with_d(tokens: Sequence[Token]) -> bool:
    """Return whether the tokens are d, or d and a name with its indices."""
    if not tokens or tokens[0].type != "NAME" or tokens[0] != "d":
        return False
    return len(tokens) == 1 or (
        tokens[1].type == "NAME"
        and (len(tokens) == 2 or (tokens[2].type in ("LSUB", "LIDX") and _is_one_group(tokens[2:])))
    )


def _is_one_group(tokens: Sequence[Token]) -> bool:
    kinds = [token.type for token in tokens]
    closes = kinds.index("RSUB" if kinds[0] == "LSUB" else "RIDX")
    return closes == len(kinds) - 1 or kinds[0] in kinds[1:closes]
