"""Sixty planted faults in correct kernels: the audit must catch them, and name what they are.

Three kernels, written as their authors would write them: all operations over the taps, batched;
the input gradient gathered phase by phase, as in the article; and the input gradient as a
correlation with the flipped kernel. A mutant is an edit of the text.
"""

from functools import cache

import pytest

from symconv import audit

CASES = 120  # each mutant falls within them; the default of the audit is 300

TAPS = '''
import numpy as np


def read(spec, tap, out):
    """What all windows read through a tap."""
    return tuple(
        slice(r * d, r * d + (g - 1) * t + 1, t)
        for r, d, t, g in zip(tap, spec.dilation, spec.stride, out)
    )


def groups_of(spec, channels, outputs):
    c, o = channels // spec.groups, outputs // spec.groups
    for group in range(spec.groups):
        yield slice(group * c, (group + 1) * c), slice(group * o, (group + 1) * o)


def forward(spec, input, weight, bias):
    spec, out = spec.at(input.shape[2:]), spec.output_shape(input.shape[2:])
    x = np.pad(input, [(0, 0), (0, 0), *spec.padding_pairs])
    y = np.zeros((len(x), len(weight), *out), int)
    y += bias.reshape(-1, *(1,) * spec.axes)
    for c, o in groups_of(spec, x.shape[1], len(weight)):
        for tap in np.ndindex(*spec.kernel_shape):
            cells = x[(slice(None), c, *read(spec, tap, out))]
            y[:, o] += np.einsum("nc...,oc->no...", cells, weight[(o, slice(None), *tap)])
    return y


def grad_input(spec, grad_output, weight, input_shape):
    spec, out = spec.at(input_shape[2:]), grad_output.shape[2:]
    padded = [n + lo + hi for n, (lo, hi) in zip(input_shape[2:], spec.padding_pairs)]
    dx = np.zeros((*input_shape[:2], *padded), int)
    if 0 in out:
        return np.zeros(input_shape, int)
    for c, o in groups_of(spec, input_shape[1], len(weight)):
        for tap in np.ndindex(*spec.kernel_shape):
            w = weight[(o, slice(None), *tap)]
            dx[(slice(None), c, *read(spec, tap, out))] += np.einsum(
                "no...,oc->nc...", grad_output[:, o], w
            )
    inner = [slice(lo, lo + n) for n, (lo, hi) in zip(input_shape[2:], spec.padding_pairs)]
    return dx[(..., *inner)]


def grad_weight(spec, grad_output, input):
    spec, out = spec.at(input.shape[2:]), grad_output.shape[2:]
    x = np.pad(input, [(0, 0), (0, 0), *spec.padding_pairs])
    outputs = grad_output.shape[1]
    dw = np.zeros((outputs, x.shape[1] // spec.groups, *spec.kernel_shape), int)
    if 0 in out:
        return dw
    for c, o in groups_of(spec, x.shape[1], outputs):
        for tap in np.ndindex(*spec.kernel_shape):
            cells = x[(slice(None), c, *read(spec, tap, out))]
            for n in range(len(x)):
                dw[(o, slice(None), *tap)] += np.tensordot(
                    grad_output[n, o], cells[n], axes=[range(1, spec.axes + 1)] * 2
                )
    return dw


def grad_bias(spec, grad_output):
    db = np.zeros(grad_output.shape[1], int)
    for image in grad_output:
        db += image.reshape(len(image), -1).sum(axis=1)
    return db
'''

PHASES = '''
from itertools import product

import numpy as np


def reads(u, k, t, d, lo, g):
    """The (output, tap) pairs of one axis that read input u."""
    K, rho = divmod(u + lo, t)
    pairs = []
    for r in range(k):
        if r * d % t == rho:
            i = K - (r * d - rho) // t
            if 0 <= i < g:
                pairs.append((i, r))
    return pairs


def grad_input(spec, grad_output, weight, input_shape):
    spec = spec.at(input_shape)
    lows = [lo for lo, hi in spec.padding_pairs]
    sizes = list(zip(spec.kernel_shape, spec.stride, spec.dilation, lows, grad_output.shape))
    dx = np.zeros(input_shape, int)
    for cell in np.ndindex(*dx.shape):
        axes = [reads(u, *size) for u, size in zip(cell, sizes)]
        for pairs in product(*axes):
            window, tap = zip(*pairs)
            dx[cell] += grad_output[window] * weight[tap]
    return dx
'''

