"""Acceptance cases of other projects' test suites, where their files lie beside the checkout."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from symconv import ConvSpec, load, reference
from symconv.algebra.closure import as_convolution
from symconv.algebra.derivation import derive_gradients

PEERS = Path(__file__).parents[2] / "shared" / "peers"

pytestmark = pytest.mark.skipif(
    not PEERS.is_dir(), reason="the acceptance cases of other projects are not beside the checkout"
)


def loader():
    spec = importlib.util.spec_from_file_location("peers", PEERS / "peers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def spec_of(case):
    return ConvSpec(
        kernel_shape=case["k"],
        stride=case["strides"],
        dilation=case["dilations"],
        padding=case["pads"],
        groups=case["groups"],
    )


def supported(case, *, crop=False):
    return case["nd"] <= 3 and (crop or all(side >= 0 for pair in case["pads"] for side in pair))


def same(case, actual, expected):
    if case.get("exact"):
        return np.array_equal(actual, expected)
    return np.allclose(actual, expected, rtol=case.get("rtol", 1e-5), atol=case.get("atol", 1e-5))


def cases(*files, crop=False):
    peers = loader()
    for file in files:
        for name, group in peers.load(file).items():
            if name in ("cases", "derived", "conv_transpose"):
                yield from ((peers, case) for case in group if supported(case, crop=crop))


def results(spec, peers, case, run):
    """Yield (name, computed, expected) for whatever the case gives and expects."""
    given = {name: peers.arr(case, "given", name) for name in ("x", "w", "b", "dy")}
    expected = {name: peers.arr(case, "expect", name) for name in ("y", "dX", "dW", "db")}
    x, w, b, dy = given.values()
    if expected["y"] is not None and x is not None and w is not None:
        yield "y", run.forward(x, w, b), expected["y"]
    if dy is None:
        return
    if expected["dX"] is not None and w is not None:
        shape = peers.shapes(case)["x"]
        yield "dX", run.grad_input(dy, w, shape), expected["dX"]
    if expected["dW"] is not None and x is not None:
        yield "dW", run.grad_weight(dy, x), expected["dW"]
    if expected["db"] is not None:
        yield "db", run.grad_bias(dy), expected["db"]


class Reference:
    def __init__(self, spec):
        self.spec = spec

    def __getattr__(self, name):
        return lambda *arrays: getattr(reference, name)(self.spec, *arrays)


class Plane:
    """The emitted plane kernel, given and giving arrays with batch and channel axes of one."""

    def __init__(self, spec):
        self.kernel = load(spec)

    def forward(self, x, w, b):
        bias = None if b is None else b[0]
        return self.kernel.forward(x[0, 0], w[0, 0], bias)[None, None]

    def grad_input(self, dy, w, shape):
        return self.kernel.grad_input(dy[0, 0], w[0, 0], shape[2:])[None, None]

    def grad_weight(self, dy, x):
        return self.kernel.grad_weight(dy[0, 0], x[0, 0])[None, None]

    def grad_bias(self, dy):
        return np.array([self.kernel.grad_bias(dy[0, 0])])


def test_the_reference_meets_every_case():
    checked = 0
    for peers, case in cases("tf_backprop.json", "onnx_conv.json", "peers_grad.json", crop=True):
        spec = spec_of(case)
        for name, actual, expected in results(spec, peers, case, Reference(spec)):
            assert same(case, actual, expected), (case["id"], name)
            checked += 1
    assert checked > 200


def test_every_input_gradient_is_a_transposed_convolution():
    checked = 0
    for peers, case in cases("tf_backprop.json", "onnx_conv.json", "peers_grad.json", crop=True):
        w, dy = (peers.arr(case, "given", name) for name in ("w", "dy"))
        expected = peers.arr(case, "expect", "dX")
        if w is None or dy is None or expected is None or not dy.size:
            continue
        derivation = derive_gradients(spec_of(case))
        shape = peers.shapes(case)["x"][2:]
        adjoint = as_convolution(derivation, "grad_input", input_shape=shape).spec
        assert same(case, reference.forward(adjoint, dy, w), expected), case["id"]
        checked += 1
    assert checked > 60


def test_emitted_plane_kernels_meet_every_plane_case():
    checked = 0
    for peers, case in cases("tf_backprop.json", "onnx_conv.json", "peers_grad.json", crop=True):
        if (case["N"], case["Cin"], case["Cout"]) != (1, 1, 1):
            continue
        spec = spec_of(case)
        for name, actual, expected in results(spec, peers, case, Plane(spec)):
            assert same(case, actual, expected), (case["id"], name)
            checked += 1
    assert checked > 40


def test_emitted_kernels_have_the_checksums_of_real_layers_plane_by_plane():
    """Each pair of channels of a small real layer is a plane; together they give its checksums."""
    peers, checked = loader(), 0
    for case in peers.load("shapes.json")["tables_2d"] + peers.load("shapes.json")["nd"]:
        if case["N"] * case["macs_per_image"] > 3e5 or not supported(case) or case["groups"] > 1:
            continue
        case = {**case, "N": case["check"]["N"]}
        shapes = peers.shapes(case)
        fill = {name: peers.pattern(shapes[name], *peers.FILL[name]) for name in ("x", "w")}
        x, w, dy = fill["x"], fill["w"], peers.pattern(shapes["y"], *peers.FILL["dy"])
        kernel = load(spec_of(case))
        y, dx, dw = np.zeros_like(dy), np.zeros_like(x), np.zeros_like(w)
        for n, o, c in np.ndindex(case["N"], case["Cout"], case["Cin"]):
            y[n, o] += kernel.forward(x[n, c], w[o, c])
            dx[n, c] += kernel.grad_input(dy[n, o], w[o, c], x.shape[2:])
            dw[o, c] += kernel.grad_weight(dy[n, o], x[n, c])
        for name, array in (("y", y), ("dX", dx), ("dW", dw)):
            assert peers.checksum(array) == case["check"][name], (case["name"], name)
        checked += 1
    assert checked > 10
