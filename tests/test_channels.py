"""The derivation with images and channels, against the definition and against SymPy itself."""

from itertools import product

import pytest
from sympy import Indexed, IndexedBase, diff, expand

from symconv import ConvSpec, SpecError, derive
from symconv.algebra.derivation import SYMPY_LETTERS, Letters
from symconv.algebra.symbols import B_CHANNELS, DY, W, X
from tests import oracle

SPECS = [
    ConvSpec(kernel_shape=(2, 3), stride=(1, 2), padding=((1, 0), (0, 0))),
    ConvSpec(kernel_shape=(2,), stride=3, groups=2),
    ConvSpec(kernel_shape=(3,), dilation=2, padding=2, groups=3),
]
LETTERS = Letters(x=X, w=W, dy=DY, b=B_CHANNELS, add=SYMPY_LETTERS.add)


def written(spec, sizes, **channels):
    return derive(spec).batched.written_out(sizes, letters=LETTERS, **channels)


def by_the_definition(spec, sizes, *, images, inputs, outputs):
    """The loss, sum of dy * y, from the oracle's loops."""
    rule = {
        "input_shape": sizes,
        "kernel_shape": spec.kernel_shape,
        "stride": spec.stride,
        "padding": spec.padding_pairs,
        "dilation": spec.dilation,
    }
    windows = oracle.output_shape(*rule.values())
    loss = sum(
        DY[(n, o, *i)] * B_CHANNELS[o]
        for n, o, i in product(range(images), range(outputs), oracle.ranges(windows))
    )
    for n, o, c, inner in oracle.batched(images, inputs, outputs, spec.groups):
        for i, r, u in oracle.meetings(**rule):
            loss += DY[(n, o, *i)] * X[(n, c, *u)] * W[(o, inner, *r)]
    return loss


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_entry_is_the_derivative_of_the_written_out_loss(spec):
    groups = spec.groups
    sizes = (3,) * spec.axes if spec.axes == 2 else (5,)
    channels = {"images": 2, "inputs": 2 * groups, "outputs": groups if groups > 1 else 2}
    entries = written(spec, sizes, **channels)
    loss = expand(by_the_definition(spec, sizes, **channels))
    arrays = {
        X: entries.grad_input,
        W: entries.grad_weight,
        DY: entries.output,
        B_CHANNELS: entries.grad_bias,
    }
    for base, found in arrays.items():
        assert {entry for entry in loss.atoms(Indexed) if entry.base == base} <= {
            base[index] for index in found
        }
        for index, polynomial in found.items():
            assert expand(diff(loss, base[index]) - polynomial) == 0


def test_the_letters_of_a_group():
    d = derive(ConvSpec(kernel_shape=(3,), stride=2, groups=2)).batched
    assert str(d.output) == (
        "b[O_g*kappa + o] + Sum(w[O_g*kappa + o, c, r]*x[n, C_g*kappa + c, 2*i + r], "
        "(r, 0, 2), (c, 0, C_g - 1))"
    )
    first, _ = d.plane.phases
    assert str(d.phase_gradient(first)) == (
        "Sum(dy[n, O_g*kappa + o, K - 1]*w[O_g*kappa + o, c, 2] + "
        "dy[n, O_g*kappa + o, K]*w[O_g*kappa + o, c, 0], (o, 0, O_g - 1))"
    )
    assert str(d.grad_bias) == "Sum(dy[n, O_g*kappa + o, i], (i, 0, g - 1), (n, 0, N - 1))"


def test_three_axes_have_letters_of_their_own():
    d = derive(ConvSpec(kernel_shape=(2, 2, 2))).batched
    names = {str(letter) for letter in d.grad_weight.free_symbols} - {"x", "dy"}
    assert {"r", "s", "a", "c", "o"} <= names


def test_channels_that_do_not_fall_into_groups_are_refused():
    with pytest.raises(SpecError, match="groups must divide the channels, got 3, 2, 2"):
        written(SPECS[1], (5,), images=1, inputs=3, outputs=2)


def test_letters_may_be_anything_that_multiplies():
    named = Letters(*(IndexedBase(name) for name in "abcd"), add=SYMPY_LETTERS.add)
    d = derive(ConvSpec(kernel_shape=(1,))).batched
    entries = d.written_out((1,), images=1, inputs=2, outputs=1, letters=named)
    assert str(entries.output[0, 0, 0]) == "a[0, 0, 0]*b[0, 0, 0] + a[0, 1, 0]*b[0, 1, 0] + d[0]"