FLIPPED = """
import numpy as np


def grad_input(spec, grad_output, weight, input_shape):
    spec = spec.at(input_shape)
    if 0 in grad_output.shape:
        return np.zeros(input_shape, int)
    spread = np.zeros([(g - 1) * t + 1 for g, t in zip(grad_output.shape, spec.stride)], int)
    spread[tuple(slice(None, None, t) for t in spec.stride)] = grad_output
    before = [e - 1 for e in spec.extent]
    after = [
        n + lo + hi - s
        for n, (lo, hi), s in zip(input_shape, spec.padding_pairs, spread.shape)
    ]
    framed = np.pad(spread, list(zip(before, after)))
    full = [n + lo + hi for n, (lo, hi) in zip(input_shape, spec.padding_pairs)]
    flipped = np.flip(weight)
    dx = np.zeros(full, int)
    for tap in np.ndindex(*spec.kernel_shape):
        start = [r * d for r, d in zip(tap, spec.dilation)]
        dx += framed[tuple(slice(s, s + n) for s, n in zip(start, full))] * flipped[tap]
    return dx[tuple(slice(lo, lo + n) for n, (lo, hi) in zip(input_shape, spec.padding_pairs))]
"""

STRIDED = "slice(r * d, r * d + (g - 1) * t + 1, t)"
FORWARD_ADD = 'y[:, o] += np.einsum("nc...,oc->no...", cells, weight[(o, slice(None), *tap)])'
SPEC_IN_FORWARD = "spec, out = spec.at(input.shape[2:]), spec.output_shape(input.shape[2:])"
OFFSETS = "c, o = channels // spec.groups, outputs // spec.groups"
GROUP = "slice(group * c, (group + 1) * c), slice(group * o, (group + 1) * o)"
SCATTER = "dx[(slice(None), c, *read(spec, tap, out))] += np.einsum("
INNER = "inner = [slice(lo, lo + n) for"
SIZES = "zip(spec.kernel_shape, spec.stride, spec.dilation, lows, grad_output.shape)"
CUT = "return dx[tuple(slice(lo, lo + n) for"

