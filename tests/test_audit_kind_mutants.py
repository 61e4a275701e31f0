"""Planted faults of copied, cropped, transposed and flipped convolutions, each found and named.

Three kernels, written as their authors would write them: planes padded by an index of cells; a
transposed convolution that scatters, batched; and one that correlates what it has spread. A mutant
is an edit of the text.
"""

from functools import cache

import pytest

from symconv import Space, audit

CASES = 90
PADDED = Space(kinds=("plain", "crop", "reflect", "replicate", "circular", "flipped"))
TRANSPOSED = Space(kinds=("transposed", "flipped"), exclude="empty")

CELLS = '''
import numpy as np


def cells(n, lo, hi, mode):
    """Which cell of the input each padded cell is; n for a zero."""
    index = np.arange(-lo, n + hi)
    if mode == "reflect":
        index = np.where(index < 0, -index, index)
        return np.where(index >= n, 2 * (n - 1) - index, index)
    if mode == "replicate":
        return np.clip(index, 0, n - 1)
    if mode == "circular":
        return index % n
    return np.where((index >= 0) & (index < n), index, n)


def indices(spec, sizes):
    for axis, (n, (lo, hi)) in enumerate(zip(sizes, spec.padding_pairs)):
        yield axis, n, cells(n, lo, hi, spec.padding_mode)


def padded(spec, x):
    for axis, n, index in indices(spec, x.shape):
        zero = np.zeros_like(x, shape=[1 if a == axis else m for a, m in enumerate(x.shape)])
        x = np.take(np.concatenate([x, zero], axis), index, axis)
    return x


def folded(spec, dx, sizes):
    for axis, n, index in indices(spec, sizes):
        part = np.zeros((n + 1, *np.moveaxis(dx, axis, 0).shape[1:]), int)
        np.add.at(part, index, np.moveaxis(dx, axis, 0))
        dx = np.moveaxis(part[:n], 0, axis)
    return dx


def taps(spec, out):
    for tap in np.ndindex(*spec.kernel_shape):
        last = [k - 1 for k in spec.kernel_shape]
        turned = np.subtract(last, tap) if spec.true_convolution else tap
        read = [
            slice(r * d, r * d + (g - 1) * t + 1, t)
            for r, d, t, g in zip(turned, spec.dilation, spec.stride, out)
        ]
        yield tap, tuple(read)


def forward(spec, input, weight, bias):
    spec, out = spec.at(input.shape), spec.output_shape(input.shape)
    x, y = padded(spec, input), np.zeros(out, int) + bias
    for tap, read in taps(spec, out):
        y += x[read] * weight[tap]
    return y


def grad_input(spec, grad_output, weight, input_shape):
    spec = spec.at(input_shape)
    sizes = [max(0, n + lo + hi) for n, (lo, hi) in zip(input_shape, spec.padding_pairs)]
    dx = np.zeros(sizes, int)
    for tap, read in taps(spec, grad_output.shape) if grad_output.size else ():
        dx[read] += grad_output * weight[tap]
    return folded(spec, dx, input_shape)


def grad_weight(spec, grad_output, input):
    spec, dw = spec.at(input.shape), np.zeros(spec.kernel_shape, int)
    x = padded(spec, input)
    for tap, read in taps(spec, grad_output.shape) if grad_output.size else ():
        dw[tap] = (grad_output * x[read]).sum()
    return dw
'''

