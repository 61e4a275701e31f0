"""Planted faults in kernels of crops, copied padding, flips and adjoints, each caught by name.

The check on symbols that `generate` runs has to refuse every mutant. A mutant is an edit of the
emitted text, or a kernel emitted from the derivation of another spec.
"""

from dataclasses import replace

import pytest

from symconv import ConvSpec, VerificationError
from symconv.algebra.channels import derive_channels
from symconv.algebra.derivation import derive_gradients
from symconv.codegen.check.symbols import check_batched_kernel, check_kernel
from symconv.codegen.check.trials import batched_trials, checked_shapes
from symconv.codegen.kernel import GeneratedFile
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of

REFLECT = ConvSpec(kernel_shape=(3, 2), padding=((2, 1), (0, 2)), padding_mode="reflect")
REPLICATE = replace(REFLECT, padding_mode="replicate")
CIRCULAR = replace(REFLECT, padding_mode="circular")
CROP = ConvSpec(kernel_shape=(3, 2), stride=2, padding=((-1, 1), (2, -1)))
FLIPPED = ConvSpec(kernel_shape=(3, 2), stride=(2, 1), padding=1, true_convolution=True)
TRANSPOSED = ConvSpec(
    kernel_shape=(3, 2), stride=(2, 3), dilation=(3, 1), padding=((1, 0), (0, -1)), transposed=True
)
GROUPED = replace(TRANSPOSED, groups=2)

# fault -> (spec, layout, a piece of the emitted text, what the mutant has in its place)
EDITS = {
    "the gradient is not folded back": (
        REFLECT,
        "plane",
        "    dxp[:, n - 3 : n - 1] += dxp[:, n : n + 2][:, ::-1]",
        "    pass",
    ),
    "the gradient of copies takes the place of the cell's own": (
        REFLECT,
        "plane",
        "dxp[3:5] += dxp[0:2]",
        "dxp[3:5] = dxp[0:2]",
    ),
    "mirrored cells are folded in their old order": (
        REFLECT,
        "plane",
        "dxp[3:5] += dxp[0:2][::-1]",
        "dxp[3:5] += dxp[0:2]",
    ),
    "mirrored cells are copied in their old order": (
        REFLECT,
        "plane",
        "xp[0:2] = xp[3:5][::-1]",
        "xp[0:2] = xp[3:5]",
    ),
    "the border cell is mirrored, too": (
        REFLECT,
        "plane",
        "xp[0:2] = xp[3:5][::-1]",
        "xp[0:2] = xp[2:4][::-1]",
    ),
    "only one of many copies is folded": (
        REPLICATE,
        "plane",
        ".sum(-2, dxp.dtype, keepdims=True)",
        "[:1]",
    ),
    "folded before the other axis": (
        CIRCULAR,
        "plane",
        "    dx[...] = dxp[2 : m + 2, 0:n]",
        "    dx[...] = dxp[2 : m + 2, 0:n]\n    dx[0] -= dxp[m + 2, 0:n]",
    ),
    "the wrong end is wrapped": (CIRCULAR, "plane", "xp[0:2] = xp[m : m + 2]", "xp[0:2] = xp[2:4]"),
    "batched: a piece is mirrored about the border": (
        REFLECT,
        "batched",
        "(-2, 0, -1, 0)",
        "(-2, 0, -1, -1)",
    ),
    "batched: a piece is not mirrored": (REFLECT, "batched", "(-2, 0, -1, 0)", "(-2, 0, 1, 3)"),
    "batched: zeros for copies": (REFLECT, "batched", "        copied=True,\n", ""),
    "batched: the gradient is not folded back": (
        REFLECT,
        "batched",
        "dxp[..., 3:5, :] += dxp[..., 0:2, :][..., ::-1, :]",
        "pass",
    ),
    "batched: the gradient of the input from the padded cells beside it": (
        CIRCULAR,
        "batched",
        "dx[...] = dxp[..., 2 : m + 2, 0:n]",
        "dx[...] = dxp[..., 1 : m + 1, 0:n]",
    ),
    "the cropped cells get a gradient": (CROP, "plane", "dx[0::2, 0::2]", "dx[1::2, 0::2]"),
    "outputs no input reaches are left unwritten": (TRANSPOSED, "plane", "y[...] = 0", "pass"),
    "the products of a transposed phase have one tap less": (
        TRANSPOSED,
        "plane",
        "w[0::2, 0:1], first",
        "w[0:1, 0:1], first",
    ),
    "batched: input and output channels of the transposed weight are exchanged": (
        GROUPED,
        "batched",
        "*w.shape[1:]).swapaxes(1, 2)\n",
        "*w.shape[1:])\n",
    ),
    "batched: the transposed weight gradient has the layout of a convolution's": (
        GROUPED,
        "batched",
        "result = _result(out, dy, (channels, outputs // GROUPS, *KERNEL), dy, x)",
        "result = _result(out, dy, (outputs, channels // GROUPS, *KERNEL), dy, x)",
    ),
    "batched: transposed outputs are counted by the weight's rows": (
        GROUPED,
        "batched",
        "(*x.shape[:CHANNEL], GROUPS * w.shape[1], *sizes)",
        "(*x.shape[:CHANNEL], len(w), *sizes)",
    ),
    "batched: outputs no input reaches are left unwritten": (
        TRANSPOSED,
        "batched",
        "y[...] = 0",
        "pass",
    ),
}

