"""The command line's notation of sizes, read and written: 3x5, 2x1, 1x0:2.

The axes are joined by "x"; a padding entry is one number, or before:after. One entry alone
stands for all axes, except for a kernel, whose entries say how many axes there are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symconv.errors import SpecError, shown
from symconv.padding import PADDING_MODES
from symconv.sizes import BATCH_AXES, MAX_AXES, checked_choice
from symconv.spec import ConvSpec, Padding

_SIZES = re.compile(r"-?[0-9]{1,20}(x-?[0-9]{1,20}){0,9}", re.ASCII)
_PADDING = re.compile(
    r"-?[0-9]{1,20}(:-?[0-9]{1,20})?(x-?[0-9]{1,20}(:-?[0-9]{1,20})?){0,9}", re.ASCII
)
_RULES = ("valid", "same", "same_lower", "full")


def read_spec(
    *,
    kernel: str,
    stride: str = "1",
    padding: str = "0",
    dilation: str = "1",
    groups: str = "1",
    padding_mode: str = "zeros",
    transposed: bool = False,
    output_padding: str = "0",
    true_convolution: bool = False,
) -> ConvSpec:
    """Return the spec that the command line's words mean.

    Raises:
        SpecError: a word is not of the form above, or the sizes break a rule of ConvSpec.

    Example:
        >>> read_spec(kernel="3x5", stride="2", padding="1x0:2")
        ConvSpec(kernel_shape=(3, 5), stride=(2, 2), padding=((1, 1), (0, 2)))
    """
    kernel_shape = read_sizes("kernel", kernel)
    return ConvSpec(
        kernel_shape=kernel_shape,
        stride=_one_or_all(read_sizes("stride", stride)),
        padding=read_padding(padding, axes=len(kernel_shape)),
        dilation=_one_or_all(read_sizes("dilation", dilation)),
        groups=_read_one("groups", groups),
        padding_mode=checked_choice("padding_mode", padding_mode, PADDING_MODES),
        transposed=transposed,
        output_padding=_one_or_all(read_sizes("output_padding", output_padding)),
        true_convolution=true_convolution,
    )


def read_sizes(
    name: str, text: str, *, separator: str = "x", batched: bool = False
) -> tuple[int, ...]:
    """Return the integers of "3x5" (or of "3,5" with another separator).

    Raises:
        SpecError: the text is no such list, or has more than three entries (five if batched, with
            images and channels in front).
    """
    normal = text.strip().replace(" ", "").replace(separator, "x")
    if not _SIZES.fullmatch(normal):
        raise SpecError(f"{name} must be integers like 3{separator}5, got {shown(text)}")
    sizes = tuple(map(int, normal.split("x")))
    most = MAX_AXES + (BATCH_AXES if batched else 0)
    if len(sizes) > most:
        raise SpecError(f"{name} must have 1 to {most} axes, got {shown(text)}")
    return sizes


def read_padding(text: str, *, axes: int) -> Padding:
    """Return the padding that "1", "1x0:2" or "same" means, for ConvSpec to check.

    Args:
        text: the word; one entry alone stands for all axes.
        axes: the number of axes of the kernel.

    Raises:
        SpecError: the text is neither of that form nor the name of a rule.
    """
    word = text.strip()
    for rule in _RULES:
        if word == rule:
            return rule  # type: ignore[return-value]  # a member of PaddingRule
    if not _PADDING.fullmatch(word):
        raise SpecError(
            f"padding must be like 1, 1x2, 1x0:2 or one of {', '.join(_RULES)}, got {shown(text)}"
        )
    entries = [tuple(map(int, entry.split(":"))) for entry in word.split("x")]
    pairs = [entry if len(entry) == 2 else entry * 2 for entry in entries]
    return pairs * axes if len(pairs) == 1 else pairs


def write_spec(spec: ConvSpec) -> dict[str, str | bool]:
    """Return the arguments of `read_spec` that make this spec, the defaults left out.

    Example:
        >>> write_spec(ConvSpec(kernel_shape=(3, 5), stride=2))
        {'kernel': '3x5', 'stride': '2'}
    """
    words: dict[str, str | bool] = {"kernel": write_sizes(spec.kernel_shape)}
    if set(spec.stride) != {1}:
        words["stride"] = _write_short(spec.stride)
    if isinstance(spec.padding, str):
        words["padding"] = spec.padding
    elif any(lo or hi for lo, hi in spec.padding):
        entries = [str(lo) if lo == hi else f"{lo}:{hi}" for lo, hi in spec.padding]
        words["padding"] = entries[0] if len(set(entries)) == 1 else "x".join(entries)
    if set(spec.dilation) != {1}:
        words["dilation"] = _write_short(spec.dilation)
    if spec.groups != 1:
        words["groups"] = str(spec.groups)
    if spec.padding_mode != "zeros":
        words["padding_mode"] = spec.padding_mode
    if spec.transposed:
        words["transposed"] = True
    if spec.true_convolution:
        words["true_convolution"] = True
    return words


def write_options(spec: ConvSpec) -> str:
    """Return the options of the command line that make this spec, the defaults left out.

    Example:
        >>> write_options(ConvSpec(kernel_shape=(3, 5), stride=2, true_convolution=True))
        '--kernel 3x5 --stride 2 --true-convolution'
    """
    options = []
    for name, word in write_spec(spec).items():
        options.append(f"--{name.replace('_', '-')}" + ("" if word is True else f" {word}"))
    return " ".join(options)


def write_sizes(sizes: Sequence[int]) -> str:
    """Return "3x5" for (3, 5)."""
    return "x".join(map(str, sizes))


def _read_one(name: str, text: str) -> int:
    sizes = read_sizes(name, text)
    if len(sizes) != 1:
        raise SpecError(f"{name} must be one integer, got {shown(text)}")
    return sizes[0]


def _one_or_all(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    return sizes[0] if len(sizes) == 1 else sizes


def _write_short(sizes: Sequence[int]) -> str:
    return str(sizes[0]) if len(set(sizes)) == 1 else write_sizes(sizes)
