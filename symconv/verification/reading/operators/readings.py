"""Notation -> operators on named arrays: stars, rotations, padding, slopes of activations.

What a star means is left open here: a sketch says which sign stands between which operands. A
reading turns it into `truth.operators`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.notation import (
    Big,
    Differential,
    Evaluated,
    Indicator,
    Juxtaposed,
    Keyword,
    Mark,
    Marked,
    Multiplied,
    Name,
    Run,
    Slice,
    Starred,
    Words,
)
from symconv.formula.tree import (
    Compare,
    Integer,
    Matrix,
    Negated,
    Partial,
    Quotient,
    Total,
    walk,
)
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.calls import (
    applied,
    check_options,
    flat_of,
    function_of,
    is_option,
    method_of,
    option_text,
    padded_name,
    scripts,
    without_underset,
    words_in,
)
from symconv.verification.reading.operators.names import (
    Layer,
    Named,
    bare,
    is_loss,
    layer_of,
    named,
)
from symconv.verification.reading.operators.priors import ACCENTS, INPUT, KERNEL, TURNED, prior
from symconv.verification.reading.operators.sketches import (
    Activated,
    Added,
    Array,
    Channels,
    Framed,
    Multiple,
    Sketch,
    Sloped,
    Star,
    Stretched,
    Turned,
    UnknownOperatorError,
    Written,
)
from symconv.verification.reading.operators.tap_sums import tap_sum
from symconv.verification.reading.operators.words import (
    ACTIVATIONS,
    DESCRIPTIONS,
    FUNCTIONS,
    HALVES,
    PADDINGS,
    ROTATIONS,
    SIGNS,
    SLOPES,
    STRETCHES,
    TRANSPOSED,
    mode_in,
    plain,
)
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars.size_priors import taken_apart
from symconv.verification.truth.operators import Mode

_ELEMENTWISE: Final = frozenset(("odot", "circ"))


_SIZES: Final = frozenset(("stride", "padding", "dilation", "size", "channel", "groups", "batch"))


def operates(node: Any) -> bool:
    """Return whether some sign or function of a node convolves or rotates whole arrays."""
    indices = _in_indices(node)
    for part in walk(node):
        if part in indices:
            continue
        if isinstance(part, Starred) and part.sign in SIGNS and not _multiplies(part):
            return True
        if isinstance(part, Marked | Name | Run):
            base = part.base if isinstance(part, Marked) else part
            if isinstance(base, Name | Run) and function_of(part) is not None:
                return True
    return False


def _in_indices(node: Any) -> frozenset[Any]:
    """Return what stands in computed indices: the star of w[u - s*i], pad of w_{u - i + pad}."""
    return frozenset(
        part
        for mark in walk(node)
        if isinstance(mark, Mark) and mark.kind != "sup" and _is_index(mark)
        for item in mark.items
        for part in walk(item)
    )


def _is_index(mark: Mark) -> bool:
    """Return whether a mark adds sizes and letters up, so that nothing in it is an array."""
    brackets = mark.kind != "paren"
    return any(isinstance(item, Total) for item in mark.items) and (
        brackets or not any(isinstance(part, Starred) for part in walk(mark))
    )


def _multiplies(node: Starred) -> bool:
    """Return whether a star stands between numbers: cells, x_{11} * w_{12}, or sizes."""
    if node.sign != "*" or node.marks:
        return False
    cells = _is_cell(node.left) and _is_cell(node.right)
    return cells or _is_size(node.left) or _is_size(node.right)


def _is_size(node: Any) -> bool:
    """Return whether a node is a name that plainly is a size."""
    if not isinstance(bare(node), Name | Run | Marked):
        return False
    return bool(taken_apart(flat(bare(node))).tags & _SIZES)


def _is_cell(node: Any) -> bool:
    """Return whether a node is one cell by the numbers of its row and its column."""
    match bare(node):
        case Partial(by=by):
            return _is_cell(by)
        case Starred() as product:
            return _multiplies(product)
        case Marked(marks=marks):
            cells = [mark.items for mark in marks if mark.kind in ("sub", "bracket")]
            numbers = [item.value for items in cells for item in items if isinstance(item, Integer)]
            return len(numbers) > 1 or any(number > 9 for number in numbers)
    return False


@dataclass(frozen=True)
class Sketcher:
    """Reads operators; told what names mean.

    Attributes:
        told: what is said of names.
        sums: whether sums over entries are read too; otherwise they are left to others.
    """

    told: Told
    sums: bool = False

    def sketch(self, node: Any) -> Sketch:
        """Return the operators of an expression.

        Raises:
            UnknownOperatorError: there is something else in it.
        """
        node = bare(node)
        match node:
            case Matrix():
                return Written(node)
            case Starred():
                return self._starred(node)
            case Total(terms=terms):
                return Added(tuple(self.sketch(term) for term in terms))
            case Negated(operand=operand):
                return Multiple(-1, self.sketch(operand))
            case Evaluated(body=body, below=below):
                return self._under(self.sketch(body), mode_in(" ".join(words_in(below))))
            case Juxtaposed(factors=factors) | Multiplied(factors=factors):
                return self._product(applied(factors), node)
            case Big(operator="sum"):
                return self._summed(node)
            case Marked():
                return self._marked(node)
        return self._array(node)

    def _array(self, node: Any) -> Sketch:
        inner = padded_name(node)
        if inner is not None:
            return Framed(self._array(inner))
        found = named(node, self.told)
        if found is None:
            found = self._broken_partial(node)
        if found is None:
            raise UnknownOperatorError(f"{flat(node)} is no array")
        return _accented(found)

    def _broken_partial(self, node: Any) -> Named | None:
        """Return the gradient of f(Y) / ∂X: the first ∂ is forgotten."""
        match node:
            case Quotient(numerator=above, denominator=Differential() as below):
                return named(below, self.told) if is_loss(above, self.told) else None
        return None

    def _starred(self, node: Starred) -> Sketch:
        slope = node.sign == "*" and not node.marks and self._slope(node.right) is not None
        if node.sign in _ELEMENTWISE or slope:  # no activation's slope slides over an array
            return self._product((node.left, node.right), node)
        if node.sign not in SIGNS:
            raise UnknownOperatorError(f"{node.sign} is no convolution")
        node = without_underset(node)
        marks = " ".join(words_in(node.marks))
        mode: Mode | None = "full" if "tilde" in marks else mode_in(marks)
        slopes: list[Sloped] = []
        left, right = (self._hoisted(side, slopes) for side in (node.left, node.right))
        return _sloped(Star(node.sign, left, right, mode), slopes)

    def _hoisted(self, side: Any, slopes: list[Sloped]) -> Sketch:
        """Return a side of a star; slopes that stand beside it belong to the whole product."""
        found = self.sketch(side)
        while isinstance(found, Sloped) and not _is_bracket(side):
            slopes.append(found)
            found = found.operand
        return found

    def _under(self, sketch: Sketch, mode: Mode | None) -> Sketch:
        if isinstance(sketch, Star) and mode and sketch.mode is None:
            return Star(sketch.sign, sketch.left, sketch.right, mode, sketch.transposed)
        if isinstance(sketch, Sloped):
            return Sloped(self._under(sketch.operand, mode), sketch.layer, sketch.text)
        return sketch

    def _product(self, factors: Sequence[Any], node: Any) -> Sketch:
        slopes = [slope for slope in map(self._slope, factors) if slope]
        rest = [factor for factor in factors if self._slope(factor) is None]
        if len(rest) == 1:
            return _sloped(self.sketch(rest[0]), [Sloped(_NOTHING, *slope) for slope in slopes])
        if len(rest) == 2 and isinstance(rest[0], Integer):
            return Multiple(rest[0].value, self.sketch(rest[1]))
        parts = [self.sketch(factor) for factor in rest]
        if len(parts) == 2 and isinstance(node, Multiplied) and _convolves(parts):
            made: Sketch = Star("times", parts[0], parts[1])
            return _sloped(made, [Sloped(_NOTHING, *slope) for slope in slopes])
        raise UnknownOperatorError(f"{flat(node)} multiplies arrays entry by entry")

    def _slope(self, node: Any) -> tuple[Layer | None, str] | None:
        """Return (layer, text) of the slope of an activation, sigma'(z), or None."""
        node = bare(node)
        match node:
            case Indicator() | Compare():
                return None, "1[…]"
            case Marked(base=Name(text=text), marks=marks):
                if not _is_slope(text, marks) and not _sup_prime(marks):
                    return None
                layers = [layer for mark in marks for layer in self._layers(mark)]
                return next(iter(layers), None), flat(node)
            case Partial(of=of, by=by):
                above, below = named(of, self.told), named(by, self.told)
                if above and below and not is_loss(of, self.told) and above.layer == below.layer:
                    return above.layer, flat(node)
            case Name(text=text) if text.endswith("'") and text.rstrip("'") in ("sigma", "f", "g"):
                return None, text
        return None

    def _layers(self, mark: Mark) -> Iterator[Layer]:
        for item in mark.items:
            if mark.kind == "paren":
                found = named(item, self.told)
                if found and found.layer:
                    yield found.layer
            elif layer := layer_of(item):
                yield layer

    def _summed(self, node: Big) -> Sketch:
        if self.sums:
            found = tap_sum(node, self._tapped)
            if found is not None:
                return found
        letters: list[str] = []
        below = None
        for item in node.below:
            below = item.right if isinstance(item, Compare) else below
            letters.append(flat(item.left if isinstance(item, Compare) else item))
        body = bare(node.body)
        if isinstance(node.body, Total):  # the sum ends before what does not hold its letter
            head, *tail = body.terms
            summed = self._summed(Big("sum", node.below, node.above, head))
            return Added((summed, *(self.sketch(term) for term in tail)))
        if len(letters) > 1 or any(_runs_through(letter, body) for letter in letters):
            raise UnknownOperatorError("a sum over entries")
        inner = self.sketch(body)
        return Channels(tuple(letters), below, node.above, inner)

    def _tapped(self, factors: Sequence[Any]) -> Sketch:
        """Return one operand of a sum over taps, without its indices."""
        return self._product(applied(factors), Juxtaposed(tuple(factors)))

    def _marked(self, node: Marked) -> Sketch:
        name = function_of(node)
        if name is not None:
            return self._call(name, node)
        base = bare(node.base)
        if isinstance(base, Name | Run | Words):
            return self._plain(node)
        if any(flat_of(mark) in TURNED for mark in node.marks if mark.kind == "sup"):
            return Turned(self.sketch(base))
        if all(mark.kind in ("sub", "paren", "bracket") for mark in node.marks):
            words = " ".join(words_in(node.marks))
            return self._under(self.sketch(base), mode_in(words))
        raise UnknownOperatorError(f"{flat(node)} is no array")

    def _plain(self, node: Marked) -> Sketch:
        """Return a name with marks: an array, one with a turn, or a function of one."""
        kept = tuple(mark for mark in node.marks if not _turns(mark))
        if len(kept) < len(node.marks):
            return Turned(self.sketch(Marked(node.base, kept) if kept else node.base))
        last = node.marks[-1]
        if self._slope(node) is not None:
            raise UnknownOperatorError("the slope of an activation slides over nothing")
        if last.kind == "paren" and len(last.items) == 1 and plain(flat(node.base)) in ACTIVATIONS:
            try:
                inner = self.sketch(last.items[0])
            except UnknownOperatorError:
                return self._array(node)
            if not isinstance(inner, Array) or inner.named.layer:
                return Activated(inner)
        if all(_is_mirror(mark) for mark in node.marks):
            return Turned(self._array(node.base))
        return self._array(node)

    def _call(self, name: str, node: Marked) -> Sketch:
        items = [item for mark in node.marks if mark.kind == "paren" for item in mark.items]
        values = [item for item in items if not is_option(item)]
        method = method_of(node.base)
        if method is not None and name in ROTATIONS:
            return Turned(self.sketch(method))
        if not values:
            raise UnknownOperatorError(f"{flat(node)} is given no array")
        if name in HALVES:
            return self._half_turn(name, values[0])
        if name == "rot90" and items[1:] != [Integer(2)]:
            raise UnknownOperatorError("a quarter turn")
        if name in ROTATIONS:
            return Turned(self.sketch(values[0]))
        if name in PADDINGS:
            return Framed(self.sketch(values[0]))
        if name in STRETCHES:
            return Stretched(self.sketch(values[0]))
        if len(values) < 2:
            raise UnknownOperatorError(f"{flat(node)} convolves one array")
        free = ("stride", "padding", "outputpadding", "dilation") if name in TRANSPOSED else ()
        swapped = check_options(items[2:], free)
        options = [option_text(o.value) for o in items[2:] if isinstance(o, Keyword)]
        words = " ".join([flat(node.base), *options, *words_in(items[2:] + list(scripts(node)))])
        left, right = (self._argument(value) for value in values[:2])
        if name in TRANSPOSED:
            strided = any(isinstance(option, Keyword) for option in items[2:])
            return Star(name, left, right, "full", transposed=True, strided=strided)
        mode = FUNCTIONS[name].mode or mode_in(words)
        return Star(name, left, right, mode or ("valid" if swapped else None), swapped=swapped)

    def _argument(self, node: Any) -> Sketch:
        """Return an argument, also one with words before it: the rotated filter F."""
        if isinstance(node, Juxtaposed):
            said = [plain(flat(factor)) for factor in node.factors[:-1]]
            if all(word in DESCRIPTIONS or word in ROTATIONS | TURNED for word in said):
                inner = self.sketch(node.factors[-1])
                turns = any(word in ROTATIONS | TURNED for word in said)
                return Turned(inner) if turns else inner
        return self.sketch(node)

    def _half_turn(self, name: str, inner: Any) -> Sketch:
        """Return flipud(fliplr(w)), which is half a turn; one alone is not."""
        inner = bare(inner)
        other = function_of(inner) if isinstance(inner, Marked) else None
        if other in HALVES and other != name:
            (item,) = (item for mark in inner.marks for item in mark.items)
            return Turned(self.sketch(item))
        raise UnknownOperatorError(f"{name} turns one axis only")