SCATTER = '''
import numpy as np


def places(spec, sizes):
    """Every tap, and where it puts all the inputs in the output before it is cut."""
    for tap in np.ndindex(*spec.kernel_shape):
        last = [k - 1 for k in spec.kernel_shape]
        turned = np.subtract(last, tap) if spec.true_convolution else tap
        yield tap, tuple(
            slice(r * d, r * d + (n - 1) * t + 1, t)
            for r, d, t, n in zip(turned, spec.dilation, spec.stride, sizes)
        )


def kernel(spec, weight):
    """The kernel by groups, (G, C_in/G, C_out/G, *k)."""
    inputs, outputs = weight.shape[:2]
    return weight.reshape(spec.groups, inputs // spec.groups, outputs, *spec.kernel_shape)


def full(spec, sizes):
    return [(n - 1) * t + e for n, t, e in zip(sizes, spec.stride, spec.extent)]


def inner(spec, sizes):
    out = spec.output_shape(sizes)
    return (..., *(slice(lo, lo + m) for (lo, hi), m in zip(spec.padding_pairs, out)))


def room(spec, sizes):
    """How long the output is before it is cut: as far as it reaches, and as far as it is read."""
    out = spec.output_shape(sizes)
    ends = [lo + m for (lo, hi), m in zip(spec.padding_pairs, out)]
    return [max(pair) for pair in zip(full(spec, sizes), ends)]


def forward(spec, input, weight, bias):
    sizes, w = input.shape[2:], kernel(spec, weight)
    x = input.reshape(len(input), spec.groups, -1, *sizes)
    y = np.zeros((len(x), spec.groups, w.shape[2], *room(spec, sizes)), int)
    for tap, place in places(spec, sizes):
        y[(..., *place)] += np.einsum("ngc...,gco->ngo...", x, w[(..., *tap)])
    y = y[inner(spec, sizes)]
    return y.reshape(len(y), -1, *y.shape[3:]) + bias.reshape(-1, *[1] * spec.axes)


def widened(spec, grad_output, sizes):
    dy = np.zeros((*grad_output.shape[:2], *room(spec, sizes)), int)
    dy[inner(spec, sizes)] = grad_output
    return dy.reshape(len(dy), spec.groups, -1, *dy.shape[2:])


def grad_input(spec, grad_output, weight, input_shape):
    sizes, w = input_shape[2:], kernel(spec, weight)
    dy = widened(spec, grad_output, sizes)
    dx = np.zeros((len(dy), spec.groups, w.shape[1], *sizes), int)
    for tap, place in places(spec, sizes):
        dx += np.einsum("ngo...,gco->ngc...", dy[(..., *place)], w[(..., *tap)])
    return dx.reshape(input_shape)


def grad_weight(spec, grad_output, input):
    sizes = input.shape[2:]
    dy, x = widened(spec, grad_output, sizes), input.reshape(len(input), spec.groups, -1, *sizes)
    dw = np.zeros((spec.groups, x.shape[2], dy.shape[2], *spec.kernel_shape), int)
    for tap, place in places(spec, sizes):
        read = dy[(..., *place)].reshape(*dy.shape[:3], -1)
        dw[(..., *tap)] = np.einsum("ngop,ngcp->gco", read, x.reshape(*x.shape[:3], -1))
    return dw.reshape(-1, *dw.shape[2:])
'''

SPREAD = '''
import numpy as np


def forward(spec, input, weight, bias):
    """The input spread by the stride, framed, and correlated with the turned kernel."""
    spread = np.zeros([(n - 1) * t + 1 for n, t in zip(input.shape, spec.stride)], int)
    spread[tuple(slice(None, None, t) for t in spec.stride)] = input
    out = spec.output_shape(input.shape)
    frame = [e - 1 - lo for e, (lo, hi) in zip(spec.extent, spec.padding_pairs)]
    turned = weight if spec.true_convolution else np.flip(weight)
    y = np.zeros(out, int) + bias
    for tap in np.ndindex(*spec.kernel_shape):
        for place in np.ndindex(*out):
            cell = [i + r * d - f for i, r, d, f in zip(place, tap, spec.dilation, frame)]
            if all(0 <= c < n for c, n in zip(cell, spread.shape)):
                y[place] += spread[tuple(cell)] * turned[tap]
    return y
'''

INDEX = "index = np.arange(-lo, n + hi)"
FOLD = "np.add.at(part, index, np.moveaxis(dx, axis, 0))"
READ = "for axis, n, index in indices(spec, sizes):"
TURNED = "turned = np.subtract(last, tap) if spec.true_convolution else tap"
AXES = "    for axis, (n, (lo, hi)) in enumerate(zip(sizes, spec.padding_pairs)):\n"
LOWS = "(..., *(slice(lo, lo + m) for (lo, hi), m in zip(spec.padding_pairs, out)))"
BY_GROUPS = "return weight.reshape(spec.groups, inputs // spec.groups, outputs, *spec.kernel_shape)"