# fault -> (spec, what another spec has, whose kernel is taken for this one's)
OTHERS = {
    "a crop taken for none": (CROP, {"padding": ((0, 1), (2, 0))}),
    "a crop taken for padding": (CROP, {"padding": ((1, 1), (2, 1))}),
    "crops of the two sides exchanged": (CROP, {"padding": ((1, -1), (-1, 2))}),
    "the kernel is not flipped": (FLIPPED, {"true_convolution": False}),
    "the adjoint is flipped": (TRANSPOSED, {"true_convolution": True}),
    "the convolution for its adjoint": (TRANSPOSED, {"transposed": False}),
    "lengthened in front": (TRANSPOSED, {"padding": ((1, 0), (-1, 0))}),
    "cut off at the other end": (TRANSPOSED, {"padding": ((0, 1), (0, -1))}),
    "stride and dilation swapped": (TRANSPOSED, {"stride": (3, 1), "dilation": (2, 3)}),
    "reflect for replicate": (REPLICATE, {"padding_mode": "reflect"}),
    "zeros for circular": (CIRCULAR, {"padding_mode": "zeros"}),
}


def check(spec, layout, text, *, style="fast"):
    """The check on symbols that `generate` runs, on a text for this spec."""
    request = request_kernel(spec, layout=layout, style=style)
    derivation = derive_gradients(spec)
    kernel = build_of(request).load([GeneratedFile("mutant.py", text)])
    if layout == "plane":
        check_kernel(kernel, derivation, input_shapes=checked_shapes(derivation))
    else:
        channels = derive_channels(derivation)
        check_batched_kernel(kernel, channels, trials=batched_trials(derivation))


def emitted(spec, layout, *, style="fast"):
    return build_of(request_kernel(spec, layout=layout, style=style)).unchecked[0].text


@pytest.mark.parametrize("fault", EDITS)
def test_an_edited_kernel_differs_from_the_derivation(fault):
    spec, layout, piece, wrong = EDITS[fault]
    text = emitted(spec, layout)
    check(spec, layout, text)
    assert piece in text, "the mutant no longer touches the code"
    with pytest.raises((VerificationError, ValueError)):
        check(spec, layout, text.replace(piece, wrong))


@pytest.mark.parametrize("style", ["unrolled", "fast"])
@pytest.mark.parametrize("layout", ["plane", "batched"])
@pytest.mark.parametrize("fault", OTHERS)
def test_the_kernel_of_another_spec_differs_from_the_derivation(fault, layout, style):
    spec, changes = OTHERS[fault]
    text = emitted(replace(spec, **changes), layout, style=style)
    with pytest.raises((VerificationError, ValueError)):
        check(spec, layout, text, style=style)