_NOTHING: Final = Array(Named(""))


def _accented(array: Named) -> Sketch:
    """Return an array; a kernel with an accent or called flipped is the kernel turned round."""
    base, _, mark = array.base.rpartition("_")
    if not base or array.gradient:
        return Array(array)
    if mark in TURNED:
        return Turned(Array(replace(array, base=base, text=base)))
    if mark in ACCENTS and prior(base, KERNEL) < prior(base, INPUT):
        return Turned(Array(replace(array, base=base, text=base)), assumed=array.text)
    return Array(array)


def _sloped(sketch: Sketch, slopes: Sequence[Sloped]) -> Sketch:
    for slope in slopes:
        sketch = Sloped(sketch, slope.layer, slope.text)
    return sketch


def _convolves(parts: Sequence[Sketch]) -> bool:
    """Return whether a cross between arrays has to be a convolution: one of them is turned."""
    return any(isinstance(part, Turned | Framed) for part in parts)


def _runs_through(letter: str, body: Any) -> bool:
    """Return whether some index is more than the letter of a sum, as i+m is."""
    indices = [item for part in walk(body) if isinstance(part, Mark) for item in part.items]
    return any(
        any(isinstance(name, Name) and name.text == letter for name in walk(index))
        for index in indices
        if isinstance(index, Total | Juxtaposed | Multiplied | Starred | Negated)
    )


def _is_bracket(node: Any) -> bool:
    return bare(node) is not node


def _is_slope(text: str, marks: tuple[Mark, ...]) -> bool:
    return text.endswith("'") and marks[-1].kind == "paren" and plain(text.rstrip("'")) in SLOPES


def _sup_prime(marks: tuple[Mark, ...]) -> bool:
    return (
        len(marks) > 1
        and marks[-1].kind == "paren"
        and any(mark.kind == "sup" and flat_of(mark).strip("'") == "" for mark in marks)
    )


def _turns(mark: Mark) -> bool:
    return mark.kind in ("sub", "sup") and flat_of(mark).strip("{}()") in TURNED - {"r", "R"}


def _is_mirror(mark: Mark) -> bool:
    """Return whether a mark is [::-1, ::-1]."""
    return mark.kind == "bracket" and all(
        isinstance(item, Slice) and item.step == Negated(Integer(1)) for item in mark.items
    )
