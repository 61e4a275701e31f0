"""JAX, compiled by XLA before timing: its own convolution, and slices of all taps added up.

Its own gradients come from `jax.vjp`; that of the input is already a forward pass with a flipped
kernel over dy, spread and padded. XLA makes one loop of the added slices.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from math import prod
from typing import Any, Final

from symconv.bench import taps
from symconv.bench.contender import Call, Contender, Kind, LeftOut
from symconv.bench.operands import Operands
from symconv.sizes import Shape
from symconv.spec import ConvSpec

Forward = Callable[[Any, Any], Any]
MOST_TAPS: Final = {"forward": 256, "grad_input": 256, "grad_weight": 64, "backward": 64}


def _own(operands: Operands, threads: int) -> Call:
    """Return conv_general_dilated and its vector-Jacobian products."""
    jax = _jax()
    spec = operands.problem.spec

    def forward(x: Any, w: Any) -> Any:
        return jax.lax.conv_general_dilated(
            x,
            w,
            window_strides=spec.stride,
            padding=spec.padding_pairs,
            rhs_dilation=spec.dilation,
            feature_group_count=spec.groups,
            precision=jax.lax.Precision.HIGHEST,
        )

    return _compiled(jax, operands, forward, (operands.x4, operands.w4, operands.dy4))


def _sliced(operands: Operands, threads: int) -> Call | None:
    """Return the sum over taps of weighted slices of a plane, and what JAX derives from it.

    Raises:
        LeftOut: there are too many taps for XLA to compile in time.
    """
    problem = operands.problem
    if problem.layout != "plane":
        return None
    count = prod(problem.spec.kernel_shape)
    if count > MOST_TAPS[problem.operation]:
        raise LeftOut(f"would compile a sum of {count} slices for a minute or more")
    jax = _jax()
    spec = problem.spec
    dense = set(spec.stride) == {1} and not any(lo or hi for lo, hi in spec.padding_pairs)
    arrays = (operands.x, operands.w, operands.dy)
    if problem.operation == "grad_input" and dense:
        around = [(extent - 1, extent - 1) for extent in spec.extent]
        full = ConvSpec(kernel_shape=spec.kernel_shape, dilation=spec.dilation, padding=around)
        gather = partial(_weighed, jax, full, problem.input)
        return _ready(jax, lambda x, w, dy: gather(dy, jax.numpy.flip(w)), arrays)
    if problem.operation == "grad_weight":
        return _ready(jax, partial(_summed, jax, spec, problem.output_shape), arrays)
    return _compiled(jax, operands, partial(_weighed, jax, spec, problem.output_shape), arrays)


def _weighed(jax: Any, spec: ConvSpec, outputs: Shape, x: Any, w: Any) -> Any:
    xp = _padded(jax, spec, x)
    return sum(w[tap] * xp[read] for tap, read in taps.reads(spec, outputs))


def _padded(jax: Any, spec: ConvSpec, x: Any) -> Any:
    return jax.lax.pad(x, x.dtype.type(0), [(lo, hi, 0) for lo, hi in spec.padding_pairs])


def _summed(jax: Any, spec: ConvSpec, outputs: Shape, x: Any, w: Any, dy: Any) -> Any:
    xp = _padded(jax, spec, x)
    sums = [(dy * xp[read]).sum() for _, read in taps.reads(spec, outputs)]
    return jax.numpy.stack(sums).reshape(spec.kernel_shape)


def _compiled(jax: Any, operands: Operands, forward: Forward, arrays: tuple[Any, ...]) -> Call:
    def gradients(x: Any, w: Any, dy: Any) -> Any:
        return jax.vjp(forward, x, w)[1](dy)

    axes = (0, *range(2, operands.dy4.ndim)) if arrays[2].ndim == operands.dy4.ndim else None
    run = {
        "forward": lambda x, w, dy: forward(x, w),
        "grad_input": lambda x, w, dy: gradients(x, w, dy)[0],
        "grad_weight": lambda x, w, dy: gradients(x, w, dy)[1],
        "backward": lambda x, w, dy: (*gradients(x, w, dy), dy.sum(axis=axes)),
    }[operands.problem.operation]
    return _ready(jax, run, arrays)


def _ready(jax: Any, run: Callable[..., Any], arrays: tuple[Any, ...]) -> Call:
    """Return a compiled function of arrays that JAX already holds; it waits for the result."""
    held = tuple(map(jax.device_put, arrays))
    compiled = jax.jit(run).lower(*held).compile()
    return lambda: jax.block_until_ready(compiled(*held))


def _jax() -> Any:
    jax: Any = import_module("jax")
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", True)
    return jax


CONTENDERS: Final = (
    Contender(
        "JAX",
        "jax",
        Kind.OWN,
        _own,
        "conv_general_dilated and its vjp, compiled before timing, in the highest precision",
    ),
    Contender(
        "JAX taps",
        "jax",
        Kind.BEST,
        _sliced,
        "planes; a compiled sum of slices, one loop, and its vjp; grad_input of stride 1 is the "
        "sum of padded dy",
    ),
)
