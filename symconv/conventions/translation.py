"""A call of one library as the equal call of another, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from symconv.conventions import jax, keras, onnx, pytorch
from symconv.conventions.calls import Call, parse_call
from symconv.conventions.difference import differences
from symconv.conventions.kernels import flipped, input_layout, kernel_layout
from symconv.conventions.layer import Layer
from symconv.errors import OptionError, SpecError, shown


@dataclass(frozen=True)
class Library:
    """How the calls of one library are read and written.

    Attributes:
        read: the layer that a call means.
        candidates: the calls that could mean a layer, to be read back and compared.
    """

    read: Callable[[Call], Layer]
    candidates: Callable[[Layer], list[Call]]


LIBRARIES: Final[Mapping[str, Library]] = {
    "torch": Library(pytorch.read, pytorch.candidates),
    "keras": Library(keras.read, keras.candidates),
    "jax": Library(jax.read, jax.candidates),
    "onnx": Library(onnx.read, onnx.candidates),
}


@dataclass(frozen=True)
class Rejected:
    """A call that looks alike and is not equal.

    Attributes:
        call: the call.
        reason: the smallest input at which it differs, or why it is no call at all.
    """

    call: str
    reason: str


@dataclass(frozen=True)
class Translation:
    """The equal call of a library, or a witness that it has none.

    Attributes:
        layer: what was asked for.
        target: the library.
        call: the equal call; None where there is none.
        equal: the layer that this call means; None where there is none.
        rejected: the calls that come closest, each with the smallest input where it differs.
        witness: the smallest input size at which all of them differ; None where no size does that.
    """

    layer: Layer
    target: str
    call: str | None
    equal: Layer | None
    rejected: tuple[Rejected, ...]
    witness: int | None


def read_call(text: str, *, library: str) -> Layer:
    """Return the layer that a call of a library means; the text is parsed, never evaluated.

    Args:
        text: the call, with literal arguments.
        library: "torch", "keras", "jax" or "onnx".

    Raises:
        OptionError: there is no such library, or the text is no such call.
        SpecError: a size breaks a rule.

    Example:
        >>> read_call("nn.Conv2d(3, 8, 3, stride=2, padding=1)", library="torch").spec
        ConvSpec(kernel_shape=(3, 3), stride=(2, 2), padding=((1, 1), (1, 1)))
    """
    return _library(library).read(parse_call(text))


def translate(layer: Layer, *, target: str) -> Translation:
    """Return the call of a library that is equal to a layer for every input, or a witness.

    Args:
        layer: the sizes and channels.
        target: "torch", "keras", "jax" or "onnx".

    Raises:
        OptionError: there is no such library, or channels are not known that it needs.

    Example:
        >>> layer = read_call("Conv2d(3, 8, 3, padding=1)", library="torch")
        >>> translate(layer, target="keras").call
        "Conv2D(8, 3, padding='same')"
        >>> layer = read_call("Conv2d(3, 8, 3, stride=2, padding=1)", library="torch")
        >>> translate(layer, target="keras").witness
        2
    """
    if layer.out_channels is None and target in ("torch", "keras", "jax"):
        raise OptionError("out_channels must be known: give W=(8, 3, 3, 3), or --out-channels")
    rejected: list[Rejected] = []
    sizes: list[set[int]] = []
    for call in _library(target).candidates(layer):
        try:
            equal = _library(target).read(call)
        except (OptionError, SpecError) as err:
            rejected.append(Rejected(str(call), f"is no call: {err}"))
            continue
        found = list(differences(layer.spec, equal.spec))
        if not found:
            known = replace(equal, in_channels=layer.in_channels, bias=layer.bias)
            return Translation(layer, target, str(call), known, (), None)
        rejected.append(Rejected(str(call), f"differs {found[0]}"))
        at = {difference.size for difference in found if difference.size is not None}
        sizes += [at] if at else []
    witness = min(set.intersection(*sizes), default=None) if sizes else None
    return Translation(layer, target, None, None, tuple(rejected), witness)


def notes(translation: Translation, *, source: str) -> list[str]:
    """Return what changes beside the call: layouts of input and weight, a flipped kernel.

    Args:
        translation: an equal call.
        source: the library it is translated from.
    """
    if translation.equal is None:
        return []
    before, after = translation.layer, translation.equal
    layouts = [
        (
            "input",
            input_layout(source, axes=before.spec.axes),
            input_layout(translation.target, axes=after.spec.axes),
        ),
        (
            "weight",
            kernel_layout(source, before),
            kernel_layout(translation.target, after),
        ),
    ]
    found = [f"{name} {old} -> {new}" for name, old, new in layouts if old != new]
    if flipped(before, after):
        found.append("weight flipped along every axis")
    return found


def _library(name: str) -> Library:
    if name not in LIBRARIES:
        raise OptionError(f"library must be one of {', '.join(LIBRARIES)}, got {shown(name)}")
    return LIBRARIES[name]
