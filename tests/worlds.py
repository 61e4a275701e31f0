"""What the letters of a document stand for: one convolution of one size, a number for every entry.

Gradients are those of tests/oracle.py; of symconv nothing is used. Windows (i, j) meet cells
(u, v) through taps: a convolution reads its input from the cells, a transposed one writes its
output there. Where padding is copied, the cells are those of the padded input X, and R and S are
the input with its first axes padded.
"""

import random
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np

from tests import oracle

INPUT_INDEX, OUTPUT_INDEX, TAP_INDEX = "uvz", "ijk", "rsa"
BLOCK, PHASE = "KLM", ("rho", "sigma", "tau")
INPUT_SIZE, OUTPUT_SIZE = "mno", "ghf"
INPUT_SIZE_OF_LAYER = "ABD"  # of a transposed one, where n and o count images and channels
BETWEEN = "RS"  # x, its first axes padded


class UntrueError(Exception):
    """A formula says something that is false, or nothing."""


class OutsideError(UntrueError):
    """An entry outside the image, which nothing is said about."""


@dataclass(frozen=True)
class Sizes:
    """What a convolution is, without an image; one entry per axis."""

    kernel_shape: tuple
    stride: tuple
    padding: tuple
    dilation: tuple
    flipped: bool = False
    mode: str = "zeros"
    transposed: bool = False

    def options(self):
        names = self.__dataclass_fields__
        return {name: getattr(self, name) for name in names}

    def without_padding(self):
        """The sizes for oracle.output_shape, in its order."""
        return self.kernel_shape, self.stride, self.padding, self.dilation, self.transposed


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

    @property
    def names(self):
        """The arrays whose entries have indices."""
        return ("x", "w", "y", *self.padded_names, *(("Z",) if self.sizes.transposed else ()))

    @property
    def matrix_names(self):
        copying = ("P", "P^T") if self.copied else ()
        return ("T", "T^T", "C", "C^T", *copying)

    @cached_property
    def output_shape(self):
        return oracle.output_shape(self.input_shape, *self.sizes.without_padding())

    @property
    def cell_shape(self):
        return self.output_shape if self.sizes.transposed else self.input_shape

    @property
    def window_shape(self):
        return self.input_shape if self.sizes.transposed else self.output_shape

    @property
    def copied(self):
        return self.sizes.mode != "zeros"

    @cached_property
    def copying_axes(self):
        return [axis for axis, sides in enumerate(self.sizes.padding) if self.copied and any(sides)]

    @cached_property
    def padded_names(self):
        """The arrays from the first padded axis on; the last one is X."""
        if not self.copied:
            return ()
        return (*BETWEEN[: max(0, len(self.copying_axes) - 1)], "X")

    def padded_ranges(self, axes):
        """The cells of the input, those axes padded."""
        sides = zip(self.cell_shape, self.sizes.padding, strict=True)
        return tuple(
            range(-lo, n + hi) if axis in axes else range(n)
            for axis, (n, (lo, hi)) in enumerate(sides)
        )

    @cached_property
    def cell_ranges(self):
        return self.padded_ranges(self.copying_axes)

    @cached_property
    def ranges(self):
        """The indices of every array, as a range for each axis."""
        kernel, shapes = self.sizes.kernel_shape, {"x": self.input_shape, "y": self.output_shape}
        found = {name: tuple(map(range, shape)) for name, shape in {**shapes, "w": kernel}.items()}
        for place, name in enumerate(self.padded_names, start=1):
            found[name] = self.padded_ranges(self.copying_axes[:place])
        return {**found, **{f"d{name}": ranges for name, ranges in found.items()}}

    def indices(self, name):
        return product(*self.ranges[name])

    @cached_property
    def arrays(self):
        seeds = {"x": 1, "w": 2, "dy": 3}
        found = {
            name: self.given.get(name) or drawn(self.indices(name), seed)
            for name, seed in seeds.items()
        }
        options = {"input_shape": self.input_shape, **self.sizes.options()}
        x, w, dy = found["x"], found["w"], found["dy"]
        return {
            **found,
            "y": oracle.forward(x, w, self.bias, **options),
            "dx": oracle.grad_input(dy, w, **options),
            "dw": oracle.grad_weight(dy, x, **options),
            **{name: self.padded(x, name) for name in self.padded_names},
            **{f"d{name}": self.padded_gradient(dy, w, name) for name in self.padded_names},
        }

    def source(self, cell, axes):
        """The cell that holds what a padded cell copies, along these axes."""
        sizes = enumerate(zip(cell, self.input_shape, strict=True))
        return tuple(
            oracle.source(u, n, self.sizes.mode) if axis in axes else u for axis, (u, n) in sizes
        )

    def padded(self, x, name):
        return {cell: x[self.source(cell, self.copying_axes)] for cell in self.indices(name)}

    def padded_gradient(self, dy, w, name):
        """The gradient by the padded input, the axes folded that are not padded in this array."""
        folded = self.copying_axes[self.padded_names.index(name) + 1 :]
        gradient = dict.fromkeys(self.indices(f"d{name}"), 0)
        for window, place, tap in self.padded_meetings():
            gradient[self.source(place, folded)] += dy[window] * w[tap]
        return gradient

    def padded_meetings(self):
        """Every (window, padded cell, tap) where a window reads a padded cell."""
        sizes = self.sizes
        for window in oracle.ranges(self.output_shape):
            for tap in oracle.ranges(sizes.kernel_shape):
                yield window, self.reads(window, tap), tap

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
        if name == "Z":
            return self.spread(index)
        if (number := self.arrays[name].get(index)) is not None:
            return number
        ranges = self.ranges[name]
        if len(index) < len(ranges):
            return self.plane(name, index)
        if any(not isinstance(place, int) for place in index) or len(index) > len(ranges):
            raise UntrueError(f"{name}{list(index)} has no integer index")
        if name == "dy" or (name == "x" and self.in_padding(index)):
            return 0
        gathered = name == "y" and self.sizes.transposed
        error = OutsideError if gathered or (name[-1] in "xRSX" and name != "x") else UntrueError
        raise error(f"{name}{list(index)} is outside the ranges {ranges}")

    def spread(self, index):
        """Return an entry of Z: the inputs a stride apart, zeros between and around them."""
        places = [divmod(u, t) for u, t in zip(index, self.sizes.stride, strict=True)]
        if any(rest for _, rest in places):
            return 0
        return self.arrays["x"].get(tuple(place for place, _ in places), 0)

    def in_padding(self, cell):
        if self.sizes.transposed:
            return True
        sides = zip(cell, self.input_shape, self.sizes.padding, strict=True)
        return not self.copied and all(-lo <= u < n + hi for u, n, (lo, hi) in sides)

    def plane(self, name, index=()):
        """Return an array, or what is left of it behind its first indices, as a matrix."""
        rest = self.ranges[name][len(index) :]
        entries = [self.arrays[name][(*index, *place)] for place in product(*rest)]
        sizes = tuple(map(len, rest))
        return np.array(entries, dtype=object).reshape(sizes if len(sizes) == 2 else (1, -1))

    def column(self, name):
        """Return vec of an array."""
        entries = [self.arrays[name][place] for place in self.indices(name)]
        return np.array(entries, dtype=object).reshape(-1, 1)

    def reads(self, window, tap):
        """Return the cell that a tap joins to a window."""
        sizes = self.sizes
        if sizes.flipped:
            tap = tuple(k - 1 - r for k, r in zip(sizes.kernel_shape, tap, strict=True))
        return oracle.read(window, tap, sizes.stride, sizes.padding, sizes.dilation)

    @cached_property
    def weights_between(self):
        """The weight that joins each (output, what it reads), where one does."""
        w = self.arrays["w"]
        if self.copied:
            return {(window, place): w[tap] for window, place, tap in self.padded_meetings()}
        meetings = oracle.meetings(self.input_shape, **self.sizes.options())
        return {(output, place): w[tap] for output, tap, place in meetings}

    @cached_property
    def inputs_through(self):
        """The sum of the inputs that each (output, tap) reads."""
        x, found = self.arrays["x"], {}
        for output, tap, place in oracle.meetings(self.input_shape, **self.sizes.options()):
            found[output, tap] = found.get((output, tap), 0) + x[place]
        return found

    def by_input(self, output, place):
        """Return the derivative of one output by one input, or by one cell of X."""
        self.entry("y", output)
        return self.weights_between.get((output, place), 0)

    def by_weight(self, output, tap):
        """Return the derivative of one output by one tap."""
        self.entry("y", output)
        self.entry("w", tap)
        return self.inputs_through.get((output, tap), 0)

    def by_bias(self, output):
        """Return the derivative of one output by the bias."""
        self.entry("y", output)
        return 1

    @cached_property
    def matrices(self):
        """T, C and P by what their entries are said to be, and their transposes."""
        windows = list(oracle.ranges(self.window_shape))
        cells = list(product(*self.cell_ranges))
        taps = list(oracle.ranges(self.sizes.kernel_shape))
        swapped = self.sizes.transposed
        at_cells = "dy" if swapped else "X" if self.copied else "x"
        found = {
            "T": [
                [self.by_input(*((cell, window) if swapped else (window, cell))) for cell in cells]
                for window in windows
            ],
            "C": [[self.entry(at_cells, self.reads(i, r)) for r in taps] for i in windows],
        }
        if self.copied:
            axes = range(len(self.input_shape))
            inputs = list(oracle.ranges(self.input_shape))
            found["P"] = [[int(self.source(cell, axes) == x) for x in inputs] for cell in cells]
        arrays = {name: np.array(rows, dtype=object) for name, rows in found.items()}
        return {**arrays, **{f"{name}^T": array.T for name, array in arrays.items()}}

    def block(self, r):
        """Return W_r: the columns of one kernel row against the columns of the cells."""
        windows, cells = self.window_shape[1], self.cell_ranges[1]
        rows = np.zeros((windows, len(cells)), dtype=object)
        for window, s in oracle.ranges((windows, self.sizes.kernel_shape[1])):
            cell = self.reads((0, window), (0, s))[1]
            if cell in cells:
                rows[window, cells.index(cell)] = self.arrays["w"][r, s]
        return rows

    def assignments(self, names):
        """Yield every assignment of the free letters among the names."""
        ranged = {}
        for axis, cells in enumerate(self.cell_ranges):
            t, (lo, _) = self.sizes.stride[axis], self.sizes.padding[axis]
            ranged[INPUT_INDEX[axis]] = cells
            ranged[OUTPUT_INDEX[axis]] = range(self.window_shape[axis])
            ranged[TAP_INDEX[axis]] = range(self.sizes.kernel_shape[axis])
            if INPUT_INDEX[axis] not in names:
                ranged[BLOCK[axis]] = range((cells.stop + lo) // t + 1)
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

    matrix_names = ()  # C is a number here

    images: int = 2
    groups: int = 1
    inputs: int = 2
    outputs: int = 3

    @property
    def names(self):
        return ("x", "w", "y", "b", *(("X",) if self.copied else ()))

    @cached_property
    def ranges(self):
        inputs, outputs = self.groups * self.inputs, self.groups * self.outputs
        of_weight = (inputs, self.outputs) if self.sizes.transposed else (outputs, self.inputs)
        leading = {
            "x": (self.images, inputs),
            "y": (self.images, outputs),
            "w": of_weight,
            "b": (outputs,),
        }
        planes = {
            "x": tuple(map(range, self.input_shape)),
            "y": tuple(map(range, self.output_shape)),
            "w": tuple(map(range, self.sizes.kernel_shape)),
            "b": (),
        }
        found = {name: (*map(range, leading[name]), *plane) for name, plane in planes.items()}
        if self.copied:
            found["X"] = (*map(range, leading["x"]), *self.cell_ranges)
        return {**found, **{f"d{name}": ranges for name, ranges in found.items()}}

    def pairs(self):
        """Yield every (n, o, c, the channels of w) where output channel o reads input channel c."""
        counts = (self.images, self.groups * self.inputs, self.groups * self.outputs, self.groups)
        if self.sizes.transposed:
            for n, o, c, inner in oracle.batched_transposed(*counts):
                yield n, o, c, (c, inner)
        else:
            for n, o, c, inner in oracle.batched(*counts):
                yield n, o, c, (o, inner)

    @cached_property
    def arrays(self):
        seeds = {"x": 1, "w": 2, "dy": 3, "b": 4}
        found = {name: drawn(self.indices(name), s) for name, s in seeds.items()}
        y = {i: found["b"][i[1:2]] for i in self.indices("y")}
        dx, dw, db = (dict.fromkeys(self.indices(name), 0) for name in ("dx", "dw", "db"))
        dxp = dict.fromkeys(self.indices("dX"), 0) if self.copied else {}
        for n, o, c, channels in self.pairs():
            for output, tap, place in oracle.meetings(self.input_shape, **self.sizes.options()):
                dy, w = found["dy"][n, o, *output], found["w"][*channels, *tap]
                x = found["x"][n, c, *place]
                y[n, o, *output] += x * w
                dx[n, c, *place] += dy * w
                dw[*channels, *tap] += dy * x
            for window, place, tap in self.padded_meetings() if self.copied else ():
                dxp[n, c, *place] += found["dy"][n, o, *window] * found["w"][*channels, *tap]
        for index, entry in found["dy"].items():
            db[index[1:2]] += entry
        if self.copied:
            axes = self.copying_axes
            found["X"] = {
                index: found["x"][*index[:2], *self.source(index[2:], axes)]
                for index in self.indices("X")
            }
        return {**found, "y": y, "dx": dx, "dw": dw, "db": db, "dX": dxp}

    @cached_property
    def fixed(self):
        sizes = dict(zip(OUTPUT_SIZE, self.output_shape, strict=False))
        if self.sizes.transposed:
            sizes |= dict(zip(INPUT_SIZE_OF_LAYER, self.input_shape, strict=False))
        channels = {"C": self.inputs, "C_g": self.inputs, "O": self.outputs, "O_g": self.outputs}
        return {**sizes, "N": self.images, **channels}

    def entry(self, name, index):
        """Return an entry; that of de/dy is 0 outside."""
        if name == "dy" and index not in self.arrays["dy"]:
            return 0
        return super().entry(name, index)

    def in_padding(self, cell):
        return super().in_padding(cell[2:])

    def assignments(self, names):
        """Yield every assignment of the free letters; n, or nu, is an image here."""
        ranged = {
            "nu" if self.sizes.transposed else "n": range(self.images),
            "o": range(self.outputs),
            "c": range(self.inputs),
            "kappa": range(self.groups),
        }
        free = [name for name in ranged if name in names]
        for letters in super().assignments(names - set(free)):
            for values in product(*(ranged[name] for name in free)):
                yield {**letters, **dict(zip(free, values, strict=True))}
