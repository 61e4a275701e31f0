"""The displayed equations of a LaTeX document, read back and evaluated.

The text goes through the formula reader; tests/meaning.py says what it means, in exact integers,
from the definition. Formulas with letters are checked on several images, the four general cases
on all small p, q and t, numbers and written-out entries on the image that the text names.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from math import prod

import numpy as np

from symconv.formula import tree
from symconv.formula.displays import find_displays
from tests.meaning import free_names, holds, meaning, same, truth, value
from tests.read_back import NotUnderstood, claims_of
from tests.worlds import (
    BLOCK,
    INPUT_INDEX,
    INPUT_SIZE,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    PHASE,
    TAP_INDEX,
    Batch,
    OutsideError,
    Sizes,
    UntrueError,
    World,
)

LARGER = ((1, 2, 0), (3, 1, 1))  # the further images, by how much larger than the first
MOST_CELLS = 250  # of those
GENERAL_SIZES = range(1, 5)
SIZE_LETTERS = {*INPUT_SIZE, *OUTPUT_SIZE}
INDICES = {*INPUT_INDEX, *OUTPUT_INDEX, *TAP_INDEX, *BLOCK, *PHASE}


_SECTION = re.compile(r"\\section\*?\{(?P<title>.*?)\}(?:\\label\{step:(?P<step>[\w-]+)\})?\n")
_CONDITION = re.compile(r"that is \$(?P<condition>[^$]+)\$:\s*\\begin\{align\*?\}$")
_IMAGE = re.compile(r"an input of \$(?P<cells>[^$]+)\$ cells, which gives \$(?P<outputs>[^$]+)\$")
_TINY = re.compile(
    r"For an input of \$(?P<cells>[^$]+)\$ cells \$T\$ has the shape \$(?P<t>[^$]+)\$"
    r".*?\$C\$ has the shape \$(?P<c>[^$]+)\$",
    re.DOTALL,
)
_BIAS = re.compile(r"with the bias \$(?P<bias>-?\d+)\$")


@dataclass(frozen=True)
class Said:
    """A displayed formula and where it stands.

    Attributes:
        step: the name of its section, or "appendix".
        before: the text of its section in front of it.
        latex: the formula.
    """

    step: str
    before: str
    latex: str


class Document:
    """The displayed equations of a LaTeX document, and the worlds that they speak about."""

    def __init__(self, latex, spec):
        self.latex = latex
        pads = spec.padding_pairs
        self.groups = spec.groups
        self.sizes = Sizes(
            spec.kernel_shape,
            spec.stride,
            pads,
            spec.dilation,
            spec.true_convolution,
            spec.padding_mode,
            spec.transposed,
        )
        self.said = tuple(_said(latex))

    def prose(self, step):
        """Return the text of a section."""
        sections = list(_SECTION.finditer(self.latex))
        for found, follower in zip(sections, [*sections[1:], None], strict=True):
            if found["step"] == step:
                return self.latex[found.end() : follower.start() if follower else None]
        raise LookupError(step)

    @cached_property
    def image(self):
        """The world of the image that the document says its examples use."""
        found = _IMAGE.search(self.prose("setting"))
        world = World(self.sizes, _sizes(found["cells"]))
        assert world.output_shape == _sizes(found["outputs"])
        return world

    @cached_property
    def larger(self):
        """The worlds for formulas that hold for every image: the image and larger ones."""
        first = self.image.input_shape
        shapes = [tuple(map(sum, zip(first, more, strict=False))) for more in LARGER]
        return (self.image, *(World(self.sizes, s) for s in shapes if prod(s) <= MOST_CELLS))

    @cached_property
    def layer(self):
        """The world of several images and channels."""
        return Batch(self.sizes, self.image.input_shape, groups=self.groups)

    @cached_property
    def tiny(self):
        """The world of the image that T and C are said to belong to."""
        found = _TINY.search(self.prose("flattened"))
        world = World(self.sizes, _sizes(found["cells"]))
        assert world.matrices["T"].shape == _sizes(found["t"])
        assert world.matrices["C"].shape == _sizes(found["c"])
        return world

    @cached_property
    def example(self):
        """The world of the numbers that the worked example displays."""
        text = self.prose("example")
        planes = {"x": {}, "w": {}, "dy": {}}
        for said in self.said:
            for claim in claims_of(said.latex) if said.step == "example" else ():
                if isinstance(claim, tree.Equation) and isinstance(claim.rights[0], tree.Matrix):
                    name, index = _array_of(claim.left)
                    planes.setdefault(name, {})[index] = value(claim.rights[0], None, {})
        axes = len(self.sizes.stride)
        arrays = {name: _entries(planes[name], axes) for name in ("x", "w", "dy")}
        shape = tuple(max(index[axis] for index in arrays["x"]) + 1 for axis in range(axes))
        given = {**arrays, "b": int(_BIAS.search(text)["bias"])}
        return World(self.sizes, shape, given=given)

    def faults(self):
        """Return what is wrong, in words, and how many equations were checked of each step."""
        wrong, counts = [], Counter()
        for said in self.said:
            for claim in claims_of(said.latex):
                counts[said.step] += isinstance(claim, tree.Equation)
                wrong += self.faults_of(said, claim)
        return wrong, counts

    def faults_of(self, said, claim):
        """Return what is wrong with one claim."""
        if isinstance(claim, NotUnderstood):
            whole = any(_left(said.latex) == _left(other.latex) for other in self.appendix())
            abridged = r"\cdots" in said.latex and "Dots" in claim.reason
            return [] if whole and abridged else [f"{said.step}: {claim.reason}"]
        if not isinstance(claim, tree.Equation):
            return [f"{said.step}: {claim} is no equation"]
        if said.step == "general":
            return general_faults(claim, condition_of(said))
        return [fault for world in self.worlds(said, claim) for fault in _faults(claim, world)]

    def loop_computes(self, name):
        """Return whether the displayed loop, run on the image, leaves the right array."""
        (listing,) = re.findall(
            r"\\begin\{lstlisting\}\[numbers=none\]\n(.*?)\\end", self.prose("scatter"), re.DOTALL
        )
        arrays = {array: _array(self.image, array) for array in ("x", "w", "dy")}
        names = {**self.image.fixed, "np": np, **arrays}
        exec(listing, names)  # our own text
        return (names[name] == _array(self.image, name)).all()

    def appendix(self):
        return [said for said in self.said if said.step == "appendix"]

    def worlds(self, said, claim):
        """Return the worlds in which an equation must hold."""
        if said.step == "channels":
            return (self.layer,)
        written = any(isinstance(node, tree.Matrix) for node in tree.walk(claim.rights))
        if said.step == "flattened" and written:
            return (self.tiny,)
        if said.step == "example" or said.before.startswith("Appendix: A worked example"):
            return (self.example,)
        lettered = free_names(claim) & (INDICES | SIZE_LETTERS) or said.step == "flattened"
        return self.larger if lettered else (self.image,)


def _said(latex):
    sections = list(_SECTION.finditer(latex))
    for displayed in find_displays(latex).displays:
        start = displayed.span.start
        section = [found for found in sections if found.end() <= start][-1]
        title = section["title"] if not section["step"] else ""
        before = title + latex[section.end() : start]
        yield Said(section["step"] or "appendix", before, displayed.source)


def _sizes(text):
    return tuple(map(int, text.split(r"\times")))


def _left(latex):
    return latex.partition("&=")[0].strip()


def _array_of(node):
    index = ()
    if isinstance(node, tree.Partial):
        name, index = _array_of(node.by)
        return f"d{name}", index
    if isinstance(node, tree.Entry):
        return node.array, tuple(value(place, None, {}) for place in node.indices)
    return node.name, index


def _entries(planes, axes):
    """Return index -> number from displayed matrices; one row is an array of one axis."""
    return {
        (*first, *(place if axes > 1 else place[1:])): number
        for first, plane in planes.items()
        for place, number in ((p, plane[p]) for p in product(*map(range, plane.shape)))
    }


def condition_of(said):
    """Return the condition of a general case, which stands in the sentence before it."""
    found = _CONDITION.search(said.before)
    if not found:
        return None
    (assertion,) = claims_of(found["condition"])
    return assertion.condition


def _faults(claim, world):
    """Return how an equation fails in a world: its sides differ, or one of them has no value."""
    try:
        left_of = meaning(claim.left, world)
        rights_of = [meaning(right, world) for right in claim.rights]
        limits = [truth(condition, world) for condition in claim.conditions]
        checked = 0
        for letters in world.assignments(free_names(claim)):
            try:
                left = left_of(letters)
            except OutsideError:
                continue
            rights = [right(letters) for right in rights_of]
            if not all(limit(letters) for limit in limits):
                return [f"{claim.left} with {letters}: its condition does not hold"]
            if not all(same(left, right) for right in rights):
                return [f"{claim.left} with {letters}: {left} is not {rights}"]
            checked += 1
    except (UntrueError, ArithmeticError, TypeError, ValueError) as error:
        return [f"{claim.left}: {error}"]
    return [] if checked else [f"{claim.left} was evaluated nowhere"]


@cache
def general_faults(claim, condition):
    """Return how a formula in p, q and t fails for small sizes that meet its condition."""
    wrong, met = [], 0
    for world in general_worlds():
        if condition is None or holds(condition, world, world.fixed):
            met += 1
            wrong += _faults(claim, world)
    return wrong if met else [f"{condition} holds for no sizes"]


@cache
def general_worlds():
    worlds = []
    for p, q, t in product(GENERAL_SIZES, repeat=3):
        sizes = Sizes((p, q), (t, t), ((0, 0), (0, 0)), (1, 1))
        shape = (p + 2 * t, q + t + 1)
        worlds.append(World(sizes, shape, letters={"p": p, "q": q, "t": t}))
    return worlds


def _array(world, name):
    shape = tuple(map(len, world.ranges[name]))
    return np.array([world.arrays[name][index] for index in world.indices(name)]).reshape(shape)
