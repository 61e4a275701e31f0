"""Marks behind an operand: scripts, indices in brackets, brackets."""

from __future__ import annotations

from collections.abc import Collection

from symconv.formula.grammar.atoms import Atoms
from symconv.formula.lexer.tokens import Token
from symconv.formula.notation import (
    Big,
    Group,
    Keyword,
    Mark,
    Marked,
    MarkKind,
    Name,
    Run,
    Slice,
    Starred,
    Transposed,
    Words,
)
from symconv.formula.tree import Compare, Integer, Matrix, Node, Partial

_SIGNS = frozenset({"plus", "minus", "times", "star", "prime", "transpose", "quoted"})
_ENDS = frozenset({"comma", "semicolon", "colon", "close", "unbrace", "row", "end of text"})


class Marks(Atoms):
    """Reads an operand with the marks behind it, and lists of items."""

    def factor(self) -> Node:
        """Read one operand with its marks."""
        first = self.at
        node = self.marked(self.atom(), first)
        while self.take("method"):
            node = Big("sum", (), None, node, span=self.span(first))
        return node

    def marked(self, base: Node, first: int) -> Node:
        """Read the marks behind the base."""
        marks: list[Mark] = []
        while True:
            mark = self._mark(base)
            if mark is None:
                break
            if mark.items or mark.kind in {"paren", "bracket"}:
                marks.append(mark)
        if not marks:
            return base
        transposes = mark_of_transpose(marks[0])
        if isinstance(base, Group | Matrix) and transposes and len(marks) == 1:
            return Transposed(base, span=self.span(first))
        base, own = _bare(base, marks[0])
        return Marked(base, (*own, *marks), span=self.span(first))

    def _mark(self, base: Node) -> Mark | None:
        token = self.peek()
        if token.kind == "script":
            return self._script()
        if token.kind == "transpose":
            first = self.at
            self.next()
            return Mark("sup", (Name("T", span=self.span(first)),), "T", span=self.span(first))
        if token.kind == "prime" and not token.spaced:
            self.next()
            return Mark("sup", (Name(token.text),), token.text)
        if token.kind == "open" and token.text in {"(", "["} and self._indexes(base, token):
            return self._brackets(token)
        return None

    def _indexes(self, base: Node, token: Token) -> bool:
        """Return whether a bracket behind the base is a mark of it."""
        if isinstance(base, Integer) or self.peek(1).kind == "mod":
            return False
        if token.text == "[" and self._holds_at_top({"relation", "compare"}):
            return False
        if isinstance(base, Name | Run):
            return True
        if isinstance(base, Partial):
            return (token.text == "[" and not token.spaced) or self._has_commas()
        if not isinstance(base, Group) or base.bracket not in {"(", "["}:
            return False
        return self._has_commas() or (token.text == "[" and not token.spaced) or _holds_star(base)

    def _has_commas(self) -> bool:
        return self._holds_at_top({"comma", "semicolon"})

    def _holds_at_top(self, kinds: Collection[str]) -> bool:
        """Return whether the bracket that opens next holds such a token outside inner brackets."""
        depth = 0
        ahead = 0
        while (token := self.peek(ahead)).kind != "end of text":
            depth += {"open": 1, "brace": 1, "close": -1, "unbrace": -1}.get(token.kind, 0)
            if depth <= 0:
                return False
            if depth == 1 and token.kind in kinds:
                return True
            ahead += 1
        return False

    def _brackets(self, token: Token) -> Mark:
        first = self.at
        with self.nested(), self.inside(slices=True):
            items = self.bracketed()
        kind: MarkKind = "paren" if token.text == "(" else "bracket"
        return Mark(kind, items, self._inside(first), span=self.span(first))

    def _inside(self, first: int) -> str:
        start = self.tokens[first].end
        last = self.tokens[self.at - 1]
        end = last.start if last.kind in {"close", "unbrace"} else last.end
        return self.source.text[start:end].strip()

    def _script(self) -> Mark:
        first = self.at
        sign = self.next()
        kind: MarkKind = "sub" if sign.text == "_" else "sup"
        start = self.at
        items = self.group_items()
        braced = self.tokens[start].kind == "brace" if start < self.stop else False
        text = self._inside(start) if braced else self._source(start)
        return Mark(kind, items, text, span=self.span(first))

    def group_items(self) -> tuple[Node, ...]:
        """Read the items of a brace group or of one token behind _ or ^."""
        with self.nested():
            if self.take("brace"):
                return self._braced_items()
            return self._single()

    def _braced_items(self) -> tuple[Node, ...]:
        if self._only_letters():
            return self._spread_letters()
        if self.take("stack"):
            self.take("brace")
            items = self.items({"unbrace"})
            self.take("unbrace")
            self.take("unbrace")
            return items
        if self._only_signs():
            first = self.at
            signs = []
            while not self.is_next("unbrace") and self.peek().kind != "end of text":
                signs.append(self.next())
            self.take("unbrace")
            text = "".join(token.text for token in signs)
            return () if text == "circ" else (Name(text, span=self.span(first)),)
        items = self.items({"unbrace", "row", "cell"})
        self.take("unbrace")
        return items

    def _scripted_brackets(self) -> tuple[Node, ...]:
        """Read brackets behind a script sign: x_(i-1), x_(i+m)(j+n)."""
        first = self.at
        raised = first > 0 and self.tokens[first - 1].text == "^"
        groups = [self.atom()]
        while self.is_next("open", "(") and not self.peek().spaced:
            groups.append(self.atom())
        if len(groups) > 1:
            return (self.juxtaposed(groups, first),)
        if isinstance(groups[0], Group) and not raised:
            return groups[0].items
        return (groups[0],)

    def _only_letters(self) -> bool:
        """Return whether the braces hold nothing but letters, spaces between them aside."""
        ahead = 0
        while self.peek(ahead).kind == "letter":
            ahead += 1
        return ahead > 1 and self.peek(ahead).kind == "unbrace"

    def _spread_letters(self) -> tuple[Node, ...]:
        first = self.at
        letters: list[Name] = []
        while not self.take("unbrace"):
            letters.append(self.one_letter())
        return (Run(tuple(letters), span=self.span(first)),)

    def _only_signs(self) -> bool:
        ahead = 0
        while self.peek(ahead).kind in _SIGNS:
            ahead += 1
        return ahead > 0 and self.peek(ahead).kind == "unbrace"

    def _single(self) -> tuple[Node, ...]:
        first = self.at
        token = self.peek()
        if token.kind in {"plus", "star"} or (token.kind == "minus" and not self._operand(1)):
            self.next()
            return () if token.text == "circ" else (Name(token.text, span=self.span(first)),)
        if token.kind == "minus":
            self.next()
            return (self.negated(self.atom(), first),)
        if token.kind == "letter" or (token.kind == "accent" and self._accents_letter()):
            return (self.one_letter(),)
        if token.kind == "prime":
            self.next()
            return (Name(token.text, span=self.span(first)),)
        if token.kind == "transpose":
            self.next()
            return (Name("T", span=self.span(first)),)
        if token.kind == "open" and token.text == "(":
            return self._scripted_brackets()
        if token.kind in {"key", "prose"}:
            self.next()
            return (Name(self._spelling(token), word=True, span=self.span(first)),)
        return (self.atom() if token.kind != "frac" else self.factor(),)

    def _spelling(self, token: Token) -> str:
        return token.text if token.kind == "prose" else self._source_of(token)

    def _source_of(self, token: Token) -> str:
        written = self.source.text[token.start : token.end]
        return written.rpartition("{")[2].strip("} ")

    def _operand(self, ahead: int) -> bool:
        token = self.peek(ahead)
        return token.kind in {"number", "letter"} and not token.spaced

    def negated(self, node: Node, first: int) -> Node:
        """Return minus the node."""
        raise NotImplementedError

    def items(self, until: Collection[str]) -> tuple[Node, ...]:
        """Read items between commas and semicolons up to a token of these kinds."""
        items: list[Node] = []
        ends = {*until, "end of text"}
        equals, self.equals = self.equals, True
        try:
            while self._skip_breaks(ends):
                before = self.at
                items.append(self._item())
                if not self._at_item(ends) or self.at == before:
                    break
        finally:
            self.equals = equals
        return self.gathered(tuple(items))

    def gathered(self, conditions: tuple[Node, ...]) -> tuple[Node, ...]:
        """Join lists of names with the condition they belong to: i, j in S."""
        raise NotImplementedError

    def _skip_breaks(self, ends: Collection[str]) -> bool:
        """Go on behind what separates items; whether another one follows."""
        breaks = {"row", "cell", "quad", "comma", "semicolon", "key", "label", "stop"} - set(ends)
        if not self.slices:
            breaks |= {"colon"} - set(ends)
        self.skip(breaks)
        return self.peek().kind not in ends

    def _at_item(self, ends: Collection[str]) -> bool:
        """Return whether the item ends here, so that another may follow."""
        kind = self.peek().kind
        if kind == "bar" and "bar" not in ends:
            self.next()
            return True
        if kind in {"comma", "semicolon", "row", "cell", "quad", "key", "prose", "label", "stop"}:
            return True
        behind = self.tokens[self.at - 1].kind
        return behind == "prose" or kind in ends or (kind == "colon" and not self.slices)

    def _item(self) -> Node:
        first = self.at
        if self.is_next("prose"):
            return Words(self.next().text, span=self.span(first))
        if self.is_next("colon"):
            return self._slice(None, first)
        node = self.condition()
        if self.is_next("colon") and self.slices:
            return self._slice(node, first)
        return node

    def _slice(self, start: Node | None, first: int) -> Node:
        parts: list[Node | None] = [start]
        while self.take("colon"):
            parts.append(None if self.peek().kind in _ENDS else self.expression())
        parts += [None] * (3 - len(parts))
        return Slice(parts[0], parts[1], parts[2], span=self.span(first))

    def keyword(self, node: Node) -> Node:
        """Return name = value among arguments as a Keyword."""
        if not isinstance(node, Compare) or node.operator != "=":
            return node
        if isinstance(node.left, Name | Run):
            return Keyword(node.left.text, node.right, span=node.span)
        return node


def mark_of_transpose(mark: Mark) -> bool:
    """Return whether the mark is a transpose."""
    return mark.kind == "sup" and mark.items == (Name("T"),)


def _bare(base: Node, mark: Mark) -> tuple[Node, tuple[Mark, ...]]:
    r"""Return the name in a bracket before a script, (\omega')^l_{m,n}, and its own marks."""
    if not isinstance(base, Group) or base.bracket != "(" or mark.kind not in {"sub", "sup"}:
        return base, ()
    match base.items:
        case (Name() as name,):
            return name, ()
        case (Marked(base=Name() as name, marks=marks),) if all(
            own.kind in {"sub", "sup"} for own in marks
        ):
            return name, marks
    return base, ()


def _holds_star(group: Group) -> bool:
    return any(isinstance(item, Starred) for item in group.items)
