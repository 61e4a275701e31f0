"""What a call may be given: biases, shapes, arrays of other layouts and types, `out=`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import cycle
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.bench.contender import Call
from symconv.codegen.kernel import Kernel
from symconv.spec import ConvSpec

Array: TypeAlias = npt.NDArray[Any]
SPEC: Final = ConvSpec(kernel_shape=(3, 3))
SIDE: Final = 28
CHANNELS: Final = 8
PLAIN: Final = "plain"
MIXED: Final = "float32 and float64"
OPERANDS: Final = {
    "forward": ("x", "w"),
    "grad_input": ("dy", "w"),
    "grad_weight": ("dy", "x"),
    "grad_bias": ("dy",),
}


@dataclass(frozen=True)
class Way:
    """A call that is given something else than ready arrays.

    Attributes:
        operation: of the kernel.
        given: what, in words.
        call: the call.
        expected: its result.
        copy: the copy it cannot do without, or None.
        rival: PyTorch's call on the same, or None.
    """

    operation: str
    given: str
    call: Call
    expected: Array
    copy: Call | None = None
    rival: Call | None = None


@dataclass(frozen=True, eq=False)
class Arrays:
    """Ready arrays of one kernel: small integers, float32, row by row."""

    layout: str
    x: Array
    w: Array
    dy: Array

    @property
    def four(self) -> tuple[Array, Array, Array]:
        """The same with images and channels."""
        arrays = (self.x, self.w, self.dy)
        x, w, dy = (each[None, None] if self.layout == "plane" else each for each in arrays)
        return x, w, dy


def arrays_of(layout: str) -> Arrays:
    """Return the ready arrays: a plane of 28 by 28, or two images of 8 channels."""
    draws = np.random.default_rng(0)
    leading = ((), (), ()) if layout == "plane" else ((2, CHANNELS), (CHANNELS,) * 2, (2, CHANNELS))
    spatial = ((SIDE, SIDE), SPEC.kernel_shape, SPEC.output_shape((SIDE, SIDE)))
    x, w, dy = (
        draws.integers(-2, 3, (*first, *sizes)).astype(np.float32)
        for first, sizes in zip(leading, spatial, strict=True)
    )
    return Arrays(layout, x, w, dy)


def plain_calls(kernel: Kernel, arrays: Arrays) -> dict[str, Call]:
    """Return the plain call of each operation."""
    x, w, dy = arrays.x, arrays.w, arrays.dy
    return {
        "forward": lambda: kernel.forward(x, w),
        "grad_input": lambda: kernel.grad_input(dy, w, x.shape),
        "grad_weight": lambda: kernel.grad_weight(dy, x),
        "grad_bias": lambda: kernel.grad_bias(dy),
    }


def ways(kernel: Kernel, arrays: Arrays) -> Iterator[Way]:
    """Yield everything that a call is given here, the plain calls first."""
    torch = import_module("torch") if find_spec("torch") else None
    for operation, call in plain_calls(kernel, arrays).items():
        rival = _torch_call(torch, operation, *arrays.four)
        yield Way(operation, PLAIN, call, call(), rival=rival)
    yield from _biases(kernel, arrays, torch)
    yield from _input_shapes(kernel, arrays, torch)
    yield from _arrays(kernel, arrays, torch)
    yield from _outs(kernel, arrays)
    yield _alternating(kernel, arrays)


def _biases(kernel: Kernel, arrays: Arrays, torch: Any) -> Iterator[Way]:
    """Yield forward with a bias of each kind."""
    x, w = arrays.x, arrays.w
    y = kernel.forward(x, w)
    kinds: dict[str, Any] = {
        "bias: float": 1.0,
        "bias: int": 1,
        "bias: NumPy scalar": np.float32(1),
        "bias: 0-d array": np.array(1, np.float32),
    }
    rival = None
    if arrays.layout == "batched":
        vector = np.ones(len(w), np.float32)
        kinds = {"bias: vector": vector, "bias: list": [1.0] * len(w)}
        rival = _torch_call(torch, "forward", *arrays.four, bias=vector)
    for given, bias in kinds.items():
        yield Way("forward", given, partial(kernel.forward, x, w, bias), y + 1, rival=rival)


def _input_shapes(kernel: Kernel, arrays: Arrays, torch: Any) -> Iterator[Way]:
    """Yield grad_input with the shape of the input in each form."""
    dy, w, shape = arrays.dy, arrays.w, arrays.x.shape
    dx = kernel.grad_input(dy, w, shape)
    forms: dict[str, Any] = {"input_shape: list": list(shape), "input_shape: None": None}
    if torch:
        forms["input_shape: torch.Size"] = torch.Size(shape)
    for given, form in forms.items():
        yield Way("grad_input", given, partial(kernel.grad_input, dy, w, form), dx)


def _arrays(kernel: Kernel, arrays: Arrays, torch: Any) -> Iterator[Way]:
    """Yield each operation on arrays of other layouts in memory and of other types."""
    for given, turn in turns().items():
        for operation, operands in OPERANDS.items():
            turned = _turned(arrays, turn, operands[1:] if given == MIXED else operands)
            if turned is None:
                continue
            used = [getattr(turned, name) for name in operands]
            result = plain_calls(kernel, arrays)[operation]()
            integers = np.issubdtype(used[0].dtype, np.integer)
            yield Way(
                operation,
                given,
                plain_calls(kernel, turned)[operation],
                result.astype(np.int64).astype(used[0].dtype) if integers else result,
                copy=_copy_of(used),
                rival=None if given == MIXED else _torch_call(torch, operation, *turned.four),
            )


def _turned(arrays: Arrays, turn: Callable[[Array], Array], names: Sequence[str]) -> Arrays | None:
    """Return the arrays, some of them in another form; None where there is none to turn."""
    if not names:
        return None
    x, w, dy = (
        turn(getattr(arrays, name)) if name in names else getattr(arrays, name)
        for name in ("x", "w", "dy")
    )
    return Arrays(arrays.layout, x, w, dy)


def _outs(kernel: Kernel, arrays: Arrays) -> Iterator[Way]:
    """Yield the operations that write into a given array."""
    x, w, dy = arrays.x, arrays.w, arrays.dy
    dx, dw = np.empty_like(x), np.empty_like(w)
    yield Way("grad_input", "out=", lambda: kernel.grad_input(dy, w, x.shape, out=dx),
              kernel.grad_input(dy, w, x.shape))  # fmt: skip
    yield Way("grad_weight", "out=", lambda: kernel.grad_weight(dy, x, out=dw),
              kernel.grad_weight(dy, x))  # fmt: skip
    if arrays.layout == "batched":
        y = np.empty_like(dy)
        yield Way("forward", "out=", lambda: kernel.forward(x, w, out=y), kernel.forward(x, w))


def _alternating(kernel: Kernel, arrays: Arrays) -> Way:
    """Return forward on inputs of 400 shapes in turn, as many cells as the plain one in the mean.

    Its result is that of the shape which comes first, the plain one.
    """
    sides = [SIDE + step for step in range(-10, 10)]
    shapes = [(SIDE, SIDE), *((m, n) for m in sides for n in sides if (m, n) != (SIDE, SIDE))]
    leading = arrays.x.shape[:-2]
    others = [np.ones((*leading, *shape), np.float32) for shape in shapes[1:]]
    turns = cycle([arrays.x, *others])
    y = kernel.forward(arrays.x, arrays.w)
    return Way("forward", "400 shapes in turn", lambda: kernel.forward(next(turns), arrays.w), y)


def _strided(array: Array) -> Array:
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def turns() -> dict[str, Callable[[Array], Array]]:
    """Return the other forms of an array: layouts in memory, and types."""
    types: dict[str, Any] = {
        "float16": np.float16, "int8": np.int8, "int16": np.int16, MIXED: np.float64,
    }  # fmt: skip
    if find_spec("ml_dtypes"):
        types["bfloat16"] = import_module("ml_dtypes").bfloat16
    return {
        "every second column": _strided,
        "Fortran order": np.asfortranarray,
        **{name: partial(np.ndarray.astype, dtype=dtype) for name, dtype in types.items()},
    }


def _copy_of(used: Sequence[Array]) -> Call:
    """Return the copies row by row, in the wider type, that must come before any computing."""
    narrow = used[0].dtype.itemsize < 4
    dtype = np.dtype(np.float32 if narrow else np.result_type(*used))
    ready = [each.dtype == dtype and each.flags.c_contiguous for each in used]
    copied = [each for each, done in zip(used, ready, strict=True) if not done]
    return lambda: [np.ascontiguousarray(each, dtype) for each in copied]


def _torch_call(
    torch: Any, operation: str, x: Array, w: Array, dy: Array, *, bias: Array | None = None
) -> Call | None:
    """Return PyTorch's call on tensors that share the arrays' memory; None without PyTorch."""
    if torch is None:
        return None
    tx, tw, tdy = (_tensor(torch, array) for array in (x, w, dy))
    tb = None if bias is None else _tensor(torch, bias)
    axes = SPEC.axes
    sizes = (SPEC.stride, [0] * axes, SPEC.dilation, False, [0] * axes, SPEC.groups)
    wanted = {"grad_input": (True, False, False), "grad_weight": (False, True, False)}
    if operation == "forward":
        return lambda: torch.nn.functional.conv2d(tx, tw, tb)
    if operation == "grad_bias":
        return lambda: tdy.sum(dim=(0, 2, 3))
    return lambda: torch.ops.aten.convolution_backward(tdy, tx, tw, None, *sizes, wanted[operation])


def _tensor(torch: Any, array: Array) -> Any:
    """Return a tensor that shares the array's memory; from_numpy knows no bfloat16."""
    if array.dtype.name == "bfloat16":
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)
