"""The tree of a formula as it is written: every mark is kept, nothing is decided.

Notation alone does not say whether `pad` is one name or p·a·d, whether K(k-1) is a product or an
entry, whether W^T is a power, or whether * multiplies or convolves. So the tree says what stands
there: runs of letters, marks behind a base, signs between operands. What they mean is found out by
`symconv.verification.reading`, which turns this tree into that of `symconv.formula.tree`.

Numbers, sums, quotients, rounding, remainders, comparisons and case distinctions have one meaning;
they are nodes of `symconv.formula.tree`, whose parts are nodes of either tree:

    Integer Total Negated Quotient Floor Ceiling Remainder Largest Smallest Partial Cases Matrix
    Compare Divides AllOf AnyOf Not
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from symconv.formula.tree import NOWHERE, Node, Span

MarkKind: TypeAlias = Literal["sub", "sup", "bracket", "paren"]


@dataclass(frozen=True)
class Decimal(Node):
    """A number with a point, 4.5, as the exact fraction numerator / denominator."""

    numerator: int
    denominator: int


@dataclass(frozen=True)
class Name(Node):
    r"""One name without marks: a letter, or a word that its author wrote as one.

    Fonts are gone (\mathbf{X} is X), Greek letters are spelled (delta), accents and primes are
    part of the name (W_hat, n_tilde, w_bar, m', d'').

    Attributes:
        text: the name: "x", "delta", "m'", "kernel_size", "kernel size", "步长".
        word: whether its author marked it as one word: \text{pad}, \mathrm{pad}, kernel_size,
            \operatorname, a word of another script. A single letter is no word.
        spelled: as it stands in the source, for print, not compared: "\mathbf{X}", "\hat W".
    """

    text: str
    word: bool = False
    spelled: str = field(default="", compare=False)


@dataclass(frozen=True)
class Run(Node):
    """Two or more letters side by side without a sign: pad, FS, OH, si, hs; one name or a product.

    Attributes:
        letters: the single names, in their order; digits behind a letter belong to it: W1.
    """

    letters: tuple[Name, ...]

    @property
    def text(self) -> str:
        """The letters in one piece, "pad"."""
        return "".join(letter.text for letter in self.letters)


@dataclass(frozen=True)
class Mark(Node):
    """What stands behind a base: a script, an index in brackets, a bracket.

    Attributes:
        kind: "sub" and "sup" for scripts, "bracket" for [...], "paren" for (...).
        items: what stands in it, cut at its commas and semicolons. x_{ij} has the one item
            Run(i, j); x_{(i+m)(j+n)} the one item Juxtaposed; x_{10} the one item Integer(10).
        text: the source between the brackets.
    """

    kind: MarkKind
    items: tuple[Node, ...]
    text: str = ""


@dataclass(frozen=True)
class Marked(Node):
    r"""A base and the marks behind it, in their order: w(f)_{m,n}^{l+1}, X_i[p,q], K(k-1).

    A bracket right behind a name is always a mark: K(k-1) may be a product all the same.
    A transpose is a mark with the one item Name("T"), written ^T, ^\top, .T or ^{\mathsf T}.
    """

    base: Node
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Juxtaposed(Node):
    """Two or more factors side by side without a sign: 2P, s(r-1), (i+m)(j+n), W x."""

    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Multiplied(Node):
    r"""Two or more operands between signs that multiply: \cdot \times × · or x between brackets."""

    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Starred(Node):
    r"""left sign right, where the sign may be a product, a convolution or a correlation.

    Attributes:
        sign: "*", "star", "ast" is "*", "circledast", "otimes", "odot", "circ", "@", "oast", ...
        left, right: the operands.
        marks: what stands at the sign: *_{full}; a tilde over it is the Mark "sup" of
            Name("tilde").
    """

    sign: str
    left: Node
    right: Node
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Group(Node):
    """Something in brackets, kept because brackets may mean something: [x] a floor, (a, b) a pair.

    Attributes:
        bracket: "(", "[", "{" or "|".
        items: one for a mere bracket, several for a tuple.
    """

    bracket: str
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Big(Node):
    r"""A large operator with its limits and its body.

    Attributes:
        operator: "sum", "prod", "max", "min", "argmax", "argmin", "int", "lim", "bigcup".
        below: what stands below it: Compare("=", i, 0) for i=0, bare names for m,n, conditions,
            Member. Empty where nothing stands there. \sum\sum with one common limit below is one
            Big in another; limits written on the next line of a text belong to their signs.
        above: what stands above it, or None.
        body: what it runs over, up to the next sign of a sum at its level.
    """

    operator: str
    below: tuple[Node, ...]
    above: Node | None
    body: Node


@dataclass(frozen=True)
class Differential(Node):
    r"""A derivative or gradient without its fraction: \partial W, \nabla a_{22}, \nabla_W L.

    A `d` before a name is only a Run: dW, dX. \nabla_W L and \partial_w L are Partial(L, w).
    """

    sign: str
    operand: Node


@dataclass(frozen=True)
class Slice(Node):
    """start:stop:step inside brackets; all None is a mere colon, everything."""

    start: Node | None
    stop: Node | None
    step: Node | None


@dataclass(frozen=True)
class Keyword(Node):
    """name=value among the arguments of a call."""

    name: str
    value: Node


@dataclass(frozen=True)
class Quoted(Node):
    """A text in quotation marks among arguments: 'full'."""

    text: str


@dataclass(frozen=True)
class Words(Node):
    r"""Words that are no name: \text{if}, "kernels", 其他情况."""

    text: str


@dataclass(frozen=True)
class Dots(Node):
    r"""Dots that stand for what is left out: \cdots, ..., …."""


@dataclass(frozen=True)
class Infinity(Node):
    r"""The sign \infty."""


@dataclass(frozen=True)
class Evaluated(Node):
    r"""\left. body \right|_{below}: the body under a condition."""

    body: Node
    below: tuple[Node, ...]


@dataclass(frozen=True)
class Indicator(Node):
    r"""1 where the condition holds, else 0: [i = j], \mathbf 1_{\{...\}}, \mathbb 1[...]."""

    condition: Node


@dataclass(frozen=True)
class Transposed(Node):
    """The operand, a bracket or a matrix, transposed."""

    operand: Node


@dataclass(frozen=True)
class Member(Node):
    r"""elements \in container: i \in [0, n), (m,n) \in \{0,1\}^2, Y \in \mathbb R^{M \times N}."""

    elements: tuple[Node, ...]
    container: Node


@dataclass(frozen=True)
class Range(Node):
    """An interval of integers or of a set: [low, high], [low, high), low..high."""

    low: Node
    high: Node
    open_low: bool = False
    open_high: bool = False


@dataclass(frozen=True)
class SetOf(Node):
    """{a, b, ...}, or {body | conditions} with the conditions behind its bar or colon."""

    items: tuple[Node, ...]
    conditions: tuple[Node, ...] = ()


@dataclass(frozen=True)
class ForAll(Node):
    """Names that are said to be arbitrary: for all r, ∀ i, j."""

    letters: tuple[Node, ...]


@dataclass(frozen=True)
class Conditional(Node):
    """value if condition else otherwise, or condition ? value : otherwise."""

    value: Node
    condition: Node
    otherwise: Node


@dataclass(frozen=True)
class Statement(Node):
    r"""One thing that a display says: sides with relations between them, and what stands beside.

    Attributes:
        sides: one or more; one side alone is a fragment or, where it is a Compare, AllOf, AnyOf,
            Not, Divides or Member, a condition that is claimed.
        relations: one less than sides: "=" ":=" "+=" "approx" "arrow" "iff" "implies" "equiv".
            Comparisons (< <= > >= !=) between sides make one Compare or AllOf of them instead.
            An arrow with a text over it is "arrow:TEXT". A row of a display that begins with "="
            goes on with the statement above; where there is none, the first side is Dots.
        conditions: what stands beside it after "for", "if", "where", "with", a comma or in the next
            column: Compare, AllOf, Member, ForAll, ...; in words it is Words.
        label: a heading before it, "Backward:", "VALID:".
        tag: the equation's number, \tag{3}, or "".
    """

    sides: tuple[Node, ...]
    relations: tuple[str, ...]
    conditions: tuple[Node, ...] = ()
    label: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Unread:
    """A part of a display that is no notation.

    Attributes:
        reason: what was met and what could have stood there, in one line.
        span: where.
    """

    reason: str
    span: Span = NOWHERE