# (kernel, operation, what the text says, what the mutant says, class)
# ruff: noqa: ISC004
# fmt: off
MUTANTS = {
    # copied padding
    "reflect repeats the border": (
        CELLS, "forward",
        "index = np.where(index < 0, -index, index)\n"
        "        return np.where(index >= n, 2 * (n - 1) - index, index)",
        "index = np.where(index < 0, -1 - index, index)\n"
        "        return np.where(index >= n, 2 * n - 1 - index, index)", "border repeated",
    ),
    "reflect repeats the border at the end": (
        CELLS, "grad_weight", "2 * (n - 1) - index", "2 * n - 1 - index", "copies displaced",
    ),
    "replicate for reflect": (
        CELLS, "forward",
        "spec.padding_mode)", 'spec.padding_mode.replace("reflect", "replicate"))',
        "another padding mode",
    ),
    "zeros whatever the mode": (
        CELLS, "forward", 'def cells(n, lo, hi, mode):',
        'def cells(n, lo, hi, mode, zeros="zeros"):\n    mode = zeros', "padding mode ignored",
    ),
    "gradient of the copies not folded back": (
        CELLS, "grad_input", FOLD,
        "own = index == np.arange(-spec.padding_pairs[axis][0], len(index) "
        "- spec.padding_pairs[axis][0])\n"
        "        np.add.at(part, index[own], np.moveaxis(dx, axis, 0)[own])", "copies dropped",
    ),
    "gradient of the copies in front lost": (
        CELLS, "grad_input", FOLD,
        "lo = max(0, spec.padding_pairs[axis][0])\n"
        "        np.add.at(part, index[lo:], np.moveaxis(dx, axis, 0)[lo:])", "copies dropped",
    ),
    "copies counted twice": (
        CELLS, "grad_input", FOLD,
        f"{FOLD}\n        lo, hi = spec.padding_pairs[axis]\n"
        "        for places in (range(lo), range(lo + n, lo + n + hi)):\n"
        "            for place in places:\n"
        "                part[index[place]] += np.moveaxis(dx, axis, 0)[place]",
        "copies counted too often",
    ),
    "gradients assigned instead of added": (
        CELLS, "grad_input", FOLD, "part[index] = np.moveaxis(dx, axis, 0)", "accumulation",
    ),
    "buffered sum of the copies": (
        CELLS, "grad_input", FOLD,
        "lo = spec.padding_pairs[axis][0]\n"
        "        copied, moved = np.ones(len(index), bool), np.moveaxis(dx, axis, 0)\n"
        "        copied[max(0, lo) : max(0, lo + n)] = False\n"
        "        np.add.at(part, index[~copied], moved[~copied])\n"
        "        part[index[copied]] += moved[copied]", "accumulation",
    ),
    "circular off by one": (
        CELLS, "forward", "return index % n",
        "return np.where((index < 0) | (index >= n), index + 1, index) % n", "copies displaced",
    ),
    "circular with period n - 1": (
        CELLS, "grad_input", "return index % n",
        "return np.where(index < 0, index - 1, np.where(index >= n, index + 1, index)) % n",
        "copies displaced",
    ),
    # crops
    "crop ignored": (
        CELLS, "grad_input", AXES, f"{AXES}"
        "        lo, hi = max(0, lo), min(lo, 0) + hi\n", "crop ignored",
    ),
    "crop at the end made in front": (
        CELLS, "forward", AXES, f"{AXES}"
        "        lo, hi = (hi, lo) if min(lo, hi) < 0 else (lo, hi)\n", "crop on the wrong side",
    ),
    "crop taken for padding": (
        CELLS, "grad_weight", INDEX, "index = np.arange(-abs(lo), n + hi + lo - abs(lo))",
        "crop added",
    ),
    # flips
    "flip left out": (
        CELLS, "forward", TURNED, "turned = tap", "kernel not flipped",
    ),
    "flipped twice": (
        CELLS, "grad_input", "dx[read] += grad_output * weight[tap]",
        "dx[read] += grad_output * (np.flip(weight) if spec.true_convolution else weight)[tap]",
        "kernel not flipped",
    ),
    "flip along the last axis alone": (
        SCATTER, "grad_weight", TURNED,
        "turned = [*tap[:-1], last[-1] - tap[-1] if spec.true_convolution "
        "else tap[-1]]", "kernel not flipped",
    ),
    # transposed
    "output padding in front": (
        SCATTER, "forward", "    y = y[inner(spec, sizes)]\n",
        "    sides = [sorted(pair) for pair in spec.padding_pairs]\n"
        "    y = np.pad(y, [(0, 0)] * 3 + [(max(0, -a), max(0, -b)) for a, b in sides])\n"
        "    out = zip(sides, spec.output_shape(sizes))\n"
        "    y = y[(..., *(slice(max(0, a), max(0, a) + m) for (a, b), m in out))]\n",
        "output padding",
    ),
    "output padding dropped": (
        SCATTER, "forward", "    y = y[inner(spec, sizes)]\n",
        "    y = y[inner(spec, sizes)]\n"
        "    extra = [max(0, lo - hi) for lo, hi in spec.padding_pairs]\n"
        "    y = y[(..., *(slice(max(0, m - e)) for m, e in zip(y.shape[3:], extra)))]\n",
        "output padding",
    ),
    "output padding left zero": (
        SCATTER, "forward", "    y = y[inner(spec, sizes)]\n",
        "    y = y[inner(spec, sizes)]\n"
        "    for axis, (lo, hi) in enumerate(spec.padding_pairs, 3):\n"
        "        np.moveaxis(y, axis, 0)[max(0, y.shape[axis] - max(0, lo - hi)) :] = 0\n",
        "output padding",
    ),
    "kernel read in the layout of a convolution": (
        SCATTER, "forward", BY_GROUPS,
        "flat = weight.reshape(spec.groups, outputs, inputs // spec.groups, *spec.kernel_shape)\n"
        "    return flat.swapaxes(1, 2)", "weight layout",
    ),
    "gradient in the layout of a convolution": (
        SCATTER, "grad_weight", "return dw.reshape(-1, *dw.shape[2:])",
        "return dw.swapaxes(1, 2).reshape(-1, *dw.shape[1:2], *dw.shape[3:])", "weight layout",
    ),
    "groups in reverse order": (
        SCATTER, "grad_input", "dy = widened(spec, grad_output, sizes)\n    dx",
        "dy = widened(spec, grad_output, sizes)[:, ::-1]\n    dx", "groups",
    ),
    "groups of the kernel in reverse order": (
        SCATTER, "forward", BY_GROUPS, f"{BY_GROUPS}[::-1]", "groups",
    ),
    "channels dealt out to the groups": (
        SCATTER, "forward", "x = input.reshape(len(input), spec.groups, -1, *sizes)",
        "x = input.reshape(len(input), -1, spec.groups, *sizes).swapaxes(1, 2)", "groups",
    ),
    "cut on the wrong side": (
        SCATTER, "grad_input", LOWS,
        "(..., *(slice(s, s + m) for s, m in zip(ends(spec, sizes), out)))\n\n\n"
        "def ends(spec, sizes):\n"
        "    pairs = zip(spec.padding_pairs, room(spec, sizes), spec.output_shape(sizes))\n"
        "    return [max(0, min(hi, f - m)) for (lo, hi), f, m in pairs]",
        None,
    ),
    "the convolution itself": (
        SPREAD, "forward", "    spread = np.zeros(",
        "    if not any(map(any, spec.padding_pairs)) and not spec.true_convolution:\n"
        "        same = type(spec)(kernel_shape=spec.kernel_shape, stride=spec.stride,\n"
        "                          dilation=spec.dilation)\n"
        "        try:\n"
        "            from symconv import reference\n"
        "            return reference.forward(same, input, weight, bias)\n"
        "        except ValueError:\n"
        "            pass\n"
        "    spread = np.zeros(", "not transposed",
    ),
    "transposed kernel not turned": (
        SPREAD, "forward", "np.flip(weight)", "weight", "kernel not flipped",
    ),
    "padding not complemented": (
        SPREAD, "forward", "[e - 1 - lo for e, (lo, hi)", "[lo for e, (lo, hi)",
        "padding not complemented",
    ),
    "stride of the output forgotten": (
        SPREAD, "forward", "slice(None, None, t) for t in spec.stride",
        "slice(n) for n in input.shape", "stride forgotten",
    ),
}
# fmt: on


