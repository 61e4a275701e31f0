"""A claim in our letters, and the convolution it is about.

Whatever a sum binds, or the left side has as an index, is an index. A size that a claim does not
mention is what it takes for granted: no padding, no dilation, one channel, one group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.tree import (
    Claim,
    Condition,
    Entry,
    Equation,
    Expression,
    Letter,
    Node,
    Partial,
    Product,
    Scatter,
    SumOver,
    SumWhere,
    walk,
)
from symconv.verification.questions.padding_mode import PADDED
from symconv.verification.reading.aliases import with_aliases
from symconv.verification.reading.binding import with_bound_letters
from symconv.verification.reading.channels import channel_letters
from symconv.verification.reading.definitions import with_conditions_inside
from symconv.verification.reading.letters import MEANINGS, OF_DEPTH, OF_FIRST_AXIS, Letters
from symconv.verification.reading.renaming import Renaming, with_entries
from symconv.verification.reading.superscripts import with_superscripts
from symconv.verification.truth.algebra import arrays_in, letters_in, rebuild
from symconv.verification.truth.convolution import (
    DILATIONS,
    EVEN_PADDINGS,
    GROUPS,
    INPUTS,
    INPUTS_OF_GROUP,
    OUTPUTS,
    OUTPUTS_OF_GROUP,
    STRIDES,
)
from symconv.verification.truth.guarded_terms import letters_bound_in
from symconv.verification.truth.layout import Layout, entries_by_array, layout_of

OF_SECOND_AXIS: Final = frozenset(
    {"q", "n", "h", *STRIDES[1:], *DILATIONS[1:], *EVEN_PADDINGS[1:], "P_left", "P_right"}
)


@dataclass(frozen=True)
class Resolved:
    """A claim in our letters: arrays x, w, y, dy; sizes as in Model; indices marked by a "_".

    Attributes:
        claim: the tree.
        used: the sizes that the claim mentions.
        square: whether one letter stands for both kernel sizes.
        layout: the dimensions of its arrays.
        author: our letter -> the author's, for sizes and arrays.
    """

    claim: Any
    used: frozenset[str]
    square: bool
    layout: Layout
    author: Mapping[str, str]

    @property
    def axes(self) -> int:
        """How many axes it is about."""
        return self.layout.axes

    def restored(self, node: Any) -> Any:
        """Return a node in the author's letters again."""
        match node:
            case Product(factors=(one, other)) if other == GROUPS and one in _WHOLE:
                return self.restored(_WHOLE[one])
            case Letter():
                name = node.name.removeprefix("_")
                return Letter(self.author.get(node.name, name))
            case Entry(array="dy"):
                indices = tuple(self.restored(index) for index in node.indices)
                y = Entry(self.author.get("y", "y"), indices)
                return Partial(Letter(self.author.get("e", "e")), y)
            case Entry():
                inner = rebuild(node, self.restored)
                return replace(inner, array=self.author.get(node.array, node.array))
            case SumOver():
                inner = rebuild(node, self.restored)
                return replace(inner, letter=node.letter.removeprefix("_"))
            case SumWhere():
                inner = rebuild(node, self.restored)
                return replace(inner, letters=tuple(n.removeprefix("_") for n in node.letters))
            case Node():
                return rebuild(node, self.restored)
        return node


_WHOLE: Final[Mapping[Expression, Letter]] = {INPUTS_OF_GROUP: INPUTS, OUTPUTS_OF_GROUP: OUTPUTS}


def resolve(claim: Claim, letters: Letters, *, also: tuple[Condition, ...] = ()) -> Resolved:
    """Return a claim in our letters.

    Args:
        claim: as its author wrote it.
        letters: what the letters mean.
        also: conditions that are assumed beside it; their letters count as mentioned.

    Raises:
        FormulaError: a sum does not say over what.
    """
    claim = with_superscripts(claim, letters)
    claim = with_aliases(with_entries(claim, letters), letters)
    everywhere = letters_in(claim, *also)
    layout = _layout(claim, letters)
    letters = replace(letters, axes=layout.axes)
    padded = any(letters.array(name) == PADDED for name in arrays_in(claim))
    if padded and layout.axes == 1:
        letters = letters.with_defaults({"n": "m"})  # the one size there is
    letters = letters.with_defaults(channel_letters(claim, letters, layout))

    def is_size(name: str) -> bool:
        return letters.size(name, everywhere) is not None

    claim = with_bound_letters(with_conditions_inside(claim, is_size), is_size)
    indices = _index_letters(claim, letters)
    everywhere = letters_in(claim, *also)
    sizes = {name: letters.size(name, everywhere) for name in sorted(everywhere - indices)}
    used = frozenset(size for size in sizes.values() if size is not None)
    used |= {"P"} if padded and not any(size[0] == "P" for size in used) else set()
    grouped = GROUPS.name in used
    renamed = Renaming(letters, indices, everywhere, grouped).apply(claim)
    author = {
        our: name
        for name, size in reversed(sizes.items())
        if (our := size or letters.array(name)) in MEANINGS
    }
    author |= {letters.array(name): name for name in sorted(arrays_in(claim), reverse=True)}
    square = layout.axes > 1 and "p" in used and not {"q", "p_3", *OF_FIRST_AXIS} & {*used, *sizes}
    return Resolved(renamed, used, square, layout, author)


def resolve_condition(condition: Condition, letters: Letters) -> Condition:
    """Return an assumed condition in our letters."""
    renaming = Renaming(letters, frozenset(), letters_in(condition))
    resolved: Condition = renaming.apply(with_entries(condition, letters))
    return resolved


def _layout(claim: Any, letters: Letters) -> Layout:
    """Return the dimensions of a claim's arrays; without arrays its letters tell the axes."""
    entries = [
        replace(part, array=letters.array(part.array))
        for part in walk(claim)
        if isinstance(part, Entry)
    ]
    if isinstance(claim, Scatter):
        target = letters.derivative(claim.array) or letters.array(claim.array)
        array = target if target in ("w", "b", "y", "dy") else "x"
        entries.append(Entry(array, claim.slices))  # type: ignore[arg-type]
    names = letters_in(claim)
    sizes = {letters.size(name, names) for name in names - _index_letters(claim, letters)}
    two = bool(sizes & OF_SECOND_AXIS) or bool(names & {"j", "v"})
    guessed = 3 if names & OF_DEPTH else 2 if two else 1
    return layout_of(entries_by_array(entries), default=guessed)


def _index_letters(claim: Claim, letters: Letters) -> set[str]:
    """Return the letters that are indices: bound by a sum, on the left side, or said to be."""
    indices = {name for name, meaning in letters.given.items() if meaning == "index"}
    indices |= letters_bound_in(claim)
    left = claim.left if isinstance(claim, Equation) else None
    looped = claim if isinstance(claim, Scatter) else left  # a loop runs over bare indices
    for part in walk(looped) if looped is not None else ():
        if isinstance(part, Entry):
            indices |= {index.name for index in part.indices if isinstance(index, Letter)}
    if isinstance(claim, Scatter):
        indices |= {part.name for part in claim.slices if isinstance(part, Letter)}
    return indices - {name for name, meaning in letters.given.items() if meaning != "index"}


# The convolution
