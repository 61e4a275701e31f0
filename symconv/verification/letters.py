"""What the author's letters mean: arrays, sizes, indices, and the convolution they belong to.

Names are told by the options first, then by convention: x, w, y, e and their usual synonyms; p, q,
t, m, n, g, h and theirs; whatever a sum binds, or the left side has as an index, is an index. A
size that a claim does not mention is what it takes for granted: no padding, no dilation.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any, Final

from symconv.errors import OptionError, shown
from symconv.formula.tree import (
    Claim,
    Condition,
    Entry,
    Equation,
    Expression,
    Integer,
    Letter,
    Node,
    Partial,
    Scatter,
    SumOver,
    SumWhere,
    walk,
)
from symconv.verification.algebra import ONE, ZERO, arrays_in, letters_in, rebuild
from symconv.verification.model import INPUT, KERNEL, MAX_AXES, OUTPUT, Axis, Model
from symconv.verification.terms import letters_bound_in

ARRAY_NAMES: Final = {
    "x": ("x", "X", "I", "input"),
    "w": ("w", "W", "K", "F", "kernel", "weight", "theta"),
    "y": ("y", "Y", "O", "output", "z", "Z"),
    "e": ("e", "E", "L", "J", "C", "ell", "loss", "Loss", "error"),
    "dy": ("dy", "grad_output"),
    "b": ("b", "bias"),
}
SIZE_NAMES: Final = {
    "p": ("p", "k", "k_h", "K_h", "k_1", "kernel_h"),
    "q": ("q", "k_w", "K_w", "k_2", "kernel_w"),
    "t": ("t", "s", "S", "stride", "T"),
    "t_h": ("t_h", "s_h", "t_1", "s_1", "stride_h"),
    "t_w": ("t_w", "s_w", "t_2", "s_2", "stride_w"),
    "d": ("d", "dilation", "D"),
    "d_h": ("d_h", "d_1"),
    "d_w": ("d_w", "d_2"),
    "m": ("m", "H", "H_in", "M"),
    "n": ("n", "W", "W_in", "N"),
    "g": ("g", "H_out", "o_h"),
    "h": ("h", "W_out", "o_w"),
    "P": ("P", "pad", "padding"),
    "P_top": ("P_top", "P_t"),
    "P_bottom": ("P_bottom", "P_b"),
    "P_left": ("P_left", "P_l"),
    "P_right": ("P_right", "P_r"),
}
MEANINGS: Final = (*ARRAY_NAMES, *SIZE_NAMES, "index")
_BRACES: Final = str.maketrans("", "", "\\{}")
STRIDES: Final = ("t_h", "t_w")
DILATIONS: Final = ("d_h", "d_w")
PADDINGS: Final = (("P_top", "P_bottom"), ("P_left", "P_right"))


@dataclass(frozen=True)
class Letters:
    """The letters of one claim: what the user says of them, and the rest of the reading.

    Attributes:
        given: the author's letter -> one of MEANINGS.
        index_base: what indices start from, 0 or 1.
        flipped: whether the convolution turns the kernel round.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    index_base: int = 0
    flipped: bool = False

    def __post_init__(self) -> None:
        plain = {name.translate(_BRACES): meaning for name, meaning in self.given.items()}
        object.__setattr__(self, "given", plain)
        for letter, meaning in self.given.items():
            if meaning not in MEANINGS:
                raise OptionError(
                    f"letters: {shown(letter)} must mean one of {', '.join(MEANINGS)}, "
                    f"got {shown(meaning)}"
                )
        if self.index_base not in (0, 1):
            raise OptionError(f"index_base must be 0 or 1, got {shown(self.index_base)}")

    def array(self, name: str) -> str:
        """Return which array a name is; the name itself when it is none."""
        meaning = self.given.get(name)
        if meaning in ARRAY_NAMES:
            return str(meaning)
        if meaning is not None:
            return name
        return next((array for array, names in ARRAY_NAMES.items() if name in names), name)

    def size(self, name: str, used: AbstractSet[str]) -> str | None:
        """Return which size a letter is that is no index; None when it is none."""
        meaning = self.given.get(name)
        if meaning is not None:
            return meaning if meaning in SIZE_NAMES else None
        if name == "s" and used & {"t", "t_h"}:
            return None  # the tap beside r: t is the stride
        return next((size for size, names in SIZE_NAMES.items() if name in names), None)