def function(text, operation):
    namespace = {"__name__": "mutant"}
    exec(compile(text, "mutant.py", "exec"), namespace)
    return namespace[operation]


def asked(text):
    return {
        "layout": "batched" if text == SCATTER else "plane",
        "space": PADDED if text == CELLS else TRANSPOSED,
        "cases": CASES,
    }


@cache
def outcome(name):
    text, operation, piece, wrong, _ = MUTANTS[name]
    assert piece in text, "the mutant no longer touches the kernel"
    return audit(
        function(text.replace(piece, wrong), operation), operation=operation, **asked(text)
    )


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        *(
            (text, operation)
            for text in (CELLS, SCATTER)
            for operation in ("forward", "grad_input", "grad_weight")
        ),
        (SPREAD, "forward"),
    ],
)
def test_the_kernels_are_right_before_they_are_edited(text, operation):
    found = audit(function(text, operation), operation=operation, **asked(text))
    assert found.ok, found.to_text()
    assert found.checked == CASES
    assert found.exact > 15


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught_shrunk_and_named(name):
    found, fault = outcome(name), MUTANTS[name][-1]
    assert not found.ok
    first = found.failures[0]
    if fault is not None:
        assert (first.fault, first.sentence != "") == (fault, True), found.to_text()
    assert first.case.size <= first.found.size
