"""One call of the audited function: what it is given, what is right, and what came of it.

Case -> dense | units                    Question: operation, arrays of integers, the right answer
Question -> Caller(fn)                   Answer: the array that came back, and what is wrong with it
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import isqrt
from typing import Any, Final, TypeAlias
from zlib import crc32

import numpy as np

from symconv import reference
from symconv.auditing.arrays import Array, Mode, modes, to_numpy
from symconv.auditing.case import Case
from symconv.sizes import Shape

LARGEST: Final = 99  # of the dense integers
EXACT: Final = 2**23  # sums of their products stay below: exact in float32, in any order

Units: TypeAlias = tuple[tuple[str, Shape], ...]  # (array, the index that holds a 1)
Function: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Question:
    """Integer arrays for one operation on one case.

    Attributes:
        operation: "forward", "grad_input", "grad_weight" or "grad_bias".
        case: the sizes.
        arrays: argument name -> int64 array, in the order of the operation.
        units: where the arrays hold their single 1; None for dense arrays.
    """

    operation: str
    case: Case
    arrays: Mapping[str, Array]
    units: Units | None = None

    @cached_property
    def expected(self) -> Array:
        """The right answer, int64, from `symconv.reference`; zero where no window fits."""
        return np.asarray(getattr(reference, self.operation)(self.case.spec, **self.keywords()))

    @property
    def role(self) -> str:
        """The operation that this is of the convolution: of its adjoint if it is transposed.

        Forward of one is grad_input of the other.
        """
        if not self.case.spec.transposed:
            return self.operation
        swapped = {"forward": "grad_input", "grad_input": "forward"}
        return swapped.get(self.operation, self.operation)

    def keywords(self) -> dict[str, Any]:
        """Return the keyword arguments of the operation; grad_input also has input_shape."""
        if self.operation == "grad_input":
            return {**self.arrays, "input_shape": self.case.input_shape}
        return dict(self.arrays)


@dataclass(frozen=True, eq=False)
class Answer:
    """What a function made of a question.

    Attributes:
        question: what it was asked.
        kind: "right", or what is wrong: "value", "shape", "exception", "no array" or
            "changed argument".
        got: the array it returned; None if it did not.
        message: of the exception, or what came instead of an array, or which argument it changed.
    """

    question: Question
    kind: str
    got: Array | None = None
    message: str = ""

    @property
    def right(self) -> bool:
        """Whether the answer is the expected one."""
        return self.kind == "right"


def dense(operation: str, case: Case, *, seed: int = 0) -> Question:
    """Return a question with integers from -99 to 99, none of them 0, that depend on the case.

    Where very many products are added up, the integers are smaller.
    """
    largest = max(1, min(LARGEST, isqrt(EXACT // max(1, case.terms(operation)))))
    rng = np.random.default_rng([seed, crc32(repr(case).encode())])
    arrays = {}
    for name, shape in case.shapes(operation).items():
        signs = 2 * rng.integers(0, 2, shape) - 1
        arrays[name] = np.asarray(signs * rng.integers(1, largest + 1, shape), np.int64)
    return Question(operation, case, arrays)


def units(operation: str, case: Case) -> Iterator[Question]:
    """Yield the questions that decide a bilinear function: zero, then every pair of unit vectors.

    Example:
        >>> from symconv.spec import ConvSpec
        >>> case = Case(ConvSpec(kernel_shape=(2,)), (3,))
        >>> [question.units for question in units("grad_input", case)][:3]
        [(), (('grad_output', (0,)), ('weight', (0,))), (('grad_output', (0,)), ('weight', (1,)))]
    """
    shapes = case.shapes(operation)
    yield _unit_question(operation, case, ())
    factors = [name for name in shapes if name != "bias"]
    for indices in product(*(np.ndindex(shapes[name]) for name in factors)):
        yield _unit_question(operation, case, tuple(zip(factors, indices, strict=True)))
    for index in np.ndindex(shapes["bias"]) if "bias" in shapes else ():
        yield _unit_question(operation, case, (("bias", index),))


def _unit_question(operation: str, case: Case, ones: Units) -> Question:
    arrays = {name: np.zeros(shape, np.int64) for name, shape in case.shapes(operation).items()}
    for name, index in ones:
        arrays[name][index] = 1
    return Question(operation, case, arrays, ones)


class Caller:
    """Calls a function with the arrays it wants, and judges what it returns.

    The first mode (NumPy int64) is kept until a call fails in it and a later one does not: a
    function that only takes floats is asked with float64 from then on.

    Attributes:
        fn: the function, called as fn(spec, **arrays).
        mode: the arrays it is given now.
    """

    def __init__(
        self, fn: Function, *, library: str | None = None, dtype: str | None = None
    ) -> None:
        self.fn = fn
        self._library, self._dtype = library, dtype
        self.mode: Mode = next(modes(library=library, dtype=dtype))

    def __call__(self, question: Question) -> Answer:
        """Return the function's answer, in the present mode or the first later one that works."""
        answer = self._answer(question, self.mode)
        if answer.got is not None:
            return answer
        available = list(modes(library=self._library, dtype=self._dtype))
        for mode in available[available.index(self.mode) + 1 :]:
            other = self._answer(question, mode)
            if other.got is not None:
                self.mode = mode
                return other
        return answer

    def _answer(self, question: Question, mode: Mode) -> Answer:
        """Call the function once. Whatever it raises is its answer, except an interruption."""
        given, watched = {}, {}
        for name, array in question.arrays.items():
            given[name], watched[name] = mode.given(array)
        try:
            result = self.fn(question.case.spec, **{**question.keywords(), **given})
        except (Exception, SystemExit) as err:
            first = (str(err).strip() or "no message").splitlines()[0]
            return Answer(question, "exception", message=f"{type(err).__name__}: {first}")
        try:
            got = to_numpy(result)
        except TypeError as err:
            return Answer(question, "no array", message=str(err))
        kind = _kind(got, question.expected)
        for name, array in question.arrays.items():
            if kind == "right" and not np.array_equal(watched[name], array):
                return Answer(question, "changed argument", got, message=name)
        return Answer(question, kind, got)


def _kind(got: Array, expected: Array) -> str:
    """Return "right", "shape" or "value": every entry must be == the integer, of whatever dtype."""
    if got.shape != expected.shape:
        return "shape"
    return "right" if np.array_equal(got, expected) else "value"
