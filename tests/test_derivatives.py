"""The closed algebra of derivatives: derived, executed, against dual numbers through the oracle."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv import ConvSpec, DerivationError, OptionError, SpecError, reference
from symconv.algebra.closure import as_convolution
from symconv.algebra.derivation import derive_gradients
from symconv.algebra.derivatives import SLOTS, directional, pulled_back
from symconv.reference.padding import fold
from tests import oracle, strategies

SMALL = {"max_axes": 2, "max_kernel": 3, "max_stride": 3, "max_padding": 2}
IMAGES = strategies.images(**SMALL) | strategies.whole_images(**SMALL)


def duals(array, tangent):
    """The entries of an array as dual numbers a + b*epsilon, for the oracle's loops."""
    values = zip(array.reshape(-1), tangent.reshape(-1), strict=True)
    return {
        index: oracle.Dual(int(a), int(b))
        for index, (a, b) in zip(oracle.ranges(array.shape), values, strict=True)
    }


def moved(entries):
    return {index: getattr(value, "tangent", 0) for index, value in entries.items()}


def entries(array):
    return {index: int(value) for index, value in np.ndenumerate(array)}


def arrays(spec, shape, seed):
    """x, w, dy and a tangent of each."""
    shapes = (shape, spec.kernel_shape, spec.output_shape(shape)) * 2
    return [strategies.integers(sizes, seed + k) for k, sizes in enumerate(shapes)]


@settings(max_examples=60)
@given(IMAGES, strategies.seeds)
def test_jvp_is_the_forward_pass_of_dual_numbers(image, seed):
    spec, shape = image
    x, w, _, vx, vw, _ = arrays(spec, shape, seed)
    sizes = strategies.oracle_sizes(spec, shape)
    expected = oracle.forward(duals(x, vx), duals(w, vw), oracle.Dual(4, 3), **sizes)
    result = reference.jvp(spec, x, w, input_tangent=vx, weight_tangent=vw, bias_tangent=3)
    assert entries(result) == moved(expected)
    one = reference.jvp(spec, x, w, input_tangent=vx)
    assert entries(one + reference.jvp(spec, x, w, weight_tangent=vw) + 3) == moved(expected)


@settings(max_examples=60)
@given(IMAGES, strategies.seeds)
def test_double_backward_is_the_adjoint_of_the_backward_pass_of_dual_numbers(image, seed):
    """<v, D backward [d]> = <double_backward(v), d> for random v and d."""
    spec, shape = image
    x, w, dy, dx, dw, ddy = arrays(spec, shape, seed)
    vx, vw, _ = arrays(spec, shape, seed + 99)[:3]
    sizes = strategies.oracle_sizes(spec, shape)
    y = duals(dy, ddy)
    by_x = moved(oracle.grad_input(y, duals(w, dw), **sizes))
    by_w = moved(oracle.grad_weight(y, duals(x, dx), **sizes))
    by_b = moved({(): oracle.grad_bias(y)})[()]
    left = sum(int(vx[index]) * value for index, value in by_x.items())
    left += sum(int(vw[index]) * value for index, value in by_w.items()) + 5 * by_b
    grads = reference.double_backward(
        spec, dy, x, w, input_tangent=vx, weight_tangent=vw, bias_tangent=5
    )
    assert [grad.shape for grad in grads] == [dy.shape, x.shape, w.shape]
    right = sum(int((a * b).sum()) for a, b in zip(grads, (ddy, dx, dw), strict=True))
    assert left == right


@settings(max_examples=60)
@given(IMAGES, strategies.seeds)
def test_hessian_vector_is_the_gradient_of_dual_numbers(image, seed):
    """Of the loss sum(y**3): de/dy = 3 y**2, and its Hessian by y multiplies with 6 y."""
    spec, shape = image
    x, w, _, vx, vw, _ = (array % 4 for array in arrays(spec, shape, seed))
    sizes = strategies.oracle_sizes(spec, shape)
    xs, ws, b = duals(x, vx), duals(w, vw), oracle.Dual(2, 3)
    dy = {
        index: oracle.Dual(3) * value * value
        for index, value in oracle.forward(xs, ws, b, **sizes).items()
    }
    y = reference.forward(spec, x, w, 2)
    result = reference.hessian_vector(
        spec,
        x,
        w,
        grad_output=3 * y**2,
        loss_hessian=lambda v: 6 * y * v,
        input_tangent=vx,
        weight_tangent=vw,
        bias_tangent=3,
    )
    assert entries(result.input) == moved(oracle.grad_input(dy, ws, **sizes))
    assert entries(result.weight) == moved(oracle.grad_weight(dy, xs, **sizes))
    assert int(result.bias) == oracle.grad_bias(dy).tangent


