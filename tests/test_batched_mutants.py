"""Planted faults in batched kernels and in the derivation of channels, each caught by name."""

import dataclasses

import pytest
from sympy import Sum, symbols

from symconv import ConvSpec, DerivationError, VerificationError
from symconv.algebra.channel_reading import resolved_channels
from symconv.algebra.channels import derive_channels
from symconv.algebra.derivation import derive_gradients
from symconv.algebra.symbols import B_CHANNELS, FREE_CHANNEL_INDEX, X
from symconv.codegen.check.symbols import check_batched_kernel
from symconv.codegen.check.trials import batched_trials
from symconv.codegen.kernel import GeneratedFile
from symconv.codegen.numpy.batched import batched_module
from symconv.codegen.plan.kernel import plan_kernel
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of

SPEC = ConvSpec(kernel_shape=(2, 3), stride=(1, 2), padding=((1, 0), (0, 0)), groups=2)
PLANE = derive_gradients(SPEC)
CHANNELS = derive_channels(PLANE)

PACKED = "_images_first(packed)[...] = part"
IN_TURNS = """shape = (*(images or [1]), channels // GROUPS, GROUPS, *array.shape[CELLS:])
    return np.moveaxis(array.reshape(shape), 2, 1)"""

# fault -> (a piece of the emitted text, what the mutant has in its place)
CODE_MUTANTS = {
    "input and output channels are swapped": (".swapaxes(1, 2)\n", "[:, ::-1].swapaxes(1, 2)\n"),
    "channels are in the wrong order": (
        "_copy(_images_first(frames[:, lane])",
        "_copy(_images_first(frames[:, lane, ::-1])",
    ),
    "lanes are in the wrong order": (
        "_copy(_images_first(frames[:, lane])",
        "_copy(_images_first(frames[:, -1 - lane])",
    ),
    "taps and channels are in the wrong order": (
        "return columns.reshape(groups, -1, rows",
        "return columns.swapaxes(1, 2).reshape(groups, -1, rows",
    ),
    "groups read each other's channels": (
        "weight = matrix[strip.groups, ",
        "weight = matrix[::-1][strip.groups, ",
    ),
    "columns of taps are in the wrong order": (
        "= _windows(frame, lane, self.shape)",
        "= _windows(frame, lane, self.shape)[:, :, :, ::-1]",
    ),
    "rows of taps are in the wrong order": (
        "= _windows(frame, lane, self.shape)",
        "= _windows(frame, lane, self.shape)[:, :, ::-1]",
    ),
    "only the last product of matrices is kept": (
        "np.matmul(weight, columns, out=added if number else total)\n",
        "np.matmul(weight, columns, out=total)\n            continue\n",
    ),
    "grad_weight has its terms in the wrong order": (
        "_add_blocks(sums[strip.groups],",
        "_add_blocks(sums[strip.groups, :, ::-1],",
    ),
    "weights of lines are in the wrong order": (
        "taps_first[lane.terms].copy()",
        "taps_first[lane.terms][::-1].copy()",
    ),
    "groups are taken in turns": (
        "return array.reshape(*(images or [1]), GROUPS, channels // GROUPS, *array.shape[CELLS:])",
        IN_TURNS,
    ),
    "images are in the wrong order": (
        "read = source[strip[0], strip[1]]",
        "read = source[strip[0], strip[1]][::-1]",
    ),
    "the sum over the batch is missing in grad_weight": (
        PACKED,
        PACKED + "\n        packed[:, :, :, 1:] = 0",
    ),
    "the sum over the batch is missing for groups of one channel": (
        "line = frame_of_dy.reshape(",
        "frame_of_dy[:, :, :, 1:] = 0\n            line = frame_of_dy.reshape(",
    ),
    "the sum over the batch is missing in grad_bias": (
        "axis=(*images, *cells), dtype",
        "axis=(*cells,), dtype",
    ),
    "the bias is added to the first channel": (
        "y += per_channel.reshape(-1, *[1] * -CELLS)",
        "y[:, :1] += per_channel.reshape(-1, *[1] * -CELLS)[:1]",
    ),
    "the bias is added along the last axis": (
        "y += per_channel.reshape(-1, *[1] * -CELLS)",
        "y += per_channel[0]",
    ),
    "a term is missing": ("            ((0, 2), (1, 2)),  # x[n, c, i, 2j + 2]\n", ""),
    "a tap is read one cell further": ("((-1, 1), (0, 1))", "((-1, 2), (0, 1))"),
    "a tap has the weight of another": ("((-1, 1), (0, 1))", "((-1, 1), (1, 0))"),
    "the stride is forgotten": ("_by_group(x),\n        (1, 2),", "_by_group(x),\n        (1, 1),"),
    "wrong phase of columns": ("dx[..., :, 1::2],", "dx[..., :, 0::2],"),
    "only the first product is kept where the source is weighed first": (
        "total[_last_axes(to)] += products",
        "total[_last_axes(to)] = products",
    ),
    "only the first product is kept for groups of one channel": (
        "            if number:\n                total += added\n        window",
        "        window",
    ),
    "the padding is not zero": (
        "*inside, slice(low)], axes)] = 0",
        "*inside, slice(low)], axes)] = 1",
    ),
}


