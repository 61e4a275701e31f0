"""What the templates of batched kernels are given: plain text in frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass

from symconv.codegen.c.contexts import Size
from symconv.codegen.c.types import CType
from symconv.codegen.spelling.header import Header
from symconv.codegen.spelling.text import Term


@dataclass(frozen=True)
class Reading:
    """Which cells of a source the cells of a result read, as the texts of tables in C.

    Attributes:
        name: in the names of its tables.
        heading: what reads what.
        residues: those of its frames, "{ 0, 0 }, { 0, 1 }".
        taps: the rows of the table of taps, each with the entry that is read.
        lines: the taps that lie side by side.
        numbers: the other members of its struct: ("step", "{ 2, 2 }").
    """

    name: str
    heading: str
    residues: str
    taps: tuple[Term, ...]
    lines: str
    numbers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Constant:
    """A number that the runtime reads: its name, and what it says."""

    name: str
    number: int
    note: str

    @property
    def enumerator(self) -> str:
        """The constant as a member of an enum, as wide as the others."""
        return f"{self.name} = {self.number},".ljust(20)


@dataclass(frozen=True)
class CBatched:
    """The context of c/batched.c.jinja and c/batched.h.jinja.

    Attributes:
        header, name, guard, types, axes: as in CModule.
        inputs, input_shape, output_shape, weight_shape: the same, with images and channels.
        parameters: the sizes of an image as parameters.
        kernel: those of the kernel, "3, 3".
        letters: the sizes of an image by their letters, "m = in[0], n = in[1]".
        sizes: how output sizes follow from input sizes.
        groups: how many groups of channels there are.
        constants: what the runtime knows of the kernel.
        readings: that of the forward pass, then one per phase.
        phases: the names of the latter.
        dots: the taps whose weights grad_weight makes at once where channels are few.
        calls: the types of the functions, and what makes their results: "direct".
        tables, basics, vectors, plan, sums: the texts of runtime headers, in the order of the file:
            the form of the tables, sizes and memory, vectors of a type, the plan of the sums, and
            the sums of a type.
    """

    header: Header
    name: str
    guard: str
    types: tuple[CType, ...]
    axes: int
    inputs: str
    input_shape: str
    output_shape: str
    weight_shape: str
    parameters: str
    kernel: str
    letters: str
    sizes: tuple[Size, ...]
    groups: int
    constants: tuple[Constant, ...]
    readings: tuple[Reading, ...]
    phases: tuple[str, ...]
    dots: tuple[int, ...]
    calls: tuple[tuple[CType, str], ...]
    tables: str
    basics: str
    vectors: str
    plan: str
    sums: str