# (kernel, operation, what the text says, what the mutant says, class: None where several fit)
# ruff: noqa: ISC004
# fmt: off
MUTANTS = {
    # forward
    "forward: kernel flipped": (
        TAPS, "forward", "weight[(o, slice(None), *tap)])\n    return y",
        "np.flip(weight, range(2, weight.ndim))[(o, slice(None), *tap)])\n    return y",
        "kernel flipped",
    ),
    "forward: kernel flipped along the last axis": (
        TAPS, "forward", "weight[(o, slice(None), *tap)])\n    return y",
        "weight[..., ::-1][(o, slice(None), *tap)])\n    return y", "kernel flipped",
    ),
    "forward: stride forgotten": (
        TAPS, "forward", STRIDED, "slice(r * d, r * d + g)", "stride forgotten",
    ),
    "forward: dilation forgotten": (
        TAPS, "forward", STRIDED, STRIDED.replace("r * d", "r"), "dilation forgotten",
    ),
    "forward: padding forgotten": (
        TAPS, "forward", "[(0, 0), (0, 0), *spec.padding_pairs])\n    y =",
        "[(0, 0), (0, 0), *((0, lo + hi) for lo, hi in spec.padding_pairs)])\n    y =",
        "padding forgotten",
    ),
    "forward: padding sides swapped": (
        TAPS, "forward", "[(0, 0), (0, 0), *spec.padding_pairs])\n    y =",
        "[(0, 0), (0, 0), *((hi, lo) for lo, hi in spec.padding_pairs)])\n    y =",
        "padding sides swapped",
    ),
    "forward: SAME upper for lower": (
        TAPS, "forward", SPEC_IN_FORWARD,
        "was, out = spec, spec.output_shape(input.shape[2:])\n    spec = spec.at(input.shape[2:])\n"
        "    if isinstance(was.padding, str):\n"
        "        spec = type(spec)(kernel_shape=spec.kernel_shape, stride=spec.stride,\n"
        "            dilation=spec.dilation, groups=spec.groups,\n"
        "            padding=[(hi, lo) for lo, hi in spec.padding_pairs])",
        "SAME upper for lower",
    ),
    "forward: strides of the axes swapped": (
        TAPS, "forward", "spec.stride, out)", "spec.stride[::-1], out)", "axes swapped",
    ),
    "forward: stride of axis 0 for all": (
        TAPS, "forward", "spec.stride, out)", "[spec.stride[0]] * spec.axes, out)", "axes swapped",
    ),
    "forward: last tap instead of the sum": (
        TAPS, "forward", FORWARD_ADD, FORWARD_ADD.replace("+=", "="), "accumulation",
    ),
    "forward: bias forgotten": (
        TAPS, "forward", "y += bias.reshape(-1, *(1,) * spec.axes)", "pass", "bias",
    ),
    "forward: bias once per tap": (
        TAPS, "forward", FORWARD_ADD,
        FORWARD_ADD + "\n            if any(tap):\n"
        "                y[:, o] += bias.reshape(-1, *(1,) * spec.axes)[o]",
        "bias",
    ),
    "forward: groups read the first channels": (
        TAPS, "forward", GROUP, GROUP.replace("group * c, (group + 1) * c", "0, c"), "groups",
    ),
    "forward: channels dealt out in turn": (
        TAPS, "forward", GROUP,
        GROUP.replace("group * c, (group + 1) * c", "group, None, spec.groups"), "groups",
    ),
    "forward: last group left out": (
        TAPS, "forward", "range(spec.groups)", "range(max(1, spec.groups - 1))", None,
    ),
    "forward: last window left out": (
        TAPS, "forward", "    return y", "    y[..., -1] = 0\n    return y", None,
    ),
    "forward: one window too many": (
        TAPS, "forward", "    return y", "    return np.concatenate([y, y[..., :1] * 0], axis=-1)",
        None,
    ),
    "forward: the padding repeats the edge": (
        TAPS, "forward", "*spec.padding_pairs])\n    y =",
        "*spec.padding_pairs], mode='edge')\n    y =", "padding not zero",
    ),
    "forward: changes its input": (
        TAPS, "forward", "    return y", "    input *= 2\n    return y", None,
    ),
    "forward: negative results cut off": (
        TAPS, "forward", "    return y", "    return np.maximum(y, 0)", "not linear",
    ),
    "forward: 8-bit overflow": (
        TAPS, "forward", "    return y", "    return y.astype(np.int8)", "not linear",
    ),
    # grad_input over the taps
    "grad_input: kernel not flipped": (
        TAPS, "grad_input", "w = weight[(o, slice(None), *tap)]",
        "w = np.flip(weight, range(2, weight.ndim))[(o, slice(None), *tap)]", "kernel not flipped",
    ),
    "grad_input: = for +=": (
        TAPS, "grad_input", SCATTER, SCATTER.replace("+=", "="), "accumulation",
    ),
    "grad_input: stride and dilation swapped": (
        TAPS, "grad_input", "w = weight[(o, slice(None), *tap)]\n",
        "w = weight[(o, slice(None), *tap)]\n"
        "            if any(r * t + (g - 1) * d >= n for r, t, g, d, n in\n"
        "                   zip(tap, spec.stride, out, spec.dilation, padded)): continue\n"
        "            swapped = type(spec)(kernel_shape=spec.kernel_shape, stride=spec.dilation,\n"
        "                                 dilation=spec.stride)\n"
        "            dx[(slice(None), c, *read(swapped, tap, out))] += np.einsum(\n"
        "                'no...,oc->nc...', grad_output[:, o], w)\n"
        "            continue\n",
        "stride and dilation swapped",
    ),
    "grad_input: padding not cut off": (
        TAPS, "grad_input", "return dx[(..., *inner)]", "return dx", "padding forgotten",
    ),
    "grad_input: padding cut off behind": (
        TAPS, "grad_input", INNER, "inner = [slice(hi, hi + n) for", "padding sides swapped",
    ),
    "grad_input: padding forgotten": (
        TAPS, "grad_input", INNER, "inner = [slice(0, n) for", "padding forgotten",
    ),
    "grad_input: the smallest shape": (
        TAPS, "grad_input", "return dx[(..., *inner)]",
        "least = [(g - 1) * t + e - lo - hi for g, t, e, (lo, hi) in\n"
        "             zip(out, spec.stride, spec.extent, spec.padding_pairs)]\n"
        "    return dx[(..., *inner)][(..., *(slice(max(0, n)) for n in least))]",
        "remainder dropped",
    ),
    "grad_input: last group's channels": (
        TAPS, "grad_input", GROUP, GROUP.replace("group * c, (group + 1) * c", "-c, None"), None,
    ),
    "grad_input: output channels dealt out in turn": (
        TAPS, "grad_input", GROUP,
        GROUP.replace("group * o, (group + 1) * o", "group, None, spec.groups"), "groups",
    ),
    "grad_input: sign wrong": (
        TAPS, "grad_input", "return dx[(..., *inner)]", "return -dx[(..., *inner)]", "extra factor",
    ),
    "grad_input: divided by the batch": (
        TAPS, "grad_input", "return dx[(..., *inner)]",
        "return dx[(..., *inner)] / max(1, len(dx))", "extra factor",
    ),
    "grad_input: three times as large": (
        TAPS, "grad_input", "return dx[(..., *inner)]", "return 3 * dx[(..., *inner)]",
        "extra factor",
    ),
    "grad_input: remembers the last call": (
        TAPS, "grad_input", "return dx[(..., *inner)]",
        "global calls\n    calls = globals().get('calls', 0) + 1\n"
        "    return dx[(..., *inner)] + (calls % 7 == 0)", "not repeatable",
    ),
    # grad_input phase by phase
    "phases: K for K - 1": (
        PHASES, "grad_input", "i = K - (r * d - rho) // t", "i = K", "K for K - 1",
    ),
    "phases: K + 1 for K - 1": (
        PHASES, "grad_input", "i = K - (r * d - rho) // t", "i = K + (r * d - rho) // t",
        "K for K - 1",
    ),
    "phases: one output too early": (
        PHASES, "grad_input", "K, rho = divmod(u + lo, t)", "K, rho = divmod(u + lo, t); K -= 1",
        "K for K - 1",
    ),
    "phases: remainder dropped": (
        PHASES, "grad_input", "K, rho = divmod(u + lo, t)",
        "K, rho = divmod(u + lo, t)\n    if K >= g:\n        return []", "remainder dropped",
    ),
    "phases: blocks counted by the input": (
        PHASES, "grad_input", "for cell in np.ndindex(*dx.shape):",
        "for cell in np.ndindex(*(n // t * t for n, t in zip(dx.shape, spec.stride))):",
        "remainder dropped",
    ),
    "phases: gap filled with the last tap": (
        PHASES, "grad_input", "    return pairs",
        "    if rho not in [r * d % t for r in range(k)] and K < g:\n"
        "        pairs.append((K, min(rho, k - 1)))\n    return pairs", "gap filled",
    ),
    "phases: gap left unwritten": (
        PHASES, "grad_input", "dx = np.zeros(input_shape, int)",
        "dx = np.zeros(input_shape, int)\n    for cell in np.ndindex(*dx.shape):\n"
        "        dx[cell] = 7 * any((u + lo) % t not in [r * d % t for r in range(k)]\n"
        "                           for u, (k, t, d, lo, g) in zip(cell, sizes))",
        "gap filled",
    ),
    "phases: stride forgotten": (
        PHASES, "grad_input", SIZES, SIZES.replace("spec.stride", "(1, 1, 1)"), "stride forgotten",
    ),
    "phases: dilation forgotten": (
        PHASES, "grad_input", SIZES, SIZES.replace("spec.dilation", "(1, 1, 1)"),
        "dilation forgotten",
    ),
    "phases: stride and dilation swapped": (
        PHASES, "grad_input", SIZES, "zip(spec.kernel_shape, spec.dilation, spec.stride, lows, "
        "grad_output.shape)", "stride and dilation swapped",
    ),
    "phases: padding forgotten": (
        PHASES, "grad_input", SIZES, SIZES.replace("lows", "(0, 0, 0)"), "padding forgotten",
    ),
    "phases: padding after for before": (
        PHASES, "grad_input", "[lo for lo, hi", "[hi for lo, hi", "padding sides swapped",
    ),
    "phases: border off by one": (
        PHASES, "grad_input", "divmod(u + lo, t)", "divmod(u + lo + 1, t)", "border off by one",
    ),
    "phases: dilations of the axes swapped": (
        PHASES, "grad_input", SIZES, SIZES.replace("spec.dilation", "spec.dilation[::-1]"),
        "axes swapped",
    ),
    "phases: padding of axis 0 for all": (
        PHASES, "grad_input", SIZES, SIZES.replace("lows", "lows[:1] * 3"), "axes swapped",
    ),
    "phases: first tap of a phase alone": (
        PHASES, "grad_input", "    return pairs", "    return pairs[:1]", "accumulation",
    ),
    "phases: last output left out": (
        PHASES, "grad_input", "0 <= i < g", "0 <= i < g - 1", "border off by one",
    ),
    "phases: last tap left out": (
        PHASES, "grad_input", "for r in range(k)", "for r in range(k - 1)", "tap left out",
    ),
    "phases: negative outputs wrap around": (
        PHASES, "grad_input", "0 <= i < g", "i < g", "negative index",
    ),
    # grad_input as a correlation
    "correlation: kernel not flipped": (
        FLIPPED, "grad_input", "np.flip(weight)", "weight", "kernel not flipped",
    ),
    "correlation: kernel flipped along one axis": (
        FLIPPED, "grad_input", "np.flip(weight)", "np.flip(weight, axis=0)", "kernel not flipped",
    ),
    "correlation: remainder before the image": (
        FLIPPED, "grad_input", "before = [e - 1 for e in spec.extent]",
        "before = [e - 1 + (n + lo + hi - e) % t for e, n, t, (lo, hi) in\n"
        "              zip(spec.extent, input_shape, spec.stride, spec.padding_pairs)]",
        "output padding",
    ),
    "correlation: kernel transposed": (
        FLIPPED, "grad_input", "np.flip(weight)",
        "np.flip(weight if len(set(weight.shape)) > 1 else weight.T)", "axes swapped",
    ),
    # grad_weight and grad_bias
    "grad_weight: last image instead of the sum": (
        TAPS, "grad_weight", "dw[(o, slice(None), *tap)] += np", "dw[(o, slice(None), *tap)] = np",
        "accumulation",
    ),
    "grad_weight: input and output channels swapped": (
        TAPS, "grad_weight", "    return dw\n\n\ndef grad_bias",
        "    return dw if dw.shape[0] != dw.shape[1] else dw.swapaxes(0, 1)\n\n\ndef grad_bias",
        "axes swapped",
    ),
    "grad_bias: mean instead of sum": (
        TAPS, "grad_bias", "    return db", "    return db / max(1, grad_output[:, 0].size)",
        "extra factor",
    ),
}
# fmt: on