def checked(request, text):
    file = GeneratedFile("mutant.py", text)
    check_batched_kernel(build_of(request).load([file]), CHANNELS, trials=batched_trials(PLANE))


def test_the_kernel_without_a_fault_passes():
    request = request_kernel(SPEC, layout="batched", style="fast")
    checked(request, build_of(request).unchecked[0].text)


@pytest.mark.parametrize("fault", CODE_MUTANTS)
def test_wrong_batched_code_differs_from_the_derivation(fault):
    request = request_kernel(SPEC, layout="batched", style="fast")
    text = build_of(request).unchecked[0].text
    piece, wrong = CODE_MUTANTS[fault]
    assert piece in text, "the mutant no longer touches the code"
    with pytest.raises((VerificationError, ValueError)):
        checked(request, text.replace(piece, wrong))


def test_unwritten_gaps_are_caught():
    spec = ConvSpec(kernel_shape=(1,), stride=3)
    request, plane = request_kernel(spec, layout="batched", style="fast"), derive_gradients(spec)
    text = build_of(request).unchecked[0].text.replace("dx[...] = 0", "pass")
    kernel = build_of(request).load([GeneratedFile("mutant.py", text)])
    with pytest.raises(VerificationError, match="grad_input"):
        check_batched_kernel(kernel, derive_channels(plane), trials=batched_trials(plane))


n_0, o_0, c_0, kappa_0 = FREE_CHANNEL_INDEX


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ("group of another size", lambda y: y.subs(symbols("C_g", integer=True, positive=True), 3)),
        ("channel shifted by one", lambda y: y.subs(symbols("c", integer=True), c_0 + 1)),
        ("a square", lambda y: y**2),
    ],
)
def test_a_derivative_of_another_form_is_an_error(fault, wrong):
    with pytest.raises(DerivationError):
        resolved_channels(wrong(CHANNELS.partials.by_input), of=X)


def test_a_plane_of_other_sizes_is_an_error():
    other = derive_gradients(ConvSpec(kernel_shape=(2, 3), stride=2))
    mixed = dataclasses.replace(PLANE, output=other.output)
    with pytest.raises(DerivationError, match="must meet the plane's cells"):
        derive_channels(mixed)
    with pytest.raises(DerivationError, match="must be a sum over taps plus b"):
        derive_channels(dataclasses.replace(PLANE, output=PLANE.output + B_CHANNELS[0]))


def test_a_plan_whose_sums_are_not_those_of_a_convolution_is_an_error():
    request = request_kernel(SPEC, layout="batched", style="fast")
    for sums in (
        None,
        CHANNELS.sums._replace(forward=()),
        CHANNELS.sums._replace(grad_input=CHANNELS.sums.forward),
        CHANNELS.sums._replace(grad_weight=()),
    ):
        plan = dataclasses.replace(plan_kernel(PLANE, CHANNELS), sums=sums)
        with pytest.raises(DerivationError):
            batched_module(plan, request, proof=())


def test_sums_are_sympy_sums_over_the_other_channel():
    (phase, *_) = PLANE.phases
    assert isinstance(CHANNELS.phase_gradient(phase), Sum)
    assert [str(letter) for letters in CHANNELS.sums for letter in letters] == ["c", "o", "n", "n"]
