"""What a formula of a document means, in exact integers: an evaluator of its syntax tree.

A World holds one convolution of one size with an integer for every entry. Its gradients are those
of tests/oracle.py, and of symconv it knows the nodes of the tree, nothing else.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import ceil, floor

import numpy as np

from symconv.formula import tree
from tests import oracle

INPUT_INDEX, OUTPUT_INDEX, TAP_INDEX = "uvz", "ijk", "rsa"
BLOCK, PHASE = "KLM", ("rho", "sigma", "tau")
INPUT_SIZE, OUTPUT_SIZE = "mno", "ghf"

_COMPARE: dict[str, Callable] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class UntrueError(Exception):
    """A formula says something that is false, or nothing."""


class OutsideError(UntrueError):
    """A gradient of a cell outside the image, which nothing is said about."""


@dataclass(frozen=True)
class Sizes:
    """What a convolution is, without an image; one entry per axis."""

    kernel_shape: tuple
    stride: tuple
    padding: tuple
    dilation: tuple
    flipped: bool = False

    def options(self):
        names = ("kernel_shape", "stride", "padding", "dilation", "flipped")
        return {name: getattr(self, name) for name in names}


def drawn(shape, seed):
    """Integers, none of them 0, for every index of a shape."""
    numbers = random.Random(seed)
    return {index: numbers.choice((-1, 1)) * numbers.randint(1, 99) for index in shape}


@dataclass(frozen=True)
class World:
    """One convolution of one image, every letter a number.

    Attributes:
        sizes: the convolution.
        input_shape: the image.
        given: x, w and dy as dicts and b as a number, where they are not drawn.
        letters: further letters, p, q and t.
    """

    sizes: Sizes
    input_shape: tuple
    given: dict = field(default_factory=dict)
    letters: dict = field(default_factory=dict)

    names = ("x", "w", "y")  # the arrays whose entries have indices
    matrix_names = ("T", "T^T", "C", "C^T")

    @cached_property
    def output_shape(self):
        sizes = self.sizes
        return oracle.output_shape(
            self.input_shape, sizes.kernel_shape, sizes.stride, sizes.padding, sizes.dilation
        )

    @cached_property
    def shapes(self):
        kernel = self.sizes.kernel_shape
        return {
            **dict.fromkeys(("x", "dx"), self.input_shape),
            **dict.fromkeys(("y", "dy"), self.output_shape),
            **dict.fromkeys(("w", "dw"), kernel),
        }

    @cached_property
    def arrays(self):
        seeds = {"x": 1, "w": 2, "dy": 3}
        found = {
            name: self.given.get(name) or drawn(oracle.ranges(self.shapes[name]), seed)
            for name, seed in seeds.items()
        }
        options = {"input_shape": self.input_shape, **self.sizes.options()}
        x, w, dy = found["x"], found["w"], found["dy"]
        return {
            **found,
            "y": oracle.forward(x, w, self.bias, **options),
            "dx": oracle.grad_input(dy, w, **options),
            "dw": oracle.grad_weight(dy, x, **options),
        }

    @property
    def bias(self):
        return self.given.get("b", 17)

    @cached_property
    def fixed(self):
        """Every letter that stands for one number."""
        return {
            **dict(zip(INPUT_SIZE, self.input_shape, strict=False)),
            **dict(zip(OUTPUT_SIZE, self.output_shape, strict=False)),
            "b": self.bias,
            **self.letters,
        }

    def entry(self, name, index):
        """Return an entry; x and dy are zero outside, the others have no outside."""
        if (number := self.arrays[name].get(index)) is not None:
            return number
        shape = self.shapes[name]
        if len(index) < len(shape):
            return self.plane(name, index)
        if any(not isinstance(place, int) for place in index) or len(index) > len(shape):
            raise UntrueError(f"{name}{list(index)} has no integer index")
        if name == "dy" or (name == "x" and self.in_padding(index)):
            return 0
        error = OutsideError if name == "dx" else UntrueError
        raise error(f"{name}{list(index)} is outside the shape {shape}")

    def in_padding(self, cell):
        sides = zip(cell, self.input_shape, self.sizes.padding, strict=True)
        return all(-lo <= u < n + hi for u, n, (lo, hi) in sides)

    def plane(self, name, index=()):
        """Return an array, or what is left of it behind its first indices, as a matrix."""
        rest = self.shapes[name][len(index) :]
        entries = [self.arrays[name][(*index, *place)] for place in oracle.ranges(rest)]
        return np.array(entries, dtype=object).reshape(rest if len(rest) == 2 else (1, -1))

    def column(self, name):
        """Return vec of an array."""
        entries = [self.arrays[name][place] for place in oracle.ranges(self.shapes[name])]
        return np.array(entries, dtype=object).reshape(-1, 1)

    def reads(self, window, tap):
        sizes = self.sizes
        if sizes.flipped:
            tap = tuple(k - 1 - r for k, r in zip(sizes.kernel_shape, tap, strict=True))
        return oracle.read(window, tap, sizes.stride, sizes.padding, sizes.dilation)

    @cached_property
    def weights_between(self):
        """The weight that joins each (window, cell), where one does."""
        w, options = self.arrays["w"], self.sizes.options()
        meetings = oracle.meetings(self.input_shape, **options)
        return {(window, cell): w[tap] for window, tap, cell in meetings}

    def by_input(self, window, cell):
        """Return the derivative of one output by one input."""
        self.entry("y", window)
        return self.weights_between.get((window, cell), 0)

    def by_weight(self, window, tap):
        """Return the derivative of one output by one tap."""
        self.entry("y", window)
        self.entry("w", tap)
        return self.entry("x", self.reads(window, tap))

    def by_bias(self, window):
        """Return the derivative of one output by the bias."""
        self.entry("y", window)
        return 1

    @cached_property
    def matrices(self):
        """T and C by what their entries are said to be, and their transposes."""
        windows = list(oracle.ranges(self.output_shape))
        cells = list(oracle.ranges(self.input_shape))
        taps = list(oracle.ranges(self.sizes.kernel_shape))
        t = [[self.by_input(window, cell) for cell in cells] for window in windows]
        c = [[self.entry("x", self.reads(window, tap)) for tap in taps] for window in windows]
        t, c = np.array(t, dtype=object), np.array(c, dtype=object)
        return {"T": t, "T^T": t.T, "C": c, "C^T": c.T}

    def block(self, r):
        """Return W_r: the columns of one kernel row against the columns of the image."""
        shape = (self.output_shape[1], self.input_shape[1])
        rows = np.zeros(shape, dtype=object)
        for window, s in oracle.ranges((shape[0], self.sizes.kernel_shape[1])):
            cell = self.reads((0, window), (0, s))[1]
            if 0 <= cell < shape[1]:
                rows[window, cell] = self.arrays["w"][r, s]
        return rows

    def assignments(self, names):
        """Yield every assignment of the free letters among the names."""
        ranged = {}
        for axis, size in enumerate(self.input_shape):
            t, (lo, _) = self.sizes.stride[axis], self.sizes.padding[axis]
            ranged[INPUT_INDEX[axis]] = range(size)
            ranged[OUTPUT_INDEX[axis]] = range(self.output_shape[axis])
            ranged[TAP_INDEX[axis]] = range(self.sizes.kernel_shape[axis])
            if INPUT_INDEX[axis] not in names:
                ranged[BLOCK[axis]] = range((size + lo) // t + 1)
                ranged[PHASE[axis]] = range(t)
        free = [name for name in ranged if name in names]
        for values in product(*(ranged[name] for name in free)):
            letters = {**self.fixed, **dict(zip(free, values, strict=True))}
            for axis, letter in enumerate(INPUT_INDEX[: len(self.input_shape)]):
                if letter in names:
                    place = letters[letter] + self.sizes.padding[axis][0]
                    block, phase = divmod(place, self.sizes.stride[axis])
                    letters |= {BLOCK[axis]: block, PHASE[axis]: phase}
            yield letters


@dataclass(frozen=True)
class Batch(World):
    """A layer: images and channels in groups, each pair of channels a World's convolution.

    Attributes:
        images: N.
        groups: how many there are.
        inputs, outputs: channels of a group, C_g and O_g; all of them where there is one group.
    """

    names = ("x", "w", "y", "b", "C", "O")
    matrix_names = ()  # C is a number here

    images: int = 2
    groups: int = 1
    inputs: int = 2
    outputs: int = 3

    @cached_property
    def shapes(self):
        inputs, outputs = self.groups * self.inputs, self.groups * self.outputs
        x, dy = (self.images, inputs, *self.input_shape), (self.images, outputs, *self.output_shape)
        w = (outputs, self.inputs, *self.sizes.kernel_shape)
        return {"x": x, "dx": x, "y": dy, "dy": dy, "w": w, "dw": w, "b": w[:1], "db": w[:1]}

    @cached_property
    def arrays(self):
        seeds = {"x": 1, "w": 2, "dy": 3, "b": 4}
        found = {name: drawn(oracle.ranges(self.shapes[name]), s) for name, s in seeds.items()}
        y = {i: found["b"][i[1:2]] for i in oracle.ranges(self.shapes["y"])}
        dx = dict.fromkeys(oracle.ranges(self.shapes["x"]), 0)
        dw = dict.fromkeys(oracle.ranges(self.shapes["w"]), 0)
        counts = (self.images, self.groups * self.inputs, self.groups * self.outputs, self.groups)
        for n, o, c, inner in oracle.batched(*counts):
            for window, tap, cell in oracle.meetings(self.input_shape, **self.sizes.options()):
                dy, w = found["dy"][n, o, *window], found["w"][o, inner, *tap]
                x = found["x"][n, c, *cell]
                y[n, o, *window] += x * w
                dx[n, c, *cell] += dy * w
                dw[o, inner, *tap] += dy * x
        db = dict.fromkeys(oracle.ranges(self.shapes["b"]), 0)
        for index, entry in found["dy"].items():
            db[index[1:2]] += entry
        return {**found, "y": y, "dx": dx, "dw": dw, "db": db}

    @cached_property
    def fixed(self):
        sizes = dict(zip(OUTPUT_SIZE, self.output_shape, strict=False))
        return {**sizes, "N": self.images, "C": self.inputs, "O": self.outputs}

    def entry(self, name, index):
        """Return an entry; C_g and O_g are read as entries of C and O."""
        if name in ("C", "O"):
            return self.fixed[name]
        if name == "dy" and index not in self.arrays["dy"]:
            return 0
        return super().entry(name, index)

    def in_padding(self, cell):
        return super().in_padding(cell[2:])

    def assignments(self, names):
        """Yield every assignment of the free letters; n is an image here."""
        ranged = {
            "n": range(self.images),
            "o": range(self.outputs),
            "c": range(self.inputs),
            "kappa": range(self.groups),
        }
        free = [name for name in ranged if name in names]
        for letters in super().assignments(names - set(free)):
            for values in product(*(ranged[name] for name in free)):
                yield {**letters, **dict(zip(free, values, strict=True))}


def value(node, world, letters):
    """Return what an expression is: an integer, a fraction, or a matrix of them."""
    return meaning(node, world)(dict(letters))


def meaning(node, world):
    """Return the function from the values of the letters to the value of an expression.

    A sum sets its letter while it runs; letters of the outside are as before afterwards.
    """
    parts = [meaning(part, world) for part in _parts(node)]
    match node:
        case tree.Integer():
            return lambda letters: node.value
        case tree.Letter():
            return _letter(node.name, world)
        case tree.Entry():
            return _entry(node, world)
        case tree.Total():
            return lambda letters: _exact(_sum([part(letters) for part in parts]))
        case tree.Negated():
            return lambda letters: -parts[0](letters)
        case tree.Product():
            return lambda letters: _product([part(letters) for part in parts])
        case tree.Quotient():
            return lambda letters: _exact(Fraction(*(part(letters) for part in parts)))
        case tree.Floor():
            return lambda letters: floor(parts[0](letters))
        case tree.Ceiling():
            return lambda letters: ceil(parts[0](letters))
        case tree.Remainder():
            return lambda letters: parts[0](letters) % parts[1](letters)
        case tree.Largest():
            return lambda letters: max(part(letters) for part in parts)
        case tree.Smallest():
            return lambda letters: min(part(letters) for part in parts)
        case tree.Partial():
            return _partial(node, world)
        case tree.SumOver():
            return _sum_over(node.letter, *parts)
        case tree.Cases():
            return _cases(node, world)
        case tree.Matrix():
            rows = [[meaning(entry, world) for entry in row] for row in node.rows]
            return lambda letters: _matrix([[entry(letters) for entry in row] for row in rows])
        case tree.Call(function="vec", arguments=(array,)):
            column = world.column(_array(array))
            return lambda letters: column
    raise UntrueError(f"{node} has no meaning in a document")


def holds(condition, world, letters):
    """Return whether a condition is true."""
    return truth(condition, world)(dict(letters))


def truth(condition, world):
    """Return the function from the values of the letters to the truth of a condition."""
    match condition:
        case tree.Compare():
            compare = _COMPARE[condition.operator]
            left, right = meaning(condition.left, world), meaning(condition.right, world)
            return lambda letters: compare(left(letters), right(letters))
        case tree.Divides():
            divisor, whole = meaning(condition.divisor, world), meaning(condition.value, world)
            return lambda letters: whole(letters) % divisor(letters) == 0
        case tree.AllOf() | tree.AnyOf():
            parts = [truth(part, world) for part in condition.conditions]
            of_parts = all if isinstance(condition, tree.AllOf) else any
            return lambda letters: of_parts(part(letters) for part in parts)
        case tree.Not():
            part = truth(condition.condition, world)
            return lambda letters: not part(letters)
    raise UntrueError(f"{condition} has no meaning in a document")


def free_names(node):
    """Return the letters that no sum binds."""
    if isinstance(node, tuple):
        return frozenset().union(*map(free_names, node))
    if isinstance(node, tree.Letter):
        return frozenset((node.name,))
    if isinstance(node, tree.SumOver):
        bounds = free_names((node.lower, node.upper))
        return bounds | free_names(node.body) - {node.letter}
    if isinstance(node, tree.Node):
        return free_names(tuple(getattr(node, name) for name in node.__dataclass_fields__))
    return frozenset()


def same(left, right):
    """Return whether two values are one number, or matrices of one shape with one content."""
    if isinstance(left, np.ndarray) != isinstance(right, np.ndarray):
        return False
    return np.shape(left) == np.shape(right) and bool(np.all(left == right))


def _parts(node):
    """Return the expressions of which a value is computed in one way, whatever they are."""
    match node:
        case tree.Total():
            return node.terms
        case tree.Product():
            return node.factors
        case tree.Negated() | tree.Floor() | tree.Ceiling():
            return (node.operand,)
        case tree.Quotient():
            return node.numerator, node.denominator
        case tree.Remainder():
            return node.value, node.modulus
        case tree.Largest() | tree.Smallest():
            return node.operands
        case tree.SumOver():
            return node.lower, node.upper, node.body
    return ()


def _letter(name, world):
    if name in ("x", "w", "y"):
        return lambda letters: world.plane(name)
    if name in world.matrix_names:
        return lambda letters: world.matrices[name]

    def look_up(letters):
        if name not in letters:
            raise UntrueError(f"the letter {name} is not defined")
        return letters[name]

    return look_up


def _sum(values):
    return sum(values[1:], start=values[0])


def _sum_over(name, lower, upper, body):
    def total(letters):
        outside = letters.get(name)
        result = 0
        for letters[name] in range(lower(letters), upper(letters) + 1):  # noqa: B020
            result += body(letters)
        if outside is None:
            letters.pop(name, None)
        else:
            letters[name] = outside
        return result

    return total


def _product(factors):
    result, *others = factors
    for factor in others:
        both = isinstance(result, np.ndarray) and isinstance(factor, np.ndarray)
        result = result @ factor if both else result * factor
    return _exact(result)


def _exact(number):
    whole = isinstance(number, Fraction) and number.denominator == 1
    return number.numerator if whole else number


def _cases(node, world):
    always = tree.AllOf(())
    branches = [
        (truth(branch.condition or always, world), meaning(branch.value, world))
        for branch in node.branches
    ]

    def chosen(letters):
        for condition, branch in branches:
            if condition(letters):
                return branch(letters)
        raise UntrueError("no case applies")

    return chosen


def _index(entry, world):
    """Return the function that gives the index of an entry.

    The reader takes x_{10} and x_{2 K}, without a comma, for two indices; along one axis they are
    one number and one product.
    """
    places = [meaning(place, world) for place in entry.indices]
    plain = world is None or isinstance(world, Batch) or len(world.input_shape) > 1
    if plain or len(places) == 1:
        return lambda letters: tuple([place(letters) for place in places])
    if isinstance(entry.indices[-1], tree.Integer):
        number = int("".join(str(place.value) for place in entry.indices))
        return lambda letters: (number,)
    factor = int("".join(str(place.value) for place in entry.indices[:-1]))
    return lambda letters: (factor * places[-1](letters),)


def _entry(node, world):
    if node.array == "delta":
        left, right = (meaning(place, world) for place in node.indices)
        return lambda letters: int(left(letters) == right(letters))
    index = _index(node, world)
    if node.array == "W":
        return lambda letters: world.block(*index(letters))
    if node.array in world.names:
        return lambda letters: world.entry(node.array, index(letters))
    raise UntrueError(f"the array {node.array} is not defined")


def _matrix(rows):
    entries = [entry for row in rows for entry in row]
    blocks = [entry for entry in entries if isinstance(entry, np.ndarray)]
    if not blocks:
        return np.array(rows, dtype=object)
    if any(not isinstance(entry, np.ndarray) and entry != 0 for entry in entries):
        raise UntrueError("a matrix of blocks has a number other than 0")
    zero = np.zeros_like(blocks[0])
    filled = [[entry if isinstance(entry, np.ndarray) else zero for entry in row] for row in rows]
    return np.block(filled)


def _array(node):
    """Return the name of a whole array: x, or dx for de/dx."""
    match node:
        case tree.Letter(name=("x" | "w" | "y") as name):
            return name
        case tree.Partial(of=tree.Letter(name="e"), by=tree.Letter(name=("x" | "w" | "y") as by)):
            return f"d{by}"
    raise UntrueError(f"{node} is no array")


def _partial(node, world):
    match node.of, node.by:
        case tree.Letter(name="e"), tree.Letter(name="b"):
            return lambda letters: oracle.grad_bias(world.arrays["dy"])
        case tree.Letter(name="e"), tree.Letter(name=("x" | "w" | "y") as array):
            return lambda letters: world.plane(f"d{array}")
        case tree.Letter(name="e"), tree.Entry(array=("x" | "w" | "y" | "b") as array):
            index, name = _index(node.by, world), f"d{array}"
            return lambda letters: world.entry(name, index(letters))
        case tree.Entry(array="y"), tree.Letter(name="b"):
            window = _index(node.of, world)
            return lambda letters: world.by_bias(window(letters))
        case tree.Entry(array="y"), tree.Entry(array="x"):
            window, cell = _index(node.of, world), _index(node.by, world)
            return lambda letters: world.by_input(window(letters), cell(letters))
        case tree.Entry(array="y"), tree.Entry(array="w"):
            window, tap = _index(node.of, world), _index(node.by, world)
            return lambda letters: world.by_weight(window(letters), tap(letters))
    raise UntrueError(f"{node} is no derivative of a document")