def batch(spec, shape, seed, *, n, ci, co):
    """x, w, dy of a batch: ci input and co output channels in each group."""
    channels, outputs = ci * spec.groups, co * spec.groups
    first, inner = (channels, co) if spec.transposed else (outputs, ci)
    x = strategies.integers((n, channels, *shape), seed)
    w = strategies.integers((first, inner, *spec.kernel_shape), seed + 1)
    dy = strategies.integers((n, outputs, *spec.output_shape(shape)), seed + 2)
    return x, w, dy


counts = st.integers(1, 2)


@settings(max_examples=60)
@given(IMAGES, counts, counts, counts, st.integers(0, 3), strategies.seeds)
def test_per_sample_gradients_are_those_of_each_image_alone(image, groups, ci, co, n, seed):
    plane, shape = image
    spec = replace(plane, groups=groups)
    x, w, dy = batch(spec, shape, seed, n=n, ci=ci, co=co)
    each = reference.grad_weight_per_sample(spec, dy, x)
    assert each.shape == (n, *w.shape)
    for k in range(n):
        alone = reference.grad_weight(spec, dy[k : k + 1], x[k : k + 1])
        np.testing.assert_array_equal(each[k], alone)
    np.testing.assert_array_equal(each.sum(axis=0), reference.grad_weight(spec, dy, x))