@dataclass(frozen=True)
class Resolved:
    """A claim in our letters: arrays x, w, y, dy; sizes as in Model; indices marked by a "_".

    Attributes:
        claim: the tree.
        used: the sizes that the claim mentions.
        square: whether one letter stands for both kernel sizes.
        axes: how many axes it is about.
        author: our letter -> the author's, for sizes and arrays.
    """

    claim: Any
    used: frozenset[str]
    square: bool
    axes: int
    author: Mapping[str, str]

    def restored(self, node: Any) -> Any:
        """Return a node in the author's letters again."""
        match node:
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


def resolve(claim: Claim, letters: Letters, *, also: tuple[Condition, ...] = ()) -> Resolved:
    """Return a claim in our letters.

    Args:
        claim: as its author wrote it.
        letters: what the letters mean.
        also: conditions that are assumed beside it; their letters count as mentioned.
    """
    indices = _index_letters(claim, letters)
    everywhere = letters_in(claim).union(*(letters_in(condition) for condition in also))
    used = {
        size
        for name in everywhere - indices
        if (size := letters.size(name, everywhere)) is not None
    }
    renamed = _rename(claim, letters, indices, everywhere)
    author = {
        our: name
        for name in sorted(everywhere - indices, reverse=True)
        if (our := letters.size(name, everywhere) or letters.array(name)) in MEANINGS
    }
    author |= {letters.array(name): name for name in sorted(arrays_in(claim), reverse=True)}
    axes = _axes_of(renamed, used)
    square = axes == 2 and "p" in used and "q" not in used
    return Resolved(renamed, frozenset(used), square, axes, author)


def resolve_condition(condition: Condition, letters: Letters) -> Condition:
    """Return an assumed condition in our letters."""
    resolved: Condition = _rename(condition, letters, set(), set(letters_in(condition)))
    return resolved


def model_of(resolved: Resolved, *, general_stride: bool, flipped: bool) -> Model:
    """Return the convolution that a resolved claim is about.

    Args:
        resolved: the claim.
        general_stride: what a claim without a stride is about: every stride t, or stride 1.
        flipped: whether the convolution turns the kernel round.
    """
    kernels = _literal_kernel(resolved)
    axes = []
    for axis in range(resolved.axes):
        name = KERNEL[0] if resolved.square else KERNEL[axis]
        before, after = _padding(resolved.used, axis)
        stride = _per_axis(resolved.used, "t", STRIDES[axis], ONE)
        axes.append(
            Axis(
                kernel=kernels[axis] if kernels else Letter(name),
                stride=Letter("t") if general_stride and stride == ONE else stride,
                dilation=_per_axis(resolved.used, "d", DILATIONS[axis], ONE),
                before=before,
                after=after,
                input=Letter(INPUT[axis]),
                output=Letter(OUTPUT[axis]),
            )
        )
    return Model(tuple(axes), flipped)


def _per_axis(used: frozenset[str], common: str, own: str, default: Expression) -> Expression:
    if own in used:
        return Letter(own)
    return Letter(common) if common in used else default


def _padding(used: frozenset[str], axis: int) -> tuple[Expression, Expression]:
    if used & set(PADDINGS[axis]):
        before, after = (Letter(name) if name in used else ZERO for name in PADDINGS[axis])
        return before, after
    return (Letter("P"), Letter("P")) if "P" in used else (ZERO, ZERO)


