"""The words in which people say what their letters mean: one vocabulary, with synonyms.

A phrase is compared without case, articles, hyphens and plural endings: "the Filters" is "kernel".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import product
from types import MappingProxyType
from typing import Final

from symconv.errors import OptionError
from symconv.verification.reading.prose.languages import LANGUAGES
from symconv.verification.reading.prose.languages.language import table
from symconv.verification.reading.roles import ROLES

ENTITIES: Final = table(
    """
    kernel: kernel, filter, weight, weight matrix, weight tensor, kernel weight, filter weight,
        convolution kernel, convolutional kernel, convolution filter, convolutional filter,
        convolution matrix, kernel matrix, filter kernel, mask, convolution mask, window,
        filter bank, kernel tensor, weight parameter
    input: input, image, signal, input image, input signal, input feature map, input tensor,
        input matrix, input array, input sequence, input map, input plane, input volume,
        input data, input feature, input activation, input vector, input picture, source image
    output: output, output image, output signal, output feature map, output tensor,
        output matrix, output array, output sequence, output map, output plane, output volume,
        output feature, output vector, response, result, activation map, pre activation,
        preactivation
    bias: bias, bias term, bias vector, biases
    """
)
DIMENSIONS: Final = table(
    """
    size: size, length, side, side length, dimension, spatial size, shape
    height: height, number of row, row, row count, vertical size
    width: width, number of column, column, column count, horizontal size
    depth: depth
    """
)
AXES: Final = table(
    """
    height: vertical, height, row, along height
    width: horizontal, width, column, along width
    depth: depth, along depth
    """
)
_STEPS: Final = table(
    """
    stride: stride, step, step size, step length, stride size, stride length, hop, hop size,
        hop length, downsampling factor, subsampling factor, convolution stride
    dilation: dilation, dilation rate, dilation factor, dilatation, atrous rate, dilation size,
        dilation step, rate
    padding: padding, pad, zero padding, padding size, padding amount, pad size,
        amount of padding, amount of zero padding, number of padding, padding length,
        padding per side, padding on side, padding of side, symmetric padding,
        size of zero padding
    """
)
_SIDES: Final = table(
    """
    front: front
    back: back
    top: top, upper, start, begin, beginning, before, leading
    bottom: bottom, lower, end, after, trailing
    left: left
    right: right
    """
)
_OTHERS: Final = table(
    """
    output: feature map
    loss: loss function, loss value, scalar loss, cost, cost function, error, error function,
        objective, objective function, total loss
    grad_output: upstream gradient, upstream derivative, incoming gradient, learning signal,
        error signal, error term, delta, sensitivity, sensitivity map, error map,
        backpropagated error, backpropagated gradient, gradient from above, adjoint of output,
        incoming error
    grad_input: downstream gradient, propagated gradient
    index: indices, counter, running index, summation index, dummy index, subscript,
        index variable, summation variable, loop variable, position, coordinate
    effective kernel size: effective kernel, effective filter, dilated kernel, dilated filter,
        kernel extent, filter extent, extent of kernel, equivalent kernel size
    zero-based dilation: dilation minus one, dilation minus 1, dilation from zero,
        dilation counted from zero, number of inserted zero, inserted zero
    total padding: padding in total, total amount of padding, total zero padding,
        sum of padding, padding of both side together, total pad, overall padding,
        full amount of padding
    output padding: output pad, additional output size, extra output size,
        additional output padding
    input channels: in channel, number of input channel, number of in channel, channel of input,
        channel, number of channel, number of input feature map, input channel count,
        number of channel of input, input plane count, channel count, number of input plane,
        number of channel in input
    output channels: out channel, number of output channel, number of out channel,
        channel of output, number of filter, number of kernel, filter count, kernel count,
        feature map count, number of output feature map, number of feature map,
        output channel count, number of channel of output, number of output plane,
        number of channel in output
    groups: group, number of group, group count
    batch size: batch, number of image, number of example, number of sample, minibatch size,
        mini batch size, minibatch, size of batch, size of minibatch
    receptive field: receptive field size, size of receptive field, field of view
    receptive field stride: jump, effective stride, cumulative stride, total stride,
        accumulated stride, product of stride, network stride, receptive field jump
    """
)
_GRADIENTS: Final = ("gradient", "grad", "derivative", "partial derivative", "loss gradient")
_BEHIND: Final = ("of", "with respect to", "wrt", "w.r.t.", "by", "for", "in")
_OLD_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "x": "input", "xp": "padded input", "w": "kernel", "y": "output", "b": "bias", "e": "loss",
        "dx": "grad_input", "dw": "grad_weight", "db": "grad_bias", "dy": "grad_output",
        "p": "kernel height", "q": "kernel width", "t": "stride", "t_h": "stride height",
        "t_w": "stride width", "d": "dilation", "P": "padding", "m": "input height",
        "n": "input width", "g": "output height", "h": "output width", "C": "input channels",
        "K": "output channels", "G": "groups", "N": "batch size",
    }
)  # fmt: skip
_ARTICLES: Final = re.compile(r"\b(?:the|a|an|our|this|its|each)\b", re.IGNORECASE)
_PLURALS: Final = re.compile(
    r"\b(kernel|filter|weight|input|output|stride|step|channel|group|image|signal|map|row|column|"
    r"gradient|derivative|size|height|width|dilation|padding|matrix|tensor|feature|example|sample|"
    r"pad|zero|rate|factor|plane|side|mask|array)s\b"
)
_NEAR: Final = 0.5


def role_of(phrase: str, where: str = "letters") -> str:
    """Return the role that a phrase names.

    Args:
        phrase: words of the vocabulary or synonyms, in English or one of LANGUAGES.
        where: what says so, for messages.

    Raises:
        OptionError: the phrase is not known; the message names the nearest that are.

    Example:
        >>> role_of("the Filter"), role_of("height of the kernel"), role_of("步长")
        ('kernel', 'kernel height', 'stride')
    """
    found = known_phrases().get(normal(phrase))
    if found is not None:
        return found
    near = nearest(phrase)
    shown = phrase.strip()[:40]
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else _all_in_short()
    raise OptionError(f"{where}: {shown!r} is not known; {hint}")


def nearest(phrase: str) -> tuple[str, ...]:
    """Return the roles whose phrases are nearest to one that is not known, at most three.

    Example:
        >>> nearest("strde"), nearest("dy")
        (('stride',), ('grad_output',))
    """
    code = _OLD_CODES.get(phrase.strip())
    if code is not None:
        return (code,)
    words = normal(phrase)[:60]
    phrases = known_phrases()
    close = get_close_matches(words, list(phrases), n=12, cutoff=_NEAR)
    if not close:
        return ()
    best = get_close_matches(words, close, n=3, cutoff=0.75) or close[:2]
    return tuple(dict.fromkeys(phrases[entry] for entry in best))


@lru_cache(maxsize=16_384)
def normal(phrase: str) -> str:
    """Return a phrase in the form in which phrases are compared.

    Example:
        >>> normal(" The kernel_sizes ")
        'kernel size'
    """
    words = re.sub(r"[\s_-]+", " ", phrase.casefold())
    words = " ".join(_ARTICLES.sub(" ", words).split())
    return _PLURALS.sub(r"\1", words).strip(" .:")


@cache
def known_phrases() -> Mapping[str, str]:
    """Return phrase in its normal form -> role: the English ones, then those of LANGUAGES."""
    phrases = {**english_phrases()}
    for language in LANGUAGES:
        for role, words in language.roles.items():
            for word in words:
                phrases.setdefault(normal(word), role)
    return MappingProxyType(phrases)


@cache
def english_phrases() -> Mapping[str, str]:
    """Return English phrase in its normal form -> role."""
    phrases = {normal(role): role for role in ROLES}
    for role, phrase in _english():  # they are written in the normal form
        phrases.setdefault(phrase, role)
    return MappingProxyType(phrases)


def _english() -> Iterator[tuple[str, str]]:
    """Yield (role, phrase); the first role that claims a phrase has it."""
    for role, words in (*ENTITIES.items(), *_STEPS.items(), *_OTHERS.items()):
        yield from ((role, word) for word in words)
    yield from _of_arrays()
    yield from _of_steps()
    yield from _of_gradients()


def _of_arrays() -> Iterator[tuple[str, str]]:
    for entity in ("kernel", "input", "output"):
        for dimension, words in DIMENSIONS.items():
            for noun, word in product(ENTITIES[entity], words):
                yield f"{entity} {dimension}", f"{noun} {word}"
                yield f"{entity} {dimension}", f"{word} of {noun}"
    for noun in ENTITIES["kernel"]:
        for sign in ("effective", "dilated"):
            yield "effective kernel size", f"{sign} {noun} size"
            yield "effective kernel size", f"{sign} size of {noun}"
    for noun in ENTITIES["input"]:
        for sign in ("padded", "zero padded"):
            yield "padded input", f"{sign} {noun}"


def _of_steps() -> Iterator[tuple[str, str]]:
    for step, nouns in _STEPS.items():
        for axis, words in AXES.items():
            for noun, word in product(nouns, words):
                yield f"{step} {axis}", f"{word} {noun}"
                yield f"{step} {axis}", f"{noun} {word}"
                yield f"{step} {axis}", f"{noun} in {word} direction"
    for side, words in _SIDES.items():
        for noun, word in product(("padding", "pad", "zero padding"), words):
            yield f"padding {side}", f"{word} {noun}"
            yield f"padding {side}", f"{noun} {word}"
            yield f"padding {side}", f"{noun} at {word}"
            yield f"padding {side}", f"{noun} on {word}"


def _of_gradients() -> Iterator[tuple[str, str]]:
    roles = {"kernel": "grad_weight", "input": "grad_input", "output": "grad_output"}
    for entity, nouns in ENTITIES.items():
        role = roles.get(entity, "grad_bias")
        for noun, sign in product(nouns, _GRADIENTS):
            yield role, f"{noun} {sign}"
            for link in _BEHIND:
                yield role, f"{sign} {link} {noun}"
                yield role, f"{sign} of loss {link} {noun}"
                yield role, f"{sign} of cost {link} {noun}"


def _all_in_short() -> str:
    return f"known are {', '.join(ROLES[:7])}, …, stride, padding, …"


def letters_from(text: str, where: str = "letters") -> dict[str, str]:
    r"""Return name -> role of "F=kernel, s=stride, H_{in},W_{in}=input size".

    Commas inside brackets do not separate. Several names may stand left of one sign; a name may
    be quoted or stand between dollars.

    Args:
        text: pairs of names and meanings.
        where: what the text is, for messages.

    Raises:
        OptionError: the text is not of that form, a phrase is not known, or a name means two
            things.

    Example:
        >>> letters_from(r"F=kernel, H_{in},W_{in} = input size, 'padding[0]'=padding")
        {'F': 'kernel', 'H_{in}': 'input size', 'W_{in}': 'input size', 'padding[0]': 'padding'}
    """
    given: dict[str, str] = {}
    names: list[str] = []
    for part in outer_parts(text):
        name, sign, meaning = _halves(part)
        names.append(name)
        if sign:
            _add(given, names, meaning, where)
            names = []
    if names:
        raise OptionError(f"{where} must be like F=kernel, s=stride, got {', '.join(names)[:60]!r}")
    return given


def letters_of(given: Mapping[str, str], where: str = "letters") -> dict[str, str]:
    """Return name -> role of a mapping from names to phrases; a key may hold several names.

    Raises:
        OptionError: a phrase is not known, or a name means two things.

    Example:
        >>> letters_of({"k_h,k_w": "filter size"})
        {'k_h': 'kernel size', 'k_w': 'kernel size'}
    """
    letters: dict[str, str] = {}
    for names, meaning in given.items():
        _add(letters, outer_parts(names), meaning, where)
    return letters


def _add(given: dict[str, str], names: list[str], meaning: str, where: str) -> None:
    role = role_of(meaning, where)
    for name in (bare(entry) for entry in names):
        if not name:
            raise OptionError(f"{where}: a name is missing before {meaning.strip()[:40]!r}")
        if given.get(name, role) != role:
            raise OptionError(f"{where}: {name[:40]!r} is said to be {given[name]} and {role}")
        given[name] = role


def bare(name: str) -> str:
    r"""Return a name without quotation marks and dollars around it.

    Example:
        >>> bare("'padding[0]'"), bare(r"$\delta^{l}$")
        ('padding[0]', '\\delta^{l}')
    """
    name = name.strip()
    for sign in ("$$", "$", "`", "'", '"'):
        if len(name) > 2 * len(sign) and name.startswith(sign) and name.endswith(sign):
            return name[len(sign) : -len(sign)].strip()
    return name


_OPEN: Final = {"{": "}", "[": "]", "(": ")"}


def outer_parts(text: str, separators: str = ",;\n") -> list[str]:
    """Return what stands between the separators that are in no bracket, without empty parts.

    Example:
        >>> outer_parts("x_{i,j}, y(f,g); z")
        ['x_{i,j}', 'y(f,g)', 'z']
    """
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        if sign in _OPEN:
            depth += 1
        elif sign in _OPEN.values():
            depth = max(depth - 1, 0)
        elif depth == 0 and sign in separators:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _halves(part: str) -> tuple[str, str, str]:
    """Return what stands before and behind the "=" that is in no bracket."""
    halves = outer_parts(part, "=")
    if len(halves) == 2:
        return halves[0], "=", halves[1]
    if "=" in part:
        raise OptionError(f"letters must be like F=kernel, s=stride, got {part[:60]!r}")
    return part, "", ""
