"""The document tells no lies: every displayed equation of its LaTeX is read back and evaluated.

The text goes through the formula reader; tests/meaning.py says what it means, in exact integers,
from the definition. Formulas with letters are checked on several images, the four general cases
on all small p, q and t, numbers and written-out entries on the image that the text names.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import product
from math import prod

import numpy as np
import pytest

from symconv import ConvSpec, derive
from symconv.formula import tree
from symconv.formula.article import read_article
from symconv.formula.reading import read_formula
from tests import oracle
from tests.meaning import (
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
    free_names,
    holds,
    meaning,
    same,
    truth,
    value,
)

SPECS = {
    "3x5 stride 2": ConvSpec(kernel_shape=(3, 5), stride=2),
    "2x3 stride 3, gaps": ConvSpec(kernel_shape=(2, 3), stride=3),
    "3x3 padding 1": ConvSpec(kernel_shape=(3, 3), padding=1),
    "one axis": ConvSpec(kernel_shape=(4,), stride=2, dilation=3, padding=((1, 2),)),
    "three axes": ConvSpec(kernel_shape=(2, 3, 2), stride=2),
    "3x3 stride 2 dilation 2 padding 1": ConvSpec(
        kernel_shape=(3, 3), stride=2, dilation=2, padding=1
    ),
    "everything unequal": ConvSpec(
        kernel_shape=(5, 3), stride=(3, 2), dilation=(2, 3), padding=((0, 0), (1, 2))
    ),
    "1x1": ConvSpec(kernel_shape=(1, 1)),
    "cropped": ConvSpec(kernel_shape=(3, 2), stride=2, padding=((-1, 0), (1, -2))),
    "true convolution": ConvSpec(kernel_shape=(3, 2), stride=(1, 2), true_convolution=True),
    "two groups": ConvSpec(kernel_shape=(2, 2), stride=(1, 3), groups=2),
    "more padding than kernel": ConvSpec(kernel_shape=(3, 2), stride=(4, 1), padding=2),
    "7x7 stride 2, abridged": ConvSpec(kernel_shape=(7, 7), stride=2),
}
LEAST_EQUATIONS = 45
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
            spec.kernel_shape, spec.stride, pads, spec.dilation, spec.true_convolution
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
            for claim in read_formula(said.latex) if said.step == "example" else ():
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
            for claim in read_formula(said.latex, form="latex"):
                counts[said.step] += isinstance(claim, tree.Equation)
                wrong += self.faults_of(said, claim)
        return wrong, counts

    def faults_of(self, said, claim):
        """Return what is wrong with one claim."""
        if isinstance(claim, tree.NotUnderstood):
            whole = any(_left(said.latex) == _left(other.latex) for other in self.appendix())
            abridged = r"\cdots" in said.latex and r"\cdots" in claim.reason
            return [] if whole and abridged else [f"{said.step}: {claim.reason}"]
        if not isinstance(claim, tree.Equation):
            return [f"{said.step}: {claim} is no equation"]
        if said.step == "general":
            return _general_faults(claim, _condition(said))
        return [fault for world in self.worlds(said, claim) for fault in _faults(claim, world)]

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
    for displayed in read_article(latex).displayed:
        start = displayed.span.start
        section = [found for found in sections if found.end() <= start][-1]
        title = section["title"] if not section["step"] else ""
        before = title + latex[section.end() : start]
        yield Said(section["step"] or "appendix", before, displayed.latex)


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
        return node.array, tuple(place.value for place in node.indices)
    return node.name, index


def _entries(planes, axes):
    """Return index -> number from displayed matrices; one row is an array of one axis."""
    return {
        (*first, *(place if axes > 1 else place[1:])): number
        for first, plane in planes.items()
        for place, number in ((p, plane[p]) for p in product(*map(range, plane.shape)))
    }


def _condition(said):
    """Return the condition of a general case, which stands in the sentence before it."""
    found = _CONDITION.search(said.before)
    if not found:
        return None
    (assertion,) = read_formula(found["condition"], form="latex")
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
def _general_faults(claim, condition):
    """Return how a formula in p, q and t fails for small sizes that meet its condition."""
    wrong, met = [], 0
    for world in _general_worlds():
        if condition is None or holds(condition, world, world.fixed):
            met += 1
            wrong += _faults(claim, world)
    return wrong if met else [f"{condition} holds for no sizes"]


@cache
def _general_worlds():
    worlds = []
    for p, q, t in product(GENERAL_SIZES, repeat=3):
        sizes = Sizes((p, q), (t, t), ((0, 0), (0, 0)), (1, 1))
        shape = (p + 2 * t, q + t + 1)
        worlds.append(World(sizes, shape, letters={"p": p, "q": q, "t": t}))
    return worlds


@cache
def document(name, input_shape=None):
    latex = derive(SPECS[name]).to_latex(level="classroom", input_shape=input_shape)
    return Document(latex, SPECS[name])


@pytest.mark.parametrize("name", SPECS)
def test_every_displayed_equation_holds(name):
    wrong, counts = document(name).faults()
    assert wrong == []
    assert counts.total() >= LEAST_EQUATIONS
    steps = "setting output partials general chain resolved by-phase closed-form written-out"
    more = "zero channels by-weight by-bias flattened example exercises"
    for step in f"{steps} {more}".split():
        assert counts[step] or (step == "zero" and SPECS[name].stride == (1, 1)), step


def test_long_sums_are_in_the_appendix():
    abridged = document("7x7 stride 2, abridged")
    assert any(r"\cdots" in said.latex for said in abridged.said)
    assert not any(r"\cdots" in said.latex for said in abridged.appendix())
    assert len(abridged.appendix()) >= 3


def test_each_size_belongs_to_one_general_case():
    said = [said for said in document("1x1").said if said.step == "general"]
    conditions = [condition for condition in map(_condition, said) if condition]
    assert len(conditions) == 4
    for world in _general_worlds():
        assert sum(holds(condition, world, world.fixed) for condition in conditions) == 1


PLANTED = {
    "index of w": ("by-phase", r"w_{0, 1}", r"w_{0, 2}"),
    "index of dy": ("by-phase", r"y_{K, L - 1}", r"y_{K, L + 1}"),
    "p and q swapped": ("general", r"\frac{p - 1 - \rho}{t}", r"\frac{q - 1 - \rho}{t}"),
    "a bound one too low": ("general", r"\frac{q - 1 - \sigma}{t}", r"\frac{q - 2 - \sigma}{t}"),
    "the remainder dropped": ("general", r"w_{\rho, \sigma}", r"w_{0, \sigma}"),
    "the sign of the counter": ("closed-form", r"L - \beta", r"L + \beta"),
    "the stride of a definition": (
        "closed-form",
        r"\left\lfloor \frac{u}{2}",
        r"\left\lfloor \frac{u}{3}",
    ),
    "the bias forgotten": ("output", r"w_{r, s} + b", r"w_{r, s}"),
    "a term forgotten": ("written-out", r" + \frac{\partial e}{\partial y_{0, 0}} w_{2, 4}", ""),
    "delta of the wrong index": ("partials", r"\delta_{v, 2 j + s}", r"\delta_{v, 2 j + r}"),
    "too wide a case": ("partials", r"v - 2 j \leq 4", r"v - 2 j \leq 5"),
    "transpose forgotten": ("flattened", r"T^{\top}", "T"),
    "an entry of T": ("flattened", r"W_{1}", r"W_{2}"),
    "one output fewer": ("setting", r"\right\rfloor + 1", r"\right\rfloor"),
    "an unread tail": ("zero", r"\left(m - 3\right) \bmod 2", r"\left(m - 2\right) \bmod 2"),
    "a sum over too few outputs": ("by-bias", r"^{g - 1}", r"^{g - 2}"),
    "a number": ("example", r"y_{1, 1} &= x_{2, 2}", r"y_{1, 1} &= x_{2, 3}"),
    "unreadable": ("chain", r"\sum", r"\Join"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(fault):
    step, right, wrong = PLANTED[fault]
    good = document("3x5 stride 2", (6, 8))
    said = next(said for said in good.said if said.step == step and right in said.latex)
    bad = replace(said, latex=said.latex.replace(right, wrong, 1))
    assert [f for claim in read_formula(bad.latex) for f in good.faults_of(bad, claim)]
    assert not [f for claim in read_formula(said.latex) for f in good.faults_of(said, claim)]


@pytest.mark.parametrize(
    "step", ["by-phase", "written-out", "by-weight", "flattened", "closed-form"]
)
def test_every_changed_digit_is_found(step):
    good = document("everything unequal")
    for said in [said for said in good.said if said.step == step][:3]:
        for digit in list(re.finditer(r"(?<![\w{\\])\d(?!\})|(?<=_\{)\d", said.latex))[::5]:
            changed = str((int(digit[0]) + 1) % 10)
            latex = said.latex[: digit.start()] + changed + said.latex[digit.end() :]
            bad = replace(said, latex=latex)
            claims = read_formula(latex)
            assert [f for claim in claims for f in good.faults_of(bad, claim)], latex


@pytest.mark.parametrize("name", SPECS)
def test_the_displayed_loop_computes_the_gradient(name):
    found = document(name)
    (listing,) = re.findall(
        r"\\begin\{lstlisting\}\[numbers=none\]\n(.*?)\\end", found.prose("scatter"), re.DOTALL
    )
    world = found.image
    names = {**world.fixed, "np": np, "w": _array(world, "w"), "dy": _array(world, "dy")}
    exec(listing, names)  # our own text
    assert (names["dx"] == _array(world, "dx")).all()


def _array(world, name):
    return np.array(
        [world.arrays[name][index] for index in oracle.ranges(world.shapes[name])]
    ).reshape(world.shapes[name])