def _literal_kernel(resolved: Resolved) -> tuple[Expression, ...] | None:
    """Return the kernel sizes of a claim that spells out w_00, w_01, ...; else None."""
    entries = [
        part.indices
        for part in walk(resolved.claim)
        if isinstance(part, Entry) and part.array == "w"
    ]
    if not entries or resolved.used & {"p", "q"}:
        return None
    literal = all(isinstance(index, Integer) for indices in entries for index in indices)
    if not literal:
        return None
    return tuple(
        Integer(max(index.value for index in column if isinstance(index, Integer)) + 1)
        for column in zip(*entries, strict=True)
    )


def _index_letters(claim: Claim, letters: Letters) -> set[str]:
    """Return the letters that are indices: bound by a sum, on the left side, or said to be."""
    indices = {name for name, meaning in letters.given.items() if meaning == "index"}
    indices |= letters_bound_in(claim)
    left = claim.left if isinstance(claim, Equation) else None
    for part in walk(left) if left is not None else ():
        if isinstance(part, Entry):
            indices |= {index.name for index in part.indices if isinstance(index, Letter)}
    return indices - {name for name, meaning in letters.given.items() if meaning != "index"}


def _rename(node: Any, letters: Letters, indices: set[str], used: AbstractSet[str]) -> Any:
    """Return the node with our names; indices get a "_" so that none is taken for a size."""

    def letter_name(name: str) -> str:
        if name in indices:
            return f"_{name}"
        if letters.array(name) in ("b", "e") and letters.size(name, used) is None:
            return letters.array(name)
        return letters.size(name, used) or f"_{name}"

    def change(part: Any) -> Any:
        match part:
            case Letter():
                return Letter(letter_name(part.name), span=part.span)
            case Partial():
                return _partial(rebuild(part, change), letters)
            case Entry():
                inner = rebuild(part, change)
                return Entry(letters.array(part.array), inner.indices, span=part.span)
            case SumOver():
                inner = rebuild(part, change)
                return SumOver(
                    f"_{part.letter}", inner.lower, inner.upper, inner.body, span=part.span
                )
            case SumWhere():
                inner = rebuild(part, change)
                names = tuple(f"_{name}" for name in part.letters)
                return SumWhere(names, inner.condition, inner.body, span=part.span)
            case Scatter():
                inner = rebuild(part, change)
                value = change(_whole_kernel(part.value, letters))
                return Scatter(part.array, inner.slices, value, span=part.span)
            case Node():
                return rebuild(part, change)
        return part

    return change(node)


def _whole_kernel(value: Any, letters: Letters) -> Any:
    """Return a value with the letter of the kernel, W, as an array without indices."""
    if isinstance(value, Letter):
        kernel = letters.array(value.name) == "w"
        return Entry(value.name, (), span=value.span) if kernel else value
    return rebuild(value, lambda part: _whole_kernel(part, letters))


def _partial(partial: Partial, letters: Letters) -> Expression:
    """Return de/dy[i,j] as an entry of dy, every other derivative as it is."""
    of, by = partial.of, partial.by
    if isinstance(of, Letter) and letters.array(of.name.lstrip("_")) == "e":
        of = Letter("e", span=of.span)
        if isinstance(by, Entry) and by.array == "y":
            return Entry("dy", by.indices, span=partial.span)
    if isinstance(by, Letter) and letters.array(by.name.lstrip("_")) == "b":
        by = Letter("b", span=by.span)
    return Partial(of, by, span=partial.span)


def _axes_of(claim: Any, used: set[str]) -> int:
    """Return how many axes a claim is about, from its entries, else from its letters."""
    ranks = [
        len(part.indices)
        for part in walk(claim)
        if isinstance(part, Entry) and part.array in ("x", "w", "y", "dy")
    ]
    if ranks:
        return min(max(ranks), MAX_AXES)
    if any(isinstance(part, Scatter) and len(part.slices) > 1 for part in walk(claim)):
        return 2
    two = used & {"q", "n", "h", *STRIDES, *DILATIONS, "P_left", "P_right"}
    return 2 if two or letters_in(claim) & {"_j", "_v"} else 1
