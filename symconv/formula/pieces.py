"""Pieces of LaTeX with what belongs together: braces, environments, brackets with commas."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.formula.scan import Piece


class Pieces:
    r"""A sequence of pieces that may be asked for places behind its end.

    Attributes:
        partners: place of each opening brace and \begin -> place of its end.
        with_comma: places of the opening parentheses that have a comma directly inside.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self.partners = _partners(pieces)
        self.with_comma = _with_comma(pieces)

    def __len__(self) -> int:
        return len(self._pieces)

    def __getitem__(self, place: int) -> Piece:
        return self._pieces[place]

    def inside(self, opening: int) -> Sequence[Piece]:
        """Return the pieces between an opening brace and its partner."""
        return self._pieces[opening + 1 : self.partners[opening]]

    def kind(self, place: int) -> str:
        """Return the kind of the piece at a place; behind the end it is empty."""
        return self._pieces[place].kind if place < len(self._pieces) else ""

    def text(self, place: int) -> str:
        """Return the text of the piece at a place; behind the end it is empty."""
        return self._pieces[place].text if place < len(self._pieces) else ""

    def sign(self, place: int) -> str:
        """Return the sign at a place, empty if there is none."""
        return self.text(place) if self.kind(place) == "sign" else ""


def _partners(pieces: Sequence[Piece]) -> dict[int, int]:
    partners: dict[int, int] = {}
    waiting: list[int] = []
    for place, piece in enumerate(pieces):
        if piece.kind in ("open", "begin"):
            waiting.append(place)
        elif piece.kind == "close":
            while pieces[waiting[-1]].kind != "open":
                waiting.pop()
            partners[waiting.pop()] = place
        elif piece.kind == "end" and waiting and pieces[waiting[-1]].kind == "begin":
            begin = waiting.pop()
            if pieces[begin].text == piece.text:
                partners[begin] = place
    return partners


def _with_comma(pieces: Sequence[Piece]) -> frozenset[int]:
    found: set[int] = set()
    waiting: list[int] = []
    for place, piece in enumerate(pieces):
        if piece.kind in ("open", "begin"):
            waiting.append(-1)
        elif piece.kind in ("close", "end"):
            del waiting[-1:]
        elif piece.kind == "sign" and piece.text in ("(", "（", "[", "［"):
            waiting.append(place)
        elif piece.kind == "sign" and piece.text in (")", "）", "]", "］"):
            del waiting[-1:]
        elif piece.text in (",", "，") and piece.kind == "sign" and waiting:
            found.add(waiting[-1])
    return frozenset(found)
