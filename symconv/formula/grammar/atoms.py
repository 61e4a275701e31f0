"""Operands: names, numbers, brackets, fractions, roots."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from symconv.formula.grammar import build
from symconv.formula.grammar.cursor import Cursor, Reader
from symconv.formula.lexer.tokens import Token
from symconv.formula.notation import (
    Decimal,
    Dots,
    Group,
    Infinity,
    Juxtaposed,
    Mark,
    Marked,
    Name,
    Quoted,
    Range,
    Run,
    SetOf,
    Words,
)
from symconv.formula.tree import Integer, Matrix, Node

MAX_DIGITS = 100
_ENDS = frozenset({"close", "unbrace", "row", "cell"})
_OPENING_LIST = (
    "number letter word open brace frac root big rounding partial nabla accent begin "
    "indicator dots infinity quoted"
)
_OPENING: Final = frozenset(_OPENING_LIST.split())


class Atoms(Cursor):
    """Reads an operand without the marks behind it."""

    def starts_factor(self) -> bool:
        """Return whether an operand may begin at the next token."""
        kind = self.peek().kind
        return kind in _OPENING and not (kind == "open" and self.peek(1).kind == "mod")

    def atom(self) -> Node:
        """Read a name, a number, a bracket or what a command builds."""
        first = self.at
        reader = self.reader_of(self.peek().kind)
        if reader is None:
            raise self.failure("a number, a name or a bracket")
        with self.nested():
            node = reader()
        return node if node.span.line else replace(node, span=self.span(first))

    def reader_of(self, kind: str) -> Reader | None:
        """Return what reads an operand that begins with a token of that kind."""
        return {
            "number": self._number,
            "letter": self._letters,
            "accent": self._accented,
            "word": self._word,
            "open": self._bracket,
            "bar": self._bars,
            "brace": self._braces,
            "root": self._root,
            "rounding": self._rounding,
            "dots": self._dots,
            "infinity": self._infinity,
            "quoted": self._quoted,
            "prose": self._words,
            "transpose": self._word,
        }.get(kind)

    def _number(self) -> Node:
        token = self.next()
        if len(token.text) > MAX_DIGITS:
            raise self.failure(f"a number of at most {MAX_DIGITS} digits")
        whole, _, fraction = token.text.partition(".")
        if not fraction:
            return Integer(int(whole))
        return Decimal(int(whole + fraction), 10 ** len(fraction))

    def _letters(self) -> Node:
        """Read letters side by side: a Name or a Run."""
        first = self.at
        names = [self.one_letter()]
        while self._goes_on(names[-1]):
            names.append(self.one_letter())
        return names[0] if len(names) == 1 else Run(tuple(names), span=self.span(first))

    def _goes_on(self, last: Name) -> bool:
        """Return whether the next letter stands side by side with the last one."""
        token = self.peek()
        command = self.source.text[self.tokens[self.at - 1].start] == "\\"
        if token.kind == "accent":
            return self._accents_letter() and not token.spaced
        return token.kind == "letter" and (
            not token.spaced or (command and not last.text.endswith("'"))
        )

    def _accents_letter(self) -> bool:
        ahead = 2 if self.peek(1).kind == "brace" else 1
        closed = ahead == 1 or self.peek(3).kind == "unbrace"
        return self.peek(ahead).kind == "letter" and closed

    def one_letter(self) -> Name:
        """Read one letter with its accent and its primes."""
        first = self.at
        token = self.next()
        if token.kind == "letter":
            return self._primed(Name(token.text), first)
        braced = self.take("brace")
        name = f"{self.next().text}_{token.text}"
        if braced:
            self.take("unbrace")
        return self._primed(Name(name), first)

    def _accented(self) -> Node:
        r"""Read what stands under an accent: \hat W, \bar{x}, \overline{f[m]}."""
        if self._accents_letter():
            return self._letters()
        accent = self.next().text
        inner = self.factor() if self.is_next("brace") else self.atom()
        if isinstance(inner, Name | Run):
            word = isinstance(inner, Run) or inner.word
            return Name(f"{inner.text}_{accent}", word)
        if isinstance(inner, Marked) and isinstance(inner.base, Name):
            return replace(inner, base=replace(inner.base, text=f"{inner.base.text}_{accent}"))
        return inner

    def _primed(self, name: Name, first: int) -> Name:
        text = name.text
        while self.is_next("prime") or self._script_prime():
            if self.is_next("script"):
                self.at += 1
                braced = self.take("brace")
                while token := self.take("prime"):
                    text += token.text
                if braced:
                    self.take("unbrace")
            else:
                text += self.next().text
        spelled = self._source(first)
        return Name(text, name.word, spelled, span=self.span(first))

    def _script_prime(self) -> bool:
        if not self.is_next("script", "^"):
            return False
        ahead = 2 if self.peek(1).kind == "brace" else 1
        place = ahead
        while self.peek(place).kind == "prime":
            place += 1
        return place > ahead and (ahead == 1 or self.peek(place).kind == "unbrace")

    def _source(self, first: int) -> str:
        if first >= len(self.tokens):
            return ""
        last = self.tokens[max(self.at - 1, first)]
        return self.source.text[self.tokens[first].start : last.end].strip()

    def _word(self) -> Node:
        first = self.at
        token = self.next()
        return self._primed(Name(token.text, word=True), first)

    def _quoted(self) -> Node:
        return Quoted(self.next().text)

    def _words(self) -> Node:
        return Words(self.next().text)

    def _dots(self) -> Node:
        self.next()
        return Dots()

    def _infinity(self) -> Node:
        self.next()
        return Infinity()

    def _braces(self) -> Node:
        """Read a brace group, which only groups: {a b} is a b."""
        self.next()
        if self.take("unbrace"):
            return Words("")
        parts: list[Node] = []
        with self.inside():
            parts.extend(self.items({"unbrace"}))
        if not self.take("unbrace") and self.peek().kind != "end of text":
            raise self.failure("a closing brace")
        return parts[0] if len(parts) == 1 else Group("{", tuple(parts))

    def _root(self) -> Node:
        first = self.at
        self.next()
        degree: Node = Integer(2)
        if self.is_next("open", "["):
            items = self.bracketed()
            degree = items[0] if items else degree
        operand = self.atom()
        exponent = build.quotient(Integer(1), degree)
        return Marked(operand, (Mark("sup", (exponent,)),), span=self.span(first))

    def _rounding(self) -> Node:
        """Read floor(...), ceil(...) of a text; float(...) is what stands in it."""
        token = self.next()
        if not self.is_next("open"):
            return Name(token.text, word=True)
        items = self.bracketed()
        if token.text == "float":
            return Group("(", items)
        return build.rounded[token.text](items[0] if len(items) == 1 else Group("(", items))

    def bracketed(self) -> tuple[Node, ...]:
        """Read a bracket with its items; one that is missing at the very end may be missing."""
        self.next()
        items = self.items(_ENDS)
        if not self.take("close") and self.peek().kind not in {"end of text", *_ENDS}:
            raise self.failure("a closing bracket")
        return items

    def _bars(self) -> Node:
        self.next()
        inner = self.expression()
        if not self.take("bar"):
            raise self.failure("the second bar")
        return Group("|", (inner,))

    def _bracket(self) -> Node:
        opening = self.next()
        if opening.text == "{":
            with self.inside():
                return self._set()
        with self.inside():
            items = self.items(_ENDS)
        if self._is_mismatched(opening):
            raise self.failure("the bracket that closes a floor or a ceiling")
        closing = self.take("close")
        if closing is None and self.peek().kind not in {"end of text", *_ENDS}:
            raise self.failure("a closing bracket")
        return self._closed(opening, items, closing)

    def _is_mismatched(self, opening: Token) -> bool:
        """Return whether a floor is closed as a ceiling, which is the nearest integer, or so."""
        rounding = {opening.text, self.peek().text} & build.rounded.keys()
        return self.is_next("close") and len(rounding) == 2

    def _closed(self, opening: Token, items: tuple[Node, ...], closing: Token | None) -> Node:
        if not items:
            return Group(opening.text, ())
        inner = items[0] if len(items) == 1 else Group("(", items)
        if opening.text in build.rounded:
            return build.rounded[opening.text](inner)
        if len(items) == 2 and closing and {opening.text, closing.text} == {"(", "["}:
            return Range(items[0], items[1], opening.text == "(", closing.text == "(")
        if opening.text == "." or (isinstance(inner, Matrix) and opening.text in {"(", "["}):
            return inner
        return Group(opening.text, items)

    def _set(self) -> Node:
        with self.inside(divides=False):
            items = self.items({"close", "unbrace", "mid", "bar", "colon"})
        conditions: tuple[Node, ...] = ()
        if self.take("mid") or self.take("bar") or self.take("colon"):
            conditions = self.items({"close", "unbrace"})
        if not self.take("close") and self.peek().kind != "end of text":
            raise self.failure("a closing brace")
        if len(items) == 1 and not conditions and isinstance(items[0], Range):
            return items[0]
        if len(items) > 2 and isinstance(items[-2], Dots):
            return Range(items[0], items[-1])
        return SetOf(items, conditions)

    def juxtaposed(self, factors: list[Node], first: int) -> Node:
        """Return the factors side by side as one node."""
        return (
            factors[0] if len(factors) == 1 else Juxtaposed(tuple(factors), span=self.span(first))
        )
