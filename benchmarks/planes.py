"""How fast the emitted plane kernels are beside SciPy and the generic reference."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np

from benchmarks.figures import Rival, Row, Section
from benchmarks.operands import integers
from benchmarks.rivals import REFERENCE, SIGNAL, Operands, rivals_of
from benchmarks.timing import Measured, interleaved
from symconv.codegen.load import Kernel, load_kernel
from symconv.codegen.request import request_kernel
from symconv.sizes import Shape
from symconv.spec import ConvSpec

IMAGES: Final[tuple[Shape, ...]] = ((28, 28), (224, 224), (1080, 1920))
DTYPES: Final = ("float32", "float64")
ROUNDS: Final = 7
BUDGETS: Final = {SIGNAL: 3.0, REFERENCE: 50.0}
BUDGETED: Final = ("grad_input", (3, 3), (1, 1), (224, 224), "float32")
PROBLEMS: Final = (
    ("grad_input", ConvSpec(kernel_shape=(3, 3))),
    ("forward", ConvSpec(kernel_shape=(3, 3))),
    ("grad_weight", ConvSpec(kernel_shape=(3, 3))),
    ("grad_input", ConvSpec(kernel_shape=(5, 5))),
    ("grad_input", ConvSpec(kernel_shape=(3, 3), stride=2)),
    ("grad_input", ConvSpec(kernel_shape=(5, 5), stride=2)),
)


@dataclass(frozen=True)
class Case:
    """One operation of one spec on one image."""

    operation: str
    spec: ConvSpec
    image: Shape
    dtype: str

    @property
    def name(self) -> str:
        """The case in words, "grad_input 3x3 t=1, 224x224 float32"."""
        kernel, image = (
            "x".join(map(str, sizes)) for sizes in (self.spec.kernel_shape, self.image)
        )
        return f"{self.operation} {kernel} t={self.spec.stride[0]}, {image} {self.dtype}"

    @property
    def budgets(self) -> dict[str, float]:
        """How many times slower which rival must be."""
        sizes = (self.spec.kernel_shape, self.spec.stride)
        return BUDGETS if (self.operation, *sizes, self.image, self.dtype) == BUDGETED else {}


def planes_section() -> Section:
    """Return the emitted kernels of several specs beside their rivals."""
    rows = [
        _row(Case(operation, spec, image, dtype))
        for (operation, spec), image, dtype in product(PROBLEMS, IMAGES, DTYPES)
    ]
    return Section(
        title="Emitted plane kernels; in brackets how many times slower the other is",
        method=f"medians of {ROUNDS} interleaved rounds (2 for what takes over 0.2 s), ratios "
        "round by round; small integers, every result compared with ==",
        rows=tuple(rows),
    )


def _row(case: Case) -> Row:
    kernel = load_kernel(request_kernel(case.spec))
    operands = _operands(case)
    contenders = {
        "symconv": lambda: _ours(kernel, case.operation, operands),
        **rivals_of(case.operation, operands),
    }
    measured = interleaved(contenders, rounds=ROUNDS)
    ours = measured.pop("symconv")
    differing = [name for name, rival in measured.items() if not _equal(rival, ours)]
    return Row(
        name=case.name,
        seconds=ours.seconds,
        rivals=tuple(
            Rival(name, rival.seconds, rival.times_slower_than(ours), case.budgets.get(name))
            for name, rival in measured.items()
        ),
        correct=not differing,
        note=f"differs from {', '.join(differing)}" if differing else "",
    )


def _operands(case: Case) -> Operands:
    return Operands(
        case.spec,
        x=integers(case.image, case.dtype),
        w=integers(case.spec.kernel_shape, case.dtype),
        dy=integers(case.spec.output_shape(case.image), case.dtype),
    )


def _ours(kernel: Kernel, operation: str, operands: Operands) -> Any:
    if operation == "forward":
        return kernel.forward(operands.x, operands.w)
    if operation == "grad_weight":
        return kernel.grad_weight(operands.dy, operands.x)
    return kernel.grad_input(operands.dy, operands.w, operands.image)


def _equal(one: Measured, other: Measured) -> bool:
    """Return whether two results have the same shape, dtype and entries."""
    same_dtype = one.result.dtype == other.result.dtype
    return bool(same_dtype and np.array_equal(one.result, other.result))