def function(text, operation):
    namespace = {"__name__": "mutant"}
    exec(compile(text, "mutant.py", "exec"), namespace)
    return namespace[operation]


def layout_of(text):
    return "batched" if text == TAPS else "plane"


@cache
def outcome(name):
    text, operation, piece, wrong, _ = MUTANTS[name]
    assert piece in text, "the mutant no longer touches the kernel"
    mutant = function(text.replace(piece, wrong), operation)
    return audit(mutant, operation=operation, layout=layout_of(text), cases=CASES)


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        *((TAPS, operation) for operation in ("forward", "grad_input", "grad_weight", "grad_bias")),
        (PHASES, "grad_input"),
        (FLIPPED, "grad_input"),
    ],
    ids=[
        "taps-forward",
        "taps-grad_input",
        "taps-grad_weight",
        "taps-grad_bias",
        "phases",
        "flipped",
    ],
)
def test_the_kernels_are_right_before_they_are_edited(text, operation):
    fn = function(text, operation)
    found = audit(fn, operation=operation, layout=layout_of(text), cases=CASES)
    assert found.ok, found.to_text()
    assert found.checked == CASES
    assert found.exact > 40


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught_shrunk_and_named(name):
    found, fault = outcome(name), MUTANTS[name][-1]
    assert not found.ok
    assert found.seconds < 10
    first = found.failures[0]
    if fault is not None:
        assert (first.fault, first.sentence != "") == (fault, True), found.to_text()
    assert first.case.size <= first.found.size
    if first.kind == "value":
        assert first.expected != first.got
        assert (first.units is None) == (first.fault in ("not linear", "not repeatable"))