def run(convolution, groups, named):
    """The forward pass that a gradient is said to be, with its arrays arranged as it says."""
    x, w = named[convolution.input], named[convolution.weight]
    if convolution.exchanged:
        x = x.reshape((x.shape[0], groups, x.shape[1] // groups, *x.shape[2:]))
        x = np.moveaxis(x, 2, 0)
        x = np.swapaxes(x, 1, 2)
        x = x.reshape((x.shape[0], x.shape[1] * x.shape[2], *x.shape[3:]))
        w = np.swapaxes(w, 0, 1)
    y = reference.forward(convolution.spec, x, w)
    y = np.swapaxes(y, 0, 1) if convolution.exchanged else y
    return np.flip(y, axis=tuple(range(2, y.ndim))) if convolution.flipped else y


@settings(max_examples=100)
@given(IMAGES, counts, counts, counts, counts, strategies.seeds)
def test_every_gradient_is_the_convolution_it_is_said_to_be(image, groups, ci, co, n, seed):
    plane, shape = image
    spec = replace(plane, groups=groups)
    x, w, dy = batch(spec, shape, seed, n=n, ci=ci, co=co)
    named = {"input": x, "weight": w, "grad_output": dy}
    derivation = derive_gradients(spec)
    grad = as_convolution(derivation, "grad_input", input_shape=shape)
    result = run(grad, groups, named)
    assert grad.folded == (spec.padding_mode != "zeros")
    result = fold(spec, result, sizes=shape) if grad.folded else result
    np.testing.assert_array_equal(result, reference.grad_input(spec, dy, w, x.shape))
    if spec.padding_mode != "zeros" and unread(spec, shape):
        with pytest.raises(SpecError, match="must leave no unread tail"):
            as_convolution(derivation, "grad_weight", input_shape=shape)
        return
    grad = as_convolution(derivation, "grad_weight", input_shape=shape)
    np.testing.assert_array_equal(run(grad, groups, named), reference.grad_weight(spec, dy, x))
    same = as_convolution(derivation, "forward", input_shape=shape)
    assert same.spec == spec
    with pytest.raises(OptionError, match="operation must be one of forward"):
        as_convolution(derivation, "grad_bias", input_shape=shape)


def unread(spec, shape):
    """Whether more padded cells than the padding after the input lie behind the last window."""
    sizes = zip(
        shape, spec.output_shape(shape), spec.stride, spec.extent, spec.padding_pairs, strict=True
    )
    return any(n + lo > (g - 1) * t + e for n, g, t, e, (lo, _) in sizes)


def test_stride_and_dilation_change_places():
    derivation = derive_gradients(ConvSpec(kernel_shape=(3, 2), stride=(2, 1), dilation=(1, 3)))
    grad = as_convolution(derivation, "grad_weight", input_shape=(9, 6))
    assert grad.spec == ConvSpec(kernel_shape=(4, 3), stride=(1, 3), dilation=(2, 1))
    assert str(grad).endswith(" of input with grad_output, batch and channels exchanged")


SPECS = [
    ConvSpec(kernel_shape=(3, 2), stride=(2, 1), padding=((1, 0), (0, -1))),
    ConvSpec(kernel_shape=(3,), stride=2, dilation=3, padding=1, transposed=True),
    ConvSpec(kernel_shape=(4,), padding=1, padding_mode="circular", true_convolution=True),
]


@pytest.mark.parametrize("spec", SPECS)
def test_the_derived_products_are_the_executed_ones(spec):
    """Each derivative of each primitive, as derived, equals the difference quotient exactly."""
    shape = tuple(range(5, 5 + spec.axes))
    x, w, dy, vx, vw, vdy = arrays(spec, shape, 7)
    named = {"input": x, "weight": w, "grad_output": dy}
    tangents = {"input": vx, "weight": vw, "grad_output": vdy}
    derivation = derive_gradients(spec)
    for operation, along in product(SLOTS, tangents):
        if SLOTS[operation] == along:
            continue
        step = directional(derivation, operation, along=along)
        ahead = {**named, along: named[along] + tangents[along]}
        quotient = call(operation, spec, ahead, shape) - call(operation, spec, named, shape)
        found = call(step.operation, spec, {**named, "tangent": tangents[along]}, shape, step)
        np.testing.assert_array_equal(found, quotient)  # linear: no remainder
        back = pulled_back(derivation, operation, by=along)
        cotangent = tangents[SLOTS[operation]]
        grad = call(back.operation, spec, {**named, "tangent": cotangent}, shape, back)
        assert (grad * tangents[along]).sum() == (quotient * cotangent).sum()


def call(operation, spec, named, shape, chosen=None):
    """Run a primitive of the reference on the arrays that a Product names."""
    places = [place for place in SLOTS.values() if place != SLOTS[operation]]
    operands = {place: named[chosen.operands[place] if chosen else place] for place in places}
    if operation == "grad_input":
        operands["input_shape"] = shape
    return getattr(reference, operation)(spec, **operands)


def test_a_derivative_by_what_is_not_there_is_no_primitive():
    derivation = derive_gradients(ConvSpec(kernel_shape=(2,)))
    with pytest.raises(DerivationError, match="derivative must be a primitive"):
        directional(derivation, "forward", along="grad_output")


def test_wrong_tangents_are_named():
    spec = ConvSpec(kernel_shape=(2,))
    with pytest.raises(SpecError) as caught:
        reference.jvp(spec, [1, 2, 3], [1, 2], weight_tangent=[1, 2, 3])
    assert str(caught.value) == "weight_tangent must have shape (2,), got (3,)"
    with pytest.raises(SpecError, match="input must be batched to have samples"):
        reference.grad_weight_per_sample(spec, [1, 2], [1, 2, 3])
    with pytest.raises(SpecError, match="grad_output must have shape"):
        reference.grad_weight_per_sample(spec, np.ones((1, 1, 2)), np.ones((2, 1, 3)))


@pytest.mark.parametrize("spec", SPECS)
def test_torch_differentiates_twice_to_the_same_numbers(spec):
    torch = pytest.importorskip("torch", reason="needs the extra [peers]")
    shape = tuple(range(5, 5 + spec.axes))
    given = [torch.tensor(array, dtype=torch.float64) for array in arrays(spec, shape, 3)]
    x, w, dy, vx, vw, _ = given
    places = torch.tensor(place_table(spec, shape))

    def forward(x, w):
        products = torch.einsum("oti,t,i->o", places, w.reshape(-1), x.reshape(-1))
        return products.reshape(spec.output_shape(shape))

    def backward(dy, x, w):
        return torch.autograd.functional.vjp(forward, (x, w), dy, create_graph=True)[1]

    _, pulled = torch.autograd.functional.vjp(backward, (dy, x, w), (vx, vw))
    grads = reference.double_backward(
        spec, dy.numpy(), x.numpy(), w.numpy(), input_tangent=vx.numpy(), weight_tangent=vw.numpy()
    )
    for ours, theirs in zip(grads, pulled, strict=True):
        np.testing.assert_array_equal(ours, theirs.numpy())


def place_table(spec, shape):
    """M[output, tap, input] of 0 and 1, from the oracle."""
    planes = [
        list(oracle.ranges(sizes)) for sizes in (spec.output_shape(shape), spec.kernel_shape, shape)
    ]
    table = np.zeros([len(plane) for plane in planes])
    for meeting in oracle.meetings(**strategies.oracle_sizes(spec, shape)):
        table[tuple(plane.index(place) for plane, place in zip(planes, meeting, strict=True))] += 1
    return table
