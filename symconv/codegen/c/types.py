"""The types of entries that C kernels have.

Functions of entries are written once, for float, with names that end in _f32. For another type two
words are exchanged when a template is filled: float becomes the type that sums are made in, _f32
its suffix; see the filter `retyped` of symconv/render.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from symconv.codegen.kernel import KernelRequest


@dataclass(frozen=True)
class CType:
    """A type of entries: the suffix of its functions, its C name, and the type sums are made in.

    Integers are summed as unsigned ones, which wrap around.
    """

    suffix: str
    value: str
    sum: str
    words: str

    @property
    def bytes(self) -> int:
        """How many bytes an entry has."""
        return int(self.suffix[1:]) // 8

    @property
    def as_sums(self) -> str:
        """The cast of an array of results to the type of sums; empty where they are the same."""
        return "" if self.sum == self.value else f"({self.sum} *)"

    @property
    def as_given(self) -> str:
        """The same for an array that is read."""
        return "" if self.sum == self.value else f"(const {self.sum} *)"

    @property
    def floating(self) -> bool:
        """Whether it has fractions."""
        return self.suffix.startswith("f")


TYPES: Final = (
    CType("f32", "float", "float", "float"),
    CType("f64", "double", "double", "double"),
    CType("i32", "int32_t", "uint32_t", "32-bit integers; sums wrap around"),
    CType("i64", "int64_t", "uint64_t", "64-bit integers; sums wrap around"),
)


def types_of(request: KernelRequest) -> tuple[CType, ...]:
    """Return the types that the files of a request have, in the order of TYPES."""
    return tuple(each for each in TYPES if each.suffix in request.dtypes)


def type_named(suffix: str) -> CType:
    """Return the type whose functions end in a suffix of DTYPES."""
    return next(each for each in TYPES if each.suffix == suffix)
