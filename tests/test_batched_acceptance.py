"""Batched kernels on the cases of other projects' test suites, where their files lie beside us.

SYMCONV_LAYER_PRODUCTS is the size of the largest real layers tried, in products a pass: 3e8 for all
whose checksums there are.
"""

import os
from functools import cache
from math import prod

import numpy as np

from symconv import derive, load
from symconv.algebra.closure import as_convolution
from symconv.codegen.request import MAX_TAPS
from tests import test_peers
from tests.test_peers import cases, loader, results, same, spec_of, supported

pytestmark = test_peers.pytestmark
MOST_PRODUCTS = float(os.environ.get("SYMCONV_LAYER_PRODUCTS", "3e5"))


@cache
def kernel_of(spec):
    return load(spec, layout="batched")


def test_batched_kernels_meet_every_case():
    checked = 0
    for peers, case in cases("tf_backprop.json", "onnx_conv.json", "peers_grad.json", crop=True):
        spec = spec_of(case)
        for name, actual, expected in results(spec, peers, case, kernel_of(spec)):
            assert same(case, actual, expected), (case["id"], name)
            checked += 1
    assert checked > 200


def test_every_input_gradient_is_the_forward_pass_of_a_transposed_kernel():
    checked = 0
    for peers, case in cases("tf_backprop.json", "onnx_conv.json", "peers_grad.json", crop=True):
        w, dy = (peers.arr(case, "given", name) for name in ("w", "dy"))
        expected = peers.arr(case, "expect", "dX")
        if w is None or dy is None or expected is None or not dy.size:
            continue
        shape = peers.shapes(case)["x"][2:]
        adjoint = as_convolution(derive(spec_of(case)), "grad_input", input_shape=shape).spec
        kernel = kernel_of(adjoint)
        assert same(case, kernel.forward(dy, w), expected), case["id"]
        checked += 1
    assert checked > 60


def test_batched_kernels_have_the_checksums_of_real_layers():
    peers, checked = loader(), 0
    for case in (case for group in layers(peers) for case in group):
        images = case["check"]["N"] if case["check"] else 0
        if not 0 < images * case["macs_per_image"] <= MOST_PRODUCTS or not supported(case):
            continue
        if prod(case["k"]) > MAX_TAPS["batched"]:
            continue
        shapes = peers.shapes({**case, "N": images})
        x, w, dy = (
            peers.pattern(shapes[name], *peers.FILL[fill]).astype("d")
            for name, fill in (("x", "x"), ("w", "w"), ("y", "dy"))
        )
        kernel = kernel_of(spec_of(case))
        y, (dx, dw, db) = kernel.forward(x, w), kernel.backward(dy, x, w)
        for name, array in (("y", y), ("dX", dx), ("dW", dw), ("db", db)):
            assert peers.checksum(np.asarray(array)) == case["check"][name], (case["name"], name)
        checked += 1
    assert checked > 30


def layers(peers):
    shapes = peers.load("shapes.json")
    return [shapes[name] for name in ("cases", "tables_2d", "nd")]
