"""What somebody asks the generator for, checked once."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from keyword import iskeyword
from math import prod
from typing import Final

from symconv.codegen.kernel import (
    ALGORITHMS,
    DEFAULT_DTYPES,
    DEFAULT_LAYOUT,
    DEFAULT_TARGET,
    DIRECT,
    DTYPES,
    ELEMENT,
    FAST,
    FIXED,
    FUNCTIONS,
    MAX_STATEMENTS,
    STYLES,
    TAPS,
    UNROLLED,
    WINOGRAD,
    FixedShapes,
    KernelRequest,
    Variant,
)
from symconv.codegen.runtime.cache import can_load
from symconv.codegen.targets import TARGETS, layouts, require, styled, targets
from symconv.codegen.tiles import choose_tile
from symconv.errors import OptionError, SpecError, shown
from symconv.notation import write_sizes
from symconv.spec import ConvSpec

UNROLLS: Final = (TAPS, ELEMENT)
LONGEST_NAME: Final = 80
NAME: Final = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}")
C_KEYWORDS: Final = frozenset(
    (
        *("auto", "case", "char", "const", "default", "do", "double", "enum", "extern", "float"),
        *("goto", "inline", "int", "long", "register", "restrict", "short", "signed", "sizeof"),
        *("static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile"),
    )
)
MAX_TAPS: Final = {"plane": 4096, "batched": 1024}
MAX_FIXED_ENTRIES: Final = 2**22
MAX_FIXED_PRODUCTS: Final = 2**28


def request_kernel(
    spec: ConvSpec,
    *,
    target: str = DEFAULT_TARGET,
    layout: str = DEFAULT_LAYOUT,
    unroll: str = TAPS,
    fixed: bool = False,
    input_shape: Sequence[int] | None = None,
    out_channels: int | None = None,
    algorithm: str = DIRECT,
    tile: int | Sequence[int] | None = None,
    error_bound: float | None = None,
    style: str | None = None,
    usual_style: str = UNROLLED,
    dtype: str | Sequence[str] | None = None,
    name: str | None = None,
    only: str | Sequence[str] | None = None,
) -> KernelRequest:
    """Return a checked request.

    Args:
        spec: the sizes; "same" padding is resolved at `input_shape`.
        target: the language of the kernel.
        layout: how arrays are laid out.
        unroll: "taps" or "element".
        fixed: whether all sizes are written into the kernel, entry by entry where they are few.
        input_shape: sizes of the input; the element and the fixed form need them, the latter with
            images and channels in front in the batched layout.
        out_channels: how many there are, for the fixed form of the batched layout.
        algorithm: "direct" or "winograd"; a C kernel of the latter sums directly where channels or
            tiles are few.
        tile: the outputs of a winograd tile, for all axes or for each; by default the fastest.
        error_bound: choose winograd where its guaranteed float32 error is at most this, over
            max|x| times the sum of |w|.
        style: "unrolled" or "fast"; by default `usual_style`, where the kernel has styles.
        usual_style: "unrolled" for a file that is read, "fast" for a kernel that is called.
        dtype: the types of entries that C files have functions for, "f32,i64"; by default f32.
        name: of the kernel and its files; by default made from the spec and the choices.
        only: the functions that its files have, "forward,grad_weight"; by default all.

    Raises:
        OptionError: a choice does not exist or does not fit the others.
        SpecError: the padding depends on the input, or the kernel has too many taps to unroll.
    """
    _choose("target", target, targets())
    _choose("layout", layout, layouts(target))
    _choose("unroll", unroll, UNROLLS)
    _choose("algorithm", algorithm, ALGORITHMS)
    variant = Variant(target, layout, FIXED if fixed else unroll, algorithm)
    by_tiles = TARGETS.get(replace(variant, algorithm=WINOGRAD))
    if style is None:
        variant = styled(variant, usual_style)
    else:
        _choose("style", style, STYLES)
        variant = replace(variant, style=style)
    _ = require(variant)
    dtypes = _dtypes(dtype, target=target)
    if spec.groups != 1 and layout == "plane":
        raise OptionError(f"groups must be 1 in the plane layout, got {spec.groups}")
    if prod(spec.kernel_shape) > MAX_TAPS[layout]:
        raise SpecError(
            f"kernel_shape must have at most {MAX_TAPS[layout]} taps in the {layout} layout, "
            f"got {spec.kernel_shape}"
        )
    sizes = input_shape
    if fixed and layout == "batched" and input_shape is not None:
        sizes = _checked_batch(spec, input_shape, out_channels)
    elif out_channels is not None:
        raise OptionError("out_channels goes with fixed and the batched layout")
    if sizes is not None:
        spec = spec.at(sizes)
        _ = spec.output_shape(sizes)
    _ = spec.padding_pairs
    fixed = fixed or unroll == ELEMENT
    if fixed and input_shape is None:
        form = FIXED if unroll == TAPS else "unroll=element"
        raise OptionError(f"{form} needs the input shape, got none")
    chosen = choose_tile(
        spec,
        algorithm=algorithm,
        tile=tile,
        error_bound=error_bound,
        refuse=by_tiles.refuse if by_tiles else None,
    )
    shape = tuple(map(int, input_shape)) if input_shape is not None and fixed else None
    spelled = (style or "") if chosen else variant.style
    request = KernelRequest(
        spec,
        target,
        layout,
        unroll,
        shape,
        out_channels,
        tile=chosen,
        style=spelled,
        dtypes=dtypes,
        given_name=_name(name),
        only=_functions(only),
    )
    if request.shapes is not None:
        _refuse_large(request, request.shapes)
        request = _unrolled_if_small(request, request.shapes)
    require(request.variant).refuse(spec)
    return request


def fastest_request(
    spec: ConvSpec,
    *,
    layout: str = DEFAULT_LAYOUT,
    unroll: str = TAPS,
    fixed: bool = False,
    input_shape: Sequence[int] | None = None,
    out_channels: int | None = None,
    algorithm: str = DIRECT,
    tile: int | Sequence[int] | None = None,
    error_bound: float | None = None,
    style: str | None = None,
    usual_style: str = FAST,
) -> KernelRequest:
    """Return the request for C if a compiler that works and such a kernel are there, else NumPy's.

    Raises:
        OptionError: no target has the kernel.
        SpecError: the padding depends on the input, or the kernel has too many taps.
    """

    def request(target: str) -> KernelRequest:
        return request_kernel(
            spec,
            target=target,
            layout=layout,
            unroll=unroll,
            input_shape=input_shape,
            algorithm=algorithm,
            tile=tile,
            error_bound=error_bound,
            fixed=fixed,
            out_channels=out_channels,
            style=style,
            usual_style=usual_style,
        )

    numpy = request(DEFAULT_TARGET)
    if not can_load():
        return numpy
    try:
        return request("c")
    except OptionError:
        return numpy


def _checked_batch(
    spec: ConvSpec, input_shape: Sequence[int], out_channels: int | None
) -> Sequence[int]:
    """Return the spatial sizes of a batch (N, C, *sizes) that a kernel is for.

    Raises:
        OptionError: the shape is no batch, or the channels do not fit the groups.
    """
    if len(input_shape) != spec.axes + 2:
        raise OptionError(
            f"fixed in the batched layout needs the input shape (N, C, *sizes) of {spec.axes} "
            f"sizes, got {shown(tuple(input_shape))}"
        )
    images, inputs, *sizes = input_shape
    if images < 1 or inputs < 1 or out_channels is None or out_channels < 1:
        raise OptionError(
            "fixed in the batched layout needs images, channels and out_channels of at least 1, "
            f"got {images}, {inputs} and {out_channels}"
        )
    if inputs % spec.groups or out_channels % spec.groups:
        raise OptionError(
            f"channels must be multiples of groups={spec.groups}, got {inputs} and {out_channels}"
        )
    return sizes


def _unrolled_if_small(request: KernelRequest, shapes: FixedShapes) -> KernelRequest:
    """Return the request, entry by entry if there are few and the target has that form.

    Raises:
        OptionError: the element form is asked for, and there are many.
    """
    unrolled = replace(request, unroll=ELEMENT)
    if unrolled.variant not in TARGETS:
        return request
    statements = sum(map(prod, (shapes.input, shapes.output, shapes.weight)))
    if statements <= MAX_STATEMENTS:
        return unrolled
    if request.unroll == ELEMENT:
        raise OptionError(
            f"unroll=element must need at most {MAX_STATEMENTS} statements, got {statements} for "
            f"input {write_sizes(shapes.input)}: unroll=taps works for every size"
        )
    return request


def _refuse_large(request: KernelRequest, shapes: FixedShapes) -> None:
    """Refuse one input too large to write its sizes in, or to compare all its entries.

    Raises:
        OptionError: it is.
    """
    entries = max(map(prod, (shapes.input, shapes.weight, shapes.output)))
    if entries > MAX_FIXED_ENTRIES:
        raise OptionError(
            f"fixed needs arrays of at most {MAX_FIXED_ENTRIES} entries, got {entries}: "
            "without it, C takes the sizes as arguments"
        )
    windows = shapes.input if request.spec.transposed else shapes.output
    products = prod(windows) * prod(shapes.weight[1:] if request.out_channels else shapes.weight)
    if products > MAX_FIXED_PRODUCTS:
        raise OptionError(
            f"fixed needs at most {MAX_FIXED_PRODUCTS} products a pass, got {products}: "
            "without it, C takes the sizes as arguments"
        )


def _dtypes(dtype: str | Sequence[str] | None, *, target: str) -> tuple[str, ...]:
    """Return the types that C files have, in the order of DTYPES.

    Raises:
        OptionError: there is no such type, or none is named, or the target has any type.
    """
    if dtype is None:
        return DEFAULT_DTYPES
    if target != "c":
        raise OptionError(f"dtype needs target=c, got {target}, which takes arrays of any type")
    named = tuple(dtype.split(",") if isinstance(dtype, str) else dtype)
    for name in named or ("",):
        _choose("dtype", name, DTYPES)
    return tuple(each for each in DTYPES if each in named)


def _name(name: str | None) -> str:
    """Return the name that is given to a kernel, empty for none.

    Raises:
        OptionError: Python or C could not have a file or a function of that name.
    """
    if name is None:
        return ""
    taken = iskeyword(name) or name in C_KEYWORDS or name in sys.stdlib_module_names
    if not NAME.fullmatch(name) or taken or name == "numpy":
        raise OptionError(
            f"name must be a letter and then at most {LONGEST_NAME - 1} letters, digits and "
            f"underscores, and no word of Python or C, got {shown(name)}"
        )
    return name


def _functions(only: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the functions that are asked for, in the order of FUNCTIONS.

    Raises:
        OptionError: there is no such function, or none is named.
    """
    if only is None:
        return FUNCTIONS
    named = [each.strip() for each in only.split(",")] if isinstance(only, str) else list(only)
    for each in named or [""]:
        _choose("only", each, FUNCTIONS)
    return tuple(each for each in FUNCTIONS if each in named)


def _choose(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise OptionError(f"{name} must be one of {', '.join(choices)}, got {shown(value)}")