def test_at_least_95_percent_of_60_mutants_are_killed():
    assert len(MUTANTS) == 60
    killed = sum(not outcome(name).ok for name in MUTANTS)
    assert killed >= 0.95 * len(MUTANTS)


# what a person would look at first: as small as it gets
SMALLEST = {
    "phases: K for K - 1": ("ConvSpec(kernel_shape=(2,))", (2,)),
    "phases: remainder dropped": ("ConvSpec(kernel_shape=(2,))", (2,)),
    "phases: gap filled with the last tap": ("ConvSpec(kernel_shape=(1,), stride=(2,))", (2,)),
    "phases: stride and dilation swapped": ("ConvSpec(kernel_shape=(1,), stride=(2,))", (3,)),
    "phases: dilations of the axes swapped": (
        "ConvSpec(kernel_shape=(1, 2), dilation=(2, 1))",
        (1, 2),
    ),
    "forward: SAME upper for lower": (
        "ConvSpec(kernel_shape=(2,), stride=(2,), padding='same')",
        (1, 1, 1),
    ),
}


@pytest.mark.parametrize("name", SMALLEST)
def test_a_mutant_is_shown_on_the_smallest_spec_and_shape(name):
    case = outcome(name).failures[0].case
    assert (repr(case.spec), case.input_shape) == SMALLEST[name]
